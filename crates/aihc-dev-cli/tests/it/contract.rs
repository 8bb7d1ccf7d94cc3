//! `check-contract`: what it finds in the answers of an emulator, and what its report holds.

use std::time::Duration;

use aihc::jobs::{DataSource, Env, ImageConfig, JobResource, JobSpec};
use aihc::services::ServiceConf;
use aihc_emulator::{Builder, Delays, Emulator, Resources};
use serde_json::{Value, json};

use crate::support::{Lab, Run};

/// Pools of both kinds, queues inside a queue, datasets and models.
fn resources() -> Resources {
    let node = |name: &str| {
        json!({"name": name, "cpus": 64, "memory": 512, "acceleratorType": "A800-80G",
            "accelerator": "baidu.com/a800_80g_cgpu", "acceleratorCount": 8})
    };
    let resources = json!({
        "pools": [
            {"id": "cce-own", "name": "自建池", "description": "北京 pool", "nodes": [node("10.9.8.7")],
                "queues": [
                    {"id": "queue-1", "name": "cola", "type": "Elastic"},
                    {"id": "queue-2", "name": "训练队列",
                        "accelerators": {"baidu.com/a800_80g_cgpu": 4.0}},
                    {"id": "queue-3", "name": "nightly", "parent": "训练队列"},
                ]},
            {"id": "aihc-managed", "name": "zhangsan-pool", "type": "dedicatedV2",
                "nodes": [node("10.9.8.8")], "queues": [{"id": "queue-9", "name": "team"}]},
        ],
        "datasets": [
            {"id": "ds-own", "name": "corpus", "storageType": "PFS", "storageInstance": "pfs-own",
                "importFormat": "FOLDER", "description": "李四的数据", "visibilityScope": "ALL_PEOPLE",
                "versions": [
                    {"id": "v-one", "storagePath": "/one", "mountPath": "/mnt/one"},
                    {"id": "v-two", "storagePath": "/two", "mountPath": "/mnt/two", "description": "d"},
                ]},
        ],
        "models": [
            {"id": "mo-own", "name": "qwen-of-lisi", "modelFormat": "HuggingFace", "description": "m",
                "visibilityScope": "ONLY_OWNER",
                "versions": [{"id": "mo-own-1", "source": "UserUpload", "storageBucket": "bucket-own",
                    "storagePath": "/qwen", "modelMetrics": "{\"Results\":[]}"}]},
        ],
    });
    Resources::from_json(&resources.to_string()).unwrap()
}

/// An emulator where everything goes on for hours, with something of everything in it.
async fn full(change: impl FnOnce(Builder) -> Builder) -> Lab {
    let mut delays = Delays::default();
    delays.job_running = Duration::from_secs(360_000);
    let builder = Emulator::builder().time_scale(200.0).delays(delays);
    let lab = Lab::started(change(builder.resources(resources()))).await;
    for name in ["dev-zhangsan", "开发机", "third"] {
        let id = lab.running(name).await;
        let client = lab.client();
        let timer = client.timed_stop_dev_instance(id).enable(true);
        timer.delay_sec(360_000).await.unwrap();
    }
    let spec = JobSpec::new("registry.example.com/team/train:v1", 1)
        .image_config(ImageConfig::new("robot", "pull-hunter2"))
        .resources([JobResource::new("baidu.com/a800_80g_cgpu", 2.0)])
        .envs([Env::new().name("TOKEN").value("env-hunter2")]);
    let data = DataSource::new("pfs", "pfs-own", "/mnt/data").source_path("/");
    let job = lab.aihc().create_job().resource_pool_id("cce-own");
    let job = job
        .queue_id("cola")
        .name("job-of-wangwu")
        .job_spec(spec.into());
    job.command("python train.py")
        .datasources([data])
        .await
        .unwrap();
    let conf = json!({
        "name": "chat-of-wangwu", "acceleratorType": "", "workloadType": "", "instanceCount": 2,
        "resourcePool": {"resourcePoolId": "cce-own", "resourcePoolName": "自建池",
            "queueName": "cola", "resourcePoolType": ""},
        "access": {"publicAccess": true, "networkType": "aiGateway", "aiGateway": {"enableAuth": true}},
        "containers": [{
            "name": "main", "cpus": 1, "memory": 1, "acceleratorCount": 0, "command": ["serve"],
            "ports": [{"name": "HTTP", "port": 8080}], "envs": {"TOKEN": "env-hunter2"},
            "image": {"imageType": 2, "imageUrl": "r.example.com/vllm:1", "username": "u",
                "password": "pull-hunter2"},
        }],
    });
    let conf: ServiceConf = serde_json::from_value(conf).unwrap();
    lab.aihc()
        .create_service()
        .service_conf(conf)
        .await
        .unwrap();
    lab.handle().advance(Duration::from_secs(3600));
    lab
}

/// Runs the check with STS; gives the report as JSON.
fn report(lab: &Lab, code: i32) -> Value {
    let run = lab.run(&["check-contract", "--sts", "-o", "json"]);
    run.fails(code).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_emulator_answers_as_described() {
    let lab = full(|it| it).await;
    let run = lab.run(&["check-contract", "--sts"]);
    println!("{} {}", run.stdout, run.stderr);
    let report = report(&lab, 0);
    assert_eq!(report["differences"], json!([]));
}
