//! Building a client: what is checked, and where it then sends.

use crate::common::{Animal, LOOK, Zoo};
use std::ffi::OsString;

use bce_auth::Credentials;
use bce_http::{Body, Call, Client, ClientBuilder, ErrorKind};
use bce_testing::{Script, Scripted};

fn builder() -> ClientBuilder<Zoo> {
    ClientBuilder::new().credentials(Credentials::new("ak", "sk").unwrap())
}

fn endpoint(builder: ClientBuilder<Zoo>) -> String {
    builder.build().unwrap().0.endpoint().to_string()
}

fn from_variables(variables: &[(&str, &str)]) -> Result<ClientBuilder<Zoo>, bce_http::Error> {
    ClientBuilder::from_lookup(|name| {
        variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.into())
    })
}

const KEYS: [(&str, &str); 2] = [("BCE_ACCESS_KEY_ID", "ak"), ("BCE_SECRET_ACCESS_KEY", "sk")];

#[test]
fn the_environment_gives_region_and_endpoint() {
    for (variables, expected) in [
        (&[][..], "https://zoo.bj.baidubce.com"),
        (
            &[("BCE_REGION", ""), ("ZOO_ENDPOINT", "")],
            "https://zoo.bj.baidubce.com",
        ),
        (&[("BCE_REGION", "su")], "https://zoo.su.baidubce.com"),
        (
            &[("BCE_REGION", "su"), ("ZOO_ENDPOINT", "http://[::1]:1")],
            "http://[::1]:1",
        ),
        (
            &[("OTHER_ENDPOINT", "http://[::1]:1")],
            "https://zoo.bj.baidubce.com",
        ),
    ] {
        let builder = from_variables(&[&KEYS[..], variables].concat()).unwrap();
        assert_eq!(endpoint(builder), expected, "{variables:?}");
    }
}

#[tokio::test]
async fn the_environment_gives_credentials() {
    for name in ["BCE_SECURITY_TOKEN", "BCE_SESSION_TOKEN"] {
        let service = Scripted::<Body>::new([Script::Answer(200, "{}")]);
        let variables = [&KEYS[..], &[(name, "token")]].concat();
        let builder = from_variables(&variables).unwrap();
        let client = builder.build_with_transport(service.clone()).unwrap().0;
        Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
        let headers = &service.requests()[0].headers;
        assert_eq!(headers["x-bce-security-token"], "token");
        assert!(
            headers["authorization"]
                .to_str()
                .unwrap()
                .starts_with("bce-auth-v1/ak/")
        );
    }
    let half = from_variables(&KEYS[..1]).unwrap_err();
    assert_eq!(half.kind(), ErrorKind::Credentials);
    assert!(
        half.to_string().contains("BCE_SECRET_ACCESS_KEY is not"),
        "{half}"
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_an_error_and_not_the_default() {
    use std::os::unix::ffi::OsStringExt as _;

    for broken in ["BCE_REGION", "ZOO_ENDPOINT"] {
        let result = ClientBuilder::<Zoo>::from_lookup(|name| {
            let key = KEYS.iter().find(|(known, _)| *known == name);
            let broken = (name == broken).then(|| OsString::from_vec(vec![b'h', 0xFF]));
            key.map(|(_, value)| value.into()).or(broken)
        });
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(broken), "{error}");
    }
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
    let pasted = builder().endpoint("https://user:pa55word@host");
    assert!(!format!("{pasted:?}").contains("pa55word"));
    let builder =
        builder().credentials(Credentials::session("ak", "sk-secret", "tk-secret").unwrap());
    let text = format!("{builder:?}");
    assert!(!text.contains("secret\""), "{text}");
    assert!(
        !text.contains("sk-secret") && !text.contains("tk-secret"),
        "{text}"
    );
}
