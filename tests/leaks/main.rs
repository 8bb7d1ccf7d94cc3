//! Tests that no trace, printed value, error or panic contains a secret when all operations are
//! called.
//!
//! `walk` calls all operations, and `scenes` runs it with different services, connections and
//! credentials. `values`, `files`, `issued`, `echo` and `platform` capture what these calls do not
//! show. `logs` writes the log files, `wire` collects the secrets of requests and responses,
//! `capture` collects the output, and `proofs::secrets` searches it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod capture;
mod coverage;
mod echo;
mod files;
mod issued;
mod logs;
mod planted;
mod platform;
mod scenes;
mod values;
mod walk;
mod wire;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proofs::secrets::{Search, Shown};

use crate::scenes::Scenes;
use crate::walk::OPERATIONS;

// Each of these contains characters that are encoded differently in URLs, in JSON and by `Debug`.
const SECRET_KEY: &str = "sk+9f86d081/884c7d65=9a2f\"eaa0c55ad015";
const WRONG_KEY: &str = "sk+2c26b46b/68ffc68f=f99b\"453c1d304134";
const PASSWORD: &str = "registry:f81d4fae%7dec\\11d0&a765\"00a0c91e";
const PROXY_PASSWORD: &str = "proxy:9e107d9d/372bb682%6bd81d3542a419d6";
const PROXY_USER: &str = "proxy-user";
/// A session token that the tests also put where no secret is expected, such as into an unreadable
/// response.
const MISPLACED: &str = "misplaced+7c9e6679/7425=40de\"944be07fc1";

/// Returns the names and the values of the secrets that are constants of this test, such as keys
/// and passwords.
fn known_secrets() -> Vec<(String, String)> {
    let login = STANDARD.encode(format!("{PROXY_USER}:{PROXY_PASSWORD}"));
    [
        ("the secret key", SECRET_KEY),
        ("the wrong secret key", WRONG_KEY),
        ("a registry password", PASSWORD),
        ("the proxy password", PROXY_PASSWORD),
        ("the proxy login", &login),
        ("a misplaced secret", MISPLACED),
    ]
    .map(|(name, secret)| (name.to_owned(), secret.to_owned()))
    .into()
}

fn search(secrets: &[(String, String)]) -> Search {
    Search::new(secrets.iter().map(|(name, secret)| (&**name, &**secret)))
}

#[tokio::test]
#[ignore = "takes half a minute: `.ci/step leaks` runs it"]
async fn a_full_run_shows_no_secret() {
    logs::keep();
    let stage = Scenes::start().await;
    Box::pin(stage.play_all()).await;
    values::show_all(&stage).await;
    files::show_all(&stage.capture).await;
    issued::show_all(&stage).await;
    echo::show_all(&stage).await;
    platform::show_all(&stage).await;

    let secrets = [known_secrets(), stage.wire.secrets()].concat();
    // All operations are signed in half of the scenes.
    let signatures = stage.wire.signatures();
    assert!(signatures > 13 * OPERATIONS, "{signatures}");
    let mut shown = stage.capture.shown();
    for (name, text) in logs::files() {
        for part in ["call finished", "attempt finished", "request_id", "peer"] {
            assert!(text.contains(part), "the log file {name} has no `{part}`");
        }
        let place = format!("the log file {name}");
        shown.push(Shown { place, text });
    }
    let found = search(&secrets).of(&shown);
    assert!(found.is_empty(), "{found:#?}");

    let logs = &shown
        .iter()
        .find(|shown| shown.place == "a trace")
        .unwrap()
        .text;
    for part in [
        "call finished",
        "attempt finished",
        "hyper_util",
        "request refused",
        "rustls",
    ] {
        assert!(logs.contains(part), "the traces have no `{part}`");
    }
    coverage::check(&stage.capture.types());
}
