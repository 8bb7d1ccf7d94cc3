//! The `clone` command: creates an instance with the settings of another one.

use std::path::PathBuf;

use aihc_dev::DevInstanceSettings;
use aihc_dev::model::{Access, DevInstanceDetail};
use clap::Args;
use serde_json::Value;

use super::create::{MemberOptions, Sending, complete, fill_from};
use super::names;
use super::watch::WaitOptions;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::not_empty;
use crate::output::note;
use crate::request::mask::MASK;
use crate::request::{Old, read, settings};

/// Create an instance like another one.
#[derive(Args)]
#[command(mut_arg("name", |name| name.required(true)))]
#[command(after_help = "\
Everything that the service shows of the other instance is copied, including secrets, which are \
kept in memory and never shown; values from options, --file and --set take precedence. The disk \
is new and empty. The owner is the same unless --creator and --creator-id name another one.

The service does not show the password for an image: if there is a user name for the registry, \
give the password with --file, or with --set image.password=... .

Examples:
  aihc-dev clone dv-f458ede5 --name second
  aihc-dev clone dv-f458ede5 --name larger --cpus 8 --memory 32 --wait
  aihc-dev clone dv-f458ede5 --name second --set startCmd=null --dry-run")]
pub(crate) struct Clone {
    /// Id or name of the instance to take the settings from; `-` reads it from standard input.
    #[arg(value_name = "SRC")]
    source: String,
    /// JSON or YAML with members that differ; `-` is standard input. `***` as a secret's value
    /// copies the secret.
    #[arg(long, short, value_name = "PATH")]
    file: Option<PathBuf>,
    #[command(flatten)]
    members: MemberOptions,
    /// Token with which a repeated request creates nothing new; unverified for dev instances.
    #[arg(long, value_name = "TOKEN", value_parser = not_empty)]
    client_token: Option<String>,
    /// Show the request, and create nothing.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

impl Clone {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let file = match &self.file {
            Some(path) if self.source == names::STDIN && path.as_os_str() == names::STDIN => {
                return Err(Failure::usage(text!(
                    "`-` is given for the instance and for the file; standard input can be read \
                     only once"
                )));
            }
            Some(path) => Some(read(path).await?),
            None => None,
        };
        let client = context.client()?;
        let source = names::resolve_one(context, &client, &self.source).await?;
        let detail = client.query_dev_instance_detail(&source.id).await;
        let detail = detail.map_err(|error| Failure::from(error).about(&source))?;
        let source = body_of(&detail.dev_instance)?;
        let mut body = source.clone();
        if let Some(file) = file {
            fill_from(&mut body, file, Old::Known(&source))?;
        }
        self.members.put_on(&mut body)?;
        let settings = complete(body)?;
        refuse_unknown_secrets(&settings, &detail.dev_instance)?;
        note_ports(&settings, &detail.dev_instance);
        let sending = Sending {
            client_token: self.client_token.as_deref(),
            dry_run: self.dry_run,
            wait: &self.wait,
        };
        sending.send(context, settings).await
    }
}

/// Returns the body of a request that creates an instance with the settings in `detail`. Secrets
/// are in clear text.
fn body_of(detail: &DevInstanceDetail) -> Result<Value, Failure> {
    let settings = DevInstanceSettings::of(detail)
        .ok_or_else(|| Failure::unfit(text!("the service returned no configuration to copy")))?;
    settings::to_json(&settings)
}

/// Fails if the clone needs a secret that the service does not show and the user has not given.
fn refuse_unknown_secrets(
    wanted: &DevInstanceSettings,
    source: &DevInstanceDetail,
) -> Result<(), Failure> {
    let refused = |member: &str, short: &str| {
        Err(Failure::usage(text!(
            "{member} is a secret that the service does not show: give it with --set \
             {short}=VALUE, or as {member} in a --file",
            member = member,
            short = short
        )))
    };
    let image = &wanted.conf.image;
    let has_user = image
        .username
        .as_deref()
        .is_some_and(|user| !user.is_empty());
    let was_shown = source.conf.as_ref();
    let was_shown = was_shown.is_some_and(|conf| conf.image.password.is_some());
    if image.password.is_none() && (has_user || was_shown && is_private(source)) {
        return refused("conf.image.password", "image.password");
    }
    for (name, value) in wanted.conf.envs.iter().flatten() {
        if value.expose() == MASK {
            return refused(&format!("conf.envs.{name}"), &format!("envs.{name}"));
        }
    }
    Ok(())
}

/// Returns whether the image seems to need the password of a private registry: `source` contains
/// [`MASK`] in place of a password.
fn is_private(source: &DevInstanceDetail) -> bool {
    let conf = source.conf.as_ref();
    let password = conf.and_then(|conf| conf.image.password.as_ref());
    password.is_some_and(|password| password.expose() == MASK)
}

/// Tells the user which load-balancer ports the clone would share with its source: two instances
/// cannot share a port.
fn note_ports(settings: &DevInstanceSettings, source: &DevInstanceDetail) {
    let ports = shared_ports(settings, source);
    if !ports.is_empty() {
        note(&tr!(
            "the clone requests the same load-balancer ports as its source: {ports}; use --set \
             access.portInfo.0.accessPort=PORT for another one",
            ports = ports.join(", ")
        ));
    }
}

fn shared_ports(settings: &DevInstanceSettings, source: &DevInstanceDetail) -> Vec<String> {
    let old = source.conf.as_ref().and_then(|conf| conf.access.as_ref());
    let (Some(new), Some(old)) = (&settings.conf.access, old) else {
        return Vec::new();
    };
    if new.blb_id != old.blb_id {
        return Vec::new();
    }
    let ports = |access: &Access| -> Vec<String> {
        let ports = access.port_info.iter().flatten();
        ports.map(|port| port.access_port.to_string()).collect()
    };
    let old = ports(old);
    let mut shared = ports(new);
    shared.retain(|port| old.contains(port));
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ports_that_both_ask_for_are_shared() {
        let source = |balancer: &str, port: u16| -> DevInstanceDetail {
            serde_json::from_value(serde_json::json!({
                "id": "dv-1",
                "name": "first",
                "conf": {
                    "resourcePool": {"queueName": "default"},
                    "resources": {"cpus": 1, "memory": 1},
                    "image": {"imageType": 0, "imageUrl": "a:v1"},
                    "access": {
                        "blbId": balancer,
                        "portInfo": [{"name": "dev_ssh", "port": 22, "accessPort": port}],
                    },
                },
            }))
            .unwrap()
        };
        let first = source("lb-1", 30022);
        let settings = |detail: &DevInstanceDetail| DevInstanceSettings::of(detail).unwrap();
        assert_eq!(shared_ports(&settings(&first), &first), ["30022"]);
        for other in [source("lb-1", 30101), source("lb-2", 30022)] {
            assert_eq!(shared_ports(&settings(&other), &first), [""; 0]);
        }
    }
}
