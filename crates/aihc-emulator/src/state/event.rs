//! Events, worded as Kubernetes words them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::image_pack::ImagePackJob;
use super::lifecycle::Move;
use super::status::Status;

/// Something that happened to a dev machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    pub(crate) kind: EventKind,
    pub(crate) reason: Cow<'static, str>,
    pub(crate) message: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) at: OffsetDateTime,
}

/// Severity of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EventKind {
    Normal,
    Warning,
}

impl EventKind {
    /// The documented word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}

/// What the messages of an instance's events mention.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) pod: &'a str,
    pub(crate) node: &'a str,
    pub(crate) image: &'a str,
    pub(crate) status_reason: &'a str,
    pub(crate) last_job: Option<&'a ImagePackJob>,
}

/// The events of a move, oldest first.
pub(crate) fn events_of(step: Move, subject: &Subject<'_>) -> Vec<Event> {
    let Subject {
        pod,
        node,
        image,
        status_reason,
        last_job,
    } = subject;
    let packed = |verb: &str| match last_job {
        Some(job) => format!("{verb} image {}", job.reference()),
        None => format!("{verb} image"),
    };
    let killing = ("Killing", "Stopping container main".to_owned());
    let mut normal = Vec::new();
    if step.from.has_container()
        && matches!(
            step.to,
            Status::Stopping | Status::Deleting | Status::Deploying
        )
    {
        normal.push(killing);
    }
    match step.to {
        Status::Creating | Status::Starting => {
            normal.push(("SuccessfulCreate", format!("Created pod: {pod}")));
        }
        Status::Deploying => {
            let assigned = format!("Successfully assigned default/{pod} to {node}");
            normal.push(("Scheduled", assigned));
            normal.push(("Pulling", format!("Pulling image \"{image}\"")));
        }
        Status::Running if step.from == Status::ImagePacking => {
            match last_job.and_then(ImagePackJob::failed_at) {
                Some(_) => return vec![warning("ImagePackFailed", packed("Failed to pack"), step)],
                None => normal.push(("ImagePacked", packed("Successfully packed"))),
            }
        }
        Status::Running => {
            normal.push(("Pulled", format!("Successfully pulled image \"{image}\"")));
            normal.push(("Created", "Created container main".to_owned()));
            normal.push(("Started", "Started container main".to_owned()));
        }
        Status::ImagePacking => normal.push(("ImagePacking", packed("Packing"))),
        Status::Failed | Status::Abnormal => {
            return vec![warning("Failed", (*status_reason).to_owned(), step)];
        }
        Status::Queued if step.from.has_container() => {
            return vec![warning("Preempted", (*status_reason).to_owned(), step)];
        }
        Status::Stopping if step.reason.is_some() => {
            normal.insert(0, ("IdleStop", (*status_reason).to_owned()));
        }
        Status::Queued | Status::Stopping | Status::Stopped => {}
        Status::Opened | Status::Deleting | Status::Deleted => {}
    }
    normal
        .into_iter()
        .map(|(reason, message)| Event {
            kind: EventKind::Normal,
            reason: reason.into(),
            message,
            at: step.at,
        })
        .collect()
}

fn warning(reason: &'static str, message: String, step: Move) -> Event {
    Event {
        kind: EventKind::Warning,
        reason: reason.into(),
        message,
        at: step.at,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn reasons(from: Status, to: Status) -> Vec<String> {
        let subject = Subject {
            pod: "aibox-1-0",
            node: "192.168.0.4",
            image: "ubuntu",
            status_reason: "disk full",
            last_job: None,
        };
        let step = Move {
            from,
            to,
            at: datetime!(2026-08-20 00:00:00 UTC),
            reason: None,
        };
        events_of(step, &subject)
            .iter()
            .map(|event| event.reason.to_string())
            .collect()
    }

    #[test]
    fn a_deployment_is_scheduled_pulled_created_and_started() {
        assert_eq!(
            reasons(Status::Creating, Status::Creating),
            ["SuccessfulCreate"]
        );
        assert_eq!(
            reasons(Status::Queued, Status::Deploying),
            ["Scheduled", "Pulling"]
        );
        assert_eq!(
            reasons(Status::Deploying, Status::Running),
            ["Pulled", "Created", "Started"]
        );
    }

    #[test]
    fn only_a_container_that_is_there_is_killed() {
        assert_eq!(reasons(Status::Running, Status::Stopping), ["Killing"]);
        assert_eq!(reasons(Status::Stopped, Status::Deleting), [""; 0]);
        assert_eq!(
            reasons(Status::Running, Status::Deploying),
            ["Killing", "Scheduled", "Pulling"]
        );
    }

    #[test]
    fn a_failure_is_a_warning() {
        assert_eq!(reasons(Status::Deploying, Status::Failed), ["Failed"]);
        assert_eq!(reasons(Status::Running, Status::Queued), ["Preempted"]);
    }
}
