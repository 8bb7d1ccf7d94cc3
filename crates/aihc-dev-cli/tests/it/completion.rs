//! Tests of the completion scripts, run by real shells.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::help::all_commands;
use crate::support::{Directory, bare, run_bare};

const TOOL: &str = env!("CARGO_BIN_EXE_aihc-dev");

/// A bash program that sources the completion script. For each line, it then calls the function
/// that the script has registered for the tool, in the same way as bash, which splits words at `=`
/// and `:`.
const ASK: &str = r#"
. "$SCRIPT"
function=$(complete -p aihc-dev)
function=${function##* -F }
function=${function%% *}
for line; do
    pieces=${line//=/ = }
    IFS=' ' read -r -a COMP_WORDS <<< "${pieces//:/ : }"
    [[ $line != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMP_LINE=$line COMP_POINT=${#line} COMP_TYPE=9 COMPREPLY=()
    current=${COMP_WORDS[COMP_CWORD]}
    [[ $current != [=:] ]] || current=
    "$function" aihc-dev "$current" "${COMP_WORDS[COMP_CWORD - 1]}"
    echo "${COMPREPLY[*]}"
done
"#;

struct Bash {
    directory: Directory,
}

impl Bash {
    fn new() -> Self {
        let directory = Directory::new("completion");
        directory.write("bash", &run_bare(&["completions", "bash"]).ok().stdout);
        Self { directory }
    }

    /// Returns the result of completing each line in bash. No folder in `PATH` contains the tool.
    fn complete(&self, lines: &[&str]) -> Vec<String> {
        let output = Command::new("bash")
            .args(["--norc", "-c", ASK, "bash"])
            .args(lines)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.directory.path())
            .env("SCRIPT", format!("{}/bash", self.directory.path()))
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(stderr, "");
        let stdout = String::from_utf8(output.stdout).unwrap();
        let replies: Vec<_> = stdout
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        assert_eq!(replies.len(), lines.len(), "{stdout}");
        replies
    }
}

/// Returns the long options in the help of a command, each with the values that the help lists.
fn options(words: &[&str]) -> Vec<(String, Vec<String>)> {
    let help = bare().args(words).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let help = help.split("\nExample").next().unwrap();
    let mut options: Vec<(String, String)> = Vec::new();
    // Paragraphs of text are not indented.
    for line in help.lines().filter(|line| line.starts_with(' ')) {
        let start = line.trim_start();
        let long = match start.strip_prefix('-') {
            Some(rest) if start.starts_with("--") => Some(format!("-{rest}")),
            Some(_) => start.split_once(", ").map(|(_, long)| long.to_owned()),
            None => None,
        };
        match long {
            Some(long) => {
                let name = long.split([' ', '=']).next().unwrap().to_owned();
                options.push((name, long));
            }
            None => {
                if let Some((_, text)) = options.last_mut() {
                    *text += " ";
                    *text += start;
                }
            }
        }
    }
    let values = |text: &str| {
        let (_, rest) = text.split_once("[possible values: ")?;
        let (list, _) = rest.split_once(']')?;
        let list: Vec<_> = list.split(", ").map(str::to_owned).collect();
        Some(list)
    };
    options
        .into_iter()
        .map(|(name, text)| (name, values(&text).unwrap_or_default()))
        .collect()
}

#[test]
fn bash_completes_each_command_each_option_and_the_values_of_each() {
    let bash = Bash::new();
    let (mut lines, mut expected) = (Vec::new(), Vec::new());
    let commands: Vec<_> = all_commands()
        .map(|(command, words)| (command, options(&words), words))
        .collect();
    // Options that all commands have are defined once, and are completed with the first one only.
    let has = |options: &[(String, _)], name: &str| options.iter().any(|(other, _)| other == name);
    let all_have = |name: &str| commands.iter().all(|(_, options, _)| has(options, name));
    for (index, (command, options, words)) in commands.iter().enumerate() {
        lines.push(format!("aihc-dev {}", &command[..command.len() - 1]));
        expected.push(vec![words[words.len() - 1].to_owned()]);
        assert!(options.len() > 9, "{command}: {options:?}");
        for (option, values) in options {
            if index > 0 && all_have(option) {
                continue;
            }
            // Without its last letter, a word matches only itself, or candidates that have the same
            // beginning.
            lines.push(format!(
                "aihc-dev {command} {}",
                &option[..option.len() - 1]
            ));
            expected.push(vec![option.clone()]);
            if !values.is_empty() {
                lines.push(format!("aihc-dev {command} {option} "));
                expected.push(values.clone());
                lines.push(format!("aihc-dev {command} {option}="));
                expected.push(values.clone());
            }
        }
    }
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    assert!(lines.len() > 250, "{}", lines.len());
    for ((line, expected), found) in lines.iter().zip(expected).zip(bash.complete(&lines)) {
        let found: BTreeSet<_> = found.split(' ').collect();
        let missing: Vec<_> = expected
            .iter()
            .filter(|e| !found.contains(e.as_str()))
            .collect();
        assert!(missing.is_empty(), "{line}: {missing:?} not in {found:?}");
    }
}

#[test]
fn bash_completes_what_is_known_only_here() {
    let bash = Bash::new();
    let config = r#"{"profiles": [{"name": "work"}, {"name": "two words"}]}"#;
    bash.directory.write(".bce/config.json", config);
    let lines = [
        ("aihc-dev list --al", "--all-pages"),
        (
            "aihc-dev list -o ",
            "table wide name id csv json jsonl yaml",
        ),
        ("aihc-dev list --output=js", "json jsonl"),
        (
            "aihc-dev list --output=",
            "table wide name id csv json jsonl yaml",
        ),
        ("aihc-dev wait --for ", "running stopped deleted"),
        ("aihc-dev wait dv-1 --for r", "running"),
        ("aihc-dev list --status image", "image-packing"),
        ("aihc-dev jobs list --status sto", "stopp"),
        ("aihc-dev queues --type ", "common dedicatedV2 bhcmp"),
        ("aihc-dev --region f", "fwh"),
        ("aihc-dev list --profile ", r"work two\ words"),
        ("aihc-dev create --file /etc/hos", "/etc/host"),
        ("aihc-dev update --set resources.cp", "resources.cpus="),
    ];
    let found = bash.complete(&lines.map(|(line, _)| line));
    for ((line, expected), found) in lines.iter().zip(found) {
        assert!(found.starts_with(expected), "{line}: {found}");
    }
}

#[test]
fn a_path_with_any_character_is_kept_and_one_that_is_gone_is_looked_up() {
    let bash = Bash::new();
    let odd = format!("{}/it's a \"tool\" $HOME", bash.directory.path());
    std::fs::create_dir(&odd).unwrap();
    let program = format!("{odd}/aihc-dev");
    std::fs::copy(TOOL, &program).unwrap();
    let script = Command::new(&program)
        .args(["completions", "bash"])
        .output()
        .unwrap();
    let script = String::from_utf8(script.stdout).unwrap();
    bash.directory.write("bash", &script);
    assert_eq!(bash.complete(&["aihc-dev list --al"]), ["--all-pages"]);
    // If the program does not exist and PATH is empty, there are neither candidates nor messages.
    std::fs::remove_file(&program).unwrap();
    assert_eq!(bash.complete(&["aihc-dev list --al"]), [""]);
}

/// A Python program that types keys into a shell on a terminal, and waits until the screen shows
/// the expected text.
const TYPE: &str = r#"
import os, pty, select, sys, time
setup, keys, expected = sys.argv[1:4]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[4], sys.argv[4:])
screen = ''
def until(text):
    global screen
    limit = time.monotonic() + 20
    while text not in screen and time.monotonic() < limit:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                screen += os.read(terminal, 65536).decode(errors='replace')
            except OSError:
                break
os.write(terminal, (setup + '; echo ready-$((1 + 1))\n').encode())
until('ready-2')
screen = ''
os.write(terminal, keys.encode())
until(expected)
os.kill(pid, 9)
print(screen)
sys.exit(0 if expected in screen else 1)
"#;

fn types(shell: &[&str], setup: &str, keys: &str, expected: &str) {
    let output = Command::new("python3")
        .args(["-c", TYPE, setup, keys, expected])
        .args(shell)
        .env_clear()
        .envs([
            ("PATH", "/usr/bin:/bin"),
            ("TERM", "dumb"),
            ("HOME", "/nonexistent"),
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{shell:?} {keys:?}: {output:?}");
}

#[test]
fn a_key_in_bash_completes_also_what_bash_takes_apart() {
    let bash = Bash::new();
    let setup = format!(". {}/bash", bash.directory.path());
    let shell = ["bash", "--norc", "--noprofile"];
    types(&shell, &setup, "aihc-dev list --al\t", "--all-pages ");
    types(
        &shell,
        &setup,
        "aihc-dev list --output=y\t",
        "--output=yaml ",
    );
    types(
        &shell,
        &setup,
        "./aihc-dev wait --for=st\t",
        "--for=stopped ",
    );
}

fn is_installed(shell: &str) -> bool {
    let version = Command::new(shell)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let installed = version.is_ok_and(|status| status.success());
    if !installed {
        eprintln!("skipped: {shell} is not installed");
    }
    installed
}

#[test]
fn a_key_in_zsh_completes_where_it_is_installed() {
    if !is_installed("zsh") {
        return;
    }
    let directory = Directory::new("zsh");
    directory.write("_aihc-dev", &run_bare(&["completions", "zsh"]).ok().stdout);
    let path = directory.path();
    let start = "autoload -U compinit; compinit -u -D";
    for setup in [
        format!("fpath=({path} $fpath); {start}"),
        format!("{start}; source {path}/_aihc-dev"),
    ] {
        let shell = ["zsh", "-f"];
        types(&shell, &setup, "aihc-dev list --al\t", "--all-pages");
        types(&shell, &setup, "aihc-dev wait --for st\t", "stopped");
    }
}

#[test]
fn fish_completes_where_it_is_installed() {
    if !is_installed("fish") {
        return;
    }
    let script = run_bare(&["completions", "fish"]).ok().stdout;
    let asks = "complete -C 'aihc-dev list --al'; complete -C 'aihc-dev wait --for '";
    let output = Command::new("fish")
        .args(["--no-config", "-c", &format!("{script}\n{asks}")])
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    let found = String::from_utf8(output.stdout).unwrap();
    let found: Vec<_> = found
        .lines()
        .map(|line| line.split('\t').next().unwrap())
        .collect();
    assert_eq!(found, ["--all-pages", "running", "stopped", "deleted"]);
}

#[test]
fn each_shell_gets_a_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = run_bare(&["completions", shell]).ok();
        assert!(run.stdout.contains(TOOL), "{shell}");
    }
    run_bare(&["completions", "tcsh"]).fails(2);
}
