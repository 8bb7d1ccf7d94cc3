//! Tests of the commands `configure`, `profiles` and `whoami`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{ACCESS_KEY, Directory, Lab, Run, SECRET_KEY, bare};

const FILE: &str = ".bce/config.json";

/// A user whose only settings are the files in a home directory.
struct User {
    home: Directory,
}

impl User {
    fn new() -> Self {
        Self {
            home: Directory::new("profiles"),
        }
    }

    fn with(text: &str) -> Self {
        let user = Self::new();
        user.home.write(FILE, text);
        user
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare();
        command.args(arguments).env("HOME", self.home.path());
        // The language is set because one of the profiles selects Chinese.
        command.env("BCE_LANGUAGE", "en");
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    fn fed(&self, input: &str, arguments: &[&str]) -> Run {
        Self::feed(self.command(arguments), input)
    }

    #[cfg(unix)]
    fn home_elsewhere(&self, home: &str, input: &str, arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        command.env("HOME", home);
        Self::feed(command, input)
    }

    fn feed(mut command: Command, input: &str) -> Run {
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The command may end without reading its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Run::of(child.wait_with_output().unwrap())
    }

    fn path(&self) -> String {
        format!("{}/{FILE}", self.home.path())
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    #[cfg(unix)]
    fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt as _;
        let path = format!("{}/{name}", self.home.path());
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }
}

/// The example of a configuration file in the documentation of the official `bce` tool.
const OFFICIAL: &str = r#"{
  "current": "default",
  "profiles": [
    {
      "name": "default",
      "mode": "AK",
      "access_key_id": "AK1",
      "secret_access_key": "hunter2-secret",
      "region": "bj",
      "language": "zh-CN"
    },
    {
      "name": "sts",
      "mode": "StsToken",
      "access_key_id": "AK2",
      "secret_access_key": "hunter2-secret",
      "security_token": "hunter2-token",
      "region": "su",
      "endpoint": "bcc.su.baidubce.com"
    },
    {
      "name": "oauth",
      "mode": "OAuth",
      "expires_at": 1.7e9,
      "refresh_token": "hunter2-refresh"
    }
  ]
}"#;

