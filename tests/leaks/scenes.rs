//! Calls all operations in situations in which they end differently: with success, a refusal, a
//! lost connection, an unreadable response, or without credentials.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aihc_emulator::Emulator;
use bce_auth::encode::uri_encode;
use bce_auth::{
    CachedCredentials, Credentials, CredentialsError, CredentialsErrorKind, CredentialsFuture,
    FnProvider, ProvideCredentials,
};
use bce_http::connect::{Proxy, TlsRoots};
use bce_http::layer::{Transport, TransportConfig};
use bce_http::rt::ServiceClient;
use bce_http::{ClientBuilder, RetryBudget, RetryPolicy};
use bce_sts::{AssumeRoleProvider, SessionTokenProvider};
use bce_testing::{
    ClosedPort, FakeProxy, ManualClock, ProxyMode, RawServer, TestAuthority, TlsFront,
};
use time::macros::datetime;
use tokio::net::TcpListener;

use crate::capture::Capture;
use crate::walk::{OPERATIONS, Walk};
use crate::wire::Wire;
use crate::{MISPLACED, PASSWORD, PROXY_PASSWORD, PROXY_USER, SECRET_KEY, WRONG_KEY};

pub(crate) const ACCESS_KEY: &str = "access-key-id";
/// The number of operations that do not need an existing dev instance: the two operations of STS,
/// the creation of an instance, and the list of instances.
const WITHOUT_INSTANCE: usize = 4;
/// The number of operations for which a response with a request id means success, whatever members
/// its JSON object has.
const WITHOUT_MEMBERS: usize = 5;
const PAUSE: Duration = Duration::from_millis(1);

/// An emulator with a manual clock, and the recorders of the requests and of the output of its
/// clients.
pub(crate) struct Scenes {
    pub(crate) capture: Capture,
    pub(crate) wire: Wire,
    pub(crate) clock: ManualClock,
    pub(crate) emulator: Emulator,
}

/// The endpoint of a client, and how the client connects to it.
struct Way {
    endpoint: String,
    config: TransportConfig,
    attempt_timeout: Duration,
}

impl Way {
    fn to(endpoint: impl Into<String>) -> Self {
        let mut config = TransportConfig::default();
        config.proxy = Proxy::none();
        Self {
            endpoint: endpoint.into(),
            config,
            attempt_timeout: Duration::from_secs(30),
        }
    }

    fn through(endpoint: &str, scheme: &str, proxy: &FakeProxy) -> Self {
        let password = uri_encode(PROXY_PASSWORD);
        let url = format!("{scheme}://{PROXY_USER}:{password}@{}", proxy.address());
        let mut way = Self::to(endpoint);
        way.config.proxy = Proxy::url(url).unwrap();
        way
    }
}

impl Scenes {
    pub(crate) async fn start() -> Self {
        let capture = Capture::start();
        let clock = ManualClock::new(datetime!(2026-08-20 0:00 UTC));
        let now = clock.clone();
        let emulator = Emulator::builder()
            .access_key(ACCESS_KEY, SECRET_KEY)
            .clock(move || now.now());
        capture.debug(&emulator);
        Self {
            wire: Wire::new(&capture),
            emulator: emulator.start().await.unwrap(),
            capture,
            clock,
        }
    }

    pub(crate) async fn play_all(&self) {
        self.play_with_tokens().await;
        self.play_over_tls().await;
        self.play_refusals().await;
        self.play_dead_ends().await;
        Box::pin(self.play_garbage()).await;
        self.play_providers().await;
        self.capture.debug(&self.emulator);
        self.capture.debug(&self.emulator.handle().requests());
        self.capture.debug(&self.emulator.handle().sessions());
    }

    /// Runs all operations successfully, with credentials that STS has issued.
    async fn play_with_tokens(&self) {
        let sts: bce_sts::Client = self.client(&self.here(), self.right_key());
        let session = SessionTokenProvider::new(sts.get_session_token());
        self.capture.debug(&session);
        self.play(self.here(), Arc::new(session), None, OPERATIONS)
            .await;
        let role = AssumeRoleProvider::new(sts.assume_role("account", "role"));
        self.capture.debug(&role);
        self.play(self.here(), Arc::new(role), None, OPERATIONS)
            .await;
    }

