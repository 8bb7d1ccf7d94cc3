//! A minimal client, which opens a connection for each signed request.

use std::sync::{Arc, Mutex};

use aihc_emulator::{Builder, Emulator};
use bce_auth::{Credentials, Signer};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The time at which every test begins.
pub(crate) const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);

/// An emulator with a clock that stands still until it is set.
pub(crate) struct Fixture {
    pub(crate) emulator: Emulator,
    clock: Arc<Mutex<OffsetDateTime>>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// Returns the body of a response; panics if the request was refused.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// Returns the status and the code of a response to a refused request.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, &str) {
        assert!(
            self.body["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{self:?}"
        );
        (self.status, self.body["code"].as_str().unwrap())
    }
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::start_with(|builder| builder).await
    }

    pub(crate) async fn start_with(settings: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = Arc::new(Mutex::new(START));
        let shown = Arc::clone(&clock);
        let builder = Emulator::builder().clock(move || *shown.lock().unwrap());
        let emulator = settings(builder).start().await.unwrap();
        Self { emulator, clock }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        *self.clock.lock().unwrap()
    }

    pub(crate) fn advance(&self, seconds: i64) {
        *self.clock.lock().unwrap() += Duration::seconds(seconds);
    }

    /// Returns the head of a request that is not signed yet.
    pub(crate) fn head(&self, method: &str, target: &str) -> Parts {
        let uri = format!("{}{target}", self.emulator.endpoint());
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("version", "v2")
            .header("content-type", "application/json;charset=utf-8");
        request.body(()).unwrap().into_parts().0
    }

    /// Sends a request with this head, without signing it.
    pub(crate) async fn send(&self, parts: &Parts, body: &[u8]) -> Reply {
        let target = parts.uri.path_and_query().unwrap();
        let mut head = format!(
            "{} {target} HTTP/1.1\r\nconnection: close\r\n",
            parts.method
        );
        for (name, value) in &parts.headers {
            head += &format!("{name}: {}\r\n", value.to_str().unwrap());
        }
        head += &format!("content-length: {}\r\n\r\n", body.len());
        self.exchange(&[head.as_bytes(), body].concat()).await
    }

    /// Sends bytes, and reads the response until the server closes the connection.
    pub(crate) async fn exchange(&self, bytes: &[u8]) -> Reply {
        let address = self.emulator.endpoint().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        parse(&String::from_utf8(answer).unwrap())
    }

    /// Signs a request with `credentials` and sends it.
    pub(crate) async fn call_as(
        &self,
        credentials: &Credentials,
        method: &str,
        target: &str,
        body: &str,
    ) -> Reply {
        let mut parts = self.head(method, target);
        Signer::default()
            .sign(&mut parts, credentials, self.now())
            .unwrap();
        self.send(&parts, body.as_bytes()).await
    }

    /// Signs a request with the emulator's own credentials and sends it.
    pub(crate) async fn call(&self, method: &str, target: &str, body: &str) -> Reply {
        self.call_as(self.emulator.credentials(), method, target, body)
            .await
    }

    /// Calls a dev instance operation by GET; `query` begins with `&` if it is not empty.
    pub(crate) async fn get(&self, action: &str, query: &str) -> Reply {
        self.call("GET", &format!("/?action={action}{query}"), "")
            .await
    }

    /// Calls a dev instance operation by POST; `query` begins with `&` if it is not empty. The body
    /// of the request is empty if `body` is null.
    pub(crate) async fn post(&self, action: &str, query: &str, body: &Value) -> Reply {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.call("POST", &format!("/?action={action}{query}"), &body)
            .await
    }

    /// Creates a dev instance and returns its id.
    pub(crate) async fn create(&self, name: &str) -> String {
        let created = self
            .post("CreateDevInstance", "", &create_body(name))
            .await
            .ok();
        created["devInstanceId"].as_str().unwrap().to_owned()
    }

    /// Creates a dev instance and moves the clock until the instance runs.
    pub(crate) async fn create_running(&self, name: &str) -> String {
        let id = self.create(name).await;
        self.advance(8);
        assert_eq!(self.status(&id).await, 3);
        id
    }

    /// Calls an operation that starts, stops or deletes an instance.
    pub(crate) async fn power(&self, action: &str, id: &str) -> Reply {
        self.post(action, &format!("&devInstanceId={id}"), &Value::Null)
            .await
    }

    /// Returns the `DevInstanceDetail` of an instance.
    pub(crate) async fn detail(&self, id: &str) -> Value {
        let mut body = self
            .get("DescribeDevInstance", &format!("&devInstanceId={id}"))
            .await
            .ok();
        body["devInstance"].take()
    }

    pub(crate) async fn status(&self, id: &str) -> i64 {
        self.detail(id).await["status"].as_i64().unwrap()
    }
}

/// Returns a small valid body for CreateDevInstance: the required members, and a user name and a
/// password for the image registry.
pub(crate) fn create_body(name: &str) -> Value {
    json!({
        "name": name,
        "conf": {
            "resourcePool": {"resourcePoolId": "cce-1", "queueName": "default"},
            "resources": {"cpus": 1, "memory": 2},
            "image": {
                "imageType": 2, "imageUrl": "ccr.example/team/ubuntu:22.04",
                "username": "puller", "password": "pull-s3cret",
            },
            "volumnConfs": [
                {"volumnType": "cds", "mountPath": "/.rootfs", "cds": {"capacity": 120}},
            ],
        },
        "creator": "owner",
        "creatorId": "user-1",
    })
}

fn parse(text: &str) -> Reply {
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (
            name.parse::<HeaderName>().unwrap(),
            value.parse::<HeaderValue>().unwrap(),
        )
    });
    Reply {
        status,
        headers: headers.collect(),
        body: serde_json::from_str(body).unwrap_or(Value::Null),
    }
}
