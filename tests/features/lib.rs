//! Turns on all features that dependencies have in `cargo test --workspace`, and contains nothing.
//!
//! Cargo builds a dependency with the features that are turned on by what is built with it. Without
//! this package, tests alone turn some of them on. Whatever is built without tests, such as
//! `cargo run --bin quickstart`, and the crates that tests generate in other workspaces, would then
//! be built with dependencies of other features, so that hundreds of crates would have to be
//! compiled several times.
//!
//! If the list is incomplete, nothing fails, but builds take longer. After a change of
//! dependencies, `cargo build --bin quickstart` after `cargo test --workspace --no-run` compiles
//! what is missing from it.
