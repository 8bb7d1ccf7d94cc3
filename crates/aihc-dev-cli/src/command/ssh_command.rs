//! The `ssh-command` command: prints the command line that logs in to an instance.

use clap::Args;

use super::login::{Login, LoginOptions};
use crate::client::Context;
use crate::exit::Failure;

/// Print the command line that logs in to an instance.
#[derive(Args)]
#[command(after_help = "\
The port is that of `dev_ssh` in the instance's `access`, the host its public address. The API \
does not show the address of a load balancer: pass it with --host. `ssh` runs such a command, and \
keeps the host keys of instances apart.

Examples:
  aihc-dev ssh-command dv-f458ede5
  aihc-dev ssh-command dv-f458ede5 --host 192.0.2.7 --user work
  eval \"$(aihc-dev ssh-command dv-f458ede5 --internal)\"")]
pub(crate) struct SshCommand {
    /// Id or name of the instance.
    #[arg(value_name = "ID|NAME")]
    id: String,
    #[command(flatten)]
    login: LoginOptions,
}

impl SshCommand {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let login = self.login.to_any(context, &self.id).await?;
        Ok(context.output.document(&login, |_| command_line(&login))?)
    }
}

fn command_line(login: &Login) -> String {
    let target = quoted(&login.target());
    match login.port {
        22 => format!("ssh {target}\n"),
        port => format!("ssh -p {port} {target}\n"),
    }
}

/// Quotes a string for a shell unless it is a plain name or address: nothing that comes from the
/// service may be run as a command.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%_+=:,./-".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_port_is_not_named() {
        let at = |port| {
            command_line(&Login {
                id: "dv-1".to_owned(),
                user: "root".to_owned(),
                host: "192.0.2.9".to_owned(),
                port,
            })
        };
        assert_eq!(at(22), "ssh root@192.0.2.9\n");
        assert_eq!(at(30022), "ssh -p 30022 root@192.0.2.9\n");
    }

    #[test]
    fn a_text_cannot_run_anything() {
        assert_eq!(quoted("root@10.0.0.9"), "root@10.0.0.9");
        assert_eq!(quoted("a; rm -rf ~"), "'a; rm -rf ~'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("-oProxyCommand=x"), "'-oProxyCommand=x'");
    }
}
