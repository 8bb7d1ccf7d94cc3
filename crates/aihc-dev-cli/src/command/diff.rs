//! The `diff` command: shows what `apply` would change.

use std::io;
use std::path::PathBuf;

use aihc_dev::Client;
use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::change::PlannedChange;
use super::descriptions::{self, Description};
use super::names::{self, Resolved};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::{text, tr};
use crate::output::{difference, note};
use crate::request::{Change, changes};
use crate::terminal::one_line;

/// Show what `apply` would change.
#[derive(Args)]
#[command(after_help = "\
A description is compared with your own instance of its name, or with the one that is given. \
Secrets are shown as *** on both sides, with a remark if they differ.

The exit code is 0 if nothing differs and 1 if something does. Higher codes are failures: \
refusals, for which other commands use 1, are 2 here.

Examples:
  aihc-dev diff --file instance.yaml
  aihc-dev diff --file instance.yaml dv-f458ede5
  aihc-dev diff --file instance.yaml --output json")]
pub(crate) struct Diff {
    /// JSON or YAML with descriptions; may be repeated; `-` is standard input.
    #[arg(long, short, required = true, value_name = "PATH")]
    file: Vec<PathBuf>,
    /// Id or name of the instance, for one file with one description.
    #[arg(value_name = "ID|NAME")]
    id: Option<String>,
}

/// The changes that `apply` would make for one description of an instance.
#[derive(Serialize)]
struct Difference {
    name: String,
    /// The id of the instance; `None` if it does not exist.
    id: Option<String>,
    changes: Vec<Change>,
    #[serde(skip)]
    text: String,
}

impl Diff {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.differs(context).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(Failure::Told(Exit::Refused)),
            Err(failure) => Err(Failure::Told(match failure.report() {
                // The exit code 1 is reserved for a difference.
                Exit::Ok | Exit::Refused => Exit::Usage,
                exit => exit,
            })),
        }
    }

    async fn differs(self, context: &Context) -> Result<bool, Failure> {
        let colour = context.output.look().colour;
        let mut found = Vec::new();
        if let Some(id) = self.id {
            let [path] = &self.file[..] else {
                return Err(Failure::usage(text!(
                    "one instance requires exactly one file"
                )));
            };
            if id == names::STDIN && path.as_os_str() == names::STDIN {
                return Err(Failure::usage(text!(
                    "`-` is given for the instance and for the file; standard input can be read \
                     only once"
                )));
            }
            let description = Description::of_any(path).await?;
            let client = context.client()?;
            let one = names::resolve_one(context, &client, &id).await?;
            let difference = Difference::of(&client, &description, &one, colour).await;
            found.push(difference.map_err(|failure| failure.about(&one))?);
        } else {
            let descriptions = descriptions::read(&self.file).await?;
            let client = context.client()?;
            for description in &descriptions {
                found.push(match description.find(&client).await? {
                    Some(one) => Difference::of(&client, description, &one, colour).await?,
                    None => Difference::of_new(description, colour)?,
                });
            }
        }
        let differs = found.iter().any(|found| !found.changes.is_empty());
        let text = |_: &_| {
            found
                .iter()
                .map(|found| found.text.as_str())
                .collect::<String>()
        };
        match context.output.list(&found, text) {
            // The exit code reports whether there is a difference, even if nobody reads the output.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(differs),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(differs),
        }
    }
}

impl Difference {
    async fn of(
        client: &Client,
        description: &Description,
        one: &Resolved,
        colour: bool,
    ) -> Result<Self, Failure> {
        let planned = PlannedChange::read(client, one, |old, _| description.on_top_of(old)).await?;
        if let Err(failure) = planned.refuse_fixed() {
            note(&failure.to_string());
        }
        let [old, new] = planned.bodies();
        Ok(Self {
            name: planned.wanted().name.clone(),
            changes: planned.changes(),
            text: difference(old, new, &one.label(), colour)?,
            id: Some(one.id.clone()),
        })
    }

    fn of_new(description: &Description, colour: bool) -> Result<Self, Failure> {
        note(&tr!(
            "{name} does not exist",
            name = one_line(&description.name)
        ));
        let (old, new) = (json!({}), description.body()?);
        Ok(Self {
            name: description.name.clone(),
            id: None,
            changes: changes(&old, &new),
            text: difference(&old, &new, &description.name, colour)?,
        })
    }
}
