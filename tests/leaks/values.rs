//! Captures the printed values of public types that do not occur in the output of the operations.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bce_auth::encode::{uri_decode, uri_encode};
use bce_auth::{
    Clock, Credentials, EnvironmentProvider, ProvideCredentials, SignError, Signer, SigningOptions,
    SystemClock, Verifier,
};
use bce_http::connect::{ConnectTimeout, Proxy, ProxyConnector, Resolver, TlsRoots};
use bce_http::layer::{
    AttemptTimeout, Deadline, Decode, InFlight, Retry, Sign, Skew, SkewedClock, Trace,
};
use bce_http::layer::{CallOptions, TransportConfig};
use bce_http::rt::codec::{self, Failed, Members, Slot, TextOrNumber, Value};
use bce_http::rt::{Call, Operation};
use bce_http::{Body, ClientBuilder, Endpoint, Idempotency, RetryPolicy};
use bce_testing::{Script, Scripted};
use http::{Method, Request};
use tower::{Layer, ServiceBuilder, layer};

use crate::capture::Capture;
use crate::scenes::{ACCESS_KEY, Scenes};
use crate::{MISPLACED, PASSWORD, PROXY_PASSWORD, SECRET_KEY, WRONG_KEY};

pub(crate) async fn show_all(stage: &Scenes) {
    let capture = &stage.capture;
    show_signatures(stage);
    show_presigned_urls(stage);
    show_environment(capture);
    show_readers(capture);
    show_layers(capture);
    show_addresses(capture);
    show_calls(capture).await;
}

/// Captures the `Debug` output and the errors of credentials, which cache a signing key, and of the
/// signer and the verifier.
fn show_signatures(stage: &Scenes) {
    let capture = &stage.capture;
    let credentials = Credentials::session(ACCESS_KEY, SECRET_KEY, MISPLACED).unwrap();
    stage.wire.know(&credentials);
    capture.debug(&credentials);
    capture.debug(credentials.secret_access_key());
    let signer = Signer::new(SigningOptions::default().expire_seconds(60));
    let request = Request::get("https://aihc.example/?action=X")
        .body(())
        .unwrap();
    let (mut head, ()) = request.into_parts();
    let now = SystemClock.now();
    let signature = signer.sign(&mut head, &credentials, now).unwrap();
    capture.debug(&signature);
    capture.debug(&signer);
    capture.debug(&SigningOptions::default());
    capture.debug(&head);
    stage.wire.note_authorization(signature.authorization());

    let verifier = Verifier::new();
    capture.debug(&verifier);
    let verified = verifier.verify(&head, now, |_| Some(credentials.clone()));
    capture.debug(&verified.unwrap());
    let wrong = Credentials::session(ACCESS_KEY, WRONG_KEY, MISPLACED).unwrap();
    capture.error(verifier.verify(&head, now, |_| Some(wrong)).unwrap_err());
    let other = Credentials::session(ACCESS_KEY, SECRET_KEY, PASSWORD).unwrap();
    capture.error(verifier.verify(&head, now, |_| Some(other)).unwrap_err());
    capture.error(verifier.verify(&head, now, |_| None).unwrap_err());
    capture.error(SignError::MissingHost);
    for refused in [
        Credentials::new(format!("{SECRET_KEY}/"), SECRET_KEY),
        Credentials::new(ACCESS_KEY, ""),
        Credentials::session(ACCESS_KEY, SECRET_KEY, format!("{MISPLACED}\n")),
    ] {
        capture.error(refused.unwrap_err());
    }
    capture.unwrap(credentials);
}

