//! The `update` command: changes the settings of an instance.

use std::path::PathBuf;

use aihc_dev::Client;
use clap::{ArgGroup, Args};
use clap_complete::ArgValueCandidates;
use serde::Serialize;
use serde_json::Value;

use super::change::{PlannedChange, SentChange};
use super::create::assigned;
use super::names::{self, Kind, Resolved};
use super::watch::{WaitOptions, Watch};
use crate::client::Context;
use crate::completion::candidates;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::output::{Table, note};
use crate::request::{Change, InstanceFile, Old, Schema, read};
use crate::terminal::Look;

/// Change the settings of an instance: reads them, makes the requested changes, sends them back.
#[derive(Args)]
#[command(after_help = "\
A running instance is rebuilt, and may queue for resources. Pool, queue, image and name cannot be \
changed.

Examples:
  aihc-dev update dv-f458ede5 --set resources.cpus=4 --set resources.memory=16
  aihc-dev update dv-f458ede5 --set volumnConfs.0.cds.capacity=200 --wait
  aihc-dev update dv-f458ede5 --set envs.LANG=C.UTF-8 --dry-run
  aihc-dev update dv-f458ede5 --set startCmd=null
  aihc-dev update dv-f458ede5 --file changes.yaml

Members have the names of the API, as `show --output yaml` writes them; with --set those of `conf`
need no `conf.`. Where the API has text, the value is taken as written, or decoded if it is a JSON
string; lists and objects are JSON. null removes a member. A file has the members that change, in
the format of create; its lists replace the existing ones. *** keeps a secret that the service
shows, as it does for variables; it does not show the password for an image, so give that again if
one is needed.")]
#[command(group(ArgGroup::new("changes").args(["set", "file"]).required(true).multiple(true)))]
pub(crate) struct Update {
    /// Id or name of the instance.
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// Member to change; may be repeated.
    #[arg(long, value_name = "MEMBER=VALUE")]
    #[arg(add = ArgValueCandidates::new(candidates::members_of_update))]
    set: Vec<String>,
    /// JSON or YAML with members to change; `-` is standard input. --set takes precedence.
    #[arg(long, short, value_name = "PATH")]
    file: Option<PathBuf>,
    /// Show the request, and send no change.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

/// The result of changing the settings of an instance.
#[derive(Serialize)]
pub(super) struct Changed {
    id: String,
    /// The name that the user typed; `None` if the user typed an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    changes: Vec<Change>,
    /// The change to wait for; `None` if no change was sent.
    #[serde(skip)]
    sent: Option<SentChange>,
}

impl Update {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let wanted = self.wanted().await?;
        if self.dry_run {
            let (client, held) = context.dry_run_client()?;
            let one = names::resolve_one(context, &client, &self.id).await?;
            let changed = change(&client, &one, &wanted).await;
            let changed = changed.map_err(|failure| failure.about(&one))?;
            note(changed.text(context.output.look()).trim_end());
            return held.print(&context.output);
        }
        let client = context.client()?;
        let one = names::resolve_one(context, &client, &self.id).await?;
        let updated = async {
            let changed = change(&client, &one, &wanted).await?;
            changed.finish(context, &client, &self.wait).await
        };
        updated.await.map_err(|failure| failure.about(&one))
    }

    /// Reads the requested changes, and checks them as far as possible without the current
    /// settings, so that most mistakes are found before anything is sent.
    async fn wanted(&self) -> Result<Wanted<'_>, Failure> {
        let schema = Schema::of_update();
        let mut assignments = Vec::new();
        for text in &self.set {
            let (path, value) = assigned("--set", text)?;
            if path == "id" {
                return Err(Failure::usage(text!(
                    "the id of an instance cannot be changed"
                )));
            }
            schema.verify(path, value)?;
            assignments.push((path, value));
        }
        let file = match &self.file {
            Some(path) if self.id == names::STDIN && path.as_os_str() == names::STDIN => {
                return Err(Failure::usage(text!(
                    "`-` is given for the instance and for the file; standard input can be read \
                     only once"
                )));
            }
            Some(path) => Some(read(path).await?),
            None => None,
        };
        let wanted = Wanted {
            schema,
            file,
            assignments,
        };
        let mut body = Value::Null;
        wanted.fill_from_file(&mut body, Old::NotRead)?;
        // If the user typed a name, the id is not known yet.
        match Kind::Instance.is_id(&self.id) {
            true => wanted.must_be_for(&self.id).map(|()| wanted),
            false => Ok(wanted),
        }
    }
}

