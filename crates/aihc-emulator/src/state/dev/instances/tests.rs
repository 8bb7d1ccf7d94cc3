//! Tests of the transitions of dev instances over time, of scenarios, and of the removal of
//! instances.

use std::time::Duration;

use serde_json::json;
use time::macros::datetime;

use super::*;
use crate::delays::Delays;
use crate::scenario::Scenario;
use crate::state::{ImagePackJobStatus, ImageTarget};

const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);

fn at(seconds: u64) -> OffsetDateTime {
    START + Duration::from_secs(seconds)
}

fn empty(scenario: Scenario) -> Instances {
    let pace = Pace::new(Delays::default(), scenario, 1.0);
    Instances::new(pace, Some(1))
}

fn one_instance() -> (Instances, String) {
    let mut instances = empty(Scenario::default());
    let id = create(&mut instances, "dev", "high");
    (instances, id)
}

fn create(instances: &mut Instances, name: &str, priority: &str) -> String {
    let settings = InstanceSettings {
        conf: json!({
            "image": {"imageUrl": "ubuntu"}, "scheduleConf": {"priority": priority},
            "resourcePool": {"resourcePoolId": "cce-1", "queueName": "default"},
        }),
        visible_scope: json!(null),
        notify: json!(null),
        is_public_mgmt: false,
        creator: "owner".into(),
        creator_id: "1".into(),
    };
    instances.create(name, Principal::User("user".into()), settings, START)
}

fn status(instances: &Instances, id: &str) -> Option<i64> {
    instances
        .get(id)
        .ok()
        .map(|instance| instance.status().code())
}

#[test]
fn instances_move_when_somebody_looks() {
    let (mut instances, id) = one_instance();
    assert_eq!(status(&instances, &id), Some(0));
    instances.advance(at(8));
    assert_eq!(status(&instances, &id), Some(3));
    assert_eq!(instances.get(&id).unwrap().updated_at, at(8));
}

#[test]
fn a_deleted_instance_is_seen_for_a_while_and_then_forgotten() {
    let (mut instances, id) = one_instance();
    instances
        .change(&id, START, |instance, pace| instance.delete(START, pace))
        .unwrap();
    instances.advance(at(602));
    assert_eq!(status(&instances, &id), Some(20));
    instances.advance(at(603));
    assert_eq!(status(&instances, &id), None);
    assert_eq!(instances.iter().count(), 0);
    assert!(instances.due.is_empty());
}

#[test]
fn an_entry_that_is_out_of_date_changes_nothing() {
    let (mut instances, id) = one_instance();
    instances.advance(at(8));
    for second in 9..20 {
        instances
            .change(&id, at(second), |instance, pace| {
                instance.arm_timed_stop(3600, at(second), pace)
            })
            .unwrap();
    }
    instances.advance(at(3600 + 18));
    assert_eq!(status(&instances, &id), Some(3));
    instances.advance(at(3600 + 19));
    assert_eq!(status(&instances, &id), Some(4));
}

#[test]
fn stopping_interrupts_an_image_pack_job() {
    let (mut instances, id) = one_instance();
    instances.advance(at(8));
    let target = ImageTarget {
        image_name: "torch".into(),
        image_tag: "1".into(),
        registry: "ccr.example".into(),
        namespace: "team".into(),
    };
    instances.pack(&id, target, at(10)).unwrap();
    instances
        .change(&id, at(12), |instance, pace| instance.stop(at(12), pace))
        .unwrap();
    instances.advance(at(60));
    let instance = instances.get(&id).unwrap();
    assert_eq!(instance.status(), InstanceStatus::STOPPED);
    assert_eq!(
        instance.jobs().next().unwrap().status_at(at(60)),
        (ImagePackJobStatus::FAILED, at(12))
    );
}

fn codes(instances: &Instances) -> Vec<i64> {
    instances
        .iter()
        .map(|instance| instance.status().code())
        .collect()
}

