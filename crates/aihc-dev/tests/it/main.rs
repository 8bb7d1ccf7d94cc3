//! Integration tests of the public API of the client.

// Helpers outside of `#[test]` functions are test code as well.
#![allow(clippy::unwrap_used, clippy::panic)]

mod api_surface;
mod bulk;
mod checks;
mod common;
mod decode;
mod helpers;
mod paging;
mod props;
mod secrets;
mod spawning;
mod waiting;
mod wire;
