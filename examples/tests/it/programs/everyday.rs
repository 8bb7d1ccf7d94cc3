//! Tests of the programs for everyday tasks.

use super::common::{KEY, SECRET, complaint, emulator, environment, lines, run};
use aihc_dev::Client;
use aihc_dev::model::{
    Cds, DevInstanceConf, Image, ImageType, ResourcePool, Resources, VolumeConf, VolumeType,
};
use aihc_emulator::{Emulator, Failure, ImagePackJobStatus, InstanceStatus};
use bce_auth::Credentials;

const IMAGE: &str = "registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04";

/// Returns an emulator in which a hundred seconds pass in each real second.
async fn quick() -> Emulator {
    emulator().time_scale(100.0).start().await.unwrap()
}

fn client(emulator: &Emulator) -> Client {
    Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(Credentials::new(KEY, SECRET).unwrap())
        .build()
        .unwrap()
}

async fn create(client: &Client, name: &str) -> String {
    let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
    let conf = DevInstanceConf::new()
        .resource_pool(ResourcePool::new("queue"))
        .resources(Resources::new(4, 8))
        .image(Image::new(ImageType::Unspecified, IMAGE))
        .volume_confs([disk]);
    let created = client
        .create_dev_instance()
        .name(name)
        .conf(conf)
        .creator("me")
        .creator_id("my-id")
        .await;
    created.unwrap().dev_instance_id
}

