//! What each profile takes, and what no profile does.

use aihc_emulator::Profile;
use bce_auth::Signer;
use http::HeaderValue;
use serde_json::{Value, json};

use crate::client::{Answer, Bench, create_body};

const ALL: [Profile; 3] = [Profile::Documented, Profile::Usual, Profile::Lenient];

async fn start(profile: Profile) -> Bench {
    Bench::start_with(|builder| builder.profile(profile)).await
}

/// The profiles under which a request is accepted; others must refuse it with `code`.
async fn accepting(code: &str, request: impl AsyncFn(&Bench) -> Answer) -> Vec<Profile> {
    let mut accepting = Vec::new();
    for profile in ALL {
        let answer = request(&start(profile).await).await;
        match answer.status {
            200 => accepting.push(profile),
            _ => assert_eq!(answer.refusal().1, code, "{profile:?}"),
        }
    }
    accepting
}

async fn arm(bench: &Bench, delay: i64) -> Answer {
    let id = bench.create_running("dev").await;
    let timer = json!({"devInstanceId": id, "delaySec": delay, "enable": true});
    bench.post("TimedStopDevInstance", "", &timer).await
}

#[tokio::test]
async fn a_timed_stop_of_an_hour_is_an_example_that_breaks_its_table() {
    let hour = accepting("InvalidParameter", async |bench| arm(bench, 3600).await).await;
    assert_eq!(hour, [Profile::Usual, Profile::Lenient]);
    let more = accepting("InvalidParameter", async |bench| arm(bench, 3601).await).await;
    assert_eq!(more, ALL);
    let less = accepting("InvalidParameter", async |bench| arm(bench, 3599).await).await;
    assert_eq!(less, []);
}

#[tokio::test]
async fn only_a_lenient_service_lists_events_without_a_window() {
    for query in [
        "",
        "&startTime=2026-08-20T00:00:00.000Z",
        "&endTime=2026-08-20T00:00:03.000Z",
    ] {
        let taken = accepting("InvalidParameter", async |bench| {
            let id = bench.create_running("dev").await;
            let query = format!("&devInstanceId={id}{query}");
            bench.get("DescribeDevInstanceEvents", &query).await
        });
        assert_eq!(taken.await, [Profile::Lenient], "{query}");
    }
    let bench = start(Profile::Lenient).await;
    let id = bench.create_running("dev").await;
    let count = async |query: &str| {
        let query = format!("&devInstanceId={id}{query}");
        bench.get("DescribeDevInstanceEvents", &query).await.ok()["totalCount"].take()
    };
    assert_eq!(count("").await, 6);
    assert_eq!(count("&startTime=2026-08-20T00:00:08.000Z").await, 3);
    assert_eq!(count("&endTime=2026-08-20T00:00:00.000Z").await, 1);
}

#[tokio::test]
async fn names_follow_their_page_to_the_letter_or_not_at_all() {
    for (name, expected) in [
        ("dev-1", &ALL[..]),
        ("开发机", &ALL),
        ("1dev", &ALL[1..]),
        ("dev-", &ALL[1..]),
        ("dev+1", &ALL[1..]),
        ("", &[]),
    ] {
        let taken = accepting("InvalidParameter", async |bench| {
            bench
                .post("CreateDevInstance", "", &create_body(name))
                .await
        });
        assert_eq!(taken.await, expected, "{name}");
    }
}

#[tokio::test]
async fn only_a_lenient_list_takes_several_states_and_the_key_of_a_sample() {
    for query in ["&status=3,5", "&queryKey=devName&queryVal=dev"] {
        let taken = accepting("InvalidParameter", async |bench| {
            bench.get("DescribeDevInstances", query).await
        });
        assert_eq!(taken.await, [Profile::Lenient], "{query}");
    }
    let bench = start(Profile::Lenient).await;
    let first = bench.create_running("dev-a").await;
    bench.power("StopDevInstance", &first).await.ok();
    bench.create("other").await;
    let total = async |query: &str| {
        bench.get("DescribeDevInstances", query).await.ok()["totalCount"].take()
    };
    assert_eq!(total("&status=0,4").await, 2);
    assert_eq!(total("&status=4,20").await, 1);
    assert_eq!(total("&queryKey=devName&queryVal=dev").await, 1);
}

