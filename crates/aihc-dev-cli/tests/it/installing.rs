//! Tests of `docs/installing.md`.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use crate::support::{Directory, Run};

/// Returns the commands of the tool in the tables of `docs/installing.md`.
fn commands() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/installing.md");
    let page = std::fs::read_to_string(page).unwrap();
    let cells = page.lines().filter_map(|line| {
        let (_, rest) = line.split_once("| `aihc-dev ")?;
        let (command, _) = rest.split_once('`')?;
        Some(format!("aihc-dev {command}"))
    });
    cells.collect()
}

#[test]
fn commands_on_the_page_write_what_they_say() {
    let home = Directory::new("installing");
    let bin = Path::new(env!("CARGO_BIN_EXE_aihc-dev")).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let commands = commands();
    let folders =
        "mkdir -p ~/.local/share/bash-completion/completions ~/.config/fish/completions ~/zsh";
    for command in [folders.to_owned()].iter().chain(&commands) {
        let run = Command::new("bash")
            .args(["-c", &format!("fpath=(x ~/zsh); {command}")])
            .env_clear()
            .envs([("PATH", &*path), ("HOME", home.path())])
            .env("PROFILE", format!("{}/profile.ps1", home.path()))
            .output()
            .unwrap();
        Run::of(run).ok();
    }
    for file in [
        ".local/share/bash-completion/completions/aihc-dev",
        "zsh/_aihc-dev",
        ".config/fish/completions/aihc-dev.fish",
        "profile.ps1",
    ] {
        let text = std::fs::read_to_string(Path::new(home.path()).join(file)).unwrap();
        assert!(text.contains("aihc-dev"), "{file}: {text}");
    }
    assert!(commands.len() == 4, "{commands:?}");
}

/// Tests that a script that `completions --program` prints does not contain the path of this
/// program. Scripts for an archive of the program are created in this way.
#[test]
fn a_script_names_the_program_that_is_asked_for() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let mut command = crate::support::bare();
        command.args(["completions", shell, "--program", "aihc-dev"]);
        let run = Run::of(command.output().unwrap()).ok();
        let here = env!("CARGO_BIN_EXE_aihc-dev");
        assert!(!run.stdout.contains(here), "{shell}: {}", run.stdout);
    }
}
