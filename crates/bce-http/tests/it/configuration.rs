//! Building a client: what is checked, and where it then sends.

use crate::common::Zoo;
use bce_auth::Credentials;
use bce_http::{Client, ClientBuilder, ErrorKind};

fn builder() -> ClientBuilder<Zoo> {
    ClientBuilder::new().credentials(Credentials::new("ak", "sk").unwrap())
}

fn endpoint(builder: ClientBuilder<Zoo>) -> String {
    builder.build().unwrap().0.endpoint().to_string()
}

// Not an async test: a client must build where no runtime is.
#[test]
fn endpoint_and_region_have_defaults() {
    assert_eq!(endpoint(builder()), "https://zoo.bj.baidubce.com");
    assert_eq!(
        endpoint(builder().endpoint("").region("")),
        "https://zoo.bj.baidubce.com"
    );
    assert_eq!(
        endpoint(builder().region("gz")),
        "https://zoo.gz.baidubce.com"
    );
    assert_eq!(
        endpoint(builder().region("gz").endpoint("http://[::1]:1")),
        "http://[::1]:1"
    );
}

#[test]
fn a_wrong_item_is_named() {
    for (builder, name) in [
        (builder().region("b/j"), "region"),
        (builder().endpoint("ftp://x"), "endpoint"),
        (builder().user_agent("a\nb"), "user agent"),
        (ClientBuilder::<Zoo>::new(), "credentials"),
    ] {
        let Err(error) = builder.build() else {
            panic!("{name} was accepted")
        };
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_client_can_be_shared_and_its_configuration_shows_no_secret() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Client>();
    let builder =
        builder().credentials(Credentials::session("ak", "sk-secret", "tk-secret").unwrap());
    let text = format!("{builder:?}");
    assert!(!text.contains("secret\""), "{text}");
    assert!(
        !text.contains("sk-secret") && !text.contains("tk-secret"),
        "{text}"
    );
}
