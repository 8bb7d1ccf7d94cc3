//! Tests the guide that shows how to generate a crate for another service: the crate is generated
//! from the description in the guide, and the program in the guide prints the output shown there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bce_testing::RawServer;

const PAGE: &str = include_str!("../../docs/another-bce-service.md");

/// Returns the first code block of the guide that is in this language.
fn block(language: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Returns a command that runs cargo in a folder, with the target folder of the workspace, where
/// many of the dependencies have been compiled.
fn cargo(folder: &Path) -> Command {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO"));
    // If the variables that cargo sets for this test changed, build scripts would run again.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "none")
        .env("CARGO_INCREMENTAL", "0");
    command
}

fn output(command: &mut Command) -> String {
    let done = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{complaint}");
    String::from_utf8(done.stdout).unwrap()
}

fn write_program(folder: &Path) {
    let program = folder.join("zones");
    fs::create_dir_all(program.join("src")).unwrap();
    // Without its own workspace, the crate would belong to the one that surrounds it.
    let manifest = format!("{}\n\n[workspace]\n", block("toml"));
    fs::write(program.join("Cargo.toml"), manifest).unwrap();
    fs::write(program.join("src/main.rs"), block("rust")).unwrap();
    fs::copy(workspace().join("Cargo.lock"), program.join("Cargo.lock")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half a minute, to build a crate with all of its dependencies: `.ci/step leaks` runs it"]
async fn the_guide_makes_a_crate_and_its_program_runs() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("another-service");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("bcc.json"), block("json")).unwrap();
    write_program(&folder);

    let made = folder.join("bce-bcc");
    let shown = "cargo xtask codegen --spec bcc.json --out ../bce-bcc";
    assert_eq!(block("sh"), shown);
    // The command for which `cargo xtask` is an alias names the package instead of the program,
    // which then has fewer features, and is compiled once more.
    let xtask = ["run", "--quiet", "--offline", "--bin", "xtask"];
    output(
        cargo(workspace())
            .args(xtask)
            .args(["--", "codegen", "--spec"])
            .arg(folder.join("bcc.json"))
            .arg("--out")
            .arg(&made),
    );

    let body = r#"{"zones": [{"zoneName": "cn-bj-a"}, {"zoneName": "cn-bj-b"}],
        "instance": {"name": "web-1", "status": "Running", "cpuCount": 2}}"#;
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let server = RawServer::start((head + body).into_bytes()).await.unwrap();
    let url = server.url();
    let printed = tokio::task::spawn_blocking(move || {
        output(
            cargo(&folder.join("zones"))
                .args(["run", "--quiet", "--offline"])
                .env("BCC_ENDPOINT", url)
                .env("BCE_ACCESS_KEY_ID", "my-access-key-id")
                .env("BCE_SECRET_ACCESS_KEY", "my-secret-access-key"),
        )
    });
    assert_eq!(printed.await.unwrap().trim_end(), block("text"));

    let requests = server.requests();
    let heads: Vec<_> = requests.iter().map(|request| &request.head).collect();
    assert_eq!(heads.len(), 2, "{heads:?}");
    assert!(
        heads[0].starts_with("GET /v2/zone HTTP/1.1"),
        "{}",
        heads[0]
    );
    assert!(
        heads[1].starts_with("GET /v2/instance/i-Kc0yhhPQ "),
        "{}",
        heads[1]
    );
    for head in heads {
        assert!(
            head.contains("authorization: bce-auth-v1/my-access-key-id/"),
            "{head}"
        );
    }
}
