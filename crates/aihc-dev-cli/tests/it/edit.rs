//! Tests of the command `edit`.

#![cfg(unix)]

use std::process::{Command, Stdio};

use aihc_dev::model::DevInstanceDetail;

use crate::interrupt::send;
use crate::support::{Directory, Lab, Run};

/// An emulator with an instance, and a folder for one test of `edit`. The folder contains the
/// editors, which are scripts, and the drafts, which are the files that the editors change.
struct Desk {
    lab: Lab,
    id: String,
    directory: Directory,
}

impl Desk {
    async fn new() -> Self {
        let lab = Lab::new().await;
        let id = lab.running("first").await;
        let directory = Directory::new("edit");
        std::fs::create_dir(format!("{}/tmp", directory.path())).unwrap();
        Self { lab, id, directory }
    }

    fn drafts(&self) -> String {
        format!("{}/tmp", self.directory.path())
    }

    fn command(&self, editor: &str, more: &[&str]) -> Command {
        let mut command = self.lab.command(&[&["edit", &self.id], more].concat());
        command
            .env("EDITOR", editor)
            .env("TMPDIR", self.drafts())
            .env("PATH", "/usr/bin:/bin");
        command
    }

    fn edit(&self, editor: &str) -> Run {
        Run::of(self.command(editor, &["--yes"]).output().unwrap())
    }

