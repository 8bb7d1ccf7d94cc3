//! Gateway tests in which nginx takes the place of the service: with plain HTTP or TLS, closing
//! connections, compressing responses, or being killed.

use bce_http::ErrorKind;

use super::{ATTEMPTS, FORWARD, nginx};
use crate::gateways::expected::Expected;
use crate::gateways::gateway::{Gateway, Target};
use crate::gateways::program::Program;
use crate::gateways::row::{Event, Rows, Upstream, cut, slow};
use crate::gateways::subject::{OPERATIONS, SERIES, Subject};

const TLS: &str = "\
server {
  listen 127.0.0.1:{port} ssl;
  ssl_certificate {folder}/front.pem;
  ssl_certificate_key {folder}/front.pem;
  location / { proxy_pass http://{upstream}; proxy_set_header Host $http_host; }
}
";

/// Settings of two nginx servers, one behind the other. The inner server compresses its responses;
/// the outer one accepts compressed responses.
const TWO_SERVERS: &str = "\
server {
  listen unix:{folder}/inner.sock;
  gzip on; gzip_types application/json; gzip_min_length 1; gzip_http_version 1.0; gzip_proxied any;
  location / { proxy_pass http://{upstream}; proxy_set_header Host $http_host; }
}
server {
  listen 127.0.0.1:{port};
  location / {
    proxy_pass http://unix:{folder}/inner.sock;
    proxy_set_header Host $http_host;
    proxy_set_header Accept-Encoding gzip;
    EDGE
  }
}
";

pub(super) fn add(rows: &mut Rows) {
    let plain = nginx("plain", "", FORWARD);
    for subject in OPERATIONS {
        rows.add(&plain, subject, Expected::ok(1));
    }
    tls(rows);
    connections(rows);
    bodies(rows);
    killed(rows);
    let other_host = nginx(
        "another Host",
        "",
        "proxy_pass http://{upstream}; proxy_set_header Host internal.example;",
    );
    let refused = || {
        Expected::not_done(ErrorKind::Service, 1, 1)
            .code("SignatureDoesNotMatch")
            .says("changes what the signature covers")
    };
    rows.add(&other_host, Subject::Create, refused());
    rows.add(&other_host, Subject::List, refused());
}

fn tls(rows: &mut Rows) {
    let tls = Gateway::new(Program::Nginx, "TLS", TLS);
    let trusted = tls.clone().target(Target::Tls);
    for subject in [Subject::Create, Subject::List, Subject::Stop] {
        rows.add(&trusted, subject, Expected::ok(1));
    }
    let mut untrusted = tls.clone().target(Target::Untrusted);
    untrusted.name = "TLS, unknown authority";
    let lasting = || Expected::not_done(ErrorKind::Connect, 1, 0).says("certificate");
    rows.add(&untrusted, Subject::Create, lasting());
    rows.add(&untrusted, Subject::List, lasting());

    let not_tls = nginx("https to a plain port", "", FORWARD).target(Target::Tls);
    let expected = Expected::not_done(ErrorKind::Connect, 1, 0).any_attempts();
    let expected = expected.says("does not speak TLS");
    rows.add(&not_tls, Subject::Create, expected);

    let mut not_plain = tls;
    not_plain.name = "http to a TLS port";
    let page = |expected: Expected| expected.says("400").says("use an https://");
    let unknown = page(Expected::unknown(ErrorKind::Service, 1, 0));
    rows.add(&not_plain, Subject::Create, unknown);
    let not_done = page(Expected::not_done(ErrorKind::Service, 1, 0));
    rows.add(&not_plain, Subject::List, not_done);
}

/// Adds tests in which nginx closes the connection between two calls, with or without announcing it
/// in its last response.
fn connections(rows: &mut Rows) {
    for (name, server) in [
        ("keepalive_requests 1", "keepalive_requests 1;"),
        ("keepalive_requests 3", "keepalive_requests 3;"),
        ("keepalive_timeout 0", "keepalive_timeout 0;"),
    ] {
        let gateway = nginx(name, server, FORWARD);
        rows.add(&gateway, Subject::Lists, Expected::ok(SERIES));
        rows.add(&gateway, Subject::Creates, Expected::ok(SERIES));
    }
    // The connection is closed without an announcement, possibly while the client writes.
    let gateway = nginx("keepalive_timeout 6 ms", "keepalive_timeout 6ms;", FORWARD);
    let within = |sent| Expected::ok_within(sent);
    rows.add(&gateway, Subject::Lists, within(SERIES..=SERIES * 2));
    // If a request is written to a closed connection, it does not reach the service.
    rows.add(&gateway, Subject::Creates, within(SERIES / 2..=SERIES));
}

fn bodies(rows: &mut Rows) {
    let offered = nginx(
        "gzip on",
        "gzip on; gzip_types application/json; gzip_min_length 1;",
        FORWARD,
    );
    rows.add(&offered, Subject::List, Expected::ok(1));
    rows.add(&offered, Subject::Create, Expected::ok(1));

    let gzip = |name, edge| Gateway::new(Program::Nginx, name, TWO_SERVERS.replace("EDGE", edge));
    let unpacked = gzip("gzip inside, gunzip at the edge, chunked", "gunzip on;");
    rows.add(&unpacked, Subject::List, Expected::ok(1));
    rows.add(&unpacked, Subject::Create, Expected::ok(1));
    let packed = gzip("gzip that nobody asked for", "");
    let sent = u64::from(ATTEMPTS);
    let unreadable = |expected: Expected| expected.says("gzip").says("it is compressed");
    let read = Expected::not_done(ErrorKind::Decode, ATTEMPTS, sent);
    rows.add(&packed, Subject::List, unreadable(read));
    let write = || Expected::unknown(ErrorKind::Decode, 1, 1);
    rows.add(&packed, Subject::Create, unreadable(write()));
    // The state cannot be read either.
    rows.add(&packed, Subject::Stop, unreadable(write().looks()));

    let cutting = nginx("answer cut behind it", "", FORWARD);
    let lost = |subject, expected, rows: &mut Rows| {
        rows.add(&cutting, subject, expected)
            .upstream(Upstream::Always(cut()));
    };
    let read = Expected::not_done(ErrorKind::Transport, ATTEMPTS, sent);
    lost(Subject::List, read, rows);
    lost(
        Subject::Create,
        Expected::unknown(ErrorKind::Transport, 1, 1),
        rows,
    );
    lost(Subject::Stop, Expected::settled(1), rows);
    lost(Subject::Update, Expected::settled(1), rows);
    lost(
        Subject::Pack,
        Expected::unknown(ErrorKind::Transport, 1, 1),
        rows,
    );

    let unbuffered = nginx("proxy_buffering off", "proxy_buffering off;", FORWARD);
    rows.add(&unbuffered, Subject::List, Expected::ok(1));
}

fn killed(rows: &mut Rows) {
    let plain = nginx("killed in the middle", "", FORWARD);
    let lost = || Expected::unknown(ErrorKind::Transport, 1, 1);
    for (subject, expected) in [
        (Subject::Create, lost()),
        (Subject::Pack, lost()),
        // The state cannot be read either.
        (Subject::Stop, lost()),
        (
            Subject::List,
            Expected::not_done(ErrorKind::Connect, ATTEMPTS, 1),
        ),
        (
            Subject::TimedStop,
            Expected::unknown(ErrorKind::Connect, ATTEMPTS, 1),
        ),
    ] {
        rows.add(&plain, subject, expected)
            .upstream(Upstream::Always(slow()))
            .event(Event::Killed);
    }
}
