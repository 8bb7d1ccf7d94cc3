//! `create`

use std::path::PathBuf;
use std::time::Duration;

use aihc_dev::operation::CreateDevInstance;
use aihc_dev::{Client, DevInstanceSettings};
use clap::Args;
use clap_complete::ArgValueCandidates;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::existing::Refused;
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

/// For the look at what became of a creation that failed.
const LOOK_LIMIT: Duration = Duration::from_secs(10);

/// What finds a pool and a queue.
fn places() -> String {
    tr!(
        "`aihc-dev pools` lists the pools for --pool, and `aihc-dev queues` their queues with the \
         free GPUs"
    )
}

/// Create an instance, from options, from a file, or from a file with options on top.
#[derive(Args)]
#[command(after_help = "\
Pool and queue are required: `aihc-dev pools` lists the pools, and `aihc-dev queues` their queues \
with the free GPUs.

Examples:
  aihc-dev pools                                 # the ID is what --pool takes
  aihc-dev queues --pool cce-i8zab7dh            # the QUEUE is what --queue takes
  aihc-dev create --name first --creator me --creator-id u-1 --pool cce-i8zab7dh --queue default \\
      --cpus 4 --memory 8 --image registry.example.com/team/image:v1 --disk 100
  aihc-dev create --file instance.yaml --wait
  aihc-dev create --file instance.yaml --name second --cpus 8 --dry-run

A file holds the members of the API's CreateDevInstance, as JSON or YAML:
  name: first
  creator: me
  creatorId: u-1
  conf:
    resourcePool: {resourcePoolId: cce-i8zab7dh, queueName: default}
    resources: {cpus: 4, memory: 8}
    image: {imageType: 0, imageUrl: 'registry.example.com/team/image:v1'}
    volumnConfs: [{volumnType: cds, mountPath: /.rootfs, cds: {capacity: 100}}]

Where the API has text, the text is what is written: 0123 and 1.10 stay as they are, with and
without quotes. Numbers are whole and in plain digits. null, ~ and nothing at all stand for no
value. A description that `aihc-dev show --output yaml` has written makes another such instance: what
only the service sets is left out, and secrets, which are *** there, are to be filled in.

What is said more than once counts in this order:
   1  options, --set among them
   2  the file
   3  AIHC_CREATOR, AIHC_CREATOR_ID
   4  the context (`aihc-dev context`): pool, queue, creator and creator id. A queue counts only in
      the pool of the context, and a context only for its region and profile")]
pub(crate) struct Create {
    /// JSON or YAML with members of CreateDevInstance; `-` is standard input.
    #[arg(long, short, value_name = "PATH")]
    file: Option<PathBuf>,
    #[command(flatten)]
    members: MemberOptions,
    /// Token that makes a repeated creation the same one; unverified for dev instances.
    #[arg(long, value_name = "TOKEN", value_parser = not_empty)]
    client_token: Option<String>,
    /// Show the request, and send nothing.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
    #[command(flatten)]
    wait: WaitOptions,
}

/// What instances differ in.
#[derive(Args)]
pub(super) struct MemberOptions {
    /// Name: letters, Chinese, digits and - _ / . from a letter to a letter or digit, at most 256.
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
    /// Size of the cloud disk at /.rootfs, in GB.
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

/// How a creation is sent.
pub(super) struct Sending<'a> {
    pub(super) client_token: Option<&'a str>,
    pub(super) dry_run: bool,
    pub(super) wait: &'a WaitOptions,
}

impl Sending<'_> {
    /// Creates the instance, waits if that is wanted, and writes the result.
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
        let client = context.client()?;
        let (name, since) = (settings.name.clone(), OffsetDateTime::now_utc());
        let place = settings.conf.resource_pool.clone();
        let created = match self.call(&client, settings).await {
            Err(error) if error.may_have_been_applied() => {
                tell_what_is_there(&client, &name, since).await;
                return Err(error.into());
            }
            Err(error) => {
                let Some(refused) = Refused::of(&error, &place) else {
                    return Err(error.into());
                };
                // Told first, so that nothing hides it.
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

/// Puts what a file says into the body of a creation.
pub(super) fn fill_from(body: &mut Value, file: InstanceFile, old: Old<'_>) -> Result<(), Failure> {
    let filled = Schema::of_create().fill(body, file.members, old);
    filled.map_err(|wrong| wrong.in_file(&file.name))
}

/// The settings that a body stands for, if it has all that a creation needs.
pub(super) fn complete(mut body: Value) -> Result<DevInstanceSettings, Failure> {
    if has_accelerators_of_no_type(&body) {
        return Err(Failure::usage(text!(
            "accelerators of no type: name it with --accelerator, or as conf.resources.acceleratorType; \
             `aihc-dev queues` lists the types"
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
    /// Puts the options on top of a body, `--set` last.
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

/// After an answer that was lost: what is listed under this name by now.
pub(super) async fn tell_what_is_there(client: &Client, name: &str, since: OffsetDateTime) {
    let found = tokio::time::timeout(LOOK_LIMIT, client.find_created(name, since)).await;
    let Ok(Ok(found)) = found else {
        return;
    };
    for instance in &found {
        let id = one_line(&instance.id);
        note(&tr!(
            "an instance of this name has come up: {id}; `aihc-dev wait {id}` waits until it runs",
            id = id
        ));
    }
    if found.is_empty() {
        note(&tr!(
            "no instance of this name is listed yet; it may still come up"
        ));
    }
}

/// Sets the size of the cloud disk that is there, or adds one.
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

/// Whether the body does not say which queue to run in.
fn has_no_queue(body: &Value) -> bool {
    matches!(&body["conf"]["resourcePool"]["queueName"], Value::Null)
}

/// The two sides of `a=b`.
pub(super) fn assigned<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        // Without the text: it may be a secret in the wrong place.
        _ => Err(Failure::usage(text!(
            "{option} takes NAME=VALUE",
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

/// What the API documents of names when one is given.
fn name_of_instance(text: &str) -> Result<String, String> {
    let is_letter = |c: char| c.is_ascii_alphabetic() || ('\u{3400}'..='\u{9fff}').contains(&c);
    let is_inner = |c: char| is_letter(c) || c.is_ascii_digit() || "-_/.".contains(c);
    let begins = text.starts_with(is_letter);
    let ends = text.ends_with(|c: char| is_letter(c) || c.is_ascii_digit());
    match begins && ends && text.chars().all(is_inner) && text.chars().count() <= 256 {
        true => Ok(text.to_owned()),
        false => Err(tr!(
            "a name has letters, Chinese, digits and - _ / . from a letter to a letter or digit, and at \
             most 256 of them"
        )),
    }
}

/// Whether there are to be accelerators, and nothing says which.
fn has_accelerators_of_no_type(body: &Value) -> bool {
    let resources = &body["conf"]["resources"];
    let count = resources["acceleratorCount"].as_i64().unwrap_or_default();
    count > 0
        && resources["acceleratorType"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
}

/// A member that is missing, with the option that sets it.
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
