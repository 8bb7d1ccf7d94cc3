//! Tests of the memory that reading the response to each operation takes. The bodies are designed
//! to take up memory.

use bce_testing::{ANYWHERE, DETAIL, EVENTS, HostileBody, INSTANCES};
use bytes::Bytes;

use crate::calls::{Call, Limit};
use crate::{bound, look, read};

/// The length of the bodies in bytes. It is so large that, with `Limit::Near`, the clock is checked
/// while a body of this length is read.
const LENGTH: usize = if cfg!(debug_assertions) {
    264 << 10
} else {
    16 << 20
};

/// Some tests use only a part of the kinds of bodies, such as every `STEP`-th. In an optimized
/// build, they use all kinds.
const STEP: usize = if cfg!(debug_assertions) { 6 } else { 1 };

const STATUSES: [u16; 2] = [200, 400];

/// Checks the peak memory of reading a body of this kind as the response to each call, with each
/// status and both time limits.
fn check(kind: &HostileBody, calls: &[Call], statuses: &[u16]) {
    let body = Bytes::from(kind.of_length(LENGTH));
    for call in calls {
        for status in statuses {
            for limit in [Limit::Far, Limit::Near] {
                let reading = read(*call, limit, *status, &body);
                assert!(
                    reading.peak <= bound(body.len()),
                    "{kind:?} as {status} to {call:?} ({limit:?}): {} MiB",
                    reading.peak >> 20
                );
            }
        }
    }
}

#[test]
fn whatever_answers_any_operation_is_bounded() {
    for kind in ANYWHERE {
        check(kind, &[Call::Stop, Call::List], &STATUSES);
    }
}

#[test]
fn what_the_other_operations_read_is_bounded() {
    let others: Vec<Call> = (Call::ALL.into_iter())
        .filter(|call| ![Call::Stop, Call::List].contains(call))
        .collect();
    // The members that are read are the same for all, so one kind of status is enough.
    for kind in ANYWHERE.iter().step_by(STEP) {
        check(kind, &others, &STATUSES[..1]);
    }
}

#[test]
fn lists_and_descriptions_are_bounded() {
    for kind in INSTANCES {
        check(kind, &[Call::List], &STATUSES[..1]);
    }
    for kind in EVENTS {
        check(kind, &[Call::Events], &STATUSES[..1]);
    }
    for kind in DETAIL {
        check(kind, &[Call::Detail], &STATUSES[..1]);
    }
}

#[test]
fn a_look_at_what_became_of_a_change_is_bounded() {
    for kind in DETAIL.iter().chain(ANYWHERE).step_by(STEP / 2 + 1) {
        let body = Bytes::from(kind.of_length(LENGTH));
        let reading = look(&body);
        assert!(reading.outcome.is_err(), "{kind:?}");
        assert!(
            reading.peak <= bound(body.len()),
            "{kind:?}: {} MiB",
            reading.peak >> 20
        );
    }
    let settled = look(&Bytes::from_static(
        br#"{"requestId":"r","devInstance":{"id":"dv-1","status":4}}"#,
    ));
    assert!(settled.outcome.is_ok(), "{:?}", settled.outcome);
}

#[test]
fn what_takes_too_much_is_an_error_that_says_so_and_where() {
    let cases = [
        (&INSTANCES[0], Call::List, "devInstances["),
        (&EVENTS[0], Call::Events, "events["),
        (&DETAIL[0], Call::Detail, "devInstance.conf.volumnConfs["),
    ];
    for (kind, call, place) in cases {
        // For a longer one the error contains the line and the column.
        let body = Bytes::from(kind.of_length(264 << 10));
        let error = read(call, Limit::Far, 200, &body).outcome.unwrap_err();
        let text = error.to_string();
        let told = "more elements than fit into 8 times the size of the body and 16 MiB of memory";
        assert!(text.contains(told) && text.contains(place), "{text}");
        assert!(text.contains("ask for fewer at a time"), "{text}");
        assert_eq!(error.kind(), aihc_dev::ErrorKind::Decode);
        // With little time, the error contains the line and the column.
        let error = read(call, Limit::Near, 200, &body).outcome.unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(told) && text.contains("at line 1 column"),
            "{text}"
        );
    }
}

#[test]
fn a_long_list_of_ordinary_instances_is_read() {
    let mut body = br#"{"requestId":"r","devInstances":["#.to_vec();
    let instance = br#"{"accountId":"eca97e148cb74e9683d7b7240829d1ff","createdAt":1747876700,
        "creator":"owner","creatorId":"eca97e148cb74e9683d7b7240829d1ff","id":"dv-00000000",
        "imageUrl":"registry.baidubce.com/inference/aibox-ubuntu:v2.0","name":"an \"instance\"",
        "resources":{"cpus":1},"status":3,"updatedAt":1747876790},"#;
    while body.len() + instance.len() < LENGTH {
        body.extend_from_slice(instance);
    }
    body.extend_from_slice(b"{}]}");
    let body = Bytes::from(body);
    for limit in [Limit::Far, Limit::Near] {
        let reading = read(Call::List, limit, 200, &body);
        assert!(reading.outcome.is_ok(), "{:?}", reading.outcome);
        assert!(reading.peak <= bound(body.len()));
    }
}
