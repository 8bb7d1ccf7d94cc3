//! `ssh-command`

use aihc_dev::model::{Access, DevInstanceDetail};
use clap::Args;
use serde::Serialize;

use super::names;
use crate::client::Context;
use crate::exit::Failure;
use crate::terminal::one_line;

/// Print the command line that logs in to an instance.
#[derive(Args)]
#[command(after_help = "\
The port is that of `dev_ssh` in the instance's `access`, the host its public address. The API \
does not tell the address of a load balancer: pass it with --host.

Examples:
  aihc-dev ssh-command dv-f458ede5
  aihc-dev ssh-command dv-f458ede5 --host 192.0.2.7 --user work
  eval \"$(aihc-dev ssh-command dv-f458ede5 --internal)\"")]
pub(crate) struct SshCommand {
    /// Id or name of the instance.
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// Host to connect to, such as the address of the load balancer.
    #[arg(long, value_name = "HOST", conflicts_with = "internal")]
    host: Option<String>,
    /// User in the instance.
    #[arg(long, value_name = "NAME", default_value = "root")]
    user: String,
    /// Connect inside the private network, to the instance itself.
    #[arg(long)]
    internal: bool,
}

/// Where to log in.
#[derive(Debug, PartialEq, Serialize)]
struct Login {
    user: String,
    host: String,
    port: i64,
}

impl SshCommand {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let one = names::resolve_one(context, &client, &self.id).await?;
        let detail = client.query_dev_instance_detail(&one.id).await;
        let login = detail
            .map_err(Failure::from)
            .and_then(|detail| self.login(detail.dev_instance))
            .map_err(|failure| failure.about(&one))?;
        Ok(context.output.document(&login, |_| login.command())?)
    }

    fn login(&self, detail: DevInstanceDetail) -> Result<Login, Failure> {
        let unfit = |what: &str| Err(Failure::Unfit(format!("{}: {what}", self.id)));
        let access = detail.conf.and_then(|conf| conf.access).unwrap_or_default();
        if access.ssh_enable != Some(true) {
            return unfit("SSH is off; `update` can set access.sshEnable and access.sshRSAPubKey");
        }
        let info = detail.service_instance_info.unwrap_or_default();
        let host = match &self.host {
            Some(host) => host.clone(),
            None if self.internal => info.internal_ip,
            None => info.public_ip,
        };
        if host.is_empty() && self.internal {
            return unfit("it has no internal address; is it running?");
        }
        if host.is_empty() {
            let balancer = access.blb_id.as_deref().filter(|id| !id.is_empty());
            return match balancer {
                Some(id) => unfit(&format!(
                    "the API does not tell the address of its load balancer {id}; pass it with \
                     --host, or use --internal inside the network"
                )),
                None => unfit("it has no public address; pass one with --host, or use --internal"),
            };
        }
        // A terminal would not show what a shell runs then.
        let shown = one_line(&host);
        if shown != host {
            return unfit(&format!("{shown} is no address"));
        }
        let port = if self.internal {
            22
        } else {
            outer_port(&access)
        };
        let user = self.user.clone();
        Ok(Login { user, host, port })
    }
}

/// The port outside for SSH; 22 when none is named.
fn outer_port(access: &Access) -> i64 {
    let ports = access.port_info.as_deref().unwrap_or_default();
    let ssh = ports.iter().find(|port| port.name == "dev_ssh");
    ssh.map_or(22, |port| port.access_port)
}

impl Login {
    fn command(&self) -> String {
        let target = quoted(&format!("{}@{}", self.user, self.host));
        match self.port {
            22 => format!("ssh {target}\n"),
            port => format!("ssh -p {port} {target}\n"),
        }
    }
}

/// For a shell, when it holds more than a name or an address: what the service sends must not run.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%_+=:,./-".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn login(
        detail: serde_json::Value,
        host: Option<&str>,
        internal: bool,
    ) -> Result<String, String> {
        let command = SshCommand {
            id: "dv-1".to_owned(),
            host: host.map(str::to_owned),
            user: "root".to_owned(),
            internal,
        };
        let detail = serde_json::from_value(detail).unwrap();
        match command.login(detail) {
            Ok(login) => Ok(login.command()),
            Err(failure) => Err(failure.to_string()),
        }
    }

    fn with_access(access: serde_json::Value) -> serde_json::Value {
        json!({
            "conf": {"access": access},
            "serviceInstanceInfo": {"publicIP": "192.0.2.9", "internalIP": "10.0.0.9"},
        })
    }

    #[test]
    fn the_outer_port_of_dev_ssh_and_the_public_address_make_the_command() {
        let detail = with_access(json!({
            "sshEnable": true,
            "portInfo": [{"name": "web", "port": 80, "accessPort": 8080}, {"name": "dev_ssh", "port": 22, "accessPort": 30022}],
        }));
        let public = login(detail.clone(), None, false);
        assert_eq!(public.as_deref(), Ok("ssh -p 30022 root@192.0.2.9\n"));
        let balancer = login(detail.clone(), Some("lb.example"), false);
        assert_eq!(balancer.as_deref(), Ok("ssh -p 30022 root@lb.example\n"));
        assert_eq!(
            login(detail, None, true).as_deref(),
            Ok("ssh root@10.0.0.9\n")
        );
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let off = login(with_access(json!({"sshEnable": false})), None, false);
        assert!(off.unwrap_err().contains("SSH is off"));
        let balanced = json!({"conf": {"access": {"sshEnable": true, "blbId": "lb-7"}}});
        assert!(
            login(balanced.clone(), None, false)
                .unwrap_err()
                .contains("load balancer lb-7")
        );
        assert!(login(balanced, None, true).is_err());
    }

    #[test]
    fn an_address_from_the_service_cannot_run_anything() {
        assert_eq!(quoted("root@10.0.0.9"), "root@10.0.0.9");
        assert_eq!(quoted("a; rm -rf ~"), "'a; rm -rf ~'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("-oProxyCommand=x"), "'-oProxyCommand=x'");
    }
}
