//! Tests of values that are refused before anything is sent.

use std::future::Ready;
use std::task::{Context, Poll};

use aihc_dev::model::{Access, DevInstanceConf};
use aihc_dev::model::{
    Bos, Cfs, Dataset, DatasetStorageType, Image, ImageType, Pfs, PortInfo, ResourcePool,
    Resources, VolumeConf, VolumeType,
};
use aihc_dev::{Client, Error, ErrorKind};
use bce_http::Body;
use http::{Request, Response};
use time::OffsetDateTime;

/// A transport that must not be called.
#[derive(Clone)]
struct Unreachable;

impl tower_service::Service<Request<Body>> for Unreachable {
    type Response = Response<&'static str>;
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    #[allow(clippy::panic)]
    fn call(&mut self, request: Request<Body>) -> Self::Future {
        panic!("{} was sent", request.uri());
    }
}

fn client() -> Client {
    Client::from_service(Unreachable).unwrap()
}

fn member(result: Result<impl std::fmt::Debug, Error>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert!(!error.may_have_been_applied());
    assert!(error.operation().is_some());
    error.member().unwrap().to_owned()
}

#[tokio::test]
async fn empty_ids_are_refused_by_every_operation() {
    let client = client();
    let (epoch, conf) = (OffsetDateTime::UNIX_EPOCH, crate::common::conf);
    assert_eq!(
        member(client.query_dev_instance_detail("").await),
        "devInstanceId"
    );
    assert_eq!(member(client.start_dev_instance("").await), "devInstanceId");
    assert_eq!(member(client.stop_dev_instance("").await), "devInstanceId");
    assert_eq!(
        member(client.delete_dev_instance("").await),
        "devInstanceId"
    );
    assert_eq!(
        member(client.timed_stop_dev_instance("").enable(true).await),
        "devInstanceId"
    );
    assert_eq!(
        member(
            client
                .update_dev_instance()
                .id("")
                .name("n")
                .conf(conf())
                .creator("c")
                .creator_id("i")
                .await
        ),
        "id"
    );
    assert_eq!(
        member(
            client
                .create_dev_instance()
                .name("")
                .conf(conf())
                .creator("c")
                .creator_id("i")
                .await
        ),
        "name"
    );
    assert_eq!(
        member(
            client
                .create_dev_instance()
                .name("n")
                .conf(conf())
                .creator("")
                .creator_id("i")
                .await
        ),
        "creator"
    );
    assert_eq!(
        member(
            client
                .create_dev_instance()
                .name("n")
                .conf(conf())
                .creator("c")
                .creator_id("")
                .await
        ),
        "creatorId"
    );
    let job = client
        .query_dev_instance_image_pack_job_detail("dv-1", "")
        .await;
    assert_eq!(member(job), "imagePackJobId");
    assert_eq!(
        member(client.list_dev_instance_events("", epoch, epoch).await),
        "devInstanceId"
    );
}

#[tokio::test]
async fn every_member_of_an_image_pack_job_is_needed() {
    let names = [
        "devInstanceId",
        "imageName",
        "imageTag",
        "registry",
        "namespace",
        "username",
        "password",
    ];
    for (index, name) in names.into_iter().enumerate() {
        let value = |at: usize| if at == index { "" } else { "x" };
        let call = client()
            .create_dev_instance_image_pack_job()
            .dev_instance_id(value(0))
            .image_name(value(1))
            .image_tag(value(2))
            .registry(value(3))
            .namespace(value(4))
            .username(value(5))
            .password(value(6));
        assert_eq!(member(call.await), name);
    }
}

#[tokio::test]
async fn line_breaks_in_ids_are_refused() {
    let split = client()
        .delete_dev_instance("dv-1\r\nx-bce-date: now")
        .await;
    assert_eq!(member(split), "devInstanceId");
}

