//! Runs a fault test: prepares the fault, makes the call, and removes the fault.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bce_auth::Credentials;
use bce_http::connect::{Proxy, Resolver, TlsRoots};
use bce_http::rt::ServiceClient;
use bce_http::{ClientBuilder, Error, ErrorKind, RetryBudget, RetryPolicy};
use bce_testing::{ClosedPort, FakeProxy, ProxyMode, TestAuthority, TlsFront};
use tokio::net::TcpListener;

use super::plan::{Certificate, Look, Meaning, Place, ProxyFault, success};
use super::server::{Play, Script, Server};
use super::subject::{Configure, LOOKS};
use super::{
    ATTEMPT_TIMEOUT, CONNECT_TIMEOUT, Came, DEADLINE, MAX_RESPONSE_BYTES, MAX_RETRIES, Manner,
    PROXY_PASSWORD, Run, SECRET_KEY, SHORT_DEADLINE, STALLED_ATTEMPT, TOKEN,
};

/// The state that all fault tests share: a certificate authority that clients trust, and one that
/// they do not.
#[derive(Clone, Debug)]
pub(super) struct Player {
    trusted: Arc<TestAuthority>,
    untrusted: Arc<TestAuthority>,
}

/// A fault that has been prepared for a test. Dropping the value removes the fault.
#[derive(Default)]
struct Scene {
    endpoint: String,
    attempt_timeout: Duration,
    proxy: Option<Proxy>,
    resolver: Resolver,
    server: Option<Server>,
    /// This field and those below are not read. They only keep their values alive during the call.
    _front: Option<TlsFront>,
    _proxy: Option<FakeProxy>,
    _listener: Option<TcpListener>,
    _closed: Option<ClosedPort>,
}

impl Player {
    pub(super) fn new() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self {
            trusted: Arc::new(TestAuthority::new()?),
            untrusted: Arc::new(TestAuthority::new()?),
        })
    }

    /// Runs one fault test, and returns what happened.
    pub(super) async fn play(&self, run: &Run) -> Result<Came, String> {
        let scene = self
            .set_up(run)
            .await
            .map_err(|error| format!("set-up: {error}"))?;
        let configuration = Configuration {
            player: self,
            scene: &scene,
            manner: run.manner,
        };
        let caller = run.subject.caller(configuration);
        let caller = caller.map_err(|error| format!("client: {error}"))?;
        let served = |scene: &Scene| scene.server.as_ref().map_or(0, Server::requests);
        let mut before = 0;
        if matches!(run.fault.place, Place::Pooled) {
            let first = run.subject.call(&caller, DEADLINE).await;
            first.map_err(|error| format!("the call before the fault: {error}"))?;
            before = served(&scene);
        }
        let deadline = match run.manner {
            Manner::ShortDeadline => SHORT_DEADLINE,
            Manner::Always | Manner::Once | Manner::NoRetry => DEADLINE,
        };
        let started = Instant::now();
        let result = run.subject.call(&caller, deadline).await;
        let elapsed = started.elapsed();
        let server = scene.server.as_ref();
        Ok(Came {
            result,
            requests: served(&scene) - before,
            looks: server.map_or(0, Server::looks),
            request_ids: server.map(Server::request_ids).unwrap_or_default(),
            elapsed,
        })
    }

    async fn set_up(&self, run: &Run) -> Result<Scene, Box<dyn std::error::Error + Send + Sync>> {
        let stalls = run.fault.meaning == Meaning::Open(ErrorKind::Timeout)
            || run.looks.contains(&Some(Look::Stalled));
        let attempt_timeout = match stalls {
            true => STALLED_ATTEMPT,
            false => ATTEMPT_TIMEOUT,
        };
        let mut scene = Scene {
            attempt_timeout,
            // This avoids the resolver of the system, which is slow.
            resolver: Resolver::lookup(async |_| Ok([SocketAddr::from(([127, 0, 0, 1], 0))])),
            ..Scene::default()
        };
        match &run.fault.place {
            Place::Refused => scene.endpoint = format!("http://{}", scene.nobody()?),
            Place::Name(kind) => {
                let kind = *kind;
                scene.endpoint = "http://name.invalid".to_owned();
                scene.resolver =
                    Resolver::lookup(
                        move |_| async move { Err::<[SocketAddr; 0], _>(kind.into()) },
                    );
            }
            Place::Wire(play) => {
                let then = match (&run.fault.later, run.manner) {
                    (Some((later, _)), _) => later.clone(),
                    (None, Manner::Once) => success(),
                    (None, _) => play.clone(),
                };
                let looks = run.looks.map(|look| look.map_or_else(success, Look::play));
                let script = Script {
                    first: play.clone(),
                    then,
                    looks: (run.subject.name != LOOKS).then_some((LOOKS, looks)),
                };
                scene.serve(Server::start(script).await?);
            }
            Place::Pooled => {
                // After each complete response, the connection is closed without having been
                // announced as such.
                let Play::WriteAndKeep(answer) = success() else {
                    return Err("the good answer does not keep the connection".into());
                };
                let play = Play::Write(answer);
                scene.serve(Server::start(Script::of(play)).await?);
            }
            Place::Certificate(fault) => {
                let server = Server::start(Script::of(success())).await?;
                let identity = match fault {
                    Certificate::WrongName => self.trusted.issue("elsewhere.example")?,
                    Certificate::Expired => self.trusted.issue_expired("localhost")?,
                    Certificate::Untrusted => self.untrusted.issue("localhost")?,
                };
                let front = TlsFront::start(identity, server.address()).await?;
                scene.endpoint = format!("https://localhost:{}", front.address().port());
                scene.server = Some(server);
                scene._front = Some(front);
            }
            Place::HandshakeStall => {
                // The operating system accepts the connection, but nobody ever responds on it.
                let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
                scene.endpoint = format!("https://localhost:{}", listener.local_addr()?.port());
                scene._listener = Some(listener);
            }
            Place::Proxy(fault) => {
                let proxy = match fault {
                    ProxyFault::Answers(answer) => Some(ProxyMode::Answer(answer)),
                    ProxyFault::Closes => Some(ProxyMode::Close),
                    ProxyFault::Hangs => Some(ProxyMode::Hang),
                    ProxyFault::Dead => None,
                };
                let address = match proxy {
                    Some(mode) => {
                        let proxy = FakeProxy::start(mode).await?;
                        let address = proxy.address();
                        scene._proxy = Some(proxy);
                        address
                    }
                    None => scene.nobody()?,
                };
                let url = format!("http://user:{PROXY_PASSWORD}@{address}");
                scene.proxy = Some(Proxy::url(url)?);
                scene.endpoint = "https://aihc.bj.baidubce.com".to_owned();
            }
        }
        Ok(scene)
    }
}

