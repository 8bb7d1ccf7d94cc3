//! The faults that the tests cause: where each of them occurs, and what it means for the request.

mod answers;
mod broken;
mod connections;
mod gateways;
mod looks;
mod quotes;

use std::io;

use bce_http::ErrorKind;

pub(super) use self::connections::{Certificate, ProxyFault};
pub(super) use self::looks::{Finding, Look};
use super::server::Play;
use super::subject::SUCCESS;

/// Where a fault occurs.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// No program listens at the address.
    Refused,
    /// The resolver fails with this error when it looks up the host.
    Name(io::ErrorKind),
    /// The fault is caused by the server, over plain TCP.
    Wire(Play),
    /// The fault is caused by the server, after a successful response on the same connection.
    Pooled,
    /// The fault is in the certificate of the server.
    Certificate(Certificate),
    /// The TLS handshake stalls after TCP has connected.
    HandshakeStall,
    /// The fault is caused by the proxy through which the client connects to an HTTPS endpoint.
    Proxy(ProxyFault),
}

/// What a fault means for the request. Together with the idempotency class of the operation, it
/// determines what the client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The request was not sent.
    NotSent,
    /// The request was not sent, and a further attempt would end in the same way.
    NeverSent,
    /// It is unknown whether the request was carried out.
    Open(ErrorKind),
    /// It is unknown whether the request was carried out, and a further attempt would end in the
    /// same way.
    OpenForGood(ErrorKind),
    /// The response proves that the service has turned the request away. The service asks to try
    /// again later.
    TurnedAway,
    /// A 429 response, which might not come from the service.
    Throttled,
    /// The service refuses the signature as expired, because the clock of the client or of the
    /// server is wrong.
    Expired,
    /// The response proves that the service has refused the request.
    Refused,
    /// A response that does not prove whether the request was carried out, but after which the
    /// client does not repeat it.
    Unproven,
    /// Not a fault for our clients: the attempt succeeds.
    Fine,
}

impl Meaning {
    /// Returns whether the request may have been carried out.
    pub(super) fn is_doubtful(self) -> bool {
        matches!(
            self,
            Self::Open(_) | Self::OpenForGood(_) | Self::Throttled | Self::Unproven
        )
    }

    /// Returns whether a further attempt may end differently.
    pub(super) fn is_passing(self) -> bool {
        !matches!(
            self,
            Self::NeverSent | Self::OpenForGood(_) | Self::Refused | Self::Unproven
        )
    }

    /// Returns the kind of the error that the client reports.
    pub(super) fn kind(self) -> ErrorKind {
        match self {
            Self::NotSent | Self::NeverSent => ErrorKind::Connect,
            Self::Open(kind) | Self::OpenForGood(kind) => kind,
            _ => ErrorKind::Service,
        }
    }
}

/// A fault that the tests cause: where it occurs, and what it means for the request.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) meaning: Meaning,
    /// What the server does with the attempts after the first, and what that means; `None` if the
    /// fault occurs again, or, in tests with `Manner::Once`, does not occur again.
    pub(super) later: Option<(Play, Meaning)>,
    /// Whether the server reads a request that arrives, rather than closing the connection first.
    pub(super) is_read: bool,
    /// The pause that the service requests, in seconds; 0 if it requests none.
    pub(super) retry_after: u64,
    /// The name of the gateway that responds; `None` if no gateway does.
    pub(super) gateway: Option<&'static str>,
    /// Whether the fault is tested with all responses to a read of the instance's state
    /// ([`Look::all`]), rather than with the usual ones ([`Look::usual`]).
    pub(super) finds_all_states: bool,
}

impl Fault {
    /// Returns whether the fault can be made to occur only in the first attempt.
    pub(super) fn can_pass(&self) -> bool {
        let is_on_wire = matches!(self.place, Place::Wire(_));
        is_on_wire && self.meaning != Meaning::Fine && self.later.is_none()
    }
}

fn fault(name: impl Into<String>, place: Place, meaning: Meaning) -> Fault {
    Fault {
        name: name.into(),
        place,
        meaning,
        later: None,
        is_read: true,
        retry_after: 0,
        gateway: None,
        finds_all_states: false,
    }
}

fn wire(name: impl Into<String>, play: Play, meaning: Meaning) -> Fault {
    fault(name, Place::Wire(play), meaning)
}

/// Returns an HTTP response with this body and its length. `head` contains the status and any other
/// headers.
fn response(head: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn success() -> Play {
    Play::WriteAndKeep(response("200 OK", SUCCESS))
}

/// Returns the faults of all fault tests.
pub(super) fn faults() -> Vec<Fault> {
    let mut faults = connections::faults();
    faults.extend(broken::faults());
    faults.extend(answers::faults());
    faults.extend(gateways::faults());
    faults.extend(looks::faults());
    faults.extend(quotes::faults());
    faults
}
