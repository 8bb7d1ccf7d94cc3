//! Tests of the warnings about files that other users may read.

use std::path::Path;

use bce_auth::ProfileProvider;
use bce_testing::LogCapture;

use super::setting::{FILE, Setting};

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_that_others_may_read_makes_one_warning_per_load() {
    let setting = Setting::new("open", FILE);
    let path = setting.path();
    for (mode, warnings) in [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1), (0o620, 1)] {
        set_mode(&path, mode);
        let events = recorded(|| {
            setting.load(ProfileProvider::new()).unwrap();
        });
        assert_eq!(events.len(), warnings, "{mode:o}: {events:?}");
        for event in events {
            assert!(event.contains(" WARN "), "{event}");
            assert!(event.contains(&path.display().to_string()), "{event}");
            assert!(!event.contains("hidden"), "{event}");
        }
    }
}

#[cfg(feature = "ini")]
#[test]
fn an_ini_file_that_others_may_read_makes_a_warning() {
    let path = super::home("open-ini").join("credentials");
    super::write(&path, "ak=x\nsk=hidden");
    let provider = bce_auth::IniProvider::new(&path);
    set_mode(&path, 0o644);
    let events = recorded(|| drop(provider.load().unwrap()));
    assert_eq!(events.len(), 1, "{events:?}");
    assert!(!events[0].contains("hidden"), "{events:?}");
}

/// Returns everything that tracing emits on this thread during `run`, one line per event.
fn recorded(run: impl FnOnce()) -> Vec<String> {
    let capture = LogCapture::start();
    run();
    capture.text().lines().map(str::to_owned).collect()
}
