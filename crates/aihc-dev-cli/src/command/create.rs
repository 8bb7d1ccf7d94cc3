//! The `create` command: creates an instance.

use std::path::PathBuf;
use std::time::Duration;

use aihc_dev::operation::CreateDevInstance;
use aihc_dev::{Client, DevInstanceSettings};
use clap::Args;
use clap_complete::ArgValueCandidates;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::existing::Refused;
use super::names::{Candidate, namesakes};
use super::watch::{WaitOptions, Watch};
use super::{fallback, show};
use crate::client::Context;
use crate::completion::candidates;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::{not_empty, whole};
use crate::output::{Detail, Table, note};
use crate::request::{InstanceFile, Old, Schema, read, settings};
use crate::terminal::one_line;

/// The time limit of the search for an instance that may have been created although no response
/// arrived.
const LOOK_LIMIT: Duration = Duration::from_secs(10);
/// The time limit of the search for existing instances that have the name of the new one. It is
/// short, because the search only leads to a warning.
const NAMESAKES_LIMIT: Duration = Duration::from_secs(3);
/// The warning about existing instances with the name of the new one lists at most this many.
const NAMESAKES_SHOWN: usize = 5;

/// Returns a hint on how to find a pool and a queue, for an error message.
fn places() -> String {
    tr!(
        "`aihc-dev pools` lists the pools for --pool, and `aihc-dev queues` their queues with the \
         free GPUs"
    )
}

/// Create an instance from options, from a file, or from a file and options.
#[derive(Args)]
#[command(after_help = "\
Pool and queue are required: `aihc-dev pools` lists the pools, and `aihc-dev queues` their queues \
with the free GPUs.

Examples:
  aihc-dev pools                                 # pass an ID as --pool
  aihc-dev queues --pool cce-i8zab7dh            # pass a QUEUE as --queue
  aihc-dev create --name first --creator me --creator-id u-1 --pool cce-i8zab7dh --queue default \\
      --cpus 4 --memory 8 --image registry.example.com/team/image:v1 --disk 100
  aihc-dev create --file instance.yaml --wait
  aihc-dev create --file instance.yaml --name second --cpus 8 --dry-run

A file has the members of CreateDevInstance in the API, as JSON or YAML:
  name: first
  creator: me
  creatorId: u-1
  conf:
    resourcePool: {resourcePoolId: cce-i8zab7dh, queueName: default}
    resources: {cpus: 4, memory: 8}
    image: {imageType: 0, imageUrl: 'registry.example.com/team/image:v1'}
    volumnConfs: [{volumnType: cds, mountPath: /.rootfs, cds: {capacity: 100}}]

Where the API has text, the value is taken as written: 0123 and 1.10 stay as they are, with and
without quotes. Numbers are whole numbers in plain digits. null, ~ and an empty value mean no value.
A description that `aihc-dev show --output yaml` has written creates another such instance: members
that only the service sets are ignored, and secrets, which are shown as ***, must be filled in.

If a value is given more than once, the first of these counts:
   1  options, including --set
   2  the file
   3  AIHC_CREATOR, AIHC_CREATOR_ID
   4  the context (`aihc-dev context`): pool, queue, creator and creator id. Its queue is used only
      with its pool, and the context only for its region and profile")]
