//! The command lines of the OpenSSH programs.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use clap::{Args, ValueEnum, ValueHint};

use super::Login;

/// The options that all OpenSSH programs take.
#[derive(Args)]
pub(crate) struct OpenSshOptions {
    /// File with the private key [default: that of ssh].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    identity: Option<PathBuf>,
    /// Handling of an unknown host key. A key that differs from the known one is always refused.
    #[arg(long, value_name = "HOW", default_value = "accept-new")]
    host_key: NewHostKey,
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
    pub(crate) fn command(&self, program: &str, login: &Login) -> Command {
        let mut command = Command::new(program);
        let port = match program {
            "scp" => "-P",
            _ => "-p",
        };
        command.args([port, &login.port.to_string()]);
        command.arg("-o").arg(format!("HostKeyAlias={}", login.id));
        command.args(["-o", "CheckHostIP=no"]);
        let checking = self.host_key.strict_host_key_checking();
        command.arg("-o");
        command.arg(format!("StrictHostKeyChecking={checking}"));
        if let Some(file) = &self.identity {
            command.arg("-i").arg(file);
        }
        // ssh uses the first of repeated options, so these cannot override the options above.
        for option in &self.ssh_option {
            command.args(["-o", option]);
        }
        command
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
