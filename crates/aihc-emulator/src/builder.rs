//! Settings of an emulator, and its start.

use std::sync::Arc;

use bce_auth::{Clock, Credentials, CredentialsError, SystemClock};
use tokio::net::TcpListener;

use crate::app::App;
use crate::delays::{Delays, Pace};
use crate::emulator::Emulator;
use crate::random;
use crate::server::Server;

/// Settings of an emulator. Made by [`Emulator::builder`].
#[must_use]
pub struct Builder {
    listen: String,
    credentials: Option<Result<Credentials, CredentialsError>>,
    time_scale: f64,
    delays: Delays,
    region: String,
    clock: Arc<dyn Clock>,
}

/// Why an emulator does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address, as it was given.
        address: String,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The access key cannot be used.
    #[error("invalid credentials: {0}")]
    Credentials(#[from] CredentialsError),
    /// The time scale is not a number above zero.
    #[error("time scale {0} is not a finite number above zero")]
    TimeScale(f64),
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            listen: "127.0.0.1:0".into(),
            credentials: None,
            time_scale: 1.0,
            delays: Delays::default(),
            region: "bj".into(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Address to listen on; the default is `127.0.0.1:0`, a free port of this machine.
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.listen = address.into();
        self
    }

    /// The one long-term credential that is accepted. Generated when nothing is set.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(Ok(credentials));
        self
    }

    /// As [`credentials`](Self::credentials), from an access key; a key that cannot be used is an
    /// error of [`start`](Self::start).
    pub fn access_key(
        mut self,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
    ) -> Self {
        self.credentials = Some(Credentials::new(
            access_key_id.into(),
            secret_access_key.into(),
        ));
        self
    }

    /// Emulated seconds in a real second; the default is 1. It divides the [`Delays`] and the delay
    /// of timed stops. Time stamps, clock checks and session tokens follow the real clock.
    pub fn time_scale(mut self, scale: f64) -> Self {
        self.time_scale = scale;
        self
    }

    /// How long each step of the emulated service takes.
    pub fn delays(mut self, delays: Delays) -> Self {
        self.delays = delays;
        self
    }

    /// Region that instances show; the default is `bj`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// The clock that everything follows; a test that turns it needs no waiting.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Listens and serves. Must be called inside a Tokio runtime with I/O and time.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on, or when a setting cannot be used.
    pub async fn start(self) -> Result<Emulator, StartError> {
        if !(self.time_scale.is_finite() && self.time_scale > 0.0) {
            return Err(StartError::TimeScale(self.time_scale));
        }
        let credentials = self
            .credentials
            .unwrap_or_else(|| Credentials::new(random::hex32(), random::hex32()))?;
        let address = self.listen;
        let failed = |source| StartError::Listen {
            address: address.clone(),
            source,
        };
        let listener = TcpListener::bind(&address).await.map_err(failed)?;
        let endpoint = format!("http://{}", listener.local_addr().map_err(failed)?);
        let pace = Pace::new(self.delays, self.time_scale);
        let app = Arc::new(App::new(credentials, self.region, self.clock, pace));
        let server = Server::spawn(listener, Arc::clone(&app));
        Ok(Emulator::new(endpoint, app, server))
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("listen", &self.listen)
            .field("credentials", &self.credentials)
            .field("time_scale", &self.time_scale)
            .field("delays", &self.delays)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