pub(crate) struct Create {
    /// JSON or YAML with members of CreateDevInstance; `-` is standard input.
    #[arg(long, short, value_name = "PATH")]
    file: Option<PathBuf>,
    #[command(flatten)]
    members: MemberOptions,
    /// Token with which a repeated request creates nothing new; unverified for dev instances.
    #[arg(long, value_name = "TOKEN", value_parser = not_empty)]
    client_token: Option<String>,
    /// Show the request, and send nothing.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

/// The members in which most instances differ.
#[derive(Args)]
pub(super) struct MemberOptions {
    /// Name: letters, Chinese characters, digits and - _ / ., starting with a letter and ending
    /// with a letter or digit, at most 256 characters.
    #[arg(long, value_name = "NAME", value_parser = name_of_instance)]
    name: Option<String>,
    /// Owner's name.
    #[arg(long, value_name = "NAME")]
    creator: Option<String>,
    /// Owner's user id.
    #[arg(long, value_name = "ID")]
    creator_id: Option<String>,
    /// Resource pool, as `aihc-dev pools` lists them; `serverless` for managed ones.
    #[arg(long, value_name = "ID")]
    pool: Option<String>,
    /// Queue, as `aihc-dev queues` lists them: its name, or its id in a managed pool.
    #[arg(long, value_name = "NAME")]
    queue: Option<String>,
    /// CPU cores.
    #[arg(long, value_name = "N", value_parser = whole)]
    cpus: Option<i64>,
    /// Memory, in GiB.
    #[arg(long, value_name = "GIB", value_parser = gib)]
    memory: Option<i64>,
    /// Kind of accelerators, such as baidu.com/a800_80g_cgpu.
    #[arg(long, value_name = "TYPE", requires = "accelerators")]
    accelerator: Option<String>,
    /// Number of accelerators.
    #[arg(long, value_name = "N", value_parser = whole)]
    accelerators: Option<i64>,
    /// Address of the image.
    #[arg(long, value_name = "ADDRESS")]
    image: Option<String>,
    /// Size of the first cloud disk, in GB; if none, adds one at /.rootfs.
    #[arg(long, value_name = "GB", value_parser = gb)]
    disk: Option<i64>,
    /// Environment variable; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Any other member, by its path in the API; may be repeated.
    #[arg(long, value_name = "MEMBER=VALUE")]
    #[arg(add = ArgValueCandidates::new(candidates::members_of_create))]
    set: Vec<String>,
}

impl Create {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let fill = |schema, body: &mut _| fallback::fill(context, schema, body);
        let settings = self.settings(fill).await?;
        let sending = Sending {
            client_token: self.client_token.as_deref(),
            dry_run: self.dry_run,
            wait: &self.wait,
        };
        sending.send(context, settings).await
    }

    async fn settings(
        &self,
        fill: impl FnOnce(Schema, &mut Value) -> Result<(), Failure>,
    ) -> Result<DevInstanceSettings, Failure> {
        let mut body = json!({});
        if let Some(path) = &self.file {
            fill_from(&mut body, read(path).await?, Old::None)?;
        }
        self.members.put_on(&mut body)?;
        fill(Schema::of_create(), &mut body)?;
        complete(body)
    }
}

/// The options for sending a request that creates an instance.
pub(super) struct Sending<'a> {
    pub(super) client_token: Option<&'a str>,
    pub(super) dry_run: bool,
    pub(super) wait: &'a WaitOptions,
}

impl Sending<'_> {
    /// Creates the instance, waits until it runs if `wait` requests this, and prints the result. In
    /// a dry run, prints the request instead of sending it.
    pub(super) async fn send(
        &self,
        context: &Context,
        settings: DevInstanceSettings,
    ) -> Result<(), Failure> {
        if self.dry_run {
            let (client, held) = context.dry_run_client()?;
            self.call(&client, settings).await?;
            return held.print(&context.output);
        }
        // Invalid requests are refused here, before anything is sent.
        let (checking, _) = context.dry_run_client()?;
        self.call(&checking, settings.clone()).await?;
        let client = context.client()?;
        let known = match self.client_token {
            None => warn_of_namesakes(&client, &settings.name).await,
            // With a token, an existing instance may be the result of an earlier attempt.
            Some(_) => Vec::new(),
        };
        let (name, since) = (settings.name.clone(), OffsetDateTime::now_utc());
        let place = settings.conf.resource_pool.clone();
        let created = match self.call(&client, settings).await {
            Err(error) if error.may_have_been_applied() => {
                tell_what_is_there(&client, &name, since, &known).await;
                return Err(error.into());
            }
            Err(error) => {
                let Some(refused) = Refused::of(&error, &place) else {
                    return Err(error.into());
                };
                // The error is printed first, because the search takes some time.
                let exit = Failure::from(error).report();
                refused.tell(context).await;
                return Err(Failure::Told(exit));
            }
            Ok(created) => created,
        };
        let id = &created.dev_instance_id;
        let done = format!("created {id}");
        if !self.wait.wait {
            let table = |look: &_| Table::of_pairs().pair("Id", id).render(look);
            let written = context.output.document(&created, table);
            return written.map_err(|error| Failure::from(error).after(done));
        }
        note(&done);
        let watch = Watch::new(context, &client, &self.wait.pace, 1);
        let running = watch.run(id, client.wait_until_running(id)).await?;
        show::print(context, &[Detail::from(running)], true).map_err(|failure| failure.after(done))
    }

    fn call(&self, client: &Client, settings: DevInstanceSettings) -> CreateDevInstance {
        let call = client.create_dev_instance().settings(settings);
        match self.client_token {
            Some(token) => call.client_token(token),
            None => call,
        }
    }
}

