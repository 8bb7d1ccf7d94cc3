//! Gateway tests in which nginx responds in place of the service, which may or may not have carried
//! out the request.

use bce_http::ErrorKind;

use super::{ATTEMPTS, FORWARD, nginx};
use crate::gateways::expected::Expected;
use crate::gateways::gateway::Gateway;
use crate::gateways::row::{Rows, Upstream, dropped, slow};
use crate::gateways::subject::Subject;

/// Settings that replace the 502, 503 and 504 pages of nginx with a maintenance page that has a
/// `Retry-After` header.
const MAINTENANCE: &str = "\
proxy_read_timeout 1s;
error_page 502 503 504 =503 @maintenance;
location @maintenance {
  default_type text/html;
  add_header Retry-After 1 always;
  return 503 '<html><body><h1>We are down for maintenance</h1></body></html>';
}
";

/// Settings that replace the 502, 503 and 504 pages of nginx with a page that has a success status.
const EXCUSE: &str = "\
proxy_read_timeout 500ms;
error_page 502 503 504 =200 @excuse;
location @excuse {
  default_type text/html;
  return 200 '<html><body>Sorry</body></html>';
}
";

const BRIEF: &str = "proxy_read_timeout 500ms;";

const SENT: u64 = ATTEMPTS as u64;

fn unknown(text: &'static str) -> Expected {
    let expected = Expected::unknown(ErrorKind::Service, 1, 1);
    expected.says(text).says("nginx")
}

fn read_in_vain(text: &'static str, sent: u64) -> Expected {
    let expected = Expected::not_done(ErrorKind::Service, ATTEMPTS, sent);
    expected.says(text).says("nginx")
}

pub(super) fn add(rows: &mut Rows) {
    maintenance(rows);
    time_outs(rows);
    lost_upstream(rows);
    excuses(rows);
    nobody_behind(rows);
}

fn maintenance(rows: &mut Rows) {
    let gateway = nginx("1 s, then 503 with Retry-After", MAINTENANCE, FORWARD);
    let late = |subject, expected, rows: &mut Rows| {
        rows.add(&gateway, subject, expected)
            .upstream(Upstream::Once(slow()));
    };
    late(Subject::Create, unknown("503"), rows);
    late(Subject::Pack, unknown("503"), rows);
    late(Subject::List, Expected::ok(2), rows);
    late(Subject::TimedStop, Expected::ok(2), rows);
    late(Subject::Stop, Expected::settled(1), rows);
    late(Subject::Start, Expected::settled(1), rows);
    late(Subject::Update, Expected::settled(1), rows);
}

fn time_outs(rows: &mut Rows) {
    let gateway = nginx("504 page", BRIEF, FORWARD);
    let all = |subject, expected, rows: &mut Rows| {
        rows.add(&gateway, subject, expected)
            .upstream(Upstream::Always(slow()));
    };
    all(Subject::Create, unknown("504"), rows);
    all(Subject::Pack, unknown("504"), rows);
    all(Subject::List, read_in_vain("504", SENT), rows);
    all(Subject::Events, read_in_vain("504", SENT), rows);
    all(Subject::Stop, Expected::settled(1), rows);
    all(Subject::Start, Expected::settled(1), rows);
    all(Subject::Update, Expected::settled(1), rows);
    let timed = Expected::unknown(ErrorKind::Service, ATTEMPTS, SENT);
    all(Subject::TimedStop, timed.says("nginx"), rows);
    // The instance is being deleted, which may still fail.
    all(Subject::Delete, unknown("504").looks(), rows);
    let at_once = nginx("504 page, deleted at once", BRIEF, FORWARD);
    rows.add(&at_once, Subject::Delete, Expected::settled(1))
        .upstream(Upstream::Always(slow()))
        .deletes_at_once();
    // The state cannot be read either.
    let gateway = nginx("504 page to everything", BRIEF, FORWARD);
    for subject in [
        Subject::Stop,
        Subject::Start,
        Subject::Delete,
        Subject::Update,
    ] {
        rows.add(&gateway, subject, unknown("504").looks())
            .upstream(Upstream::Everything(slow()));
    }
    let quiet = nginx(
        "504 page, server_tokens off",
        "server_tokens off; proxy_read_timeout 500ms;",
        FORWARD,
    );
    rows.add(&quiet, Subject::Create, unknown("504"))
        .upstream(Upstream::Always(slow()));
}

/// Adds tests in which the service closes the connection without having done anything.
fn lost_upstream(rows: &mut Rows) {
    let gateway = nginx("502 page", "", FORWARD);
    let once = |subject, expected, rows: &mut Rows| {
        rows.add(&gateway, subject, expected)
            .upstream(Upstream::Once(dropped()));
    };
    once(Subject::Create, unknown("502"), rows);
    once(Subject::Pack, unknown("502"), rows);
    once(Subject::List, Expected::ok(2), rows);
    once(Subject::TimedStop, Expected::ok(2), rows);
    // The state shows that the call may be repeated.
    for subject in [Subject::Stop, Subject::Start, Subject::Delete] {
        once(subject, Expected::settled(2), rows);
    }
    once(Subject::Update, unknown("502").looks(), rows);
    // The state is never changed.
    let gateway = nginx("502 page, each time", "", FORWARD);
    let stays = Expected::unknown(ErrorKind::Service, ATTEMPTS, SENT);
    rows.add(&gateway, Subject::Stop, stays.looks().says("nginx"))
        .upstream(Upstream::Always(dropped()));
}

fn excuses(rows: &mut Rows) {
    let gateway = nginx("200 page for every failure", EXCUSE, FORWARD);
    let names = |expected: Expected| {
        expected
            .says("200")
            .says("text/html")
            .says("a web page instead of the API's JSON")
    };
    let all = |subject, expected, rows: &mut Rows| {
        rows.add(&gateway, subject, expected)
            .upstream(Upstream::Always(slow()));
    };
    let write = || names(Expected::unknown(ErrorKind::Decode, 1, 1));
    all(Subject::Create, write(), rows);
    all(Subject::Pack, write(), rows);
    let read = Expected::not_done(ErrorKind::Decode, ATTEMPTS, SENT);
    all(Subject::List, names(read), rows);
    all(Subject::Stop, Expected::settled(1), rows);
    let timed = Expected::unknown(ErrorKind::Decode, ATTEMPTS, SENT);
    all(Subject::TimedStop, names(timed), rows);
}

fn nobody_behind(rows: &mut Rows) {
    let dead = nginx(
        "nobody behind it, 502",
        "",
        "proxy_pass http://{nobody}; proxy_set_header Host $http_host;",
    );
    unreachable(rows, &dead, ErrorKind::Service, "502");
    let hang_up = nginx("return 444", "", "return 444;");
    unreachable(rows, &hang_up, ErrorKind::Transport, "");
}

/// Adds tests in which no request reaches the service, but the client cannot know that.
fn unreachable(rows: &mut Rows, gateway: &Gateway, kind: ErrorKind, text: &'static str) {
    for subject in [
        Subject::Create,
        Subject::Stop,
        Subject::Update,
        Subject::Pack,
    ] {
        rows.add(gateway, subject, Expected::unknown(kind, 1, 0).says(text));
    }
    let read = Expected::not_done(kind, ATTEMPTS, 0).says(text);
    rows.add(gateway, Subject::List, read);
    let timed = Expected::unknown(kind, ATTEMPTS, 0).says(text);
    rows.add(gateway, Subject::TimedStop, timed);
}
