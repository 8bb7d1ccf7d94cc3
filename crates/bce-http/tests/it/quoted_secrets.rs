//! Services and gateways that quote the secrets of a request: no secret is shown or logged.

use bce_auth::Credentials;
use bce_auth::encode::uri_encode;
use bce_http::connect::{Proxy, TlsRoots};
use bce_http::rt::Call;
use bce_http::{Body, ClientBuilder, Error};
use bce_testing::{FakeProxy, LogCapture, ProxyMode, TestAuthority};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tower::service_fn;

use crate::common::{Animal, LOOK, Zoo};

const SECRET: &str = "g6kb/a2+d1%41e9=Qx7";
const TOKEN: &str = "ZjkyZmQ2YmQxZTQ3NDcyNjk0ZTg1ZjYyYjlkZjNjODB8AAAAAM0BAAD+/";

/// The parts of a request that must not be shown.
struct Sent {
    token: String,
    authorization: String,
    signature: String,
}

impl Sent {
    fn by(request: &Request<Body>) -> Self {
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        let authorization = header("authorization");
        Self {
            token: header("x-bce-security-token"),
            signature: authorization.rsplit('/').next().unwrap().to_owned(),
            authorization,
        }
    }

    fn all(&self) -> [&str; 4] {
        [SECRET, &self.token, &self.authorization, &self.signature]
    }
}

/// The encodings in which a response may quote a string.
const SPELLINGS: [fn(&str) -> String; 5] = [
    str::to_owned,
    |text| uri_encode(text),
    |text| uri_encode(uri_encode(text)),
    |text| text.replace('/', "\\/").replace('=', "\\u003d"),
    |text| text.replace('+', "&#43;").replace('/', "&#x2F;"),
];

/// Responses that quote a string, each in a different place.
const PLACES: [fn(&str) -> Response<Bytes>; 11] = [
    |quoted| {
        document(
            400,
            serde_json::json!({"code": "BadToken", "message": quoted}),
        )
    },
    |quoted| document(500, serde_json::json!({"code": quoted, "message": "no"})),
    |quoted| {
        document(
            403,
            serde_json::json!({"code": "Forbidden", "requestId": quoted}),
        )
    },
    |quoted| document(200, serde_json::json!({"code": "Odd", "message": quoted})),
    |quoted| document(200, serde_json::json!({"what": quoted})),
    |quoted| document(200, serde_json::json!(quoted)),
    |quoted| with_header(400, "x-bce-error-message", quoted),
    |quoted| with_header(403, "x-bce-error-code", quoted),
    |quoted| with_header(200, "x-bce-request-id", quoted),
    |quoted| with_header(502, "server", quoted),
    |quoted| with_header(404, "content-type", quoted),
];

fn document(status: u16, body: serde_json::Value) -> Response<Bytes> {
    let mut answer = Response::new(body.to_string().into());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer
}

fn with_header(status: u16, name: &'static str, value: &str) -> Response<Bytes> {
    let answer = Response::builder().status(status);
    answer.header(name, value).body("{}".into()).unwrap()
}

/// Returns everything that a program can show of an error, as text.
fn shown(error: &Error) -> String {
    let answer = error.last_service_error();
    format!(
        "{error} {error:?} {error:#?} {:?} {:?} {:?} {:?}",
        error.code(),
        error.request_id(),
        answer.map(|answer| (
            answer.message().to_owned(),
            answer.derived_code().into_owned()
        )),
        answer,
    )
}

#[tokio::test]
async fn no_secret_that_an_answer_quotes_is_shown_or_logged() {
    let logs = LogCapture::start();
    let mut checked = 0;
    for place in PLACES {
        for spelling in SPELLINGS {
            for part in 0..4 {
                checked += 1;
                let transport = service_fn(move |request: Request<Body>| {
                    let sent = Sent::by(&request);
                    let quoted = format!("<'{}'>", spelling(sent.all()[part]));
                    std::future::ready(Ok::<_, Error>(place(&quoted)))
                });
                let credentials = Credentials::session("ak", SECRET, TOKEN).unwrap();
                let zoo: Zoo = ClientBuilder::new()
                    .credentials(credentials)
                    .retry(bce_http::RetryPolicy::none())
                    .build_with_transport(transport)
                    .unwrap();
                let result = Call::new(&zoo.0, &LOOK).send::<Animal>().await;
                let text = match &result {
                    Ok(animal) => format!("{animal:?}"),
                    Err(error) => shown(error),
                };
                assert!(text.contains("***"), "{text}");
                expect_no_secret(&text);
            }
        }
    }
    assert_eq!(checked, 220);
    expect_no_secret(&logs.text());
}

#[tokio::test]
async fn secrets_of_path_query_and_headers_are_not_shown_either() {
    let logs = LogCapture::start();
    let secrets = ["pathZq81/x", "queryZq82 ü&", "headerZq83"];
    let transport = service_fn(|request: Request<Body>| {
        let quoted = format!("{} {:?}", request.uri(), request.headers()["x-token"]);
        let document = serde_json::json!({"code": "BadToken", "message": quoted});
        std::future::ready(Ok::<_, Error>(self::document(400, document)))
    });
    let zoo: Zoo = ClientBuilder::new()
        .credentials(Credentials::new("ak", SECRET).unwrap())
        .retry(bce_http::RetryPolicy::none())
        .build_with_transport(transport)
        .unwrap();
    let [path, query, header] = secrets;
    let call = Call::new(&zoo.0, &LOOK)
        .path_template("/v1/{token}", &[("token", path)])
        .secret(path)
        .secret(query)
        .query("token", query)
        .secret(header)
        .header("x-token", header);
    let error = call.send::<Animal>().await.unwrap_err();
    let text = shown(&error) + &logs.text();
    assert!(error.to_string().contains("/v1/***?token=*** "), "{error}");
    assert!(!text.contains("Zq8"), "{text}");
}

