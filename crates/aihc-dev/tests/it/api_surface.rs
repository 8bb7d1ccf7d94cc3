//! What users may rely on at compile time.

use aihc_dev::model::{DevInstanceConf, DevInstanceStatus, ListDevInstancesResponse};
use aihc_dev::operation::{CreateDevInstance, ListDevInstances, StopDevInstance};
use aihc_dev::{
    ChangeError, Client, ClientBuilder, DevInstanceChange, Error, Pace, Region, Secret, WaitError,
};

fn is_shared<T: Clone + Send + Sync + std::fmt::Debug + 'static>() {}
fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn clients_builders_and_models_are_cheap_to_share() {
    is_shared::<Client>();
    is_shared::<CreateDevInstance>();
    is_shared::<ListDevInstances>();
    is_shared::<StopDevInstance>();
    is_shared::<DevInstanceConf>();
    is_shared::<ListDevInstancesResponse>();
    is_shared::<DevInstanceStatus>();
    is_shared::<Region>();
    is_shared::<Secret>();
    is_shared::<Pace>();
    is_shared::<DevInstanceChange>();
    is_send::<Option<ClientBuilder<Client>>>(None);
    is_send::<Option<Error>>(None);
    is_send::<Option<WaitError>>(None);
    is_send::<Option<ChangeError>>(None);
}

#[test]
fn a_client_is_built_without_a_runtime() {
    let client = crate::common::answered_with("{}");
    // The futures may move between threads, those of `send` and of `await` alike.
    drop(is_send(client.list_dev_instances().send()));
    drop(is_send(
        client
            .create_dev_instance("n", crate::common::conf(), "c", "i")
            .send(),
    ));
    drop(is_send(client.stop_dev_instance("dv-1").into_future()));
    drop(is_send(client.wait_until_deleted("dv-1").into_future()));
    drop(is_send(client.change_dev_instance("dv-1", |_| ())));
    drop(is_send(client.stop_dev_instances(["dv-1"])));
    drop(is_send(client.list_dev_instances().items().collect_all()));
    drop(is_send(
        client.find_created("n", time::OffsetDateTime::UNIX_EPOCH),
    ));
}

#[test]
fn regions_are_open() {
    assert_eq!(Region::BJ.as_str(), "bj");
    assert_eq!(Region::from("cd"), Region::from("cd".to_owned()));
    assert_eq!(Region::HKG.to_string(), "hkg");
}

#[test]
fn states_read_like_words_and_convert_both_ways() {
    assert_eq!(DevInstanceStatus::ImagePacking.to_string(), "image packing");
    assert_eq!(DevInstanceStatus::from(99).to_string(), "unknown (99)");
    assert_eq!(DevInstanceStatus::from(18), DevInstanceStatus::Failed);
    assert_eq!(i64::from(DevInstanceStatus::Deleted), 20);
    assert_eq!(String::from(DevInstanceStatus::Running), "3");
    assert_eq!(DevInstanceStatus::default(), DevInstanceStatus::Creating);
}

#[tokio::test]
async fn a_builder_shows_no_secret() {
    let client = crate::common::answered_with("{}");
    let call = client
        .create_dev_instance_image_pack_job("dv", "i", "t", "r", "n", "u", "s3cret")
        .client_token("token");
    let shown = format!("{call:?}");
    assert!(
        shown.contains("token") && !shown.contains("s3cret"),
        "{shown}"
    );
}