#[test]
fn a_full_pool_makes_instances_wait_until_one_leaves() {
    let mut instances = empty(Scenario {
        capacity: Some(1),
        ..Scenario::default()
    });
    let first = create(&mut instances, "a", "high");
    create(&mut instances, "b", "normal");
    create(&mut instances, "c", "high");
    instances.advance(at(3600));
    assert_eq!(codes(&instances), [3, 1, 1]);
    instances
        .change(&first, at(3600), |instance, pace| {
            instance.stop(at(3600), pace)
        })
        .unwrap();
    // The instance with the higher priority is deployed first, at the instant at which the place
    // became free.
    assert_eq!(codes(&instances), [4, 1, 2]);
    instances.advance(at(3605));
    assert_eq!(codes(&instances), [5, 1, 3]);
    instances
        .change(&first, at(3605), |instance, pace| {
            instance.start(at(3605), pace)
        })
        .unwrap();
    instances.advance(at(7200));
    assert_eq!(codes(&instances), [1, 1, 3]);
}

#[test]
fn more_capacity_lets_those_in_who_wait() {
    let mut instances = empty(Scenario {
        capacity: Some(0),
        ..Scenario::default()
    });
    create(&mut instances, "a", "high");
    create(&mut instances, "b", "high");
    instances.advance(at(60));
    assert_eq!(codes(&instances), [1, 1]);
    let pace = Pace::new(Delays::default(), Scenario::default(), 1.0);
    set_pace(&mut instances, pace, at(60));
    assert_eq!(codes(&instances), [2, 2]);
}

fn set_pace(instances: &mut Instances, pace: Pace, now: OffsetDateTime) {
    instances.set_pace(pace);
    let mut next = Some(0);
    while let Some(from) = next {
        next = instances.follow(from, now);
    }
}

fn lagging(seconds: u64) -> Scenario {
    Scenario {
        read_after_write: Duration::from_secs(seconds),
        ..Scenario::default()
    }
}

#[test]
fn a_waiting_instance_that_is_stopped_or_deleted_waits_no_more() {
    let mut instances = empty(Scenario {
        capacity: Some(1),
        ..Scenario::default()
    });
    let ids = ["a", "b", "c", "d"].map(|name| create(&mut instances, name, "high"));
    instances.advance(at(60));
    assert_eq!(codes(&instances), [3, 1, 1, 1]);
    let stop = |instances: &mut Instances, id: &str| {
        instances
            .change(id, at(60), |instance, pace| instance.stop(at(60), pace))
            .unwrap();
    };
    stop(&mut instances, &ids[1]);
    instances
        .change(&ids[2], at(60), |instance, pace| {
            instance.delete(at(60), pace)
        })
        .unwrap();
    stop(&mut instances, &ids[0]);
    assert_eq!(codes(&instances), [4, 4, 11, 2]);
}

#[test]
fn high_priority_takes_the_place_of_a_lower_one() {
    let mut instances = empty(Scenario {
        capacity: Some(1),
        preemption: true,
        ..Scenario::default()
    });
    let low = create(&mut instances, "low", "low");
    instances.advance(at(10));
    assert_eq!(codes(&instances), [3]);
    create(&mut instances, "normal", "normal");
    create(&mut instances, "high", "high");
    instances.advance(at(3));
    assert_eq!(codes(&instances), [1, 1, 2]);
    let evicted = instances.get(&low).unwrap();
    assert!(evicted.status_reason.contains("preempted"));
    instances.advance(at(3600));
    assert_eq!(codes(&instances), [1, 1, 3]);
}

#[test]
fn what_has_no_room_even_after_a_preemption_waits() {
    let scenario = |capacity| Scenario {
        capacity: Some(capacity),
        preemption: true,
        ..Scenario::default()
    };
    let mut instances = empty(scenario(2));
    let low = ["a", "b"].map(|name| create(&mut instances, name, "low"));
    instances.advance(at(60));
    let pace = Pace::new(Delays::default(), scenario(1), 1.0);
    set_pace(&mut instances, pace, at(60));
    create(&mut instances, "high", "high");
    instances.advance(at(120));
    assert_eq!(codes(&instances), [3, 1, 1]);
    instances
        .change(&low[0], at(120), |instance, pace| {
            instance.stop(at(120), pace)
        })
        .unwrap();
    instances.advance(at(3600));
    assert_eq!(codes(&instances)[1..], [1, 3]);
}

