//! The fuzz targets, one module for each.

pub mod canonical;
pub mod emulator;
pub mod encode;
pub mod endpoint;
pub mod mask;
pub mod profile;
pub mod response;
pub mod verifier;
