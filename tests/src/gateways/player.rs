//! Runs a gateway test: prepares the gateway and the emulator, makes the call, and cleans up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aihc_dev::Client;
use aihc_emulator::{Delays, Emulator, Fault, FaultRule, Handle};
use bce_http::connect::{Proxy, TlsRoots};
use bce_http::{Error, RetryBudget, RetryPolicy};
use bce_testing::{ClosedPort, TestAuthority, TlsFront};
use tokio::task::JoinSet;
use tokio::time::interval;

use super::expected::Came;
use super::folder::Folder;
use super::gateway::{Places, Running, Target};
use super::row::{Event, Row};
use super::subject::{Ids, Subject};

const MAX_RETRIES: u32 = 2;
/// The number of attempts of a call that is repeated as often as possible.
pub(super) const ATTEMPTS: u32 = MAX_RETRIES + 1;
const PAUSE: Duration = Duration::from_millis(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const DEADLINE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(5);

/// An operation that is called only in order to keep a gateway busy. Tests with [`Event::Busy`] are
/// about other operations.
const BUSY: Subject = Subject::Events;
const BUSY_FOR: Duration = Duration::from_secs(3);

/// The state that all gateway tests share: a certificate authority that clients trust, and one that
/// they do not.
#[derive(Clone, Debug)]
pub(super) struct Player {
    trusted: Arc<TestAuthority>,
    untrusted: Arc<TestAuthority>,
}

/// The servers, the client and the ids that were prepared for a gateway test. Dropping the value
/// stops the servers and removes their files.
struct Scene {
    emulator: Emulator,
    handle: Handle,
    gateway: Running,
    client: Client,
    ids: Ids,
    /// This field and those below are not read. They only keep their values alive during the call.
    _front: Option<TlsFront>,
    _nobody: ClosedPort,
    _folder: Folder,
}

impl Player {
    pub(super) fn new() -> Result<Self, String> {
        let authority = || TestAuthority::new().map_err(|error| format!("certificates: {error}"));
        Ok(Self {
            trusted: Arc::new(authority()?),
            untrusted: Arc::new(authority()?),
        })
    }

    /// Runs one gateway test, and returns what happened.
    pub(super) async fn play(&self, row: &Row) -> Result<Came, String> {
        let mut scene = self.set_up(row).await?;
        if row.event == Event::ListBefore {
            let before = scene.client.list_dev_instances().await;
            before.map_err(|error| format!("the list before: {error}"))?;
        }
        let busy = match row.event {
            Event::Busy => Some(scene.busy().await?),
            _ => None,
        };
        scene.handle.clear_requests();
        if let Some(rule) = row.upstream.rule(row.subject) {
            let injected = scene.handle.inject(rule);
            injected.map_err(|error| format!("fault: {error}"))?;
        }
        let result = match row.event {
            Event::Killed => scene.call_and_kill(row.subject).await,
            _ => row.subject.call(&scene.client, &scene.ids).await,
        };
        drop(busy);
        let came = Came {
            result,
            sent: scene.handle.request_count(row.subject.action()),
            ids: scene.request_ids(row.subject),
            looks: scene.handle.request_count(Subject::Describe.action()),
        };
        scene.emulator.stop().await;
        Ok(came)
    }

    async fn set_up(&self, row: &Row) -> Result<Scene, String> {
        let mut delays = Delays::default();
        if row.deletes_at_once {
            delays.deleting = Duration::ZERO;
        }
        let emulator = Emulator::builder()
            .access_key("gateway-key", "gateway-secret")
            .delays(delays)
            .start()
            .await
            .map_err(|error| error.to_string())?;
        let handle = emulator.handle();
        let upstream = address_of(&emulator)?;
        let direct = self.client(&emulator, emulator.endpoint(), Proxy::none(), row);
        let direct = direct.map_err(|error| error.to_string())?;
        let ids = row.subject.prepare(&handle, &direct).await?;
        let nobody = ClosedPort::take().map_err(|error| error.to_string())?;
        let folder = Folder::new()?;
        let authority = match row.gateway.target {
            Target::Untrusted => &self.untrusted,
            _ => &self.trusted,
        };
        let places = Places {
            folder: &folder,
            upstream,
            nobody: nobody.address(),
        };
        let gateway = row.gateway.start(places, authority).await?;
        let front = match (row.gateway.program.is_proxy(), row.gateway.target) {
            (true, Target::Tls) => Some(self.front(upstream).await?),
            _ => None,
        };
        let called = match (row.gateway.target, &front) {
            (Target::Nobody | Target::NobodyTls, _) => nobody.address(),
            (_, Some(front)) => front.address(),
            _ if row.gateway.program.is_proxy() => upstream,
            _ => gateway.address,
        };
        let scheme = match row.gateway.target.is_tls() {
            true => "https",
            false => "http",
        };
        let endpoint = format!("{scheme}://{called}");
        let client = row
            .gateway
            .proxy(gateway.address)
            .and_then(|proxy| self.client(&emulator, &endpoint, proxy, row))
            .map_err(|error| error.to_string())?;
        Ok(Scene {
            emulator,
            handle,
            gateway,
            client,
            ids,
            _front: front,
            _nobody: nobody,
            _folder: folder,
        })
    }

    async fn front(&self, upstream: SocketAddr) -> Result<TlsFront, String> {
        let started = async {
            let identity = self.trusted.issue("127.0.0.1")?;
            TlsFront::start(identity, upstream).await
        };
        started.await.map_err(|error| format!("TLS: {error}"))
    }

    fn client(
        &self,
        emulator: &Emulator,
        endpoint: &str,
        proxy: Proxy,
        row: &Row,
    ) -> Result<Client, Error> {
        Client::builder()
            .endpoint(endpoint)
            .credentials(emulator.credentials().clone())
            .retry(
                RetryPolicy::exponential()
                    .max_retries(MAX_RETRIES)
                    .base(PAUSE)
                    .max_delay(PAUSE),
            )
            .retry_budget(RetryBudget::unlimited())
            .attempt_timeout(row.attempt_timeout)
            .total_timeout(DEADLINE)
            .connect_timeout(CONNECT_TIMEOUT)
            .tls_roots(TlsRoots::none().extra_root_pem(self.trusted.pem()))
            .proxy(proxy)
            .build()
    }
}

impl Scene {
    /// Begins a call that waits for its response. The call ends when the returned set is dropped.
    async fn busy(&self) -> Result<JoinSet<()>, String> {
        let rule = FaultRule::new(Fault::new().delay(BUSY_FOR)).action(BUSY.action());
        let injected = self.handle.inject(rule);
        injected.map_err(|error| format!("fault: {error}"))?;
        let (client, ids) = (self.client.clone(), self.ids.clone());
        let mut calls = JoinSet::new();
        calls.spawn(async move {
            // It does not matter how this call ends.
            let _ = BUSY.call(&client, &ids).await;
        });
        arrival(&self.handle, BUSY).await;
        Ok(calls)
    }

    /// Returns the ids of the requests for this operation that have reached the emulator.
    fn request_ids(&self, subject: Subject) -> Vec<String> {
        let requests = self.handle.requests();
        let of_subject = requests
            .iter()
            .filter(|request| request.operation == Some(subject.action()));
        of_subject
            .filter_map(|request| request.headers.get("x-bce-request-id")?.to_str().ok())
            .map(str::to_owned)
            .collect()
    }

    async fn call_and_kill(&mut self, subject: Subject) -> Result<(), Error> {
        let call = subject.call(&self.client, &self.ids);
        let kill = async {
            arrival(&self.handle, subject).await;
            self.gateway.daemon.kill();
        };
        // If the request does not arrive, the call ends first, and the row reports that.
        tokio::pin!(call, kill);
        tokio::select! {
            result = &mut call => result,
            () = &mut kill => call.await,
        }
    }
}

/// Waits until a request for this operation has reached the emulator.
async fn arrival(handle: &Handle, subject: Subject) {
    let mut polls = interval(POLL);
    while handle.request_count(subject.action()) == 0 {
        polls.tick().await;
    }
}

fn address_of(emulator: &Emulator) -> Result<SocketAddr, String> {
    let endpoint = emulator.endpoint();
    let address = endpoint.strip_prefix("http://").unwrap_or(endpoint);
    address
        .parse()
        .map_err(|error| format!("{endpoint}: {error}"))
}
