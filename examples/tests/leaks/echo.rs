//! A service that answers with what it was sent, as those do that explain why a signature is wrong.

use std::task::{Context, Poll};

use bce_auth::encode::uri_encode;
use bce_auth::{Credentials, ProvideCredentials};
use bce_http::{Body, ClientBuilder, Error};
use bce_sts::SessionTokenProvider;
use bytes::Bytes;
use http::{Request, Response};
use tower::Service;

use crate::scenes::{ACCESS_KEY, Stage};
use crate::wire::{Wire, split};
use crate::{MISPLACED, SECRET_KEY};

/// Every part of a request that must stay secret, in the message of the body and of the headers.
pub(crate) async fn show_all(stage: &Stage) {
    let credentials = Credentials::session(ACCESS_KEY, SECRET_KEY, MISPLACED).unwrap();
    stage.wire.know(&credentials);
    let echoes: [fn(&Sent<'_>) -> String; 6] = [
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
    ];
    for echo in echoes {
        for in_header in [false, true] {
            let transport = Echo {
                echo,
                in_header,
                wire: stage.wire.clone(),
            };
            let client: aihc_dev::Client = ClientBuilder::new()
                .credentials(credentials.clone())
                .build_with_transport(transport.clone())
                .unwrap();
            let refused = client.list_dev_instances().await.unwrap_err();
            stage.capture.client_error(refused);
            let sts: bce_sts::Client = ClientBuilder::new()
                .credentials(credentials.clone())
                .build_with_transport(transport)
                .unwrap();
            let provider = SessionTokenProvider::new(sts.get_session_token());
            let refused = provider.provide_credentials().await.unwrap_err();
            stage.capture.error(refused);
        }
    }
}

/// What stands in a request and nowhere else.
struct Sent<'a> {
    token: &'a str,
    authorization: &'a str,
    signature: &'a str,
}

/// A service that refuses, with a part of the request in its message.
#[derive(Clone)]
struct Echo {
    echo: fn(&Sent<'_>) -> String,
    in_header: bool,
    wire: Wire,
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
        let message = (self.echo)(&Sent {
            token: header("x-bce-security-token"),
            authorization,
            signature: split(authorization).1,
        });
        let answer = Response::builder().status(403);
        let answer = if self.in_header {
            let message = message.replace('\n', " ");
            answer
                .header("x-bce-error-code", "SignatureDoesNotMatch")
                .header("x-bce-error-message", message)
                .body(Bytes::new())
        } else {
            let body = serde_json::json!({ "code": "SignatureDoesNotMatch", "message": message });
            answer.body(body.to_string().into())
        };
        std::future::ready(Ok(answer.unwrap()))
    }
}
