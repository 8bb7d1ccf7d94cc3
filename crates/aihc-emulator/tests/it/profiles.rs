//! Tests of the requests that each profile accepts.

use aihc_emulator::{Profile, Resources};
use bce_auth::Signer;
use http::HeaderValue;
use serde_json::{Value, json};

use crate::client::{Fixture, Reply, create_body};

const ALL: [Profile; 3] = [Profile::Documented, Profile::Usual, Profile::Lenient];

/// Starts an emulator with the pool that the request bodies in the tests name. The documented
/// profile does not accept a pool that does not exist.
async fn start(profile: Profile) -> Fixture {
    let pools = json!({"pools": [{
        "id": "cce-1", "name": "tests", "queues": [{"id": "queue-1", "name": "default"}],
    }]});
    let resources = Resources::from_json(&pools.to_string()).unwrap();
    Fixture::start_with(|builder| builder.profile(profile).resources(resources)).await
}

/// Returns the profiles that accept a request. All others must refuse it with `code`.
async fn accepting(code: &str, request: impl AsyncFn(&Fixture) -> Reply) -> Vec<Profile> {
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

async fn arm(fixture: &Fixture, delay: i64) -> Reply {
    let id = fixture.create_running("dev").await;
    let timer = json!({"devInstanceId": id, "delaySec": delay, "enable": true});
    fixture.post("TimedStopDevInstance", "", &timer).await
}

#[tokio::test]
async fn a_timed_stop_of_an_hour_is_an_example_that_breaks_its_table() {
    let hour = accepting("InvalidParameter", async |fixture| arm(fixture, 3600).await).await;
    assert_eq!(hour, [Profile::Usual, Profile::Lenient]);
    let more = accepting("InvalidParameter", async |fixture| arm(fixture, 3601).await).await;
    assert_eq!(more, ALL);
    let less = accepting("InvalidParameter", async |fixture| arm(fixture, 3599).await).await;
    assert_eq!(less, []);
}

#[tokio::test]
async fn only_a_lenient_service_lists_events_without_a_window() {
    for query in [
        "",
        "&startTime=2026-08-20T00:00:00.000Z",
        "&endTime=2026-08-20T00:00:03.000Z",
    ] {
        let taken = accepting("InvalidParameter", async |fixture| {
            let id = fixture.create_running("dev").await;
            let query = format!("&devInstanceId={id}{query}");
            fixture.get("DescribeDevInstanceEvents", &query).await
        });
        assert_eq!(taken.await, [Profile::Lenient], "{query}");
    }
    let fixture = start(Profile::Lenient).await;
    let id = fixture.create_running("dev").await;
    let count = async |query: &str| {
        let query = format!("&devInstanceId={id}{query}");
        fixture.get("DescribeDevInstanceEvents", &query).await.ok()["totalCount"].take()
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
        let taken = accepting("InvalidParameter", async |fixture| {
            fixture
                .post("CreateDevInstance", "", &create_body(name))
                .await
        });
        assert_eq!(taken.await, expected, "{name}");
    }
}

#[tokio::test]
async fn only_a_lenient_list_takes_several_states_and_the_key_of_a_sample() {
    for query in ["&status=3,5", "&queryKey=devName&queryVal=dev"] {
        let taken = accepting("InvalidParameter", async |fixture| {
            fixture.get("DescribeDevInstances", query).await
        });
        assert_eq!(taken.await, [Profile::Lenient], "{query}");
    }
    let fixture = start(Profile::Lenient).await;
    let first = fixture.create_running("dev-a").await;
    fixture.power("StopDevInstance", &first).await.ok();
    fixture.create("other").await;
    let total = async |query: &str| {
        fixture.get("DescribeDevInstances", query).await.ok()["totalCount"].take()
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
        let taken = accepting("InvalidParameter", async |fixture| {
            let mut body = create_body("dev");
            change(&mut body, pointer, other);
            fixture.post("CreateDevInstance", "", &body).await
        });
        assert_eq!(taken.await, [Profile::Lenient], "{other}");
    }
    let taken = accepting("MalformedJSON", async |fixture| {
        let mut body = create_body("dev");
        body["isPublicMgmt"] = json!("true");
        fixture.post("CreateDevInstance", "", &body).await
    });
    assert_eq!(taken.await, [Profile::Lenient]);
}

#[tokio::test]
async fn a_lenient_modification_without_a_pool_keeps_it() {
    let pool = async |fixture: &Fixture, id: &str| {
        let query = format!("&devInstanceId={id}");
        let mut detail = fixture.get("DescribeDevInstance", &query).await.ok();
        detail["devInstance"]["conf"]["resourcePool"].take()
    };
    let modify = async |fixture: &Fixture| {
        let id = fixture.create_running("dev").await;
        let before = pool(fixture, &id).await;
        let mut body = create_body("dev");
        body["id"] = json!(id);
        let conf = body["conf"].as_object_mut().unwrap();
        conf.remove("resourcePool").unwrap();
        let answer = fixture.post("ModifyDevInstance", "", &body).await;
        if answer.status == 200 {
            assert_eq!(before["resourcePoolId"], "cce-1");
            assert_eq!(pool(fixture, &id).await, before);
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
        let taken = accepting("Forbidden", async |fixture| {
            let id = fixture.create_running("dev").await;
            let handle = fixture.emulator.handle();
            handle.set_instance_status(&id, state.into(), "").unwrap();
            let answer = fixture.power("StopDevInstance", &id).await;
            if answer.status == 200 {
                assert_eq!(handle.instances()[0].status.code(), after);
            }
            answer
        });
        assert_eq!(taken.await, [Profile::Lenient], "{state}");
    }
    for state in [5, 18, 20] {
        let taken = accepting("Forbidden", async |fixture| {
            let id = fixture.create_running("dev").await;
            let handle = fixture.emulator.handle();
            handle.set_instance_status(&id, state.into(), "").unwrap();
            fixture.power("StopDevInstance", &id).await
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
        let fixture = start(profile).await;
        let mut parts = fixture.head("GET", "/?action=DescribeDevInstances");
        let id = fixture.emulator.credentials().access_key_id();
        let wrong = bce_auth::Credentials::new(id, "wrong").unwrap();
        Signer::default()
            .sign(&mut parts, &wrong, fixture.now())
            .unwrap();
        let answer = fixture.send(&parts, b"").await;
        assert_eq!(
            answer.refusal(),
            (status, "SignatureDoesNotMatch"),
            "{profile:?}"
        );
    }
}

#[tokio::test]
async fn the_version_header_of_other_actions_is_taken_by_a_lenient_service() {
    let taken = accepting("InvalidVersion", async |fixture| {
        let mut parts = fixture.head("GET", "/?action=DescribeDevInstances");
        let version = parts.headers.remove("version").unwrap();
        parts.headers.insert("x-api-version", version);
        let credentials = fixture.emulator.credentials();
        Signer::default()
            .sign(&mut parts, credentials, fixture.now())
            .unwrap();
        fixture.send(&parts, b"").await
    });
    assert_eq!(taken.await, [Profile::Lenient]);
    let wrong = accepting("InvalidVersion", async |fixture| {
        let mut parts = fixture.head("GET", "/?action=DescribeDevInstances");
        parts
            .headers
            .insert("version", HeaderValue::from_static("v1"));
        parts
            .headers
            .insert("x-api-version", HeaderValue::from_static("v2"));
        let credentials = fixture.emulator.credentials();
        Signer::default()
            .sign(&mut parts, credentials, fixture.now())
            .unwrap();
        fixture.send(&parts, b"").await
    });
    assert_eq!(wrong.await, []);
}

#[tokio::test]
async fn a_lenient_service_names_the_instance_of_an_image_pack_job() {
    for (profile, named) in [(Profile::Usual, false), (Profile::Lenient, true)] {
        let fixture = start(profile).await;
        let id = fixture.create_running("dev").await;
        let body = crate::image_pack::job_body(&id);
        let created = fixture
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
        let taken = accepting("InvalidParameter", async |fixture| {
            let body = with(pointer, value.clone());
            fixture.post("CreateDevInstance", "", &body).await
        });
        assert_eq!(taken.await, ALL[1..], "{pointer}");
    }
    for (pointer, value) in [
        ("/conf/scheduleConf", json!({"priority": ""})),
        ("/conf/scheduleConf", json!({"priority": "low"})),
        ("/visibleScope", json!(null)),
    ] {
        let taken = accepting("InvalidParameter", async |fixture| {
            let body = with(pointer, value.clone());
            fixture.post("CreateDevInstance", "", &body).await
        });
        assert_eq!(taken.await, ALL, "{pointer}");
    }
    let modify = async |fixture: &Fixture| {
        let mut body = with("/conf/volumnConfs/0/volumnType", json!("tape"));
        body["id"] = json!(fixture.create("dev").await);
        body["conf"]["volumnConfs"]
            .as_array_mut()
            .unwrap()
            .push(create_body("dev")["conf"]["volumnConfs"][0].take());
        fixture.post("ModifyDevInstance", "", &body).await
    };
    assert_eq!(accepting("InvalidParameter", modify).await, ALL[1..]);
}

/// Returns the words in code font that a cell of the table in the documentation of `Profile`
/// contains. `row` is the beginning of the row.
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
        let request = async |fixture: &Fixture| fixture.get("DescribeDevInstances", query).await;
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
    // The query in the sample URL of the documentation, and the form in which the Go SDK sends an
    // empty value.
    let sample = "&pageNumber=1&pageSize=10&onlyMyDevs=false&resourcePoolId=&queueName=\
                  &queryKey=devName&queryVal=";
    for query in [
        sample,
        "&queryKey=devInstanceName&queryVal",
        "&queryKey=devInstanceName",
        "&queryKey=creator&queryVal=",
        "&queryKey=devName",
    ] {
        let taken = accepting("InvalidParameter", async |fixture| {
            fixture.create("one").await;
            fixture.create("two").await;
            let answer = fixture.get("DescribeDevInstances", query).await;
            if answer.status == 200 {
                assert_eq!(answer.body["totalCount"], 2, "{query}");
            }
            answer
        });
        assert_eq!(taken.await, ALL[1..], "{query}");
    }
    let alone = accepting("InvalidParameter", async |fixture| {
        fixture.get("DescribeDevInstances", "&queryVal=one").await
    });
    assert_eq!(alone.await, []);
}

#[tokio::test]
async fn the_list_of_a_session_may_be_the_text_that_the_official_tool_sends() {
    let list = json!([{"effect": "Allow", "service": "bce:aihc", "region": "*",
        "resource": ["*"], "permission": ["LIST"]}]);
    let by_tool = json!({"accessControlList": list.to_string()}).to_string();
    let taken = accepting("MalformedJSON", async |fixture| {
        let answer = fixture.call("POST", "/v1/sessionToken", &by_tool).await;
        if answer.status == 200 {
            let kept = fixture.emulator.handle().sessions()[0].acl.clone().unwrap();
            let kept: Value = serde_json::from_str(&kept).unwrap();
            assert_eq!(kept, json!({ "accessControlList": list }));
        }
        answer
    });
    assert_eq!(taken.await, ALL[1..]);
    // As on the page of STS, the string contains the whole document. The other profiles ignore it.
    let by_page = json!({"acl": json!({ "accessControlList": list }).to_string()}).to_string();
    for profile in ALL {
        let fixture = start(profile).await;
        fixture
            .call("POST", "/v1/sessionToken", &by_page)
            .await
            .ok();
        let kept = fixture.emulator.handle().sessions()[0].acl.clone();
        let narrows =
            kept.is_some_and(|kept| kept.contains("bce:aihc") && !kept.contains("\"acl\""));
        assert_eq!(narrows, profile == Profile::Lenient, "{profile:?}");
    }
    // The contents are checked as usual, and a value that is not a list is refused.
    for (list, code) in [
        (r#"[{"effect":"Allow"}]"#, "InvalidParameter"),
        ("all", "MalformedJSON"),
        ("{}", "MalformedJSON"),
        ("", "MalformedJSON"),
    ] {
        let body = json!({ "accessControlList": list }).to_string();
        let fixture = start(Profile::Usual).await;
        let answer = fixture.call("POST", "/v1/sessionToken", &body).await;
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
        let taken = accepting("InvalidParameter", async |fixture| {
            let id = fixture.create("dev").await;
            let query =
                format!("&devInstanceId={id}&startTime={start}&endTime=2027-01-01T00:00:00.000Z");
            fixture.get("DescribeDevInstanceEvents", &query).await
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
        let fixture = start(Profile::Lenient).await;
        let mut body = create_body("dev");
        body["conf"]["volumnConfs"]
            .as_array_mut()
            .unwrap()
            .push(json!({"volumnType": name, "mountPath": "/m", name: volume}));
        let created = fixture.post("CreateDevInstance", "", &body).await.ok();
        let detail = fixture
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
async fn a_lenient_service_takes_other_names() {
    let by_query = accepting("InvalidParameter", async |fixture| {
        let mut body = create_body("dev");
        body["id"] = json!(null);
        let id = fixture.create("dev").await;
        let query = format!("&devInstanceId={id}");
        fixture.post("ModifyDevInstance", &query, &body).await
    });
    assert_eq!(by_query.await, [Profile::Lenient]);
    let by_text = accepting("MalformedJSON", async |fixture| {
        let id = fixture.create_running("dev").await;
        let timer = json!({"devInstanceId": id, "delaySec": "7200", "enable": true});
        fixture.post("TimedStopDevInstance", "", &timer).await
    });
    assert_eq!(by_text.await, [Profile::Lenient]);
    let packed = accepting("InvalidURI", async |fixture| {
        let id = fixture.create_running("dev").await;
        let body = crate::image_pack::job_body(&id);
        let created = fixture.post("CreateDevInstanceImage", "", &body).await;
        if created.status != 200 {
            return created;
        }
        let job = created.ok()["imagePackJobId"].take();
        let job = job.as_str().unwrap();
        let query = format!("&devInstanceId={id}&imagePackJobId={job}");
        fixture.get("DescribeImagePackJob", &query).await
    });
    assert_eq!(packed.await, [Profile::Lenient]);
    let fixture = start(Profile::Lenient).await;
    fixture.create("dev").await;
    let total = async |query: &str| {
        fixture.get("DescribeDevInstances", query).await.ok()["totalCount"].take()
    };
    assert_eq!(total("&valueKey=devInstanceName&queryVal=other").await, 0);
    assert_eq!(total("&valueKey=devInstanceName&queryVal=dev").await, 1);
    assert_eq!(total("&resourcePoolID=other").await, 0);
}

#[tokio::test]
async fn quirks_change_answers_and_refusals() {
    use aihc_emulator::Quirk;
    let quirky = async |quirk: Quirk| Fixture::start_with(|builder| builder.quirk(quirk)).await;
    let fixture = quirky(Quirk::InvalidParam).await;
    let refused = fixture.get("DescribeDevInstances", "&pageSize=0").await;
    assert_eq!(refused.refusal(), (400, "InvalidParam"));
    let records = fixture.emulator.handle().requests();
    assert_eq!(records[0].code, Some("InvalidParam"));
    let fixture = quirky(Quirk::StsResponseShape).await;
    let session = fixture.call("POST", "/v1/sessionToken", "").await.ok();
    assert!(session["credential"]["sessionToken"].is_string());
    let fixture = quirky(Quirk::ZeroValues).await;
    let id = fixture.create("dev").await;
    assert_eq!(fixture.detail(&id).await["statusReason"], Value::Null);
    let list = fixture.get("DescribeDevInstances", "").await.ok();
    assert_eq!(list["devInstances"][0]["statusReason"], Value::Null);
    let fixture = quirky(Quirk::EventTypes).await;
    let id = fixture.create("dev").await;
    let window = "&startTime=2026-08-20T00:00:00.000Z&endTime=2027-01-01T00:00:00.000Z";
    let query = format!("&devInstanceId={id}{window}");
    let events = fixture.get("DescribeDevInstanceEvents", &query).await.ok();
    assert_eq!(events["events"][0]["type"], 0);
    assert!(events["events"][0]["firstTimestamp"].is_string());
}
