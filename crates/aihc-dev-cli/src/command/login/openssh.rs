//! The command lines of the OpenSSH programs.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::Login;

/// The limit for ssh to print its settings, for which it may resolve names.
const SETTINGS_LIMIT: Duration = Duration::from_secs(5);

/// The options that all OpenSSH programs take.
#[derive(Args)]
pub(crate) struct OpenSshOptions {
    /// File with the private key [default: that of ssh].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    identity: Option<PathBuf>,
    /// Handling of an unknown host key [default: accept-new; refuse if ssh_config sets
    /// StrictHostKeyChecking yes]. A key that differs from the known one is always refused.
    #[arg(long, value_name = "HOW")]
    host_key: Option<NewHostKey>,
    /// Option of ssh_config, such as ProxyJump=bastion; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = ssh_option)]
    ssh_option: Vec<String>,
}

/// The handling of an unknown host key.
#[derive(Clone, Copy, ValueEnum)]
enum NewHostKey {
    // It is saved, and must stay the same.
    AcceptNew,
    // ssh asks, on a terminal.
    Ask,
    // It is refused: the key must already be in a file of known hosts.
    Refuse,
}

impl NewHostKey {
    /// Returns the value for ssh_config.
    fn strict_host_key_checking(self) -> &'static str {
        match self {
            Self::AcceptNew => "accept-new",
            Self::Ask => "ask",
            Self::Refuse => "yes",
        }
    }
}

impl OpenSshOptions {
    /// Returns the command of an OpenSSH program, with its options for an instance. Host keys are
    /// stored by the instance's id, because instances share addresses and pass them on.
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
        // ssh uses the first of repeated options, so these cannot override the options above.
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
    /// Returns the user and host.
    pub(crate) fn target(&self) -> String {
        format!("{}@{}", self.user, self.host)
    }

    /// Returns a remote path in the syntax of scp.
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