/// Merges a file into the body of a creation request. If `old` is [`Old::Known`], a secret that is
/// `***` in the file is taken from it.
pub(super) fn fill_from(body: &mut Value, file: InstanceFile, old: Old<'_>) -> Result<(), Failure> {
    let filled = Schema::of_create().fill(body, file.members, old);
    filled.map_err(|wrong| wrong.in_file(&file.name))
}

/// Converts the body of a creation request to settings. Fails, for example, if a required member is
/// missing, or if the body requests accelerators without their type.
pub(super) fn complete(mut body: Value) -> Result<DevInstanceSettings, Failure> {
    if has_accelerators_of_no_type(&body) {
        return Err(Failure::usage(text!(
            "accelerators without a type: name it with --accelerator, or as \
             conf.resources.acceleratorType; `aihc-dev queues` lists the types"
        )));
    }
    let missing = Schema::of_create().missing(&body);
    let missing: Vec<_> = missing.iter().map(with_option).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(Failure::usage(match has_no_queue(&body) {
            true => text!(
                "missing: {missing}; {hint}",
                missing = missing,
                hint = places()
            ),
            false => text!("missing: {missing}", missing = missing),
        }));
    }
    settings::without_hidden_password(&mut body)?;
    settings::from_json(body)
}

impl MemberOptions {
    /// Merges the options into the body of a creation request. `--set` is merged last, so it takes
    /// precedence.
    pub(super) fn put_on(&self, body: &mut Value) -> Result<(), Failure> {
        let schema = Schema::of_create();
        self.apply(schema, body)?;
        for assignment in &self.set {
            let (path, value) = assigned("--set", assignment)?;
            schema.set(body, path, value, Old::None)?;
        }
        Ok(())
    }

    fn apply(&self, schema: Schema, body: &mut Value) -> Result<(), Failure> {
        let text = |value: &Option<String>| value.clone().map(Value::from);
        let number = |value: Option<i64>| value.map(Value::from);
        for (path, value) in [
            ("name", text(&self.name)),
            ("creator", text(&self.creator)),
            ("creatorId", text(&self.creator_id)),
            ("resourcePool.queueName", text(&self.queue)),
            ("resources.cpus", number(self.cpus)),
            ("resources.memory", number(self.memory)),
            ("resources.acceleratorType", text(&self.accelerator)),
            ("resources.acceleratorCount", number(self.accelerators)),
            ("image.imageUrl", text(&self.image)),
        ] {
            if let Some(value) = value {
                schema.put(body, path, value)?;
            }
        }
        match self.pool.as_deref() {
            Some("serverless") => {
                schema.put(body, "resourcePool.resourcePoolType", "serverless".into())?;
            }
            Some(pool) => schema.put(body, "resourcePool.resourcePoolId", pool.into())?,
            None => {}
        }
        if self.image.is_some() && body["conf"]["image"]["imageType"].is_null() {
            schema.put(body, "image.imageType", 0.into())?;
        }
        if let Some(capacity) = self.disk {
            disk(schema, body, capacity)?;
        }
        for variable in &self.env {
            let (name, value) = assigned("--env", variable)?;
            schema.put(body, &format!("envs.{name}"), value.into())?;
        }
        Ok(())
    }
}

