//! A running emulator.

use std::sync::Arc;

use bce_auth::Credentials;

use crate::app::App;
use crate::builder::Builder;
use crate::handle::Handle;
use crate::server::Server;

/// A running emulator. Dropping it ends it at once; [`stop`](Self::stop) lets requests that are
/// under way finish.
#[derive(Debug)]
pub struct Emulator {
    endpoint: String,
    app: Arc<App>,
    server: Server,
}

impl Emulator {
    /// Settings to start from.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn new(endpoint: String, app: Arc<App>, server: Server) -> Self {
        Self {
            endpoint,
            app,
            server,
        }
    }

    /// Where the emulator listens, for example `http://127.0.0.1:41234`. Both services answer here.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The long-term credential that it accepts.
    pub fn credentials(&self) -> &Credentials {
        &self.app.credentials
    }

    /// Looks inside while it runs.
    pub fn handle(&self) -> Handle {
        Handle::new(Arc::clone(&self.app))
    }

    /// Takes no more connections, lets requests that are under way finish within five seconds, and
    /// ends.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
