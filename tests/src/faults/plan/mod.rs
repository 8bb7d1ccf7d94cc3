//! The faults: their places, and their meanings.

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

/// The place of a fault.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Nothing listens.
    Refused,
    /// The resolver fails with this error.
    Name(io::ErrorKind),
    /// The server, over plain TCP.
    Wire(Play),
    /// The server, after one successful response on the same connection.
    Pooled,
    /// A certificate.
    Certificate(Certificate),
    /// TCP connects, but the TLS handshake stalls.
    HandshakeStall,
    /// The proxy, for an https endpoint.
    Proxy(ProxyFault),
}

/// The meaning of a fault; the class of the operation decides the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Not sent.
    NotSent,
    /// Not sent, and another attempt would end in the same way.
    NeverSent,
    /// The outcome is unknown.
    Open(ErrorKind),
    /// The outcome is unknown, and another attempt would end in the same way.
    OpenForGood(ErrorKind),
    /// Turned away by the service, with proof: come back later.
    TurnedAway,
    /// A 429 without proof of its origin.
    Throttled,
    /// The signature was too old because of a wrong clock.
    Expired,
    /// Refused, with proof.
    Refused,
    /// A response after which nothing is repeated, and that proves nothing.
    Unproven,
    /// Not a fault for this client.
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

    /// Returns whether another attempt may end differently.
    pub(super) fn is_passing(self) -> bool {
        !matches!(
            self,
            Self::NeverSent | Self::OpenForGood(_) | Self::Refused | Self::Unproven
        )
    }

    /// Returns the kind of the resulting error.
    pub(super) fn kind(self) -> ErrorKind {
        match self {
            Self::NotSent | Self::NeverSent => ErrorKind::Connect,
            Self::Open(kind) | Self::OpenForGood(kind) => kind,
            _ => ErrorKind::Service,
        }
    }
}

/// One fault.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) meaning: Meaning,
    /// The play and meaning of later attempts, if they differ.
    pub(super) later: Option<(Play, Meaning)>,
    /// Whether the server reads an attempt's request, rather than closing before.
    pub(super) is_read: bool,
    /// The requested pause in seconds.
    pub(super) retry_after: u64,
    /// The gateway that responds.
    pub(super) gateway: Option<&'static str>,
    /// Whether reads of the state find every state in turn, rather than one of each kind.
    pub(super) finds_all_states: bool,
}

impl Fault {
    /// Returns whether the fault may affect only the first attempt.
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

/// Returns a complete response.
fn response(head: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn success() -> Play {
    Play::WriteAndKeep(response("200 OK", SUCCESS))
}

/// Returns all faults.
pub(super) fn faults() -> Vec<Fault> {
    let mut faults = connections::faults();
    faults.extend(broken::faults());
    faults.extend(answers::faults());
    faults.extend(gateways::faults());
    faults.extend(looks::faults());
    faults.extend(quotes::faults());
    faults
}
