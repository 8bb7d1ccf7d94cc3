//! Public types that a run does not show by itself.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bce_auth::{
    ChainProvider, Clock, Credentials, EnvironmentProvider, IniProvider, ProfileProvider,
    ProvideCredentials, SignError, Signer, SigningOptions, SystemClock, Verifier,
};
use bce_http::connect::{ConnectTimeout, Proxy, ProxyConnector, TlsRoots};
use bce_http::layer::{
    AttemptTimeout, Deadline, Decode, InFlight, Retry, Sign, Skew, SkewedClock, Trace,
};
use bce_http::{
    Body, Call, CallOptions, ClientBuilder, Endpoint, Idempotency, Operation, RetryPolicy,
    TransportConfig,
};
use bce_testing::{Script, Scripted};
use http::{Method, Request};
use tower::{Layer, ServiceBuilder, layer};

use crate::capture::Capture;
use crate::scenes::{ACCESS_KEY, Stage};
use crate::{MISPLACED, PASSWORD, PROXY_PASSWORD, SECRET_KEY, WRONG_KEY};

pub(crate) async fn show_all(stage: &Stage) {
    let capture = &stage.capture;
    show_signatures(stage);
    show_environment(capture);
    show_files(capture).await;
    show_layers(capture);
    show_addresses(capture);
    show_calls(capture).await;
}

/// Signer and verifier, with a signing key in the signer's memory.
fn show_signatures(stage: &Stage) {
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

/// Variables that are complete, that are not, and that hold the wrong thing.
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

/// Files with profiles, good ones and broken ones.
async fn show_files(capture: &Capture) {
    let quoted = serde_json::to_string(SECRET_KEY).unwrap();
    let profile = |members: &str| {
        format!(r#"{{"current":"a","profiles":[{{"name":"a","access_key_id":"id",{members}}}]}}"#)
    };
    for text in [
        profile(&format!(r#""secret_access_key":{quoted}"#)),
        profile(&format!(r#""secret_access_key":[{quoted}]"#)),
        profile(&format!(r#""secret_access_key":{quoted},"mode":{quoted}"#)),
        profile(&format!(
            r#""secret_access_key":{quoted},"mode":"StsToken""#
        )),
        profile(&format!(r#""secret_access_key":{}"#, &quoted[..20])),
        format!(r#"{{"profiles":{quoted}}}"#),
        quoted,
    ] {
        let provider = ProfileProvider::new().path(file("config.json", &text));
        match provider.load() {
            Ok(profile) => capture.debug(&profile),
            Err(error) => capture.error(error),
        }
        show_answer(capture, provider.clone()).await;
        show_answer(capture, ChainProvider::new().then(provider)).await;
    }
    for text in [
        format!("[default]\nbce_access_key_id = id\nbce_secret_access_key = {SECRET_KEY}\n"),
        format!("[default]\nbce_secret_access_key = {SECRET_KEY}\n"),
        format!("[default]\n{SECRET_KEY}\n"),
        format!("[{SECRET_KEY}\n"),
        SECRET_KEY.to_owned(),
    ] {
        show_answer(capture, IniProvider::new(file("credentials", &text))).await;
    }
    show_answer(capture, ChainProvider::new()).await;
}

async fn show_answer(capture: &Capture, provider: impl ProvideCredentials) {
    capture.debug(&provider);
    match provider.provide_credentials().await {
        Ok(credentials) => capture.debug(&credentials),
        Err(error) => capture.error(error),
    }
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("leaks-{name}"));
    std::fs::write(&path, text).unwrap();
    path
}

/// The layers around a transport, put together by hand.
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
    let password = bce_auth::encode::uri_encode(PROXY_PASSWORD);
    Proxy::url(format!("http://user:{password}@proxy.example:3128")).unwrap()
}

/// Addresses with passwords, where they may be and where not.
fn show_addresses(capture: &Capture) {
    let password = bce_auth::encode::uri_encode(PROXY_PASSWORD);
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
        capture.debug(&config);
        let endpoint: Endpoint = "https://aihc.example".parse().unwrap();
        capture.debug(&endpoint);
        if let Err(error) = bce_http::Transport::new(&endpoint, config) {
            capture.client_error(error);
        }
    }
}

static OPERATION: Operation = Operation::new("aihc", "Made", Method::POST, Idempotency::Safe);

/// Calls and replies with secrets in them, as user layers see them.
async fn show_calls(capture: &Capture) {
    let answer = Script::Answer(
        200,
        r#"{"password":"misplaced+7c9e6679/7425=40de\"944be07fc1"}"#,
    );
    let around = capture.clone();
    let client: Made = ClientBuilder::new()
        .credentials(Credentials::session(ACCESS_KEY, SECRET_KEY, MISPLACED).unwrap())
        .layer(layer::layer_fn(move |inner| {
            around.debug(&inner);
            let around = around.clone();
            tower::ServiceExt::map_response(inner, move |reply: bce_http::Reply| {
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
    client.0.execute(&OPERATION, request).await.unwrap();
}

struct Made(bce_http::Client);

impl bce_http::ServiceClient for Made {
    const SERVICE: &'static bce_http::Service = &aihc_dev::SERVICE;

    fn from_http(client: bce_http::Client) -> Self {
        Self(client)
    }
}
