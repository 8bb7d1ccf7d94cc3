//! Building a client: the checks of its configuration, and the host to which it sends requests.

use std::path::{Path, PathBuf};

use crate::common::{Animal, LOOK, Zoo};
use bce_auth::Credentials;
use bce_http::rt::Call;
use bce_http::{Body, Client, ClientBuilder, ErrorKind};
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
        (&[("BCE_REGION", "")], "https://zoo.bj.baidubce.com"),
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
        let service = Scripted::<Body>::new([Script::Answer(200, r#"{"requestId":"r"}"#)]);
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

const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

const PROFILES: &str = r#"{
  "current": "work",
  "profiles": [
    {
      "name": "work",
      "mode": "AK",
      "access_key_id": "ak-work",
      "secret_access_key": "hidden-sk",
      "region": "gz",
      "endpoint": "bcc.gz.baidubce.com"
    },
    {
      "name": "sts",
      "mode": "StsToken",
      "access_key_id": "ak-sts",
      "secret_access_key": "hidden-sk",
      "security_token": "hidden-token"
    }
  ]
}"#;

/// Creates a home directory with this profile file for the test with this name. Returns its path.
fn home(test: &str, profiles: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("home-{test}"));
    let folder = home.join(".bce");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.json"), profiles).unwrap();
    home
}

/// Makes a call, and returns the headers of its request.
async fn sent(client: &Client, service: &Scripted<Body>) -> http::HeaderMap {
    Call::new(client, &LOOK).send::<Animal>().await.unwrap();
    service.requests().pop().unwrap().headers
}

fn signed_as(headers: &http::HeaderMap, id: &str) -> bool {
    let authorization = headers["authorization"].to_str().unwrap();
    authorization.starts_with(&format!("bce-auth-v1/{id}/"))
}

#[test]
fn the_region_of_a_profile_counts_with_its_credentials_and_its_endpoint_never() {
    let home = home("region", PROFILES);
    let home = home.to_str().unwrap();
    for (variables, expected) in [
        (&[][..], "https://zoo.gz.baidubce.com"),
        (&[("BCE_REGION", "")], "https://zoo.gz.baidubce.com"),
        (&[("BCE_REGION", "su")], "https://zoo.su.baidubce.com"),
        (&[("ZOO_ENDPOINT", "http://[::1]:1")], "http://[::1]:1"),
        (&[("BCE_PROFILE", "sts")], "https://zoo.bj.baidubce.com"),
        // The credentials come from elsewhere, so the profile has no effect.
        (&KEYS, "https://zoo.bj.baidubce.com"),
    ] {
        let variables = [&[(HOME, home)], variables].concat();
        let builder = from_variables(&variables).unwrap();
        assert!(!format!("{builder:?}").contains("hidden"), "{builder:?}");
        assert_eq!(endpoint(builder), expected, "{variables:?}");
    }
    // An endpoint that is set later takes precedence, as always.
    let builder = from_variables(&[(HOME, home)]).unwrap();
    assert_eq!(
        endpoint(builder.endpoint("http://[::1]:2")),
        "http://[::1]:2"
    );
}

#[tokio::test]
async fn without_variables_the_profile_gives_credentials() {
    let home = home("credentials", PROFILES);
    let home = home.to_str().unwrap();
    let chosen = [(HOME, home), ("BCE_PROFILE", "sts")];
    for (variables, id, token) in [
        (&chosen[..1], "ak-work", None),
        (&chosen, "ak-sts", Some("hidden-token")),
        (&[chosen[0], KEYS[0], KEYS[1]], "ak", None),
    ] {
        let service = Scripted::<Body>::new([Script::Answer(200, r#"{"requestId":"r"}"#)]);
        let builder = from_variables(variables).unwrap();
        let client = builder.build_with_transport(service.clone()).unwrap().0;
        let headers = sent(&client, &service).await;
        assert!(signed_as(&headers, id), "{headers:?}");
        let sent = headers.get("x-bce-security-token");
        assert_eq!(sent.map(|token| token.to_str().unwrap()), token);
    }
}

#[tokio::test]
async fn a_profile_is_read_again_when_its_credentials_were_refused_and_only_then() {
    let refusal = r#"{"code": "InvalidAccessKeyId", "requestId": "r-1"}"#;
    let service = Scripted::<Body>::new([
        Script::Answer(200, r#"{"requestId":"r"}"#),
        Script::Answer(200, r#"{"requestId":"r"}"#),
        Script::Answer(403, refusal),
        Script::Answer(200, r#"{"requestId":"r"}"#),
    ]);
    let path = home("renewed", PROFILES);
    let variables = [(HOME, path.to_str().unwrap()), ("BCE_PROFILE", "sts")];
    let builder = from_variables(&variables).unwrap();
    let client = builder.build_with_transport(service.clone()).unwrap().0;
    assert!(signed_as(&sent(&client, &service).await, "ak-sts"));

    home("renewed", &PROFILES.replace("ak-sts", "ak-new"));
    assert!(signed_as(&sent(&client, &service).await, "ak-sts"));
    assert!(signed_as(&sent(&client, &service).await, "ak-new"));
    assert_eq!(service.requests().len(), 4);
}

#[test]
fn a_profile_that_cannot_be_used_is_an_error_at_once() {
    let nothing = from_variables(&[]).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::Credentials);
    for part in ["BCE_ACCESS_KEY_ID", "BAIDUCLOUD_ACCESS_KEY", HOME] {
        assert!(nothing.to_string().contains(part), "{nothing}");
    }
    let half = PROFILES.replace("\"access_key_id\": \"ak-work\",", "");
    for (test, file, expected) in [
        ("half", &*half, "profile `work`"),
        ("broken", "{\"current\": hidden", "line 1, column 13"),
        ("empty", "{}", "no profile `default`"),
    ] {
        let home = home(test, file);
        let error = from_variables(&[(HOME, home.to_str().unwrap())]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(error.to_string().contains(expected), "{error}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("hidden"), "{text}");
    }
    // A file does not complete half a pair in the environment.
    let home = home("half-pair", PROFILES);
    let error = from_variables(&[KEYS[0], (HOME, home.to_str().unwrap())]).unwrap_err();
    assert!(
        error.to_string().contains("BCE_SECRET_ACCESS_KEY is not"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_an_error_and_not_the_default() {
    use std::ffi::OsString;
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

// Not an async test, because building a client must not require a runtime.
#[test]
fn endpoint_and_region_have_defaults() {
    assert_eq!(endpoint(builder()), "https://zoo.bj.baidubce.com");
    assert_eq!(
        endpoint(builder().region("")),
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
fn an_empty_endpoint_is_refused_and_says_what_to_do() {
    let refusal = |builder: ClientBuilder<Zoo>| {
        let Err(error) = builder.build() else {
            panic!("an empty endpoint was accepted")
        };
        assert_eq!(error.kind(), ErrorKind::Config);
        error.to_string()
    };
    for empty in ["", " ", "\t\r\n", "\u{a0}"] {
        let text = refusal(builder().endpoint(empty).region("su"));
        assert!(
            text.starts_with("the endpoint is empty: leave it out"),
            "{text}"
        );
        let variables = [&KEYS[..], &[("ZOO_ENDPOINT", empty)]].concat();
        let from_env = || from_variables(&variables).unwrap();
        let text = refusal(from_env());
        assert!(
            text.starts_with("ZOO_ENDPOINT is empty: unset it"),
            "{text}"
        );
        // A program that sets another endpoint does not need the variable.
        assert_eq!(
            endpoint(from_env().endpoint("http://[::1]:1")),
            "http://[::1]:1"
        );
    }
}

#[test]
fn nothing_of_a_refused_endpoint_is_shown() {
    for secret in [
        "https://user:hunter2@host",
        "https://host/v1?authorization=bce-auth-v1%2Fak%2F2026-08-20T00%3A00%3A00Z%2F1800%2Fhost%2Fhunter2",
        "hunter2@host",
        "host#hunter2",
        "hunter2://host",
        "host:hunter2",
        "hunter2\n",
        "hunter2 key",
    ] {
        let variables = [&KEYS[..], &[("ZOO_ENDPOINT", secret)]].concat();
        for (builder, place) in [
            (builder().endpoint(secret), "the endpoint "),
            (
                from_variables(&variables).unwrap(),
                "the endpoint in ZOO_ENDPOINT ",
            ),
        ] {
            let built = format!("{builder:?} {builder:#?}");
            let Err(error) = builder.build() else {
                panic!("{secret} was accepted")
            };
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().starts_with(place), "{error}");
            let shown = format!("{built} {error} {error:?} {error:#?}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
    let pasted = builder().region("https://user:hunter2@host");
    assert!(!format!("{pasted:?}").contains("hunter2"), "{pasted:?}");
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
