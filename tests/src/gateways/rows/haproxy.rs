//! Gateway tests with haproxy: timeouts, maintenance, a queue, and rules that deny a request, close
//! or drop its connection, or respond to it.

use std::time::Duration;

use bce_http::ErrorKind;

use super::ATTEMPTS;
use crate::gateways::expected::Expected;
use crate::gateways::gateway::{Gateway, Target};
use crate::gateways::program::Program;
use crate::gateways::row::{Event, Rows, Upstream, slow};
use crate::gateways::subject::{SERIES, Subject};

/// The time limit for attempts that get no response.
const SHORT: Duration = Duration::from_millis(500);

/// Returns a haproxy with these settings for its front end and its back end.
fn haproxy(name: &'static str, front: &str, back: &str) -> Gateway {
    let settings = format!(
        "frontend front\n  bind 127.0.0.1:{{port}}\n  {front}\n  default_backend back\n\
         backend back\n  {back}\n"
    );
    Gateway::new(Program::Haproxy, name, settings)
}

const SERVER: &str = "server service {upstream}";

pub(super) fn add(rows: &mut Rows) {
    let plain = haproxy("plain", "", SERVER);
    for subject in [
        Subject::Create,
        Subject::List,
        Subject::Stop,
        Subject::Update,
    ] {
        rows.add(&plain, subject, Expected::ok(1));
    }
    let tls = Gateway::new(
        Program::Haproxy,
        "TLS",
        "frontend front\n  bind 127.0.0.1:{port} ssl crt {folder}/front.pem\n  \
         default_backend back\nbackend back\n  server service {upstream}\n",
    );
    let tls = tls.target(Target::Tls);
    rows.add(&tls, Subject::Create, Expected::ok(1));
    rows.add(&tls, Subject::List, Expected::ok(1));
    let races = haproxy("keep-alive 6 ms", "timeout http-keep-alive 6ms", SERVER);
    let within = |sent| Expected::ok_within(sent);
    rows.add(&races, Subject::Lists, within(SERIES..=SERIES * 2));
    rows.add(&races, Subject::Creates, within(SERIES / 2..=SERIES));
    time_outs(rows);
    maintenance(rows);
    rules(rows);
    answers(rows);
    killed(rows);
}

fn time_outs(rows: &mut Rows) {
    let gateway = haproxy(
        "504 page",
        "",
        "timeout server 500ms\n  server service {upstream}",
    );
    let unknown = || Expected::unknown(ErrorKind::Service, 1, 1).says("504");
    for (subject, expected) in [
        (Subject::Create, unknown()),
        (Subject::Pack, unknown()),
        (Subject::List, Expected::ok(2)),
        (Subject::TimedStop, Expected::ok(2)),
        (Subject::Stop, Expected::settled(1)),
        (Subject::Start, Expected::settled(1)),
        (Subject::Update, Expected::settled(1)),
    ] {
        rows.add(&gateway, subject, expected)
            .upstream(Upstream::Once(slow()));
    }
    let queue = haproxy(
        "queue full, 503 page",
        "",
        "timeout queue 300ms\n  server service {upstream} maxconn 1",
    );
    let unknown = Expected::unknown(ErrorKind::Service, 1, 0).says("503");
    rows.add(&queue, Subject::Create, unknown)
        .event(Event::Busy);
    let read = Expected::not_done(ErrorKind::Service, ATTEMPTS, 0).says("503");
    rows.add(&queue, Subject::List, read).event(Event::Busy);
}

/// Adds tests in which haproxy has no server, or none that can be reached.
fn maintenance(rows: &mut Rows) {
    for gateway in [
        haproxy("no server, 503 page", "", ""),
        haproxy(
            "server in maintenance, 503 page",
            "",
            "server service {upstream} disabled",
        ),
        haproxy(
            "nobody behind it, 503 page",
            "",
            "retries 0\n  server service {nobody}",
        ),
    ] {
        let unknown = || Expected::unknown(ErrorKind::Service, 1, 0).says("503");
        rows.add(&gateway, Subject::Create, unknown());
        rows.add(&gateway, Subject::Stop, unknown());
        let read = Expected::not_done(ErrorKind::Service, ATTEMPTS, 0).says("503");
        rows.add(&gateway, Subject::List, read);
    }
    let later = haproxy(
        "no server, 503 page with Retry-After",
        "",
        "http-error status 503 content-type text/html string \"<html>closed</html>\" \
         hdr Retry-After 1",
    );
    let unknown = || Expected::unknown(ErrorKind::Service, 1, 0).says("503");
    rows.add(&later, Subject::Create, unknown());
    rows.add(&later, Subject::Pack, unknown());
    let read = Expected::not_done(ErrorKind::Service, ATTEMPTS, 0).says("503");
    rows.add(&later, Subject::List, read);
}

