//! Runs the tool as a process, with an emulator.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use aihc_dev::model::{
    Access, Cds, DevInstanceConf, Image, PortInfo, ResourcePool, Resources, VolumeConf, VolumeType,
};
use aihc_emulator::{Builder, Delays, Emulator, Fault, FaultRule, Handle};
use bce_testing::RawServer;
use serde_json::Value;

pub(crate) const ACCESS_KEY: &str = "my-access-key";
pub(crate) const SECRET_KEY: &str = "my-secret-key";

/// The arguments that create a small instance.
pub(crate) const CREATE: [&str; 17] = [
    "create",
    "--name",
    "n",
    "--creator",
    "c",
    "--creator-id",
    "i",
    "--queue",
    "q",
    "--cpus",
    "1",
    "--memory",
    "1",
    "--image",
    "i",
    "--disk",
    "100",
];

/// The result of running the tool.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts that the exit code is 0.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// Asserts that the exit code is `code`, which is not 0.
    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Asserts that standard error contains `text`.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in {self:#?}");
        self
    }

    /// Returns standard output as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Returns standard output, in which each line is a JSON document.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        self.stdout.lines().map(parse).collect()
    }
}

const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// Returns a command that runs the tool without the environment of the tests. Its home directory
/// does not exist.
pub(crate) fn bare() -> Command {
    let mut command = heeding_signals(env!("CARGO_BIN_EXE_aihc-dev"));
    command.env_clear().env(HOME, "/nonexistent");
    // Without this variable, sockets do not work on Windows.
    command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
    // No test reaches a real service: nobody listens there, and loopback is never proxied.
    command.env("HTTPS_PROXY", "http://127.0.0.1:1");
    command.stdin(Stdio::null());
    command
}

/// Returns a command that runs a program; on Linux, with the default handling of signals.
/// Otherwise, the program would inherit ignored signals if the tests run under `nohup` or in the
/// background.
fn heeding_signals(program: &str) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    let mut command = Command::new("/usr/bin/env");
    command.args(["--default-signal=INT,HUP,TERM", program]);
    command
}

/// Runs the tool without the environment of the tests.
pub(crate) fn run_bare(arguments: &[&str]) -> Run {
    Run::of(bare().args(arguments).output().unwrap())
}

/// An emulator in which delays pass 200 times as fast as in real time, unless it is configured
/// otherwise.
pub(crate) struct Lab {
    emulator: Emulator,
}

impl Lab {
    pub(crate) async fn new() -> Self {
        Self::with(200.0, Delays::default()).await
    }

    /// Starts an emulator in which instances remain queued for an hour.
    pub(crate) async fn with_a_full_queue() -> Self {
        let mut delays = Delays::default();
        delays.creating = std::time::Duration::ZERO;
        delays.queued = std::time::Duration::from_secs(3600);
        Self::with(1.0, delays).await
    }

    pub(crate) async fn with(time_scale: f64, delays: Delays) -> Self {
        Self::started(Emulator::builder().time_scale(time_scale).delays(delays)).await
    }

    /// Starts an emulator with these initial resources.
    pub(crate) async fn with_resources(resources: Value) -> Self {
        let resources = aihc_emulator::Resources::from_json(&resources.to_string()).unwrap();
        let emulator = Emulator::builder().time_scale(200.0);
        Self::started(emulator.resources(resources)).await
    }

    /// Starts an emulator with this configuration, and with the access key of the tests.
    pub(crate) async fn started(emulator: Builder) -> Self {
        let emulator = emulator.access_key(ACCESS_KEY, SECRET_KEY);
        Self {
            emulator: emulator.start().await.unwrap(),
        }
    }

    /// Makes the emulator refuse all further requests for an operation, without carrying them out.
    pub(crate) fn refuse(&self, operation: &str, status: u16, code: &str, message: &str) {
        let fault = Fault::new().status(status).code(code).message(message);
        let rule = FaultRule::new(fault).action(operation).always();
        self.handle().inject(rule).unwrap();
    }

