//! A service that quotes the request in its response, as a service may do to explain why a
//! signature is wrong.

use std::sync::Arc;
use std::task::{Context, Poll};

use aihc_dev::model::{DevInstanceConf, Image, ResourcePool, Resources};
use bce_auth::encode::uri_encode;
use bce_auth::{Credentials, ProvideCredentials};
use bce_http::{Body, ClientBuilder, Error};
use bce_sts::SessionTokenProvider;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;
use tower::Service;

use crate::scenes::{ACCESS_KEY, Scenes};
use crate::wire::{Wire, split};
use crate::{MISPLACED, PASSWORD, SECRET_KEY};

/// Captures the errors of calls whose responses quote secrets: the secret key, and the secret parts
/// of the request. They are quoted in each part of a response.
pub(crate) async fn show_all(stage: &Scenes) {
    let credentials = Credentials::session(ACCESS_KEY, SECRET_KEY, MISPLACED).unwrap();
    stage.wire.know(&credentials);
    let echoes: [fn(&Sent<'_>) -> String; 10] = [
        |sent| {
            format!(
                "canonical request: GET\n/\n\nx-bce-security-token:{}",
                sent.token
            )
        },
        |sent| {
            format!(
                "GET\n/\n\nhost:a\nx-bce-security-token:{}",
                uri_encode(sent.token)
            )
        },
        |sent| format!("the signature should not be {}", sent.signature),
        |sent| format!("calculated {}, not that", sent.signature),
        |sent| format!("got {}", uri_encode(sent.authorization)),
        |sent| format!("got {}", sent.authorization),
        |sent| {
            format!(
                "session token '{}' rejected; body was {}",
                sent.token, sent.body
            )
        },
        |sent| format!("X-Bce-Security-Token = {}, key {SECRET_KEY}", sent.token),
        |sent| format!("{SECRET_KEY}{}{}", sent.token, sent.signature),
        |sent| format!("{:?} {:?}", SECRET_KEY, sent.body),
    ];
    let now = stage.clock.now();
    let clock = Arc::new(move || now);
    for echo in echoes {
        for place in QuotedIn::ALL {
            let transport = Echo {
                echo,
                place,
                wire: stage.wire.clone(),
            };
            let client: aihc_dev::Client = ClientBuilder::new()
                .credentials(credentials.clone())
                // The clock stands still, so that all requests have the same signature.
                .clock(clock.clone())
                .build_with_transport(transport.clone())
                .unwrap();
            let refused = client.list_dev_instances().await.unwrap_err();
            stage.capture.client_error(refused);
            let image = Image::new(0, "image").password(PASSWORD);
            let conf = DevInstanceConf::new()
                .resource_pool(ResourcePool::new("q"))
                .resources(Resources::new(1, 2))
                .image(image)
                .volume_confs([])
                .envs([("KEY", PASSWORD)]);
            let create = client
                .create_dev_instance()
                .name("a")
                .conf(conf)
                .creator("owner")
                .creator_id("owner-id");
            stage.capture.client_error(create.await.unwrap_err());
            let sts: bce_sts::Client = ClientBuilder::new()
                .credentials(credentials.clone())
                // The clock stands still, so that all requests have the same signature.
                .clock(clock.clone())
                .build_with_transport(transport)
                .unwrap();
            let provider = SessionTokenProvider::new(sts.get_session_token());
            let refused = provider.provide_credentials().await.unwrap_err();
            stage.capture.error(refused);
        }
    }
}

/// The secret parts of a request.
pub(crate) struct Sent<'a> {
    pub(crate) token: &'a str,
    authorization: &'a str,
    signature: &'a str,
    pub(crate) body: &'a str,
}

/// The part of a response that contains the quotation.
#[derive(Clone, Copy)]
pub(crate) enum QuotedIn {
    Message,
    Code,
    RequestId,
    Headers,
    InsideSuccess,
    ForeignSuccess,
    Page,
}

impl QuotedIn {
    pub(crate) const ALL: [Self; 7] = [
        Self::Message,
        Self::Code,
        Self::RequestId,
        Self::Headers,
        Self::InsideSuccess,
        Self::ForeignSuccess,
        Self::Page,
    ];

    fn answer(self, quoted: &str) -> Response<Bytes> {
        let line = quoted.replace('\n', " ");
        let (status, body) = match self {
            Self::Message => (
                403,
                json!({ "code": "SignatureDoesNotMatch", "message": quoted }),
            ),
            Self::Code => (403, json!({ "code": quoted })),
            Self::RequestId => (403, json!({ "code": "Forbidden", "requestId": quoted })),
            Self::InsideSuccess => (200, json!({ "code": "Some", "message": quoted })),
            Self::ForeignSuccess => (200, json!({ "error": quoted })),
            Self::Headers | Self::Page => (403, json!({})),
        };
        let answer = Response::builder().status(status);
        match self {
            Self::Headers => answer
                .header("x-bce-error-code", &line)
                .header("x-bce-error-message", &line)
                .header("x-bce-request-id", &line)
                .body(Bytes::new()),
            Self::Page => answer
                .header("server", &line)
                .header("content-type", &line)
                .body(quoted.to_owned().into()),
            _ => answer.body(body.to_string().into()),
        }
        .unwrap()
    }
}

/// A service that carries out no operation, and quotes secret parts of the request in its response.
#[derive(Clone)]
pub(crate) struct Echo {
    pub(crate) echo: fn(&Sent<'_>) -> String,
    pub(crate) place: QuotedIn,
    pub(crate) wire: Wire,
}

impl Service<Request<Body>> for Echo {
    type Response = Response<Bytes>;
    type Error = Error;
    type Future = std::future::Ready<Result<Response<Bytes>, Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.wire.note_request(&request);
        let header = |name: &str| request.headers()[name].to_str().unwrap();
        let authorization = header("authorization");
        let quoted = (self.echo)(&Sent {
            token: header("x-bce-security-token"),
            authorization,
            signature: split(authorization).1,
            body: &String::from_utf8_lossy(request.body().as_bytes().unwrap()),
        });
        std::future::ready(Ok(self.place.answer(&quoted)))
    }
}
