//! All dev instances in a file.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::state::Instance;

/// Changes whenever older files can no longer be read.
const FORMAT: &str = "aihc-emulator/2";

/// Why a snapshot was not taken or not restored. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The text is no snapshot, or one of another version.
    #[error("not a snapshot of {FORMAT}: {0}")]
    Format(String),
    /// The file cannot be read or written.
    #[error("cannot access the snapshot: {0}")]
    File(#[from] io::Error),
}

/// What is written. Neither keys nor passwords are among it; what callers put into the environment
/// variables of their instances is, since it is a part of what the instances are.
#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    #[serde(rename = "takenAt", with = "time::serde::rfc3339")]
    taken_at: OffsetDateTime,
    instances: Vec<&'a Instance>,
}

/// What is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    format: String,
    #[serde(rename = "takenAt", with = "time::serde::rfc3339")]
    taken_at: OffsetDateTime,
    instances: Vec<Value>,
}

/// A snapshot that can be restored.
pub(crate) struct Snapshot {
    pub(crate) taken_at: OffsetDateTime,
    pub(crate) instances: Vec<Instance>,
}

/// The snapshot as JSON.
pub(crate) fn write(
    instances: &[Arc<Instance>],
    now: OffsetDateTime,
) -> Result<String, SnapshotError> {
    let written = Written {
        format: FORMAT,
        taken_at: now,
        instances: instances.iter().map(|instance| &**instance).collect(),
    };
    serde_json::to_string(&written).map_err(|error| SnapshotError::Format(error.to_string()))
}

/// Reads what [`write`] wrote, and refuses what it could not have written.
pub(crate) fn read(text: &str) -> Result<Snapshot, SnapshotError> {
    if !text.trim_start().starts_with('{') {
        return Err(SnapshotError::Format("it is no JSON object".into()));
    }
    let Read {
        format,
        taken_at,
        instances,
    } = serde_json::from_str(text)
        .map_err(|error| SnapshotError::Format(without_values(&error)))?;
    if format != FORMAT {
        return Err(SnapshotError::Format("it has another format".into()));
    }
    let mut ids = HashSet::new();
    let instances = (1..).zip(instances).map(|(place, value)| {
        let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
        let called = match id {
            "" => format!("dev instance number {place}"),
            id => format!("dev instance {id}"),
        };
        let instance = instance(value).and_then(|instance| match ids.insert(instance.id.clone()) {
            true => Ok(instance),
            false => Err("its id comes twice".into()),
        });
        instance.map_err(|problem| SnapshotError::Format(format!("{called}: {problem}")))
    });
    Ok(Snapshot {
        taken_at,
        instances: instances.collect::<Result<_, _>>()?,
    })
}

fn instance(value: Value) -> Result<Instance, String> {
    if !value.is_object() {
        return Err("it must be an object".into());
    }
    let instance: Instance =
        serde_json::from_value(value).map_err(|error| without_values(&error))?;
    let mut job_ids = HashSet::new();
    let problem = if instance.id.is_empty() {
        "id must not be empty"
    } else if instance.service_id.is_empty() {
        "serviceId must not be empty"
    } else if !instance
        .all_settings()
        .all(|settings| settings.conf.is_object())
    {
        "conf must be an object"
    } else if !instance
        .jobs()
        .all(|job| !job.id.is_empty() && job_ids.insert(&job.id))
    {
        "the id of an image pack job is empty or comes twice"
    } else {
        return Ok(instance);
    };
    Err(problem.into())
}

/// What is wrong with a text that may hold secrets. Values are not shown, names and places are.
pub(crate) fn without_values(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let about_names = ["unknown field", "missing field", "duplicate field"];
    if error.is_syntax()
        || error.is_eof()
        || about_names.iter().any(|words| message.starts_with(words))
    {
        return message;
    }
    match error.line() {
        0 => "a value of a wrong type or form".into(),
        line => format!(
            "a value of a wrong type or form at line {line} column {}",
            error.column()
        ),
    }
}

/// Writes a file that only its owner may read, whole or not at all.
pub(crate) fn save(path: &Path, text: &str) -> Result<(), SnapshotError> {
    let place = Place::of(path)?;
    let Place::Beside { target, draft } = &place else {
        return Ok(fs::write(path, text)?);
    };
    let written = create(draft).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(draft, target)
    });
    if written.is_err() {
        let _ = fs::remove_file(draft);
    }
    Ok(written?)
}

/// Whether a file could be written there now.
pub(crate) fn try_path(path: &Path) -> Result<(), SnapshotError> {
    match Place::of(path)? {
        Place::Itself => drop(OpenOptions::new().write(true).open(path)?),
        Place::Beside { draft, .. } => {
            drop(create(&draft)?);
            fs::remove_file(&draft)?;
        }
    }
    Ok(())
}

/// Where a file is written.
enum Place {
    /// A device or a pipe cannot be replaced.
    Itself,
    /// A draft in the same directory, which then takes the name.
    Beside { target: PathBuf, draft: PathBuf },
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        let target = match fs::canonicalize(path) {
            Ok(target) if target.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(target) if !target.is_file() => return Ok(Self::Itself),
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(error),
        };
        let Some(name) = target.file_name() else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let mut draft_name = std::ffi::OsString::from(".");
        draft_name.push(name);
        draft_name.push(format!(".{}.draft", std::process::id()));
        Ok(Self::Beside {
            draft: target.with_file_name(draft_name),
            target,
        })
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::access::Principal;
    use crate::delays::Pace;
    use crate::handle::small;
    use crate::state::Instances;

    fn snapshot() -> Value {
        let mut instances = Instances::new(Pace::usual(), Some(1));
        let now = OffsetDateTime::UNIX_EPOCH;
        for name in ["a", "b"] {
            instances.create(name, Principal::User("u".into()), small(), now);
        }
        serde_json::from_str(&write(&instances.all(), now).unwrap()).unwrap()
    }

    fn problem(change: impl FnOnce(&mut Value)) -> String {
        let mut snapshot = snapshot();
        change(&mut snapshot);
        match read(&snapshot.to_string()) {
            Ok(_) => panic!("accepted: {snapshot}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let read = read(&snapshot().to_string()).unwrap();
        assert_eq!(read.instances.len(), 2);
    }

    #[test]
    fn what_no_emulator_wrote_is_refused_and_the_instance_named() {
        let first = snapshot()["instances"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        for (pointer, name, value) in [
            ("", "extra", json!(1)),
            ("/settings", "conf", json!(5)),
            ("/settings", "extra", json!(1)),
            ("/life", "extra", json!(1)),
            ("/life", "status", json!("running")),
            ("", "serviceId", json!("")),
            ("", "lag", json!(null)),
        ] {
            let problem = problem(|snapshot| {
                let instance = &mut snapshot["instances"][0];
                instance.pointer_mut(pointer).unwrap()[name] = value.clone();
            });
            assert!(problem.contains(&first), "{pointer}/{name}: {problem}");
        }
        assert!(problem(|s| s["instances"][0]["id"] = json!("")).contains("number 1"));
        let twice = problem(|s| s["instances"][1]["id"] = json!(first));
        assert!(twice.contains("twice"), "{twice}");
        problem(|s| s["more"] = json!(1));
        problem(|s| s["format"] = json!("aihc-emulator/1"));
    }

    #[test]
    fn errors_show_no_values() {
        let problem = problem(|snapshot| {
            snapshot["instances"][0]["events"] = json!("s3cret");
        });
        assert!(!problem.contains("s3cret"), "{problem}");
    }
}
