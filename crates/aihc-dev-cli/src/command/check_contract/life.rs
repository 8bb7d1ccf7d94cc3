//! The part of `check-contract` that takes one small instance through its whole life cycle.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aihc_dev::wait::Wait;
use aihc_dev::{ChangeError, Client, DevInstanceSettings, Error, WaitError, error_code};
use clap::Args;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::asker::{Asker, text};
use super::instances;
use crate::client::Context;
use crate::command::confirm;
use crate::command::watch::{PollOptions, Watch};
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::output::note;
use crate::request::settings;
use crate::terminal::one_line;

/// The delay, in seconds, with which `check-contract` schedules a stop of the instance. It is long,
/// so that the stop can be cancelled in time.
const TIMED_STOP: i64 = 24 * 3600;
/// The deletion is attempted at most this many times while the state of the instance forbids it.
const TRIES: usize = 40;
const PAUSE: Duration = Duration::from_secs(3);

/// Options for the instance that is created; everything else about it is as small as possible.
#[derive(Args)]
#[command(next_help_heading = "With --write")]
pub(super) struct Made {
    /// Pool for the instance [default: that of the first listed instance].
    #[arg(long, value_name = "ID", requires = "write")]
    pool: Option<String>,
    /// Queue for the instance [default: that of the first listed instance].
    #[arg(long, value_name = "NAME", requires = "write")]
    queue: Option<String>,
    /// Image of the instance [default: that of the first listed instance].
    #[arg(long, value_name = "ADDRESS", requires = "write")]
    image: Option<String>,
    /// Owner's name [default: that of the first listed instance].
    #[arg(long, value_name = "NAME", env = "AIHC_CREATOR", hide_env = true)]
    creator: Option<String>,
    /// Owner's user id [default: that of the first listed instance].
    #[arg(long, value_name = "ID", env = "AIHC_CREATOR_ID", hide_env = true)]
    creator_id: Option<String>,
    /// Do not ask for confirmation.
    #[arg(long, short, requires = "write")]
    yes: bool,
    #[command(flatten)]
    pace: PollOptions,
}

/// The instance that `check-contract` creates and deletes.
pub(super) struct Life<'a> {
    context: &'a Context,
    client: &'a Client,
    options: &'a Made,
    state: Mutex<LifeState>,
}

#[derive(Debug, Default)]
struct LifeState {
    /// The time just before the creation request was sent, and the name of the instance in the
    /// request; `None` as long as no request has been sent.
    sent: Option<(OffsetDateTime, String)>,
    /// Whether it is certain that the creation request was not carried out.
    refused: bool,
    id: Option<String>,
    remarks: Vec<String>,
}

impl<'a> Life<'a> {
    pub(super) fn new(context: &'a Context, client: &'a Client, options: &'a Made) -> Self {
        Self {
            context,
            client,
            options,
            state: Mutex::default(),
        }
    }

    /// Fails if confirmation is required but the user cannot be asked.
    pub(super) fn must_be_possible(options: &Made) -> Result<(), Failure> {
        confirm::must_be_possible(options.yes, &tr!("create an instance and delete it"))
    }

    /// Asks the user whether an instance may be created, unless `--yes` is given. Returns the
    /// settings for the instance. Fails if a required setting is missing, or if the user does not
    /// agree.
    pub(super) async fn settings(&self, listed: &[Value]) -> Result<DevInstanceSettings, Failure> {
        let settings = self.options.settings(listed)?;
        let place = &settings.conf.resource_pool;
        let pool = place.resource_pool_id.as_deref().unwrap_or("serverless");
        note(&tr!(
            "--write creates one instance with 1 core, 2 GiB of memory and a disk of 100 GB in \
             queue {queue} of pool {pool}, changes it, stops it, starts it and deletes it; it is \
             billed until then",
            queue = one_line(&place.queue_name),
            pool = one_line(pool)
        ));
        if !self.options.yes {
            confirm::agree(tr!("Create it?"), &tr!("nothing was created")).await?;
        }
        Ok(settings)
    }

