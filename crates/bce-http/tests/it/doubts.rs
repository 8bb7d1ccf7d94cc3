//! Layers and transports of the application that send a request twice. If one of the two requests
//! may have reached the service, the call never counts as unsent.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bce_auth::{Credentials, CredentialsFuture, ProvideCredentials};
use bce_http::layer::{AttemptService, CallService, Reply, Transport, TransportConfig};
use bce_http::rt::Call;
use bce_http::{Body, Client, ClientBuilder, Endpoint, Error, ErrorKind, RetryPolicy};
use bce_testing::{ClosedPort, RawServer, Script, Scripted};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tower::{Service, ServiceExt, layer::layer_fn, service_fn};

use crate::common::{Animal, FEED, LOOK, Zoo};

const DONE: Script = Script::Answer(200, r#"{"name":"ape"}"#);
const FORBIDDEN: Script = Script::Answer(403, r#"{"code":"Forbidden"}"#);
const THROTTLED: Script = Script::Answer(429, r#"{"code":"TooManyRequests"}"#);

fn builder() -> ClientBuilder<Zoo> {
    ClientBuilder::new()
        .credentials(Credentials::new("ak", "sk").unwrap())
        .retry(
            RetryPolicy::exponential()
                .max_retries(3)
                .base(Duration::from_millis(5))
                .max_delay(Duration::from_millis(5)),
        )
}

fn copy(request: &Request<Body>) -> Request<Body> {
    let mut copy = Request::new(request.body().try_clone().unwrap());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    copy
}

/// Sends the request, and if that does not succeed sends it again.
async fn try_twice(
    service: AttemptService,
    request: Request<Body>,
) -> Result<Response<Bytes>, Error> {
    let second = copy(&request);
    match service.clone().oneshot(request).await {
        Ok(response) if response.status() == StatusCode::OK => Ok(response),
        _ => service.oneshot(second).await,
    }
}

fn twice(scripts: impl IntoIterator<Item = Script>) -> (Client, Scripted<Body>) {
    let service = Scripted::new(scripts);
    let layer = layer_fn(|inner: AttemptService| {
        service_fn(move |request| try_twice(inner.clone(), request))
    });
    let client = builder()
        .attempt_layer(layer)
        .build_with_transport(service.clone());
    (client.unwrap().0, service)
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_sends_twice_counts_both() {
    // The response to the second request says nothing about the first.
    for second in [FORBIDDEN, THROTTLED, Script::Fail("reset")] {
        let (client, service) = twice([Script::Fail("reset"), second, DONE, DONE]);
        let error = Call::new(&client, &FEED)
            .send::<Animal>()
            .await
            .unwrap_err();
        assert!(error.may_have_been_applied(), "{error}");
        assert_eq!(service.requests().len(), 2, "{error}");
        assert!(error.sent_request_ids().count() >= 1);
    }
    // Two refusals count as one.
    let (client, service) = twice([FORBIDDEN, FORBIDDEN]);
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(
        (error.may_have_been_applied(), service.requests().len()),
        (false, 2)
    );
    let (client, service) = twice([THROTTLED, THROTTLED, DONE]);
    Call::new(&client, &FEED).send::<Animal>().await.unwrap();
    assert_eq!(service.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_a_layer_sent_without_the_record_stays_in_doubt() {
    let service = Scripted::new([Script::Fail("reset"), FORBIDDEN]);
    let layer = layer_fn(|inner: AttemptService| {
        service_fn(move |request: Request<Body>| {
            let mut bare = copy(&request);
            bare.extensions_mut().clear();
            inner.clone().oneshot(bare)
        })
    });
    let client = builder()
        .attempt_layer(layer)
        .build_with_transport(service.clone());
    let client = client.unwrap().0;
    let mut call = Call::new(&client, &FEED);
    call.options_mut().idempotent = Some(true);
    let error = call.send::<Animal>().await.unwrap_err();
    assert!(error.is_forbidden(), "{error}");
    assert!(error.may_have_been_applied(), "{error}");
    assert_eq!(service.requests().len(), 2);
}

/// Starts a server that reads a request and closes the connection.
async fn closing() -> RawServer {
    RawServer::start(Vec::new()).await.unwrap()
}

/// Returns the same request for another address.
fn elsewhere(request: &Request<Body>, url: &str) -> Request<Body> {
    let mut copy = copy(request);
    *copy.uri_mut() = url.parse().unwrap();
    copy
}

#[tokio::test]
async fn a_second_send_that_cannot_connect_does_not_make_the_first_unsent() {
    let nobody = ClosedPort::take().unwrap();
    let nobody_url = format!("http://{}/", nobody.address());
    let layer = layer_fn(move |inner: AttemptService| {
        let url = nobody_url.clone();
        service_fn(move |request: Request<Body>| {
            let second = elsewhere(&request, &url);
            let inner = inner.clone();
            async move {
                match inner.clone().oneshot(request).await {
                    Ok(response) => Ok(response),
                    Err(_) => inner.oneshot(second).await,
                }
            }
        })
    });
    let server = closing().await;
    let client = builder().endpoint(server.url()).attempt_layer(layer);
    let client = client.build().unwrap().0;
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(error.may_have_been_applied(), "{error}");
    assert_eq!((error.attempts(), server.requests().len()), (1, 1));
    assert_eq!(error.sent_request_ids().count(), 1);
}

#[tokio::test]
async fn a_transport_that_fails_over_counts_both_of_its_sends() {
    let server = closing().await;
    let nobody = ClosedPort::take().unwrap();
    // Accepts connections, but never speaks TLS.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stalled = format!("https://localhost:{}/", silent.local_addr().unwrap().port());
    let refused = format!("http://{}/", nobody.address());
    for (second, kind) in [(stalled, ErrorKind::Timeout), (refused, ErrorKind::Connect)] {
        let before = server.requests().len();
        let endpoint: Endpoint = "https://localhost".parse().unwrap();
        let transport = Transport::new(&endpoint, TransportConfig::default()).unwrap();
        let fails_over = service_fn(move |request: Request<Body>| {
            let (transport, second) = (transport.clone(), elsewhere(&request, &second));
            async move {
                match transport.clone().oneshot(request).await {
                    Ok(response) => Ok(response),
                    Err(_) => transport.oneshot(second).await,
                }
            }
        });
        let client = builder()
            .endpoint(server.url())
            .attempt_timeout(Duration::from_millis(300));
        let client = client.build_with_transport(fails_over).unwrap().0;
        let error = Call::new(&client, &FEED)
            .send::<Animal>()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.may_have_been_applied(), "{error}");
        assert_eq!((error.attempts(), server.requests().len() - before), (1, 1));
    }
}

#[tokio::test]
async fn a_transport_of_the_application_around_ours_is_as_precise() {
    let nobody = ClosedPort::take().unwrap();
    let url = format!("http://{}", nobody.address());
    let transport = Transport::new(&url.parse().unwrap(), TransportConfig::default()).unwrap();
    let wrapper = service_fn(move |request: Request<Body>| transport.clone().oneshot(request));
    let client = builder()
        .endpoint(url)
        .build_with_transport(wrapper)
        .unwrap()
        .0;
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    assert_eq!(
        (error.attempts(), error.may_have_been_applied()),
        (4, false),
        "{error}"
    );
}

/// Credentials that are available for the first request only.
#[derive(Debug, Default)]
struct Once(AtomicUsize);

impl ProvideCredentials for Once {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => Box::pin(std::future::ready(Credentials::new("ak", "sk"))),
            _ => Box::pin(pending()),
        }
    }
}

/// Returns a layer that sends a call a second time while the first one is under way.
fn hedge() -> impl tower::Layer<CallService, Service = Hedge> + Clone + Send + Sync + 'static {
    layer_fn(|inner: CallService| Hedge(inner))
}

#[derive(Clone)]
struct Hedge(CallService);

impl Service<Request<Body>> for Hedge {
    type Response = Reply;
    type Error = Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (first, second) = (self.0.clone(), self.0.clone());
        let again = copy(&request);
        Box::pin(async move {
            let later = async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                second.oneshot(again).await
            };
            tokio::select! {
                result = first.oneshot(request) => result,
                result = later => result,
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_call_that_waits_does_not_make_the_first_unsent() {
    let limit = Duration::from_secs(1);
    let waiting: [fn(ClientBuilder<Zoo>) -> ClientBuilder<Zoo>; 2] = [
        |builder| builder.credentials(Once::default()),
        |builder| builder.max_in_flight(1),
    ];
    for waits in waiting {
        let service = Scripted::<Body>::new([Script::Hang, Script::Hang]);
        let client = waits(builder()).layer(hedge());
        let client = client.build_with_transport(service.clone()).unwrap().0;
        let mut call = Call::new(&client, &FEED);
        call.options_mut().timeout = Some(limit);
        let error = call.send::<Animal>().await.unwrap_err();
        assert!(error.is_timeout());
        assert!(error.may_have_been_applied(), "{error}");
        assert_eq!(service.requests().len(), 1);
    }
    // Nothing is sent as long as both wait.
    let service = Scripted::<Body>::new([]);
    let never = builder()
        .credentials(Once(AtomicUsize::new(1)))
        .layer(hedge());
    let client = never.build_with_transport(service.clone()).unwrap().0;
    let mut call = Call::new(&client, &FEED);
    call.options_mut().timeout = Some(limit);
    let error = call.send::<Animal>().await.unwrap_err();
    assert!(
        error.is_timeout() && !error.may_have_been_applied(),
        "{error}"
    );
    assert!(service.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_request_has_an_id_of_its_own_and_the_error_names_the_lost_ones() {
    let service = Scripted::<Body>::new([Script::Fail("reset"), Script::Fail("reset")]);
    let client = builder().build_with_transport(service.clone()).unwrap().0;
    let ids = || -> Vec<String> {
        let requests = service.requests().into_iter();
        let id = |request: http::request::Parts| request.headers["x-bce-request-id"].clone();
        requests
            .map(|it| id(it).to_str().unwrap().to_owned())
            .collect()
    };
    let error = Call::new(&client, &FEED)
        .send::<Animal>()
        .await
        .unwrap_err();
    let sent: Vec<_> = error.sent_request_ids().collect();
    assert_eq!(sent, ids());
    assert!(
        error
            .to_string()
            .contains(&format!("(sent as {}, 1 attempt", sent[0])),
        "{error}"
    );
    assert!(error.request_id().is_none());
    for request in service.requests() {
        let authorization = request.headers["authorization"].to_str().unwrap();
        assert!(
            !authorization.contains("x-bce-request-id"),
            "{authorization}"
        );
    }

    let own = Call::new(&client, &FEED).header("x-bce-request-id", "mine");
    let error = own.send::<Animal>().await.unwrap_err();
    assert_eq!(error.sent_request_ids().collect::<Vec<_>>(), ["mine"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_repeats_the_id_of_the_request_is_not_known_by_it() {
    const ECHO: &[(&str, &str)] = &[("x-bce-request-id", "mine")];
    let answers = [
        (200, "{}"),
        (200, r#"{"success":false}"#),
        (204, ""),
        (403, r#"{"code":403,"message":"blocked"}"#),
    ];
    let scripts = answers.map(|(status, body)| Script::AnswerWith(status, ECHO, body));
    let service = Scripted::<Body>::new(scripts);
    let client = builder().build_with_transport(service.clone()).unwrap().0;
    for (status, body) in answers {
        let call = Call::new(&client, &FEED).header("x-bce-request-id", "mine");
        let error = call.send::<Animal>().await.unwrap_err();
        assert!(error.may_have_been_applied(), "{status} {body}: {error}");
        assert_eq!(error.request_id(), None, "{status} {body}");
        assert_eq!(error.sent_request_ids().collect::<Vec<_>>(), ["mine"]);
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(service.requests().len(), answers.len());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_cut_where_the_connection_ended_is_lost() {
    // Neither its length nor its end was announced.
    const CUT: Script = Script::Answer(200, r#"{"requestId":"r","name":"ape","sec"#);
    let service = Scripted::<Body>::new([CUT, Script::Answer(200, r#"{"name":"ape"}"#), CUT]);
    let client = builder().build_with_transport(service.clone()).unwrap().0;
    let read = Call::new(&client, &LOOK).send::<Animal>().await.unwrap();
    assert_eq!((read.name.as_str(), service.requests().len()), ("ape", 2));

    let error = Call::new(&client, &FEED).send::<Animal>().await;
    let error = error.unwrap_err();
    assert!(error.may_have_been_applied(), "{error}");
    assert_eq!(error.sent_request_ids().count(), 1);
    let text = error.to_string();
    assert!(
        text.contains("it is incomplete") && !text.contains("ape"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_lacks_a_member_is_named_by_its_request_id() {
    const WRONG: Script = Script::Answer(200, r#"{"requestId":"r-7","name":{}}"#);
    let service = Scripted::<Body>::new([WRONG]);
    let client = builder().build_with_transport(service).unwrap().0;
    let error = Call::new(&client, &FEED).send::<Animal>().await;
    let error = error.unwrap_err();
    assert_eq!(error.request_id(), Some("r-7"), "{error}");
    assert!(error.may_have_been_applied(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_a_gateway_numbered_is_named_by_the_id_it_was_sent_with_as_well() {
    const PAGE: &str = r#"{"message":"no route","requestId":"g-1"}"#;
    const FAILED: &str = r#"{"code":"InternalError","requestId":"r-1"}"#;
    let scripts = [PAGE, FAILED].map(|body| Script::Answer(500, body));
    let client = builder().build_with_transport(Scripted::<Body>::new(scripts));
    let client = client.unwrap().0;
    for named in [true, false] {
        let error = Call::new(&client, &FEED).send::<Animal>().await;
        let text = error.unwrap_err().to_string();
        assert!(text.contains("request id "), "{text}");
        assert_eq!(text.contains("sent as "), named, "{text}");
    }
}