/// How the client of a fault test is configured.
struct Configuration<'a> {
    player: &'a Player,
    scene: &'a Scene,
    manner: Manner,
}

impl Configure for Configuration<'_> {
    fn build<C: ServiceClient>(self) -> Result<C, Error> {
        let Self {
            player,
            scene,
            manner,
        } = self;
        let pause = Duration::from_millis(5);
        let retry = match manner {
            Manner::NoRetry => RetryPolicy::none(),
            _ => RetryPolicy::exponential()
                .max_retries(MAX_RETRIES)
                .base(pause)
                .max_delay(pause)
                .into(),
        };
        let builder = ClientBuilder::new()
            .endpoint(&scene.endpoint)
            // The STS client calls a name that does not resolve as well.
            .allow_plain_http()
            .retry(retry)
            .retry_budget(RetryBudget::unlimited())
            .attempt_timeout(scene.attempt_timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .max_response_bytes(MAX_RESPONSE_BYTES)
            .tls_roots(TlsRoots::none().extra_root_pem(player.trusted.pem()))
            .resolver(scene.resolver.clone())
            .proxy(scene.proxy.clone().unwrap_or_else(Proxy::none));
        let builder = match Credentials::session("access-key", SECRET_KEY, TOKEN) {
            Ok(credentials) => builder.credentials(credentials),
            // The builder itself reports that there are no credentials.
            Err(_) => builder,
        };
        builder.build()
    }
}

impl Scene {
    /// Returns an address at which no program listens.
    fn nobody(&mut self) -> std::io::Result<SocketAddr> {
        let port = ClosedPort::take()?;
        let address = port.address();
        self._closed = Some(port);
        Ok(address)
    }

    fn serve(&mut self, server: Server) {
        self.endpoint = format!("http://{}", server.address());
        self.server = Some(server);
    }
}
