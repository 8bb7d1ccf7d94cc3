//! Responses that are truncated, that never arrive, or that are not HTTP.

use bce_http::ErrorKind;

use super::{Fault, Meaning, response, wire};
use crate::faults::MAX_RESPONSE_BYTES;
use crate::faults::server::Play;
use crate::faults::subject::SUCCESS;

pub(super) fn faults() -> Vec<Fault> {
    use Meaning::{Fine, Open, OpenForGood};
    let transport = Open(ErrorKind::Transport);
    let timeout = Open(ErrorKind::Timeout);
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n";
    let long = "x".repeat(MAX_RESPONSE_BYTES + 1);
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
