//! Tests of the request that each operation sends.

use std::time::Duration;

use crate::common::{client, conf, conf_json};
use aihc_dev::model::{
    Access, Bos, BosMountVersion, Cfs, Dataset, DatasetBos, DatasetPfs, DatasetStorageType,
    DevInstanceConf, DevInstanceOrderBy, DevInstanceQueryKey, DevInstanceStatus, EventType, Image,
    ImageType, NotifyDetail, Pfs, PortInfo, ResourcePool, ResourcePoolType, Resources,
    ScheduleConf, SchedulePriority, SortOrder, VisibleScope, VisibleScopeType, VolumeConf,
    VolumeType,
};
use mockito::{Matcher, Mock, Server, ServerGuard};
use serde_json::json;
use time::OffsetDateTime;

const ANSWER: &str = r#"{"requestId":"r","devInstanceId":"dv-1","totalCount":0}"#;

/// Returns a mock that expects one signed request with exactly this path and query.
async fn expect(server: &mut ServerGuard, method: &str, path_and_query: &str) -> Mock {
    server
        .mock(method, path_and_query)
        .match_header("version", "v2")
        .match_header("content-type", "application/json; charset=utf-8")
        .match_header(
            "authorization",
            Matcher::Regex("^bce-auth-v1/test-access-key/".to_owned()),
        )
        .match_header("x-bce-date", Matcher::Any)
        .with_body(ANSWER)
        .expect(1)
}

#[tokio::test]
async fn create_dev_instance_sends_required_members_only() {
    let mut server = Server::new_async().await;
    let mock = expect(&mut server, "POST", "/?action=CreateDevInstance")
        .await
        .match_body(Matcher::Json(json!({
            "name": "dev-1", "conf": conf_json(), "creator": "owner", "creatorId": "owner-id"
        })))
        .create_async()
        .await;
    let created = client(&server)
        .create_dev_instance()
        .name("dev-1")
        .conf(conf())
        .creator("owner")
        .creator_id("owner-id")
        .await
        .unwrap();
    assert_eq!(created.dev_instance_id, "dv-1");
    assert_eq!(created.request_id, "r");
    mock.assert_async().await;
}

