//! Determines the address and port of an instance, for `ssh`, `cp`, `port-forward` and
//! `ssh-command`.

mod checks;
mod openssh;

use aihc_dev::model::{Access, DevInstanceDetail, DevInstanceStatus};
use clap::Args;
use serde::Serialize;

pub(super) use self::openssh::OpenSshOptions;
use super::names;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::output::note;
use crate::terminal::one_line;

/// The name that the SSH port has in the `access` member of an instance.
const SSH_PORT: &str = "dev_ssh";
/// The SSH port inside the private network, for an instance that does not specify one.
const USUAL_PORT: u16 = 22;

/// The options for logging in.
#[derive(Args)]
pub(super) struct LoginOptions {
    /// Host to connect to, such as the address of the load balancer.
    #[arg(long, value_name = "HOST", value_parser = checks::host_option, conflicts_with = "internal")]
    host: Option<String>,
    /// Port of the host [default: the external port of dev_ssh].
    #[arg(long, value_name = "PORT", value_parser = port)]
    port: Option<u16>,
    /// User in the instance.
    #[arg(long, value_name = "NAME", default_value = "root", value_parser = checks::user_option)]
    user: String,
    /// Connect inside the private network, to the instance itself.
    #[arg(long)]
    internal: bool,
}

/// Parses a TCP port.
fn port(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err(tr!("must be a port from 1 to 65535")),
        Ok(port) => Ok(port),
    }
}

/// How to log in to an instance: its address, and the user there.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Login {
    /// The id of the instance.
    #[serde(skip)]
    pub(super) id: String,
    pub(super) user: String,
    pub(super) host: String,
    pub(super) port: u16,
}

/// The host to connect to.
#[derive(Debug, PartialEq)]
enum Way {
    Host(String),
    Internal,
    /// The public address that the service reports.
    Public,
}

impl LoginOptions {
    /// Returns how to log in to an instance, which must be running.
    pub(super) async fn to_running(
        &self,
        context: &Context,
        typed: &str,
    ) -> Result<Login, Failure> {
        self.find(context, typed, true).await
    }

    /// Returns how to log in to an instance, in whatever state it is.
    pub(super) async fn to_any(&self, context: &Context, typed: &str) -> Result<Login, Failure> {
        self.find(context, typed, false).await
    }

    async fn find(&self, context: &Context, typed: &str, must_run: bool) -> Result<Login, Failure> {
        let way = self.way(context)?;
        let client = context.client()?;
        let one = names::resolve_one(context, &client, typed).await?;
        let reply = client.query_dev_instance_detail(&one.id).await;
        let detail = reply
            .map_err(|error| Failure::from(error).about(&one))?
            .dev_instance;
        let fit = match must_run {
            true => check_runs(&one.id, detail.status),
            false => Ok(()),
        };
        fit.and_then(|()| self.login(&one.id, detail, way))
            .map_err(|what| Failure::unfit(format!("{}: {what}", one.label())))
    }

    /// Returns the host to connect to. The options take precedence over the context, a set of
    /// defaults that the user has saved. If neither selects a host, returns the public address of
    /// the instance.
    fn way(&self, context: &Context) -> Result<Way, Failure> {
        if let Some(host) = &self.host {
            return Ok(Way::Host(host.clone()));
        }
        if self.internal {
            return Ok(Way::Internal);
        }
        let Some(settings) = context.settings()? else {
            return Ok(Way::Public);
        };
        let name = settings.name;
        match settings.host {
            Some(host) if checks::is_host(&host) => {
                note(&tr!(
                    "context {name}: host {host}",
                    name = name,
                    host = host
                ));
                Ok(Way::Host(host))
            }
            Some(host) => Err(Failure::usage(text!(
                "context {name}: {host} is not the address of a host",
                name = name,
                host = one_line(&host)
            ))),
            None if settings.internal => {
                note(&tr!("context {name}: the internal address", name = name));
                Ok(Way::Internal)
            }
            None => Ok(Way::Public),
        }
    }

