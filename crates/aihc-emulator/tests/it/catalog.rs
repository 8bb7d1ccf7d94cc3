//! Tests of datasets and models, with their versions.

use aihc_emulator::Profile;
use serde_json::{Value, json};

use crate::client::{Fixture, create_body};
use crate::described::texts;

fn dataset(name: &str) -> Value {
    json!({
        "name": name, "storageType": "BOS", "storageInstance": "bucket1", "importFormat": "FOLDER",
        "visibilityScope": "ONLY_OWNER",
        "visibilityUser": [{"id": "u1", "name": "lisi", "permission": "rw"}],
        "initVersionEntry": {"storagePath": "/a", "mountPath": "/b", "description": "first"},
    })
}

fn model(name: &str) -> Value {
    json!({
        "name": name, "modelFormat": "HuggingFace", "description": "my model",
        "initVersionEntry": {
            "source": "UserUpload", "storageBucket": "bucket1", "storagePath": "/p",
            "modelMetrics": "{\"Results\":[]}",
        },
    })
}

async fn create(fixture: &Fixture, action: &str, body: &Value) -> String {
    let created = fixture.ask(action, "", body).await.ok();
    created["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_dataset_is_described_with_its_newest_version() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, "CreateDataset", &dataset("my-data")).await;
    assert!(id.starts_with("ds-"), "{id}");
    fixture.advance(60);
    let query = format!("&datasetId={id}");
    let version = json!({"storagePath": "/v2", "mountPath": "/m", "description": "new"});
    let version = fixture
        .ask("CreateDatasetVersion", &query, &version)
        .await
        .ok();
    let described = fixture.see("DescribeDataset", &query).await;
    for (member, value) in [
        ("name", json!("my-data")),
        ("storageType", json!("BOS")),
        ("permission", json!("rw")),
        ("ownerName", json!("default")),
        ("latestVersion", json!("2")),
        ("latestVersionId", version["id"].clone()),
        ("createdAt", json!("2026-08-20T00:00:00Z")),
        ("updatedAt", json!("2026-08-20T00:01:00Z")),
    ] {
        assert_eq!(described[member], value, "{member}");
    }
    assert_eq!(described["latestVersionEntry"]["mountPath"], "/m");
    assert_eq!(described["visibilityUser"][0]["name"], "lisi");
    assert!(described.get("initVersionEntry").is_none());
    let versions = fixture.see("DescribeDatasetVersions", &query).await;
    assert_eq!(texts(&versions["versions"], "version"), ["2", "1"]);
    let first = versions["versions"][1]["id"].as_str().unwrap();
    let first = fixture
        .see(
            "DescribeDatasetVersion",
            &format!("{query}&versionId={first}"),
        )
        .await;
    assert_eq!(first["versionEntry"]["description"], "first");
    assert_eq!(first["name"], "my-data");
}

#[tokio::test]
async fn what_a_change_leaves_out_stays() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, "CreateDataset", &dataset("my-data")).await;
    let query = format!("&datasetId={id}");
    let change = json!({"description": "mine", "visibilityScope": "ALL_PEOPLE"});
    fixture.ask("ModifyDataset", &query, &change).await.ok();
    let described = fixture.see("DescribeDataset", &query).await;
    assert_eq!(described["name"], "my-data");
    assert_eq!(described["description"], "mine");
    assert_eq!(described["visibilityScope"], "ALL_PEOPLE");
    let model = create(&fixture, "CreateModel", &model("m")).await;
    let query = format!("&modelId={model}");
    let change = json!({"name": "n", "description": ""});
    let modified = fixture.ask("ModifyModel", &query, &change).await.ok();
    assert_eq!(modified["id"], json!(model));
    assert_eq!(fixture.see("DescribeModel", &query).await["name"], "n");
}

#[tokio::test]
async fn datasets_are_found_and_come_whole_without_a_size() {
    let fixture = Fixture::start().await;
    for number in 0..12 {
        let mut body = dataset(&format!("data-{number}"));
        if number > 9 {
            body["storageType"] = json!("PFS");
            body["storageInstance"] = json!(format!("pfs-{number}"));
        }
        create(&fixture, "CreateDataset", &body).await;
    }
    for (query, count, total) in [
        ("", 13, 13),
        // The Go SDK sends this for values that are not set.
        ("&pageNumber=0&pageSize=0", 13, 13),
        ("&pageNumber=2&pageSize=10", 3, 13),
        ("&keyword=data-1", 3, 3),
        ("&storageType=PFS", 3, 3),
        ("&storageInstances=pfs-10,pfs-11,none", 2, 2),
        ("&importFormat=FILE", 0, 0),
    ] {
        let list = fixture.see("DescribeDatasets", query).await;
        assert_eq!(list["datasets"].as_array().unwrap().len(), count, "{query}");
        assert_eq!(list["totalCount"], total, "{query}");
    }
    let newest = fixture.see("DescribeDatasets", "&pageSize=1").await;
    assert_eq!(texts(&newest["datasets"], "name"), ["data-11"]);
}

