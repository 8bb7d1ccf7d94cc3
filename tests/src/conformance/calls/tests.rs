//! Tests that the comparison of requests reports incorrect arguments and requests.

use serde_json::{Value, json};

use super::*;

/// Returns a test case with which our request agrees.
fn case() -> Value {
    json!({
        "operation": "DescribeQueues",
        "args": {"resourcePoolId": "cce-1", "pageNumber": 3, "pageSize": 20},
        "method": "GET",
        "path": "/",
        "query": [["action", "DescribeQueues"], ["pageNumber", "3"], ["pageSize", "20"], ["resourcePoolId", "cce-1"]],
        "query_also": [["PageNumber", "3"], ["PageSize", "20"]],
        "headers": {"content-type": "application/json; charset=utf-8", "version": "v2"},
        "body": null,
    })
}

/// Returns a test case whose request has nested objects.
fn job() -> Value {
    let spec = json!({
        "image": "r/x:1", "replicas": 2, "resources": [{"name": "cpu", "quantity": 8}],
        "envs": [{"name": "A", "value": "1"}],
    });
    json!({
        "operation": "CreateJob",
        "args": {
            "resourcePoolId": "cce-1", "queueID": "default", "name": "n", "command": "c",
            "jobSpec": {"Head": spec, "Worker": spec}, "jobType": "RayJob",
        },
        "method": "POST",
        "path": "/",
        "query": [["action", "CreateJob"], ["queueID", "default"], ["resourcePoolId", "cce-1"]],
        "headers": {
            "content-type": "application/json; charset=utf-8", "version": "v2", "x-api-version": "v2",
        },
        "body": {
            "name": "n", "queue": "default", "command": "c", "jobSpec": {"Head": spec, "Worker": spec},
            "jobType": "RayJob",
        },
    })
}

fn compared(case: &Value) -> Result<(), String> {
    let description = Description::load().unwrap();
    block_on(compare(&description, case)).unwrap()
}

/// Returns the test case with another value at this JSON pointer. If `value` is null, the member is
/// removed, except for a member `body`, which becomes null.
fn with(mut case: Value, place: &str, value: Value) -> Value {
    match (place.rsplit_once('/'), value) {
        (Some((holder, name)), Value::Null) if name != "body" => {
            let holder = case.pointer_mut(holder).unwrap();
            holder.as_object_mut().unwrap().remove(name);
        }
        (Some((holder, name)), value) => {
            case.pointer_mut(holder).unwrap()[name] = value;
        }
        _ => panic!("{place}"),
    }
    case
}

#[test]
fn a_case_that_agrees_passes() {
    compared(&case()).unwrap();
    compared(&job()).unwrap();
}

#[test]
fn arguments_that_are_unknown_missing_or_wrong_are_named() {
    for (wrong, told) in [
        (
            with(case(), "/args/page", json!(3)),
            "there is no argument page",
        ),
        (
            with(case(), "/args/pageSize", json!("many")),
            "pageSize is \"many\", not a value of Int32",
        ),
        (
            with(case(), "/args/resourcePoolId", Value::Null),
            "resourcePoolId is missing",
        ),
        (
            with(case(), "/args/pageSize", json!(0)),
            "pageSize must be at least 1",
        ),
        (
            with(case(), "/args", json!([])),
            "the case has no arguments",
        ),
        (
            with(case(), "/operation", json!("DescribeBoxes")),
            "there is no operation \"DescribeBoxes\"",
        ),
        (
            with(job(), "/args/command", Value::Null),
            "command must be set",
        ),
        (
            with(job(), "/args/queue", json!("other")),
            "queue is not the same as queueID",
        ),
        (
            with(job(), "/args/jobSpec/Head/imgae", json!("x")),
            "no argument jobSpec.Head.imgae",
        ),
        (
            with(job(), "/args/jobSpec/Head/replicas", json!("2")),
            "jobSpec.Head.replicas is \"2\", not a value of Int64",
        ),
        (
            with(job(), "/args/jobSpec/Head/envs", json!({})),
            "jobSpec.Head.envs is {}, not a value of List<Env>",
        ),
    ] {
        let problem = compared(&wrong).unwrap_err();
        assert!(problem.contains(told), "{problem}");
    }
}

#[test]
fn a_request_that_is_not_as_expected_fails() {
    for (place, value, told) in [
        ("/method", json!("POST"), "the method is \"GET\""),
        ("/path", json!("/v2"), "the path is \"/\""),
        ("/query_also", json!([]), "the query is"),
        (
            "/headers/x-api-version",
            json!("v2"),
            "the header x-api-version is missing",
        ),
        (
            "/headers/version",
            Value::Null,
            "the header version is sent",
        ),
        (
            "/headers/content-type",
            json!("text/plain"),
            "content-type is",
        ),
        ("/body", json!({}), "the body is null"),
        ("/query", json!([["action"]]), "no pair of texts"),
    ] {
        let problem = compared(&with(case(), place, value)).unwrap_err();
        assert!(problem.contains(told), "{problem}");
    }
    let other = with(job(), "/body/jobSpec/Head/replicas", json!(3));
    assert!(compared(&other).unwrap_err().starts_with("the body is"));
    let whole = with(job(), "/body/jobSpec/Head/replicas", json!(2.0));
    compared(&whole).unwrap();
}

