//! What a client can find when it reads the state of an instance, after an attempt that may have
//! been carried out.

use bce_http::ErrorKind;

use super::answers::document;
use super::{Fault, Meaning, response, wire};
use crate::faults::server::Play;
use crate::faults::subject::Subject;

/// How the server responds to a request that reads the state of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::faults) enum Look {
    /// A response with an instance in the state that has this code.
    State(i64),
    /// A response with an instance in the state that has this code, which is a string instead of a
    /// number.
    StateAsText(i64),
    /// A response with an instance in the state that has this code, but without a request id.
    StateWithoutId(i64),
    /// A response with an instance that has the values sent in the preceding attempt.
    AsSent,
    /// An error with this status, because there is no such instance.
    NotFound(u16),
    /// A response with an instance that has no state.
    NoState,
    /// A response without an instance.
    NoInstance,
    /// The service refuses to show the instance.
    Forbidden,
    /// The response of a gateway, with this status.
    Page(u16),
    /// A success response that does not come from the service.
    Foreign,
    /// The connection is closed without a response.
    Closed,
    /// The connection stalls without a response.
    Stalled,
}

/// What the state of an instance shows about the preceding attempt: whether the attempt has changed
/// the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::faults) enum Finding {
    Reached,
    NotReached,
    Undecided,
}

/// The highest documented code of an instance state.
const LAST_STATE: i64 = 20;

impl Look {
    /// Returns the usual responses of the server when the client reads the state of the instance.
    /// Some of them show whether the preceding attempt has changed the instance, and some do not.
    pub(in crate::faults) fn usual(subject: Subject) -> Vec<Self> {
        let (reached, not_reached) = match subject.name {
            "StartDevInstance" => (Self::State(3), Self::State(5)),
            "DeleteDevInstance" => (Self::State(20), Self::State(3)),
            "ModifyDevInstance" => (Self::AsSent, Self::State(3)),
            _ => (Self::State(5), Self::State(3)),
        };
        vec![reached, not_reached, Self::State(11), Self::Page(502)]
    }

    /// Returns a response to a read of the instance's state. It shows that the preceding attempt
    /// has not changed the instance. If there is no such response for the operation, the connection
    /// is closed instead.
    pub(in crate::faults) fn not_reached(subject: Subject) -> Self {
        let mut looks = Self::usual(subject).into_iter();
        let found = looks.find(|look| look.finding(subject) == Finding::NotReached);
        found.unwrap_or(Self::Closed)
    }

    /// Returns responses to a read of an instance's state: one with each documented state, and
    /// others that are unusual, malformed, or not from the service.
    pub(in crate::faults) fn all() -> Vec<Self> {
        let states = 0..=LAST_STATE + 1;
        let as_text = [3, 5, 20].map(Self::StateAsText);
        let without_id = [3, 5, 20].map(Self::StateWithoutId);
        let not_found = [200, 403, 404].map(Self::NotFound);
        let pages = [200, 403, 404, 503].map(Self::Page);
        let others = [
            Self::NoState,
            Self::NoInstance,
            Self::AsSent,
            Self::Forbidden,
            Self::Foreign,
            Self::Closed,
            Self::Stalled,
        ];
        let looks = states.map(Self::State).chain(as_text).chain(without_id);
        let looks = looks.chain(not_found).chain(pages).chain(others);
        looks.collect()
    }

    pub(in crate::faults) fn finding(self, subject: Subject) -> Finding {
        let (reached, not_reached): (&[i64], &[i64]) = match subject.name {
            "StopDevInstance" => (&[4, 5], &[3, 7]),
            "StartDevInstance" => (&[1, 2, 3, 6, 7], &[5]),
            "DeleteDevInstance" => (&[20], &[3, 5]),
            _ => (&[], &[]),
        };
        match self {
            Self::State(state) | Self::StateAsText(state) | Self::StateWithoutId(state) => {
                match state {
                    _ if reached.contains(&state) => Finding::Reached,
                    _ if not_reached.contains(&state) => Finding::NotReached,
                    _ => Finding::Undecided,
                }
            }
            Self::NotFound(_) if subject.name == "DeleteDevInstance" => Finding::Reached,
            Self::AsSent if subject.name == "ModifyDevInstance" => Finding::Reached,
            _ => Finding::Undecided,
        }
    }

    /// Returns what the server does with a request that reads the state of an instance.
    pub(in crate::faults) fn play(self) -> Play {
        let (status, body) = match self {
            Self::State(state) => (200, instance(&format!(r#","status":{state}"#))),
            Self::StateAsText(state) => (200, instance(&format!(r#","status":"{state}""#))),
            Self::StateWithoutId(state) => {
                (200, format!(r#"{{"devInstance":{{"status":{state}}}}}"#))
            }
            Self::AsSent => return Play::ShowSent,
            Self::NoState => (200, instance("")),
            Self::NoInstance => (200, r#"{"devInstance":null,"requestId":"r"}"#.to_owned()),
            Self::NotFound(status) => (status, document("NotFound")),
            Self::Forbidden => (403, document("Forbidden")),
            Self::Page(status) => (status, "<html>".to_owned()),
            Self::Foreign => (200, r#"{"success":true,"status":5}"#.to_owned()),
            Self::Closed => return Play::Write(String::new()),
            Self::Stalled => return Play::WriteAndStall(String::new()),
        };
        Play::WriteAndKeep(response(&format!("{status} Answer"), &body))
    }

    pub(in crate::faults) fn name(self) -> String {
        match self {
            Self::State(state) => format!("finds {state}"),
            other => format!("finds {other:?}"),
        }
    }
}

/// Returns a response of the service with an instance. `more` contains the members of the instance
/// other than its id.
fn instance(more: &str) -> String {
    format!(r#"{{"devInstance":{{"id":"dv-1"{more}}},"requestId":"r"}}"#)
}

/// Returns faults in which a response is lost, and the repeated request is refused.
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