#[tokio::test]
async fn models_have_versions_too() {
    let fixture = Fixture::start().await;
    let id = create(&fixture, "CreateModel", &model("my-model")).await;
    assert!(id.starts_with("mo-"), "{id}");
    let query = format!("&modelId={id}");
    let described = fixture.see("DescribeModel", &query).await;
    assert_eq!(described["initSource"], "UserUpload");
    assert_eq!(described["versionEntry"]["storageBucket"], "bucket1");
    let version = json!({"storageBucket": "b", "storagePath": "/p2", "source": "UserUpload"});
    let version = fixture
        .ask("CreateModelVersion", &query, &version)
        .await
        .ok();
    let version = version["id"].as_str().unwrap();
    let one = fixture
        .see(
            "DescribeModelVersion",
            &format!("{query}&versionId={version}"),
        )
        .await;
    assert_eq!(one["versionEntry"]["version"], "2");
    let list = fixture.see("DescribeModels", "&keyword=my").await;
    assert_eq!(texts(&list["models"], "latestVersionId"), [version]);
    let gone = format!("{query}&versionId={version}");
    fixture
        .ask("DeleteModelVersion", &gone, &Value::Null)
        .await
        .ok();
    let again = fixture.ask("DeleteModelVersion", &gone, &Value::Null).await;
    assert_eq!(again.refusal(), (403, "NotFound"));
    // The number of a deleted version is not used again.
    let next = json!({"storageBucket": "b", "storagePath": "/p3", "source": "UserUpload"});
    fixture.ask("CreateModelVersion", &query, &next).await.ok();
    let versions = fixture.see("DescribeModelVersions", &query).await;
    assert_eq!(texts(&versions["versions"], "version"), ["3", "1"]);
}

#[tokio::test]
async fn what_is_deleted_is_not_found() {
    let fixture = Fixture::start().await;
    let dataset = create(&fixture, "CreateDataset", &dataset("d")).await;
    let model = create(&fixture, "CreateModel", &model("m")).await;
    for (kind, query) in [
        ("Dataset", format!("&datasetId={dataset}")),
        ("Model", format!("&modelId={model}")),
    ] {
        fixture
            .ask(&format!("Delete{kind}"), &query, &Value::Null)
            .await
            .ok();
        let change = json!({"name": "n", "description": "d"});
        let version = json!({
            "storagePath": "p", "mountPath": "/m", "storageBucket": "b", "source": "UserUpload",
        });
        for (action, body) in [
            (format!("Delete{kind}"), Value::Null),
            (format!("Describe{kind}"), Value::Null),
            (format!("Describe{kind}Versions"), Value::Null),
            (format!("Modify{kind}"), change),
            (format!("Create{kind}Version"), version),
        ] {
            let refused = fixture.ask(&action, &query, &body).await;
            assert_eq!(refused.refusal(), (403, "NotFound"), "{action}");
        }
    }
}

#[tokio::test]
async fn requests_are_checked_by_the_description() {
    let fixture = Fixture::start().await;
    for (pointer, value) in [
        ("/name", json!("")),
        ("/name", Value::Null),
        ("/storageType", json!("TAPE")),
        ("/initVersionEntry", Value::Null),
        ("/initVersionEntry/mountPath", Value::Null),
        ("/visibilityUser/0/permission", json!("x")),
    ] {
        let mut body = dataset("d");
        *body.pointer_mut(pointer).unwrap() = value.clone();
        let refused = fixture.ask("CreateDataset", "", &body).await;
        assert_eq!(
            refused.refusal(),
            (400, "InvalidParameter"),
            "{pointer} {value}"
        );
    }
    let mut body = dataset("d");
    body["initVersionEntry"]["storagePath"] = json!(7);
    let refused = fixture.ask("CreateDataset", "", &body).await;
    assert_eq!(refused.refusal(), (400, "MalformedJSON"));
    let strict = Fixture::start_with(|builder| builder.profile(Profile::Documented)).await;
    let refused = strict.ask("CreateDataset", "", &dataset("Data_1")).await;
    assert_eq!(refused.refusal(), (400, "InvalidParameter"));
}

#[tokio::test]
async fn another_user_sees_who_owns_a_dataset_but_not_who_may_use_it() {
    use aihc_emulator::AccessKey;
    use bce_auth::Credentials;
    let other = Credentials::new("other", "s").unwrap();
    let key = AccessKey::new(other.clone()).user("other");
    let fixture = Fixture::start_with(|builder| builder.add_access_key(key)).await;
    let id = create(&fixture, "CreateDataset", &dataset("d")).await;
    let target = format!("/?action=DescribeDataset&datasetId={id}");
    let seen = fixture.call_as(&other, "GET", &target, "").await.ok();
    assert_eq!(
        (&seen["permission"], &seen["ownerName"]),
        (&json!("r"), &json!("default"))
    );
    assert!(seen.get("visibilityUser").is_none());
}

#[tokio::test]
async fn a_dataset_can_be_mounted_in_a_version_that_it_has() {
    let fixture = Fixture::start().await;
    let mount = async |fixture: &Fixture, id: &str, version: &str| {
        let mut body = create_body("dev");
        body["conf"]["resourcePool"] =
            json!({"resourcePoolId": "cce-emulator", "queueName": "default"});
        body["conf"]["volumnConfs"] = json!([{
            "volumnType": "dataset", "mountPath": "/data",
            "dataset": {"datasetId": id, "versionId": version, "storageType": "pfs"},
        }]);
        fixture.post("CreateDevInstance", "", &body).await
    };
    mount(&fixture, "ds-emulator", "ds-version1").await.ok();
    let refused = mount(&fixture, "ds-emulator", "ds-version2").await;
    assert_eq!(refused.refusal(), (403, "NotFound"));
    mount(&fixture, "ds-of-nobody", "ds-1").await.ok();
    let strict = Fixture::start_with(|builder| builder.profile(Profile::Documented)).await;
    let refused = mount(&strict, "ds-of-nobody", "ds-1").await;
    assert_eq!(refused.refusal(), (403, "NotFound"));
}
