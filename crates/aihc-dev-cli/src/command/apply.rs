//! The `apply` command: creates and changes instances as files describe them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;

use aihc_dev::{Client, DevInstanceSettings};
use clap::Args;
use time::OffsetDateTime;

use super::batch::{self, Done};
use super::change::PlannedChange;
use super::create::tell_what_is_there;
use super::descriptions::{self, Description, all_told};
use super::names::Resolved;
use super::watch::{WaitOptions, Watch};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::{text, tr};
use crate::output::note;
use crate::terminal::one_line;

/// Apply descriptions of instances from files: creates missing instances, and changes existing
/// ones.
#[derive(Args)]
#[command(after_help = "\
A description is for your own instance of its name. If there is none, it is created; if there are \
several, they are listed and nothing is done, unless the description has the id of one. Members \
that are left out stay unchanged; null removes a member; a list replaces the existing one. *** \
keeps an existing secret, and is refused for a new instance. Members that only the service sets, \
as in the output of `aihc-dev show --output yaml`, are ignored. A file may have several \
descriptions: in a list, as in the output of `show` for several instances, or as documents \
separated by ---.

All files are checked before anything is sent. Two commands at the same time are not protected \
from each other: names are not unique in the service, so both may create an instance.

Examples:
  aihc-dev apply --file instance.yaml
  aihc-dev apply --file instance.yaml --dry-run
  aihc-dev list --mine -o id | aihc-dev show - -o yaml | aihc-dev apply --file -
  aihc-dev diff --file instance.yaml; aihc-dev apply --file instance.yaml --wait")]
pub(crate) struct Apply {
    /// JSON or YAML with descriptions; may be repeated; `-` is standard input.
    #[arg(long, short, required = true, num_args = 1.., value_name = "PATH")]
    file: Vec<PathBuf>,
    /// Show the requests, and send no change.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

/// What `apply` has to do for one description of an instance.
enum Step {
    Create(Box<DevInstanceSettings>),
    Change(Box<PlannedChange>),
    /// Nothing has to be done, because the instance is as described.
    Nothing(Resolved),
}

impl Apply {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let descriptions = descriptions::read(&self.file).await?;
        let client = context.client()?;
        let steps = plan(context, &client, &descriptions).await?;
        let (dry_client, held) = context.dry_run_client()?;
        let mut exit = Exit::Ok;
        for ((name, step), description) in steps.iter().zip(&descriptions) {
            if let Err(failure) = check(&dry_client, step).await {
                exit = exit.max(failure.report_about(Some(&description.place())));
            } else if self.dry_run {
                note(&format!("{}: {}", one_line(name), step.preview()));
            }
        }
        Failure::unless_ok(exit)?;
        if self.dry_run {
            return held.print(&context.output);
        }
        self.send(context, &client, steps).await
    }

    async fn send(
        &self,
        context: &Context,
        client: &Client,
        steps: Vec<(String, Step)>,
    ) -> Result<(), Failure> {
        let ones = steps.iter().map(|(name, step)| Resolved {
            id: step.id().to_owned(),
            name: Some(name.clone()),
        });
        let ones: Vec<_> = ones.collect();
        let watch = Watch::new(context, client, &self.wait.pace, ones.len());
        let steps: RefCell<HashMap<_, _>> = RefCell::new(steps.into_iter().collect());
        batch::each_done(context, ones, async |one| {
            let name = one.name.unwrap_or_default();
            let step = steps.borrow_mut().remove(&name);
            match step {
                Some(Step::Create(settings)) => self.create(client, &watch, *settings).await,
                Some(Step::Change(planned)) => self.change(client, &watch, *planned).await,
                // Each name occurs only once.
                Some(Step::Nothing(_)) | None => Ok("unchanged".to_owned().into()),
            }
        })
        .await
    }

