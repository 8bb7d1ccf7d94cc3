use bce_auth::Secret;
use bce_testing::Scripted;
use http::Method;

use super::*;
use crate::client::ServiceClient;
use crate::service::Idempotency;
use crate::service::{Envelope, ServiceInfo};

static PUT: Operation = Operation::new("zoo", "Put", Method::PUT, Idempotency::Repeatable);

static SERVICE: ServiceInfo = ServiceInfo {
    code: "zoo",
    title: "Zoo",
    endpoint_template: "zoo.{region}.baidubce.com",
    hosts: &[],
    default_region: "bj",
    endpoint_env: "ZOO_ENDPOINT",
    requires_https: false,
    headers: &[],
    content_type: "application/json",
    envelope: Envelope::DEFAULT,
    crate_name: "bce-zoo",
    crate_version: "7.8.9",
};

struct Zoo(Client);

impl ServiceClient for Zoo {
    const SERVICE: &'static ServiceInfo = &SERVICE;

    fn from_http(client: Client) -> Self {
        Self(client)
    }
}

fn call() -> Call {
    let zoo: Zoo = crate::client::from_service(Scripted::<Body>::new([])).unwrap();
    Call::new(&zoo.0, &PUT)
}

fn known(call: Call) -> Option<Vec<String>> {
    let request = call.into_request().unwrap();
    let secrets = request.1.extensions().get::<SentSecrets>()?;
    let texts = secrets.into_iter();
    Some(texts.map(|(_, it)| it.expose().to_owned()).collect())
}

#[test]
fn the_secrets_outside_the_body_are_known_whatever_the_body_is() {
    let noted = || call().secret("three").query("a", "three").secret("");
    let texts = |all: &[&str]| Some(all.iter().map(|it| (*it).to_owned()).collect());
    assert_eq!(known(noted()), texts(&["three"]));
    assert_eq!(known(noted().json("x")), texts(&["three"]));
    let with_body = noted().json_with_secrets(&vec![Secret::new("one")]);
    assert_eq!(known(with_body), texts(&["three", "one"]));
}

#[test]
fn the_secrets_of_the_body_that_is_sent_are_known_to_the_request() {
    let body = || vec![Secret::new("one"), Secret::new("two")];
    let call_with_secrets = call().json_with_secrets(&body());
    assert_eq!(call_with_secrets.body, br#"["one","two"]"#);
    let texts = ["one", "two"].map(str::to_owned).to_vec();
    assert_eq!(known(call_with_secrets), Some(texts));
    for other in [call(), call().json(&body()), call().json_text("{}")] {
        assert_eq!(known(other), None);
    }
}

#[test]
fn a_secret_is_known_wherever_it_is_sent_and_in_whatever_order() {
    let body = vec![Secret::new("of the body")];
    let call = call()
        .path_template("/{id}", &[("id", "of the path")])
        .secret("of the path")
        .query_secret("q", "of the query")
        .header_secret("x-pass", "of a header")
        .json_with_secrets(&body)
        .query_secret("none", "");
    assert!(
        call.target.ends_with("?q=of%20the%20query&none="),
        "{}",
        call.target
    );
    assert!(call.headers["x-pass"].is_sensitive());
    let texts = ["of the path", "of the query", "of a header", "of the body"];
    assert_eq!(known(call), Some(texts.map(str::to_owned).to_vec()));
}
