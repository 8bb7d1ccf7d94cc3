//! What the pages for people say is so.

#![allow(clippy::unwrap_used, clippy::panic)]

mod another_service;
mod go_headers;
mod links;
