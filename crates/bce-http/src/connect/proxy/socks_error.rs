//! Replies of a SOCKS proxy that are no connection.

use std::fmt;

/// Why a SOCKS proxy makes no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SocksError {
    /// It does not begin as a SOCKS5 server does, but with this byte.
    OtherProtocol(u8),
    /// It takes nobody without a login, and none was given.
    WantsLogin,
    /// It takes neither user and password nor nobody.
    WantsOther,
    LoginRefused,
    /// It chose a way to log in that was not offered.
    NotOffered(u8),
    /// User or password are longer than the protocol can say, or the host is.
    TooLong(&'static str),
    NoTarget,
    /// The reply code of the proxy about the connection to the target.
    Reply(u8),
    /// Its reply cannot be understood.
    Malformed,
}

impl SocksError {
    /// Returns whether another attempt would end the same way.
    pub(super) fn is_permanent(self) -> bool {
        /// "Not allowed by the ruleset".
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
                "it answers in HTTP; write http:// in place of socks5:// if it is an HTTP proxy"
            }
            Self::OtherProtocol(_) => "it does not speak SOCKS5; check its address and its port",
            Self::WantsLogin => "it wants a login; write user:password@ before its host",
            Self::WantsOther => {
                "it takes neither user and password nor a connection without login, which are all \
                 that this client can offer"
            }
            Self::LoginRefused => "it refuses the login; check user and password in its address",
            Self::NotOffered(method) => {
                return write!(
                    f,
                    "it chose a way to log in that was not offered ({method})"
                );
            }
            Self::TooLong(what) => {
                return write!(
                    f,
                    "the {what} is longer than the 255 bytes that SOCKS can tell"
                );
            }
            Self::NoTarget => "there is no host to connect to",
            Self::Reply(1) => "it failed, without saying why",
            Self::Reply(2) => "its rules do not allow a connection to this host and port",
            Self::Reply(3) => "the network of the host cannot be reached from there",
            Self::Reply(4) => "the host is unknown there, or cannot be reached from there",
            Self::Reply(5) => "the host refused the connection",
            Self::Reply(6) => "the host is too many hops away from there",
            Self::Reply(7) => "it does not make connections for others",
            Self::Reply(8) => "it does not take addresses of this kind; try a name or IPv4",
            Self::Reply(code) => return write!(f, "it failed with the unknown code {code}"),
            Self::Malformed => "its reply cannot be understood",
        })
    }
}
