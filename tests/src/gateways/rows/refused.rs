//! Gateway tests in which nginx itself turns requests away, with its own error pages.

use bce_http::ErrorKind;

use super::{ATTEMPTS, FORWARD, nginx};
use crate::gateways::expected::Expected;
use crate::gateways::gateway::Gateway;
use crate::gateways::program::Program;
use crate::gateways::row::{Event, Rows};
use crate::gateways::subject::Subject;

/// Settings that allow one request per minute. nginx responds to all others with a page.
const LIMITED: &str = "\
limit_req_zone $binary_remote_addr zone=all:1m rate=1r/m;
server {
  listen 127.0.0.1:{port};
  limit_req zone=all;
  limit_req_status STATUS;
  location / { proxy_pass http://{upstream}; proxy_set_header Host $http_host; }
}
";

fn page(kind: fn(ErrorKind, u32, u64) -> Expected, attempts: u32) -> Expected {
    kind(ErrorKind::Service, attempts, 0).says("nginx")
}

pub(super) fn add(rows: &mut Rows) {
    // Such a page might come from a server behind nginx.
    for (name, location) in [
        ("403 page", "return 403;"),
        ("404 page", "return 404;"),
        ("405 page", "return 405;"),
    ] {
        let gateway = nginx(name, "", location);
        for subject in [Subject::Create, Subject::Stop, Subject::TimedStop] {
            rows.add(&gateway, subject, page(Expected::unknown, 1));
        }
        rows.add(&gateway, Subject::List, page(Expected::not_done, 1));
        rows.add(&gateway, Subject::Describe, page(Expected::not_done, 1));
    }
    // These statuses alone prove that nothing was done.
    for (name, location) in [
        ("411 page", "return 411;"),
        ("414 page", "return 414;"),
        ("431 page", "return 431;"),
    ] {
        let gateway = nginx(name, "", location);
        rows.add(&gateway, Subject::Create, page(Expected::not_done, 1));
        rows.add(&gateway, Subject::List, page(Expected::not_done, 1));
    }
    sizes(rows);
    limits(rows);
    elsewhere(rows);
}

/// Adds tests whose requests are too large for nginx.
fn sizes(rows: &mut Rows) {
    let small = nginx("client_max_body_size 1", "client_max_body_size 1;", FORWARD);
    let expected = || page(Expected::not_done, 1).says("413");
    rows.add(&small, Subject::Create, expected());
    rows.add(&small, Subject::Update, expected());
    rows.add(&small, Subject::List, Expected::ok(1));

    let heads = nginx(
        "a header too large, 400",
        "connection_pool_size 128; client_header_buffer_size 128; \
         large_client_header_buffers 1 128;",
        FORWARD,
    );
    let unknown = page(Expected::unknown, 1).says("400");
    rows.add(&heads, Subject::Create, unknown);
    let not_done = page(Expected::not_done, 1).says("400");
    rows.add(&heads, Subject::List, not_done);
}

fn limits(rows: &mut Rows) {
    for (name, status, stop) in [
        ("limit_req, 429 page", "429", ATTEMPTS),
        // The state could be read, but reads are limited as well.
        ("limit_req, 503 page", "503", 1),
    ] {
        let gateway = Gateway::new(Program::Nginx, name, LIMITED.replace("STATUS", status));
        for (subject, expected) in [
            (Subject::Create, page(Expected::unknown, 1)),
            (Subject::Stop, page(Expected::unknown, stop)),
            (Subject::List, page(Expected::not_done, ATTEMPTS)),
        ] {
            rows.add(&gateway, subject, expected.says(status))
                .event(Event::ListBefore);
        }
    }
    let later = nginx(
        "429 page with Retry-After",
        "add_header Retry-After 1 always;",
        "return 429;",
    );
    rows.add(&later, Subject::Create, page(Expected::unknown, 1));
    rows.add(&later, Subject::List, page(Expected::not_done, ATTEMPTS));
}

/// Adds tests with redirects. Clients do not follow them, because the signature is only valid for
/// the original host.
fn elsewhere(rows: &mut Rows) {
    let gateway = nginx(
        "301 to https",
        "",
        "return 301 https://$http_host$request_uri;",
    );
    let kind = ErrorKind::Service;
    rows.add(&gateway, Subject::Create, Expected::unknown(kind, 1, 0));
    rows.add(&gateway, Subject::List, Expected::not_done(kind, 1, 0));
}
