//! What a look at the state finds after an attempt that may have been carried out.

use bce_http::ErrorKind;

use super::answers::document;
use super::{Fault, Meaning, response, wire};
use crate::faults::server::Play;
use crate::faults::subject::Subject;

/// What the service shows when somebody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::faults) enum Look {
    /// A machine in this state.
    State(i64),
    /// No such machine.
    NotFound,
    /// A machine without a state.
    NoState,
    /// The service refuses to tell.
    Forbidden,
    /// The page of a gateway, with this status.
    Page(u16),
    /// A connection that is closed.
    Closed,
}

/// What the look says about the call before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::faults) enum Finding {
    Reached,
    NotReached,
    Undecided,
}

/// The highest state that is documented.
const LAST_STATE: i64 = 20;

impl Look {
    /// One look of each kind, for every fault.
    pub(in crate::faults) fn usual(subject: Subject) -> Vec<Self> {
        let (reached, not_reached) = match subject.name {
            "StartDevInstance" => (3, 5),
            "DeleteDevInstance" => (20, 3),
            _ => (5, 3),
        };
        vec![
            Self::State(reached),
            Self::State(not_reached),
            Self::State(11),
            Self::Page(502),
        ]
    }

    /// The one that tells that nothing was done.
    pub(in crate::faults) fn not_reached(subject: Subject) -> Self {
        let mut looks = Self::usual(subject).into_iter();
        let found = looks.find(|look| look.finding(subject) == Finding::NotReached);
        found.unwrap_or(Self::Closed)
    }

    /// All looks.
    pub(in crate::faults) fn all() -> Vec<Self> {
        let mut looks: Vec<Self> = (0..=LAST_STATE + 1).map(Self::State).collect();
        looks.extend([
            Self::NotFound,
            Self::NoState,
            Self::Forbidden,
            Self::Page(200),
            Self::Page(404),
            Self::Page(503),
            Self::Closed,
        ]);
        looks
    }

    pub(in crate::faults) fn finding(self, subject: Subject) -> Finding {
        let (reached, not_reached): (&[i64], &[i64]) = match subject.name {
            "StopDevInstance" => (&[4, 5], &[3, 7]),
            "StartDevInstance" => (&[1, 2, 3, 6, 7], &[5]),
            "DeleteDevInstance" => (&[20], &[3, 5]),
            _ => (&[], &[]),
        };
        match self {
            Self::State(state) if reached.contains(&state) => Finding::Reached,
            Self::State(state) if not_reached.contains(&state) => Finding::NotReached,
            Self::NotFound if subject.name == "DeleteDevInstance" => Finding::Reached,
            _ => Finding::Undecided,
        }
    }

    /// What the server does.
    pub(in crate::faults) fn play(self) -> Play {
        let body = match self {
            Self::State(state) => {
                format!(r#"{{"devInstance":{{"id":"dv-1","status":{state}}},"requestId":"r"}}"#)
            }
            Self::NoState => r#"{"devInstance":{"id":"dv-1"},"requestId":"r"}"#.to_owned(),
            Self::NotFound => document("NotFound"),
            Self::Forbidden => document("Forbidden"),
            Self::Page(_) => "<html>".to_owned(),
            Self::Closed => return Play::Write(String::new()),
        };
        let head = match self {
            Self::NotFound | Self::Forbidden => "403 Forbidden".to_owned(),
            Self::Page(status) => format!("{status} Page\r\ncontent-type: text/html"),
            _ => "200 OK".to_owned(),
        };
        Play::WriteAndKeep(response(&head, &body))
    }

    pub(in crate::faults) fn name(self) -> String {
        match self {
            Self::State(state) => format!("finds {state}"),
            Self::Page(status) => format!("finds a {status}"),
            other => format!("finds {other:?}"),
        }
    }
}

/// An answer that is lost, and a refusal of the repeat.
pub(super) fn faults() -> Vec<Fault> {
    let lost_then = |code: &str| {
        let refusal = response("403 Forbidden", &document(code));
        Fault {
            later: Some((Play::WriteAndKeep(refusal), Meaning::Refused)),
            finds_all_states: true,
            ..wire(
                format!("lost, then {code}"),
                Play::Write(String::new()),
                Meaning::Open(ErrorKind::Transport),
            )
        }
    };
    vec![lost_then("Forbidden"), lost_then("NotFound")]
}
