//! The `ssh` command: logs in to an instance or runs a command in it.

use std::ffi::OsString;

use clap::{Args, ValueHint};

use super::child;
use super::login::{LoginOptions, OpenSshOptions};
use super::port_forward::{forwarded, forwarding};
use crate::client::Context;
use crate::exit::Failure;

/// Log in to an instance, or run a command in it.
#[derive(Args)]
#[command(after_help = "\
Runs the ssh of this computer, which must be OpenSSH, with the port and address of the instance; \
its settings, keys and agent apply, and the exit code is that of the command. Host keys are \
checked, and stored by the id of the instance: after its environment was recreated, \
`ssh-keygen -R ID` forgets the old one. As with ssh, the words of a command are passed to the \
shell of the instance.

The API does not show the address of a load balancer: pass it with --host, or keep it in a context.

Examples:
  aihc-dev ssh dv-f458ede5
  aihc-dev ssh dv-f458ede5 --host 192.0.2.7 --user work
  aihc-dev ssh train --internal -- nvidia-smi -L
  aihc-dev ssh dv-f458ede5 --internal -t -- htop
  aihc-dev ssh dv-f458ede5 --internal -L 8888:localhost:8888")]
pub(crate) struct Ssh {
    /// Id or name of the instance.
    #[arg(value_name = "ID|NAME")]
    id: String,
    #[command(flatten)]
    login: LoginOptions,
    #[command(flatten)]
    options: OpenSshOptions,
    /// Forward a local port, in the syntax of ssh; PORT and LOCAL:PORT lead to the instance itself.
    #[arg(long, short = 'L', value_name = "FORWARD", value_parser = forwarding)]
    forward: Vec<String>,
    /// Let programs in the instance use this computer's ssh agent; everybody who is root there can
    /// then use it as well.
    #[arg(long, short = 'A')]
    forward_agent: bool,
    /// Run the command on a terminal.
    #[arg(long, short)]
    tty: bool,
    /// Run nothing, only forward ports.
    #[arg(long, short = 'N', conflicts_with_all = ["command", "tty"])]
    no_shell: bool,
    /// Command to run in the instance, with its arguments.
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    command: Vec<OsString>,
}

impl Ssh {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let login = self.login.to_running(context, &self.id).await?;
        let mut ssh = self.options.command("ssh", &login).await;
        forwarded(&mut ssh, &self.forward);
        ssh.arg(match self.forward_agent {
            true => "-A",
            false => "-a",
        });
        ssh.args(self.tty.then_some("-t"));
        ssh.args(self.no_shell.then_some("-N"));
        ssh.arg(login.target());
        if !self.command.is_empty() {
            // Without `--`, ssh would take words after the host for options.
            ssh.arg("--").args(&self.command);
        }
        child::become_it(ssh).await
    }
}
