//! Events of dev instances, mostly with the wording of Kubernetes.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::image_pack::ImagePackJob;
use super::lifecycle::Move;
use super::status::InstanceStatus;

/// An event of a dev instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    pub(crate) kind: EventKind,
    pub(crate) reason: Cow<'static, str>,
    pub(crate) message: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) at: OffsetDateTime,
}

/// The severity of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EventKind {
    Normal,
    Warning,
}

impl EventKind {
    /// Returns the kind as it appears in responses.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}

/// The data of an instance that the messages of its events contain.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) pod: &'a str,
    pub(crate) node: &'a str,
    pub(crate) image: &'a str,
    pub(crate) status_reason: &'a str,
    pub(crate) last_job: Option<&'a ImagePackJob>,
}

/// Returns the events that accompany a transition, oldest first.
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
            InstanceStatus::STOPPING | InstanceStatus::DELETING | InstanceStatus::DEPLOYING
        )
    {
        normal.push(killing);
    }
    match step.to {
        InstanceStatus::CREATING | InstanceStatus::STARTING => {
            normal.push(("SuccessfulCreate", format!("Created pod: {pod}")));
        }
        InstanceStatus::DEPLOYING => {
            let assigned = format!("Successfully assigned default/{pod} to {node}");
            normal.push(("Scheduled", assigned));
            normal.push(("Pulling", format!("Pulling image \"{image}\"")));
        }
        InstanceStatus::RUNNING if step.from == InstanceStatus::IMAGE_PACKING => {
            match last_job.and_then(ImagePackJob::failed_at) {
                Some(_) => return vec![warning("ImagePackFailed", packed("Failed to pack"), step)],
                None => normal.push(("ImagePacked", packed("Successfully packed"))),
            }
        }
        InstanceStatus::RUNNING => {
            normal.push(("Pulled", format!("Successfully pulled image \"{image}\"")));
            normal.push(("Created", "Created container main".to_owned()));
            normal.push(("Started", "Started container main".to_owned()));
        }
        InstanceStatus::IMAGE_PACKING => normal.push(("ImagePacking", packed("Packing"))),
        InstanceStatus::FAILED | InstanceStatus::ABNORMAL => {
            return vec![warning("Failed", (*status_reason).to_owned(), step)];
        }
        InstanceStatus::QUEUED if step.from.has_container() => {
            return vec![warning("Preempted", (*status_reason).to_owned(), step)];
        }
        InstanceStatus::STOPPING if step.reason.is_some() => {
            normal.insert(0, ("IdleStop", (*status_reason).to_owned()));
        }
        _ => {}
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

    fn reasons(from: InstanceStatus, to: InstanceStatus) -> Vec<String> {
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
            reasons(InstanceStatus::CREATING, InstanceStatus::CREATING),
            ["SuccessfulCreate"]
        );
        assert_eq!(
            reasons(InstanceStatus::QUEUED, InstanceStatus::DEPLOYING),
            ["Scheduled", "Pulling"]
        );
        assert_eq!(
            reasons(InstanceStatus::DEPLOYING, InstanceStatus::RUNNING),
            ["Pulled", "Created", "Started"]
        );
    }

    #[test]
    fn only_a_container_that_is_there_is_killed() {
        assert_eq!(
            reasons(InstanceStatus::RUNNING, InstanceStatus::STOPPING),
            ["Killing"]
        );
        assert_eq!(
            reasons(InstanceStatus::STOPPED, InstanceStatus::DELETING),
            [""; 0]
        );
        assert_eq!(
            reasons(InstanceStatus::RUNNING, InstanceStatus::DEPLOYING),
            ["Killing", "Scheduled", "Pulling"]
        );
    }

    #[test]
    fn a_failure_is_a_warning() {
        assert_eq!(
            reasons(InstanceStatus::DEPLOYING, InstanceStatus::FAILED),
            ["Failed"]
        );
        assert_eq!(
            reasons(InstanceStatus::RUNNING, InstanceStatus::QUEUED),
            ["Preempted"]
        );
    }
}
