//! The shared memory of squid. All squids with the same service name on a machine use the same
//! segments, and one that is killed leaves them behind.

use std::fs;
use std::path::Path;

/// The directory of the segments.
const DIRECTORY: &str = "/dev/shm";

/// The segments of the squid with this service name. Dropping the value removes them.
#[derive(Debug)]
pub(super) struct SharedMemory {
    service: String,
}

impl SharedMemory {
    pub(super) fn of(service: String) -> Self {
        Self { service }
    }

    /// Removes the segments in a directory. They are named `<service>-<purpose>.shm`.
    fn remove(&self, directory: &Path) {
        let prefix = format!("{}-", self.service);
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        for entry in entries {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                // Another process may have removed it.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        self.remove(Path::new(DIRECTORY));
    }
}

#[cfg(test)]
mod tests {
    use super::SharedMemory;
    use crate::gateways::folder::Folder;

    #[test]
    fn only_the_segments_of_the_service_are_removed() {
        let folder = Folder::new().unwrap();
        let removed = folder.write("gateway2001-cf__queues.shm", "").unwrap();
        let others = ["squid-cf__queues.shm", "gateway20011-cf__queues.shm"];
        let others = others.map(|name| folder.write(name, "").unwrap());
        SharedMemory::of("gateway2001".to_owned()).remove(folder.path());
        assert!(!removed.exists());
        assert!(others.iter().all(|other| other.exists()));
    }
}
