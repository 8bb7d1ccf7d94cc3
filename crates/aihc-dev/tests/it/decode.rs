//! Tests of decoding responses, including unusual and malformed ones.

use crate::common::{answered_with, answered_with_bytes};
use aihc_dev::ErrorKind;
use aihc_dev::model::{
    BosMountVersion, DevInstanceStatus, EventType, ImageType, SchedulePriority, VolumeType,
};
use time::OffsetDateTime;

#[tokio::test]
async fn numbers_and_booleans_may_come_as_text() {
    let client = answered_with(
        r#"{"devInstance":{"notify":{"isOpen":"true"},"status":"3",
            "timedStopDevInstance":{"delaySec":"3600","startTime":"1747876800"}}}"#,
    );
    let instance = client
        .query_dev_instance_detail("dv-1")
        .await
        .unwrap()
        .dev_instance;
    assert_eq!(instance.notify.unwrap().is_open, Some(true));
    assert_eq!(instance.status, Some(DevInstanceStatus::Running));
    let timer = instance.timed_stop_dev_instance.unwrap();
    assert_eq!(timer.delay_sec, Some(3600));
    assert_eq!(timer.start_time.map(|time| time.raw()), Some(1_747_876_800));
}

#[tokio::test]
async fn null_empty_text_and_absence_are_the_same_for_optional_members() {
    for body in [
        r#"{"devInstance":{"timedStopDevInstance":{"delaySec":"","startTime":""},"notify":null}}"#,
        r#"{"devInstance":{"timedStopDevInstance":{"delaySec":null},"conf":null}}"#,
        r#"{"devInstance":{"timedStopDevInstance":{}}}"#,
    ] {
        let instance = answered_with(body)
            .query_dev_instance_detail("dv-1")
            .await
            .unwrap()
            .dev_instance;
        let timer = instance.timed_stop_dev_instance.unwrap();
        assert_eq!((timer.delay_sec, timer.start_time), (None, None), "{body}");
        assert_eq!(
            (instance.notify, instance.conf, instance.status),
            (None, None, None)
        );
        assert_eq!(instance.id, "");
    }
}