/// Warns if there already are instances with this name: the service accepts another one, but
/// commands then refuse the ambiguous name. Also warns if the search fails. Returns the ids of these
/// instances, or no ids if the search fails.
async fn warn_of_namesakes(client: &Client, name: &str) -> Vec<String> {
    let found = tokio::time::timeout(NAMESAKES_LIMIT, namesakes(client, name)).await;
    let Some(found) = found.ok().flatten() else {
        note(&tr!(
            "warning: could not check whether there already is an instance named {name}",
            name = one_line(name)
        ));
        return Vec::new();
    };
    if found.is_empty() {
        return Vec::new();
    }
    let shown = found.iter().take(NAMESAKES_SHOWN);
    let mut shown: Vec<_> = shown.map(Candidate::label).collect();
    if found.len() > NAMESAKES_SHOWN {
        shown.push("...".to_owned());
    }
    note(&tr!(
        "warning: there is already an instance named {name}: {instances}; this one gets the same name, so \
         that commands need the ids",
        name = one_line(name),
        instances = shown.join(", ")
    ));
    found.into_iter().map(|instance| instance.id).collect()
}

/// Tells the user what is known after a creation request whose outcome is unknown. Prints a note
/// for each of the caller's instances with this name that is not in `known`, and was created at
/// `since` or later (with a tolerance of one minute) or at an unknown time. If there is none,
/// prints a note that it may still appear. Prints nothing if the instances cannot be listed within
/// [`LOOK_LIMIT`].
pub(super) async fn tell_what_is_there(
    client: &Client,
    name: &str,
    since: OffsetDateTime,
    known: &[String],
) {
    let found = tokio::time::timeout(LOOK_LIMIT, client.find_created(name, since)).await;
    let Ok(Ok(mut found)) = found else {
        return;
    };
    found.retain(|instance| !known.contains(&instance.id));
    for instance in &found {
        let id = one_line(&instance.id);
        note(&tr!(
            "an instance with this name was created: {id}; `aihc-dev wait {id}` waits until it \
             runs",
            id = id
        ));
    }
    if found.is_empty() {
        note(&tr!(
            "no instance with this name is listed yet; it may still appear"
        ));
    }
}

/// Sets the size of the first cloud disk in `body`, or adds a disk if there is none.
fn disk(schema: Schema, body: &mut Value, capacity: i64) -> Result<(), Failure> {
    let volumes = body["conf"]["volumnConfs"].as_array();
    let volumes = volumes.map_or(&[][..], Vec::as_slice);
    let there = volumes
        .iter()
        .position(|volume| volume["volumnType"] == "cds");
    match there {
        Some(at) => schema.put(
            body,
            &format!("volumnConfs.{at}.cds.capacity"),
            capacity.into(),
        ),
        None => {
            let path = format!("volumnConfs.{}", volumes.len());
            let disk = json!({"volumnType": "cds", "mountPath": "/.rootfs", "cds": {"capacity": capacity}});
            schema.put(body, &path, disk)
        }
    }
}

/// Returns whether the body lacks the name of a queue.
fn has_no_queue(body: &Value) -> bool {
    matches!(&body["conf"]["resourcePool"]["queueName"], Value::Null)
}

/// Splits `NAME=VALUE` into its two parts.
pub(super) fn assigned<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        // The error does not contain the value, which may be a misplaced secret.
        _ => Err(Failure::usage(text!(
            "{option} requires NAME=VALUE",
            option = option
        ))),
    }
}

fn gib(text: &str) -> Result<i64, String> {
    whole(text).map_err(|_| tr!("must be a whole number of GiB, such as 8"))
}

fn gb(text: &str) -> Result<i64, String> {
    whole(text).map_err(|_| tr!("must be a whole number of GB, such as 100"))
}