    /// Creates the instance and runs its life cycle, except for the deletion, which is left to
    /// [`clean_up`](Self::clean_up).
    pub(super) async fn live(
        &self,
        asker: &Asker,
        settings: DevInstanceSettings,
    ) -> Result<(), Failure> {
        let since = OffsetDateTime::now_utc();
        self.state().sent = Some((since, settings.name.clone()));
        let create = self.client.create_dev_instance().settings(settings);
        let mut refused = false;
        let answer = asker
            .ask(async {
                let created = create.await;
                refused = created
                    .as_ref()
                    .is_err_and(|it| !it.may_have_been_applied());
                created
            })
            .await;
        self.state().refused = refused;
        let answer = answer?.unwrap_or_default();
        let id = text(&answer, &["devInstanceId"]);
        if id.is_empty() {
            self.remark(
                "the instance could not be created, or its id was not found in the response",
            );
            return Ok(());
        }
        note(&tr!("created {id}", id = one_line(&id)));
        self.state().id = Some(id.clone());
        let client = self.client;
        self.wait("running", &id, client.wait_until_running(&id))
            .await;
        asker.ask(client.query_dev_instance_detail(&id)).await?;
        Box::pin(self.change(asker, &id)).await?;
        for enable in [true, false] {
            let call = client.timed_stop_dev_instance(&id).enable(enable);
            let call = if enable {
                call.delay_sec(TIMED_STOP)
            } else {
                call
            };
            asker.ask(call).await?;
            asker.ask(client.query_dev_instance_detail(&id)).await?;
        }
        asker.ask(client.stop_dev_instance(&id)).await?;
        self.wait("stopped", &id, client.wait_until_stopped(&id))
            .await;
        asker.ask(client.start_dev_instance(&id)).await?;
        self.wait("running again", &id, client.wait_until_running(&id))
            .await;
        asker.ask(instances::events(client, &id)).await?;
        Ok(())
    }

    /// Increases the memory of the instance.
    async fn change(&self, asker: &Asker, id: &str) -> Result<(), Failure> {
        let Ok(mut edit) = self.client.edit_dev_instance(id).await else {
            self.remark("the instance could not be read for a change");
            return Ok(());
        };
        edit.settings_mut().conf.resources.memory += 1;
        let mut sent = None;
        let change = async {
            match Box::pin(edit.send()).await {
                Ok(change) => {
                    sent = change;
                    Ok(())
                }
                Err(ChangeError::Request(error)) => Err(error),
                Err(_) => Ok(()),
            }
        };
        asker.ask(change).await?;
        if let Some(change) = sent {
            let wait = self.client.wait_until_running(id).after_change(&change);
            self.wait("changed", id, wait).await;
        }
        Ok(())
    }

    /// Waits until the instance reaches a state. If it does not, only adds a remark to the report.
    async fn wait<T: Send>(&self, what: &str, id: &str, wait: Wait<'static, T>) {
        let watch = Watch::new(self.context, self.client, &self.options.pace, 1);
        let waited: Result<T, WaitError> = watch.run(id, wait).await;
        if let Err(error) = waited {
            let how = match error.is_timeout() {
                true => "in time",
                false => "at all",
            };
            self.remark(&format!("the instance was not {what} {how}"));
        }
    }

    /// Deletes the instance that `check-contract` has created. Returns the instances that it may
    /// have left behind.
    pub(super) async fn clean_up(&self, asker: &Asker) -> Left {
        let (sent, id) = {
            let state = self.state();
            let sent = state.sent.clone().filter(|_| !state.refused);
            (sent, state.id.clone())
        };
        let Some((since, name)) = sent else {
            return Left::Nothing;
        };
        let ids = match id {
            Some(id) => vec![id],
            None => match self.client.find_created(&name, since).await {
                Ok(found) => found.into_iter().map(|it| it.id).collect(),
                Err(_) => vec![],
            },
        };
        if ids.is_empty() {
            return Left::Perhaps(name);
        }
        let mut left = Vec::new();
        for id in ids {
            match self.delete(asker, &id).await {
                Ok(()) => note(&tr!("{id} is being deleted", id = one_line(&id))),
                Err(error) => left.push((id, error.to_string())),
            }
        }
        match left.is_empty() {
            true => Left::Nothing,
            false => Left::Instances(left),
        }
    }

