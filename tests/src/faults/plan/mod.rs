//! The faults: where each is, and what it means.

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

/// Where the fault is.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Nobody listens.
    Refused,
    /// The resolver fails like this.
    Name(io::ErrorKind),
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

/// What the fault means; the class of the operation decides the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Never sent.
    NotSent,
    /// Never sent, and another attempt would end the same way.
    NeverSent,
    /// What became of it is open.
    Open(ErrorKind),
    /// As open, but another attempt would end the same way.
    OpenForGood(ErrorKind),
    /// Turned away by the service, with proof: come back later.
    TurnedAway,
    /// A 429 that nobody signs for.
    Throttled,
    /// The signature was too old for a wrong clock.
    Expired,
    /// Refused, with proof.
    Refused,
    /// An answer that nobody repeats, and that proves nothing.
    Unproven,
    /// No fault for this client.
    Fine,
}

impl Meaning {
    /// Whether the request may have been carried out.
    pub(super) fn is_doubtful(self) -> bool {
        matches!(
            self,
            Self::Open(_) | Self::OpenForGood(_) | Self::Throttled | Self::Unproven
        )
    }

    /// Whether another attempt may end differently.
    pub(super) fn is_passing(self) -> bool {
        !matches!(
            self,
            Self::NeverSent | Self::OpenForGood(_) | Self::Refused | Self::Unproven
        )
    }

    /// The kind of an error that it leads to.
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
    /// What later attempts meet, where that is something else.
    pub(super) later: Option<(Play, Meaning)>,
    /// Whether the server reads a request of an attempt; not when it closes before reading.
    pub(super) is_read: bool,
    /// The pause that is asked for, in seconds.
    pub(super) retry_after: u64,
    /// The gateway that answers.
    pub(super) gateway: Option<&'static str>,
    /// Whether a look finds every state in turn, and not only one of each kind.
    pub(super) finds_all_states: bool,
}

impl Fault {
    /// Whether the fault can be met by the first attempt alone.
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
    let mut faults = connections::faults();
    faults.extend(broken::faults());
    faults.extend(answers::faults());
    faults.extend(gateways::faults());
    faults.extend(looks::faults());
    faults.extend(quotes::faults());
    faults
}
