//! Tests the table on the migration page that compares the headers of our requests with those of
//! the Go SDK.

use std::collections::{BTreeMap, BTreeSet};

use aihc_dev::model::{
    Cds, DevInstanceConf, Image, ResourcePool, Resources, VolumeConf, VolumeType,
};
use aihc_dev::{Client, Credentials};
use bce_testing::RawServer;
use serde_json::Value;

const PAGE: &str = include_str!("../../docs/migrating-from-go.md");
const GO: &str = include_str!("../../crates/bce-testing/vectors/wire.json");

type Headers = BTreeMap<String, String>;

/// Returns the headers of three calls of our client, all with a session token: the creation of an
/// instance, which has a body, the stop of an instance, which has none, and the list of instances.
async fn ours() -> BTreeMap<&'static str, Headers> {
    let body = r#"{"requestId":"r","devInstanceId":"dv-1","devInstances":[],"totalCount":0}"#;
    let length = body.len();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
    let server = RawServer::start(answer.into_bytes()).await.unwrap();
    let client = Client::builder()
        .credentials(Credentials::session("ak", "sk", "token").unwrap())
        .endpoint(server.url())
        .build()
        .unwrap();
    let conf = DevInstanceConf::new()
        .resource_pool(ResourcePool::new("queue"))
        .resources(Resources::new(1, 2))
        .image(Image::new(0, "image"))
        .volume_confs([VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100))]);
    let created = client
        .create_dev_instance()
        .name("dev")
        .conf(conf)
        .creator("owner")
        .creator_id("id")
        .await;
    created.unwrap();
    client.stop_dev_instance("dv-1").await.unwrap();
    client.list_dev_instances().await.unwrap();
    let operations = [
        "CreateDevInstance",
        "StopDevInstance",
        "DescribeDevInstances",
    ];
    let requests = server.requests();
    assert_eq!(requests.len(), operations.len());
    let headers = requests.iter().map(|request| {
        let lines = request.head.split("\r\n").skip(1);
        let pairs = lines.map(|line| line.split_once(": ").unwrap());
        let pairs = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        pairs.collect()
    });
    operations.into_iter().zip(headers).collect()
}

/// Returns the headers of this operation that were recorded from the Go SDK. The header with the
/// session token is always added, since not every recording has one.
fn theirs(operation: &str) -> Headers {
    let file: Value = serde_json::from_str(GO).unwrap();
    let requests = file["requests"].as_array().unwrap().iter();
    let headers = requests
        .filter(|request| request["operation"] == operation)
        .flat_map(|request| request["headers"].as_array().unwrap().clone());
    let text = |header: &Value, member: &str| header[member].as_str().unwrap().to_owned();
    headers
        .map(|header| (text(&header, "name"), text(&header, "value")))
        .chain([("x-bce-security-token".to_owned(), "token".to_owned())])
        .collect()
}

/// Returns the rows of the table of headers on the migration page: the name of a header, its value
/// in the Go SDK, and its value in our SDK.
fn rows() -> Vec<[&'static str; 3]> {
    let (_, section) = PAGE.split_once("\n## Headers\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        <[&str; 3]>::try_from(cells).unwrap()
    });
    rows.collect()
}

#[tokio::test]
async fn the_page_has_each_header_that_differs_from_those_of_go_and_no_other() {
    let (mut without, mut added) = (BTreeSet::new(), BTreeSet::new());
    let (mut differing, mut same) = (BTreeSet::new(), BTreeSet::new());
    for (operation, ours) in ours().await {
        let theirs = theirs(operation);
        for (name, value) in &theirs {
            match ours.get(name) {
                None => without.insert(name.clone()),
                Some(other) if other == value => same.insert(name.clone()),
                Some(_) => differing.insert(name.clone()),
            };
        }
        let of_ours = ours.keys().filter(|name| !theirs.contains_key(*name));
        added.extend(of_ours.cloned());
    }
    // The values of these headers depend on the request or on the machine.
    for name in [
        "authorization",
        "content-length",
        "host",
        "x-bce-date",
        "x-bce-request-id",
    ] {
        differing.remove(name);
    }
    let named = |is: &dyn Fn(&[&str; 3]) -> bool| {
        let names = rows().into_iter().filter(is);
        let names = names.map(|[name, ..]| name.trim_matches('`').to_owned());
        names.collect::<BTreeSet<_>>()
    };
    assert_eq!(named(&|[_, _, rust]| rust.starts_with("not sent")), without);
    assert_eq!(named(&|[_, go, _]| go.starts_with("not sent")), added);
    let other =
        |[_, go, rust]: &[&str; 3]| !go.starts_with("not sent") && !rust.starts_with("not sent");
    assert_eq!(named(&other), differing);
    assert!(same.contains("version"), "{same:?}");
}
