//! Tests of the life cycle of jobs, and of the resources they take.

use std::time::Duration;

use serde_json::Map;
use time::macros::datetime;

use super::*;
use crate::delays::Delays;
use crate::random::Stream;
use crate::scenario::Scenario;
use crate::state::resources::Resources;

const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);

fn at(seconds: u64) -> OffsetDateTime {
    START + Duration::from_secs(seconds)
}

fn settings(cards: f64, retries: u32) -> JobSettings {
    JobSettings {
        name: "train".into(),
        pool: "cce-emulator".into(),
        queue: "train".into(),
        priority: "normal".into(),
        roles: vec![Role {
            name: "worker".into(),
            replicas: 8,
            resources: vec![("baidu.com/a800_80g_cgpu".into(), cards)],
        }],
        members: Map::new(),
        retention: Some(Duration::from_secs(600)),
        retries,
    }
}

fn jobs() -> Jobs {
    let board = Board::new(&Resources::default().pools);
    Jobs::new(board, Random::new(Some(1), Stream::Jobs))
}

fn advance(jobs: &mut Jobs, now: OffsetDateTime, pace: &Pace) {
    while let Some(at) = jobs.next_due().filter(|at| *at <= now) {
        jobs.step_due(pace);
        while let Some((_, _, number)) = jobs.board.next_of(Kind::Job) {
            jobs.admit(number, at, pace);
        }
    }
}

fn create(jobs: &mut Jobs, settings: JobSettings) -> String {
    jobs.create(settings, Principal::User("u".into()), START, &Pace::usual())
}

fn status(jobs: &Jobs, id: &str) -> Option<JobStatus> {
    jobs.get(id).ok().map(Job::status)
}

#[test]
fn a_job_goes_its_way_and_is_forgotten_when_its_time_is_over() {
    let (mut jobs, pace) = (jobs(), Pace::usual());
    let id = create(&mut jobs, settings(8.0, 0));
    for (seconds, expected) in [
        (1, Some(JobStatus::Created)),
        (2, Some(JobStatus::Starting)),
        (7, Some(JobStatus::Running)),
        (67, Some(JobStatus::Succeeded)),
        (666, Some(JobStatus::Succeeded)),
        (667, None),
    ] {
        advance(&mut jobs, at(seconds), &pace);
        assert_eq!(status(&jobs, &id), expected, "{seconds}");
    }
    assert!(jobs.due.is_empty());
}

#[test]
fn a_job_without_room_waits_until_another_ends() {
    let (mut jobs, pace) = (jobs(), Pace::usual());
    let first = create(&mut jobs, settings(8.0, 0));
    let second = create(&mut jobs, settings(1.0, 0));
    advance(&mut jobs, at(10), &pace);
    assert_eq!(status(&jobs, &first), Some(JobStatus::Running));
    assert_eq!(status(&jobs, &second), Some(JobStatus::Created));
    assert!(
        jobs.get(&second)
            .unwrap()
            .reason
            .contains("baidu.com/a800_80g_cgpu")
    );
    advance(&mut jobs, at(67), &pace);
    assert_eq!(
        jobs.get(&second).unwrap().last(JobStatus::Starting),
        Some(at(67))
    );
    assert!(jobs.get(&second).unwrap().reason.is_empty());
}

#[test]
fn a_job_that_tolerates_faults_begins_again_and_one_that_does_not_fails() {
    let scenario = Scenario {
        job_failure: 1.0,
        ..Scenario::default()
    };
    let pace = Pace::new(Delays::default(), scenario, 1.0);
    let mut jobs = jobs();
    let frail = create(&mut jobs, settings(1.0, 0));
    let tough = create(&mut jobs, settings(1.0, 1));
    advance(&mut jobs, at(67), &pace);
    assert_eq!(status(&jobs, &frail), Some(JobStatus::Failed));
    assert_eq!(status(&jobs, &tough), Some(JobStatus::Abnormal));
    advance(&mut jobs, at(74), &pace);
    assert_eq!(status(&jobs, &tough), Some(JobStatus::Running));
    assert_eq!(jobs.get(&tough).unwrap().restarts, 1);
    advance(&mut jobs, at(134), &pace);
    assert_eq!(status(&jobs, &tough), Some(JobStatus::Failed));
}

#[test]
fn what_has_ended_cannot_be_stopped_and_what_is_queued_alone_changes_its_priority() {
    let (mut jobs, pace) = (jobs(), Pace::usual());
    let id = create(&mut jobs, settings(1.0, 0));
    jobs.set_priority(&id, "high", START, &pace).unwrap();
    advance(&mut jobs, at(10), &pace);
    assert_eq!(
        jobs.set_priority(&id, "low", at(10), &pace)
            .unwrap_err()
            .code,
        "Forbidden"
    );
    jobs.stop(&id, at(10), &pace).unwrap();
    assert_eq!(jobs.stop(&id, at(10), &pace).unwrap_err().code, "Forbidden");
    advance(&mut jobs, at(13), &pace);
    assert_eq!(status(&jobs, &id), Some(JobStatus::Stopped));
    assert_eq!(jobs.get(&id).unwrap().finished_at, Some(at(13)));
    jobs.delete(&id).unwrap();
    assert_eq!(jobs.delete(&id).unwrap_err().code, "NotFound");
}