    /// Returns how to log in to the instance, or the reason why that is not possible. Values that
    /// come from the service are checked, because they are passed to programs and shells.
    fn login(&self, id: &str, detail: DevInstanceDetail, way: Way) -> Result<Login, String> {
        let access = detail.conf.and_then(|conf| conf.access).unwrap_or_default();
        if access.ssh_enable != Some(true) {
            return Err(tr!(
                "SSH is off; set access.sshEnable and access.sshRSAPubKey with `update`"
            ));
        }
        let info = detail.service_instance_info.unwrap_or_default();
        let internal = way == Way::Internal;
        let host = match way {
            Way::Host(host) => host,
            Way::Internal => info.internal_ip,
            Way::Public => info.public_ip,
        };
        if host.is_empty() {
            return Err(no_host(&access, internal));
        }
        if !checks::is_host(&host) {
            return Err(tr!(
                "{host} is not the address of a host",
                host = one_line(&host)
            ));
        }
        Ok(Login {
            id: checks::id(id)?,
            user: self.user.clone(),
            host,
            port: match self.port {
                Some(port) => port,
                None => port_of(&access, internal)?,
            },
        })
    }
}

fn no_host(access: &Access, internal: bool) -> String {
    if internal {
        return tr!("it has no internal address; is it running?");
    }
    match access.blb_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => tr!(
            "the API does not show the address of its load balancer {id}; pass it with --host, or \
             use --internal inside the network",
            id = one_line(id)
        ),
        None => tr!("it has no public address; pass one with --host, or use --internal"),
    }
}

/// Returns the SSH port of an instance: if `internal` is set, the port inside the private network;
/// otherwise, the external one. If the instance does not specify its SSH port, returns
/// [`USUAL_PORT`] if `internal` is set, and fails otherwise.
fn port_of(access: &Access, internal: bool) -> Result<u16, String> {
    let ports = access.port_info.as_deref().unwrap_or_default();
    let ssh = ports.iter().find(|port| port.name == SSH_PORT);
    let port = match (ssh, internal) {
        (Some(ssh), true) => ssh.port,
        (Some(ssh), false) => ssh.access_port,
        (None, true) => return Ok(USUAL_PORT),
        (None, false) => {
            return Err(tr!(
                "the API does not show its port for SSH; pass it with --port"
            ));
        }
    };
    let usable = u16::try_from(port).ok().filter(|port| *port > 0);
    usable.ok_or_else(|| {
        tr!(
            "the service reports {port} as its port for SSH, which is not a port; pass one with \
             --port",
            port = port
        )
    })
}