/// Checks that a text does not contain any of the secrets in any encoding. It is sufficient to
/// search for certain parts of the secrets, most of which are the same in all encodings.
fn expect_no_secret(text: &str) {
    for part in [
        // Not hexadecimal: the ids of requests, which are random, are shown.
        "g6kb",
        "e9=Qx7",
        "ZjkyZmQ2YmQxZTQ3",
        "AAAAAM0BAAD",
        "bce-auth-v1/ak/",
    ] {
        assert!(!text.contains(part), "{part} is shown: {text}");
    }
    let digits = |c: char| c.is_ascii_hexdigit();
    for word in text.split(|c| !digits(c)) {
        assert!(word.len() < 16, "a part of a signature is shown: {word}");
    }
}

#[tokio::test]
async fn what_a_transport_of_the_application_says_is_masked_too() {
    let logs = LogCapture::start();
    let transport = service_fn(|request: Request<Body>| {
        let text = format!(
            "cannot send {:?}",
            request.headers()["authorization"].to_str()
        );
        std::future::ready(Err::<Response<Bytes>, _>(std::io::Error::other(text)))
    });
    let credentials = Credentials::session("ak", SECRET, TOKEN).unwrap();
    let zoo: Zoo = ClientBuilder::new()
        .credentials(credentials)
        .retry(bce_http::RetryPolicy::none())
        .build_with_transport(transport)
        .unwrap();
    let error = Call::new(&zoo.0, &LOOK).send::<Animal>().await.unwrap_err();
    assert!(
        error.to_string().contains("cannot send Ok(\"***\")"),
        "{error}"
    );
    expect_no_secret(&shown(&error));
    expect_no_secret(&logs.text());
}

#[tokio::test]
async fn known_codes_are_compared_before_anything_is_masked() {
    let transport = service_fn(|_: Request<Body>| {
        let answer = document(
            404,
            serde_json::json!({"code": "NotFound", "message": "NotFound"}),
        );
        std::future::ready(Ok::<_, Error>(answer))
    });
    let zoo: Zoo = ClientBuilder::new()
        .credentials(Credentials::new("ak", "Found").unwrap())
        .build_with_transport(transport)
        .unwrap();
    let error = Call::new(&zoo.0, &LOOK).send::<Animal>().await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.code(), Some("NotFound"));
    assert!(
        error.to_string().contains("404 NotFound: Not***"),
        "{error}"
    );
}

#[tokio::test]
async fn codes_and_request_ids_of_any_length_and_with_any_character_are_shown_short_and_visible() {
    let logs = LogCapture::start();
    let transport = service_fn(|_: Request<Body>| {
        let long = format!("Co\u{202e}de\u{1b}[2J{}", "é".repeat(1 << 20));
        let answer = document(
            400,
            serde_json::json!({"code": long, "requestId": long, "message": long}),
        );
        std::future::ready(Ok::<_, Error>(answer))
    });
    let zoo: Zoo = ClientBuilder::new()
        .credentials(Credentials::new("ak", SECRET).unwrap())
        .build_with_transport(transport)
        .unwrap();
    let error = Call::new(&zoo.0, &LOOK).send::<Animal>().await.unwrap_err();
    for name in [error.code(), error.request_id()] {
        let name = name.unwrap();
        assert_eq!(name.chars().count(), 128);
        assert!(name.starts_with("Co\\u{202e}de\\u{1b}[2Jé"), "{name}");
    }
    for text in [error.to_string(), logs.text()] {
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
    }
    assert!(logs.text().len() < 100_000);
}

#[tokio::test]
async fn the_login_of_a_proxy_is_masked_in_what_the_proxy_says() {
    const ANSWERS: [&str; 3] = [
        "HTTP/1.1 403 Denied alice@example.org\r\nserver: pass-4-proxy\r\ncontent-length: 20\r\n\r\nalice@example.org no",
        "HTTP/1.1 407 Auth\r\ncontent-length: 44\r\n\r\n{\"message\":\"pass-4-proxy of alice@example.org\"}",
        "HTTP/1.1 400 Bad\r\nx-bce-error-message: Basic YWxpY2VAZXhhbXBsZS5vcmc6cGFzcy00LXByb3h5\r\n\
         content-length: 0\r\n\r\n",
    ];
    let logs = LogCapture::start();
    for answer in ANSWERS {
        for endpoint in ["http://zoo.test", "https://zoo.test"] {
            let proxy = FakeProxy::start(ProxyMode::Answer(answer)).await.unwrap();
            let url = format!(
                "http://alice%40example.org:pass-4-proxy@{}",
                proxy.address()
            );
            let zoo: Zoo = ClientBuilder::new()
                .credentials(Credentials::new("ak", SECRET).unwrap())
                .endpoint(endpoint)
                .proxy(Proxy::url(url).unwrap())
                .tls_roots(TlsRoots::none().extra_root_pem(TestAuthority::new().unwrap().pem()))
                .retry(bce_http::RetryPolicy::none())
                .build()
                .unwrap();
            let error = Call::new(&zoo.0, &LOOK).send::<Animal>().await.unwrap_err();
            for text in [shown(&error), logs.text()] {
                for part in ["alice", "example.org", "pass-4-proxy", "YWxpY2VA"] {
                    assert!(!text.contains(part), "{part} is shown: {text}");
                }
            }
        }
    }
}