/// Reads the settings of an instance, changes them as requested, and sends them back. Sends no
/// update if the settings remain the same.
async fn change(client: &Client, one: &Resolved, wanted: &Wanted<'_>) -> Result<Changed, Failure> {
    wanted.must_be_for(&one.id)?;
    let read = PlannedChange::read(client, one, |old, is_shown_empty| {
        wanted.on_top_of(old, is_shown_empty)
    });
    Changed::by(read.await?).await
}

/// The changes that the user requests in an `update` command.
struct Wanted<'a> {
    schema: Schema,
    file: Option<InstanceFile>,
    assignments: Vec<(&'a str, &'a str)>,
}

impl Wanted<'_> {
    /// Returns the desired settings. If `is_shown_empty` is `true`, the service shows an empty
    /// string in place of the registry password. An empty password in a file is then accepted,
    /// since `show` writes it as well. In `--set`, it is refused, because it would change nothing.
    fn on_top_of(&self, old: &Value, is_shown_empty: bool) -> Result<Value, Failure> {
        let mut new = old.clone();
        self.fill_from_file(&mut new, Old::Known(old))?;
        for (path, value) in &self.assignments {
            self.schema.set(&mut new, path, value, Old::Known(old))?;
            let is_password = matches!(*path, "image.password" | "conf.image.password");
            let is_empty = || new["conf"]["image"]["password"] == "";
            if is_shown_empty && is_password && is_empty() {
                return Err(Failure::usage(text!(
                    "conf.image.password: the service shows an empty password for any password, \
                     so an empty one changes nothing"
                )));
            }
        }
        Ok(new)
    }

    /// Refuses a file that describes another instance.
    fn must_be_for(&self, id: &str) -> Result<(), Failure> {
        let mut body = Value::Null;
        self.fill_from_file(&mut body, Old::NotRead)?;
        match &body["id"] {
            Value::Null => Ok(()),
            Value::String(of) if of == id => Ok(()),
            _ => Err(Failure::usage(text!(
                "the file is for an instance with another id"
            ))),
        }
    }

    fn fill_from_file(&self, body: &mut Value, old: Old<'_>) -> Result<(), Failure> {
        match &self.file {
            Some(file) => (self.schema.fill(body, file.members.clone(), old))
                .map_err(|wrong| wrong.in_file(&file.name)),
            None => Ok(()),
        }
    }
}

impl Changed {
    /// Sends a change, and returns the result of the update.
    pub(super) async fn by(planned: PlannedChange) -> Result<Self, Failure> {
        let (one, mut changes) = (planned.one().clone(), planned.changes());
        let sent = planned.send().await?;
        if sent.is_none() {
            // The only difference was a value that the service does not show.
            changes.clear();
        }
        Ok(Self {
            id: one.id,
            name: one.name,
            changes,
            sent,
        })
    }

    /// Waits for the effect of the update if requested, and prints the result.
    pub(super) async fn finish(
        self,
        context: &Context,
        client: &Client,
        wait: &WaitOptions,
    ) -> Result<(), Failure> {
        let one = Resolved {
            id: self.id.clone(),
            name: self.name.clone(),
        };
        let done = tr!("changed {instance}", instance = one.label());
        if let Some(sent) = self.sent.as_ref().filter(|_| wait.wait) {
            note(&done);
            let watch = Watch::new(context, client, &wait.pace, 1);
            sent.settle(&watch, client, &self.id).await?;
        }
        let written = (context.output).document(&self, |look| self.text(look));
        written.map_err(|error| match &self.sent {
            Some(_) => Failure::from(error).after(done),
            None => Failure::from(error),
        })
    }

    fn text(&self, look: &Look) -> String {
        if self.changes.is_empty() {
            return tr!("nothing to change") + "\n";
        }
        let mut table = Table::new(["MEMBER", "OLD", "NEW"]);
        for change in &self.changes {
            let (old, new) = change.texts();
            table.row([(&change.member).into(), old.into(), new.into()]);
        }
        table.render(look)
    }
}