    /// Runs all operations successfully, over TLS.
    async fn play_over_tls(&self) {
        let authority = TestAuthority::new().unwrap();
        let address = self.emulator.endpoint().strip_prefix("http://").unwrap();
        let identity = authority.issue("127.0.0.1").unwrap();
        let front = TlsFront::start(identity, address.parse().unwrap());
        let front = front.await.unwrap();
        let mut way = Way::to(format!("https://{}", front.address()));
        way.config.tls_roots = TlsRoots::none().extra_root_pem(authority.pem());
        self.play(way, self.right_key(), None, OPERATIONS).await;
    }

    /// Runs all operations with a wrong key, with invalid ids of instances, and with an expired
    /// token, so that the service or the client refuses them. With invalid ids, the operations that
    /// do not need an existing instance succeed.
    async fn play_refusals(&self) {
        self.play(self.here(), self.wrong_key(), None, 0).await;
        for id in ["dv-99999999", "", "dv-1\r\nx-evil: 1"] {
            let right = self.right_key();
            self.play(self.here(), right, Some(id), WITHOUT_INSTANCE)
                .await;
        }
        let sts: bce_sts::Client = self.client(&self.here(), self.right_key());
        let issued = sts.get_session_token().duration_seconds(60).await.unwrap();
        let expired: Credentials = issued.try_into().unwrap();
        self.clock.advance(time::Duration::minutes(2));
        self.play(self.here(), Arc::new(expired), None, 0).await;
    }

    /// Runs all operations without a response from the service: no connection is established, no
    /// response arrives, or only a proxy responds.
    async fn play_dead_ends(&self) {
        let closed = ClosedPort::take().unwrap();
        let way = Way::to(format!("http://{}", closed.address()));
        self.play(way, self.right_key(), None, 0).await;

        let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let mut way = Way::to(format!("http://{}", silent.local_addr().unwrap()));
        way.attempt_timeout = Duration::from_millis(20);
        self.play(way, self.right_key(), None, 0).await;

        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
        for (endpoint, scheme, mode) in [
            ("https://aihc.example", "http", ProxyMode::Answer(refusal)),
            ("http://aihc.example", "http", ProxyMode::Answer(refusal)),
            ("http://aihc.example", "http", ProxyMode::Close),
            ("https://aihc.example", "socks5", ProxyMode::RefuseSocks(2)),
        ] {
            let proxy = FakeProxy::start(mode).await.unwrap();
            let way = Way::through(endpoint, scheme, &proxy);
            self.play(way, self.right_key(), None, 0).await;
            assert!(!proxy.requests().is_empty(), "{endpoint} through {scheme}");
        }
    }

