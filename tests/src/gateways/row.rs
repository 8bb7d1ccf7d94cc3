//! The parts of a gateway test: a gateway, an operation, a fault behind the gateway, and the
//! expected result.

use std::time::Duration;

use aihc_emulator::{Close, Fault, FaultRule};

use super::expected::Expected;
use super::gateway::Gateway;
use super::subject::Subject;

/// The delay of a slow response. Gateways whose timeout is tested wait for a shorter time.
const SLOW: Duration = Duration::from_millis(1500);
/// The time limit of an attempt in tests that do not set another one.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) gateway: Gateway,
    pub(super) subject: Subject,
    pub(super) upstream: Upstream,
    pub(super) event: Event,
    pub(super) attempt_timeout: Duration,
    /// Whether the emulator removes a deleted instance at once, rather than after some time.
    pub(super) deletes_at_once: bool,
    pub(super) expected: Expected,
}

/// The fault that the emulator simulates.
#[derive(Clone, Debug, Default)]
pub(super) enum Upstream {
    #[default]
    Well,
    /// The fault occurs only in the first request for the operation that is tested.
    Once(Fault),
    /// The fault occurs in each request for the operation that is tested.
    Always(Fault),
    /// The fault occurs in each request, for any operation.
    Everything(Fault),
}

impl Upstream {
    pub(super) fn rule(&self, subject: Subject) -> Option<FaultRule> {
        let action = subject.action();
        match self.clone() {
            Self::Well => None,
            Self::Once(fault) => Some(FaultRule::new(fault).action(action)),
            Self::Always(fault) => Some(FaultRule::new(fault).action(action).always()),
            Self::Everything(fault) => Some(FaultRule::new(fault).always()),
        }
    }
}

/// What happens in a gateway test besides the call itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Nothing,
    /// Before the call, the instances are listed through the gateway.
    ListBefore,
    /// During the call, another call waits for its response.
    Busy,
    /// The gateway is killed when the request has reached the emulator.
    Killed,
}

/// Returns a fault in which the operation is carried out immediately, but its response is slow.
pub(super) fn slow() -> Fault {
    Fault::new().delay(SLOW)
}

/// Returns a fault with twice the delay of [`slow`], for gateways that check the time only once per
/// second.
pub(super) fn slower() -> Fault {
    Fault::new().delay(SLOW * 2)
}

/// Returns a fault in which the emulator reads the request, does not carry out the operation, and
/// closes the connection without a response.
pub(super) fn dropped() -> Fault {
    Fault::new().close(Close::AfterReading)
}

/// Returns a fault in which the body of the response ends after a few bytes.
pub(super) fn cut() -> Fault {
    Fault::new().cut_body(10)
}

impl Row {
    fn new(gateway: Gateway, subject: Subject, expected: Expected) -> Self {
        Self {
            gateway,
            subject,
            upstream: Upstream::Well,
            event: Event::Nothing,
            attempt_timeout: PATIENCE,
            deletes_at_once: false,
            expected,
        }
    }

    pub(super) fn upstream(&mut self, upstream: Upstream) -> &mut Self {
        self.upstream = upstream;
        self
    }

    pub(super) fn event(&mut self, event: Event) -> &mut Self {
        self.event = event;
        self
    }

    pub(super) fn attempt_timeout(&mut self, limit: Duration) -> &mut Self {
        self.attempt_timeout = limit;
        self
    }

    pub(super) fn deletes_at_once(&mut self) -> &mut Self {
        self.deletes_at_once = true;
        self
    }

    pub(super) fn name(&self) -> String {
        let program = self.gateway.program.name();
        format!("{program}, {} / {}", self.gateway.name, self.subject.name())
    }
}

/// The gateway tests that have been added so far.
#[derive(Debug, Default)]
pub(super) struct Rows(Vec<Row>);

impl Rows {
    pub(super) fn add(
        &mut self,
        gateway: &Gateway,
        subject: Subject,
        expected: Expected,
    ) -> &mut Row {
        let last = self.0.len();
        self.0.push(Row::new(gateway.clone(), subject, expected));
        &mut self.0[last]
    }

    pub(super) fn into_vec(self) -> Vec<Row> {
        self.0
    }
}