fn rules(rows: &mut Rows) {
    let deny = haproxy("deny, 403 page", "http-request deny", SERVER);
    let unknown = || Expected::unknown(ErrorKind::Service, 1, 0).says("403");
    rows.add(&deny, Subject::Create, unknown());
    rows.add(&deny, Subject::Delete, unknown());
    let read = Expected::not_done(ErrorKind::Service, 1, 0).says("403");
    rows.add(&deny, Subject::List, read);

    let throttle = haproxy(
        "deny, 429 page",
        "http-request deny deny_status 429",
        SERVER,
    );
    rows.add(
        &throttle,
        Subject::Create,
        Expected::unknown(ErrorKind::Service, 1, 0),
    );
    rows.add(
        &throttle,
        Subject::Stop,
        Expected::unknown(ErrorKind::Service, ATTEMPTS, 0),
    );
    rows.add(
        &throttle,
        Subject::List,
        Expected::not_done(ErrorKind::Service, ATTEMPTS, 0),
    );

    let late = haproxy(
        "deny, 408 page",
        "http-request deny deny_status 408",
        SERVER,
    );
    let kind = ErrorKind::Service;
    for (subject, expected) in [
        (Subject::Create, Expected::unknown(kind, 1, 0)),
        (Subject::Stop, Expected::unknown(kind, 1, 0)),
        (Subject::List, Expected::not_done(kind, ATTEMPTS, 0)),
        (Subject::TimedStop, Expected::unknown(kind, ATTEMPTS, 0)),
    ] {
        rows.add(&late, subject, expected.says("408"));
    }

    for (gateway, kind) in [
        (
            haproxy("reject", "http-request reject", SERVER),
            ErrorKind::Transport,
        ),
        (
            haproxy("silent drop", "http-request silent-drop", SERVER),
            ErrorKind::Timeout,
        ),
    ] {
        for (subject, expected) in [
            (Subject::Create, Expected::unknown(kind, 1, 0)),
            (Subject::Stop, Expected::unknown(kind, 1, 0)),
            (Subject::List, Expected::not_done(kind, ATTEMPTS, 0)),
            (Subject::TimedStop, Expected::unknown(kind, ATTEMPTS, 0)),
        ] {
            rows.add(&gateway, subject, expected).attempt_timeout(SHORT);
        }
    }
}

/// Adds tests in which haproxy itself responds with JSON, in place of the service.
fn answers(rows: &mut Rows) {
    let answer = |name, rest: &str| {
        let rule = format!(
            "http-request return {rest} unless {{ url_param(action) -m str DescribeDevInstance }}"
        );
        haproxy(name, &rule, SERVER)
    };
    let json = "content-type application/json string";
    let foreign = answer(
        "200 {\"success\":false}",
        &format!("status 200 {json} \"{{\\\"success\\\":false}}\""),
    );
    let kind = ErrorKind::Decode;
    rows.add(&foreign, Subject::Create, Expected::unknown(kind, 1, 0));
    let stop = Expected::unknown(kind, ATTEMPTS, 0).looks();
    rows.add(&foreign, Subject::Stop, stop);

    // A code that proves a refusal.
    let throttle = answer(
        "429 TooManyRequests, Retry-After",
        &format!(
            "status 429 {json} \"{{\\\"code\\\":\\\"TooManyRequests\\\"}}\" hdr Retry-After 1"
        ),
    );
    let kind = ErrorKind::Service;
    for subject in [Subject::Create, Subject::Stop, Subject::List] {
        let expected = Expected::not_done(kind, ATTEMPTS, 0).code("TooManyRequests");
        rows.add(&throttle, subject, expected);
    }
    // Codes that prove nothing.
    let internal = answer(
        "503 InternalError, Retry-After",
        &format!("status 503 {json} \"{{\\\"code\\\":\\\"InternalError\\\"}}\" hdr Retry-After 0"),
    );
    let expected = Expected::unknown(kind, 1, 0).code("InternalError");
    rows.add(&internal, Subject::Create, expected);
    let expected = Expected::not_done(kind, ATTEMPTS, 0).code("InternalError");
    rows.add(&internal, Subject::List, expected);
    let wordless = answer(
        "503 without a code, Retry-After",
        &format!(
            "status 503 {json} \"{{\\\"error\\\":\\\"upstream timed out\\\"}}\" hdr Retry-After 0"
        ),
    );
    rows.add(&wordless, Subject::Create, Expected::unknown(kind, 1, 0));
    rows.add(&wordless, Subject::Pack, Expected::unknown(kind, 1, 0));
}

fn killed(rows: &mut Rows) {
    let plain = haproxy("killed in the middle", "", SERVER);
    for subject in [Subject::Create, Subject::Delete] {
        let expected = Expected::unknown(ErrorKind::Transport, 1, 1);
        rows.add(&plain, subject, expected)
            .upstream(Upstream::Always(slow()))
            .event(Event::Killed);
    }
    let read = Expected::not_done(ErrorKind::Connect, ATTEMPTS, 1);
    rows.add(&plain, Subject::List, read)
        .upstream(Upstream::Always(slow()))
        .event(Event::Killed);
}
