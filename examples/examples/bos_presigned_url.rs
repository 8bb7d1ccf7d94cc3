//! Prints a link to an object in BOS, which works for ten minutes for everybody who has it. It
//! needs only `bce-auth`, and no server is contacted.
//!
//! `cargo run -p examples --example bos_presigned_url -- BUCKET OBJECT`
//!
//! Reads the key from BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY. The token of temporary
//! credentials becomes part of the link.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use bce_auth::encode::uri_encode_path;
use bce_auth::{Clock, EnvironmentProvider, Signer, SigningOptions, SystemClock};
use examples::Failure;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: bos_presigned_url BUCKET OBJECT";
    let bucket = arguments.next().ok_or(usage)?;
    let object = arguments.next().ok_or(usage)?;
    let credentials = EnvironmentProvider::new().load()?;

    let path = uri_encode_path(&object);
    let request = http::Request::get(format!("https://{bucket}.bj.bcebos.com/{path}")).body(())?;
    let (head, ()) = request.into_parts();
    let signer = Signer::new(SigningOptions::default().expire_seconds(600));
    println!(
        "{}",
        signer.presign(&head, &credentials, SystemClock.now())?
    );
    Ok(())
}
