//! A made-up service, the zoo, and a client for it.

use bce_http::rt::codec::{Failed, Members, Value};
use bce_http::rt::{ApiResponse, Envelope, Operation, ServiceClient, ServiceInfo};
use bce_http::{Body, Client, Idempotency};
use bce_testing::Scripted;
use http::Method;

pub(crate) static SERVICE: ServiceInfo = ServiceInfo {
    code: "zoo",
    title: "Zoo",
    endpoint_template: "zoo.{region}.baidubce.com",
    hosts: &[],
    default_region: "bj",
    endpoint_env: "ZOO_ENDPOINT",
    requires_https: false,
    headers: &[("version", "v7")],
    content_type: "application/json; charset=utf-8",
    envelope: Envelope::DEFAULT,
    crate_name: "bce-zoo",
    crate_version: "7.8.9",
};

const fn operation(name: &'static str, method: Method, idempotency: Idempotency) -> Operation {
    Operation::new("zoo", name, method, idempotency).answered_with(&["name", "animal"])
}

pub(crate) static FEED: Operation = operation("Feed", Method::POST, Idempotency::NonIdempotent);
pub(crate) static LOOK: Operation = operation("Look", Method::GET, Idempotency::Safe);

pub(crate) struct Zoo(pub(crate) Client);

impl ServiceClient for Zoo {
    const SERVICE: &'static ServiceInfo = &SERVICE;

    fn from_http(client: Client) -> Self {
        Self(client)
    }
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Animal {
    pub(crate) name: String,
    pub(crate) request_id: String,
}

impl Members for Animal {
    fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
        match name {
            "name" => value.or_default(&mut self.name),
            "requestId" => value.or_default(&mut self.request_id),
            _ => Ok(()),
        }
    }
}

impl ApiResponse for Animal {
    const ALSO_INSIDE: &'static [&'static str] = &["animal"];

    fn set_request_id(&mut self, request_id: &dyn Fn() -> Option<String>) {
        if self.request_id.is_empty() {
            self.request_id = request_id().unwrap_or_default();
        }
    }
}

pub(crate) static TAME: Operation = operation("Tame", Method::POST, Idempotency::StateGuarded);

/// Returns a client of the made-up zoo service that sends its requests to a scripted service.
pub(crate) fn zoo(service: &Scripted<Body>) -> Client {
    let zoo: Zoo = bce_http::from_service(service.clone()).unwrap();
    zoo.0
}
