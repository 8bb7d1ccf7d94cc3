//! The credential cache from outside: a scripted provider and a clock that is set by hand.

mod cold;
mod concurrency;
mod failure;
mod invalidate;
mod properties;
mod support;
mod windows;