#[test]
fn a_seed_decides_which_deployments_fail() {
    let run = || {
        let mut instances = empty(Scenario {
            deployment_failure: 0.5,
            ..Scenario::default()
        });
        for number in 0..20 {
            create(&mut instances, &number.to_string(), "high");
        }
        instances.advance(at(60));
        instances
    };
    let instances = run();
    let failed = codes(&instances).iter().filter(|code| **code == 18).count();
    assert!((1..20).contains(&failed), "{failed}");
    assert_eq!(codes(&instances), codes(&run()));
    let ids = |instances: &Instances| -> Vec<String> {
        instances
            .iter()
            .map(|instance| instance.id.clone())
            .collect()
    };
    assert_eq!(ids(&instances), ids(&run()));
    let broken = instances
        .iter()
        .find(|one| one.status() == InstanceStatus::FAILED);
    assert_eq!(broken.unwrap().status_reason, "the deployment failed");
}

#[test]
fn an_idle_instance_is_stopped_and_says_why() {
    let mut instances = empty(Scenario {
        idle_stop: Some(Duration::from_secs(600)),
        ..Scenario::default()
    });
    let id = create(&mut instances, "a", "high");
    instances.advance(at(607));
    assert_eq!(codes(&instances), [3]);
    instances.advance(at(608));
    assert_eq!(codes(&instances), [4]);
    let instance = instances.get(&id).unwrap();
    assert!(instance.status_reason.contains("idle"));
    assert!(instance.events().any(|event| event.reason == "IdleStop"));
}

#[test]
fn reads_lag_behind_writes_and_writes_do_not() {
    let mut instances = empty(lagging(5));
    let id = create(&mut instances, "a", "high");
    let shown =
        |instances: &Instances| instances.get(&id).unwrap().shown().map(|s| s.status.code());
    let listed = |instances: &mut Instances| {
        let window = Window {
            skip: 0,
            size: 10,
            ascending: true,
        };
        instances.page(&Filter::default(), window).1
    };
    assert!(instances.read(&id).is_err());
    assert_eq!((shown(&instances), listed(&mut instances)), (None, 0));
    instances.advance(at(5));
    assert_eq!((shown(&instances), listed(&mut instances)), (Some(2), 1));
    instances.advance(at(20));
    let stop = |instances: &mut Instances, second| {
        instances.change(&id, at(second), |one, pace| one.stop(at(second), pace))
    };
    stop(&mut instances, 20).unwrap();
    instances.advance(at(24));
    assert_eq!(shown(&instances), Some(3));
    // The instance is already stopped, whatever reads still show.
    assert!(stop(&mut instances, 24).is_err());
    instances.advance(at(25));
    assert_eq!(shown(&instances), Some(5));
}

/// Returns the delay in seconds of the timer that stops the instance, as read requests see it;
/// `None` if there is no timer.
fn shown_timer(instances: &Instances, id: &str) -> Option<u32> {
    let (_, shown) = instances.read(id).unwrap();
    shown.timed_stop.map(|timer| timer.delay_seconds)
}

fn arm(instances: &mut Instances, id: &str, delay: u32, second: u64) {
    let arm = |one: &mut Instance, pace: &Pace| one.arm_timed_stop(delay, at(second), pace);
    instances.advance(at(second));
    instances.change(id, at(second), arm).unwrap();
}

#[test]
fn each_write_is_seen_by_its_own_time_however_many_follow() {
    let mut instances = empty(lagging(5));
    let id = create(&mut instances, "a", "high");
    // There is a write every second.
    for second in 20..40 {
        arm(
            &mut instances,
            &id,
            3600 + u32::try_from(second).unwrap(),
            second,
        );
        let seen = u32::try_from(second - 5).ok().filter(|seen| *seen >= 20);
        assert_eq!(
            shown_timer(&instances, &id),
            seen.map(|seen| 3600 + seen),
            "{second}"
        );
    }
    instances.advance(at(44));
    assert_eq!(shown_timer(&instances, &id), Some(3639));
    assert!(!instances.get(&id).unwrap().lags());
}

