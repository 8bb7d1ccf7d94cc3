//! Tests of the states of a dev instance and of the transitions between them, at given times.

use time::macros::datetime;

use super::*;

const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);
const DAY: Duration = Duration::from_secs(86_400);

fn pace() -> Pace {
    Pace::usual()
}

fn at(seconds: u64) -> OffsetDateTime {
    START + Duration::from_secs(seconds)
}

fn in_state(status: InstanceStatus) -> Lifecycle {
    let mut instance = Lifecycle::create(START, &pace());
    instance.enter(status, START, &pace());
    instance
}

/// Carries out all transitions that are due by `now`. Returns the code of the new state and the
/// seconds since `START` for each of them.
fn moves(instance: &mut Lifecycle, now: OffsetDateTime) -> Vec<(i64, i64)> {
    std::iter::from_fn(|| instance.step(now, &pace()))
        .map(|step| (step.to.code(), (step.at - START).whole_seconds()))
        .collect()
}

/// Returns the codes of the documented states in which `act` is accepted.
fn accepting<T>(act: impl Fn(&mut Lifecycle) -> Result<T, ApiError>) -> Vec<i64> {
    let accepts = |status: &InstanceStatus| match act(&mut in_state(*status)) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code, "Forbidden");
            assert!(error.message.contains(&format!("state {} ", status.code())));
            false
        }
    };
    InstanceStatus::DOCUMENTED
        .iter()
        .copied()
        .filter(accepts)
        .map(InstanceStatus::code)
        .collect()
}

#[test]
fn a_new_instance_is_created_queued_deployed_and_runs() {
    let mut instance = Lifecycle::create(START, &pace());
    assert_eq!(moves(&mut instance, at(7)), [(1, 1), (2, 3)]);
    assert_eq!(instance.due(&pace()), Some(at(8)));
    assert_eq!(moves(&mut instance, at(8)), [(3, 8)]);
    assert_eq!(moves(&mut instance, START + DAY), []);
    assert_eq!(instance.due(&pace()), None);
}

#[test]
fn missed_moves_happen_at_the_instants_at_which_they_were_due() {
    let mut instance = Lifecycle::create(START, &pace());
    assert_eq!(moves(&mut instance, START + DAY), [(1, 1), (2, 3), (3, 8)]);
}

#[test]
fn a_clock_that_goes_back_moves_nothing() {
    let mut instance = Lifecycle::create(START, &pace());
    assert_eq!(moves(&mut instance, START - DAY), []);
    assert_eq!(instance.status(), InstanceStatus::CREATING);
}

#[test]
fn each_operation_is_accepted_in_its_documented_states_only() {
    let pace = pace();
    assert_eq!(accepting(|m| m.start(START, &pace)), [5, 18]);
    assert_eq!(
        accepting(|m| m.stop(START, &pace)),
        [0, 1, 2, 3, 4, 6, 7, 10]
    );
    let delete = accepting(|m| m.delete(START, &pace));
    assert_eq!(delete, [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 18, 19]);
    assert_eq!(accepting(|m| m.pack(START, &pace)), [3]);
    assert_eq!(accepting(|m| m.arm(3600, START, &pace)), [3]);
    assert_eq!(accepting(Lifecycle::disarm), [3]);
    assert_eq!(
        accepting(|m| m.modify(START, &pace)),
        [0, 1, 2, 3, 5, 6, 7, 18, 19]
    );
}

#[test]
fn start_stop_and_delete_run_their_course() {
    let mut instance = in_state(InstanceStatus::STOPPED);
    instance.start(START, &pace()).unwrap();
    assert_eq!(moves(&mut instance, START + DAY), [(2, 1), (3, 6)]);
    instance.stop(at(10), &pace()).unwrap();
    assert_eq!(moves(&mut instance, START + DAY), [(5, 13)]);
    instance.delete(at(20), &pace()).unwrap();
    assert_eq!(moves(&mut instance, START + DAY), [(20, 23)]);
    assert_eq!(instance.due(&pace()), Some(at(623)));
}

#[test]
fn repeating_stop_or_delete_does_not_begin_anew() {
    let mut instance = in_state(InstanceStatus::RUNNING);
    instance.stop(START, &pace()).unwrap();
    assert_eq!(instance.stop(at(2), &pace()).unwrap(), None);
    assert_eq!(instance.due(&pace()), Some(at(3)));
    instance.delete(at(2), &pace()).unwrap();
    assert_eq!(instance.delete(at(4), &pace()).unwrap(), None);
    assert_eq!(instance.due(&pace()), Some(at(5)));
}

#[test]
fn packing_ends_in_running_and_can_end_early() {
    let mut instance = in_state(InstanceStatus::RUNNING);
    instance.pack(START, &pace()).unwrap();
    assert_eq!(moves(&mut instance, START + DAY), [(3, 8)]);
    instance.pack(at(10), &pace()).unwrap();
    instance.unpack(at(11), &pace()).unwrap();
    assert_eq!(instance.status(), InstanceStatus::RUNNING);
    assert_eq!(instance.unpack(at(11), &pace()), None);
}

