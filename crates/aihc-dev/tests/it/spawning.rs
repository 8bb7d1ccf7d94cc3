//! Tests that calls, lists and waits can be moved to other tasks and threads; the proof is that
//! this file compiles.

use aihc_dev::Client;

use crate::common::answered_with;

/// Compiles only if the future meets the bounds of `tokio::spawn` and `JoinSet::spawn`.
fn spawnable<F>(future: F)
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    drop(future);
}

fn moves_between_threads<T: Send + 'static>(_: T) {}

fn client() -> Client {
    answered_with("{}")
}

#[test]
fn a_call_runs_on_a_task_of_its_own() {
    let client = client();
    spawnable(client.stop_dev_instance("dv-1").send());
    spawnable(client.stop_dev_instance("dv-1").into_future());
    spawnable(async move { client.stop_dev_instance("dv-1").await });
}

#[test]
fn several_calls_at_once_run_on_a_task_of_their_own() {
    let client = client();
    spawnable(async move { client.stop_dev_instances(["dv-1", "dv-2"]).await });
}

#[test]
fn a_list_runs_on_a_task_and_moves_between_threads() {
    let client = client();
    moves_between_threads(client.list_dev_instances().items());
    moves_between_threads(client.list_dev_instances().pages());
    spawnable(client.list_dev_instances().items().collect_all());
    spawnable(async move {
        let mut items = client.list_dev_instances().items();
        while let Some(item) = items.try_next().await? {
            drop(item);
        }
        Ok::<_, aihc_dev::Error>(())
    });
}

#[test]
fn a_wait_runs_on_a_task_of_its_own() {
    let client = client();
    spawnable(client.wait_until_running("dv-1").into_future());
    spawnable(async move { client.wait_until_running("dv-1").await });
}