/// Pre-signs URLs and verifies them. Captures everything that results, except for the URLs
/// themselves, which are as secret as a password.
fn show_presigned_urls(stage: &Scenes) {
    let capture = &stage.capture;
    let credentials = Credentials::session(ACCESS_KEY, SECRET_KEY, MISPLACED).unwrap();
    stage.wire.know(&credentials);
    let signer = Signer::new(SigningOptions::default().expire_seconds(60));
    let now = SystemClock.now();
    let head = |uri: &str, hosts: &[&str]| {
        let mut request = Request::get(uri);
        for host in hosts {
            request = request.header("host", *host);
        }
        request.body(()).unwrap().into_parts().0
    };
    let token = uri_encode(MISPLACED);
    for uri in [
        "https://aihc.example/?action=X".to_owned(),
        format!("https://aihc.example/?x-bce-security-token={token}"),
    ] {
        let mut head = head(&uri, &[]);
        head.uri = signer.presign(&head, &credentials, now).unwrap();
        let query = head.uri.query().unwrap();
        let value = query.rsplit_once("authorization=").unwrap().1;
        let authorization = String::from_utf8(uri_decode(value)).unwrap();
        stage.wire.note_authorization(&authorization);
        capture.debug(&signer);

        let verifier = Verifier::new();
        let verified = verifier.verify(&head, now, |_| Some(credentials.clone()));
        capture.debug(&verified.unwrap());
        let wrong = Credentials::session(ACCESS_KEY, WRONG_KEY, MISPLACED).unwrap();
        capture.error(verifier.verify(&head, now, |_| Some(wrong)).unwrap_err());
        let later = now + Duration::from_secs(3600);
        let late = verifier.verify(&head, later, |_| Some(credentials.clone()));
        capture.error(late.unwrap_err());
    }

    let token = format!("/?x-bce-security-token={token}");
    let long = format!("{token}&x={}", "x".repeat(65_400));
    for (uri, hosts) in [
        (&token, &[][..]),
        (&token, &["a.example", "b.example"]),
        (&long, &["a.example"]),
    ] {
        let refused = signer.presign(&head(uri, hosts), &credentials, now);
        capture.error(refused.unwrap_err());
    }
}

/// Captures the `Debug` output of the types that hold intermediate results while a response is
/// read.
fn show_readers(capture: &Capture) {
    #[derive(Debug, Default)]
    struct Parts {
        token: Slot<String>,
    }

    impl Members for Parts {
        fn member(&mut self, _: &str, value: Value<'_>) -> Result<(), Failed> {
            value.slot(&mut self.token, 0)
        }
    }

    let json = serde_json::json!({ "token": MISPLACED });
    let parts: Parts = codec::read(&json).unwrap();
    assert!(parts.token.check("token").is_ok());
    capture.debug(&parts.token);
    capture.debug(&parts);
    capture.debug(&TextOrNumber(MISPLACED.to_owned()));
}

/// Captures the credentials, clients and errors that result from environment variables that are
/// complete, incomplete, or wrong.
fn show_environment(capture: &Capture) {
    capture.debug(&EnvironmentProvider::new());
    for variables in [
        &[
            ("BCE_ACCESS_KEY_ID", ACCESS_KEY),
            ("BCE_SECRET_ACCESS_KEY", SECRET_KEY),
        ][..],
        &[("BCE_SECRET_ACCESS_KEY", SECRET_KEY)],
        &[
            ("BCE_ACCESS_KEY_ID", SECRET_KEY),
            ("BCE_SECRET_ACCESS_KEY", ""),
        ],
        &[("BCE_SESSION_TOKEN", MISPLACED)],
        &[("BAIDUCLOUD_SECRET_KEY", SECRET_KEY)],
    ] {
        let variables: HashMap<_, _> = variables.iter().copied().collect();
        let lookup = |name: &str| variables.get(name).map(OsString::from);
        match EnvironmentProvider::load_from(lookup) {
            Ok(credentials) => capture.debug(&credentials),
            Err(error) => capture.error(error),
        }
        match ClientBuilder::<aihc_dev::Client>::from_lookup(lookup) {
            Ok(builder) => capture.debug(&builder),
            Err(error) => capture.client_error(error),
        }
    }
}

/// Captures the `Debug` output of the layers around a transport, assembled without a client.
fn show_layers(capture: &Capture) {
    let credentials = Credentials::session(ACCESS_KEY, SECRET_KEY, MISPLACED).unwrap();
    let shared: Arc<dyn ProvideCredentials> = Arc::new(credentials.clone());
    let retry = Retry::new(RetryPolicy::default()).credentials(shared);
    capture.debug(&retry);
    capture.debug(&Sign::new(credentials.clone()));
    let stack = ServiceBuilder::new()
        .layer(Trace::call())
        .layer(Deadline::new(Duration::from_secs(1)))
        .layer(retry)
        .layer(InFlight::new(1))
        .layer(AttemptTimeout::new(Duration::from_secs(1)))
        .layer(Decode::new())
        .layer(Skew::new(SkewedClock::default()))
        .layer(Sign::new(credentials))
        .service(Scripted::<Body>::new([]));
    capture.debug(&stack);
    let proxied = ProxyConnector::new((), proxy());
    capture.debug(&ConnectTimeout::default().layer(proxied));
}

