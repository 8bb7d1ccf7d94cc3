//! Tests of the credential cache, with a scripted provider and a clock that is set by hand.

mod cold;
mod concurrency;
mod failure;
mod invalidate;
mod properties;
mod support;
mod windows;
