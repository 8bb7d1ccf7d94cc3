//! Signing for your own HTTP client, here ureq: of this SDK, only `bce-auth` is used.
//!
//! `cargo run -p examples --example foreign_client`
//!
//! Takes the key from BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY; AIHC_ENDPOINT names another
//! endpoint than that of Beijing.

// A program for a terminal.
#![allow(clippy::print_stdout)]

use bce_auth::{Clock, EnvironmentProvider, Signer, SystemClock};
use examples::Failure;
use ureq::http::Request;

fn main() -> Result<(), Failure> {
    let endpoint = std::env::var("AIHC_ENDPOINT")
        .unwrap_or_else(|_| "https://aihc.bj.baidubce.com".to_owned());
    let credentials = EnvironmentProvider::new().load()?;

    let request = Request::get(format!("{endpoint}/?action=DescribeDevInstances"))
        .header("version", "v2")
        .header("content-type", "application/json; charset=utf-8")
        .body(())?;

    // Everything that is signed must be present by now; the signer adds host, date and token.
    let (mut head, body) = request.into_parts();
    Signer::default().sign(&mut head, &credentials, SystemClock.now())?;
    let request = Request::from_parts(head, body);

    // A redirect would take the signature to another host, and error responses contain the reason.
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .build()
        .into();
    let mut response = agent.run(request)?;
    println!("{}", response.status());
    println!("{}", response.body_mut().read_to_string()?);
    match response.status().is_success() {
        true => Ok(()),
        false => Err("the service refused the request".into()),
    }
}