    /// Runs all operations with responses that most or all of the operations cannot read. Some of
    /// the responses contain secrets.
    async fn play_garbage(&self) {
        let quoted = serde_json::to_string(MISPLACED).unwrap();
        let members = |secret: &str, token: &str, expiration: &str| {
            format!(
                r#"{{"accessKeyId":"id","secretAccessKey":{secret},"sessionToken":{token},"expiration":{expiration}}}"#
            )
        };
        let bodies = [
            (0, "<html>".to_owned()),
            (0, quoted.clone()),
            (0, format!("[{quoted}]")),
            (0, format!(r#"{{"sessionToken":{quoted}"#)),
            (0, members(&quoted, &quoted[..20], "")),
            (
                WITHOUT_MEMBERS,
                members(&format!("[{quoted}]"), &quoted, "null"),
            ),
            (
                WITHOUT_MEMBERS,
                members(&quoted, &format!("{{{quoted}:1}}"), "null"),
            ),
            (WITHOUT_MEMBERS, members(&quoted, "null", "null")),
            (WITHOUT_MEMBERS, members(&quoted, &quoted, &quoted)),
        ];
        let answers = bodies.map(|(expected, body)| {
            let length = body.len();
            let head =
                format!("HTTP/1.1 200 OK\r\nx-bce-request-id: garbage\r\ncontent-length: {length}");
            (expected, format!("{head}\r\n\r\n{body}"))
        });
        // The same responses from a foreign server, whose body the error quotes.
        let foreign = answers
            .clone()
            .map(|(_, answer)| (0, answer.replace("x-bce-request-id", "x-other-id")));
        let broken = [
            (0, "\0\u{7}no HTTP\r\n\r\n".to_owned()),
            (
                0,
                "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{".to_owned(),
            ),
        ];
        for (expected, answer) in answers.into_iter().chain(foreign).chain(broken) {
            let server = RawServer::start(answer.into_bytes()).await.unwrap();
            let way = Way::to(server.url());
            self.play(way, self.right_key(), None, expected).await;
        }
    }

    /// Runs all operations with providers of credentials that fail, or whose credentials the
    /// service refuses. With a provider that panics, only one operation is called.
    async fn play_providers(&self) {
        let failing = FnProvider::new(|| async {
            let kind = CredentialsErrorKind::Unavailable;
            Err(CredentialsError::new(kind, "no answer").with_source("connection refused"))
        });
        let failing = Arc::new(CachedCredentials::new(failing));
        self.capture.debug(&failing);
        self.play(self.here(), failing, None, 0).await;

        let sts: bce_sts::Client = self.client(&self.here(), self.wrong_key());
        let refused = SessionTokenProvider::new(sts.get_session_token());
        self.play(self.here(), Arc::new(refused), None, 0).await;

        self.play_refused_caches().await;

        let panicking = Arc::new(CachedCredentials::new(Panicking(self.right_key())));
        let client: aihc_dev::Client = self.client(&self.here(), panicking.clone());
        self.capture.expect_panics(true);
        let call = client.list_dev_instances().await;
        self.capture.error(call.unwrap_err());
        self.capture.expect_panics(false);
        self.capture.debug(&panicking);
    }

    /// Runs all operations with cached credentials that the service refuses, so that the cache
    /// drops them and requests new ones.
    async fn play_refused_caches(&self) {
        let sts: bce_sts::Client = self.client(&self.here(), self.right_key());
        let issued = sts.get_session_token().duration_seconds(60).await.unwrap();
        // If the expiry is unknown, a cache keeps the token until the service refuses it.
        let token = issued.session_token;
        let expired = Credentials::session(issued.access_key_id, issued.secret_access_key, token);
        let unknown = Credentials::session("unknown-id", WRONG_KEY, MISPLACED);
        self.clock.advance(time::Duration::minutes(2));
        for refused in [expired.unwrap(), unknown.unwrap()] {
            self.wire.know(&refused);
            let asked = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&asked);
            let cached = Arc::new(CachedCredentials::new(FnProvider::new(move || {
                count.fetch_add(1, Ordering::Relaxed);
                std::future::ready(Ok(refused.clone()))
            })));
            self.play(self.here(), cached, None, 0).await;
            assert!(asked.load(Ordering::Relaxed) > 1, "never dropped");
        }
    }

    async fn play(
        &self,
        way: Way,
        credentials: Arc<dyn ProvideCredentials>,
        id: Option<&'static str>,
        expected: usize,
    ) {
        let walk = Walk {
            capture: &self.capture,
            clock: &self.clock,
            aihc: self.client(&way, Arc::clone(&credentials)),
            sts: self.client(&way, Arc::clone(&credentials)),
            id,
            password: PASSWORD,
        };
        let succeeded = walk.all_operations().await;
        assert_eq!(succeeded, expected, "{} with {credentials:?}", way.endpoint);
        self.capture.debug(&credentials);
    }

    /// Returns a client that is built as in an application, except that the recording layer is
    /// around its transport.
    fn client<C: ServiceClient>(&self, way: &Way, credentials: Arc<dyn ProvideCredentials>) -> C {
        let clock = self.clock.clone();
        let builder = ClientBuilder::<C>::new()
            .endpoint(&way.endpoint)
            .allow_plain_http()
            .credentials(credentials)
            .clock(move || clock.now())
            .proxy(way.config.proxy.clone())
            .attempt_timeout(way.attempt_timeout)
            .retry(
                RetryPolicy::exponential()
                    .max_retries(1)
                    .base(PAUSE)
                    .max_delay(PAUSE),
            )
            .retry_budget(RetryBudget::unlimited());
        self.capture.debug(&builder);
        self.capture.debug(&way.config);
        let endpoint = way.endpoint.parse().unwrap();
        let transport = Transport::new(&endpoint, way.config.clone()).unwrap();
        self.capture.debug(&transport);
        let transport = self.wire.around(transport);
        builder.build_with_transport(transport).unwrap()
    }

    fn here(&self) -> Way {
        Way::to(self.emulator.endpoint())
    }

    fn right_key(&self) -> Arc<Credentials> {
        let key = self.emulator.credentials();
        self.wire.know(key);
        Arc::new(key.clone())
    }

    fn wrong_key(&self) -> Arc<Credentials> {
        let key = Credentials::new(ACCESS_KEY, WRONG_KEY).unwrap();
        self.wire.know(&key);
        Arc::new(key)
    }
}

#[derive(Debug)]
struct Panicking(Arc<Credentials>);

impl ProvideCredentials for Panicking {
    fn provide_credentials(&self) -> CredentialsFuture<'_> {
        Box::pin(async { panic!("no credentials for {:?}", self.0) })
    }
}