#[test]
fn writes_that_wait_to_be_seen_are_bounded() {
    let mut instances = empty(lagging(3600));
    let id = create(&mut instances, "a", "high");
    instances.advance(at(3600));
    for second in 3600..3700 {
        arm(&mut instances, &id, u32::try_from(second).unwrap(), second);
    }
    let text = serde_json::to_value(instances.get(&id).unwrap()).unwrap();
    assert_eq!(text["lag"].as_array().unwrap().len(), 16);
    assert_eq!(shown_timer(&instances, &id), Some(3683));
}

#[test]
fn a_write_that_changes_nothing_hides_nothing() {
    let mut instances = empty(lagging(5));
    let id = create(&mut instances, "a", "high");
    let stop = |instances: &mut Instances, second| {
        instances.advance(at(second));
        instances
            .change(&id, at(second), |one, pace| one.stop(at(second), pace))
            .unwrap();
    };
    stop(&mut instances, 20);
    stop(&mut instances, 22);
    let shown = |instances: &Instances| instances.read(&id).unwrap().1.status.code();
    assert_eq!(shown(&instances), 3);
    instances.advance(at(25));
    assert_eq!(shown(&instances), 5);
}

#[test]
fn a_lag_that_ends_or_becomes_shorter_keeps_nothing_back() {
    let mut instances = empty(lagging(600));
    let id = create(&mut instances, "a", "high");
    instances.advance(at(600));
    arm(&mut instances, &id, 3601, 600);
    set_pace(
        &mut instances,
        Pace::new(Delays::default(), lagging(5), 1.0),
        at(601),
    );
    arm(&mut instances, &id, 3602, 601);
    instances.advance(at(605));
    assert_eq!(shown_timer(&instances, &id), None);
    instances.advance(at(606));
    assert_eq!(shown_timer(&instances, &id), Some(3602));
    arm(&mut instances, &id, 3603, 610);
    assert_eq!(shown_timer(&instances, &id), Some(3602));
    set_pace(&mut instances, Pace::usual(), at(611));
    assert_eq!(shown_timer(&instances, &id), Some(3603));
}

#[test]
fn events_and_image_pack_jobs_lag_too() {
    let mut instances = empty(lagging(5));
    let id = create(&mut instances, "a", "high");
    instances.advance(at(20));
    let events = |instances: &Instances| {
        let (instance, shown) = instances.read(&id).unwrap();
        let mut reasons = instance
            .shown_events(shown)
            .map(|event| event.reason.to_string());
        reasons.next_back().unwrap_or_default()
    };
    assert_eq!(events(&instances), "Started");
    let target = ImageTarget {
        image_name: "torch".into(),
        image_tag: "1".into(),
        registry: "ccr.example".into(),
        namespace: "team".into(),
    };
    let job_id = instances.pack(&id, target, at(20)).unwrap();
    let job = |instances: &Instances, second| {
        let (instance, shown) = instances.read(&id).unwrap();
        let job = instance.shown_job(&job_id, shown, at(second));
        job.map(|(_, status, _)| status)
    };
    assert_eq!(
        (events(&instances), job(&instances, 24)),
        ("Started".into(), None)
    );
    instances.advance(at(25));
    assert_eq!(
        (events(&instances), job(&instances, 25)),
        ("ImagePacking".into(), Some(3))
    );
    // The stop, which reads do not show yet, makes the job fail.
    instances
        .change(&id, at(25), |one, pace| one.stop(at(25), pace))
        .unwrap();
    instances.advance(at(29));
    assert_eq!(
        (events(&instances), job(&instances, 29)),
        ("ImagePacking".into(), Some(3))
    );
    instances.advance(at(30));
    assert_eq!(
        (events(&instances), job(&instances, 30)),
        ("Killing".into(), Some(30))
    );
}

#[test]
fn much_that_is_due_is_done_in_chunks() {
    let mut instances = empty(Scenario::default());
    for number in 0..2500 {
        create(&mut instances, &number.to_string(), "high");
    }
    let running =
        |instances: &Instances| codes(instances).iter().filter(|code| **code == 3).count();
    let mut rounds = 0;
    while !instances.advance(at(60)) {
        rounds += 1;
        assert!(rounds <= 8, "{rounds}");
    }
    // There are three transitions for each instance.
    assert!((7..=8).contains(&rounds), "{rounds}");
    assert_eq!(running(&instances), 2500);
    assert!(instances.advance(at(60)));
}

