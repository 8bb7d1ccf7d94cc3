//! Gateway tests with tinyproxy, and with microsocks as a SOCKS5 proxy.

use bce_http::ErrorKind;

use super::ATTEMPTS;
use crate::gateways::expected::Expected;
use crate::gateways::gateway::{Gateway, LOGIN, Target, WRONG_LOGIN};
use crate::gateways::program::Program;
use crate::gateways::row::{Event, Rows, Upstream, slow};
use crate::gateways::subject::Subject;

const CALLS: [Subject; 2] = [Subject::Create, Subject::List];

pub(super) fn add(rows: &mut Rows) {
    tinyproxy(rows);
    tinyproxy_logins(rows);
    microsocks(rows);
}

fn tiny(name: &'static str, settings: &str) -> Gateway {
    Gateway::new(Program::Tinyproxy, name, settings)
}

fn tinyproxy(rows: &mut Rows) {
    for gateway in [
        tiny("CONNECT", "").target(Target::Tls),
        tiny("forwarding", ""),
    ] {
        for subject in [Subject::Create, Subject::List, Subject::Stop] {
            rows.add(&gateway, subject, Expected::ok(1));
        }
    }
    // The list of allowed hosts is empty.
    let filter = "Filter \"{folder}/allowed\"\nFilterDefaultDeny Yes\n";
    let tunnel = tiny("CONNECT filtered, 403", filter).target(Target::Tls);
    for subject in CALLS {
        let lasting = Expected::not_done(ErrorKind::Connect, 1, 0).says("403");
        rows.add(&tunnel, subject, lasting);
    }
    let page = |expected: Expected, status| expected.says(status).says("tinyproxy");
    // tinyproxy does not read the body of a request that it refuses, so its own page may be
    // truncated.
    let write = || Expected::unknown(ErrorKind::Service, 1, 0).or(ErrorKind::Transport);
    let forward = tiny("forwarding filtered, 403 page", filter);
    rows.add(&forward, Subject::Create, write());
    let not_done = Expected::not_done(ErrorKind::Service, 1, 0);
    rows.add(&forward, Subject::List, page(not_done, "403"));

    let tunnel = tiny("CONNECT to nobody", "").target(Target::NobodyTls);
    for subject in CALLS {
        let never_sent = Expected::not_done(ErrorKind::Connect, ATTEMPTS, 0);
        rows.add(&tunnel, subject, never_sent);
    }
    let forward = tiny("forwarding to nobody, 500 page", "").target(Target::Nobody);
    rows.add(&forward, Subject::Create, write());
    let read = Expected::not_done(ErrorKind::Service, ATTEMPTS, 0);
    rows.add(&forward, Subject::List, page(read, "500"));
}

fn tinyproxy_logins(rows: &mut Rows) {
    let (user, password) = LOGIN.split_once(':').unwrap_or_default();
    let basic = format!("BasicAuth {user} {password}\n");
    for (name, target, login) in [
        ("CONNECT, no login, 407", Target::Tls, None),
        ("CONNECT, wrong login", Target::Tls, Some(WRONG_LOGIN)),
        ("CONNECT, right login", Target::Tls, Some(LOGIN)),
        ("forwarding, no login, 407", Target::Plain, None),
        ("forwarding, right login", Target::Plain, Some(LOGIN)),
    ] {
        let gateway = tiny(name, &basic).target(target);
        log_in(rows, gateway, login);
    }
    let wrong = tiny("forwarding, wrong login, 401 page", &basic).login(WRONG_LOGIN);
    let write = Expected::unknown(ErrorKind::Service, 1, 0).or(ErrorKind::Transport);
    rows.add(&wrong, Subject::Create, write);
    let read = Expected::not_done(ErrorKind::Service, 1, 0).says("401");
    rows.add(&wrong, Subject::List, read.says("tinyproxy"));
}

fn log_in(rows: &mut Rows, gateway: Gateway, login: Option<&'static str>) {
    let gateway = login.map_or(gateway.clone(), |login| gateway.login(login));
    for subject in CALLS {
        let expected = match login {
            Some(LOGIN) => Expected::ok(1),
            _ => Expected::not_done(ErrorKind::Connect, 1, 0).says("login"),
        };
        rows.add(&gateway, subject, expected);
    }
}

fn microsocks(rows: &mut Rows) {
    const OPEN: &str = "-i 127.0.0.1 -p {port}";
    let socks = |name, settings: &str| Gateway::new(Program::Microsocks, name, settings);
    for gateway in [
        socks("SOCKS5, https", OPEN).target(Target::Tls),
        socks("SOCKS5, http", OPEN),
        socks("SOCKS5, http, a login that is not wanted", OPEN).login(LOGIN),
    ] {
        for subject in [Subject::Create, Subject::List, Subject::Stop] {
            rows.add(&gateway, subject, Expected::ok(1));
        }
    }
    let (user, password) = LOGIN.split_once(':').unwrap_or_default();
    let closed = format!("{OPEN} -u {user} -P {password}");
    for (name, target, login) in [
        ("SOCKS5, https, no login", Target::Tls, None),
        ("SOCKS5, https, wrong login", Target::Tls, Some(WRONG_LOGIN)),
        ("SOCKS5, https, right login", Target::Tls, Some(LOGIN)),
        ("SOCKS5, http, no login", Target::Plain, None),
        (
            "SOCKS5, http, wrong login",
            Target::Plain,
            Some(WRONG_LOGIN),
        ),
        ("SOCKS5, http, right login", Target::Plain, Some(LOGIN)),
    ] {
        log_in(rows, socks(name, &closed).target(target), login);
    }
    let nobody = socks("SOCKS5 to nobody", OPEN).target(Target::Nobody);
    for subject in CALLS {
        let never_sent = Expected::not_done(ErrorKind::Connect, ATTEMPTS, 0);
        rows.add(&nobody, subject, never_sent);
    }
    let killed = socks("SOCKS5, killed in the middle", OPEN).target(Target::Tls);
    let lost = Expected::unknown(ErrorKind::Transport, 1, 1);
    rows.add(&killed, Subject::Create, lost)
        .upstream(Upstream::Always(slow()))
        .event(Event::Killed);
}