fn proxy() -> Proxy {
    let password = uri_encode(PROXY_PASSWORD);
    Proxy::url(format!("http://user:{password}@proxy.example:3128")).unwrap()
}

/// Captures the `Debug` output and the errors of endpoints, proxies and resolvers for addresses
/// that contain a password.
fn show_addresses(capture: &Capture) {
    let password = uri_encode(PROXY_PASSWORD);
    for address in [
        format!("https://user:{password}@aihc.example"),
        format!("user:{PROXY_PASSWORD}@aihc.example"),
        format!("ftp://user:{password}@aihc.example/path"),
    ] {
        capture.client_error(address.parse::<Endpoint>().unwrap_err());
        capture.client_error(Proxy::url(format!("{address}:not-a-port")).unwrap_err());
        let builder = aihc_dev::Client::builder().endpoint(&address);
        capture.debug(&builder);
        capture.client_error(builder.build().unwrap_err());

        let lookup = |name: &str| name.ends_with("_PROXY").then(|| OsString::from(&address));
        let proxy = Proxy::from_lookup(lookup);
        capture.debug(&proxy);
        let mut config = TransportConfig::default();
        config.proxy = proxy;
        config.tls_roots = TlsRoots::none().extra_root_pem(SECRET_KEY);
        capture.debug(&config.tls_roots);
        let held = address.clone();
        config.resolver = Resolver::lookup(move |name| {
            let error = io::Error::other(format!("{name} {held}"));
            std::future::ready(Err::<[SocketAddr; 0], _>(error))
        });
        capture.debug(&config.resolver);
        capture.debug(&config);
        let endpoint: Endpoint = "https://aihc.example".parse().unwrap();
        capture.debug(&endpoint);
        if let Err(error) = bce_http::layer::Transport::new(&endpoint, config) {
            capture.client_error(error);
        }
    }
}

static OPERATION: Operation = Operation::new("aihc", "Made", Method::POST, Idempotency::Safe);

/// Captures the `Debug` output of a call and its reply, which contain secrets, and of the services
/// and the reply that the tower layers of an application receive.
async fn show_calls(capture: &Capture) {
    let answer = Script::AnswerWith(
        200,
        &[("x-bce-request-id", "made")],
        r#"{"password":"misplaced+7c9e6679/7425=40de\"944be07fc1"}"#,
    );
    let around = capture.clone();
    let client: Made = ClientBuilder::new()
        .credentials(Credentials::session(ACCESS_KEY, SECRET_KEY, MISPLACED).unwrap())
        .layer(layer::layer_fn(move |inner| {
            around.debug(&inner);
            let around = around.clone();
            tower::ServiceExt::map_response(inner, move |reply: bce_http::layer::Reply| {
                around.debug(&reply);
                reply
            })
        }))
        .attempt_layer(layer::layer_fn({
            let around = capture.clone();
            move |inner| {
                around.debug(&inner);
                inner
            }
        }))
        .build_with_transport(Scripted::<Body>::new([answer]))
        .unwrap();
    capture.debug(&client.0);
    let call = Call::new(&client.0, &OPERATION)
        .query("password", PASSWORD)
        .json(&serde_json::json!({ "password": PASSWORD }));
    capture.debug(&call);
    capture.debug(&CallOptions::default());
    capture.debug(&Body::from(PASSWORD));
    let mut request = Request::post("/").body(Body::from(PASSWORD)).unwrap();
    request.extensions_mut().insert(CallOptions::default());
    capture.debug(&request);
    let reply = client.0.execute(&OPERATION, request).await.unwrap();
    let json = reply.json().unwrap();
    capture.debug(&json);
    capture.debug(json.json());
    let misread = json.json().parse::<Vec<String>>();
    capture.error(misread.unwrap_err());
}

struct Made(bce_http::Client);

impl bce_http::rt::ServiceClient for Made {
    const SERVICE: &'static bce_http::rt::ServiceInfo = &aihc_dev::SERVICE;

    fn from_http(client: bce_http::Client) -> Self {
        Self(client)
    }
}