#[test]
fn only_a_running_instance_is_rebuilt() {
    let mut instance = in_state(InstanceStatus::RUNNING);
    instance.modify(START, &pace()).unwrap().unwrap();
    assert_eq!(moves(&mut instance, START + DAY), [(3, 5)]);
    let mut instance = in_state(InstanceStatus::STOPPED);
    assert_eq!(instance.modify(START, &pace()).unwrap(), None);
    assert_eq!(instance.status(), InstanceStatus::STOPPED);
}

#[test]
fn a_timed_stop_stops_the_instance_once() {
    let mut instance = in_state(InstanceStatus::RUNNING);
    instance.arm(3600, START, &pace()).unwrap();
    assert_eq!(instance.due(&pace()), Some(at(3600)));
    assert_eq!(moves(&mut instance, at(3599)), []);
    assert_eq!(moves(&mut instance, START + DAY), [(4, 3600), (5, 3603)]);
    assert_eq!(instance.timed_stop(), None);
}

#[test]
fn arming_again_replaces_the_timer_and_disarming_removes_it() {
    let mut instance = in_state(InstanceStatus::RUNNING);
    instance.arm(3600, START, &pace()).unwrap();
    instance.arm(7200, at(100), &pace()).unwrap();
    assert_eq!(instance.due(&pace()), Some(at(7300)));
    instance.disarm().unwrap();
    assert_eq!(instance.due(&pace()), None);
}

#[test]
fn a_timer_that_falls_due_while_packing_waits_for_the_end_of_it() {
    let mut instance = in_state(InstanceStatus::RUNNING);
    instance.arm(3600, START, &pace()).unwrap();
    instance.pack(at(3598), &pace()).unwrap();
    assert_eq!(
        moves(&mut instance, at(4000)),
        [(3, 3606), (4, 3606), (5, 3609)]
    );
}

#[test]
fn stopping_by_hand_takes_the_timer_away() {
    let mut instance = in_state(InstanceStatus::RUNNING);
    instance.arm(3600, START, &pace()).unwrap();
    instance.stop(at(1), &pace()).unwrap();
    assert_eq!(instance.timed_stop(), None);
}

#[test]
fn an_instance_without_a_place_queues_until_it_is_admitted() {
    let mut instance = in_state(InstanceStatus::STOPPED);
    instance.start(START, &pace()).unwrap();
    assert!(!instance.wants_place(START, &pace()));
    assert!(instance.wants_place(at(1), &pace()));
    assert_eq!(
        instance.wait(at(1), &pace()).map(|step| step.to),
        Some(InstanceStatus::QUEUED)
    );
    assert_eq!(moves(&mut instance, START + DAY), []);
    assert_eq!(instance.wait(at(2), &pace()), None);
    instance.admit(at(100), false, &pace());
    assert!(!instance.is_waiting());
    assert_eq!(moves(&mut instance, START + DAY), [(3, 105)]);
}

#[test]
fn a_doomed_deployment_fails_at_its_end() {
    let mut instance = in_state(InstanceStatus::QUEUED);
    instance.admit(at(2), true, &pace());
    assert_eq!(moves(&mut instance, START + DAY), [(18, 7)]);
}

#[test]
fn an_idle_instance_stops_unless_its_timer_comes_first() {
    let mut idle = pace();
    idle.scenario.idle_stop = Some(Duration::from_secs(5000));
    let mut instance = in_state(InstanceStatus::RUNNING);
    assert_eq!(instance.due(&idle), Some(at(5000)));
    instance.arm(3600, START, &idle).unwrap();
    assert_eq!(instance.due(&idle), Some(at(3600)));
}

#[test]
fn a_pause_postpones_what_is_still_to_come() {
    let mut instance = Lifecycle::create(START, &pace());
    instance.postpone(time::Duration::hours(1));
    assert_eq!(instance.due(&pace()), Some(at(3601)));
    let mut instance = in_state(InstanceStatus::RUNNING);
    instance.arm(3600, START, &pace()).unwrap();
    instance.postpone(time::Duration::hours(1));
    assert_eq!(instance.due(&pace()), Some(at(7200)));
    let timer = instance.timed_stop().unwrap();
    assert_eq!(timer.armed_at, START);
}

#[test]
fn deleted_instances_cannot_fail() {
    let mut instance = in_state(InstanceStatus::DELETED);
    assert_eq!(instance.fail(InstanceStatus::FAILED, START, &pace()), None);
    let mut instance = in_state(InstanceStatus::DEPLOYING);
    assert!(
        instance
            .fail(InstanceStatus::ABNORMAL, START, &pace())
            .is_some()
    );
    assert_eq!(moves(&mut instance, START + DAY), []);
}
