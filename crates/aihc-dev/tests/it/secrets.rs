//! Tests that secrets are sent unmodified, and shown nowhere, not even in serialized values.

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use aihc_dev::model::DevInstanceConf;
use aihc_dev::{ChangeError, Client, Error, ErrorKind};
use bce_http::rt::codec::Wire;
use bce_http::{Body, RetryPolicy};
use http::{Method, Request, Response};
use serde_json::{Value, json};

use crate::common::conf;

/// A fake service with one instance. It records the body of every request that is not a GET. If
/// `gateway` is set, each of these requests gets this status and this body in place of the normal
/// response.
#[derive(Clone)]
struct Service {
    instance: Arc<Mutex<Value>>,
    changes: Arc<Mutex<Vec<String>>>,
    gateway: Option<(u16, &'static str)>,
}

impl Service {
    fn with(conf: &DevInstanceConf) -> Self {
        let conf = serde_json::to_value(Wire(conf)).unwrap();
        let instance =
            json!({"id": "dv-1", "name": "n", "creator": "c", "creatorId": "i", "conf": conf});
        Self {
            instance: Arc::new(Mutex::new(instance)),
            changes: Arc::default(),
            gateway: None,
        }
    }

    fn client(&self) -> Client {
        Client::from_service(self.clone()).unwrap()
    }

    fn only_change(&self) -> String {
        let mut changes = self.changes.lock().unwrap();
        assert_eq!(changes.len(), 1);
        changes.remove(0)
    }
}

impl tower_service::Service<Request<Body>> for Service {
    type Response = Response<String>;
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if request.method() == Method::GET {
            let instance = self.instance.lock().unwrap().clone();
            let answer = json!({"requestId": "r", "devInstance": instance});
            return ready(Ok(Response::new(answer.to_string())));
        }
        let body = request.into_body();
        let body = String::from_utf8(body.as_bytes().unwrap().to_vec()).unwrap();
        self.changes.lock().unwrap().push(body);
        let answer = r#"{"requestId":"r","devInstanceId":"dv-1","imagePackJobId":"tk-1"}"#;
        let (status, body) = self.gateway.unwrap_or((200, answer));
        let response = Response::builder().status(status);
        ready(Ok(response.body(body.to_owned()).unwrap()))
    }
}

/// Returns a configuration with a secret in each possible place.
fn secretive() -> DevInstanceConf {
    let mut conf = conf().envs([("LANG", "C.UTF-8"), ("TOKEN", "t0ken")]);
    conf.image = conf.image.username("robot").password("p&w\"");
    conf
}

#[test]
fn what_a_program_writes_of_a_model_holds_no_secret() {
    let conf = secretive();
    let shown = serde_json::to_string(&conf.image).unwrap();
    let image = r#"{"imageType":0,"imageUrl":"registry.example/ubuntu:22.04","username":"robot","password":"***"}"#;
    assert_eq!(shown, image);
    let shown = serde_json::to_value(&conf).unwrap();
    assert_eq!(shown["envs"], json!({"LANG": "***", "TOKEN": "***"}));
    assert_eq!(shown["image"]["password"], "***");
    // As the service represents a hidden password.
    let unshown = conf.image.password("");
    assert_eq!(serde_json::to_value(&unshown).unwrap()["password"], "");
}

const SENT: &str = r#"{"resourcePool":{"queueName":"default"},"resources":{"cpus":1,"memory":2},"image":{"imageType":0,"imageUrl":"registry.example/ubuntu:22.04","username":"robot","password":"p&w\""},"volumnConfs":[{"volumnType":"cds","mountPath":"/.rootfs","cds":{"capacity":100}}],"envs":{"LANG":"C.UTF-8","TOKEN":"t0ken"}}"#;

