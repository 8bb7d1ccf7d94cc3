//! The User-Agent header.

use crate::service::ServiceInfo;

/// Returns the default user agent of a client, such as `bce-sdk-rust/0.1.0 aihc-dev/0.1.0
/// rustc/1.88.0 (linux; x86_64)`.
pub(crate) fn default_for(service: &ServiceInfo) -> String {
    format!(
        "bce-sdk-rust/{} {}/{} rustc/{} ({}; {})",
        env!("CARGO_PKG_VERSION"),
        service.crate_name,
        service.crate_version,
        env!("BCE_HTTP_RUSTC_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}