    async fn create(
        &self,
        client: &Client,
        watch: &Watch<'_>,
        settings: DevInstanceSettings,
    ) -> Result<Done, Failure> {
        let (name, since) = (settings.name.clone(), OffsetDateTime::now_utc());
        let created = client.create_dev_instance().settings(settings).await;
        let id = match created {
            Ok(created) => created.dev_instance_id,
            Err(error) => {
                if error.may_have_been_applied() {
                    tell_what_is_there(client, &name, since, &[]).await;
                }
                return Err(error.into());
            }
        };
        if self.wait.wait {
            let running = watch.run(&id, client.wait_until_running(&id)).await;
            running.map_err(|error| {
                Failure::from(error).leaving(text!("it was created as {id}", id = one_line(&id)))
            })?;
        }
        Ok(Done::of(id, "created"))
    }

    async fn change(
        &self,
        client: &Client,
        watch: &Watch<'_>,
        planned: PlannedChange,
    ) -> Result<Done, Failure> {
        let id = planned.id().to_owned();
        let Some(sent) = planned.send().await? else {
            return Ok("unchanged".to_owned().into());
        };
        if self.wait.wait {
            sent.settle(watch, client, &id).await?;
        }
        Ok("changed".to_owned().into())
    }
}

impl Step {
    /// Returns the id of the instance; empty if the instance does not exist yet.
    fn id(&self) -> &str {
        match self {
            Self::Create(_) => "",
            Self::Nothing(one) => &one.id,
            Self::Change(planned) => planned.id(),
        }
    }

    /// Returns a text that tells the user what `apply` would do for one description.
    fn preview(&self) -> String {
        match self {
            Self::Create(_) => tr!("would be created"),
            Self::Nothing(one) => tr!("{id} is already as described", id = one_line(&one.id)),
            Self::Change(planned) => {
                let members = planned.changes().into_iter().map(|change| change.member);
                tr!(
                    "{id} would be changed: {members}",
                    id = one_line(planned.id()),
                    members = members.collect::<Vec<_>>().join(", ")
                )
            }
        }
    }
}

/// Determines what has to be done for each description. Returns each step together with the name of
/// the instance. If this fails for any description, reports all problems and returns an error.
async fn plan(
    context: &Context,
    client: &Client,
    descriptions: &[Description],
) -> Result<Vec<(String, Step)>, Failure> {
    let by_name: HashMap<_, _> = descriptions
        .iter()
        .map(|it| (it.name.as_str(), it))
        .collect();
    let names = descriptions.iter().map(|it| it.name.clone()).collect();
    let planned = batch::some_at_a_time(names, |name| {
        let description = by_name.get(name.as_str()).copied();
        async move {
            match description {
                Some(description) => step_for(context, client, description).await,
                // Every name was resolved before.
                None => Err(Failure::usage(name)),
            }
        }
    });
    let (mut steps, mut wrong) = (Vec::new(), Vec::new());
    for (step, description) in planned.await.into_iter().zip(descriptions) {
        match step {
            Ok(step) => steps.push((description.name.clone(), step)),
            Err(failure) => wrong.push(failure),
        }
    }
    all_told(wrong)?;
    Ok(steps)
}

async fn step_for(
    context: &Context,
    client: &Client,
    description: &Description,
) -> Result<Step, Failure> {
    let Some(one) = description.find(client).await? else {
        return Ok(Step::Create(Box::new(description.creation(context)?)));
    };
    let planned = PlannedChange::read(client, &one, |old, _| description.on_top_of(old)).await;
    let planned = planned.map_err(|failure| failure.about(&one))?;
    if planned.changes().is_empty() {
        return Ok(Step::Nothing(one));
    }
    planned.refuse_fixed().map_err(|failure| match failure {
        Failure::Usage(what) => Failure::usage(format!("{}: {what}", description.place())),
        other => other,
    })?;
    Ok(Step::Change(Box::new(planned)))
}

/// Checks the request that a step would send. `dry_client` refuses requests with invalid members,
/// and does not send requests that make changes.
async fn check(dry_client: &Client, step: &Step) -> Result<(), Failure> {
    match step {
        Step::Nothing(_) => {}
        Step::Create(settings) => {
            let settings = DevInstanceSettings::clone(settings);
            dry_client.create_dev_instance().settings(settings).await?;
        }
        Step::Change(planned) => {
            let update = dry_client.update_dev_instance().id(planned.id());
            update.settings(planned.wanted().clone()).await?;
        }
    }
    Ok(())
}
