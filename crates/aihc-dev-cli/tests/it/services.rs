//! Tests of the command `services`.

use aihc::services::ServiceConf;
use serde_json::{Value, json};

use crate::golden::{assert_golden, steady};
use crate::support::Lab;

/// Values that no output may contain.
const SECRETS: [&str; 3] = ["env-hunter2", "pull-hunter2", "Bearer"];

impl Lab {
    /// Creates a service whose gateway requires a token of its callers. Returns the id of the
    /// service.
    pub(crate) async fn service(&self, name: &str) -> String {
        let conf = json!({
            "name": name, "acceleratorType": "", "workloadType": "", "instanceCount": 2,
            "resourcePool": {"resourcePoolId": "cce-emulator", "resourcePoolName": "emulator",
                "queueName": "default", "resourcePoolType": ""},
            "access": {"publicAccess": true, "networkType": "aiGateway",
                "aiGateway": {"enableAuth": true}},
            "containers": [{
                "name": "main", "cpus": 4, "memory": 8, "acceleratorCount": 0,
                "command": ["serve"], "ports": [{"name": "HTTP", "port": 8080}],
                "envs": {"TOKEN": "env-hunter2"},
                "image": {"imageType": 2, "imageUrl": "r.example.com/vllm:1", "username": "u",
                    "password": "pull-hunter2"},
            }],
        });
        let conf: ServiceConf = serde_json::from_value(conf).unwrap();
        let create = self.aihc().create_service().service_conf(conf);
        create.await.unwrap().service_id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_listed_in_every_form() {
    let lab = Lab::new().await;
    let run = lab.run(&["services"]).ok().says("no services");
    assert_eq!(run.stdout, "");
    let id = lab.service("chat").await;
    let table = lab.run(&["services", "list"]).ok().stdout;
    let text = steady(&table.replace(&id, "s-000000000000"));
    assert_golden("services.txt", &text);
    let again = lab.run(&["services"]).ok().stdout;
    assert_eq!(steady(&again), steady(&table));
    let json = lab.run(&["services", "list", "-o", "json"]).ok().json();
    assert_eq!(
        (&json[0]["id"], &json[0]["queueName"]),
        (&json!(id), &json!("default"))
    );
    let lines = lab.run(&["services", "-o", "jsonl"]).ok().lines();
    assert_eq!(Value::from(lines), json);
    lab.service("other").await;
    let page = lab.run(&["services", "list", "--page-size", "1"]).ok();
    page.says("1 of 2; use --all-pages for all, --page 2 for the next page");
    let all = [
        "services",
        "list",
        "--all-pages",
        "--page-size",
        "1",
        "-o",
        "json",
    ];
    assert_eq!(lab.run(&all).ok().json().as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_shown_with_its_instances_and_without_its_secrets() {
    let lab = Lab::new().await;
    let id = lab.service("chat").await;
    let running = || lab.handle().services()[0].available == 2;
    while !running() {
        lab.handle().advance(std::time::Duration::from_secs(1));
    }
    let text = lab.run(&["services", "show", &id]).ok().stdout;
    for part in ["running", "2 of 2 ready", "TOKEN", "r.example.com/vllm:1"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for form in ["table", "json", "jsonl", "yaml"] {
        let run = lab.run(&["services", "show", &id, "-o", form, "--log-level", "trace"]);
        let run = run.ok();
        for secret in SECRETS {
            assert!(!run.stdout.contains(secret), "{form}: {}", run.stdout);
            assert!(!run.stderr.contains(secret), "{form}: {}", run.stderr);
        }
    }
    let json = lab
        .run(&["services", "show", &id, "-o", "json"])
        .ok()
        .json();
    assert_eq!(json["service"]["name"], "chat");
    assert_eq!(json["service"]["containers"][0]["envs"]["TOKEN"], "***");
    assert_eq!(json["status"]["briefStat"]["status"], "running");
    assert_eq!(json["status"]["briefStat"]["statusCode"], 2);
    assert_eq!(json["instances"].as_array().unwrap().len(), 2);
    let both = lab.run(&["services", "show", &id, "s-00000000dead", "-o", "json"]);
    let both = both
        .fails(1)
        .says("aihc-dev: s-00000000dead: DescribeService failed: 403 NotFound");
    assert_eq!(both.json()[0]["service"]["name"], "chat");
    let run = lab.run(&["services", "show", "s-00000000dead"]).fails(1);
    run.says("`aihc-dev services list` shows the ids");
}
