//! Tests of compile-time properties that users may rely on.

use aihc_dev::model::{
    Dataset, DevInstanceBrief, DevInstanceConf, DevInstanceDetail, DevInstanceStatus, Event,
    EventType, Image, ImagePackJobStatus, ListDevInstancesResponse, Resources, VolumeConf,
    VolumeType,
};
use aihc_dev::operation::{CreateDevInstance, ListDevInstances, StopDevInstance};
use aihc_dev::{
    ChangeError, Client, ClientBuilder, DevInstanceChange, DevInstanceEdit, DevInstanceSettings,
    Error, ErrorKind, Pace, Region, Secret, WaitError,
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
    is_shared::<DevInstanceEdit>();
    is_shared::<DevInstanceSettings>();
    is_send::<Option<ClientBuilder<Client>>>(None);
    is_send::<Option<Error>>(None);
    is_send::<Option<WaitError>>(None);
    is_send::<Option<ChangeError>>(None);
}

#[test]
fn a_client_is_built_without_a_runtime() {
    let client = crate::common::answered_with("{}");
    // The futures of both `send` and `await` are `Send`.
    drop(is_send(client.list_dev_instances().send()));
    drop(is_send(
        client
            .create_dev_instance()
            .name("n")
            .conf(crate::common::conf())
            .creator("c")
            .creator_id("i")
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
fn states_read_like_words_and_have_a_code() {
    assert_eq!(DevInstanceStatus::ImagePacking.to_string(), "image packing");
    assert_eq!(DevInstanceStatus::from(99).to_string(), "unknown (99)");
    assert_eq!(
        format!("{:>12}|", DevInstanceStatus::from(9)),
        " unknown (9)|"
    );
    assert_eq!(DevInstanceStatus::from(18), DevInstanceStatus::Failed);
    assert_eq!(i64::from(DevInstanceStatus::Deleted), 20);
    assert_eq!(DevInstanceStatus::Running.code(), 3);
}

#[test]
fn what_display_writes_is_read_back() {
    for code in -1..=100 {
        let status = DevInstanceStatus::from(code);
        assert_eq!(status.to_string().parse(), Ok(status));
        let job = ImagePackJobStatus::from(code);
        assert_eq!(job.to_string().parse(), Ok(job));
    }
    for text in ["", "Running", "3", "unknown", "unknown (x)", "running "] {
        let error = text.parse::<DevInstanceStatus>().unwrap_err();
        let expected = format!("{text:?} is not a DevInstanceStatus");
        assert_eq!(error.to_string(), expected);
    }
    for text in ["cds", "", "new"] {
        let Ok(kind) = text.parse::<VolumeType>();
        assert_eq!((kind.to_string(), kind.as_str()), (text.to_owned(), text));
    }
    assert_eq!("bj".parse(), Ok(Region::BJ));
}

#[test]
fn a_value_is_unknown_in_one_way_only() {
    for code in 0..=30 {
        match DevInstanceStatus::from(code) {
            DevInstanceStatus::Unknown(value) => assert_eq!(*value.get(), code),
            known => assert_eq!(DevInstanceStatus::from(known.code()), known),
        }
    }
    let EventType::Unknown(value) = EventType::from("Fatal") else {
        panic!("it is known");
    };
    assert_eq!(value.get(), "Fatal");
}

#[test]
fn enums_are_written_and_read_alike_and_ordered_by_that() {
    for code in [3, 99] {
        let status = DevInstanceStatus::from(code);
        let json = serde_json::to_value(status).unwrap();
        assert_eq!(json, code);
        assert_eq!(
            serde_json::from_value::<DevInstanceStatus>(json).unwrap(),
            status
        );
        let text = serde_json::json!(code.to_string());
        assert_eq!(
            serde_json::from_value::<DevInstanceStatus>(text).unwrap(),
            status
        );
    }
    for text in ["Normal", "Fatal"] {
        let kind = EventType::from(text);
        let json = serde_json::to_value(&kind).unwrap();
        assert_eq!(json, text);
        assert_eq!(serde_json::from_value::<EventType>(json).unwrap(), kind);
    }
    assert!(serde_json::from_str::<DevInstanceStatus>("null").is_err());
    let mut states = [20, 99, 0, 8].map(DevInstanceStatus::from);
    states.sort();
    assert_eq!(states.map(DevInstanceStatus::code), [0, 8, 20, 99]);
}

/// Tests that `Deserialize` treats unusual JSON, such as `null` in place of a string, in the same
/// way as the code that reads responses does.
#[test]
fn models_are_read_in_one_way() {
    for other in ["[]", "[\"dv-1\"]", "\"dv-1\"", "7", "null"] {
        assert!(
            serde_json::from_str::<DevInstanceBrief>(other).is_err(),
            "{other}"
        );
        assert!(serde_json::from_str::<Dataset>(other).is_err(), "{other}");
    }
    let nulls = r#"{"id":null,"status":"","resources":null,"createdAt":"5","new":1}"#;
    let brief: DevInstanceBrief = serde_json::from_str(nulls).unwrap();
    assert_eq!(
        (brief.id.as_str(), brief.status, brief.resources),
        ("", None, None)
    );
    assert_eq!(brief.created_at, Some(5.into()));
    // An alias of a member: `Deserialize` knows it as well.
    let mount: VolumeConf = serde_json::from_str(r#"{"volumeType":"cds"}"#).unwrap();
    assert_eq!(mount.volume_type, Some(VolumeType::Cds));
}

#[test]
fn models_can_be_keys_unless_they_hold_secrets() {
    fn is_key<T: Eq + std::hash::Hash>() {}
    fn is_eq<T: Eq>() {}
    is_key::<Resources>();
    is_key::<DevInstanceBrief>();
    is_key::<Event>();
    is_key::<DevInstanceStatus>();
    is_key::<EventType>();
    is_key::<Region>();
    is_eq::<DevInstanceConf>();
    is_eq::<DevInstanceDetail>();
    is_eq::<DevInstanceSettings>();
    // No state has been reported yet.
    assert_eq!(DevInstanceBrief::default().status, None);
}

/// Tests calls whose required members are set by name, so that a call may lack one of them.
#[tokio::test]
async fn a_required_member_that_is_not_set_is_refused_by_name() {
    let client = crate::common::answered_with("{}");
    let refused = |error: Error| {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("must be set"), "{error}");
        error.member().map(str::to_owned)
    };
    let create = || client.create_dev_instance().name("n").creator("c");
    assert_eq!(
        refused(create().await.unwrap_err()).as_deref(),
        Some("conf")
    );
    let create = create().conf(crate::common::conf());
    assert_eq!(
        refused(create.await.unwrap_err()).as_deref(),
        Some("creatorId")
    );
    let update = client.update_dev_instance();
    assert_eq!(refused(update.await.unwrap_err()).as_deref(), Some("id"));
    let timer = client.timed_stop_dev_instance("dv-1").delay_sec(7200);
    assert_eq!(refused(timer.await.unwrap_err()).as_deref(), Some("enable"));
    let pack = client.create_dev_instance_image_pack_job();
    let pack = pack.dev_instance_id("dv").image_name("i").image_tag("t");
    assert_eq!(
        refused(pack.await.unwrap_err()).as_deref(),
        Some("registry")
    );
    let mut image = Image::default();
    image.image_url = "u".to_owned();
    let conf = crate::common::conf().image(image);
    let create = client
        .create_dev_instance()
        .name("n")
        .creator("c")
        .creator_id("i");
    let error = create.conf(conf).await.unwrap_err();
    assert_eq!(refused(error).as_deref(), Some("conf.image.imageType"));
}

#[tokio::test]
async fn a_builder_shows_no_secret() {
    let client = crate::common::answered_with("{}");
    let call = client
        .create_dev_instance_image_pack_job()
        .dev_instance_id("dv")
        .image_name("i")
        .image_tag("t")
        .registry("r")
        .namespace("n")
        .username("u")
        .password("s3cret")
        .client_token("token");
    let shown = format!("{call:?}");
    assert!(
        shown.contains("token") && !shown.contains("s3cret"),
        "{shown}"
    );
}
