//! Tests of datasets and models.

use aihc::VisibilityScope;
use aihc::datasets::{
    DatasetStorageType, DatasetVersionEntry, ImportFormat, Permission, PermissionEntry,
};
use aihc::models::{ModelSource, ModelVersionEntry};
use serde_json::json;

use crate::common::{Service, answering, refused};

#[tokio::test]
async fn page_zero_is_never_sent_and_a_stream_sends_a_size() {
    let service = Service::answering([r#"{"datasets":[],"totalCount":0}"#]);
    let client = service.client();
    client.describe_datasets().await.unwrap();
    client
        .describe_datasets()
        .items()
        .collect_all()
        .await
        .unwrap();
    let sent = service.sent();
    assert_eq!(sent[0].query, "action=DescribeDatasets");
    assert_eq!(
        sent[1].query,
        "action=DescribeDatasets&pageNumber=1&pageSize=100"
    );
}

#[tokio::test]
async fn dataset_version_members_all_are_read_and_four_are_sent() {
    let body = r#"{"requestId":"r","versionEntry":{"id":"v","version":"1","description":"d","storagePath":"/a",
        "mountPath":"/b","createUser":"u","createUserName":"n","createdAt":"t1","updatedAt":"t2","requestId":"r2"}}"#;
    let read = answering(body)
        .describe_dataset_version("ds", "v")
        .await
        .unwrap();
    let entry = read.version_entry.unwrap();
    assert_eq!(
        (entry.create_user_name.as_str(), entry.updated_at.as_str()),
        ("n", "t2")
    );

    let service = Service::answering([r#"{"requestId":"r","id":"ds"}"#]);
    let create = service.client().create_dataset();
    create
        .name("n")
        .storage_type(DatasetStorageType::Pfs)
        .storage_instance("pfs-1")
        .import_format(ImportFormat::Folder)
        .visibility_scope(VisibilityScope::OnlyOwner)
        .init_version_entry(DatasetVersionEntry::new("/a", "/b").description("d"))
        .await
        .unwrap();
    let sent = json!({"storagePath": "/a", "mountPath": "/b", "description": "d"});
    assert_eq!(service.only().body["initVersionEntry"], sent);
}

#[tokio::test]
async fn init_version_optional_it_is_required() {
    // An argument of the method, so no call lacks it.
    let service = Service::answering([r#"{"requestId":"r","id":"m"}"#]);
    let entry = ModelVersionEntry::new(ModelSource::UserUpload, "bucket", "/m");
    service
        .client()
        .create_model("n", "HuggingFace", entry)
        .await
        .unwrap();
    let entry = &service.only().body["initVersionEntry"];
    assert_eq!(entry["storageBucket"], "bucket");
}

#[tokio::test]
async fn dataset_version_page_is_everything_without_a_size() {
    let service = Service::answering([r#"{"versions":[],"totalCount":0}"#]);
    service
        .client()
        .describe_dataset_versions("ds")
        .await
        .unwrap();
    assert_eq!(
        service.only().query,
        "action=DescribeDatasetVersions&datasetId=ds"
    );
}

#[tokio::test]
async fn modify_model_answer_may_have_no_id() {
    for (body, id) in [
        (r#"{"requestId":"r"}"#, ""),
        (r#"{"requestId":"r","id":"m"}"#, "m"),
    ] {
        let answer = answering(body).modify_model("m", "n", "d").await.unwrap();
        assert_eq!(answer.id, id);
    }
}

#[tokio::test]
async fn dataset_optional_entries_are_required() {
    let service = Service::answering([r#"{"requestId":"r","id":"ds"}"#]);
    let entry = PermissionEntry::new("u-1", "lisi", Permission::Read);
    let modify = service
        .client()
        .modify_dataset("ds")
        .visibility_user([entry]);
    modify.await.unwrap();
    let sent = json!([{"id": "u-1", "name": "lisi", "permission": "r"}]);
    assert_eq!(service.only().body["visibilityUser"], sent);

    let service = Service::default();
    let create = service.client().create_dataset().name("n");
    let create = create
        .storage_type(DatasetStorageType::Bos)
        .storage_instance("b");
    refused(create.await, "importFormat", &service);
}

#[tokio::test]
async fn model_tags_are_free() {
    let body =
        r#"{"requestId":"r","totalCount":1,"models":[{"id":"m","tags":{"any":["thing",1.50]}}]}"#;
    let models = answering(body).describe_models().await.unwrap().models;
    let tags = models[0].tags.as_ref().unwrap();
    assert_eq!(tags.text(), r#"{"any":["thing",1.50]}"#);
}
