//! A running emulator.

use std::path::Path;
use std::sync::Arc;

use bce_auth::Credentials;

use crate::app::App;
use crate::handle::Handle;
use crate::serve::Server;
use crate::snapshot::{self, SnapshotError};

/// A running emulator. Dropping it ends it immediately; [`stop`](Self::stop) lets current requests
/// finish.
#[derive(Debug)]
pub struct Emulator {
    app: Arc<App>,
    endpoint: String,
    server: Server,
    control: Option<(String, Server)>,
}

impl Emulator {
    /// Checks whether [`Handle::save`] could write to `path` now, to detect a problem before a long
    /// run rather than after it.
    ///
    /// # Errors
    ///
    /// If the file could not be written.
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

    /// Returns the URL of the emulator, for example `http://127.0.0.1:41234`, at which AIHC and STS
    /// are available.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the URL of the control interface; `None` if there is none.
    pub fn control_endpoint(&self) -> Option<&str> {
        self.control.as_ref().map(|(endpoint, _)| endpoint.as_str())
    }

    /// Returns the long-term credentials that have all permissions.
    pub fn credentials(&self) -> &Credentials {
        &self.app.settings.credentials
    }

    /// Returns a handle that inspects and changes the emulator while it runs.
    pub fn handle(&self) -> Handle {
        Handle::new(Arc::clone(&self.app))
    }

    /// Stops accepting connections, lets current requests finish within five seconds, and ends the
    /// emulator.
    pub async fn stop(self) {
        let control = async {
            if let Some((_, control)) = self.control {
                control.stop().await;
            }
        };
        tokio::join!(self.server.stop(), control);
    }
}
