//! The client as its users see it.

// Helpers outside of `#[test]` functions are tests too.
#![allow(clippy::unwrap_used)]

mod api_surface;
mod checks;
mod common;
mod decode;
mod paging;
mod waiting;
mod wire;