/// A Python program that runs a command on a terminal and types answers. Each step is a text to
/// wait for, followed by the answer. The program prints the exit code, whether the terminal echoes
/// afterwards, and the screen.
#[cfg(unix)]
const TERMINAL: &str = r#"
import os, pty, select, sys, termios, time
command, steps = sys.argv[1].split('\x1f'), sys.argv[2:]
terminal, mine = pty.openpty()
pid = os.fork()
if pid == 0:
    os.setsid()
    import fcntl
    fcntl.ioctl(mine, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(mine, fd)
    os.execv(command[0], command)
screen, seen = '', 0
def read_until(text):
    global screen, seen
    limit = time.monotonic() + 20
    while text not in screen[seen:] and time.monotonic() < limit:
        if select.select([terminal], [], [], 0.1)[0]:
            screen += os.read(terminal, 65536).decode(errors='replace')
        elif os.waitpid(pid, os.WNOHANG)[0]:
            return 'ended'
    seen = screen.index(text, seen) + len(text) if text in screen[seen:] else seen
for expected, keys in zip(steps[::2], steps[1::2]):
    read_until(expected)
    os.write(terminal, keys.encode())
code = None
limit = time.monotonic() + 20
while code is None and time.monotonic() < limit:
    if select.select([terminal], [], [], 0.05)[0]:
        screen += os.read(terminal, 65536).decode(errors='replace')
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        code = os.waitstatus_to_exitcode(status)
while select.select([terminal], [], [], 0.05)[0]:
    screen += os.read(terminal, 65536).decode(errors='replace')
echo = bool(termios.tcgetattr(mine)[3] & termios.ECHO)
print(code, echo)
print(screen)
"#;

/// Runs a command on a terminal, and types an answer after each text in `steps`. Returns the exit
/// code together with whether the terminal echoes afterwards, such as `0 True`, and the screen.
#[cfg(unix)]
fn on_a_terminal(user: &User, arguments: &[&str], steps: &[(&str, &str)]) -> (String, String) {
    let command = [&[env!("CARGO_BIN_EXE_aihc-dev")], arguments].concat();
    let output = Command::new("python3")
        .args(["-c", TERMINAL, &command.join("\u{1f}")])
        .args(steps.iter().flat_map(|(shown, keys)| [*shown, *keys]))
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin"), ("TERM", "dumb")])
        .env("HOME", user.home.path())
        .env("BCE_LANGUAGE", "en")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (first, screen) = text.split_once('\n').unwrap();
    (first.to_owned(), screen.to_owned())
}

#[cfg(unix)]
#[test]
fn answers_on_a_terminal_make_the_file_of_the_official_tool() {
    let user = User::new();
    let steps = [
        ("Access key id: ", "AK1\n"),
        ("Secret access key: ", "hunter2\n"),
        ("Region [bj]: ", "\n"),
    ];
    let (ended, screen) = on_a_terminal(&user, &["configure"], &steps);
    assert_eq!(ended, "0 True", "{screen}");
    assert!(!screen.contains("hunter2"), "{screen}");
    let expected = "{\n  \"current\": \"default\",\n  \"profiles\": [\n    {\n      \
                    \"name\": \"default\",\n      \"mode\": \"AK\",\n      \
                    \"access_key_id\": \"AK1\",\n      \"secret_access_key\": \"hunter2\",\n      \
                    \"region\": \"bj\"\n    }\n  ]\n}\n";
    assert_eq!(user.text(), expected);
    assert_eq!((user.mode(FILE), user.mode(".bce")), (0o600, 0o700));
}

#[cfg(unix)]
#[test]
fn what_is_left_empty_stays_and_nothing_of_a_secret_is_shown() {
    let user = User::with(OFFICIAL);
    let steps = [
        ("Access key id [AK1]: ", "\n"),
        ("Secret access key [unchanged]: ", "\n"),
        ("Region [bj]: ", "gz\n"),
    ];
    let (ended, screen) = on_a_terminal(&user, &["configure"], &steps);
    assert_eq!(ended, "0 True", "{screen}");
    assert!(
        !screen.contains("hunter2") && !screen.contains("****"),
        "{screen}"
    );
    // The file now ends with a line end, which the official tool omits.
    let changed = OFFICIAL.replacen("\"bj\"", "\"gz\"", 1) + "\n";
    assert_eq!(user.text(), changed);
    // The secret belongs to the id, and a temporary key has a token as well.
    let steps = [
        ("Access key id [AK2]: ", "AK3\n"),
        ("Secret access key: ", "s3\n"),
        ("Session token: ", "t3\n"),
        ("Region [su]: ", "\n"),
    ];
    let (ended, screen) = on_a_terminal(&user, &["configure", "--profile", "sts"], &steps);
    assert_eq!(ended, "0 True", "{screen}");
    let sts = &user.json()["profiles"][1];
    assert_eq!(sts["security_token"], "t3");
    assert_eq!(
        (&sts["secret_access_key"], &sts["endpoint"]),
        (&json!("s3"), &json!("bcc.su.baidubce.com"))
    );
    assert!(screen.contains("profile default is in use"), "{screen}");
}

/// Tests `configure` with a region but without keys, as in an example in its help.
#[cfg(unix)]
#[test]
fn a_region_makes_no_profile_without_keys() {
    let user = User::new();
    let arguments = ["configure", "--profile", "work", "--region", "gz"];
    let run = user.run(&arguments).fails(2).says("work has no keys");
    run.says("nothing was written");
    assert!(!std::path::Path::new(&user.path()).exists());
    let steps = [
        ("Access key id: ", "AK1\n"),
        ("Secret access key: ", "hunter2\n"),
    ];
    let (ended, screen) = on_a_terminal(&user, &arguments, &steps);
    assert_eq!(ended, "0 True", "{screen}");
    let profile = json!({
        "name": "work", "mode": "AK", "access_key_id": "AK1",
        "secret_access_key": "hunter2", "region": "gz",
    });
    let expected = json!({"current": "work", "profiles": [profile]});
    assert_eq!(user.json(), expected);
    // Nothing is asked if the profile has keys.
    user.run(&["configure", "--profile", "work", "--region", "su"])
        .ok();
    assert_eq!(user.json()["profiles"][0]["region"], "su");
    // A profile that has a mode but no keys.
    let user = User::with(r#"{"profiles": [{"name": "work", "mode": "AK", "region": "gz"}]}"#);
    user.run(&arguments).fails(2).says("work has no keys");
}

#[cfg(unix)]
#[test]
fn ctrl_c_and_ctrl_d_write_nothing_and_leave_the_terminal_as_it_was() {
    let user = User::with(OFFICIAL);
    for (keys, code) in [("\u{3}", "130"), ("\u{4}", "1")] {
        let steps = [("Access key id", "AK9\n"), ("Secret access key", keys)];
        let (ended, screen) = on_a_terminal(&user, &["configure"], &steps);
        assert_eq!(ended, format!("{code} True"), "{screen}");
        assert_eq!(user.text(), OFFICIAL);
    }
}

#[test]
fn options_and_standard_input_take_the_place_of_questions() {
    let user = User::new();
    let id = ["configure", "--access-key-id", "AK1"];
    user.run(&["configure"]).fails(2).says("cannot ask");
    user.run(&id)
        .fails(2)
        .says("the secret access key for this id");
    let arguments = [&id[..], &["--secret-from-stdin", "--region", "gz"]].concat();
    let run = user.fed("hunter2\r\n", &arguments).ok();
    assert!(!run.stderr.contains("hunter2"));
    let profile = json!({
        "name": "default", "mode": "AK", "access_key_id": "AK1",
        "secret_access_key": "hunter2", "region": "gz",
    });
    assert_eq!(
        user.json(),
        json!({"current": "default", "profiles": [profile]})
    );
    // Only the region is changed.
    user.run(&["configure", "--region", "su"]).ok();
    assert_eq!(user.json()["profiles"][0]["region"], "su");
    assert_eq!(user.json()["profiles"][0]["secret_access_key"], "hunter2");
    // Only the secret for the same id is changed.
    user.fed("other", &["configure", "--secret-from-stdin"])
        .ok();
    assert_eq!(user.json()["profiles"][0]["secret_access_key"], "other");
    // A profile that is named, with a session token.
    let sts = ["configure", "--profile", "tmp", "--mode", "ststoken"];
    let sts = [&sts[..], &["--access-key-id", "AK2", "--secret-from-stdin"]].concat();
    user.fed("s\n", &sts).fails(2);
    user.fed("s\nt\n", &sts)
        .ok()
        .says("profile default is in use");
    assert_eq!(user.json()["profiles"][1]["mode"], "StsToken");
    assert_eq!(user.json()["profiles"][1]["security_token"], "t");
    assert_eq!(user.json()["current"], "default");
    // A long-term key has no session token.
    let long_term = [&sts[..3], &["--mode", "AK", "--secret-from-stdin"]].concat();
    user.fed("s2\n", &long_term).ok();
    assert_eq!(user.json()["profiles"][1]["security_token"], Value::Null);
}

#[test]
fn what_cannot_be_used_is_refused_and_not_repeated() {
    let user = User::with(OFFICIAL);
    let stdin = ["configure", "--secret-from-stdin"];
    for (input, arguments, says) in [
        ("", &[][..], "contains no secret"),
        (" hunter2", &[], "nothing was written"),
        ("hunter2\nhunter3\n", &[], "contains too many lines"),
        (
            "hunter2",
            &["--region", "hunter2.com/"],
            "is not a region code",
        ),
        ("hunter2", &["--profile", "oauth"], "--mode AK"),
        ("hunter2", &["--mode", "StsToken"], "session token"),
        (
            "hunter2",
            &["--profile", "new"],
            "the access key id is missing",
        ),
        ("hunter2", &["--endpoint", "x"], "not saved in a profile"),
        (
            "hunter2",
            &["--access-key-id", "AK 1"],
            "nothing was written",
        ),
    ] {
        let run = user
            .fed(input, &[&stdin[..], arguments].concat())
            .fails(2)
            .says(says);
        let shown = run.stderr.replace("hunter2.com/", "");
        assert!(!shown.contains("hunter"), "{run:?}");
        assert_eq!(user.text(), OFFICIAL);
    }
    let other_id = user.run(&["configure", "--access-key-id", "AK9"]);
    other_id.fails(2).says("the secret access key for this id");
    // The region of a profile can be changed even if the mode of its keys is unknown.
    user.run(&["configure", "--profile", "oauth", "--region", "gz"])
        .ok();
    let kept = OFFICIAL.replace(
        "\"hunter2-refresh\"",
        "\"hunter2-refresh\",\n      \"region\": \"gz\"",
    );
    assert_eq!(user.json(), serde_json::from_str::<Value>(&kept).unwrap());
    assert!(
        user.text().contains("\"expires_at\": 1.7e9"),
        "{}",
        user.text()
    );
}

#[cfg(unix)]
#[test]
fn odd_files_are_read_or_refused_and_never_lost() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let change = ["configure", "--region", "gz"];
    let keys = ["configure", "--access-key-id", "a", "--secret-from-stdin"];
    // This is how editors on Windows save the file.
    let windows = format!("\u{feff}{}", OFFICIAL.replace('\n', "\r\n"));
    let changed = OFFICIAL.replacen("\"bj\"", "\"gz\"", 1) + "\n";
    for text in [&windows, &format!("{windows}\r\n"), OFFICIAL] {
        let user = User::with(text);
        user.run(&["whoami", "--profile", "default", "--offline"])
            .ok();
        user.run(&change).ok();
        assert_eq!(user.text(), changed);
    }

    for (text, says) in [
        ("", "line 1, column 0"),
        (&OFFICIAL[..200], "is not JSON"),
        (
            "{\"profiles\": [\"hunter2\"]}",
            "profiles[0] is not an object",
        ),
        ("{\"profiles\": [], \"profiles\": []}", "line 1"),
        (
            r#"{"current": "a", "profiles": [{"name": "a", "region": 5}]}"#,
            "region is not text",
        ),
    ] {
        let user = User::with(text);
        let run = user.run(&change).fails(2).says(says).says("config.json");
        assert!(!run.stderr.contains("hunter2"), "{run:?}");
        assert_eq!(user.text(), text);
    }

    // If the path is a link, its target is replaced. Stricter permissions are kept.
    let user = User::new();
    let real = user.home.write("dotfiles/bce.json", OFFICIAL);
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o400)).unwrap();
    std::fs::create_dir(format!("{}/.bce", user.home.path())).unwrap();
    symlink("../dotfiles/bce.json", user.path()).unwrap();
    user.run(&change).ok();
    assert!(std::fs::symlink_metadata(user.path()).unwrap().is_symlink());
    assert_eq!(user.mode("dotfiles/bce.json"), 0o400);
    assert_eq!(user.json()["profiles"][0]["region"], "gz");
    let left: Vec<_> = std::fs::read_dir(format!("{}/dotfiles", user.home.path()))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");

    // The file was readable for others before.
    let user = User::with(OFFICIAL);
    std::fs::set_permissions(user.path(), std::fs::Permissions::from_mode(0o664)).unwrap();
    user.run(&change).ok();
    assert_eq!(user.mode(FILE), 0o600);

    // The link has no target.
    let user = User::new();
    std::fs::create_dir(format!("{}/.bce", user.home.path())).unwrap();
    symlink("other.json", user.path()).unwrap();
    user.fed(
        "s",
        &["configure", "--access-key-id", "a", "--secret-from-stdin"],
    )
    .ok();
    assert_eq!(user.mode(".bce/other.json"), 0o600);

    // These are not regular files.
    for target in ["/dev/full", "."] {
        let user = User::new();
        std::fs::create_dir(format!("{}/.bce", user.home.path())).unwrap();
        symlink(target, user.path()).unwrap();
        user.fed("s", &keys).fails(1).says("is not a regular file");
    }
    let user = User::new();
    user.home.write(".bce", "a file");
    user.run(&change).fails(1).says(".bce");
    let user = User::new();
    symlink("config.json", format!("{}/config.json", user.home.path())).unwrap();
    let nowhere = User::with(OFFICIAL).home_elsewhere("/proc", "s", &keys);
    nowhere.fails(1).says("/proc/.bce/config.json");
    let mut command = user.command(&change);
    let homeless = Run::of(command.env_remove("HOME").output().unwrap());
    homeless.fails(2).says("HOME is not set");
}

