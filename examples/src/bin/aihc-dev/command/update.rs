//! `update`

use aihc_dev::model::DevInstanceDetail;
use aihc_dev::{Client, DevInstanceChange};
use clap::Args;
use serde::Serialize;

use super::create::assigned;
use crate::connect::Context;
use crate::failure::Failure;
use crate::output::{Table, note};
use crate::request::{Change, Schema, Settings, changes};
use crate::terminal::{Look, one_line};
use crate::wait::{WaitOptions, Watch};

/// Change the settings of an instance: reads them, changes what is asked for, sends them back.
#[derive(Args)]
#[command(after_help = "\
A running instance is rebuilt, and may queue for that. Pool, queue, image and name cannot be \
changed.

Examples:
  aihc-dev update dv-f458ede5 --set resources.cpus=4 --set resources.memory=16
  aihc-dev update dv-f458ede5 --set volumnConfs.0.cds.capacity=200 --wait
  aihc-dev update dv-f458ede5 --set envs.LANG=C.UTF-8 --dry-run
  aihc-dev update dv-f458ede5 --set startCmd=null

Members have the API's names, as `show --output yaml` writes them; those of `conf` need no `conf.`.
Values are JSON, or else text; null removes a member.")]
pub(crate) struct Update {
    /// Id of the instance.
    #[arg(value_name = "ID")]
    id: String,
    /// What to change; may be repeated.
    #[arg(long, value_name = "MEMBER=VALUE", required = true)]
    set: Vec<String>,
    /// Show the request, and send no change.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

/// The result.
#[derive(Serialize)]
struct Changed {
    id: String,
    changes: Vec<Change>,
    /// For the wait; none when nothing was sent.
    #[serde(skip)]
    sent: Option<DevInstanceChange>,
}

impl Update {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let schema = Schema::of("ModifyDevInstance")?;
        let mut assignments = Vec::new();
        for text in &self.set {
            let (path, value) = assigned(text)?;
            // What is wrong with the command line shows before anything is sent.
            schema.verify(path, value)?;
            assignments.push((path, value));
        }
        if self.dry_run {
            let (client, held) = context.dry_run_client()?;
            let changed = self.change(&client, &schema, &assignments).await?;
            note(changed.text(context.output.look()).trim_end());
            return held.print(&context.output);
        }
        let client = context.client()?;
        let changed = self.change(&client, &schema, &assignments).await?;
        if let Some(sent) = changed.sent.as_ref().filter(|_| self.wait.wait) {
            note(&format!("changed {}", one_line(&self.id)));
            let watch = Watch::new(context, &client, &self.wait.pace, 1);
            let wait = client.wait_until_running(&self.id).after_change(sent);
            watch.run(&self.id, wait).await?;
        }
        Ok(context
            .output
            .document(&changed, |look| changed.text(look))?)
    }

    /// Reads, changes and sends back; sends nothing when nothing differs. The helper of the client
    /// changes the configuration alone, this also what stands beside it.
    async fn change(
        &self,
        client: &Client,
        schema: &Schema,
        assignments: &[(&str, &str)],
    ) -> Result<Changed, Failure> {
        let (read, before) = self.read(client).await?;
        let old = before.to_json()?;
        let mut new = old.clone();
        for (path, value) in assignments {
            schema.set(&mut new, path, value)?;
        }
        let after = Settings::from_json(new)?;
        let mut changed = Changed {
            id: self.id.clone(),
            changes: changes(&old, &after.to_json()?),
            sent: None,
        };
        if changed.changes.is_empty() {
            return Ok(changed);
        }
        // The service has no conditional update; this leaves only a moment for somebody else.
        let (_, now) = self.read(client).await?;
        if now != before {
            return Err(Failure::Unfit(format!(
                "{} was not changed: somebody else has changed it at the same time",
                self.id
            )));
        }
        let sent = DevInstanceChange::new(&read, &after.clone().written_to(read.clone()));
        let mut call = client.update_dev_instance(
            &self.id,
            after.name,
            after.conf,
            after.creator,
            after.creator_id,
        );
        if let Some(scope) = after.visible_scope {
            call = call.visible_scope(scope);
        }
        if let Some(notify) = after.notify {
            call = call.notify(notify);
        }
        if let Some(public) = after.is_public_mgmt {
            call = call.is_public_mgmt(public);
        }
        call.await?;
        changed.sent = Some(sent);
        Ok(changed)
    }

    /// The instance, and the settings in it.
    async fn read(&self, client: &Client) -> Result<(DevInstanceDetail, Settings), Failure> {
        let read = client.query_dev_instance_detail(&self.id).await?;
        let read = read.dev_instance;
        let settings = Settings::of(read.clone()).ok_or_else(|| {
            Failure::Unfit(format!(
                "the service does not show the configuration of {}",
                self.id
            ))
        })?;
        Ok((read, settings))
    }
}

impl Changed {
    fn text(&self, look: &Look) -> String {
        if self.changes.is_empty() {
            return "nothing to change\n".to_owned();
        }
        let mut table = Table::new(["MEMBER", "OLD", "NEW"]);
        for change in &self.changes {
            let (old, new) = change.texts();
            table.row([(&change.member).into(), old.into(), new.into()]);
        }
        table.render(look)
    }
}
