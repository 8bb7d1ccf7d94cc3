//! Tests of the permissions of access keys and sessions.

use aihc_emulator::AccessKey;
use bce_auth::Credentials;
use serde_json::{Value, json};

use crate::client::{Fixture, Reply, create_body};

const LIST: &str = "/?action=DescribeDevInstances";

fn key(id: &str) -> AccessKey {
    AccessKey::new(Credentials::new(id, "secret").unwrap())
}

async fn call(fixture: &Fixture, credentials: &Credentials, target: &str) -> Reply {
    let method = if target.contains("Describe") {
        "GET"
    } else {
        "POST"
    };
    fixture.call_as(credentials, method, target, "").await
}

/// Returns the credentials of a session that the emulator's own key requests with an access control
/// document.
async fn session(fixture: &Fixture, entries: Value) -> Credentials {
    let document = json!({"accessControlList": entries}).to_string();
    let issued = fixture
        .call("POST", "/v1/sessionToken", &document)
        .await
        .ok();
    credentials(&issued)
}

fn credentials(issued: &Value) -> Credentials {
    let text = |name: &str| issued[name].as_str().unwrap();
    Credentials::session(
        text("accessKeyId"),
        text("secretAccessKey"),
        text("sessionToken"),
    )
    .unwrap()
}

fn entry(effect: &str, resource: &str, permission: &str) -> Value {
    json!({
        "effect": effect, "service": "bce:aihc", "region": "*", "resource": [resource],
        "permission": [permission],
    })
}

#[tokio::test]
async fn each_key_has_its_own_secret_and_may_be_disabled() {
    let fixture = Fixture::start_with(|builder| {
        let disabled = key("off").disabled(true);
        builder.add_access_key(key("on")).add_access_key(disabled)
    })
    .await;
    let with = |id: &str, secret: &str| Credentials::new(id, secret).unwrap();
    call(&fixture, &with("on", "secret"), LIST).await.ok();
    let wrong = call(&fixture, &with("on", "other"), LIST).await;
    assert_eq!(wrong.refusal(), (400, "SignatureDoesNotMatch"));
    let off = call(&fixture, &with("off", "secret"), LIST).await;
    assert_eq!(off.refusal(), (403, "InvalidAccessKeyId"));
    assert_eq!(off.body["message"], "the access key is disabled");
    // A caller who does not know the secret is not told that the key is disabled.
    let guessed = call(&fixture, &with("off", "other"), LIST).await;
    assert_eq!(guessed.refusal(), (400, "SignatureDoesNotMatch"));
}

#[tokio::test]
async fn a_key_calls_what_it_is_allowed_to_and_so_do_its_sessions() {
    let reader = key("reader")
        .allow(["Describe*", "GetSessionToken"])
        .deny(["*Events"]);
    let fixture = Fixture::start_with(|builder| builder.add_access_key(reader)).await;
    let reader = Credentials::new("reader", "secret").unwrap();
    let issued = call(&fixture, &reader, "/v1/sessionToken").await.ok();
    for credentials in [reader, credentials(&issued)] {
        call(&fixture, &credentials, LIST).await.ok();
        for target in [
            "/?action=StopDevInstance&devInstanceId=dv-1",
            "/?action=DescribeDevInstanceEvents&devInstanceId=dv-1",
            "/v1/credential?assumeRole&accountId=a&roleName=r",
        ] {
            let answer = call(&fixture, &credentials, target).await;
            assert_eq!(answer.refusal(), (403, "AccessDenied"), "{target}");
        }
    }
}

#[tokio::test]
async fn instances_belong_to_the_user_of_the_key() {
    let fixture = Fixture::start_with(|builder| {
        let (first, second) = (key("k1").user("alice"), key("k2").user("alice"));
        let keys = [first, second, key("k3").user("bob")];
        keys.into_iter()
            .fold(builder, aihc_emulator::Builder::add_access_key)
    })
    .await;
    let with = |id: &str| Credentials::new(id, "secret").unwrap();
    let body = create_body("dev").to_string();
    let create = "/?action=CreateDevInstance";
    fixture
        .call_as(&with("k1"), "POST", create, &body)
        .await
        .ok();
    let mine = format!("{LIST}&onlyMyDevs=true");
    for (id, count) in [("k1", 1), ("k2", 1), ("k3", 0)] {
        let list = call(&fixture, &with(id), &mine).await.ok();
        assert_eq!(list["totalCount"], count, "{id}");
    }
}