#[test]
fn many_at_once_lose_nothing() {
    let user = User::with(OFFICIAL);
    let names: Vec<_> = (0..24).map(|n| format!("p{n}")).collect();
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            let keys = ["--access-key-id", "a", "--secret-from-stdin"];
            let named = ["configure", "--profile", name];
            let mut command = user.command(&[&named[..], &keys].concat());
            command.stdin(Stdio::piped());
            command.stdout(Stdio::null()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(b"s").unwrap();
            child
        })
        .collect();
    for child in children {
        Run::of(child.wait_with_output().unwrap()).ok();
    }
    let profiles = user.json()["profiles"].as_array().unwrap().clone();
    assert_eq!(profiles.len(), names.len() + 3);
    assert!(
        names
            .iter()
            .all(|name| profiles.iter().any(|it| it["name"] == name.as_str()))
    );
    let left = std::fs::read_dir(format!("{}/.bce", user.home.path())).unwrap();
    assert_eq!(left.count(), 1);
}

#[test]
fn profiles_are_listed_without_secrets_used_and_removed() {
    let user = User::new();
    user.run(&["profiles"]).ok().says("aihc-dev configure");
    let user = User::with(OFFICIAL);
    let list = user.run(&["profiles", "-o", "json"]).ok();
    assert!(!list.stdout.contains("hunter2"), "{list:?}");
    let documents = list.json();
    assert_eq!(
        documents[0],
        json!({
            "name": "default", "mode": "AK", "accessKeyId": "AK1", "region": "bj", "endpoint": null,
            "language": "zh-CN", "current": true, "inUse": true, "inUseBy": "current",
        })
    );
    assert_eq!(documents[1]["endpoint"], "https://bcc.su.baidubce.com");
    let table = user.run(&["profiles", "list"]).ok().stdout;
    assert!(
        table.contains("StsToken") && !table.contains("hunter2"),
        "{table}"
    );

    let by_variable = |name: &str, variables: &[(&str, &str)]| {
        let mut command = user.command(&["profiles", "-o", "json"]);
        let run = Run::of(command.envs(variables.iter().copied()).output().unwrap()).ok();
        let list = run.json();
        let found = list
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["name"] == name);
        (found.unwrap()["inUseBy"].clone(), run)
    };
    assert_eq!(
        by_variable("sts", &[("BCE_PROFILE", "sts")]).0,
        "BCE_PROFILE"
    );
    let keys = [("BCE_ACCESS_KEY_ID", "a"), ("BCE_SECRET_ACCESS_KEY", "b")];
    let (by, run) = by_variable("default", &keys);
    assert_eq!(by, Value::Null);
    run.says("keys in the environment take precedence over profiles");

    user.run(&["profiles", "use", "sts"])
        .ok()
        .says("profile sts is now current");
    assert_eq!(
        user.text(),
        OFFICIAL.replace("\"current\": \"default\"", "\"current\": \"sts\"") + "\n"
    );
    user.run(&["profiles", "use", "nope"])
        .fails(2)
        .says("no profile `nope`; the file has `default`");
    user.run(&["profiles", "remove", "sts"])
        .fails(2)
        .says("--yes");
    let removed = user.run(&["profiles", "rm", "sts", "--yes"]).ok();
    removed
        .says("profile sts removed")
        .says("profile default is now current");
    assert_eq!(user.json()["profiles"].as_array().unwrap().len(), 2);
    assert_eq!(user.json()["current"], "default");
}

