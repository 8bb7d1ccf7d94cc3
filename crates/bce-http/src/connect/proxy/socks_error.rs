//! Failures of a SOCKS proxy.

use std::fmt;

/// The reason why a SOCKS proxy did not make a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SocksError {
    /// The proxy does not respond as a SOCKS5 server does: its response begins with this byte.
    OtherProtocol(u8),
    /// The proxy requires a login, and none is configured.
    WantsLogin,
    /// The proxy accepts neither a user with a password nor a connection without a login.
    WantsOther,
    LoginRefused,
    /// The proxy chose an authentication method that was not offered.
    NotOffered(u8),
    /// The user, the password or the host is longer than the protocol allows.
    TooLong(&'static str),
    NoTarget,
    /// The proxy's reply code for the connection to the target.
    Reply(u8),
    /// The proxy's reply cannot be parsed.
    Malformed,
}

impl SocksError {
    /// Returns whether another attempt would end in the same way.
    pub(super) fn is_permanent(self) -> bool {
        /// The reply code for "connection not allowed by ruleset".
        const NOT_ALLOWED: u8 = 2;
        matches!(
            self,
            Self::WantsLogin
                | Self::WantsOther
                | Self::LoginRefused
                | Self::TooLong(_)
                | Self::Reply(NOT_ALLOWED)
        )
    }
}

impl fmt::Display for SocksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherProtocol(b'H') => {
                "it speaks HTTP; use http:// instead of socks5:// if it is an HTTP proxy"
            }
            Self::OtherProtocol(_) => "it does not speak SOCKS5; check its address and its port",
            Self::WantsLogin => "it requires a login; add user:password@ before its host",
            Self::WantsOther => {
                "it accepts neither a user and a password nor a connection without a login; this \
                 client supports nothing else"
            }
            Self::LoginRefused => {
                "it refuses the login; check the user and the password in its address"
            }
            Self::NotOffered(method) => {
                return write!(
                    f,
                    "it chose an authentication method that was not offered ({method})"
                );
            }
            Self::TooLong(what) => {
                return write!(
                    f,
                    "the {what} is longer than the 255 bytes that SOCKS allows"
                );
            }
            Self::NoTarget => "there is no host to connect to",
            Self::Reply(1) => "it failed without stating a reason",
            Self::Reply(2) => "its rules do not allow connections to this host and port",
            Self::Reply(3) => "the network of the host cannot be reached from the proxy",
            Self::Reply(4) => "the host is unknown to the proxy, or cannot be reached from it",
            Self::Reply(5) => "the host refused the connection",
            Self::Reply(6) => "the host is too many hops away from the proxy",
            Self::Reply(7) => "it does not support connecting to a host",
            Self::Reply(8) => "it does not support this type of address; try a host name or IPv4",
            Self::Reply(code) => return write!(f, "it failed with the unknown code {code}"),
            Self::Malformed => "its reply is malformed",
        })
    }
}
