//! Tests of strings from the service that would manipulate the terminal.

use bce_testing::RawServer;
use serde_json::json;

use crate::support::{Lab, Run};

/// Control characters that change the direction of text, colour it, move the cursor and hide text.
/// Chinese characters and quotation marks must be kept.
const HOSTILE: &str =
    "a\u{202e}b\u{2066}c\u{200f}d\u{61c}e\u{1b}[31mf\u{9b}2Jg\u{7}h\u{7f}i\r\nj\t训\"\\";
const SHOWN: &str =
    r#"a\u{202e}b\u{2066}c\u{200f}d\u{61c}e\u{1b}[31mf\u{9b}2Jg\u{7}h\u{7f}i  j 训"\"#;

fn unprintable(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns a service whose responses contain hostile values.
async fn service() -> RawServer {
    let image = json!({"imageType": 0, "imageUrl": HOSTILE});
    let conf = json!({
        "resourcePool": {"queueName": HOSTILE, "resourcePoolName": HOSTILE},
        "resources": {"cpus": 1, "memory": 1, "acceleratorCount": 1, "acceleratorType": HOSTILE},
        "image": image, "volumnConfs": [{"volumnType": HOSTILE, "mountPath": HOSTILE}],
        "startCmd": HOSTILE, "workspaceDir": HOSTILE, "envs": {HOSTILE: "x"},
        "scheduleConf": {"priority": HOSTILE},
        "access": {"sshEnable": true},
    });
    let instance = json!({
        "id": HOSTILE, "name": HOSTILE, "status": 3, "statusReason": HOSTILE, "creator": HOSTILE,
        "creatorId": HOSTILE, "queueName": HOSTILE, "region": HOSTILE, "conf": conf,
        "serviceInstanceInfo": {"internalIP": HOSTILE, "publicIP": HOSTILE, "nodeIP": HOSTILE},
        "loginInfo": {"vscode": {"url": HOSTILE}},
    });
    let job = json!({"id": HOSTILE, "devInstanceId": HOSTILE, "registry": HOSTILE, "status": 1});
    let event = json!({"reason": HOSTILE, "message": HOSTILE, "type": HOSTILE});
    let body = json!({
        "requestId": "r", "devInstances": [instance], "totalCount": 1, "devInstance": instance,
        "events": [event], "devInstanceImagePackJob": job, "devInstanceId": HOSTILE,
        "imagePackJobId": HOSTILE,
    });
    answering(&body.to_string()).await
}

/// Returns a service that responds to every request with this body.
pub(crate) async fn answering(body: &str) -> RawServer {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close");
    RawServer::start(format!("{head}\r\n\r\n{body}").into_bytes())
        .await
        .unwrap()
}

async fn run(arguments: &[&str]) -> Run {
    let server = service().await;
    let url = server.url();
    let password = [("AIHC_REGISTRY_PASSWORD", "hunter2")];
    let lab = Lab::new().await;
    lab.run_with(&password, &[arguments, &["--endpoint", &url]].concat())
}

#[rustfmt::skip]
const COMMANDS: [&[&str]; 8] = [
    &["list"], &["list", "--all-pages"], &["show", "dv-00000001"], &["events", "dv-00000001"],
    &["pack-status", "dv-00000001", "tk-1"], &["open", "dv-00000001"],
    &["create", "--name", "n", "--creator", "c", "--creator-id", "i", "--queue", "q", "--cpus", "1",
      "--memory", "1", "--image", "i", "--disk", "100"],
    &["pack-image", "dv-00000001", "--registry", "r", "--namespace", "n", "--username", "u", "--name", "n",
      "--tag", "t"],
];

#[tokio::test(flavor = "multi_thread")]
async fn what_people_see_has_them_as_escapes() {
    for command in COMMANDS {
        let run = run(command).await.ok();
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains(unprintable), "{command:?}: {text:?}");
        }
        assert!(run.stdout.contains(SHOWN), "{command:?}: {}", run.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_hold_the_same_text_in_escapes() {
    for command in COMMANDS {
        let json = run(&[command, &["-o", "json"]].concat()).await.ok();
        let lines = run(&[command, &["-o", "jsonl"]].concat()).await.ok();
        let yaml = run(&[command, &["-o", "yaml"]].concat()).await.ok();
        for found in [&json, &lines, &yaml] {
            assert!(!found.stdout.contains(unprintable), "{:?}", found.stdout);
            assert!(!found.stderr.contains(unprintable), "{:?}", found.stderr);
        }
        let quoted = json!(HOSTILE).to_string();
        let exact = json.json();
        assert!(exact.to_string().contains(&quoted), "{exact}");
        let yaml: serde_json::Value = serde_saphyr::from_str(&yaml.stdout).unwrap();
        assert_eq!(yaml, exact);
        let lines = lines.lines();
        assert!(lines[0] == exact || lines[0] == exact[0], "{lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_shown_is_no_address_to_log_in_to() {
    // Errors must not contain control characters either.
    let wait = run(&["wait", "dv-00000001", "--for", "deleted", "--timeout", "1s"]).await;
    assert!(!wait.stderr.contains(unprintable), "{wait:?}");
    for host in ["--internal", "--user=me"] {
        let run = run(&["ssh-command", "dv-00000001", host]).await.fails(1);
        assert_eq!(run.stdout, "");
        assert!(!run.stderr.contains(unprintable), "{run:?}");
        run.says("is not the address of a host");
    }
}