#[tokio::test]
async fn other_spellings_are_taken_by_a_lenient_service() {
    let change = |body: &mut Value, pointer: &str, other: &str| {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        let value = parent.remove(name).unwrap();
        parent.insert(other.into(), value);
    };
    for (pointer, other) in [
        ("/conf/resources/cpus", "cpu"),
        ("/conf/volumnConfs", "volumeConfs"),
        ("/conf/volumnConfs/0/volumnType", "volumeType"),
    ] {
        let taken = accepting("InvalidParameter", async |bench| {
            let mut body = create_body("dev");
            change(&mut body, pointer, other);
            bench.post("CreateDevInstance", "", &body).await
        });
        assert_eq!(taken.await, [Profile::Lenient], "{other}");
    }
    let taken = accepting("MalformedJSON", async |bench| {
        let mut body = create_body("dev");
        body["isPublicMgmt"] = json!("true");
        bench.post("CreateDevInstance", "", &body).await
    });
    assert_eq!(taken.await, [Profile::Lenient]);
}

#[tokio::test]
async fn a_lenient_modification_without_a_pool_keeps_it() {
    let pool = async |bench: &Bench, id: &str| {
        let query = format!("&devInstanceId={id}");
        let mut detail = bench.get("DescribeDevInstance", &query).await.ok();
        detail["devInstance"]["conf"]["resourcePool"].take()
    };
    let modify = async |bench: &Bench| {
        let id = bench.create_running("dev").await;
        let before = pool(bench, &id).await;
        let mut body = create_body("dev");
        body["id"] = json!(id);
        let conf = body["conf"].as_object_mut().unwrap();
        conf.remove("resourcePool").unwrap();
        let answer = bench.post("ModifyDevInstance", "", &body).await;
        if answer.status == 200 {
            assert_eq!(before["resourcePoolId"], "cce-1");
            assert_eq!(pool(bench, &id).await, before);
        }
        answer
    };
    assert_eq!(
        accepting("InvalidParameter", modify).await,
        [Profile::Lenient]
    );
}

#[tokio::test]
async fn a_lenient_service_stops_where_the_older_page_lets_it() {
    for (state, after) in [(11, 11), (19, 4)] {
        let taken = accepting("Forbidden", async |bench| {
            let id = bench.create_running("dev").await;
            let handle = bench.emulator.handle();
            assert!(handle.set_instance_status(&id, state, ""));
            let answer = bench.power("StopDevInstance", &id).await;
            if answer.status == 200 {
                assert_eq!(handle.instances()[0].status, after);
            }
            answer
        });
        assert_eq!(taken.await, [Profile::Lenient], "{state}");
    }
    for state in [5, 18, 20] {
        let taken = accepting("Forbidden", async |bench| {
            let id = bench.create_running("dev").await;
            assert!(bench.emulator.handle().set_instance_status(&id, state, ""));
            bench.power("StopDevInstance", &id).await
        });
        assert_eq!(taken.await, [], "{state}");
    }
}

#[tokio::test]
async fn a_wrong_signature_has_the_status_of_the_page_that_is_followed() {
    for (profile, status) in [
        (Profile::Documented, 400),
        (Profile::Usual, 400),
        (Profile::Lenient, 401),
    ] {
        let bench = start(profile).await;
        let mut parts = bench.head("GET", "/?action=DescribeDevInstances");
        let id = bench.emulator.credentials().access_key_id();
        let wrong = bce_auth::Credentials::new(id, "wrong").unwrap();
        Signer::default()
            .sign(&mut parts, &wrong, bench.now())
            .unwrap();
        let answer = bench.send(&parts, b"").await;
        assert_eq!(
            answer.refusal(),
            (status, "SignatureDoesNotMatch"),
            "{profile:?}"
        );
    }
}

#[tokio::test]
async fn the_version_header_of_other_actions_is_taken_by_a_lenient_service() {
    let taken = accepting("InvalidVersion", async |bench| {
        let mut parts = bench.head("GET", "/?action=DescribeDevInstances");
        let version = parts.headers.remove("version").unwrap();
        parts.headers.insert("x-api-version", version);
        let credentials = bench.emulator.credentials();
        Signer::default()
            .sign(&mut parts, credentials, bench.now())
            .unwrap();
        bench.send(&parts, b"").await
    });
    assert_eq!(taken.await, [Profile::Lenient]);
    let wrong = accepting("InvalidVersion", async |bench| {
        let mut parts = bench.head("GET", "/?action=DescribeDevInstances");
        parts
            .headers
            .insert("version", HeaderValue::from_static("v1"));
        parts
            .headers
            .insert("x-api-version", HeaderValue::from_static("v2"));
        let credentials = bench.emulator.credentials();
        Signer::default()
            .sign(&mut parts, credentials, bench.now())
            .unwrap();
        bench.send(&parts, b"").await
    });
    assert_eq!(wrong.await, []);
}

