//! A guard for an instance that a test has created. It warns if the test forgets to delete the
//! instance.

use bce_http::Error;

use crate::Client;

/// Holds an instance that a test has created, so that its deletion is not forgotten.
///
/// Dropping the guard does not delete the instance. The call would have to run in a task, but this
/// crate spawns no tasks, and a runtime that is shutting down would not run them. A guard that is
/// dropped without [`delete`](Self::delete) or [`keep`](Self::keep), for instance by a panic, logs
/// a warning with the id.
///
/// ```no_run
/// # async fn test(client: aihc_dev::Client, id: String) -> Result<(), Box<dyn std::error::Error>> {
/// let instance = client.guard_dev_instance(id);
/// client.wait_until_running(instance.id()).await?;
/// instance.delete().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a guard that is dropped at once guards nothing"]
#[derive(Debug)]
pub struct DevInstanceGuard {
    client: Client,
    id: String,
    armed: bool,
}

impl Client {
    /// Returns a guard for an instance; see [`DevInstanceGuard`]. Nothing is sent.
    pub fn guard_dev_instance(&self, dev_instance_id: impl Into<String>) -> DevInstanceGuard {
        DevInstanceGuard {
            client: self.clone(),
            id: dev_instance_id.into(),
            armed: true,
        }
    }
}

impl DevInstanceGuard {
    /// Returns the id of the instance.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Deletes the instance with its cloud disk. An instance that is already gone is not an error.
    ///
    /// # Errors
    ///
    /// If the deletion fails; the error is that of [`Client::delete_dev_instance`]. The instance
    /// may still exist, so a warning with its id is logged.
    pub async fn delete(mut self) -> Result<(), Error> {
        match self.client.delete_dev_instance(&self.id).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => {
                self.armed = false;
                Ok(())
            }
        }
    }

    /// Releases the instance from the guard without deleting it, and returns its id.
    pub fn keep(mut self) -> String {
        self.armed = false;
        std::mem::take(&mut self.id)
    }
}

impl Drop for DevInstanceGuard {
    fn drop(&mut self) {
        if self.armed {
            tracing::warn!(
                id = self.id,
                "a dev instance was left behind; it is not deleted"
            );
        }
    }
}
