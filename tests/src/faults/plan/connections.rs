//! Faults that occur on the way to the service.

use std::io;

use bce_http::ErrorKind;

use super::{Fault, Meaning, Place, fault, wire};
use crate::faults::server::Play;

#[derive(Clone, Copy, Debug)]
pub(in crate::faults) enum Certificate {
    WrongName,
    Expired,
    Untrusted,
}

#[derive(Clone, Copy, Debug)]
pub(in crate::faults) enum ProxyFault {
    /// The proxy responds with these bytes.
    Answers(&'static str),
    Dead,
    Closes,
    Hangs,
}

const UNAUTHORIZED: &str = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";
const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
const NO_LOGIN: &str = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
const BAD_GATEWAY: &str = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n";

pub(super) fn faults() -> Vec<Fault> {
    use Meaning::{Fine, NeverSent, NotSent, Open};
    let transport = Open(ErrorKind::Transport);
    let certificate = |name, fault_| fault(name, Place::Certificate(fault_), NeverSent);
    let name = |name, kind, meaning| fault(name, Place::Name(kind), meaning);
    let proxy = |name, fault_, meaning| fault(name, Place::Proxy(fault_), meaning);
    vec![
        fault("refused", Place::Refused, NotSent),
        name("name does not exist", io::ErrorKind::NotFound, NeverSent),
        name("nobody resolves the name", io::ErrorKind::Other, NotSent),
        certificate("tls wrong name", Certificate::WrongName),
        certificate("tls expired", Certificate::Expired),
        certificate("tls untrusted", Certificate::Untrusted),
        fault("tls handshake stalls", Place::HandshakeStall, NotSent),
        proxy("proxy 401", ProxyFault::Answers(UNAUTHORIZED), NeverSent),
        proxy("proxy 403", ProxyFault::Answers(FORBIDDEN), NeverSent),
        proxy("proxy 407", ProxyFault::Answers(NO_LOGIN), NeverSent),
        proxy("proxy 502", ProxyFault::Answers(BAD_GATEWAY), NotSent),
        proxy("proxy dead", ProxyFault::Dead, NotSent),
        proxy("proxy closes", ProxyFault::Closes, NotSent),
        proxy("proxy hangs", ProxyFault::Hangs, NotSent),
        Fault {
            is_read: false,
            ..wire("closed before reading", Play::CloseUnread, transport)
        },
        Fault {
            finds_all_states: true,
            ..wire(
                "closed after reading",
                Play::Write(String::new()),
                transport,
            )
        },
        fault("pooled connection closed by the peer", Place::Pooled, Fine),
    ]
}
