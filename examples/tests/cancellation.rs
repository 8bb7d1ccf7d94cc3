//! Ten thousand calls at once, many of them dropped half-way: nothing may stay behind.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use aihc_dev::Client;
use aihc_emulator::Emulator;
use bce_http::layer::InFlight;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

const CALLS: usize = 10_000;
const PLACES: usize = 64;
/// Nothing here takes this long; a leak would make it last for ever.
const PATIENCE: Duration = Duration::from_secs(60);

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Runs other tasks until the condition holds.
async fn until(what: &str, condition: impl Fn() -> bool) {
    let settled = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    let result = tokio::time::timeout(PATIENCE, settled).await;
    assert!(result.is_ok(), "{what}: {} tasks are alive", tasks());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_calls_leave_no_connection_no_place_and_no_task() {
    let emulator = Emulator::builder().start().await.unwrap();
    let before = tasks();
    let places = InFlight::new(PLACES);
    let client = Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(emulator.credentials().clone())
        .attempt_timeout(PATIENCE)
        .pool_idle_timeout(Duration::from_millis(200))
        .attempt_layer(places.clone())
        .build()
        .unwrap();

    let mut random = fastrand::Rng::with_seed(7);
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        let client = client.clone();
        // Half of them are dropped: before their turn, while they wait, or while they read.
        let patience = match random.bool() {
            true => PATIENCE,
            false => Duration::from_micros(random.u64(0..2_000_000)),
        };
        calls.spawn(async move {
            tokio::time::timeout(patience, client.list_dev_instances().into_future()).await
        });
    }
    let (mut answered, mut dropped) = (0, 0);
    while let Some(call) = calls.join_next().await {
        match call.unwrap() {
            Ok(result) => {
                result.unwrap();
                answered += 1;
            }
            Err(_) => dropped += 1,
        }
    }
    assert_eq!(answered + dropped, CALLS);
    assert!(
        answered >= CALLS / 3 && dropped >= CALLS / 100,
        "{answered} and {dropped}"
    );

    assert_eq!(places.free(), PLACES);
    // A connection is one task here and one in the emulator; the pool has one of its own.
    until("connections that nobody uses", || tasks() <= before + 1).await;
    drop(client);
    until("the pool of the dropped client", || tasks() == before).await;
    emulator.stop().await;
    until("the stopped emulator", || tasks() == 0).await;
}
