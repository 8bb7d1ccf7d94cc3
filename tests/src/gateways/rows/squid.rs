//! Gateway tests with squid as the proxy of clients: CONNECT and forwarding, with and without a
//! login.

use bce_http::ErrorKind;

use super::ATTEMPTS;
use crate::gateways::expected::Expected;
use crate::gateways::gateway::{Gateway, LOGIN, Target, WRONG_LOGIN};
use crate::gateways::program::Program;
use crate::gateways::row::{Event, Rows, Upstream, slow, slower};
use crate::gateways::subject::Subject;

const BASIC: &str = "\
auth_param basic program /usr/lib/squid/basic_ncsa_auth {folder}/passwords
auth_param basic children 1
auth_param basic realm gateway
acl known proxy_auth REQUIRED
http_access deny !known
";

/// The part of an error message that names the address of the proxy.
const NAMED: &str = "went through proxy 127.0.0.1:";

fn squid(name: &'static str, rules: &str) -> Gateway {
    Gateway::new(Program::Squid, name, rules)
}

pub(super) fn add(rows: &mut Rows) {
    let tunnel = squid("CONNECT", "").target(Target::Tls);
    let forward = squid("forwarding", "");
    for subject in [
        Subject::Create,
        Subject::List,
        Subject::Stop,
        Subject::Update,
    ] {
        rows.add(&tunnel, subject, Expected::ok(1));
        rows.add(&forward, subject, Expected::ok(1));
    }
    denied(rows);
    logins(rows);
    nobody(rows);
    broken(rows);
}

fn denied(rows: &mut Rows) {
    let tunnel = squid("CONNECT denied", "http_access deny CONNECT").target(Target::Tls);
    for subject in [Subject::Create, Subject::List] {
        let lasting = Expected::not_done(ErrorKind::Connect, 1, 0).says("403");
        rows.add(&tunnel, subject, lasting);
    }
    let forward = squid("forwarding denied, 403 page", "http_access deny all");
    let page = |expected: Expected| expected.says("403").says("squid").says(NAMED);
    for subject in [Subject::Create, Subject::Stop] {
        let unknown = Expected::unknown(ErrorKind::Service, 1, 0);
        rows.add(&forward, subject, page(unknown));
    }
    let not_done = Expected::not_done(ErrorKind::Service, 1, 0);
    rows.add(&forward, Subject::List, page(not_done));
}

fn logins(rows: &mut Rows) {
    for (name, login) in [
        ("CONNECT, no login, 407", None),
        ("CONNECT, wrong login, 407", Some(WRONG_LOGIN)),
        ("CONNECT, right login", Some(LOGIN)),
    ] {
        let gateway = squid(name, BASIC).target(Target::Tls);
        log_in(rows, gateway, login);
    }
    for (name, login) in [
        ("forwarding, no login, 407", None),
        ("forwarding, wrong login, 407", Some(WRONG_LOGIN)),
        ("forwarding, right login", Some(LOGIN)),
    ] {
        log_in(rows, squid(name, BASIC), login);
    }
}

fn log_in(rows: &mut Rows, gateway: Gateway, login: Option<&'static str>) {
    let gateway = login.map_or(gateway.clone(), |login| gateway.login(login));
    for subject in [Subject::Create, Subject::List] {
        let refused = |text| {
            Expected::not_done(ErrorKind::Connect, 1, 0)
                .says("407")
                .says(text)
        };
        let expected = match login {
            Some(LOGIN) => Expected::ok(1),
            Some(_) => refused("it refuses the login"),
            None => refused("it requires a login"),
        };
        rows.add(&gateway, subject, expected);
    }
}

fn nobody(rows: &mut Rows) {
    let tunnel = squid("CONNECT to nobody, 503", "").target(Target::NobodyTls);
    for subject in [Subject::Create, Subject::List] {
        // The status may come from a server that is being restarted.
        let never_sent = Expected::not_done(ErrorKind::Connect, ATTEMPTS, 0).says("503");
        rows.add(&tunnel, subject, never_sent);
    }
    let forward = squid("forwarding to nobody, 503 page", "").target(Target::Nobody);
    let page = |expected: Expected| expected.says("503").says("squid").says(NAMED);
    let unknown = || page(Expected::unknown(ErrorKind::Service, 1, 0));
    rows.add(&forward, Subject::Create, unknown());
    rows.add(&forward, Subject::Stop, unknown());
    let read = Expected::not_done(ErrorKind::Service, ATTEMPTS, 0);
    rows.add(&forward, Subject::List, page(read));
}

fn broken(rows: &mut Rows) {
    let gateway = squid("read_timeout, 504 page", "read_timeout 1 second");
    let unknown = Expected::unknown(ErrorKind::Service, 1, 1)
        .says("504")
        .says("squid")
        .says(NAMED);
    rows.add(&gateway, Subject::Create, unknown)
        .upstream(Upstream::Always(slower()));
    rows.add(&gateway, Subject::Stop, Expected::settled(1))
        .upstream(Upstream::Always(slower()));
    for gateway in [
        squid("tunnel broken in the middle", "").target(Target::Tls),
        squid("forwarding, killed in the middle", ""),
    ] {
        let lost = Expected::unknown(ErrorKind::Transport, 1, 1);
        rows.add(&gateway, Subject::Create, lost)
            .upstream(Upstream::Always(slow()))
            .event(Event::Killed);
        let read = Expected::not_done(ErrorKind::Connect, ATTEMPTS, 1);
        rows.add(&gateway, Subject::List, read)
            .upstream(Upstream::Always(slow()))
            .event(Event::Killed);
    }
}
