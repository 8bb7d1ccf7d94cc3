//! Tests of the methods that combine several calls, such as changing an instance or finding one
//! whose creation was not confirmed.

use std::time::Duration;

use aihc_dev::model::{ListDevInstancesResponse, VisibleScope, VisibleScopeType};
use aihc_dev::{ChangeError, Client, Secret};
use aihc_emulator::Emulator;
use bce_testing::{LogCapture, Script, Scripted};
use time::OffsetDateTime;

use crate::common::{conf, emulated};

/// Returns an emulator whose time runs so fast that changes of state take almost no time, its
/// client, and the ids of `N` running instances.
async fn bench<const N: usize>() -> (Emulator, Client, [String; N]) {
    let emulator = Emulator::builder().time_scale(1e6).start().await.unwrap();
    let client = emulated(&emulator);
    let mut ids = [(); N].map(|()| String::new());
    for id in &mut ids {
        let call = client
            .create_dev_instance()
            .name("instance")
            .conf(conf())
            .creator("owner")
            .creator_id("user-1");
        let scope = VisibleScope::new().r#type(VisibleScopeType::Public);
        *id = call
            .visible_scope(scope)
            .is_public_mgmt(true)
            .await
            .unwrap()
            .dev_instance_id;
        let quick = Duration::from_millis(1);
        client
            .wait_until_running(id.as_str())
            .poll_interval(quick)
            .await
            .unwrap();
    }
    (emulator, client, ids)
}

#[tokio::test]
async fn a_change_keeps_everything_else() {
    let (_emulator, client, [id]) = bench().await;
    let first = |conf: &mut aihc_dev::model::DevInstanceConf| {
        conf.envs = Some([("LANG".to_owned(), Secret::new("C.UTF-8"))].into());
    };
    assert!(
        client
            .change_dev_instance(&id, first)
            .await
            .unwrap()
            .is_some()
    );
    let before = client
        .query_dev_instance_detail(&id)
        .await
        .unwrap()
        .dev_instance;
    client
        .change_dev_instance(&id, |conf| conf.resources.cpus = 4)
        .await
        .unwrap();
    let after = client
        .query_dev_instance_detail(&id)
        .await
        .unwrap()
        .dev_instance;
    assert_eq!(after.is_public_mgmt, Some(true));
    assert_eq!(after.visible_scope, before.visible_scope);
    assert_eq!(
        (after.creator, after.creator_id),
        (before.creator, before.creator_id)
    );
    let (mut before, after) = (before.conf.unwrap(), after.conf.unwrap());
    before.resources.cpus = 4;
    before.updated_at = after.updated_at;
    assert_eq!(after, before);
    assert!(after.envs.is_some());
}

#[tokio::test]
async fn a_change_of_nothing_sends_nothing() {
    let (emulator, client, [id]) = bench().await;
    let changed = client
        .change_dev_instance(&id, |conf| conf.resources.cpus = 1)
        .await
        .unwrap();
    assert!(changed.is_none());
    assert_eq!(emulator.handle().request_count("ModifyDevInstance"), 0);
}

