//! Reading of files that contain secrets.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::parts::invalid;
use crate::error::{CredentialsError, CredentialsErrorKind};

/// The maximum size of a file, in bytes. No file of credentials comes close to it.
const MAX_BYTES: u64 = 1 << 20;

/// Returns the contents of a file, without a byte order mark.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, CredentialsError> {
    // Checked before the file is opened, because opening a named pipe blocks until there is a
    // writer.
    let metadata = fs::metadata(path).map_err(|error| failed(path, error))?;
    if !metadata.is_file() {
        return Err(invalid(&source(path), "is not a regular file"));
    }
    let file = File::open(path).map_err(|error| failed(path, error))?;
    // The metadata is that of the open file, because the path may refer to a different file by now.
    let metadata = file.metadata().map_err(|error| failed(path, error))?;
    warn_if_others_may_read(path, &metadata);

    // The buffer has its full capacity from the start: growing would leave copies of the secret
    // behind.
    let size = metadata.len().min(MAX_BYTES) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(
        usize::try_from(size).unwrap_or_default(),
    ));
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(path, error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(invalid(&source(path), "is larger than 1 MiB"));
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    Ok(bytes)
}

/// Returns the name of the file for error messages.
pub(super) fn source(path: &Path) -> String {
    path.display().to_string()
}

fn failed(path: &Path, error: io::Error) -> CredentialsError {
    if error.kind() == io::ErrorKind::NotFound {
        let message = format!("{}: no such file", source(path));
        return CredentialsError::new(CredentialsErrorKind::NotFound, message);
    }
    invalid(&source(path), "cannot be read").with_source(error)
}

#[cfg(unix)]
fn warn_if_others_may_read(path: &Path, metadata: &Metadata) {
    use std::os::unix::fs::PermissionsExt as _;

    if metadata.permissions().mode() & 0o077 != 0 {
        tracing::warn!(
            path = %path.display(),
            "other users may read this file of credentials; `chmod 600` keeps it private"
        );
    }
}

#[cfg(not(unix))]
fn warn_if_others_may_read(_: &Path, _: &Metadata) {}
