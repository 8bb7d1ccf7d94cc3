//! Warnings about files that others may read.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::path::Path;
use std::sync::Once;

use bce_auth::ProfileProvider;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::setting::{FILE, Setting};

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
            assert!(event.starts_with("WARN"), "{event}");
            assert!(event.contains(&path.display().to_string()), "{event}");
            assert!(!event.contains("hidden"), "{event}");
        }
    }
}

#[cfg(feature = "ini")]
#[test]
fn an_ini_file_that_others_may_read_makes_a_warning() {
    let path = crate::home("open-ini").join("credentials");
    crate::write(&path, "ak=x\nsk=hidden");
    let provider = bce_auth::IniProvider::new(&path);
    set_mode(&path, 0o644);
    let events = recorded(|| drop(provider.load().unwrap()));
    assert_eq!(events.len(), 1, "{events:?}");
    assert!(!events[0].contains("hidden"), "{events:?}");
}

/// What tracing emits on this thread while `run` runs: level and fields of each event.
fn recorded(run: impl FnOnce()) -> Vec<String> {
    thread_local! {
        static EVENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    struct Text(String);

    impl Visit for Text {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            write!(self.0, " {field}={value:?}").unwrap();
        }
    }

    struct Recorder;

    impl Subscriber for Recorder {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            let mut text = Text(event.metadata().level().to_string());
            event.record(&mut text);
            EVENTS.with_borrow_mut(|events| events.push(text.0));
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    // One for the process: subscribers that come and go on several threads miss events.
    static RECORDER: Once = Once::new();
    RECORDER.call_once(|| tracing::subscriber::set_global_default(Recorder).unwrap());
    EVENTS.take();
    run();
    EVENTS.take()
}
