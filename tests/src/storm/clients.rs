//! The two kinds of clients that the simulation compares: ours with its defaults, and one with the
//! retry policy that the Go SDK documents.

use std::time::Duration;

use bce_auth::Credentials;
use http::StatusCode;

use super::service::Service;

/// A client whose retries are simulated.
pub(super) trait Client: Clone + Send + 'static {
    fn new(service: Service) -> Result<Self, String>;

    /// Makes one call. Returns whether it succeeded.
    fn call(&self) -> impl Future<Output = bool> + Send;
}

/// Our client with its default configuration.
#[derive(Clone, Debug)]
pub(super) struct Ours(aihc_dev::Client);

impl Client for Ours {
    fn new(service: Service) -> Result<Self, String> {
        let credentials = Credentials::new("ak", "sk").map_err(|error| error.to_string())?;
        let builder = aihc_dev::Client::builder().credentials(credentials);
        builder
            .build_with_transport(service)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    async fn call(&self) -> bool {
        self.0.list_dev_instances().await.is_ok()
    }
}

/// A client with the retry policy that the Go SDK documents, as far as the simulated service needs
/// it: 3 retries after transport errors and status 503; pauses of 300 ms that are doubled, up to 20
/// s; no jitter and no budget.
#[derive(Clone, Debug)]
pub(super) struct Go(Service);

const MAX_RETRIES: u32 = 3;
const BASE: Duration = Duration::from_millis(300);
const MAX_DELAY: Duration = Duration::from_secs(20);

impl Client for Go {
    fn new(service: Service) -> Result<Self, String> {
        Ok(Self(service))
    }

    async fn call(&self) -> bool {
        for retry in 0..=MAX_RETRIES {
            match self.0.answer().await {
                Ok(StatusCode::OK) => return true,
                Ok(status) if !status.is_server_error() => return false,
                _ if retry == MAX_RETRIES => break,
                _ => tokio::time::sleep((BASE * 2_u32.pow(retry)).min(MAX_DELAY)).await,
            }
        }
        false
    }
}
