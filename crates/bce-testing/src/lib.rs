//! Helpers for the tests of this workspace. This crate does not depend on any of the other crates,
//! so the unit tests and the integration tests of each crate can use it without compiling that
//! crate twice.

mod clock;
mod closed_port;
mod deaf_port;
pub mod fixtures;
mod hostile;
mod logs;
mod proxy;
mod raw_server;
mod scripted;
mod sync;
mod tls;
pub mod vectors;

pub use self::clock::ManualClock;
pub use self::closed_port::ClosedPort;
pub use self::deaf_port::DeafPort;
pub use self::hostile::{ANYWHERE, DETAIL, EVENTS, HostileBody, INSTANCES};
pub use self::logs::{AnyLayer, LogCapture};
pub use self::proxy::{FakeProxy, ProxyMode};
pub use self::raw_server::{RawRequest, RawServer};
pub use self::scripted::{Script, Scripted};
pub use self::tls::{TestAuthority, TestIdentity, TlsFront};
