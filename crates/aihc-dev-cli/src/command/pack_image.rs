//! The `pack-image` command: packs a running instance as an image and pushes it to a registry.

use std::io::{self, Read as _};

use aihc_dev::{Client, Secret};
use clap::Args;

use super::watch::{WaitOptions, Watch};
use super::{Resolved, names, pack_status};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::output::{Table, note};
use crate::terminal::one_line;

const PASSWORD: &str = "AIHC_REGISTRY_PASSWORD";
/// Standard input may have at most this many bytes.
const LONGEST_INPUT: u64 = 64 * 1024;

/// Save a running instance as an image, and push it to a registry of its region.
#[derive(Args)]
#[command(after_help = "\
The password for the registry comes from the environment variable AIHC_REGISTRY_PASSWORD or from \
standard input, never from an argument, which every user of this computer could read.

Examples:
  aihc-dev pack-image dv-f458ede5 --registry ccr-1-vpc.cnc.bj.baidubce.com --namespace team \\
      --username robot --name train --tag v1 --wait
  pass show registry | head -n 1 | aihc-dev pack-image dv-f458ede5 --registry r.example.com \\
      --namespace team --username robot --name train --tag v1 --password-stdin")]
pub(crate) struct PackImage {
    /// Id or name of the instance.
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// Host of the registry.
    #[arg(long, value_name = "HOST")]
    registry: String,
    /// Namespace in the registry.
    #[arg(long, value_name = "NAME")]
    namespace: String,
    /// Name of the image.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Tag of the image.
    #[arg(long, value_name = "TAG")]
    tag: String,
    /// User of the registry.
    #[arg(long, value_name = "NAME")]
    username: String,
    /// Read the password of the registry from standard input.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

impl PackImage {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        if self.password_stdin && self.id == names::STDIN {
            return Err(Failure::usage(text!(
                "`-` and --password-stdin both use standard input; nothing was sent"
            )));
        }
        let password = password(self.password_stdin).await?;
        let client = context.client()?;
        let one = names::resolve_one(context, &client, &self.id).await?;
        let packed = self.pack(context, &client, &one, password).await;
        packed.map_err(|failure| failure.about(&one))
    }

    async fn pack(
        self,
        context: &Context,
        client: &Client,
        one: &Resolved,
        password: Secret,
    ) -> Result<(), Failure> {
        let call = client
            .create_dev_instance_image_pack_job()
            .dev_instance_id(&one.id)
            .image_name(self.name)
            .image_tag(self.tag)
            .registry(self.registry)
            .namespace(self.namespace)
            .username(self.username)
            .password(password);
        let created = call.await?;
        let job = &created.image_pack_job_id;
        let done = tr!(
            "packing {instance}: job {job}",
            instance = one.label(),
            job = one_line(job)
        );
        if !self.wait.wait {
            let table = |look: &_| Table::of_pairs().pair("Job", job).render(look);
            let written = context.output.document(&created, table);
            return written.map_err(|error| Failure::from(error).after(done));
        }
        note(&done);
        let watch = Watch::new(context, client, &self.wait.pace, 1);
        let wait = client.wait_for_image_pack_job(&one.id, job);
        let completed = watch.run(&one.id, wait).await?;
        pack_status::print(context, &completed).map_err(|failure| failure.after(done))
    }
}

async fn password(from_stdin: bool) -> Result<Secret, Failure> {
    if from_stdin {
        // Read on a thread, so that Ctrl-C works while the user types.
        let text = tokio::task::spawn_blocking(|| {
            let mut text = String::new();
            // The limit keeps a large file, given by mistake, out of memory.
            let mut stdin = io::stdin().lock().take(LONGEST_INPUT + 1);
            stdin.read_to_string(&mut text).map(|_| text)
        });
        let text = text.await.map_err(io::Error::other)?;
        let text = text.map_err(|error| {
            Failure::usage(text!("cannot read standard input: {error}", error = error))
        })?;
        let (password, rest) = text.split_once('\n').unwrap_or((&text, ""));
        if text.len() as u64 > LONGEST_INPUT || !rest.trim().is_empty() {
            return Err(Failure::usage(text!(
                "standard input contains more than the password of the registry; nothing was sent"
            )));
        }
        return checked(
            password.strip_suffix('\r').unwrap_or(password),
            &tr!("standard input"),
        );
    }
    match std::env::var(PASSWORD) {
        Ok(text) => checked(&text, PASSWORD),
        Err(std::env::VarError::NotPresent) => Err(Failure::usage(text!(
            "no password for the registry: set {variable}, or use --password-stdin",
            variable = PASSWORD
        ))),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::usage(text!(
            "{variable} is not valid UTF-8",
            variable = PASSWORD
        ))),
    }
}

fn checked(text: &str, source: &str) -> Result<Secret, Failure> {
    match text {
        "" => Err(Failure::usage(text!(
            "the password from {source} is empty",
            source = source
        ))),
        text => Ok(Secret::from(text)),
    }
}
