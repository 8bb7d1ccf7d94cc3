//! The `port-forward` command: forwards local ports to an instance with ssh.

use std::process::Command;

use clap::Args;

use super::child;
use super::login::{LoginOptions, OpenSshOptions};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::tr;
use crate::output::note;

/// Forward local ports to an instance, until Ctrl-C.
#[derive(Args)]
#[command(after_help = "\
Runs the ssh of this computer, as `aihc-dev ssh` does, without a shell. Programs on this computer \
reach the port of the instance at localhost.

Examples:
  aihc-dev port-forward dv-f458ede5 8888 --host 192.0.2.7
  aihc-dev port-forward dv-f458ede5 8080:80 6006 --internal")]
pub(crate) struct PortForward {
    /// Id or name of the instance.
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// Ports: PORT, LOCAL:PORT, or in the syntax of ssh -L.
    #[arg(required = true, value_name = "PORT", value_parser = forwarding)]
    ports: Vec<String>,
    #[command(flatten)]
    login: LoginOptions,
    #[command(flatten)]
    options: OpenSshOptions,
}

impl PortForward {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let login = self.login.to_running(context, &self.id).await?;
        let mut ssh = self.options.command("ssh", &login).await;
        forwarded(&mut ssh, &self.ports);
        ssh.args(["-a", "-N"]).arg(login.target());
        for port in &self.ports {
            note(&tr!("forwarding {port}; Ctrl-C ends it", port = port));
        }
        child::become_it(ssh).await
    }
}

/// Adds the options for port forwarding to the ssh command. ssh exits if a port cannot be
/// forwarded, because a mere message would go unnoticed.
pub(super) fn forwarded(ssh: &mut Command, forwards: &[String]) {
    if !forwards.is_empty() {
        ssh.args(["-o", "ExitOnForwardFailure=yes"]);
    }
    for forward in forwards {
        ssh.args(["-L", forward]);
    }
}

/// Converts an argument that requests port forwarding to the syntax of `ssh -L`. The argument may
/// be in that syntax already, or be `PORT` or `LOCAL:PORT`.
pub(super) fn forwarding(text: &str) -> Result<String, String> {
    let is_port = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits && text.parse::<u16>().is_ok_and(|port| port > 0)
    };
    if is_port(text) {
        return Ok(format!("{text}:localhost:{text}"));
    }
    if let Some((local, port)) = text.split_once(':')
        && is_port(local)
        && is_port(port)
    {
        return Ok(format!("{local}:localhost:{port}"));
    }
    // If the forward contains the path of a socket, ssh checks the rest.
    let parts: Vec<&str> = text.split(':').collect();
    let is_forward = match parts.as_slice() {
        _ if text.contains('/') => text.contains(':'),
        [local, host, port] => is_port(local) && !host.is_empty() && is_port(port),
        [_, _, .., port] => is_port(port),
        _ => false,
    };
    let is_option = text.starts_with('-') || text.contains(char::is_control);
    match is_forward && !is_option {
        true => Ok(text.to_owned()),
        false => Err(tr!("write PORT, LOCAL:PORT or LOCAL:HOST:PORT")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_alone_lead_to_the_instance_itself() {
        for (text, forward) in [
            ("8888", "8888:localhost:8888"),
            ("8080:80", "8080:localhost:80"),
            ("8888:localhost:8888", "8888:localhost:8888"),
            ("*:1:[::1]:2", "*:1:[::1]:2"),
            ("8080:[::1]:80", "8080:[::1]:80"),
            ("127.0.0.1:8080:h:80", "127.0.0.1:8080:h:80"),
            ("/tmp/a:/tmp/b", "/tmp/a:/tmp/b"),
        ] {
            assert_eq!(forwarding(text).as_deref(), Ok(forward));
        }
        for text in [
            "",
            "0",
            "65536",
            "+80",
            "http",
            "-oProxyCommand=a:b",
            ":80",
            "80:",
            "0:0",
            "8080:80 -oX",
            "8080::80",
            "0.0.0.0:8080:80",
            "8080:localhost:http",
            "/tmp/a",
        ] {
            assert!(forwarding(text).is_err(), "{text}");
        }
    }
}
