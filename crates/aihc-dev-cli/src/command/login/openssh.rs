//! Builds the command lines of the programs of OpenSSH.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::Login;

/// The time limit for ssh to print its settings. It may have to resolve host names to do so.
const SETTINGS_LIMIT: Duration = Duration::from_secs(5);

/// The options for all programs of OpenSSH.
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

/// What happens if the host key is unknown.
#[derive(Clone, Copy, ValueEnum)]
enum NewHostKey {
    // The key is accepted and saved; later, it must be the same.
    AcceptNew,
    // ssh asks the user on the terminal.
    Ask,
    // The key is refused, unless it is already in a file of known hosts.
    Refuse,
}

impl NewHostKey {
    /// Returns the value of `StrictHostKeyChecking` in ssh_config that has the effect of `self`.
    fn strict_host_key_checking(self) -> &'static str {
        match self {
            Self::AcceptNew => "accept-new",
            Self::Ask => "ask",
            Self::Refuse => "yes",
        }
    }
}

impl OpenSshOptions {
    /// Builds the command line of an OpenSSH program that connects to an instance. Host keys are
    /// saved under the id of the instance, because instances share addresses, and addresses are
    /// reused.
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
        // If an option is repeated, ssh uses the first one, so these cannot override those above.
        self.put_ssh_options(&mut command);
        command
    }

    fn put_ssh_options(&self, command: &mut Command) {
        for option in &self.ssh_option {
            command.args(["-o", option]);
        }
    }

    /// Returns whether ssh's settings for this host refuse unknown host keys. If the settings
    /// cannot be determined, returns `false`.
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
        // Both have the same meaning, and ssh prints the former.
        matches!(checking.map(str::trim), Some("true" | "yes"))
    }
}

impl Login {
    /// Returns the user and the host, as `USER@HOST`.
    pub(crate) fn target(&self) -> String {
        format!("{}@{}", self.user, self.host)
    }

    /// Returns a path in the instance in the syntax of scp.
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
