//! Tests of waits after a change of an instance, while reads still show the state from before the
//! change.

use std::time::Duration;

use aihc_dev::{Client, DevInstanceChange, DevInstanceSettings, Secret, WaitErrorKind};
use aihc_emulator::{Emulator, Scenario};
use bce_testing::Script;
use tokio::time::Instant;

use super::{NO_EVENTS, SECOND, asked, instance, service, status};
use crate::common::{conf, emulated};

const CHANGED: Script = Script::Answer(200, r#"{"requestId":"r-1","devInstanceId":"dv-1"}"#);

/// Returns a scripted response that describes an instance with this state and this number of cores.
fn described(code: i64, cpus: i64) -> Script {
    let body = format!(
        r#"{{"devInstance":{{"id":"dv-1","name":"n","creator":"c","creatorId":"i","status":{code},
            "conf":{{"resourcePool":{{"queueName":"q"}},"resources":{{"cpus":{cpus},"memory":8}},
            "image":{{"imageType":0,"imageUrl":"u","password":""}},
            "volumnConfs":[{{"volumnType":"cds","mountPath":"/.rootfs"}}]}}}}}}"#
    );
    Script::Answer(200, body.leak())
}

/// Returns a scripted service, and a client that calls it. The first three responses are for
/// changing an instance with two cores: two descriptions, and the response to the update. The
/// responses after these are `reads`.
fn change_and_reads(
    reads: impl IntoIterator<Item = Script>,
) -> (bce_testing::Scripted<bce_http::Body>, Client) {
    let change = [described(3, 2), described(3, 2), CHANGED];
    service(change.into_iter().chain(reads))
}

