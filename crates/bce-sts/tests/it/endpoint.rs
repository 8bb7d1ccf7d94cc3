//! Tests that secrets are not sent unencrypted by mistake.

use bce_sts::{Client, Credentials, ErrorKind};

use bce_http::ClientBuilder;
use bce_http::connect::Proxy;

fn builder() -> ClientBuilder<Client> {
    let credentials = Credentials::new("ak", "sk").unwrap();
    Client::builder()
        .credentials(credentials)
        .proxy(Proxy::none())
}

fn build(endpoint: &str, allow: bool) -> Result<Client, bce_sts::Error> {
    let builder = builder().endpoint(endpoint);
    match allow {
        true => builder.allow_plain_http().build(),
        false => builder.build(),
    }
}

#[test]
fn https_is_the_default() {
    let client = builder().build().unwrap();
    assert_eq!(client.endpoint().to_string(), "https://sts.bj.baidubce.com");
}

#[test]
fn plain_http_needs_more_than_a_url() {
    let error = build("http://sts.bj.baidubce.com", false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "responses of http://sts.bj.baidubce.com carry secrets that anyone on the network could \
         read: use https://, or call allow_plain_http()"
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

#[test]
fn secrets_do_not_cross_a_proxy_on_another_machine_in_the_clear() {
    let through = |proxy: &Proxy, endpoint: &str| builder().proxy(proxy.clone()).endpoint(endpoint);
    for address in [
        "http://user:hunter2@192.0.2.7:3128",
        "http://localhost.example:3128",
        "socks5://user:hunter2@192.0.2.7",
    ] {
        let proxy = Proxy::url(address).unwrap();
        for endpoint in ["http://127.0.0.1:7070", "http://localhost:7070"] {
            let error = through(&proxy, endpoint).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            let text = error.to_string();
            assert!(text.contains("between the proxy "), "{text}");
            assert!(text.contains("allow_plain_http()"), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
            let allowed = through(&proxy, endpoint).allow_plain_http();
            allowed.build().unwrap();
        }
        // A tunnel, with TLS inside.
        through(&proxy, "https://127.0.0.1:7070").build().unwrap();
    }
    for address in [
        "http://127.0.0.1:3128",
        "http://[::1]:1",
        "socks5://localhost",
    ] {
        let proxy = Proxy::url(address).unwrap();
        let built = through(&proxy, "http://127.0.0.1:7070").build();
        built.unwrap();
    }
    // As in Go, a proxy from the environment is never used for the local machine.
    let proxy = Proxy::from_lookup(|_| Some("http://192.0.2.7:3128".into()));
    let built = through(&proxy, "http://127.0.0.1:7070").build();
    built.unwrap();
    let error = through(&proxy, "http://sts.bj.baidubce.com").build();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Config);
}
