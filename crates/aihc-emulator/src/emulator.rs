//! A running emulator.

use std::path::Path;
use std::sync::Arc;

use bce_auth::Credentials;

use crate::app::App;
use crate::handle::Handle;
use crate::serve::Server;
use crate::snapshot::{self, SnapshotError};

/// A running emulator. Dropping it ends it at once; [`stop`](Self::stop) lets requests that are
/// under way finish.
#[derive(Debug)]
pub struct Emulator {
    app: Arc<App>,
    endpoint: String,
    server: Server,
    control: Option<(String, Server)>,
}

impl Emulator {
    /// Returns whether [`Handle::save`] could write to `path` now: to know before a long run and
    /// not after it.
    ///
    /// # Errors
    ///
    /// If it could not.
    pub fn try_save_path(path: impl AsRef<Path>) -> Result<(), SnapshotError> {
        snapshot::try_path(path.as_ref())
    }

    pub(crate) fn new(
        app: Arc<App>,
        (endpoint, server): (String, Server),
        control: Option<(String, Server)>,
    ) -> Self {
        Self {
            app,
            endpoint,
            server,
            control,
        }
    }

    /// Returns where the emulator listens, for example `http://127.0.0.1:41234`. Both services
    /// answer here.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns where the control interface listens, if there is one.
    pub fn control_endpoint(&self) -> Option<&str> {
        self.control.as_ref().map(|(endpoint, _)| endpoint.as_str())
    }

    /// Returns the long-term credential that it accepts for everything.
    pub fn credentials(&self) -> &Credentials {
        &self.app.settings.credentials
    }

    /// Looks inside while it runs.
    pub fn handle(&self) -> Handle {
        Handle::new(Arc::clone(&self.app))
    }

    /// Takes no more connections, lets requests that are under way finish within five seconds, and
    /// ends.
    pub async fn stop(self) {
        let control = async {
            if let Some((_, control)) = self.control {
                control.stop().await;
            }
        };
        tokio::join!(self.server.stop(), control);
    }
}