    /// Deletes the instance. As long as its state forbids the deletion, repeats the request, up to
    /// [`TRIES`] requests in total. Also succeeds if the instance does not exist.
    async fn delete(&self, asker: &Asker, id: &str) -> Result<(), Error> {
        for last in (0..TRIES).map(|attempt| attempt + 1 == TRIES) {
            let mut result = Ok(());
            // Even an error after which no other call could succeed only goes into the report.
            let _ = asker
                .ask(async {
                    let deleted = self.client.delete_dev_instance(id).await;
                    result = deleted.map(drop);
                    Ok(())
                })
                .await;
            match result {
                Err(error) if error.code() == Some(error_code::NOT_FOUND) => return Ok(()),
                Err(error) if error.code() == Some(error_code::FORBIDDEN) && !last => {
                    tokio::time::sleep(PAUSE).await;
                }
                result => return result,
            }
        }
        Ok(())
    }

    /// Returns the instances that `check-contract` may have left behind if the clean-up is
    /// interrupted.
    pub(super) fn unknown(&self) -> Left {
        let state = self.state();
        match (&state.sent, &state.id) {
            (_, Some(id)) => Left::Unknown(id.clone()),
            (Some((_, name)), None) if !state.refused => Left::Perhaps(name.clone()),
            _ => Left::Nothing,
        }
    }

    /// Waits until the instance no longer exists.
    pub(super) async fn wait_until_gone(&self) {
        let id = self.state().id.clone();
        if let Some(id) = id {
            let gone = self.client.wait_until_deleted(&id);
            self.wait("gone", &id, gone).await;
        }
    }

    pub(super) fn remarks(&self) -> Vec<String> {
        self.state().remarks.clone()
    }

    fn remark(&self, text: &str) {
        self.state().remarks.push(text.to_owned());
    }

    fn state(&self) -> MutexGuard<'_, LifeState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Instances that `check-contract` may have left behind.
pub(super) enum Left {
    Nothing,
    /// It is unknown whether an instance with this name was created.
    Perhaps(String),
    /// It is unknown whether this instance was deleted.
    Unknown(String),
    /// These instances were not deleted, each for the given reason.
    Instances(Vec<(String, String)>),
}

impl Left {
    /// Returns instructions for deleting the instances, one per line; none for
    /// [`Nothing`](Self::Nothing).
    pub(super) fn lines(&self) -> Vec<String> {
        match self {
            Self::Nothing => vec![],
            Self::Perhaps(name) => vec![tr!(
                "an instance {name} may have been created: look with `aihc-dev list --name {name}`, and \
                 delete it",
                name = name
            )],
            Self::Unknown(id) => vec![tr!(
                "{id} may still exist: look with `aihc-dev show {id}`, and delete it",
                id = one_line(id)
            )],
            Self::Instances(left) => left
                .iter()
                .map(|(id, why)| {
                    tr!(
                        "{id} still exists and must be deleted with `aihc-dev delete {id}`: {why}",
                        id = one_line(id),
                        why = why
                    )
                })
                .collect(),
        }
    }
}

impl Made {
    /// Returns the settings of a small instance. If an option for the pool, the queue, the image or
    /// the owner is missing, takes the value from the first instance in `listed`.
    fn settings(&self, listed: &[Value]) -> Result<DevInstanceSettings, Failure> {
        let nothing = Value::Null;
        let model = listed.first().unwrap_or(&nothing);
        let or_listed = |given: &Option<String>, member: &str, option: &str| {
            let found = given.clone().unwrap_or_else(|| text(model, &[member]));
            match found.is_empty() {
                true => Err(Failure::usage(text!(
                    "--write requires {option}: there is no instance to take it from",
                    option = option
                ))),
                false => Ok(found),
            }
        };
        let pool = or_listed(&self.pool, "resourcePoolId", "--pool")?;
        let mut place = json!({"queueName": or_listed(&self.queue, "queueName", "--queue")?});
        let member = match pool.as_str() {
            "serverless" => "resourcePoolType",
            _ => "resourcePoolId",
        };
        place[member] = pool.into();
        settings::from_json(json!({
            "name": format!("check-contract-{}", OffsetDateTime::now_utc().unix_timestamp()),
            "creator": or_listed(&self.creator, "creator", "--creator")?,
            "creatorId": or_listed(&self.creator_id, "creatorId", "--creator-id")?,
            "conf": {
                "resourcePool": place,
                "resources": {"cpus": 1, "memory": 2},
                "image": {"imageType": 0, "imageUrl": or_listed(&self.image, "imageUrl", "--image")?},
                "volumnConfs": [
                    {"volumnType": "cds", "mountPath": "/.rootfs", "cds": {"capacity": 100}},
                ],
            },
        }))
    }
}
