//! Small programs that use the SDK; each is a binary of this crate.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