#[tokio::test]
async fn what_is_sent_holds_the_secrets_byte_for_byte() {
    let service = Service::with(&conf());
    let client = service.client();
    client
        .create_dev_instance()
        .name("n")
        .conf(secretive())
        .creator("c")
        .creator_id("i")
        .await
        .unwrap();
    let rest = r#""creator":"c","creatorId":"i"}"#;
    assert_eq!(
        service.only_change(),
        format!(r#"{{"name":"n","conf":{SENT},{rest}"#)
    );
    let update = client
        .update_dev_instance()
        .id("dv-1")
        .name("n")
        .conf(secretive())
        .creator("c")
        .creator_id("i");
    update.is_public_mgmt(false).await.unwrap();
    let expected = format!(r#"{{"id":"dv-1","name":"n","conf":{SENT},"isPublicMgmt":false,{rest}"#);
    assert_eq!(service.only_change(), expected);
    let pack = client
        .create_dev_instance_image_pack_job()
        .dev_instance_id("dv-1")
        .image_name("i")
        .image_tag("t")
        .registry("r")
        .namespace("n")
        .username("u")
        .password("p&w");
    pack.await.unwrap();
    assert_eq!(
        service.only_change(),
        r#"{"devInstanceId":"dv-1","imageName":"i","imageTag":"t","registry":"r","namespace":"n","username":"u","password":"p&w"}"#
    );
}

#[tokio::test]
async fn the_mask_is_refused_in_the_place_of_each_secret_before_anything_is_sent() {
    let service = Service::with(&conf());
    let client = service.client();
    let password = || {
        let mut conf = conf();
        conf.image = conf.image.password("***");
        conf
    };
    let envs = || conf().envs([("LANG", "C"), ("TOKEN", "***")]);
    let mut refused = Vec::new();
    for error in [
        client
            .create_dev_instance()
            .name("n")
            .conf(password())
            .creator("c")
            .creator_id("i")
            .await
            .unwrap_err(),
        client
            .create_dev_instance()
            .name("n")
            .conf(envs())
            .creator("c")
            .creator_id("i")
            .await
            .unwrap_err(),
        client
            .update_dev_instance()
            .id("dv-1")
            .name("n")
            .conf(envs())
            .creator("c")
            .creator_id("i")
            .await
            .unwrap_err(),
        client
            .create_dev_instance_image_pack_job()
            .dev_instance_id("dv-1")
            .image_name("i")
            .image_tag("t")
            .registry("r")
            .namespace("n")
            .username("u")
            .password("***")
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(!error.may_have_been_applied());
        let text = error.to_string();
        assert!(text.contains("in the place of a secret"), "{text}");
        assert!(
            text.contains("leave the member out, or give the value"),
            "{text}"
        );
        refused.push(error.member().unwrap().to_owned());
    }
    let expected = [
        "conf.image.password",
        "conf.envs.TOKEN",
        "conf.envs.TOKEN",
        "password",
    ];
    assert_eq!(refused, expected);
    assert!(service.changes.lock().unwrap().is_empty());
}

/// Converts a configuration to JSON, applies `edit` to the JSON, and converts the result back, like
/// a program that stores configurations as text.
fn through_text(conf: &mut DevInstanceConf, edit: impl FnOnce(&mut Value)) {
    let mut text = serde_json::to_value(&conf).unwrap();
    edit(&mut text);
    *conf = serde_json::from_value(text).unwrap();
}

#[tokio::test]
async fn a_change_keeps_the_secrets_that_come_back_masked() {
    let service = Service::with(&secretive());
    let client = service.client();
    let nothing = |conf: &mut DevInstanceConf| through_text(conf, |_| {});
    assert!(
        client
            .change_dev_instance("dv-1", nothing)
            .await
            .unwrap()
            .is_none()
    );
    let edit = |conf: &mut DevInstanceConf| {
        through_text(conf, |text| {
            text["resources"]["cpus"] = 8.into();
            text["envs"]["LANG"] = "en".into();
        });
    };
    let change = client
        .change_dev_instance("dv-1", edit)
        .await
        .unwrap()
        .unwrap();
    let members: Vec<&str> = change.members().collect();
    assert_eq!(members, ["conf.envs.LANG", "conf.resources.cpus"]);
    let sent: Value = serde_json::from_str(&service.only_change()).unwrap();
    assert_eq!(
        sent["conf"]["envs"],
        json!({"LANG": "en", "TOKEN": "t0ken"})
    );
    assert_eq!(sent["conf"]["image"]["password"], "p&w\"");
}

#[tokio::test]
async fn a_mask_without_an_old_value_is_refused_by_a_change() {
    for (member, edit) in [
        (
            "conf.envs.NEW",
            (|text| text["envs"]["NEW"] = "***".into()) as fn(&mut Value),
        ),
        ("conf.image.password", |text| {
            text["image"]["password"] = "***".into()
        }),
    ] {
        let service = Service::with(&conf().envs([("LANG", "C")]));
        let change = |conf: &mut DevInstanceConf| through_text(conf, edit);
        let error = service.client().change_dev_instance("dv-1", change).await;
        let Err(ChangeError::Request(error)) = error else {
            panic!("{error:?}");
        };
        assert_eq!(error.member(), Some(member));
        assert!(service.changes.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_password_that_the_service_masks_is_left_out_of_a_change() {
    let mut shown = conf();
    shown.image = shown.image.password("***");
    let service = Service::with(&shown);
    let change = |conf: &mut DevInstanceConf| conf.resources.cpus = 8;
    service
        .client()
        .change_dev_instance("dv-1", change)
        .await
        .unwrap();
    let sent: Value = serde_json::from_str(&service.only_change()).unwrap();
    assert_eq!(sent["conf"]["image"].get("password"), None);
}

#[tokio::test]
async fn an_empty_password_that_was_set_is_sent() {
    for shown in [None, Some("***"), Some("registry")] {
        let mut read = conf();
        read.image.password = shown.map(Into::into);
        let service = Service::with(&read);
        let change = |conf: &mut DevInstanceConf| conf.image.password = Some("".into());
        let changed = service.client().change_dev_instance("dv-1", change).await;
        assert!(changed.unwrap().is_some(), "{shown:?}");
        let sent: Value = serde_json::from_str(&service.only_change()).unwrap();
        assert_eq!(sent["conf"]["image"]["password"], "", "{shown:?}");
    }
}

#[tokio::test]
async fn what_the_service_left_out_does_not_stop_a_change() {
    let mut read = conf();
    let dataset = json!({"volumnType": "dataset", "mountPath": "/data",
        "dataset": {"datasetId": "d", "versionId": "v"}});
    read.volume_confs
        .push(serde_json::from_value(dataset).unwrap());
    read.volume_confs[0].volume_type = None;
    read.image.image_type = None;
    let service = Service::with(&read);
    let client = service.client();
    let change = |conf: &mut DevInstanceConf| conf.resources.cpus = 8;
    client.change_dev_instance("dv-1", change).await.unwrap();
    let sent: Value = serde_json::from_str(&service.only_change()).unwrap();
    assert_eq!(sent["conf"]["image"]["imageType"], 0);
    let volumes = &sent["conf"]["volumnConfs"];
    assert_eq!(volumes[0].get("volumnType"), None);
    assert_eq!(volumes[0]["cds"]["capacity"], 100);
    assert_eq!(volumes[1]["dataset"].get("storageType"), None);
    // A creation has no values that were read.
    let create = client.create_dev_instance().name("n").conf(read);
    let error = create.creator("c").creator_id("i").await.unwrap_err();
    assert_eq!(error.member(), Some("conf.image.imageType"));
}

/// Returns the result of an update that sets the environment variable `TOKEN`, and whose response
/// is lost: a gateway responds with status 502. In the description that is read afterwards, the
/// variable has the value `shown`.
async fn update_with_lost_answer(shown: &str) -> Result<(), Error> {
    let wanted = conf().envs([("TOKEN", "new-token")]);
    let mut service = Service::with(&conf().envs([("TOKEN", shown)]));
    service.gateway = Some((502, "<html>"));
    let policy = RetryPolicy::exponential()
        .max_retries(1)
        .base(Duration::ZERO)
        .max_delay(Duration::ZERO);
    let update = service
        .client()
        .update_dev_instance()
        .id("dv-1")
        .name("n")
        .conf(wanted)
        .creator("c")
        .creator_id("i");
    update.with_retry(policy).await.map(drop)
}

#[tokio::test]
async fn a_lost_change_of_a_variable_is_settled_by_its_real_value() {
    update_with_lost_answer("new-token").await.unwrap();
    for shown in ["old-token", "***"] {
        let error = update_with_lost_answer(shown).await.unwrap_err();
        assert!(error.may_have_been_applied(), "{error}");
    }
}
