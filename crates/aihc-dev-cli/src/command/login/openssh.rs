//! What the programs of OpenSSH are called with.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::Login;

/// For ssh to say what its settings are. It may resolve names for that.
const SETTINGS_LIMIT: Duration = Duration::from_secs(5);

/// Options that all programs of OpenSSH take.
#[derive(Args)]
pub(crate) struct OpenSshOptions {
    /// File with the private key [default: as ssh has it].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    identity: Option<PathBuf>,
    /// What happens to a host key that is not known yet [default: accept-new; refuse if ssh_config says
    /// StrictHostKeyChecking yes]. Another key than the known one is refused in any case.
    #[arg(long, value_name = "HOW")]
    host_key: Option<NewHostKey>,
    /// An option of ssh_config, such as ProxyJump=bastion; may be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = ssh_option)]
    ssh_option: Vec<String>,
}

/// What happens to a host key that is not known yet.
#[derive(Clone, Copy, ValueEnum)]
enum NewHostKey {
    // It is kept, and must be the same from then on.
    AcceptNew,
    // ssh asks, on a terminal.
    Ask,
    // It is refused: the key must be in a file of known hosts.
    Refuse,
}

impl NewHostKey {
    /// As ssh_config has it.
    fn strict_host_key_checking(self) -> &'static str {
        match self {
            Self::AcceptNew => "accept-new",
            Self::Ask => "ask",
            Self::Refuse => "yes",
        }
    }
}

impl OpenSshOptions {
    /// A program of OpenSSH, with its options for an instance. Host keys go by the id of the
    /// instance: many share one address, and an address goes from one to the next.
    pub(crate) async fn command(&self, program: &str, login: &Login) -> Command {
        let mut command = Command::new(program);
        let port = match program {
            "scp" => "-P",
            _ => "-p",
        };
        command.args([port, &login.port.to_string()]);
        command.arg("-o").arg(format!("HostKeyAlias={}", login.id));
        command.args(["-o", "CheckHostIP=no"]);
        let host_key = match self.host_key {
            Some(host_key) => host_key,
            None if self.is_strict(login).await => NewHostKey::Refuse,
            None => NewHostKey::AcceptNew,
        };
        let checking = host_key.strict_host_key_checking();
        command.arg("-o");
        command.arg(format!("StrictHostKeyChecking={checking}"));
        if let Some(file) = &self.identity {
            command.arg("-i").arg(file);
        }
        // ssh takes the first of two: these cannot undo the checks above.
        self.put_ssh_options(&mut command);
        command
    }

    fn put_ssh_options(&self, command: &mut Command) {
        for option in &self.ssh_option {
            command.args(["-o", option]);
        }
    }

    /// Whether the settings of ssh refuse host keys that are not known, for this host. Where ssh does not
    /// tell, it says why itself as soon as it is run.
    async fn is_strict(&self, login: &Login) -> bool {
        let mut command = Command::new("ssh");
        command.args(["-G", "-p", &login.port.to_string()]);
        self.put_ssh_options(&mut command);
        command.arg(login.target()).stdin(Stdio::null());
        let mut command = tokio::process::Command::from(command);
        let shown = tokio::time::timeout(SETTINGS_LIMIT, command.kill_on_drop(true).output()).await;
        let Ok(Ok(shown)) = shown else {
            return false;
        };
        let shown = String::from_utf8_lossy(&shown.stdout);
        let checking = shown
            .lines()
            .find_map(|line| line.strip_prefix("stricthostkeychecking "));
        // Both are the same to ssh, which shows the former.
        matches!(checking.map(str::trim), Some("true" | "yes"))
    }
}

impl Login {
    /// The user and the host.
    pub(crate) fn target(&self) -> String {
        format!("{}@{}", self.user, self.host)
    }

    /// A path there, as scp has it.
    pub(crate) fn path(&self, path: &str) -> OsString {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        format!("{}@{host}:{path}", self.user).into()
    }
}

fn ssh_option(text: &str) -> Result<String, String> {
    let name = text.split(['=', ' ']).next().unwrap_or_default();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match is_name && name.len() < text.len() {
        true => Ok(text.to_owned()),
        false => Err(crate::language::tr!("write it as NAME=VALUE")),
    }
}