#[tokio::test]
async fn create_dev_instance_sends_every_member_that_is_set() {
    let mut server = Server::new_async().await;
    let mock = expect(
        &mut server,
        "POST",
        "/?action=CreateDevInstance&clientToken=token-1",
    )
    .await
    .match_body(Matcher::Json(json!({
        "name": "开发机",
        "conf": {
            "resourcePool": {
                "resourcePoolType": "serverless", "resourcePoolId": "cce-1",
                "resourcePoolName": "pool", "queueName": "default"
            },
            "resources": {
                "acceleratorType": "baidu.com/a800_80g_cgpu", "acceleratorCount": 8,
                "cpus": 96, "memory": 1024, "shmSize": 512
            },
            "image": {
                "imageType": 2, "imageUrl": "registry.example/torch:2.6",
                "username": "user", "password": "p&w<>\"'/+="
            },
            "access": {
                "blbId": "lb-1", "sshEnable": true, "sshRSAPubKey": "ssh-rsa AAAA",
                "portInfo": [{"name": "dev_ssh", "port": 22, "accessPort": 8022}]
            },
            "scheduleConf": {"priority": "low", "cpuNodeAffinity": false},
            "volumnConfs": [
                {"volumnType": "pfs", "mountPath": "/pfs", "readOnly": true,
                 "pfs": {"instanceId": "pfs-1", "sourcePath": "/a"}},
                {"volumnType": "cfs", "mountPath": "/cfs",
                 "cfs": {"instanceId": "cfs-1", "sourcePath": "/", "mountPoint": "m"}},
                {"volumnType": "bos", "mountPath": "/bos",
                 "bos": {"sourcePath": "bucket/path", "version": "v2", "cacheLimitSize": "1"}},
                {"volumnType": "dataset", "mountPath": "/set", "dataset": {
                    "datasetId": "ds-1", "versionId": "v-1", "storageType": "pfs",
                    "defaultMountPath": "/d", "mountPath": "/m", "source": "s",
                    "pfs": {
                        "clientID": "c", "instanceType": "plusl2", "region": "bj",
                        "instanceId": "i", "clusterIP": "-", "mountTargetId": ["t"],
                        "hostMountPath": "/h", "srcPath": "/s", "clusterPort": "1",
                        "pfsParentDir": "/p", "pfsPath": "/q"
                    },
                    "bos": {"srcPath": "b/p", "version": "v1", "cacheLimitSize": "2"}
                }}
            ],
            "startCmd": "echo 1", "workspaceDir": "/home", "envs": {"KEY": "value"}
        },
        "visibleScope": {"type": 1},
        "notify": {"notifyRuleId": "rule", "isOpen": false},
        "isPublicMgmt": false,
        "creator": "owner",
        "creatorId": "owner-id"
    })))
    .create_async()
    .await;
    let pfs = DatasetPfs::new()
        .client_id("c")
        .instance_type("plusl2")
        .region("bj")
        .instance_id("i")
        .cluster_ip("-")
        .mount_target_id(["t"])
        .host_mount_path("/h")
        .src_path("/s")
        .cluster_port("1")
        .pfs_parent_dir("/p")
        .pfs_path("/q");
    let bos = DatasetBos::new()
        .src_path("b/p")
        .version(BosMountVersion::V1)
        .cache_limit_size("2");
    let dataset = Dataset::new("ds-1", "v-1", DatasetStorageType::Pfs)
        .default_mount_path("/d")
        .mount_path("/m")
        .source("s")
        .pfs(pfs)
        .bos(bos);
    let conf = DevInstanceConf::new()
        .resource_pool(
            ResourcePool::new("default")
                .resource_pool_type(ResourcePoolType::Managed)
                .resource_pool_id("cce-1")
                .resource_pool_name("pool"),
        )
        .resources(
            Resources::new(96, 1024)
                .accelerator_type("baidu.com/a800_80g_cgpu")
                .accelerator_count(8)
                .shm_size(512),
        )
        .image(
            Image::new(ImageType::Custom, "registry.example/torch:2.6")
                .username("user")
                .password("p&w<>\"'/+="),
        )
        .volume_confs([
            VolumeConf::new(VolumeType::Pfs, "/pfs")
                .read_only(true)
                .pfs(Pfs::new("pfs-1", "/a")),
            VolumeConf::new(VolumeType::Cfs, "/cfs").cfs(Cfs::new("cfs-1", "/", "m")),
            VolumeConf::new(VolumeType::Bos, "/bos").bos(
                Bos::new("bucket/path")
                    .version(BosMountVersion::V2)
                    .cache_limit_size("1"),
            ),
            VolumeConf::new("dataset", "/set").dataset(dataset),
        ])
        .access(
            Access::new()
                .blb_id("lb-1")
                .ssh_enable(true)
                .ssh_rsa_pub_key("ssh-rsa AAAA")
                .port_info([PortInfo::new("dev_ssh", 22, 8022)]),
        )
        .schedule_conf(
            ScheduleConf::new()
                .priority(SchedulePriority::Low)
                .cpu_node_affinity(false),
        )
        .start_cmd("echo 1")
        .workspace_dir("/home")
        .envs([("KEY", "value")]);
    client(&server)
        .create_dev_instance()
        .name("开发机")
        .conf(conf)
        .creator("owner")
        .creator_id("owner-id")
        .client_token("token-1")
        .visible_scope(VisibleScope::new().r#type(VisibleScopeType::Public))
        .notify(NotifyDetail::new().notify_rule_id("rule").is_open(false))
        .is_public_mgmt(false)
        .await
        .unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn list_dev_instances_without_members_sends_the_action_alone() {
    let mut server = Server::new_async().await;
    let mock = expect(&mut server, "GET", "/?action=DescribeDevInstances")
        .await
        .create_async()
        .await;
    let page = client(&server)
        .list_dev_instances()
        .only_my_devs(false)
        .await
        .unwrap();
    assert!(page.dev_instances.is_empty());
    mock.assert_async().await;
}

#[tokio::test]
async fn list_dev_instances_sends_every_filter() {
    let mut server = Server::new_async().await;
    let query = "/?action=DescribeDevInstances&pageNumber=2&pageSize=20&onlyMyDevs=true\
                 &resourcePoolId=cce-1&queueName=default&status=3&queryKey=devInstanceName\
                 &queryVal=%E6%9C%BA%20%2B%2F~&orderBy=createdAt&order=desc";
    let mock = expect(&mut server, "GET", query).await.create_async().await;
    client(&server)
        .list_dev_instances()
        .page_number(2)
        .page_size(20)
        .only_my_devs(true)
        .resource_pool_id("cce-1")
        .queue_name("default")
        .status(DevInstanceStatus::Running)
        .query_key(DevInstanceQueryKey::Name)
        .query_val("机 +/~")
        .order_by(DevInstanceOrderBy::CreatedAt)
        .order(SortOrder::Desc)
        .await
        .unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn query_dev_instance_detail_sends_the_id() {
    let mut server = Server::new_async().await;
    let mock = expect(
        &mut server,
        "GET",
        "/?action=DescribeDevInstance&devInstanceId=dv-1",
    )
    .await
    .with_body(r#"{"devInstance":{"id":"dv-1","status":3}}"#)
    .create_async()
    .await;
    let detail = client(&server)
        .query_dev_instance_detail("dv-1")
        .await
        .unwrap();
    assert_eq!(detail.dev_instance.status, Some(DevInstanceStatus::Running));
    mock.assert_async().await;
}

#[tokio::test]
async fn update_dev_instance_sends_the_id_in_the_body() {
    let mut server = Server::new_async().await;
    let mock = expect(&mut server, "POST", "/?action=ModifyDevInstance")
        .await
        .match_body(Matcher::Json(json!({
            "name": "dev-1", "id": "dv-1", "conf": conf_json(), "isPublicMgmt": true,
            "creator": "owner", "creatorId": "owner-id"
        })))
        .create_async()
        .await;
    client(&server)
        .update_dev_instance()
        .id("dv-1")
        .name("dev-1")
        .conf(conf())
        .creator("owner")
        .creator_id("owner-id")
        .is_public_mgmt(true)
        .await
        .unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn start_stop_and_delete_send_the_id_in_the_query_and_no_body() {
    let mut server = Server::new_async().await;
    let mut mocks = Vec::new();
    for action in ["StartDevInstance", "StopDevInstance", "DeleteDevInstance"] {
        let query = format!("/?action={action}&devInstanceId=dv-1");
        let mock = expect(&mut server, "POST", &query)
            .await
            .match_body(Matcher::Exact(String::new()));
        mocks.push(mock.create_async().await);
    }
    let client = client(&server);
    assert_eq!(
        client
            .start_dev_instance("dv-1")
            .await
            .unwrap()
            .dev_instance_id,
        "dv-1"
    );
    assert_eq!(
        client
            .stop_dev_instance("dv-1")
            .await
            .unwrap()
            .dev_instance_id,
        "dv-1"
    );
    assert_eq!(
        client
            .delete_dev_instance("dv-1")
            .await
            .unwrap()
            .dev_instance_id,
        "dv-1"
    );
    for mock in mocks {
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn timed_stop_dev_instance_always_sends_enable() {
    let mut server = Server::new_async().await;
    let on = expect(&mut server, "POST", "/?action=TimedStopDevInstance")
        .await
        .match_body(Matcher::Json(
            json!({"devInstanceId": "dv-1", "delaySec": 3600, "enable": true}),
        ))
        .create_async()
        .await;
    let off = expect(&mut server, "POST", "/?action=TimedStopDevInstance")
        .await
        .match_body(Matcher::Json(
            json!({"devInstanceId": "dv-1", "enable": false}),
        ))
        .create_async()
        .await;
    let client = client(&server);
    client
        .timed_stop_dev_instance("dv-1")
        .enable(true)
        .delay_sec(3600)
        .await
        .unwrap();
    client
        .timed_stop_dev_instance("dv-1")
        .enable(false)
        .await
        .unwrap();
    on.assert_async().await;
    off.assert_async().await;
}

#[tokio::test]
async fn create_dev_instance_image_pack_job_sends_the_registry() {
    let mut server = Server::new_async().await;
    let mock = expect(
        &mut server,
        "POST",
        "/?action=CreateDevInstanceImagePackJob",
    )
    .await
    .match_body(Matcher::Json(json!({
        "devInstanceId": "dv-1", "imageName": "ubuntu", "imageTag": "v1",
        "registry": "registry.example", "namespace": "space", "username": "user",
        "password": "pass"
    })))
    .with_body(r#"{"requestId":"r","imagePackJobId":"tk-1"}"#)
    .create_async()
    .await;
    let job = client(&server)
        .create_dev_instance_image_pack_job()
        .dev_instance_id("dv-1")
        .image_name("ubuntu")
        .image_tag("v1")
        .registry("registry.example")
        .namespace("space")
        .username("user")
        .password("pass")
        .await
        .unwrap();
    assert_eq!(job.image_pack_job_id, "tk-1");
    mock.assert_async().await;
}

#[tokio::test]
async fn query_dev_instance_image_pack_job_detail_sends_both_ids() {
    let mut server = Server::new_async().await;
    let query = "/?action=DescribeDevInstanceImagePackJob&devInstanceId=dv-1&imagePackJobId=tk-1";
    let mock = expect(&mut server, "GET", query)
        .await
        .with_body(r#"{"devInstanceImagePackJob":{"id":"tk-1","status":30}}"#)
        .create_async()
        .await;
    let job = client(&server)
        .query_dev_instance_image_pack_job_detail("dv-1", "tk-1")
        .await
        .unwrap();
    assert_eq!(job.dev_instance_image_pack_job.id, "tk-1");
    mock.assert_async().await;
}

#[tokio::test]
async fn list_dev_instance_events_sends_the_window_in_utc_with_milliseconds() {
    let mut server = Server::new_async().await;
    let query = "/?action=DescribeDevInstanceEvents&devInstanceId=dv-1\
                 &startTime=2025-05-18T17%3A12%3A20.761Z&endTime=2025-06-04T05%3A30%3A23.000Z\
                 &eventType=Warning&message=Back-off&pageNumber=1&pageSize=10";
    let mock = expect(&mut server, "GET", query).await.create_async().await;
    let start = OffsetDateTime::from_unix_timestamp_nanos(1_747_588_340_761_999_999).unwrap();
    let end = OffsetDateTime::from_unix_timestamp(1_749_015_023).unwrap();
    client(&server)
        .list_dev_instance_events("dv-1", start, end)
        .event_type(EventType::Warning)
        .message("Back-off")
        .page_number(1)
        .page_size(10)
        .await
        .unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn options_of_a_call_reach_its_request() {
    let mut server = Server::new_async().await;
    let mock = expect(&mut server, "GET", "/?action=DescribeDevInstances")
        .await
        .match_header("x-trace", "t-1")
        .create_async()
        .await;
    client(&server)
        .list_dev_instances()
        .with_header("x-trace", "t-1")
        .with_timeout(Duration::from_secs(30))
        .with_idempotent(true)
        .send()
        .await
        .unwrap();
    mock.assert_async().await;
}