async fn running(client: &Client, name: &str) -> String {
    let id = create(client, name).await;
    let moment = std::time::Duration::from_millis(20);
    let wait = client.wait_until_running(&id).poll_interval(moment);
    wait.await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn create_and_wait_ends_with_an_instance_that_runs() {
    let emulator = quick().await;
    let output = run(
        "create_and_wait",
        &["instance", "queue", IMAGE],
        &environment(&emulator),
    );
    let lines = lines(&output);
    assert!(
        lines[0].starts_with("dv-") && lines[0].ends_with(" created"),
        "{lines:?}"
    );
    assert_eq!(lines.last().unwrap(), "instance runs");
    assert_eq!(
        emulator.handle().instances()[0].status,
        InstanceStatus::RUNNING
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn create_and_wait_says_why_an_instance_does_not_run() {
    let emulator = emulator().start().await.unwrap();
    let handle = emulator.handle();
    let breaks = tokio::spawn(async move {
        loop {
            tokio::task::yield_now().await;
            if let Some(instance) = handle.instances().first() {
                return handle.fail_instance(&instance.id, Failure::Abnormal, "no such image");
            }
        }
    });
    let variables = environment(&emulator).map(|(name, value)| (name, value.to_owned()));
    let output = tokio::task::spawn_blocking(move || {
        let variables: Vec<_> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
        run("create_and_wait", &["instance", "queue", IMAGE], &variables)
    });
    let complaint = complaint(&output.await.unwrap());
    breaks.await.unwrap().unwrap();
    assert!(
        complaint.contains("abnormal") && complaint.contains("no such image"),
        "{complaint}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_mine_stops_what_can_be_stopped() {
    let emulator = quick().await;
    let client = client(&emulator);
    let mut ids = [running(&client, "one").await, running(&client, "two").await];
    let output = run("stop_mine", &[], &environment(&emulator));
    let mut lines = lines(&output);
    lines.sort();
    ids.sort();
    assert_eq!(lines, ids.map(|id| format!("{id} stopping")));
    assert_eq!(emulator.handle().request_count("StopDevInstance"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timed_stop_is_armed_and_disarmed() {
    let emulator = quick().await;
    let id = running(&client(&emulator), "one").await;
    let environment = environment(&emulator);
    let armed = lines(&run("timed_stop", &[&id, "2"], &environment));
    assert!(
        armed[0].starts_with(&format!("{id} stops in ")),
        "{armed:?}"
    );
    let disarmed = lines(&run("timed_stop", &[&id, "0"], &environment));
    assert_eq!(disarmed, [format!("{id} has no timed stop")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_queued_shows_state_reason_and_events() {
    let emulator = emulator().start().await.unwrap();
    let id = create(&client(&emulator), "one").await;
    let failed = emulator
        .handle()
        .fail_instance(&id, Failure::Failed, "quota is used up");
    failed.unwrap();
    let lines = lines(&run("why_queued", &[&id], &environment(&emulator)));
    assert_eq!(lines[0], format!("{id} is failed quota is used up"));
    assert!(lines.len() > 1, "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_packed_and_pushed() {
    let emulator = quick().await;
    let id = running(&client(&emulator), "one").await;
    let [key, secret, _, endpoint] = environment(&emulator);
    let password = ("REGISTRY_PASSWORD", "registry-password");
    let output = run(
        "pack_image",
        &[&id, "mine:v1", "registry.example", "team", "robot"],
        &[key, secret, endpoint, password],
    );
    let lines = lines(&output);
    assert_eq!(lines.last().unwrap(), "registry.example/team/mine:v1");
    assert_eq!(
        emulator.handle().image_pack_jobs()[0].status,
        ImagePackJobStatus::COMPLETED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn list_all_shows_more_than_a_page() {
    let emulator = emulator().start().await.unwrap();
    let client = client(&emulator);
    for number in 0..120 {
        create(&client, &format!("instance-{number}")).await;
    }
    let mut lines = lines(&run("list_all", &[], &environment(&emulator)));
    lines.sort();
    lines.dedup();
    assert_eq!(lines.len(), 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_thing_is_changed_once() {
    let emulator = quick().await;
    let client = client(&emulator);
    let id = running(&client, "one").await;
    let environment = environment(&emulator);
    let first = lines(&run("change_one_thing", &[&id, "6"], &environment));
    assert_eq!(first, [format!("{id} now has 6 cores")]);
    let second = lines(&run("change_one_thing", &[&id, "6"], &environment));
    assert_eq!(second, [format!("{id} already has 6 cores")]);
    assert_eq!(emulator.handle().request_count("ModifyDevInstance"), 1);
    let detail = client.query_dev_instance_detail(&id).await.unwrap();
    assert_eq!(detail.dev_instance.conf.unwrap().resources.memory, 8);
}

#[test]
fn wrong_arguments_are_explained_before_anything_is_sent() {
    for name in [
        "create_and_wait",
        "timed_stop",
        "why_queued",
        "pack_image",
        "change_one_thing",
    ] {
        let complaint = complaint(&run(name, &[], &[]));
        assert!(
            complaint.contains(&format!("usage: {name} ")),
            "{complaint}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn free_gpus_creates_where_there_are_some_with_a_dataset() {
    let emulator = quick().await;
    let output = run("free_gpus", &["2", "emulator"], &environment(&emulator));
    let lines = lines(&output);
    assert_eq!(
        lines,
        [
            "default in cce-emulator: 128 baidu.com/a800_80g_cgpu are free",
            "emulator is mounted",
            "free-gpus runs",
        ]
    );
    let client = client(&emulator);
    let id = &emulator.handle().instances()[0].id;
    let answer = client.query_dev_instance_detail(id).await.unwrap();
    let conf = answer.dev_instance.conf.unwrap();
    let pool = conf.resource_pool.resource_pool_id;
    assert_eq!(pool.as_deref(), Some("cce-emulator"));
    assert_eq!(conf.resources.accelerator_count, Some(2));
    let dataset = conf.volume_confs[1].dataset.as_ref().unwrap();
    assert_eq!(dataset.dataset_id, "ds-emulator");
    assert_eq!(dataset.version_id, "ds-version1");
    assert_eq!(conf.volume_confs[1].mount_path, "/mnt/datasets/emulator");

    for (arguments, text) in [
        (&["200"][..], "no queue has 200 free GPUs"),
        (&["1", "nope"], "there is no dataset nope"),
        (&["many"], "invalid digit"),
    ] {
        let output = run("free_gpus", arguments, &environment(&emulator));
        let complaint = complaint(&output);
        assert!(complaint.contains(text), "{complaint}");
    }
    assert_eq!(emulator.handle().instances().len(), 1);
}

#[test]
fn free_gpus_needs_no_account() {
    let lines = lines(&run("free_gpus", &[], &[]));
    assert!(lines[0].starts_with("local emulator at http://127.0.0.1:"));
    assert_eq!(lines.last().unwrap(), "free-gpus runs");
}