/// Checks a name against the documented rules.
fn name_of_instance(text: &str) -> Result<String, String> {
    let is_letter = |c: char| c.is_ascii_alphabetic() || ('\u{3400}'..='\u{9fff}').contains(&c);
    let is_inner = |c: char| is_letter(c) || c.is_ascii_digit() || "-_/.".contains(c);
    let begins = text.starts_with(is_letter);
    let ends = text.ends_with(|c: char| is_letter(c) || c.is_ascii_digit());
    match begins && ends && text.chars().all(is_inner) && text.chars().count() <= 256 {
        true => Ok(text.to_owned()),
        false => Err(tr!(
            "a name consists of letters, Chinese characters, digits and - _ / ., starts with a \
             letter, ends with a letter or digit, and has at most 256 characters"
        )),
    }
}

/// Returns whether the body requests accelerators but does not specify their type.
fn has_accelerators_of_no_type(body: &Value) -> bool {
    let resources = &body["conf"]["resources"];
    let count = resources["acceleratorCount"].as_i64().unwrap_or_default();
    count > 0
        && resources["acceleratorType"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
}

/// Returns the path of a missing member, followed by the option that sets it, if there is one.
fn with_option(path: &String) -> String {
    let option = match path.as_str() {
        "name" => "--name",
        "creator" => "--creator",
        "creatorId" => "--creator-id",
        "conf.resourcePool.queueName" => "--queue",
        "conf.resources.cpus" => "--cpus",
        "conf.resources.memory" => "--memory",
        "conf.image.imageUrl" => "--image",
        "conf.volumnConfs" => "--disk",
        _ => return path.clone(),
    };
    format!("{path} ({option})")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        create: Create,
    }

    fn settings(arguments: &[&str]) -> Result<Value, String> {
        let line = Line::parse_from([&["create"], arguments].concat());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let settings = runtime.block_on(line.create.settings(|_, _| Ok(())));
        let settings = settings.map_err(|failure| failure.to_string())?;
        Ok(super::settings::to_json(&settings).unwrap())
    }

    const COMPLETE: [&str; 16] = [
        "--name",
        "n",
        "--creator",
        "me",
        "--creator-id",
        "u",
        "--queue",
        "q",
        "--cpus",
        "4",
        "--memory",
        "8",
        "--image",
        "i:v1",
        "--disk",
        "100",
    ];

    #[test]
    fn options_make_a_whole_request() {
        let body = settings(&COMPLETE).unwrap();
        let expected = json!({
            "name": "n", "creator": "me", "creatorId": "u",
            "conf": {
                "resourcePool": {"queueName": "q"},
                "resources": {"cpus": 4, "memory": 8},
                "image": {"imageType": 0, "imageUrl": "i:v1"},
                "volumnConfs": [{"volumnType": "cds", "mountPath": "/.rootfs", "cds": {"capacity": 100}}],
            },
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn everything_else_can_be_set_by_path() {
        let more = [
            "--env",
            "A=1=2",
            "--set",
            "access.sshEnable=true",
            "--pool",
            "serverless",
        ];
        let body = settings(&[&COMPLETE[..], &more].concat()).unwrap();
        assert_eq!(body["conf"]["envs"], json!({"A": "1=2"}));
        assert_eq!(body["conf"]["access"], json!({"sshEnable": true}));
        assert_eq!(
            body["conf"]["resourcePool"]["resourcePoolType"],
            "serverless"
        );
    }

    #[test]
    fn what_is_missing_is_named_with_its_option() {
        let error = settings(&["--name", "n", "--cpus", "4"]).unwrap_err();
        assert_eq!(
            error,
            "missing: conf.resourcePool.queueName (--queue), conf.resources.memory (--memory), \
             conf.image.imageType, conf.image.imageUrl (--image), conf.volumnConfs (--disk), \
             creator (--creator), creatorId (--creator-id); `aihc-dev pools` lists the pools for \
             --pool, and `aihc-dev queues` their queues with the free GPUs"
        );
        let error = settings(&["--queue", "q"]).unwrap_err();
        assert!(!error.contains("aihc-dev pools"), "{error}");
    }

    #[test]
    fn a_malformed_assignment_is_not_repeated() {
        let error = settings(&["--set", "hunter2"]).unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