#[tokio::test]
async fn sessions_end_with_their_key_and_by_revocation() {
    let fixture = Fixture::start_with(|builder| builder.add_access_key(key("k"))).await;
    let handle = fixture.emulator.handle();
    let with_key = Credentials::new("k", "secret").unwrap();
    let session = async || {
        let issued = call(&fixture, &with_key, "/v1/sessionToken").await.ok();
        credentials(&issued)
    };
    let (revoked, kept) = (session().await, session().await);
    assert!(handle.revoke_session(revoked.access_key_id()));
    assert!(!handle.revoke_session(revoked.access_key_id()));
    let answer = call(&fixture, &revoked, LIST).await;
    assert_eq!(answer.refusal(), (403, "InvalidAccessKeyId"));
    call(&fixture, &kept, LIST).await.ok();
    handle.put_access_key(key("k").disabled(true));
    assert_eq!(
        call(&fixture, &kept, LIST).await.refusal(),
        (403, "InvalidAccessKeyId")
    );
    handle.put_access_key(key("k"));
    call(&fixture, &kept, LIST).await.ok();
    assert!(handle.remove_access_key("k"));
    assert_eq!(
        call(&fixture, &kept, LIST).await.refusal(),
        (403, "InvalidAccessKeyId")
    );
}

#[tokio::test]
async fn a_document_narrows_a_session() {
    let fixture = Fixture::start().await;
    let (mine, other) = (fixture.create("mine").await, fixture.create("other").await);
    let session = session(
        &fixture,
        json!([
            entry("Allow", "*", "LIST"),
            entry("Allow", &mine, "*"),
            entry("Deny", "*", "DeleteDevInstance"),
        ]),
    )
    .await;
    let on = async |action: &str, id: &str| {
        call(
            &fixture,
            &session,
            &format!("/?action={action}&devInstanceId={id}"),
        )
        .await
    };
    call(&fixture, &session, LIST).await.ok();
    on("DescribeDevInstance", &mine).await.ok();
    on("StopDevInstance", &mine).await.ok();
    for (action, id) in [
        ("DescribeDevInstance", &other),
        ("StopDevInstance", &other),
        ("DeleteDevInstance", &mine),
    ] {
        assert_eq!(
            on(action, id).await.refusal(),
            (403, "AccessDenied"),
            "{action}"
        );
    }
    // An instance that is named in the body is checked as well.
    let mut body = create_body("other");
    body["id"] = json!(other);
    let target = "/?action=ModifyDevInstance";
    let modified = fixture
        .call_as(&session, "POST", target, &body.to_string())
        .await;
    assert_eq!(modified.refusal(), (403, "AccessDenied"));
}

#[tokio::test]
async fn a_document_for_other_services_or_regions_allows_nothing_here() {
    let fixture = Fixture::start_with(|builder| builder.region("gz")).await;
    for (name, value) in [("service", "bce:bos"), ("region", "bj")] {
        let mut elsewhere = entry("Allow", "*", "*");
        elsewhere[name] = json!(value);
        let session = session(&fixture, json!([elsewhere])).await;
        let answer = call(&fixture, &session, LIST).await;
        assert_eq!(answer.refusal(), (403, "AccessDenied"), "{name}");
    }
}

#[tokio::test]
async fn a_session_cannot_get_rid_of_its_document() {
    let fixture = Fixture::start().await;
    let narrow = session(&fixture, json!([entry("Allow", "*", "LIST")])).await;
    let everything = json!({"accessControlList": [entry("Allow", "*", "*")]}).to_string();
    for (target, body) in [
        ("/v1/sessionToken", ""),
        ("/v1/sessionToken", everything.as_str()),
        ("/v1/credential?assumeRole&accountId=a&roleName=r", ""),
    ] {
        let issued = fixture.call_as(&narrow, "POST", target, body).await.ok();
        let next = credentials(&issued);
        call(&fixture, &next, LIST).await.ok();
        let stop = "/?action=StopDevInstance&devInstanceId=dv-1";
        assert_eq!(
            call(&fixture, &next, stop).await.refusal(),
            (403, "AccessDenied")
        );
    }
}

#[tokio::test]
async fn an_effect_that_is_neither_of_the_two_is_refused() {
    let fixture = Fixture::start().await;
    let document = json!({"accessControlList": [entry("Permit", "*", "*")]}).to_string();
    let answer = fixture.call("POST", "/v1/sessionToken", &document).await;
    assert_eq!(answer.refusal(), (400, "InvalidParameter"));
}

#[tokio::test]
async fn skipped_time_ends_sessions_but_not_signatures() {
    let fixture = Fixture::start_with(|builder| builder.time_scale(10.0)).await;
    let handle = fixture.emulator.handle();
    let issued = fixture
        .call("POST", "/v1/sessionToken?durationSeconds=3600", "")
        .await
        .ok();
    let session = credentials(&issued);
    handle.advance(std::time::Duration::from_secs(3599));
    call(&fixture, &session, LIST).await.ok();
    let later = fixture
        .call("POST", "/v1/sessionToken?durationSeconds=60", "")
        .await
        .ok();
    // The time in the response is for the client's clock, for which skipped time has not passed.
    assert_eq!(later["expiration"], "2026-08-20T00:01:00Z");
    handle.advance(std::time::Duration::from_secs(1));
    let expired = call(&fixture, &session, LIST).await;
    assert_eq!(expired.refusal(), (403, "InvalidAccessKeyId"));
    call(&fixture, &credentials(&later), LIST).await.ok();
}
