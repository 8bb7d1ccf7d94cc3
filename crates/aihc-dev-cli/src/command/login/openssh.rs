//! What the programs of OpenSSH are called with.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use clap::{Args, ValueEnum, ValueHint};

use super::Login;

/// Options that all programs of OpenSSH take.
#[derive(Args)]
pub(crate) struct OpenSshOptions {
    /// File with the private key [default: as ssh has it].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    identity: Option<PathBuf>,
    /// What happens to a host key that is not known yet. Another key than the known one is refused in
    /// any case.
    #[arg(long, value_name = "HOW", default_value = "accept-new")]
    host_key: NewHostKey,
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
        // ssh takes the first of two: these cannot undo the checks above.
        for option in &self.ssh_option {
            command.args(["-o", option]);
        }
        command
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