    pub(crate) fn handle(&self) -> Handle {
        self.emulator.handle()
    }

    pub(crate) fn endpoint(&self) -> &str {
        self.emulator.endpoint()
    }

    /// Returns the number of requests for an operation that the emulator has received.
    pub(crate) fn count(&self, operation: &str) -> u64 {
        self.handle().request_count(operation)
    }

    /// Returns a command that runs the tool, with credentials and the endpoint of the emulator in
    /// its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare();
        command
            .env("BCE_ACCESS_KEY_ID", ACCESS_KEY)
            .env("BCE_SECRET_ACCESS_KEY", SECRET_KEY)
            .env("AIHC_ENDPOINT", self.endpoint())
            .env("BCE_STS_ENDPOINT", self.endpoint())
            .args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// Runs the tool with additional environment variables.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        Run::of(command.envs(variables.iter().copied()).output().unwrap())
    }

    /// Runs the tool with `input` on standard input.
    pub(crate) fn run_fed(&self, input: &str, arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The tool may end without reading its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Run::of(child.wait_with_output().unwrap())
    }

    pub(crate) fn client(&self) -> aihc_dev::Client {
        aihc_dev::Client::builder()
            .endpoint(self.endpoint())
            .credentials(self.emulator.credentials().clone())
            .build()
            .unwrap()
    }

    /// Returns a client of pools, queues, datasets, jobs and services.
    pub(crate) fn aihc(&self) -> aihc::Client {
        aihc::Client::builder()
            .endpoint(self.endpoint())
            .credentials(self.emulator.credentials().clone())
            .build()
            .unwrap()
    }

    /// Creates an instance. Returns its id.
    pub(crate) async fn create(&self, name: &str) -> String {
        let create = self
            .client()
            .create_dev_instance()
            .name(name)
            .conf(configuration())
            .creator("张三")
            .creator_id("u-1");
        create.await.unwrap().dev_instance_id
    }

    /// Creates an instance, and waits until it runs. Returns its id.
    pub(crate) async fn running(&self, name: &str) -> String {
        let id = self.create(name).await;
        let pause = std::time::Duration::from_millis(5);
        let client = self.client();
        let wait = client.wait_until_running(&id).poll_interval(pause);
        wait.await.unwrap();
        id
    }

    /// Returns the code of the state of an instance in the emulator.
    pub(crate) fn status(&self, id: &str) -> i64 {
        let instances = self.handle().instances();
        instances
            .iter()
            .find(|instance| instance.id == id)
            .unwrap()
            .status
            .code()
    }
}

/// Returns the configuration of the instances that `Lab::create` creates.
fn configuration() -> DevInstanceConf {
    let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
    let ssh = Access::new()
        .ssh_enable(true)
        .ssh_rsa_pub_key("ssh-rsa AAAA")
        .blb_id("lb-1")
        .port_info([PortInfo::new("dev_ssh", 22, 30022)]);
    DevInstanceConf::new()
        .resource_pool(ResourcePool::new("default").resource_pool_id("cce-1"))
        .resources(Resources::new(4, 8))
        .image(Image::new(0, "registry.example.com/team/image:v1"))
        .volume_confs([disk])
        .access(ssh)
        .envs([("TOKEN", "hunter2")])
}

/// Returns a response after which the server closes the connection.
pub(crate) fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

/// Starts a server that gives this response to each request.
pub(crate) async fn always(status: &str, body: &str) -> RawServer {
    RawServer::start(response(status, body).into_bytes())
        .await
        .unwrap()
}

/// A directory for one test. It is removed when this value is dropped.
pub(crate) struct Directory(std::path::PathBuf);

impl Directory {
    pub(crate) fn new(name: &str) -> Self {
        let unique = format!(
            "aihc-dev-{name}-{}-{}",
            std::process::id(),
            fastrand::u64(..)
        );
        let path = std::env::temp_dir().join(unique);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file in the directory. Returns its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
