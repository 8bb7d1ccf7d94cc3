//! Secrets do not travel in the clear by mistake.

#![allow(clippy::unwrap_used)]

use bce_sts::{Client, Credentials, ErrorKind};

fn build(endpoint: &str, allow: bool) -> Result<Client, bce_sts::Error> {
    let credentials = Credentials::new("ak", "sk").unwrap();
    let builder = Client::builder()
        .endpoint(endpoint)
        .credentials(credentials);
    match allow {
        true => builder.allow_plain_http().build(),
        false => builder.build(),
    }
}

#[test]
fn https_is_the_default() {
    let client = build("", false).unwrap();
    assert_eq!(client.endpoint().to_string(), "https://sts.bj.baidubce.com");
}

#[test]
fn plain_http_needs_more_than_a_url() {
    let error = build("http://sts.bj.baidubce.com", false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "http://sts.bj.baidubce.com would send secrets readable for everybody on the way: \
         write https://, or call allow_plain_http()"
    );
    build("http://sts.bj.baidubce.com", true).unwrap();
}

#[test]
fn plain_http_on_this_machine_is_allowed() {
    for endpoint in [
        "http://127.0.0.1:7070",
        "http://localhost:7070",
        "http://[::1]:1",
    ] {
        build(endpoint, false).unwrap();
    }
}