#[tokio::test]
async fn page_numbers_and_sizes_start_at_one() {
    let client = client();
    assert_eq!(
        member(client.list_dev_instances().page_number(0).await),
        "pageNumber"
    );
    assert_eq!(
        member(client.list_dev_instances().page_size(-1).await),
        "pageSize"
    );
    let epoch = OffsetDateTime::UNIX_EPOCH;
    let events = client
        .list_dev_instance_events("dv-1", epoch, epoch)
        .page_size(0);
    assert_eq!(member(events.await), "pageSize");
}

async fn refused(change: impl FnOnce(&mut DevInstanceConf)) -> String {
    let mut conf = crate::common::conf();
    change(&mut conf);
    member(
        client()
            .create_dev_instance()
            .name("n")
            .conf(conf)
            .creator("c")
            .creator_id("i")
            .await,
    )
}

#[tokio::test]
async fn rules_of_nested_members_name_their_place() {
    let place = refused(|conf| conf.resource_pool = ResourcePool::new("")).await;
    assert_eq!(place, "conf.resourcePool.queueName");
    let place = refused(|conf| conf.resources = Resources::new(0, 2)).await;
    assert_eq!(place, "conf.resources.cpus");
    let place = refused(|conf| conf.resources.shm_size = Some(-1)).await;
    assert_eq!(place, "conf.resources.shmSize");
    let place = refused(|conf| conf.image = Image::new(ImageType::Preset, "")).await;
    assert_eq!(place, "conf.image.imageUrl");
    let ports = [
        PortInfo::new("dev_ssh", 22, 22),
        PortInfo::new("web", 65_536, 80),
    ];
    let place = refused(|conf| conf.access = Some(Access::new().port_info(ports))).await;
    assert_eq!(place, "conf.access.portInfo[1].port");
}

#[tokio::test]
async fn rules_of_mounts_name_their_place() {
    let mount = |volume: VolumeConf| refused(move |conf| conf.volume_confs.push(volume));
    let volume = || VolumeConf::new(VolumeType::Pfs, "/x");
    assert_eq!(
        mount(VolumeConf::new(VolumeType::Cds, "")).await,
        "conf.volumnConfs[1].mountPath"
    );
    assert_eq!(
        mount(volume().pfs(Pfs::new("", "/"))).await,
        "conf.volumnConfs[1].pfs.instanceId"
    );
    assert_eq!(
        mount(volume().cfs(Cfs::new("i", "/", ""))).await,
        "conf.volumnConfs[1].cfs.mountPoint"
    );
    assert_eq!(
        mount(volume().bos(Bos::new(""))).await,
        "conf.volumnConfs[1].bos.sourcePath"
    );
    let dataset = Dataset::new("d", "", DatasetStorageType::Bos);
    assert_eq!(
        mount(volume().dataset(dataset)).await,
        "conf.volumnConfs[1].dataset.versionId"
    );
}

#[tokio::test]
async fn a_timed_stop_in_less_than_an_hour_is_refused() {
    let soon = std::time::Duration::from_secs(3599);
    let refused = client().enable_timed_stop("dv-1", soon).await;
    let text = refused.as_ref().unwrap_err().to_string();
    assert_eq!(
        text,
        "TimedStopDevInstance failed: delaySec must be at least 3600, not 3599"
    );
    assert_eq!(member(refused), "delaySec");
}

#[tokio::test]
async fn undecided_limits_are_not_checked() {
    // Names, disk sizes and delays: the official pages disagree, so the service decides.
    let client = crate::common::answered_with(r#"{"devInstanceId":"dv-1"}"#);
    let mut conf = crate::common::conf();
    conf.volume_confs[0].cds.as_mut().unwrap().capacity = 1;
    client
        .create_dev_instance()
        .name("Ein Name, 开发机")
        .conf(conf)
        .creator("c")
        .creator_id("i")
        .await
        .unwrap();
    client
        .timed_stop_dev_instance("dv-1")
        .enable(true)
        .delay_sec(60)
        .await
        .unwrap();
}
