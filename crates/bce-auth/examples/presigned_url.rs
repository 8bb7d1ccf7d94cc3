//! Prints a URL that anybody can open for ten minutes: `cargo run -p bce-auth --example
//! presigned_url`. Keys come from BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY.

use bce_auth::{Clock, EnvironmentProvider, Signer, SigningOptions, SystemClock};

#[allow(clippy::print_stdout, reason = "the URL is the result of this program")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let credentials = EnvironmentProvider::new().load()?;
    let signer = Signer::new(SigningOptions::default().expire_seconds(600));

    let request = http::Request::get("https://bj.bcebos.com/my-bucket/report.pdf").body(())?;
    let (parts, ()) = request.into_parts();
    let url = signer.presign(&parts, &credentials, SystemClock.now())?;
    println!("{url}");
    Ok(())
}