#[tokio::test]
async fn a_lenient_service_names_the_machine_of_an_image_pack_job() {
    for (profile, named) in [(Profile::Usual, false), (Profile::Lenient, true)] {
        let bench = start(profile).await;
        let id = bench.create_running("dev").await;
        let body = crate::image_pack::job_body(&id);
        let created = bench
            .post("CreateDevInstanceImagePackJob", "", &body)
            .await
            .ok();
        assert_eq!(created.get("devInstanceId").is_some(), named, "{profile:?}");
    }
}

fn with(pointer: &str, value: Value) -> Value {
    let mut body = create_body("dev");
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

#[tokio::test]
async fn what_a_table_forbids_is_refused_by_the_documented_profile_alone() {
    for (pointer, value) in [
        ("/conf/volumnConfs/0/cds/capacity", json!(100)),
        ("/conf/image/imageType", json!(0)),
        ("/conf/scheduleConf", json!({"priority": "urgent"})),
        ("/visibleScope", json!({"type": 7})),
        ("/conf/volumnConfs/0/volumnType", json!("tape")),
    ] {
        let taken = accepting("InvalidParameter", async |bench| {
            let body = with(pointer, value.clone());
            bench.post("CreateDevInstance", "", &body).await
        });
        assert_eq!(taken.await, ALL[1..], "{pointer}");
    }
    for (pointer, value) in [
        ("/conf/scheduleConf", json!({"priority": ""})),
        ("/conf/scheduleConf", json!({"priority": "low"})),
        ("/visibleScope", json!(null)),
    ] {
        let taken = accepting("InvalidParameter", async |bench| {
            let body = with(pointer, value.clone());
            bench.post("CreateDevInstance", "", &body).await
        });
        assert_eq!(taken.await, ALL, "{pointer}");
    }
    let modify = async |bench: &Bench| {
        let mut body = with("/conf/volumnConfs/0/volumnType", json!("tape"));
        body["id"] = json!(bench.create("dev").await);
        body["conf"]["volumnConfs"]
            .as_array_mut()
            .unwrap()
            .push(create_body("dev")["conf"]["volumnConfs"][0].take());
        bench.post("ModifyDevInstance", "", &body).await
    };
    assert_eq!(accepting("InvalidParameter", modify).await, ALL[1..]);
}

/// The words in code type of a cell of the table of profiles, by the beginning of its row.
fn words(row: &str, column: usize) -> Vec<&'static str> {
    const TABLE: &str = include_str!("../../src/profile.rs");
    let mut rows = TABLE.lines().filter_map(|line| line.strip_prefix("/// | "));
    let row = rows.find(|line| line.starts_with(row)).unwrap();
    let cell = row.split(" | ").nth(column).unwrap();
    cell.split('`').skip(1).step_by(2).collect()
}

#[tokio::test]
async fn the_order_of_a_list_takes_the_values_of_the_table_and_no_others() {
    let taken = async |query: &str| {
        let request = async |bench: &Bench| bench.get("DescribeDevInstances", query).await;
        accepting("InvalidParameter", request).await
    };
    for (name, listed, others) in [
        (
            "orderBy",
            &["createdAt"][..],
            &[
                "updatedAt",
                "name",
                "status",
                "CreatedAt",
                "createdat",
                "id",
            ][..],
        ),
        ("order", &["desc", "asc"], &["DESC", "up", "1"]),
    ] {
        let row = format!("`{name}` of a list");
        assert_eq!(words(&row, 1), [""; 0], "documented: {row}");
        assert_eq!(words(&row, 2), listed, "{row}");
        assert_eq!(words(&row, 3), ["Usual"], "{row}");
        for value in listed {
            assert_eq!(
                taken(&format!("&{name}={value}")).await,
                ALL[1..],
                "{value}"
            );
        }
        for value in others {
            assert_eq!(taken(&format!("&{name}={value}")).await, [], "{value}");
        }
        for nothing in [format!("&{name}="), format!("&{name}")] {
            assert_eq!(taken(&nothing).await, ALL, "{nothing}");
        }
    }
}