#[tokio::test]
async fn lists_may_be_null_or_missing_where_nothing_is_in_them() {
    for (body, total) in [
        (r#"{"devInstances":null,"totalCount":0}"#, Some(0)),
        (r#"{"totalCount":0}"#, Some(0)),
        (r#"{"totalCount":"0","requestId":"r"}"#, Some(0)),
        (r#"{"devInstances":[],"totalCount":"0"}"#, Some(0)),
        (r#"{"devInstances":null,"requestId":"r"}"#, None),
        (r#"{"devInstances":[null]}"#, None),
        (r#"{"devInstances":null,"totalCount":250}"#, Some(250)),
        (r#"{"devInstances":null,"totalCount":-1}"#, Some(-1)),
    ] {
        let page = answered_with(body).list_dev_instances().await.unwrap();
        assert!(page.dev_instances.is_empty(), "{body}");
        assert_eq!(page.total_count, total, "{body}");
    }
}

#[tokio::test]
async fn an_answer_without_its_list_is_no_empty_list() {
    let epoch = OffsetDateTime::UNIX_EPOCH;
    for body in [
        r#"{"requestId":"r"}"#,
        r#"{"requestId":"r","totalCount":250}"#,
        r#"{"requestId":"r","totalCount":null}"#,
        r#"{"requestId":"r","totalCount":-1}"#,
        r#"{"requestId":"r","result":{"devInstances":[],"events":[]}}"#,
        r#"{"requestId":"\ud800"}"#,
    ] {
        let client = answered_with(body);
        let error = client.list_dev_instances().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert!(error.to_string().contains("`devInstances`"), "{error}");
        let events = client.list_dev_instance_events("dv-1", epoch, epoch);
        let error = events.await.unwrap_err();
        assert!(error.to_string().contains("`events`"), "{error}");
    }
    for body in ["", " \n"] {
        let error = answered_with(body).list_dev_instances().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("it is empty"), "{error}");
        let detail = answered_with(body).query_dev_instance_detail("dv-1");
        let error = detail.await.unwrap_err();
        assert!(error.to_string().contains("it is empty"), "{error}");
    }
}

/// Returns the body of a response that lists three instances, the second of which has these
/// members.
fn second(members: &[u8]) -> &'static [u8] {
    let (head, tail) = (
        &br#"{"requestId":"r","devInstances":[{"id":"a"},{"#[..],
        &br#"},{"id":"c"}],"totalCount":3}"#[..],
    );
    [head, members, tail].concat().leak()
}

#[tokio::test]
async fn one_bad_text_spoils_nothing_else() {
    for (members, name) in [
        (&br#""id":"b","name":"x\ud800y""#[..], "x\u{fffd}y"),
        (
            br#""name":"\udc00\ud83d\ude00","id":"b""#,
            "\u{fffd}\u{1f600}",
        ),
        (b"\"id\":\"b\",\"name\":\"x\xffy\"", "x\u{fffd}y"),
        (
            b"\"id\":\"b\",\"name\":\"\xe6\x9c\",\"new\":\"\xff\"",
            "\u{fffd}",
        ),
        (br#""id":"z","name":"n","id":"b""#, "n"),
        (br#""name":"z","id":"b","name":"n\ud800""#, "n\u{fffd}"),
        (br#""id":"b","name":"z","n\u0061me":"n""#, "n"),
        (
            br#""id":"b","resources":{"cpus":1,"cpus":2},"name":"n""#,
            "n",
        ),
    ] {
        let page = answered_with_bytes(second(members))
            .list_dev_instances()
            .await
            .unwrap();
        let read: Vec<_> = (page.dev_instances.iter())
            .map(|instance| (instance.id.as_str(), instance.name.as_str()))
            .collect();
        assert_eq!(read, [("a", ""), ("b", name), ("c", "")]);
        assert_eq!(page.total_count, Some(3));
    }
}

#[tokio::test]
async fn of_doubled_members_the_last_counts() {
    let page = answered_with(
        r#"{"requestId":"r-1","devInstances":[{"id":"a"}],"totalCount":2,
            "devInstances":[],"requestId":"r-2","totalCount":3}"#,
    )
    .list_dev_instances()
    .await
    .unwrap();
    assert_eq!(
        (page.request_id.as_str(), page.total_count),
        ("r-2", Some(3))
    );
    assert!(page.dev_instances.is_empty());

    let instance = answered_with(
        r#"{"devInstance":{"id":"a","visibleScope":{"type":1},"visibleScope":{"type":2},"conf":{
            "envs":{"K":"1","L":"2","K":"3"},"envs":{"K":"4","K":"5"},
            "volumnConfs":[{"volumeType":"pfs","volumeType":"cds","mountPath":"/a"}]}}}"#,
    )
    .query_dev_instance_detail("dv-1")
    .await
    .unwrap()
    .dev_instance;
    assert_eq!(instance.visible_scope.unwrap().r#type.unwrap().code(), 2);
    let conf = instance.conf.unwrap();
    assert_eq!(conf.volume_confs[0].volume_type, Some(VolumeType::Cds));
    let envs: Vec<_> = (conf.envs.iter().flatten())
        .map(|(name, value)| (name.as_str(), value.expose()))
        .collect();
    assert_eq!(envs, [("K", "5")]);
}

#[tokio::test]
async fn what_is_no_json_stays_unreadable() {
    for body in [
        &b"\xff{\"devInstances\":[]}"[..],
        br#"{"devInstances":[]}xyz"#,
        br#"{"devInstances":nothing,"devInstances":[]}"#,
        br#"{"devInstances":[{"name":"\ud80"}]}"#,
        b"{\"devInstances\":[{\"name\":\"\n\"}]}",
    ] {
        let list = answered_with_bytes(body).list_dev_instances();
        assert_eq!(list.await.unwrap_err().kind(), ErrorKind::Decode);
    }
}

#[tokio::test]
async fn other_spellings_are_read() {
    let client = answered_with(
        r#"{"devInstance":{"visisbleScope":{"type":9},"conf":{
            "volumnConfs":[{"volumeType":"bos","bos":{"Version":"v2","CacheLimitSize":"1"}},
                {"volumnType":"dataset","dataset":{"bos":{"sourcePath":"b/p"},
                    "pfs":{"clusterPort":8000}}}]}}}"#,
    );
    let instance = client
        .query_dev_instance_detail("dv-1")
        .await
        .unwrap()
        .dev_instance;
    assert_eq!(
        instance
            .visible_scope
            .unwrap()
            .r#type
            .map(|scope| scope.code()),
        Some(9)
    );
    let volumes = instance.conf.unwrap().volume_confs;
    assert_eq!(volumes[0].volume_type, Some(VolumeType::Bos));
    let bos = volumes[0].bos.clone().unwrap();
    assert_eq!(bos.version, Some(BosMountVersion::V2));
    assert_eq!(bos.cache_limit_size.as_deref(), Some("1"));
    let dataset = volumes[1].dataset.clone().unwrap();
    assert_eq!(dataset.bos.unwrap().src_path.as_deref(), Some("b/p"));
    assert_eq!(dataset.pfs.unwrap().cluster_port.as_deref(), Some("8000"));
}

#[tokio::test]
async fn unknown_members_and_values_are_kept_out_of_the_way() {
    let client = answered_with(
        r#"{"devInstance":{"status":1000,"news":[{}],"conf":{"image":{"imageType":42},
            "scheduleConf":{"priority":"urgent"},"resources":{"memory":5000000000}}}}"#,
    );
    let instance = client
        .query_dev_instance_detail("dv-1")
        .await
        .unwrap()
        .dev_instance;
    assert_eq!(instance.status, Some(DevInstanceStatus::from(1000)));
    let conf = instance.conf.unwrap();
    assert_eq!(conf.image.image_type, Some(ImageType::from(42)));
    assert_eq!(conf.resources.memory, 5_000_000_000);
    let priority = conf.schedule_conf.unwrap().priority;
    assert_eq!(priority, Some(SchedulePriority::from("urgent")));
}

#[tokio::test]
async fn an_event_type_may_be_a_number() {
    let client = answered_with(r#"{"events":[{"type":1},{"type":"Normal","count":"2"}]}"#);
    let now = OffsetDateTime::UNIX_EPOCH;
    let events = client
        .list_dev_instance_events("dv-1", now, now)
        .await
        .unwrap()
        .events;
    assert_eq!(events[0].r#type, Some(EventType::from("1")));
    assert_eq!(
        (events[1].r#type.clone(), events[1].count),
        (Some(EventType::Normal), Some(2))
    );
}

#[tokio::test]
async fn members_that_must_be_present_are_missed() {
    let client = answered_with(r#"{"requestId":"r"}"#);
    let conf = crate::common::conf();
    let created = client
        .create_dev_instance()
        .name("n")
        .conf(conf)
        .creator("c")
        .creator_id("i")
        .await
        .unwrap_err();
    assert_eq!(created.kind(), ErrorKind::Decode, "{created}");
    let detail = client.query_dev_instance_detail("dv-1").await.unwrap_err();
    assert_eq!(detail.kind(), ErrorKind::Decode, "{detail}");
    // Optional members are present.
    assert_eq!(
        client
            .stop_dev_instance("dv-1")
            .await
            .unwrap()
            .dev_instance_id,
        ""
    );
    let null = answered_with(r#"{"devInstance":null,"requestId":"r"}"#);
    let error = null.query_dev_instance_detail("dv-1").await.unwrap_err();
    assert!(error.to_string().contains("devInstance"), "{error}");
}

#[tokio::test]
async fn a_list_is_never_an_object() {
    for body in [
        "[]",
        r#"{"devInstance":[]}"#,
        r#"{"devInstance":{"conf":[]}}"#,
    ] {
        let error = answered_with(body)
            .query_dev_instance_detail("dv-1")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
}

#[tokio::test]
async fn secrets_in_answers_are_not_shown() {
    let client = answered_with(
        r#"{"devInstance":{"conf":{"image":{"password":"s3cret"},"envs":{"TOKEN":"t0ken"}}}}"#,
    );
    let instance = client
        .query_dev_instance_detail("dv-1")
        .await
        .unwrap()
        .dev_instance;
    let shown = format!("{instance:?}");
    assert!(shown.contains("TOKEN") && !shown.contains("s3cret") && !shown.contains("t0ken"));
    let conf = instance.conf.unwrap();
    assert_eq!(conf.image.password.as_ref().unwrap().expose(), "s3cret");
    assert_eq!(conf.envs.as_ref().unwrap()["TOKEN"].expose(), "t0ken");
}

#[tokio::test]
async fn a_member_may_come_under_both_of_its_names() {
    let client = answered_with(
        r#"{"devInstance":{"visisbleScope":null,"visibleScope":{"type":1},
            "conf":{"volumnConfs":[{"volumeType":"cds","volumnType":"cds","mountPath":"/a"}]}}}"#,
    );
    let instance = client
        .query_dev_instance_detail("dv-1")
        .await
        .unwrap()
        .dev_instance;
    let scope = instance.visible_scope.unwrap().r#type.unwrap();
    assert_eq!(scope.code(), 1);
    assert_eq!(
        instance.conf.unwrap().volume_confs[0].volume_type,
        Some(VolumeType::Cds)
    );
}

#[tokio::test]
async fn what_was_read_can_be_written_in_the_names_of_the_api() {
    let body = r#"{"requestId":"r-1","totalCount":"1","pageNo":1,"devInstances":[{"id":"dv-1",
        "name":"one","status":3,"createdAt":1747876700,"resources":{"cpus":4,"memory":8}}]}"#;
    let page = answered_with(body).list_dev_instances().await.unwrap();
    let written = serde_json::to_value(&page).unwrap();
    let instance = &written["devInstances"][0];
    assert_eq!(instance["createdAt"], 1_747_876_700);
    assert_eq!(
        (&instance["status"], &instance["id"]),
        (&3.into(), &"dv-1".into())
    );
    assert_eq!(instance["resources"]["cpus"], 4);
    assert_eq!(written["totalCount"], 1);
    let again: aihc_dev::model::ListDevInstancesResponse = serde_json::from_value(written).unwrap();
    assert_eq!(again, page);
}

#[tokio::test]
async fn a_time_that_the_service_does_not_know_is_absent() {
    for unknown in ["0", "\"0\"", "\"\"", "null"] {
        let body = format!(
            r#"{{"devInstance":{{"createdAt":{unknown},"updatedAt":1747876700,
                "conf":{{"updatedAt":{unknown}}},"timedStopDevInstance":{{"startTime":{unknown}}}}}}}"#
        );
        let detail = answered_with(body.leak()).query_dev_instance_detail("dv-1");
        let detail = detail.await.unwrap().dev_instance;
        assert_eq!(detail.created_at, None, "{unknown}");
        assert_eq!(detail.conf.unwrap().updated_at, None, "{unknown}");
        assert_eq!(detail.timed_stop_dev_instance.unwrap().start_time, None);
        assert_eq!(detail.updated_at, Some(1_747_876_700.into()));
    }
}