#[tokio::test]
async fn a_change_by_somebody_else_is_not_overwritten() {
    let read = r#"{"devInstance":{"id":"dv-1","name":"n","creator":"c","creatorId":"i","updatedAt":1,
        "conf":{"resources":{"cpus":1,"memory":2},"image":{"imageType":0,"imageUrl":"u"}}}}"#;
    let now = r#"{"devInstance":{"id":"dv-1","name":"n","creator":"c","creatorId":"i","updatedAt":2,
        "conf":{"resources":{"cpus":1,"memory":64},"image":{"imageType":0,"imageUrl":"u"}}}}"#;
    let service = Scripted::new([Script::Answer(200, read), Script::Answer(200, now)]);
    let client = Client::from_service(service.clone()).unwrap();
    let error = client
        .change_dev_instance("dv-1", |conf| conf.resources.cpus = 4)
        .await
        .unwrap_err();
    let ChangeError::ChangedMeanwhile(now) = &error else {
        panic!("{error}");
    };
    assert_eq!(now.conf.as_ref().unwrap().resources.memory, 64);
    assert!(error.to_string().contains("dv-1 was not changed"));
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test]
async fn a_change_that_was_taken_back_meanwhile_is_noticed() {
    let read = r#"{"devInstance":{"id":"dv-1","name":"n","creator":"c","creatorId":"i",
        "conf":{"resources":{"cpus":1,"memory":2},"updatedAt":1}}}"#;
    let now = r#"{"devInstance":{"id":"dv-1","name":"n","creator":"c","creatorId":"i",
        "conf":{"resources":{"cpus":1,"memory":2},"updatedAt":3}}}"#;
    let service = Scripted::new([Script::Answer(200, read), Script::Answer(200, now)]);
    let client = Client::from_service(service.clone()).unwrap();
    let mut edit = client.edit_dev_instance("dv-1").await.unwrap();
    assert_eq!(edit.before(), edit.settings());
    edit.settings_mut().is_public_mgmt = Some(true);
    let error = edit.send().await.unwrap_err();
    assert!(matches!(error, ChangeError::ChangedMeanwhile(_)), "{error}");
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test]
async fn an_instance_without_a_configuration_cannot_be_changed() {
    let service = Scripted::new([Script::Answer(200, r#"{"devInstance":{"id":"dv-1"}}"#)]);
    let client = Client::from_service(service.clone()).unwrap();
    let error = client
        .change_dev_instance("dv-1", |conf| conf.resources.cpus = 4)
        .await;
    assert!(matches!(error, Err(ChangeError::NoConfiguration)));
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test]
async fn several_instances_are_stopped_with_a_result_for_each() {
    let (_emulator, client, [a, b, c]) = bench().await;
    let ids = [a.as_str(), "dv-unknown", b.as_str(), c.as_str()];
    let outcomes = client.stop_dev_instances(ids).await;
    let named: Vec<&str> = outcomes.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(named, ids);
    let stopped: Vec<bool> = outcomes
        .iter()
        .map(|(_, outcome)| outcome.is_ok())
        .collect();
    assert_eq!(stopped, [true, false, true, true]);
    assert!(
        outcomes[1]
            .1
            .as_ref()
            .is_err_and(|error| error.is_not_found())
    );
    for id in [&a, &b, &c] {
        client.wait_until_stopped(id.as_str()).await.unwrap();
    }
    let again = client.start_dev_instances([&a]).await;
    assert!(again[0].1.is_ok());
    let gone = client.delete_dev_instances([a, b, c]).await;
    assert!(gone.iter().all(|(_, outcome)| outcome.is_ok()));
}

#[tokio::test]
async fn a_lost_creation_is_found_by_name_and_time() {
    let list = r#"{"devInstances":[
        {"id":"dv-old","name":"mine","createdAt":1000},
        {"id":"dv-new","name":"mine","createdAt":1980},
        {"id":"dv-other","name":"mine-2","createdAt":2000},
        {"id":"dv-dateless","name":"mine"}]}"#;
    let service = Scripted::new([
        Script::Answer(200, list),
        Script::Answer(200, r#"{"totalCount":0}"#),
    ]);
    let client = Client::from_service(service.clone()).unwrap();
    let since = OffsetDateTime::from_unix_timestamp(2000).unwrap();
    let found = client.find_created("mine", since).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|instance| instance.id.as_str()).collect();
    assert_eq!(ids, ["dv-new", "dv-dateless"]);
    let query = service.requests()[0].uri.query().unwrap().to_owned();
    for part in [
        "onlyMyDevs=true",
        "queryKey=devInstanceName",
        "queryVal=mine",
    ] {
        assert!(query.contains(part), "{query}");
    }
}

#[tokio::test]
async fn a_creation_is_found_where_it_happened() {
    let before = OffsetDateTime::now_utc();
    let (_emulator, client, [id]) = bench().await;
    let found = client.find_created("instance", before).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, id);
    let later = OffsetDateTime::now_utc() + time::Duration::HOUR;
    assert!(
        client
            .find_created("instance", later)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_guard_deletes_when_asked_and_warns_when_forgotten() {
    let (emulator, client, [a, b, c]) = bench().await;
    let logs = LogCapture::start();
    client.guard_dev_instance(&a).delete().await.unwrap();
    client
        .guard_dev_instance("dv-unknown")
        .delete()
        .await
        .unwrap();
    assert_eq!(client.guard_dev_instance(&b).keep(), b);
    assert!(!logs.text().contains("left behind"));
    drop(client.guard_dev_instance(&c));
    let text = logs.text();
    assert!(text.contains("left behind") && text.contains(&c), "{text}");
    assert_eq!(emulator.handle().request_count("DeleteDevInstance"), 2);
    let ListDevInstancesResponse { dev_instances, .. } = client.list_dev_instances().await.unwrap();
    assert!(dev_instances.iter().all(|instance| instance.id != a));
    assert_eq!(
        dev_instances
            .iter()
            .filter(|i| i.id == b || i.id == c)
            .count(),
        2
    );
}

#[tokio::test]
async fn a_guard_whose_deletion_fails_still_warns() {
    let refusal = Script::Answer(403, r#"{"code":"Forbidden"}"#);
    let client = Client::from_service(Scripted::new([refusal])).unwrap();
    let logs = LogCapture::start();
    let error = client
        .guard_dev_instance("dv-7")
        .delete()
        .await
        .unwrap_err();
    assert!(error.is_forbidden());
    assert!(logs.text().contains("left behind"));
}
