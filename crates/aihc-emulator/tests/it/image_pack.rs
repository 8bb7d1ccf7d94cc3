//! Tests of image pack jobs.

use serde_json::{Value, json};

use crate::client::{Fixture, START};

pub(crate) fn job_body(id: &str) -> Value {
    json!({
        "devInstanceId": id, "imageName": "torch", "imageTag": "2.6", "registry": "ccr.example",
        "namespace": "team", "username": "pusher", "password": "push-s3cret",
    })
}

async fn pack(fixture: &Fixture, id: &str) -> String {
    let created = fixture
        .post("CreateDevInstanceImagePackJob", "", &job_body(id))
        .await
        .ok();
    created["imagePackJobId"].as_str().unwrap().to_owned()
}

async fn job(fixture: &Fixture, id: &str, job: &str) -> Value {
    let query = format!("&devInstanceId={id}&imagePackJobId={job}");
    let mut body = fixture
        .get("DescribeDevInstanceImagePackJob", &query)
        .await
        .ok();
    body["devInstanceImagePackJob"].take()
}

#[tokio::test]
async fn a_job_passes_its_steps_while_the_instance_is_packed() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let job_id = pack(&fixture, &id).await;
    assert!(job_id.starts_with("tk-"), "{job_id}");
    let mut seen = Vec::new();
    for _ in 0..5 {
        let status = job(&fixture, &id, &job_id).await["status"]
            .as_i64()
            .unwrap();
        seen.push((status, fixture.status(&id).await));
        fixture.advance(2);
    }
    assert_eq!(seen, [(1, 10), (2, 10), (3, 10), (4, 10), (5, 3)]);
    assert_eq!(
        job(&fixture, &id, &job_id).await,
        json!({
            "id": job_id, "devInstanceId": id, "imageName": "torch", "imageTag": "2.6",
            "registry": "ccr.example", "namespace": "team", "status": 5,
            "createdAt": START.unix_timestamp() + 8, "updatedAt": START.unix_timestamp() + 16,
        })
    );
}

#[tokio::test]
async fn only_a_running_instance_is_packed_and_only_once_at_a_time() {
    let fixture = Fixture::start().await;
    let id = fixture.create("dev").await;
    let early = fixture
        .post("CreateDevInstanceImagePackJob", "", &job_body(&id))
        .await;
    assert_eq!(early.refusal(), (403, "Forbidden"));
    fixture.advance(8);
    pack(&fixture, &id).await;
    let second = fixture
        .post("CreateDevInstanceImagePackJob", "", &job_body(&id))
        .await;
    assert_eq!(second.refusal(), (403, "Forbidden"));
}

#[tokio::test]
async fn a_job_can_be_made_to_fail() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let job_id = pack(&fixture, &id).await;
    let handle = fixture.emulator.handle();
    handle.fail_image_pack_job(&id, &job_id).unwrap();
    handle.fail_image_pack_job(&id, &job_id).unwrap_err();
    assert_eq!(job(&fixture, &id, &job_id).await["status"], 30);
    assert_eq!(fixture.status(&id).await, 3);
    let jobs = handle.image_pack_jobs();
    assert_eq!(jobs[0].image, "ccr.example/team/torch:2.6");
    assert_eq!(
        (jobs[0].id.as_str(), jobs[0].status.code()),
        (job_id.as_str(), 30)
    );
}

#[tokio::test]
async fn a_job_is_found_only_with_its_instance() {
    let fixture = Fixture::start().await;
    let id = fixture.create("dev").await;
    let other = fixture.create_running("other").await;
    let job_id = pack(&fixture, &id).await;
    for (id, job) in [(&other, &job_id), (&id, &"tk-0".to_owned())] {
        let query = format!("&devInstanceId={id}&imagePackJobId={job}");
        let answer = fixture.get("DescribeDevInstanceImagePackJob", &query).await;
        assert_eq!(answer.refusal(), (403, "NotFound"));
    }
}

#[tokio::test]
async fn every_member_of_a_job_is_required() {
    let fixture = Fixture::start().await;
    let id = fixture.create_running("dev").await;
    let members: Vec<String> = job_body(&id).as_object().unwrap().keys().cloned().collect();
    for member in members {
        for value in [Value::Null, json!("")] {
            let mut body = job_body(&id);
            body[&member] = value;
            let answer = fixture
                .post("CreateDevInstanceImagePackJob", "", &body)
                .await;
            assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{member}");
        }
    }
}
