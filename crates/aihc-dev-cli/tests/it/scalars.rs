//! Tests how scalars in files and options are sent.

use bce_testing::RawServer;
use serde_json::{Value, json};

use crate::support::Lab;

/// Strings that some parsers take for values of other types.
const TEXTS: [&str; 20] = [
    "0123",
    "007",
    "00000000000000000000000000000001",
    "1.10",
    "0644",
    "1e3",
    "0x1F",
    "0o17",
    "1_000",
    "1.0",
    "-0",
    "+1",
    "true",
    "yes",
    "No",
    "2026-01-01",
    "12:30:45",
    ".inf",
    "123456789012345678901234567890",
    "1:20",
];

/// Returns a service that accepts every request.
async fn service() -> RawServer {
    let body = r#"{"requestId":"r","devInstanceId":"dv-00000001"}"#;
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close");
    RawServer::start(format!("{head}\r\n\r\n{body}").into_bytes())
        .await
        .unwrap()
}

/// Returns the body of the creation request that results from this file and these arguments.
async fn sent(file: &str, arguments: &[&str]) -> Value {
    let server = service().await;
    let lab = Lab::new().await;
    let url = server.url();
    let fixed = ["create", "--file", "-", "--endpoint", &url];
    lab.run_fed(file, &[&fixed, arguments].concat()).ok();
    // Before that, the tool looks for existing instances with the same name.
    let requests = server.requests();
    let is_create = |head: &str| head.contains("CreateDevInstance");
    let mut created = requests.iter().filter(|it| is_create(&it.head));
    let (created, others) = (created.next().unwrap(), created.count());
    assert_eq!(others, 0);
    serde_json::from_slice(&created.body).unwrap()
}

fn yaml(name: &str, envs: &[String]) -> String {
    format!(
        "name: {name}\ncreator: {name}\ncreatorId: {name}\nconf:\n  \
         resourcePool: {{queueName: {name}}}\n  resources: {{cpus: 4, memory: '8'}}\n  \
         image: {{imageType: 0, imageUrl: {name}}}\n  \
         volumnConfs: [{{volumnType: cds, mountPath: {name}, cds: {{capacity: 100}}}}]\n  \
         envs:\n{}",
        envs.concat()
    )
}

fn assert_texts(body: &Value) {
    for (n, text) in TEXTS.iter().enumerate() {
        assert_eq!(body["conf"]["envs"][format!("V{n}")], *text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_in_yaml_is_sent_as_it_is_written() {
    let line = |(n, text): (usize, &&str)| format!("    V{n}: {text}\n");
    let envs: Vec<_> = TEXTS.iter().enumerate().map(line).collect();
    for name in ["0123", "'0123'", "\"0123\"", "!!str 0123"] {
        let body = sent(&yaml(name, &envs), &[]).await;
        assert_texts(&body);
        for member in [
            &body["name"],
            &body["creator"],
            &body["creatorId"],
            &body["conf"]["resourcePool"]["queueName"],
            &body["conf"]["image"]["imageUrl"],
            &body["conf"]["volumnConfs"][0]["mountPath"],
        ] {
            assert_eq!(member, "0123");
        }
        assert_eq!(body["conf"]["resources"], json!({"cpus": 4, "memory": 8}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_in_options_is_sent_as_it_is_written() {
    let file = yaml("n", &["    LAST: x\n".to_owned()]);
    let options = TEXTS.iter().enumerate();
    let (mut set, mut env) = (Vec::new(), Vec::new());
    for (n, text) in options {
        set.extend(["--set".to_owned(), format!("envs.V{n}={text}")]);
        env.extend(["--env".to_owned(), format!("V{n}={text}")]);
    }
    for arguments in [set, env] {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        assert_texts(&sent(&file, &arguments).await);
    }
    let more = [
        "--creator",
        "007",
        "--set",
        "creatorId=0001",
        "--env",
        "A=null",
    ];
    let body = sent(&file, &[&more[..], &["--env", "B=\"x\""]].concat()).await;
    assert_eq!(
        (&body["creator"], &body["creatorId"]),
        (&json!("007"), &json!("0001"))
    );
    assert_eq!(
        body["conf"]["envs"],
        json!({"LAST": "x", "A": "null", "B": "\"x\""})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_in_json_keep_their_digits_where_text_is_due() {
    let numbers = [
        "1.10",
        "1e3",
        "-0",
        "123456789012345678901234567890",
        "true",
    ];
    let members = numbers.map(|number| format!("\"V{number}\": {number}"));
    let file = format!(
        r#"{{"name": 1.10, "creator": "c", "creatorId": "0001", "conf": {{
            "resourcePool": {{"queueName": "q"}}, "resources": {{"cpus": 4, "memory": 9007199254740993}},
            "image": {{"imageType": 0, "imageUrl": "u"}},
            "volumnConfs": [{{"volumnType": "cds", "mountPath": "/", "cds": {{"capacity": 100}}}}],
            "envs": {{{}}}}}}}"#,
        members.join(", ")
    );
    let body = sent(&file, &[]).await;
    assert_eq!(body["name"], "1.10");
    for number in numbers {
        assert_eq!(body["conf"]["envs"][format!("V{number}")], number);
    }
    assert_eq!(
        body["conf"]["resources"]["memory"],
        9_007_199_254_740_993_i64
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_notations_of_numbers_are_refused_where_numbers_are_due() {
    let server = service().await;
    let lab = Lab::new().await;
    let url = server.url();
    for number in [
        "1.0",
        "1e3",
        "0x1F",
        "0644",
        "1_000",
        "9223372036854775808",
        "yes",
        "+4",
    ] {
        let file =
            yaml("n", &["    A: x\n".to_owned()]).replace("cpus: 4", &format!("cpus: {number}"));
        let arguments = ["create", "--file", "-", "--endpoint", &url];
        lab.run_fed(&file, &arguments)
            .fails(2)
            .says("standard input, line 6: conf.resources.cpus must be a whole number");
        let set = format!("resources.cpus={number}");
        lab.run(&["update", "dv-00000001", "--endpoint", &url, "--set", &set])
            .fails(2)
            .says("conf.resources.cpus must be a whole number");
    }
    assert!(server.requests().is_empty());
}
