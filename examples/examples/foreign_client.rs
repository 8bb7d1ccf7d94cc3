//! Signs requests for your own HTTP client, which is ureq here. Of this SDK, only `bce-auth` is
//! used.
//!
//! `cargo run -p examples --example foreign_client`
//!
//! Reads the key from BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY. AIHC_ENDPOINT sets an endpoint
//! other than that of Beijing.

// The program prints to a terminal.
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

    // Everything that is to be signed must be present. The signer adds the host, the date and the
    // token.
    let (mut head, body) = request.into_parts();
    Signer::default().sign(&mut head, &credentials, SystemClock.now())?;
    let request = Request::from_parts(head, body);

    // If redirects were followed, the signature would be sent to another host. Error responses are
    // returned because their body contains the reason.
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
