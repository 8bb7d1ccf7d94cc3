//! Captures everything that a program may show: traces, printed values, panics.

use std::cell::{Cell, RefCell};
use std::error::Error as StdError;
use std::fmt::{Debug, Display, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, Once};

use bce_http::Error;
use bce_testing::LogCapture;
use serde::Serialize;

use crate::logs;
use proofs::secrets::Shown;

thread_local! {
    /// The messages of this thread's panics.
    static PANICS: RefCell<String> = const { RefCell::new(String::new()) };
    /// Whether the panics of this thread are currently caused by the test itself. Such panics are
    /// not printed.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// The captured output of this thread. Clones share it.
#[derive(Clone)]
pub(crate) struct Capture(Arc<Inner>);

struct Inner {
    logs: LogCapture,
    shown: Mutex<Vec<Shown>>,
    types: Mutex<Vec<&'static str>>,
}

impl Capture {
    pub(crate) fn start() -> Self {
        HOOK.call_once(|| {
            let usual = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                PANICS.with_borrow_mut(|text| {
                    let _ = writeln!(text, "{panic}");
                });
                if !EXPECTED.get() {
                    usual(panic);
                }
            }));
        });
        PANICS.take();
        Self(Arc::new(Inner {
            logs: LogCapture::start_beside(|| Some(logs::layer())),
            shown: Mutex::default(),
            types: Mutex::default(),
        }))
    }

    /// Captures a value in both `Debug` formats, under the name of its type.
    pub(crate) fn debug<T: Debug + ?Sized>(&self, value: &T) {
        let name = std::any::type_name::<T>();
        self.0.types.lock().unwrap().push(name);
        self.text(format!("Debug of {name}"), format!("{value:?}\n{value:#?}"));
    }

    /// Captures a value in the formats in which programs store it: JSON and YAML.
    pub(crate) fn serialized<T: Serialize>(&self, value: &T) {
        let name = std::any::type_name::<T>();
        let json = serde_json::to_string(value).unwrap();
        self.text(format!("JSON of {name}"), json);
        let yaml = serde_saphyr::to_string(value).unwrap();
        self.text(format!("YAML of {name}"), yaml);
    }

    /// Captures an error: the error itself, its causes, and the message of a panic that contains
    /// it.
    pub(crate) fn error<E: StdError>(&self, error: E) {
        self.debug(&error);
        let mut text = format!("{error}\n{error:#}");
        let mut next = error.source();
        while let Some(cause) = next {
            let _ = write!(text, "\n{cause}\n{cause:?}");
            next = cause.source();
        }
        let place = format!("Display of {}", std::any::type_name::<E>());
        self.text(place, text);
        self.unwrap(error);
    }

    /// Captures the panic that results from unwrapping an error, as in programs that do not
    /// handle errors.
    pub(crate) fn unwrap<E: Debug>(&self, error: E) {
        let failed: fn(E) -> Result<(), E> = Err;
        self.panic(|| failed(error).unwrap());
    }

    /// Runs some code that panics, and captures the message of the panic.
    pub(crate) fn panic(&self, act: impl FnOnce()) {
        let usual = EXPECTED.replace(true);
        let result = catch_unwind(AssertUnwindSafe(act));
        EXPECTED.set(usual);
        assert!(result.is_err(), "no panic");
    }

    /// Sets whether the following panics of this thread are expected, because the test itself
    /// causes them. Expected panics are not printed.
    pub(crate) fn expect_panics(&self, expected: bool) {
        EXPECTED.set(expected);
    }

    /// Captures an error of a client in the same way as [`error`](Self::error). Also captures the
    /// service errors and the cause that the error contains.
    pub(crate) fn client_error(&self, error: Error) {
        for answer in [error.service(), error.last_service_error()]
            .into_iter()
            .flatten()
        {
            self.debug(answer);
            self.text("the message of a service", answer.message());
        }
        if let Some(cause) = error.cause() {
            self.text("the cause of an error", format!("{cause} {cause:?}"));
        }
        self.error(error);
    }

    pub(crate) fn text(&self, place: impl Into<String>, text: impl Display) {
        self.0.shown.lock().unwrap().push(Shown {
            place: place.into(),
            text: text.to_string(),
        });
    }

    /// Returns the full names of the types that were captured in a `Debug` format.
    pub(crate) fn types(&self) -> Vec<&'static str> {
        self.0.types.lock().unwrap().clone()
    }

    /// Returns everything that was captured.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        self.text("a trace", self.0.logs.text());
        PANICS.with_borrow(|panics| self.text("a panic", panics));
        self.0.shown.lock().unwrap().clone()
    }
}