async fn grow(client: &Client) -> Option<DevInstanceChange> {
    let more = |conf: &mut aihc_dev::model::DevInstanceConf| conf.resources.cpus = 8;
    client.change_dev_instance("dv-1", more).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn running_with_the_old_configuration_is_not_the_end() {
    let reads = [(3, 2), (3, 2), (2, 8), (3, 8)].map(|(code, cpus)| described(code, cpus));
    let (service, client) = change_and_reads(reads);
    let change = grow(&client).await.unwrap();
    assert_eq!(change.response().unwrap().request_id, "r-1");
    assert_eq!(
        change.members().collect::<Vec<_>>(),
        ["conf.resources.cpus"]
    );
    let detail = client
        .wait_until_running("dv-1")
        .after_change(&change)
        .await
        .unwrap();
    assert_eq!(detail.conf.unwrap().resources.cpus, 8);
    assert_eq!(service.requests().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn once_the_new_configuration_shows_the_state_counts_as_ever() {
    // Rebuilt before the first read.
    let (_, client) = change_and_reads([described(3, 8)]);
    let change = grow(&client).await;
    let started = Instant::now();
    let wait = client.wait_until_running("dv-1").after_change(&change);
    wait.await.unwrap();
    assert_eq!(started.elapsed(), Duration::ZERO);

    let reads = [(3, 2), (2, 8), (18, 8)].map(|(code, cpus)| described(code, cpus));
    let (_, client) = change_and_reads(reads.into_iter().chain([NO_EVENTS]));
    let change = grow(&client).await;
    let wait = client.wait_until_running("dv-1").after_change(&change);
    let error = wait.await.unwrap_err();
    assert_eq!(
        (error.kind(), error.state()),
        (WaitErrorKind::Failed, Some(&instance(18)))
    );
    assert!(error.elapsed() < 30 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn after_the_grace_running_counts_whatever_is_read() {
    let (_, client) = change_and_reads((0..20).map(|_| described(3, 2)));
    let change = grow(&client).await;
    let started = Instant::now();
    let wait = client.wait_until_running("dv-1").after_change(&change);
    wait.await.unwrap();
    let elapsed = started.elapsed();
    assert!(
        elapsed >= 30 * SECOND && elapsed < 45 * SECOND,
        "{elapsed:?}"
    );

    let (_, client) = change_and_reads([described(3, 2)]);
    let change = grow(&client).await;
    let wait = client.wait_until_running("dv-1").after_change(&change);
    wait.start_grace(Duration::ZERO).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_limit_before_that_says_what_was_waited_for() {
    let (_, client) = change_and_reads((0..20).map(|_| described(3, 2)));
    let change = grow(&client).await;
    let wait = client.wait_until_running("dv-1").after_change(&change);
    let error = wait.timeout(10 * SECOND).await.unwrap_err();
    assert!(error.is_timeout());
    let text = error.to_string();
    assert!(
        text.starts_with("waiting for dv-1 to be running with the change: timed out after"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_that_shows_nothing_is_not_waited_for() {
    let started = Instant::now();
    // The password is never shown.
    let (_, client) = change_and_reads([described(3, 2)]);
    let change = client
        .change_dev_instance("dv-1", |conf| {
            conf.image.password = Some(Secret::new("registry"))
        })
        .await
        .unwrap();
    assert!(change.is_some());
    let wait = client.wait_until_running("dv-1").after_change(&change);
    wait.await.unwrap();

    // Descriptions without a configuration.
    let (_, client) = change_and_reads([status(3)]);
    let change = grow(&client).await;
    let wait = client.wait_until_running("dv-1").after_change(&change);
    wait.await.unwrap();

    // No change at all.
    let (service, client) = service([described(3, 8), described(3, 8)]);
    let change = grow(&client).await;
    assert!(change.is_none());
    let wait = client.wait_until_running("dv-1").after_change(&change);
    wait.await.unwrap();
    assert_eq!(asked(&service, "DescribeDevInstance"), 2);
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_change_beside_an_update_of_one_s_own_is_waited_for() {
    let reads = [(3, 2), (3, 8)].map(|(code, cpus)| described(code, cpus));
    let (_, client) = service([described(3, 2), CHANGED].into_iter().chain(reads));
    let read = client.query_dev_instance_detail("dv-1").await.unwrap();
    let read = read.dev_instance;
    let mut wanted = DevInstanceSettings::of(&read).unwrap();
    wanted.conf.resources.cpus = 8;
    let change = DevInstanceChange::new(&read, &wanted);
    let conf = wanted.conf;
    let update = client
        .update_dev_instance()
        .id("dv-1")
        .name(read.name)
        .conf(conf)
        .creator(read.creator)
        .creator_id(read.creator_id);
    update.await.unwrap();
    let wait = client.wait_until_running("dv-1").after_change(&change);
    let detail = wait.await.unwrap();
    assert_eq!(detail.conf.unwrap().resources.cpus, 8);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_instance_is_changed_where_it_is() {
    let reads = [(5, 2), (5, 8)].map(|(code, cpus)| described(code, cpus));
    let change = [described(5, 2), described(5, 2), CHANGED];
    let (service, client) = service(change.into_iter().chain(reads));
    let change = grow(&client).await;
    let wait = client.wait_until_stopped("dv-1").after_change(&change);
    let detail = wait.await.unwrap();
    assert_eq!(detail.conf.unwrap().resources.cpus, 8);
    assert_eq!(service.requests().len(), 5);
}

/// Tests waits after changes, while reads from the emulator lag by an hour. The test advances the
/// time by this hour once the wait has seen the old state.
#[tokio::test]
async fn reads_of_the_emulator_lag() {
    let hour = Duration::from_secs(3600);
    let quick = Duration::from_millis(1);
    let emulator = Emulator::builder().time_scale(1e6).start().await.unwrap();
    let (handle, client) = (emulator.handle(), emulated(&emulator));
    let created = client
        .create_dev_instance()
        .name("instance")
        .conf(conf())
        .creator("owner")
        .creator_id("user-1");
    let id = created.await.unwrap().dev_instance_id;
    let wait = client.wait_until_running(&id).poll_interval(quick);
    wait.await.unwrap();
    let mut scenario = Scenario::default();
    scenario.read_after_write = hour * 1_000_000;
    handle.set_scenario(scenario).unwrap();

    type Edit = fn(&mut aihc_dev::model::DevInstanceConf);
    let edits: [Edit; 4] = [
        |conf| conf.resources.cpus = 8,
        // Neither of these two was there before.
        |conf| conf.start_cmd = Some("run".to_owned()),
        |conf| conf.envs = Some([("LANG".to_owned(), Secret::new("C.UTF-8"))].into()),
        |conf| conf.start_cmd = Some(String::new()),
    ];
    for (n, edit) in edits.into_iter().enumerate() {
        let change = client.change_dev_instance(&id, edit).await.unwrap();
        let mut states = Vec::new();
        let detail = client
            .wait_until_running(&id)
            .after_change(&change)
            .poll_interval(quick)
            .on_progress(|progress| {
                if states.is_empty() {
                    handle.advance(hour * 1_000_000);
                }
                states.push(progress.state);
            })
            .await
            .unwrap();
        assert_eq!(states[0], instance(3), "{n}");
        assert!(change.unwrap().is_shown_by(&detail), "{n}");
        let mut conf = detail.conf.unwrap();
        let shown = conf.clone();
        edit(&mut conf);
        assert_eq!(shown, conf, "{n}");
    }
}