    /// Creates an editor that is a shell script; `$1` is the file to edit.
    fn script(&self, name: &str, lines: &str) -> String {
        use std::os::unix::fs::PermissionsExt as _;

        let path = self.directory.write(name, &format!("#!/bin/sh\n{lines}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    async fn detail(&self) -> DevInstanceDetail {
        let query = self.lab.client().query_dev_instance_detail(&self.id);
        query.await.unwrap().dev_instance
    }

    fn sent(&self) -> u64 {
        self.lab.count("ModifyDevInstance")
    }

    /// Returns the folders of those drafts (the files that editors change) that still exist.
    fn left(&self) -> Vec<std::path::PathBuf> {
        let folders = std::fs::read_dir(self.drafts()).unwrap();
        folders.map(|entry| entry.unwrap().path()).collect()
    }

    /// Returns the edited text that the tool has kept in a file according to its message, and
    /// removes the file.
    #[track_caller]
    fn kept(&self, run: &Run) -> String {
        let (_, rest) = run.stderr.split_once("your text is kept in ").unwrap();
        let path = rest.split(';').next().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let folder = std::path::Path::new(path).parent().unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert!(self.left().is_empty());
        text
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_shown_with_signs_and_sent_and_secrets_stay() {
    let desk = Desk::new().await;
    let run = desk.edit("sed -i 's/cpus: 4/cpus: 8/'").ok();
    assert!(
        run.stderr.contains("-    cpus: 4\n+    cpus: 8\n"),
        "{run:#?}"
    );
    assert!(run.stdout.contains("conf.resources.cpus  4"), "{run:#?}");
    assert!(!run.stderr.contains("hunter2") && !run.stderr.contains('\x1b'));
    let conf = desk.detail().await.conf.unwrap();
    assert_eq!((conf.resources.cpus, conf.resources.memory), (8, 8));
    assert_eq!(conf.envs.unwrap()["TOKEN"].expose(), "hunter2");
    assert!(desk.left().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_as_it_is_or_says_the_same_is_not_sent() {
    let desk = Desk::new().await;
    for editor in [
        "true",
        "sed -i '1i # mine'",
        "sed -i 's/cpus: 4/cpus: \"4\"/'",
        "truncate -s 0",
        "sed -i 's/^[^#].*//'",
    ] {
        let run = desk.edit(editor).ok();
        assert!(
            run.stderr.contains("nothing was sent"),
            "{editor}: {run:#?}"
        );
        assert!(desk.left().is_empty());
    }
    assert_eq!(desk.sent(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_that_fails_or_is_not_there_sends_nothing() {
    let desk = Desk::new().await;
    desk.edit("false")
        .fails(1)
        .says("ended with exit status: 1; nothing was sent");
    desk.edit("sed -i s/cpus:.4/cpus:\\ 8/ \"$1\"; exit 3; :")
        .fails(1)
        .says("nothing was sent");
    desk.edit("/nonexistent/editor")
        .fails(2)
        .says("cannot run the editor /nonexistent/editor")
        .says("nothing was sent");
    assert!(desk.left().is_empty());
    assert_eq!(desk.sent(), 0);
}

/// Tests that the editor is run by a shell, as in git, so that arguments and quotes work.
#[tokio::test(flavor = "multi_thread")]
async fn the_editor_may_have_arguments_and_lie_in_a_folder_with_spaces() {
    let desk = Desk::new().await;
    let editor = desk.script(
        "a folder/my editor",
        "sed -i \"s/cpus: 4/cpus: $1/\" \"$2\"",
    );
    desk.edit(&format!("'{editor}' 5")).ok();
    assert_eq!(desk.detail().await.conf.unwrap().resources.cpus, 5);
    // The first variable takes precedence over the second; an empty one is ignored.
    let mut command = desk.command("false", &["--yes"]);
    command.env("VISUAL", "sed -i 's/cpus: 5/cpus: 6/'");
    Run::of(command.output().unwrap()).ok();
    let mut command = desk.command("sed -i 's/cpus: 6/cpus: 7/'", &["--yes"]);
    command.env("VISUAL", "");
    Run::of(command.output().unwrap()).ok();
    assert_eq!(desk.detail().await.conf.unwrap().resources.cpus, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn vim_edits_it() {
    if Command::new("vim").arg("--version").output().is_err() {
        return;
    }
    let desk = Desk::new().await;
    desk.edit("vim -es -c '%s/cpus: 4/cpus: 8/' -c wq").ok();
    assert_eq!(desk.detail().await.conf.unwrap().resources.cpus, 8);
    desk.edit("vim -es -c '%s/cpus: 8/cpus: 9/' -c cq").fails(1);
    assert_eq!(desk.sent(), 1);
    assert!(desk.left().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_nobody_elses_and_holds_no_secret() {
    let desk = Desk::new().await;
    let copy = format!("{}/copy", desk.directory.path());
    let editor = desk.script(
        "editor",
        &format!("cat \"$1\" >{copy}; stat -c %a \"$1\" \"$(dirname \"$1\")\" >>{copy}"),
    );
    desk.edit(&editor).ok();
    let seen = std::fs::read_to_string(copy).unwrap();
    assert!(seen.ends_with("600\n700\n"), "{seen}");
    assert!(
        seen.starts_with("# Instance dv-") && seen.contains("TOKEN: \"***\""),
        "{seen}"
    );
    assert!(!seen.contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_opens_the_editor_again_with_the_reason() {
    let desk = Desk::new().await;
    let copy = format!("{}/copy", desk.directory.path());
    for (wrong, said) in [
        (
            "cpu: 8",
            "the API has no member conf.resources.cpu; did you mean conf.resources.cpus?",
        ),
        ("cpus: many", "conf.resources.cpus must be a whole number"),
        ("cpus:", "missing: conf.resources.cpus"),
        ("cpus: [", "is not valid YAML"),
    ] {
        // The text is wrong at first, and right the second time.
        let editor = desk.script(
            "editor",
            &format!(
                "if grep -q 'NOT ACCEPTED' \"$1\"; then cp \"$1\" {copy}; sed -i 's/cpus\\?:.*/cpus: 4/' \"$1\"; \
                 else sed -i 's/cpus: 4/{wrong}/' \"$1\"; fi"
            ),
        );
        desk.edit(&editor).ok().says("nothing was sent");
        let seen = std::fs::read_to_string(&copy).unwrap();
        let told = seen
            .lines()
            .find(|line| line.contains("NOT ACCEPTED"))
            .unwrap();
        assert!(told.contains(said), "{told}");
        if let Some((_, rest)) = told.split_once("line ") {
            let line: usize = rest.split(':').next().unwrap().parse().unwrap();
            let near = seen.lines().skip(line - 2).take(3).collect::<String>();
            assert!(
                near.contains(wrong) || near.contains("memory"),
                "{told}\n{near}"
            );
        }
    }
    assert_eq!(desk.sent(), 0);
    assert!(desk.left().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_up_finds_the_text_again() {
    let desk = Desk::new().await;
    let run = desk.edit("sed -i 's/cpus: 4/cpus: many/'").fails(2);
    run.says("conf.resources.cpus must be a whole number")
        .says("nothing was sent\nyour text is kept in ");
    // The second time, `sed` finds nothing to replace.
    let run = desk.edit("sed -i 's/cpus: 4/cpus: many/'");
    let first: Vec<_> = desk.left();
    assert_eq!(first.len(), 2);
    for folder in first {
        std::fs::remove_dir_all(folder).unwrap();
    }
    drop(run);
    let run = desk.edit("sed -i 's/cpus: 4/cpu: 8/'").fails(2);
    let text = desk.kept(&run);
    assert!(text.contains("cpu: 8") && !text.contains("# "), "{text}");
    // The second time, the editor fails.
    let editor = desk.script(
        "editor",
        "grep -q 'NOT ACCEPTED' \"$1\" && exit 1; sed -i 's/cpus: 4/cpu: 8/' \"$1\"",
    );
    let run = desk.edit(&editor).fails(1);
    assert!(desk.kept(&run).contains("cpu: 8"));
    assert_eq!(desk.sent(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_changed_is_refused_by_its_name() {
    let desk = Desk::new().await;
    for (edit, said) in [
        ("s/^status: .*/status: 5/", "status cannot be changed"),
        ("s/^id: .*/id: dv-2/", "id cannot be changed"),
        (
            "s/^accountId: .*/accountId: x/",
            "accountId cannot be changed",
        ),
        ("s/^name: .*/name: other/", "name cannot be changed"),
        (
            "s/queueName: .*/queueName: other/",
            "conf.resourcePool.queueName cannot be changed",
        ),
        (
            "s/imageType: .*/imageType: 2/",
            "conf.image.imageType cannot be changed",
        ),
        ("/^isPublicMgmt/d", "isPublicMgmt cannot be removed"),
        ("s/TOKEN: .*/OTHER: \"***\"/", "conf.envs.OTHER is ***"),
    ] {
        let run = desk.edit(&format!("sed -i '{edit}'"));
        assert_eq!(run.code, Some(2), "{edit}: {run:#?}");
        let run = run.says(said);
        desk.kept(&run);
    }
    // Read-only members may be removed.
    desk.edit("sed -i -e '/^status: /d' -e '/^accountId/d' -e 's/cpus: 4/cpus: 8/'")
        .ok();
    assert_eq!(desk.sent(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_typed_is_sent_and_never_shown() {
    let desk = Desk::new().await;
    let run = desk.edit("sed -i 's/TOKEN: .*/TOKEN: s3cret/'").ok();
    assert!(run.stderr.contains("*** (another value)"), "{run:#?}");
    assert!(!run.stderr.contains("s3cret") && !run.stdout.contains("s3cret"));
    let envs = desk.detail().await.conf.unwrap().envs.unwrap();
    assert_eq!(envs["TOKEN"].expose(), "s3cret");
    // Removing a member from the text removes its value.
    desk.edit("sed -i '/envs:/,+1d'").ok();
    assert!(
        desk.detail()
            .await
            .conf
            .unwrap()
            .envs
            .unwrap_or_default()
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_has_changed_meanwhile_is_not_overwritten() {
    let desk = Desk::new().await;
    let tool = desk.lab.command(&[]);
    let (program, endpoint) = (env!("CARGO_BIN_EXE_aihc-dev"), desk.lab.endpoint());
    drop(tool);
    let editor = desk.script(
        "editor",
        &format!(
            "AIHC_ENDPOINT={endpoint} {program} update {} --set resources.memory=16 >/dev/null || exit 9\n\
             sed -i 's/cpus: 4/cpus: 8/' \"$1\"",
            desk.id
        ),
    );
    let run = desk
        .edit(&editor)
        .fails(1)
        .says("somebody else has changed it");
    assert!(desk.kept(&run).contains("cpus: 8"));
    let conf = desk.detail().await.conf.unwrap();
    assert_eq!((conf.resources.cpus, conf.resources.memory), (4, 16));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_service_keeps_the_text() {
    let desk = Desk::new().await;
    desk.lab
        .refuse("ModifyDevInstance", 403, "Forbidden", "not now");
    let run = desk
        .edit("sed -i 's/cpus: 4/cpus: 8/'")
        .fails(1)
        .says("not now");
    assert!(desk.kept(&run).contains("cpus: 8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_terminal_it_asks_before_it_sends() {
    let desk = Desk::new().await;
    let drafts = desk.drafts();
    let variables = [
        ("EDITOR", "sed -i 's/cpus: 4/cpus: 8/'"),
        ("TMPDIR", drafts.as_str()),
    ];
    let arguments = ["edit", "first"];
    let ask = |keys: &str| {
        desk.lab
            .run_on_terminal(&variables, &arguments, &[("Send this change? [y/N]", keys)])
    };
    let no = ask("n\n");
    assert!(no.stdout.contains("\x1b[32m+    cpus: 8\x1b[0m"), "{no:#?}");
    assert!(no.stdout.contains("nothing was sent"));
    assert_eq!(no.code, Some(7));
    assert!(no.stdout.contains("your text is kept in"), "{no:#?}");
    for folder in desk.left() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    // Ctrl-C is typed in response to the question.
    let interrupted = ask("\x03");
    assert!(
        interrupted.stdout.contains("no change was sent"),
        "{interrupted:#?}"
    );
    assert_eq!(interrupted.code, Some(130));
    assert!(interrupted.stdout.contains("your text is kept in"));
    for folder in desk.left() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    assert_eq!(desk.sent(), 0);
    ask("y\n").ok();
    assert_eq!(desk.sent(), 1);
    assert!(desk.left().is_empty());
    // There is no terminal, so the user cannot be asked.
    let run = Run::of(desk.command("true", &[]).output().unwrap());
    run.fails(2).says("--yes");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_when_it_is_ended_while_the_editor_is_open() {
    let desk = Desk::new().await;
    let drafts = desk.drafts();
    // A terminal sends Ctrl-C to the editor as well. If a shell were between the two, it would
    // sometimes be lost.
    let patient = "trap 'exit 130' INT; echo open; while :; do sleep 0.05; done";
    let editor = desk.script("patient", patient);
    let variables = [("EDITOR", editor.as_str()), ("TMPDIR", drafts.as_str())];
    let arguments = ["edit", desk.id.as_str()];
    let run = desk
        .lab
        .run_on_terminal(&variables, &arguments, &[("open", "\x03")]);
    assert_eq!(run.code, Some(130), "{run:#?}");
    assert!(run.stdout.contains("nothing was sent"), "{run:#?}");
    assert!(desk.left().is_empty(), "{:?}", desk.left());
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let mut command = desk.command("echo open; exec sleep 100; :", &["--yes"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
        assert_eq!(line, "open\n");
        send(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert!(desk.left().is_empty(), "{:?}", desk.left());
    }
    assert_eq!(desk.sent(), 0);
}

/// Tests that the tool continues if Ctrl-C is pressed while an editor that handles Ctrl-C is open.
#[tokio::test(flavor = "multi_thread")]
async fn an_editor_that_takes_ctrl_c_for_something_else_goes_on() {
    let desk = Desk::new().await;
    // The kernel delivers the signal to the tool long before an editor ends that a user operates. A
    // script must wait for the delivery: bit 1 of the pending signals is SIGINT.
    let editor = desk.script(
        "editor",
        "trap 'caught=1' INT; kill -INT $PPID; \
         while grep -q '^ShdPnd:.*[2367abef]$' \"/proc/$PPID/status\" 2>/dev/null; do :; done; \
         kill -INT $$; sed -i \"s/cpus: 4/cpus: 8/\" \"$1\"",
    );
    desk.edit(&editor).ok();
    assert_eq!(desk.sent(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_instance_is_changed_and_waited_for_as_it_is() {
    let desk = Desk::new().await;
    let lab = &desk.lab;
    lab.run(&["stop", &desk.id, "--wait", "--interval", "5ms"])
        .ok();
    let wait = ["--yes", "--wait", "--interval", "5ms"];
    let edit = desk
        .command("sed -i 's/cpus: 4/cpus: 8/'", &wait)
        .output()
        .unwrap();
    Run::of(edit).ok().says("stopped");
    let update = [
        "update",
        &desk.id,
        "--set",
        "resources.cpus=16",
        "--wait",
        "--interval",
        "5ms",
    ];
    lab.run(&update).ok().says("stopped");
    assert_eq!(lab.status(&desk.id), 5);
    assert_eq!(desk.detail().await.conf.unwrap().resources.cpus, 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_message_names_the_kept_file_and_its_line() {
    let desk = Desk::new().await;
    let run = desk.edit("sed -i 's/cpus: 4/cpus: many/'").fails(2);
    let (_, rest) = run.stderr.split_once("your text is kept in ").unwrap();
    let path = rest.split(';').next().unwrap().to_owned();
    let text = std::fs::read_to_string(&path).unwrap();
    let line = text.lines().position(|line| line.contains("cpus: many"));
    let run = run.says(&format!("aihc-dev: {path}, line {}", line.unwrap() + 1));
    desk.kept(&run);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_is_kept_and_nothing_is_sent() {
    let desk = Desk::new().await;
    for (editor, said) in [
        ("sed -i 's/first/\\xff/'", "is not UTF-8 text"),
        ("truncate -s 2M", "is longer than 1 MiB"),
    ] {
        let run = desk.edit(editor).fails(2).says(said);
        let run = run.says("nothing was sent\nyour text is kept in ");
        let (_, rest) = run.stderr.split_once("your text is kept in ").unwrap();
        let path = std::path::Path::new(rest.split(';').next().unwrap());
        assert!(std::fs::metadata(path).unwrap().len() > 100, "{run:#?}");
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
    // The editor has left nothing that could be kept.
    for editor in ["rm", "f() { rm \"$1\"; mkfifo \"$1\"; }; f"] {
        let run = desk.edit(editor).fails(2).says("nothing was sent");
        assert!(!run.stderr.contains("your text is kept"), "{run:#?}");
        assert!(desk.left().is_empty());
    }
    // Only the text of the previous attempt can be kept.
    let editor = desk.script(
        "editor",
        "grep -q 'NOT ACCEPTED' \"$1\" && exec rm \"$1\"; sed -i 's/cpus: 4/cpu: 8/' \"$1\"",
    );
    let run = desk.edit(&editor).fails(2).says("nothing was sent");
    assert!(desk.kept(&run).contains("cpu: 8"));
    assert_eq!(desk.sent(), 0);
}
