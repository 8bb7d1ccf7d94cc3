//! Calls that a transport of the application makes during another call.

use std::convert::Infallible;
use std::time::Duration;

use bce_auth::Credentials;
use bce_http::layer::AttemptService;
use bce_http::rt::Call;
use bce_http::{Body, Client, ClientBuilder, Error, RetryPolicy};
use bce_testing::RawServer;
use http::{Request, Response};
use tokio::sync::mpsc;
use tower::{layer::layer_fn, service_fn};

use crate::common::{Animal, FEED, LOOK, Zoo};

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

/// Returns a client whose transport makes a call through `inner` for each request, before it
/// responds successfully. This inner call is a change, and counts as a part of the same call as the
/// request. The transport sends the error of the inner call to `tell`.
fn feeding(inner: Client, tell: mpsc::UnboundedSender<Error>) -> Client {
    let transport = service_fn(move |outer: Request<Body>| {
        let (inner, tell) = (inner.clone(), tell.clone());
        async move {
            let mut request = Request::post("/").body(Body::empty()).unwrap();
            *request.extensions_mut() = outer.extensions().clone();
            let result = inner.execute(&FEED, request).await;
            tell.send(result.unwrap_err()).unwrap();
            Ok::<_, Infallible>(Response::new(r#"{"name":"ape"}"#))
        }
    });
    builder().build_with_transport(transport).unwrap().0
}

#[tokio::test]
async fn a_change_in_the_course_of_a_read_is_not_repeated() {
    // Reads the request and closes the connection.
    let server = RawServer::start(Vec::new()).await.unwrap();
    let layer = layer_fn(|inner: AttemptService| inner);
    let inner = builder().endpoint(server.url()).attempt_layer(layer);
    let inner = inner.build().unwrap().0;
    let (tell, mut told) = mpsc::unbounded_channel();
    let client = feeding(inner, tell);
    let animal: Animal = Call::new(&client, &LOOK).send().await.unwrap();
    assert_eq!(animal.name, "ape");
    let error = told.recv().await.unwrap();
    assert!(error.may_have_been_applied(), "{error}");
    assert_eq!(server.requests().len(), 1, "{error}");
    assert!(told.try_recv().is_err());
}
