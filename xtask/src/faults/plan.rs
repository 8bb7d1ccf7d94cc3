//! The faults, and what each must lead to.

use bce_http::{ErrorKind, Idempotency};
use time::OffsetDateTime;

use super::server::Play;
use super::subject::SUCCESS;

/// Where the fault is.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Nobody listens.
    Refused,
    /// The name does not resolve.
    Dns,
    /// The server, over plain TCP.
    Wire(Play),
    /// The server, after one good answer on the same connection.
    Pooled,
    /// A certificate.
    Certificate(Certificate),
    /// TCP connects, TLS never does.
    HandshakeStall,
    /// The proxy, for an https endpoint.
    Proxy(ProxyFault),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Certificate {
    WrongName,
    Expired,
    Untrusted,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum ProxyFault {
    Demands407,
    Dead,
    Closes,
    Hangs,
}

/// What the fault means; decides requests, result and `may_have_been_applied`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Never sent: every class repeats.
    NotSent,
    /// Sent, and what became of it is open: repeated unless a repeat acts again.
    Open(ErrorKind),
    /// As open, but another attempt would end the same way.
    OpenForGood(ErrorKind),
    /// Turned away, come back later: every class repeats.
    TurnedAway,
    /// The signature was too old for a wrong clock: every class repeats once.
    Expired,
    /// Refused: the result.
    Refused,
    /// An answer that is no refusal and no success: the result, and open.
    Odd,
    /// No fault for this client.
    Fine,
}

/// One fault.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) meaning: Meaning,
    /// How many requests of an attempt the server reads; none when it closes before reading.
    pub(super) is_read: bool,
    /// The pause that the service asks for, in seconds.
    pub(super) retry_after: u64,
}

fn fault(name: impl Into<String>, place: Place, meaning: Meaning) -> Fault {
    Fault {
        name: name.into(),
        place,
        meaning,
        is_read: true,
        retry_after: 0,
    }
}

fn wire(name: &str, play: Play, meaning: Meaning) -> Fault {
    fault(name, Place::Wire(play), meaning)
}