/// Returns a request that an SDK might send for [`case`]: it differs from the expected one, but
/// rules explain the differences.
fn captured() -> Value {
    json!({
        "method": "GET",
        "path": "/",
        "query": [["PageNumber", "3"], ["action", "DescribeQueues"], ["keyword", ""], ["pageSize", "20"], ["resourcePoolId", "cce-1"]],
        "headers": {"content-type": "application/json", "content-length": "0"},
        "body": null,
    })
}

#[test]
fn differences_that_rules_explain_pass_whatever_is_listed_of_them() {
    let case = with(case(), "/captured", captured());
    compared(&case).unwrap();
    let listed = json!([
        "header: content-type is 'application/json' with the SDK",
        "header: version is None with the SDK",
        "query: the SDK adds PageNumber=3",
        "query: the SDK lacks pageNumber",
        "query: the SDK adds keyword=",
    ]);
    compared(&with(case, "/differences", listed)).unwrap();
}

#[test]
fn differences_that_no_rule_explains_and_those_that_are_none_fail() {
    for (place, value) in [
        ("/captured/method", json!("POST")),
        ("/captured/headers/version", json!("v1")),
        ("/captured/headers/x-other", json!("1")),
        ("/captured/headers/content-type", json!("text/plain")),
        (
            "/captured/query",
            json!([["action", "DescribeQueues"], ["resourcePoolId", "cce-1"]]),
        ),
        (
            "/captured/query",
            json!([
                ["action", "DescribeQueue"],
                ["pageNumber", "3"],
                ["pageSize", "20"],
                ["resourcePoolId", "cce-1"]
            ]),
        ),
        ("/captured/body", json!({"a": 1})),
    ] {
        let case = with(case(), "/captured", captured());
        let problem = compared(&with(case, place, value)).unwrap_err();
        assert!(problem.starts_with("no rule explains"), "{problem}");
    }
    for text in [
        "query: the SDK adds keyword=x",
        "query: the SDK lacks pageSize",
        "header: content-type is 'text/plain' with the SDK",
        "query: keyword is 'x' with the SDK",
        "header: x-api-version is None with the SDK",
        "body: the SDK adds jobSpec (empty)",
        "signature: is another one",
        "whatever",
    ] {
        let case = with(case(), "/captured", captured());
        let problem = compared(&with(case, "/differences", json!([text]))).unwrap_err();
        assert!(problem.starts_with("the listed difference"), "{problem}");
    }
}

#[test]
fn values_of_an_sdk_are_explained_by_their_types() {
    let with_body = |body: Value| {
        let sent = json!({
            "method": "POST", "path": "/", "query": job()["query"], "headers": job()["headers"], "body": body,
        });
        compared(&with(job(), "/captured", sent))
    };
    let same = job()["body"].clone();
    let mut changed = same.clone();
    changed.as_object_mut().unwrap().remove("queue");
    changed["enableBccl"] = Value::Null;
    changed["labels"] = json!([]);
    changed["alertConfig"] = json!({"instanceId": "", "alertItems": null});
    with_body(changed.clone()).unwrap();
    for (name, value) in [
        ("enableBccl", json!(true)),
        ("name", json!("N")),
        ("labels", json!([{"key": "k"}])),
    ] {
        let mut wrong = changed.clone();
        wrong[name] = value;
        with_body(wrong).unwrap_err();
    }
}

#[test]
fn zero_values_that_an_sdk_leaves_out_are_explained() {
    let body = |body: &Value| with(job(), "/body", body.clone());
    let mut ours = job()["body"].clone();
    ours["enableBccl"] = json!(false);
    let mut case = with(body(&ours), "/args/enableBccl", json!(false));
    let sent = |body: Value| {
        json!({
            "method": "POST", "path": "/", "query": job()["query"], "headers": job()["headers"], "body": body,
        })
    };
    case["captured"] = sent(job()["body"].clone());
    compared(&case).unwrap();
    let mut null = ours.clone();
    null["enableBccl"] = Value::Null;
    case["captured"] = sent(null);
    compared(&case).unwrap();
    // A value that means something must not be omitted.
    case["body"]["enableBccl"] = json!(true);
    case["args"]["enableBccl"] = json!(true);
    compared(&case).unwrap_err();

    // A body without members means the same as no body.
    let mut empty = self::case();
    empty["captured"] = captured();
    empty["captured"]["body"] = json!({});
    compared(&empty).unwrap();
}

#[test]
fn differences_that_are_no_list_are_refused() {
    let listed = json!("header: version is None with the SDK");
    let case = with(case(), "/captured", captured());
    let problem = compared(&with(case, "/differences", listed)).unwrap_err();
    assert!(problem.contains("no list"), "{problem}");
}

#[test]
fn a_file_without_cases_is_an_error() {
    let folder = std::env::temp_dir().join(format!("calls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, content) in [
        ("empty", ""),
        ("none", "{}"),
        ("no-cases", r#"{"requests": []}"#),
        ("list", "[]"),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, content).unwrap();
        rows(&file, &mut Rows::default()).unwrap_err();
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
