//! The first bytes from a peer, which show whether it speaks a protocol other than HTTP/1.1.

/// The number of first bytes of a connection that are kept: the length of the header of an HTTP/2
/// frame.
const LENGTH: usize = 9;

/// The first bytes received on a connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opening {
    bytes: [u8; LENGTH],
    length: usize,
}

impl Opening {
    /// Keeps the bytes of the first read, at most [`LENGTH`] of them.
    pub(super) fn new(read: &[u8]) -> Self {
        let mut opening = Self::default();
        for (place, byte) in opening.bytes.iter_mut().zip(read) {
            *place = *byte;
            opening.length += 1;
        }
        opening
    }

    /// Returns the name of the protocol that the peer speaks in place of HTTP/1.1, with advice;
    /// `None` if the bytes do not show one.
    pub(super) fn other_protocol(&self) -> Option<&'static str> {
        match self.bytes.get(..self.length)? {
            // An alert, or the beginning of a handshake, in any version.
            [0x15 | 0x16, 3, ..] => Some("TLS; use an https:// endpoint"),
            // A settings frame, which is the first frame that a server sends.
            [0, 0, _, 4, _, 0, 0, 0, 0] => Some(
                "HTTP/2, which this client does not support; check the port, or make the \
                 server accept HTTP/1.1",
            ),
            [b'S', b'S', b'H', b'-', ..] => Some("SSH; check the port"),
            [b'2', b'2', b'0', b' ' | b'-', ..] => {
                Some("the protocol of a mail or file server; check the port")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(first: &[u8]) -> Option<&'static str> {
        Opening::new(first).other_protocol()
    }

    #[test]
    fn protocols_are_told_by_the_first_bytes_alone() {
        for (first, expected) in [
            (&b"\x15\x03\x01\x00\x02\x02\x46"[..], "TLS"),
            (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03", "HTTP/2"),
            (b"SSH-2.0-OpenSSH_9.2p1\r\n", "SSH"),
            (
                b"220 mail.corp ESMTP",
                "the protocol of a mail or file server",
            ),
        ] {
            let text = told(first).unwrap_or_default();
            assert!(text.starts_with(expected), "{text}");
        }
        for first in [
            &b"HTTP/1.1 200 OK\r\n"[..],
            b"H",
            b"<html>",
            b"\x00\x00\x12",
        ] {
            assert_eq!(told(first), None);
        }
        assert_eq!(Opening::default().other_protocol(), None);
    }
}