/// A complete response.
fn response(head: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn success() -> Play {
    Play::WriteAndKeep(response("200 OK", SUCCESS))
}

/// All faults.
pub(super) fn faults() -> Vec<Fault> {
    let mut faults = connections();
    faults.extend(broken_answers());
    faults.extend(answers());
    faults.extend(clocks());
    faults
}

fn connections() -> Vec<Fault> {
    use Meaning::{Fine, NotSent, Open};
    let transport = Open(ErrorKind::Transport);
    let unread = Fault {
        is_read: false,
        ..wire("closed before reading", Play::CloseUnread, transport)
    };
    vec![
        fault("refused", Place::Refused, NotSent),
        fault("name does not resolve", Place::Dns, NotSent),
        fault(
            "tls wrong name",
            Place::Certificate(Certificate::WrongName),
            NotSent,
        ),
        fault(
            "tls expired",
            Place::Certificate(Certificate::Expired),
            NotSent,
        ),
        fault(
            "tls untrusted",
            Place::Certificate(Certificate::Untrusted),
            NotSent,
        ),
        fault("tls handshake stalls", Place::HandshakeStall, NotSent),
        fault("proxy 407", Place::Proxy(ProxyFault::Demands407), NotSent),
        fault("proxy dead", Place::Proxy(ProxyFault::Dead), NotSent),
        fault("proxy closes", Place::Proxy(ProxyFault::Closes), NotSent),
        fault("proxy hangs", Place::Proxy(ProxyFault::Hangs), NotSent),
        unread,
        wire(
            "closed after reading",
            Play::Write(String::new()),
            transport,
        ),
        fault("pooled connection closed by the peer", Place::Pooled, Fine),
    ]
}

fn broken_answers() -> Vec<Fault> {
    use Meaning::{Fine, Open, OpenForGood};
    let transport = Open(ErrorKind::Transport);
    let timeout = Open(ErrorKind::Timeout);
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n";
    let long = "x".repeat(super::MAX_RESPONSE_BYTES + 1);
    let ok = response("200 OK", SUCCESS);
    vec![
        wire(
            "reset after reading",
            Play::WriteAndReset(String::new()),
            transport,
        ),
        wire(
            "reset in the response",
            Play::WriteAndReset(format!("{head}{{")),
            transport,
        ),
        wire("head only", Play::Write(head.to_owned()), transport),
        wire(
            "half a head",
            Play::Write("HTTP/1.1 200 OK\r\ncont".to_owned()),
            transport,
        ),
        wire(
            "body cut",
            Play::Write(format!("{head}{{\"devInstanceId\":\"dv")),
            transport,
        ),
        wire(
            "body longer than the bound",
            Play::Write(response("200 OK", &long)),
            OpenForGood(ErrorKind::Transport),
        ),
        wire(
            "garbage head",
            Play::Write("SSH-2.0-OpenSSH_9.0\r\n\r\n".to_owned()),
            transport,
        ),
        wire(
            "stall before the head",
            Play::WriteAndStall(String::new()),
            timeout,
        ),
        wire(
            "stall in the body",
            Play::WriteAndStall(format!("{head}{{")),
            timeout,
        ),
        wire(
            "100 Continue first",
            Play::WriteAndKeep(continued(1, &ok)),
            Fine,
        ),
        wire(
            "100 Continue three times",
            Play::WriteAndKeep(continued(3, &ok)),
            Fine,
        ),
        wire(
            "100 Continue, then closed",
            Play::Write(continued(1, "")),
            transport,
        ),
        wire(
            "100 Continue, then stall",
            Play::WriteAndStall(continued(1, "")),
            timeout,
        ),
    ]
}

fn continued(times: usize, rest: &str) -> String {
    "HTTP/1.1 100 Continue\r\n\r\n".repeat(times) + rest
}

fn answers() -> Vec<Fault> {
    use Meaning::{Odd, Open, OpenForGood, Refused, TurnedAway};
    let open = Open(ErrorKind::Service);
    let answer = |name: &str, head: &str, body: &str, meaning| {
        wire(name, Play::WriteAndKeep(response(head, body)), meaning)
    };
    let document = |code: &str| format!(r#"{{"code":"{code}","message":"m","requestId":"r"}}"#);
    let elsewhere = "302 Found\r\nlocation: http://127.0.0.1:9/";
    let mut faults = vec![
        answer("302 to another host", elsewhere, "", Odd),
        answer(
            "business error in 200",
            "200 OK",
            &document("Forbidden"),
            Refused,
        ),
        answer(
            "internal error in 200",
            "200 OK",
            &document("InternalError"),
            open,
        ),
        answer(
            "html error page",
            "502 Bad Gateway\r\ncontent-type: text/html",
            "<html>",
            open,
        ),
        answer(
            "html page with 200",
            "200 OK",
            "<html>",
            OpenForGood(ErrorKind::Decode),
        ),
    ];
    // What a status means, without and with a `Retry-After`.
    for (status, meaning, with_retry_after) in [
        ("401 Unauthorized", Refused, Refused),
        ("403 Forbidden", Refused, Refused),
        ("404 Not Found", Refused, Refused),
        ("409 Conflict", Refused, Refused),
        ("412 Precondition Failed", Refused, Refused),
        ("429 Too Many Requests", TurnedAway, TurnedAway),
        ("500 Internal Server Error", open, open),
        ("502 Bad Gateway", open, open),
        ("503 Service Unavailable", open, TurnedAway),
        ("504 Gateway Timeout", open, open),
    ] {
        let number = status.split(' ').next().unwrap_or(status);
        faults.push(answer(number, status, &document("Some"), meaning));
        let name = format!("{number} with Retry-After");
        let head = format!("{status}\r\nretry-after: 1");
        faults.push(Fault {
            retry_after: 1,
            ..answer(&name, &head, "", with_retry_after)
        });
    }
    faults
}

fn clocks() -> Vec<Fault> {
    let expired = |name: &str, off_by: time::Duration, meaning| {
        let date = http_date(OffsetDateTime::now_utc() + off_by);
        let head = format!("400 Bad Request\r\ndate: {date}");
        let body = r#"{"code":"RequestExpired","message":"m","requestId":"r"}"#;
        wire(name, Play::WriteAndKeep(response(&head, body)), meaning)
    };
    let hours = time::Duration::hours;
    vec![
        expired(
            "RequestExpired, our clock is slow",
            hours(2),
            Meaning::Expired,
        ),
        expired(
            "RequestExpired, our clock is fast",
            hours(-2),
            Meaning::Expired,
        ),
        expired(
            "RequestExpired, our clock is right",
            hours(0),
            Meaning::Refused,
        ),
    ]
}

fn http_date(time: OffsetDateTime) -> String {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    time.format(format).unwrap_or_default()
}

/// What must come of a call.
#[derive(Debug)]
pub(super) struct Expected {
    /// `None`: success.
    pub(super) kind: Option<ErrorKind>,
    pub(super) attempts: usize,
    pub(super) requests: usize,
    pub(super) applied: bool,
    /// How many pauses the service asks for.
    pub(super) pauses: usize,
}

impl Fault {
    /// The expectation for a class. `once`: only the first attempt meets the fault.
    pub(super) fn expected(&self, class: Idempotency, once: bool, attempts: usize) -> Expected {
        let acts_again = class == Idempotency::NonIdempotent;
        let reads = class == Idempotency::Safe;
        let (repeats, kind, applied) = match self.meaning {
            Meaning::NotSent => (true, ErrorKind::Connect, false),
            Meaning::Open(kind) => (!acts_again, kind, !reads),
            Meaning::OpenForGood(kind) => (false, kind, !reads),
            Meaning::TurnedAway => (true, ErrorKind::Service, false),
            Meaning::Expired => (true, ErrorKind::Service, false),
            Meaning::Refused => (false, ErrorKind::Service, false),
            Meaning::Odd => (false, ErrorKind::Service, !reads),
            Meaning::Fine => {
                return Expected {
                    kind: None,
                    attempts: 1,
                    requests: 1,
                    applied: false,
                    pauses: 0,
                };
            }
        };
        let most = if self.meaning == Meaning::Expired {
            2
        } else {
            attempts
        };
        let attempts = match (repeats, once) {
            (false, _) => 1,
            (true, true) => 2,
            (true, false) => most,
        };
        let succeeds = once && repeats;
        let faulty = if succeeds { attempts - 1 } else { attempts };
        let unseen = !self.is_read || self.meaning == Meaning::NotSent;
        Expected {
            kind: (!succeeds).then_some(kind),
            attempts,
            requests: if unseen { attempts - faulty } else { attempts },
            applied: applied && !succeeds,
            pauses: if self.retry_after > 0 {
                attempts - 1
            } else {
                0
            },
        }
    }

    /// Whether the fault can be met by the first attempt alone.
    pub(super) fn can_pass(&self) -> bool {
        matches!(self.place, Place::Wire(_)) && self.meaning != Meaning::Fine
    }
}
