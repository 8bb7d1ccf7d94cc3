//! Tests of the requests that the operations send, and of input that is refused before anything is
//! sent.

use bce_sts::model::{AclEffect, AclEntry};
use bce_sts::{Client, Credentials, ErrorKind};
use mockito::{Matcher, Mock, Server, ServerGuard};
use serde_json::json;

const ANSWER: &str = r#"{"accessKeyId":"ak","secretAccessKey":"sk","sessionToken":"t"}"#;

fn client(server: &ServerGuard) -> Client {
    Client::builder()
        .endpoint(server.url())
        .credentials(Credentials::new("test-access-key", "test-secret-key").unwrap())
        .build()
        .unwrap()
}

/// Returns a mock that expects signed requests with exactly this path and query: one, unless the
/// test sets another number.
async fn expect(server: &mut ServerGuard, path_and_query: &str) -> Mock {
    server
        .mock("POST", path_and_query)
        .match_header("content-type", "application/json; charset=utf-8")
        .match_header(
            "authorization",
            Matcher::Regex("^bce-auth-v1/test-access-key/".to_owned()),
        )
        .match_header("version", Matcher::Missing)
        .with_body(ANSWER)
        .expect(1)
}

fn entry() -> AclEntry {
    AclEntry::new()
        .effect(AclEffect::Allow)
        .service("bce:bos")
        .region("bj")
        .resource(["bucket/*"])
        .permission(["READ"])
        .eid("e1")
}

fn entry_json() -> serde_json::Value {
    json!({
        "eid": "e1", "effect": "Allow", "service": "bce:bos", "region": "bj",
        "resource": ["bucket/*"], "permission": ["READ"]
    })
}

#[tokio::test]
async fn get_session_token_sends_the_default_duration_and_no_body() {
    let mut server = Server::new_async().await;
    let mock = expect(&mut server, "/v1/sessionToken?durationSeconds=43200")
        .await
        .match_body(Matcher::Exact(String::new()))
        .expect(3)
        .create_async()
        .await;
    let client = client(&server);
    client.get_session_token().await.unwrap();
    client
        .get_session_token()
        .duration_seconds(0)
        .await
        .unwrap();
    client
        .get_session_token()
        .duration_seconds(-1)
        .await
        .unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn get_session_token_sends_typed_entries() {
    let mut server = Server::new_async().await;
    let mock = expect(&mut server, "/v1/sessionToken?durationSeconds=60")
        .await
        .match_body(Matcher::Json(
            json!({"id": "list", "accessControlList": [entry_json()], "attachment": "note"}),
        ))
        .create_async()
        .await;
    client(&server)
        .get_session_token()
        .duration_seconds(60)
        .id("list")
        .access_control_list([entry()])
        .attachment("note")
        .await
        .unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn assume_role_sends_its_key_without_a_value() {
    let mut server = Server::new_async().await;
    let query = "/v1/credential?assumeRole&durationSeconds=7200&accountId=account&roleName=role";
    let mock = expect(&mut server, query)
        .await
        .match_body(Matcher::Exact(String::new()))
        .create_async()
        .await;
    client(&server)
        .assume_role("account", "role")
        .await
        .unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn assume_role_sends_every_member() {
    let mut server = Server::new_async().await;
    let query = "/v1/credential?assumeRole&durationSeconds=3600&accountId=account&roleName=role\
                 &userId=user";
    let mock = expect(&mut server, query)
        .await
        .match_body(Matcher::Json(
            json!({"id": "list", "accessControlList": [entry_json()]}),
        ))
        .create_async()
        .await;
    client(&server)
        .assume_role("account", "role")
        .duration_seconds(3600)
        .user_id("user")
        .id("list")
        .access_control_list([entry()])
        .await
        .unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn an_acl_document_is_sent_byte_for_byte_instead_of_the_members() {
    let mut server = Server::new_async().await;
    let document = "{ \"id\": \"x\",\n  \"accessControlList\": [] }";
    let mock = expect(&mut server, "/v1/sessionToken?durationSeconds=43200")
        .await
        .match_body(Matcher::Exact(document.to_owned()))
        .create_async()
        .await;
    client(&server)
        .get_session_token()
        .id("ignored")
        .acl_document(document)
        .await
        .unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn an_acl_document_is_a_json_object() {
    let server = Server::new_async().await;
    for document in ["", "[]", "\"text\"", "null", "{\"id\":}"] {
        let call = client(&server)
            .assume_role("account", "role")
            .acl_document(document);
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{document}");
    }
}

#[tokio::test]
async fn empty_accounts_and_roles_are_refused() {
    let server = Server::new_async().await;
    let client = client(&server);
    let account = client.assume_role("", "role").await.unwrap_err();
    assert_eq!(account.member(), Some("accountId"));
    let role = client.assume_role("account", "").await.unwrap_err();
    assert_eq!(role.member(), Some("roleName"));
}