#[test]
fn a_new_pace_reaches_instances_in_chunks() {
    let mut instances = empty(Scenario {
        capacity: Some(0),
        ..Scenario::default()
    });
    for number in 0..2500 {
        create(&mut instances, &number.to_string(), "high");
    }
    while !instances.advance(at(60)) {}
    instances.set_pace(Pace::usual());
    let deployed =
        |instances: &Instances| codes(instances).iter().filter(|code| **code == 2).count();
    assert_eq!(instances.follow(0, at(60)), Some(1000));
    assert_eq!(deployed(&instances), 1000);
    assert_eq!(instances.follow(1000, at(60)), Some(2000));
    assert_eq!(instances.follow(2000, at(60)), Some(2500));
    assert_eq!(deployed(&instances), 2500);
    assert_eq!(instances.follow(2500, at(60)), None);
}

#[test]
fn what_was_read_stays_as_it_was() {
    let (mut instances, id) = one_instance();
    let read = instances.all();
    instances
        .change(&id, at(1), |one, pace| one.delete(at(1), pace))
        .unwrap();
    assert_eq!(read[0].status().code(), 0);
    assert_eq!(codes(&instances), [11]);
}

#[test]
fn ids_are_given_once_also_after_a_restore_with_the_same_seed() {
    let pack = |instances: &mut Instances, id: &str, second| {
        let target = ImageTarget {
            image_name: "torch".into(),
            image_tag: "1".into(),
            registry: "ccr.example".into(),
            namespace: "team".into(),
        };
        instances.advance(at(second));
        instances.pack(id, target, at(second)).unwrap()
    };
    let ids = |instances: &mut Instances| {
        let id = create(instances, "a", "high");
        while !instances.advance(at(60)) {}
        let service = instances.get(&id).unwrap().service_id.clone();
        let job = pack(instances, &id, 60);
        (id, service, job)
    };
    let mut first = empty(Scenario::default());
    let (id, service, job) = ids(&mut first);
    let copies = first.all().iter().map(|one| Instance::clone(one)).collect();
    // The same seed starts the same sequence.
    let mut second = empty(Scenario::default());
    second.replace(Instances::restored(
        copies,
        at(60),
        at(60),
        Pace::usual(),
        Board::default(),
    ));
    let (other_id, other_service, other_job) = ids(&mut second);
    assert_ne!(other_id, id);
    assert_ne!(other_service, service);
    assert_ne!(other_job, job);
    assert_ne!(pack(&mut second, &id, 120), job);
}

#[test]
fn a_restored_instance_keeps_its_stamps_and_what_was_to_come() {
    let (mut instances, id) = one_instance();
    instances.advance(at(8));
    instances
        .change(&id, at(8), |one, pace| {
            one.arm_timed_stop(3600, at(8), pace)
        })
        .unwrap();
    let text = serde_json::to_string(instances.get(&id).unwrap()).unwrap();
    instances
        .change(&id, at(9), |one, pace| one.delete(at(9), pace))
        .unwrap();
    let day = 86_400;
    let copy = serde_json::from_str(&text).unwrap();
    let restored =
        Instances::restored(vec![copy], at(10), at(day), Pace::usual(), Board::default());
    instances.replace(restored);
    let instance = instances.get(&id).unwrap();
    assert_eq!((instance.status().code(), instance.created_at), (3, START));
    assert_eq!(instance.events().count(), 6);
    instances.advance(at(day + 3597));
    assert_eq!(codes(&instances), [3]);
    instances.advance(at(day + 3598));
    assert_eq!(codes(&instances), [4]);
}

#[test]
fn only_the_last_events_of_an_instance_are_kept() {
    let (mut instances, id) = one_instance();
    instances.advance(at(8));
    for second in 9..400 {
        let now = at(second * 20);
        instances.advance(now);
        instances
            .change(&id, now, |one, pace| {
                one.stop(now, pace).or_else(|_| one.start(now, pace))
            })
            .unwrap();
    }
    assert_eq!(instances.get(&id).unwrap().events().count(), 1000);
    assert_eq!(instances.due.len(), 1);
}
