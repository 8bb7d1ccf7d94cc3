//! Image pack jobs.

use serde_json::{Value, json};

use crate::client::{Bench, START};

pub(crate) fn job_body(id: &str) -> Value {
    json!({
        "devInstanceId": id, "imageName": "torch", "imageTag": "2.6", "registry": "ccr.example",
        "namespace": "team", "username": "pusher", "password": "push-s3cret",
    })
}

async fn pack(bench: &Bench, id: &str) -> String {
    let created = bench
        .post("CreateDevInstanceImagePackJob", "", &job_body(id))
        .await
        .ok();
    created["imagePackJobId"].as_str().unwrap().to_owned()
}

async fn job(bench: &Bench, id: &str, job: &str) -> Value {
    let query = format!("&devInstanceId={id}&imagePackJobId={job}");
    let mut body = bench
        .get("DescribeDevInstanceImagePackJob", &query)
        .await
        .ok();
    body["devInstanceImagePackJob"].take()
}

#[tokio::test]
async fn a_job_passes_its_steps_while_the_machine_is_packed() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    let job_id = pack(&bench, &id).await;
    assert!(job_id.starts_with("tk-"), "{job_id}");
    let mut seen = Vec::new();
    for _ in 0..5 {
        let status = job(&bench, &id, &job_id).await["status"].as_i64().unwrap();
        seen.push((status, bench.status(&id).await));
        bench.advance(2);
    }
    assert_eq!(seen, [(1, 10), (2, 10), (3, 10), (4, 10), (5, 3)]);
    assert_eq!(
        job(&bench, &id, &job_id).await,
        json!({
            "id": job_id, "devInstanceId": id, "imageName": "torch", "imageTag": "2.6",
            "registry": "ccr.example", "namespace": "team", "status": 5,
            "createdAt": START.unix_timestamp() + 8, "updatedAt": START.unix_timestamp() + 16,
        })
    );
}

#[tokio::test]
async fn only_a_running_machine_is_packed_and_only_once_at_a_time() {
    let bench = Bench::start().await;
    let id = bench.create("dev").await;
    let early = bench
        .post("CreateDevInstanceImagePackJob", "", &job_body(&id))
        .await;
    assert_eq!(early.refusal(), (403, "Forbidden"));
    bench.advance(8);
    pack(&bench, &id).await;
    let second = bench
        .post("CreateDevInstanceImagePackJob", "", &job_body(&id))
        .await;
    assert_eq!(second.refusal(), (403, "Forbidden"));
}

#[tokio::test]
async fn a_job_can_be_made_to_fail() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    let job_id = pack(&bench, &id).await;
    let handle = bench.emulator.handle();
    assert!(handle.fail_image_pack_job(&id, &job_id));
    assert!(!handle.fail_image_pack_job(&id, &job_id));
    assert_eq!(job(&bench, &id, &job_id).await["status"], 30);
    assert_eq!(bench.status(&id).await, 3);
    let jobs = handle.image_pack_jobs();
    assert_eq!(jobs[0].image, "ccr.example/team/torch:2.6");
    assert_eq!((jobs[0].id.as_str(), jobs[0].status), (job_id.as_str(), 30));
}

#[tokio::test]
async fn a_job_is_found_only_with_its_machine() {
    let bench = Bench::start().await;
    let id = bench.create("dev").await;
    let other = bench.create_running("other").await;
    let job_id = pack(&bench, &id).await;
    for (id, job) in [(&other, &job_id), (&id, &"tk-0".to_owned())] {
        let query = format!("&devInstanceId={id}&imagePackJobId={job}");
        let answer = bench.get("DescribeDevInstanceImagePackJob", &query).await;
        assert_eq!(answer.refusal(), (403, "NotFound"));
    }
}

#[tokio::test]
async fn every_member_of_a_job_is_required() {
    let bench = Bench::start().await;
    let id = bench.create_running("dev").await;
    let members: Vec<String> = job_body(&id).as_object().unwrap().keys().cloned().collect();
    for member in members {
        for value in [Value::Null, json!("")] {
            let mut body = job_body(&id);
            body[&member] = value;
            let answer = bench.post("CreateDevInstanceImagePackJob", "", &body).await;
            assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{member}");
        }
    }
}
