//! Tests of the default directory, in a place where other users may create files.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::geteuid;

use super::{child, text};
use crate::common::Dir;

/// The id of a user other than the one that runs the tests.
const NOBODY: u32 = 65534;

/// Writes a record to the default log directory, in a child process with a umask of 0 that uses
/// `temporary` for temporary files. Returns what the child process writes to standard output,
/// without the output of the test harness.
fn log(temporary: &Path) -> String {
    let of_child = child("default", &[]);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "umask 000; exec \"$0\" \"$@\""])
        .arg(of_child.get_program())
        .args(of_child.get_args())
        .envs(
            of_child
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env_remove("BCE_LOG")
        .env("TMPDIR", temporary);
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    text(&output).0
}

fn directory(temporary: &Path) -> PathBuf {
    temporary.join(format!("bce-log-{}", geteuid().as_raw()))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_default_directory_is_for_its_user_whatever_the_umask() {
    let temporary = Dir::created();
    let temporary = temporary.as_ref();
    allow(temporary, 0o777);
    let dir = directory(temporary);
    let file = dir.join("bce.log");
    assert_eq!(log(temporary), "");
    assert_eq!((mode(&dir), mode(&file)), (0o700, 0o600));
    // A directory that its user has made readable is accepted unchanged.
    for own in [0o700, 0o755] {
        allow(&dir, own);
        assert_eq!(log(temporary), "");
        assert_eq!((mode(&dir), mode(&file)), (own, 0o600));
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "written\n".repeat(3));
    assert_eq!(fs::read_dir(temporary).unwrap().count(), 1);
}

/// Checks that a logger with the default directory below `temporary` cannot be built, and that the
/// error states the reason `why`.
fn refused(temporary: &Path, why: &str) {
    let said = log(temporary);
    let file = directory(temporary).join("bce.log");
    let expected = format!("cannot write the log file {}: {why}\n", file.display());
    assert_eq!(said, expected);
}

#[test]
fn a_default_directory_that_was_planted_is_an_error() {
    let temporary = Dir::created();
    let temporary = temporary.as_ref();
    let dir = directory(temporary);
    let advice = "; remove it, or choose another directory";
    let target = temporary.join("target");
    fs::create_dir(&target).unwrap();
    for to in [target.as_path(), Path::new("missing")] {
        symlink(to, &dir).unwrap();
        refused(
            temporary,
            &format!("its directory is a symbolic link{advice}"),
        );
        fs::remove_file(&dir).unwrap();
    }
    assert_eq!(fs::read_dir(target).unwrap().count(), 0);

    fs::write(&dir, "").unwrap();
    refused(
        temporary,
        &format!("its directory is not a directory{advice}"),
    );
    fs::remove_file(&dir).unwrap();

    fs::create_dir(&dir).unwrap();
    for wide in [0o777, 0o770, 0o702, 0o1777] {
        allow(&dir, wide);
        let why = "its directory can be written by other users";
        refused(temporary, &format!("{why}{advice}"));
    }
    assert_eq!(fs::read_dir(dir).unwrap().count(), 0);
}

#[test]
fn what_belongs_to_another_user_is_not_written_to() {
    if !geteuid().is_root() {
        eprintln!("skipped: only root can give files away");
        return;
    }
    let temporary = Dir::created();
    let temporary = temporary.as_ref();
    let dir = directory(temporary);
    fs::create_dir(&dir).unwrap();
    allow(&dir, 0o700);
    let file = dir.join("bce.log");
    fs::write(&file, "theirs\n").unwrap();
    chown(&file, Some(NOBODY), Some(NOBODY)).unwrap();
    refused(temporary, "it belongs to another user");
    assert_eq!(fs::read_to_string(&file).unwrap(), "theirs\n");
    fs::remove_file(file).unwrap();
    chown(&dir, Some(NOBODY), Some(NOBODY)).unwrap();
    refused(
        temporary,
        "its directory belongs to another user; remove it, or choose another directory",
    );
    assert_eq!(fs::read_dir(dir).unwrap().count(), 0);
}