/// Fails if nobody can log in to an instance in this state. Succeeds if the state is unknown.
fn check_runs(id: &str, status: Option<DevInstanceStatus>) -> Result<(), String> {
    use DevInstanceStatus as Status;

    Err(match status {
        None
        | Some(Status::Running | Status::Started | Status::ImagePacking | Status::Unknown(_)) => {
            return Ok(());
        }
        Some(state @ (Status::Stopped | Status::Stopping)) => tr!(
            "it is {state}, not running; `aihc-dev start {id} --wait` starts it",
            state = state,
            id = id
        ),
        Some(
            state @ (Status::Creating | Status::Queued | Status::Deploying | Status::Starting),
        ) => tr!(
            "it is {state}, not running; `aihc-dev wait {id}` waits until it is",
            state = state,
            id = id
        ),
        Some(state) => tr!("it is {state}, not running", state = state),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn options(host: Option<&str>, internal: bool) -> LoginOptions {
        LoginOptions {
            host: host.map(str::to_owned),
            port: None,
            user: "root".to_owned(),
            internal,
        }
    }

    fn login(detail: Value, options: &LoginOptions) -> Result<String, String> {
        let detail = serde_json::from_value(detail).unwrap();
        let way = match (&options.host, options.internal) {
            (Some(host), _) => Way::Host(host.clone()),
            (None, true) => Way::Internal,
            (None, false) => Way::Public,
        };
        let login = options.login("dv-1", detail, way)?;
        Ok(format!("{}@{} {}", login.user, login.host, login.port))
    }

    fn with_access(access: Value) -> Value {
        json!({
            "conf": {"access": access},
            "serviceInstanceInfo": {"publicIP": "192.0.2.9", "internalIP": "10.0.0.9"},
        })
    }

    fn with_port(port: i64, access_port: i64) -> Value {
        with_access(json!({
            "sshEnable": true,
            "portInfo": [
                {"name": "web", "port": 80, "accessPort": 8080},
                {"name": "dev_ssh", "port": port, "accessPort": access_port},
            ],
        }))
    }

    #[test]
    fn the_outer_port_of_dev_ssh_and_the_public_address_lead_in() {
        let detail = with_port(22, 30022);
        let public = login(detail.clone(), &options(None, false));
        assert_eq!(public.as_deref(), Ok("root@192.0.2.9 30022"));
        let balancer = login(detail.clone(), &options(Some("lb.example"), false));
        assert_eq!(balancer.as_deref(), Ok("root@lb.example 30022"));
        let internal = login(detail, &options(None, true));
        assert_eq!(internal.as_deref(), Ok("root@10.0.0.9 22"));
        let internal = login(with_port(2222, 30022), &options(None, true));
        assert_eq!(internal.as_deref(), Ok("root@10.0.0.9 2222"));
        let none = with_access(json!({"sshEnable": true}));
        let internal = login(none, &options(None, true));
        assert_eq!(internal.as_deref(), Ok("root@10.0.0.9 22"));
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let off = login(
            with_access(json!({"sshEnable": false})),
            &options(None, false),
        );
        assert!(off.unwrap_err().contains("SSH is off"));
        let balanced = json!({"conf": {"access": {"sshEnable": true, "blbId": "lb-7"}}});
        let error = login(balanced.clone(), &options(None, false)).unwrap_err();
        assert!(error.contains("load balancer lb-7"), "{error}");
        assert!(login(balanced, &options(None, true)).is_err());
        let no_port = with_access(json!({"sshEnable": true}));
        let error = login(no_port.clone(), &options(None, false)).unwrap_err();
        assert!(error.contains("--port"), "{error}");
        let mut given = options(None, false);
        given.port = Some(40022);
        assert_eq!(
            login(no_port, &given).as_deref(),
            Ok("root@192.0.2.9 40022")
        );
    }

    #[test]
    fn ports_that_are_none_are_refused() {
        for port in [0, -1, 65536, i64::MAX] {
            let error = login(with_port(22, port), &options(None, false)).unwrap_err();
            assert!(error.contains(&format!("reports {port} as")), "{error}");
            let error = login(with_port(port, 1), &options(None, true)).unwrap_err();
            assert!(error.contains(&format!("reports {port} as")), "{error}");
        }
    }

    #[test]
    fn an_address_of_the_service_that_is_more_than_one_is_refused() {
        for host in [
            "-oProxyCommand=x",
            "a b",
            "a;b",
            "u@h",
            "$(x)",
            "a\nb",
            "h/p",
            "机器",
        ] {
            let mut detail = with_port(22, 30022);
            detail["serviceInstanceInfo"]["publicIP"] = json!(host);
            let error = login(detail, &options(None, false)).unwrap_err();
            assert!(error.ends_with("is not the address of a host"), "{error}");
        }
    }

    #[test]
    fn nobody_logs_in_to_what_does_not_run() {
        let check = |code: i64| check_runs("dv-1", Some(DevInstanceStatus::from(code)));
        for code in [3, 7, 10, 77] {
            assert!(check(code).is_ok(), "{code}");
        }
        for (code, said) in [
            (
                5,
                "it is stopped, not running; `aihc-dev start dv-1 --wait`",
            ),
            (1, "it is queued, not running; `aihc-dev wait dv-1`"),
            (18, "it is failed, not running"),
            (20, "it is deleted, not running"),
        ] {
            let error = check(code).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
