//! Tests of the commands `ssh-command` and `open`.

#[cfg(unix)]
use crate::support::Directory;
use crate::support::Lab;

#[tokio::test(flavor = "multi_thread")]
async fn the_ssh_command_uses_what_the_api_tells() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let run = lab
        .run(&["ssh-command", &id])
        .fails(1)
        .says("load balancer lb-1")
        .says("--host");
    assert_eq!(run.stdout, "");
    let run = lab
        .run(&["ssh-command", &id, "--host", "192.0.2.7", "--user", "work"])
        .ok();
    assert_eq!(run.stdout, "ssh -p 30022 work@192.0.2.7\n");
    let run = lab.run(&["ssh-command", &id, "--internal"]).ok();
    assert_eq!(run.stdout, "ssh root@10.0.0.9\n");
    let json = lab
        .run(&["ssh-command", &id, "--internal", "-o", "json"])
        .ok()
        .json();
    assert_eq!(
        json,
        serde_json::json!({"user": "root", "host": "10.0.0.9", "port": 22})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_web_ide_is_printed_while_it_runs() {
    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let vscode = format!("https://console.example.invalid/{id}/vscode\n");
    assert_eq!(lab.run(&["open", &id]).ok().stdout, vscode);
    let jupyter = lab.run(&["open", &id, "--ide", "jupyter"]).ok();
    assert!(jupyter.stdout.ends_with("/jupyter\n"), "{jupyter:#?}");
    lab.run(&["stop", &id, "--wait", "--interval", "5ms"]).ok();
    lab.run(&["open", &id]).fails(1).says("is it running?");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_browser_gets_the_address() {
    use std::os::unix::fs::PermissionsExt as _;

    let lab = Lab::new().await;
    let id = lab.running("a").await;
    let directory = Directory::new("browser");
    let opened = format!("{}/opened", directory.path());
    let made = std::process::Command::new("mkfifo")
        .arg(&opened)
        .status()
        .unwrap();
    assert!(made.success());
    let program = directory.write("xdg-open", &format!("#!/bin/sh\necho \"$1\" > {opened}\n"));
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    lab.run_with(&[("PATH", directory.path())], &["open", &id, "--browser"])
        .ok();
    let address = std::fs::read_to_string(&opened).unwrap();
    assert_eq!(
        address,
        format!("https://console.example.invalid/{id}/vscode\n")
    );
}