#[test]
fn a_profile_endpoint_that_holds_more_than_a_host_is_not_shown() {
    let user = User::with(r#"{"profiles": [{"name": "a", "endpoint": "https://u:hunter2@h"}]}"#);
    for form in ["table", "json", "yaml"] {
        let run = user.run(&["profiles", "-o", form]).ok();
        assert!(
            run.stdout.contains("***") && !run.stdout.contains("hunter2"),
            "{run:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoami_says_which_key_from_where_and_whose() {
    let lab = Lab::new().await;
    let run = lab.run(&["whoami", "-o", "json"]).ok();
    let identity = run.json();
    assert_eq!(identity["accessKeyId"], ACCESS_KEY);
    assert_eq!(
        (&identity["provider"], &identity["profile"]),
        (&json!("environment"), &Value::Null)
    );
    assert_eq!(
        (&identity["region"], &identity["regionFrom"]),
        (&json!("bj"), &json!("default"))
    );
    assert_eq!(identity["endpointFrom"], "AIHC_ENDPOINT");
    assert_eq!(identity["accountId"], Value::Null);
    assert!(!run.stdout.contains(SECRET_KEY));
    lab.create("one").await;
    let table = lab.run(&["whoami"]).ok().stdout;
    let account = table
        .lines()
        .find(|line| line.starts_with("Account"))
        .unwrap();
    assert!(!account.contains("unknown"), "{table}");
    let requests = lab.count("ListDevInstances") + lab.count("DescribeDevInstances");
    let offline = lab.run(&["whoami", "--offline"]).ok().stdout;
    assert!(offline.contains("unknown"), "{offline}");
    assert_eq!(
        lab.count("ListDevInstances") + lab.count("DescribeDevInstances"),
        requests
    );
    assert!(requests > 0, "{:?}", lab.handle().request_counts());

    let user = User::with(&OFFICIAL.replace("AK1", ACCESS_KEY).replacen(
        "hunter2-secret",
        SECRET_KEY,
        1,
    ));
    let identity = user
        .run(&["whoami", "--endpoint", lab.endpoint(), "-o", "yaml"])
        .ok();
    assert!(identity.stdout.contains("profile: default"), "{identity:?}");
    assert!(
        identity.stdout.contains("regionFrom: profile default"),
        "{identity:?}"
    );
    // The emulator does not know the key, so it cannot determine the account.
    let refused = user.run(&["whoami", "--profile", "sts", "--endpoint", lab.endpoint()]);
    let refused = refused.fails(3).says("the account is unknown");
    assert!(
        refused.stdout.contains("AK2") && refused.stdout.contains("Temporary"),
        "{refused:?}"
    );
    assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
    // No program listens on this port.
    let closed = bce_testing::ClosedPort::take().unwrap();
    let nobody = format!("http://{}", closed.address());
    let run = user.run(&["whoami", "--endpoint", &nobody]).ok();
    assert!(
        run.says("the account is unknown")
            .stdout
            .contains("unknown")
    );
    User::new()
        .run(&["whoami"])
        .fails(3)
        .says("BCE_ACCESS_KEY_ID");
}

#[test]
fn configure_says_that_the_environment_counts_first() {
    let user = User::with(OFFICIAL);
    let mut command = user.command(&["configure", "--region", "gz"]);
    let keys = [("BCE_ACCESS_KEY_ID", "a"), ("BCE_SECRET_ACCESS_KEY", "b")];
    let run = Run::of(command.envs(keys).output().unwrap()).ok();
    run.says("keys in the environment take precedence over profiles");
}