#[tokio::test]
async fn a_key_without_a_value_is_no_filter_unless_the_tables_count() {
    // The query of the sample URL of the page, and what the Go SDK makes of an empty value.
    let sample = "&pageNumber=1&pageSize=10&onlyMyDevs=false&resourcePoolId=&queueName=\
                  &queryKey=devName&queryVal=";
    for query in [
        sample,
        "&queryKey=devInstanceName&queryVal",
        "&queryKey=devInstanceName",
        "&queryKey=creator&queryVal=",
        "&queryKey=devName",
    ] {
        let taken = accepting("InvalidParameter", async |bench| {
            bench.create("one").await;
            bench.create("two").await;
            let answer = bench.get("DescribeDevInstances", query).await;
            if answer.status == 200 {
                assert_eq!(answer.body["totalCount"], 2, "{query}");
            }
            answer
        });
        assert_eq!(taken.await, ALL[1..], "{query}");
    }
    let alone = accepting("InvalidParameter", async |bench| {
        bench.get("DescribeDevInstances", "&queryVal=one").await
    });
    assert_eq!(alone.await, []);
}

#[tokio::test]
async fn the_list_of_a_session_may_be_the_text_that_the_official_tool_sends() {
    let list = json!([{"effect": "Allow", "service": "bce:aihc", "region": "*",
        "resource": ["*"], "permission": ["LIST"]}]);
    let by_tool = json!({"accessControlList": list.to_string()}).to_string();
    let taken = accepting("MalformedJSON", async |bench| {
        let answer = bench.call("POST", "/v1/sessionToken", &by_tool).await;
        if answer.status == 200 {
            let kept = bench.emulator.handle().sessions()[0].acl.clone().unwrap();
            let kept: Value = serde_json::from_str(&kept).unwrap();
            assert_eq!(kept, json!({ "accessControlList": list }));
        }
        answer
    });
    assert_eq!(taken.await, ALL[1..]);
    // As the page of STS has it: one text for the whole, which the others do not look at.
    let by_page = json!({"acl": json!({ "accessControlList": list }).to_string()}).to_string();
    for profile in ALL {
        let bench = start(profile).await;
        bench.call("POST", "/v1/sessionToken", &by_page).await.ok();
        let kept = bench.emulator.handle().sessions()[0].acl.clone();
        let narrows =
            kept.is_some_and(|kept| kept.contains("bce:aihc") && !kept.contains("\"acl\""));
        assert_eq!(narrows, profile == Profile::Lenient, "{profile:?}");
    }
    // What is in it is checked as ever, and what is no list stays a mistake.
    for (list, code) in [
        (r#"[{"effect":"Allow"}]"#, "InvalidParameter"),
        ("all", "MalformedJSON"),
        ("{}", "MalformedJSON"),
        ("", "MalformedJSON"),
    ] {
        let body = json!({ "accessControlList": list }).to_string();
        let bench = start(Profile::Usual).await;
        let answer = bench.call("POST", "/v1/sessionToken", &body).await;
        assert_eq!(answer.refusal(), (400, code), "{list}");
    }
}

#[tokio::test]
async fn times_of_a_window_have_one_form_several_or_any() {
    for (start, expected) in [
        ("2026-08-20T00:00:00.000Z", &ALL[..]),
        ("2026-08-20T00:00:00Z", &ALL[1..]),
        ("2026-08-20T08:00:00.000%2B08:00", &ALL[1..]),
        ("2026-8-2T00:00:00.000Z", &ALL[2..]),
        ("yesterday", &[]),
    ] {
        let taken = accepting("InvalidParameter", async |bench| {
            let id = bench.create("dev").await;
            let query =
                format!("&devInstanceId={id}&startTime={start}&endTime=2027-01-01T00:00:00.000Z");
            bench.get("DescribeDevInstanceEvents", &query).await
        });
        assert_eq!(taken.await, expected, "{start}");
    }
}

#[tokio::test]
async fn a_lenient_service_takes_the_paths_of_both_spellings() {
    for (name, volume) in [
        (
            "bos",
            json!({"srcPath": "b/p", "Version": "v2", "CacheLimitSize": "5"}),
        ),
        (
            "dataset",
            json!({"datasetId": "d", "versionId": "v", "storageType": "bos",
                "bos": {"sourcePath": "b/p"}}),
        ),
    ] {
        let bench = start(Profile::Lenient).await;
        let mut body = create_body("dev");
        body["conf"]["volumnConfs"]
            .as_array_mut()
            .unwrap()
            .push(json!({"volumnType": name, "mountPath": "/m", name: volume}));
        let created = bench.post("CreateDevInstance", "", &body).await.ok();
        let detail = bench
            .detail(created["devInstanceId"].as_str().unwrap())
            .await;
        let kept = &detail["conf"]["volumnConfs"][1][name];
        match name {
            "bos" => assert_eq!(
                *kept,
                json!({"sourcePath": "b/p", "version": "v2", "cacheLimitSize": "5"})
            ),
            _ => assert_eq!(kept["bos"]["srcPath"], "b/p"),
        }
    }
}

#[tokio::test]
async fn other_names_of_actions_and_parameters_are_taken_by_a_lenient_service() {
    let by_query = accepting("InvalidParameter", async |bench| {
        let mut body = create_body("dev");
        body["id"] = json!(null);
        let id = bench.create("dev").await;
        let query = format!("&devInstanceId={id}");
        bench.post("ModifyDevInstance", &query, &body).await
    });
    assert_eq!(by_query.await, [Profile::Lenient]);
    let by_text = accepting("MalformedJSON", async |bench| {
        let id = bench.create_running("dev").await;
        let timer = json!({"devInstanceId": id, "delaySec": "7200", "enable": true});
        bench.post("TimedStopDevInstance", "", &timer).await
    });
    assert_eq!(by_text.await, [Profile::Lenient]);
    let packed = accepting("InvalidURI", async |bench| {
        let id = bench.create_running("dev").await;
        let body = crate::image_pack::job_body(&id);
        let created = bench.post("CreateDevInstanceImage", "", &body).await;
        if created.status != 200 {
            return created;
        }
        let job = created.ok()["imagePackJobId"].take();
        let job = job.as_str().unwrap();
        let query = format!("&devInstanceId={id}&imagePackJobId={job}");
        bench.get("DescribeImagePackJob", &query).await
    });
    assert_eq!(packed.await, [Profile::Lenient]);
    let bench = start(Profile::Lenient).await;
    bench.create("dev").await;
    let total = async |query: &str| {
        bench.get("DescribeDevInstances", query).await.ok()["totalCount"].take()
    };
    assert_eq!(total("&valueKey=devInstanceName&queryVal=other").await, 0);
    assert_eq!(total("&valueKey=devInstanceName&queryVal=dev").await, 1);
    assert_eq!(total("&resourcePoolID=other").await, 0);
}

#[tokio::test]
async fn quirks_change_answers_and_refusals() {
    use aihc_emulator::Quirk;
    let quirky = async |quirk: Quirk| Bench::start_with(|builder| builder.quirk(quirk)).await;
    let bench = quirky(Quirk::InvalidParam).await;
    let refused = bench.get("DescribeDevInstances", "&pageSize=0").await;
    assert_eq!(refused.refusal(), (400, "InvalidParam"));
    let records = bench.emulator.handle().requests();
    assert_eq!(records[0].code, Some("InvalidParam"));
    let bench = quirky(Quirk::StsResponseShape).await;
    let session = bench.call("POST", "/v1/sessionToken", "").await.ok();
    assert!(session["credential"]["sessionToken"].is_string());
    let bench = quirky(Quirk::ZeroValues).await;
    let id = bench.create("dev").await;
    assert_eq!(bench.detail(&id).await["statusReason"], Value::Null);
    let list = bench.get("DescribeDevInstances", "").await.ok();
    assert_eq!(list["devInstances"][0]["statusReason"], Value::Null);
    let bench = quirky(Quirk::EventTypes).await;
    let id = bench.create("dev").await;
    let window = "&startTime=2026-08-20T00:00:00.000Z&endTime=2027-01-01T00:00:00.000Z";
    let query = format!("&devInstanceId={id}{window}");
    let events = bench.get("DescribeDevInstanceEvents", &query).await.ok();
    assert_eq!(events["events"][0]["type"], 0);
    assert!(events["events"][0]["firstTimestamp"].is_string());
}
