//! The builder of clients, with the same settings for every service.

mod connection;
mod environment;
mod plain_http;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bce_auth::{Clock, Credentials, ProvideCredentials, SigningOptions, SystemClock};
use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceExt as _;
use tower_layer::Layer;
use tower_service::Service;

use crate::client::{Client, ServiceClient, constant_headers, user_agent};
use crate::endpoint::{Endpoint, Shown};
use crate::error::{BoxError, Error};
use crate::layer::stack::{self, Stack, StackConfig};
use crate::layer::{AttemptService, CallService, Retry, Sign, SkewedClock, UserLayers};
use crate::message::{Body, Reply};
use crate::retry::{RetryBudget, RetryPolicy};
use crate::transport::{Transport, TransportConfig};

/// A builder for the client of a service.
///
/// | setting | default |
/// |---|---|
/// | endpoint, region | the default region of the service, over https |
/// | credentials | none; must be set |
/// | signing | the defaults of [`SigningOptions`] for headers, expiry (1800 s) and time stamp |
/// | total timeout | 20 minutes for the whole call |
/// | attempt timeout | 30 seconds for one attempt, from fetching the credentials to the last byte of the response. A longer limit for the call does not prolong its attempts |
/// | connect timeout | 5 seconds for TCP, proxy and TLS together, divided among the addresses of a host name |
/// | proxy | as configured in the environment; see [`Proxy`](crate::connect::Proxy) |
/// | trusted certificates | those of the platform; see [`TlsRoots`](crate::connect::TlsRoots) |
/// | host names | resolved by the system; see [`Resolver`](crate::connect::Resolver) |
/// | pool idle timeout | 30 seconds |
/// | TCP keep-alive, TCP user timeout | 10 seconds, 20 seconds |
/// | maximum size of a response | 16 MiB |
/// | retry policy | 3 retries, pauses up to 20 s, base 300 ms; see [`retry`](crate::retry) |
/// | retry budget | one budget per client |
/// | clock skew | corrected according to the `Date` header of the service's responses |
/// | concurrent requests | unlimited |
/// | user agent | `bce-sdk-rust/VERSION`, crate, compiler and platform |
///
/// Clients that were built separately share no connections. They share a retry budget only if the
/// program passes the same one to both.
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder<C> {
    endpoint: Option<Result<Endpoint, Error>>,
    region: Option<String>,
    plain_http: bool,
    credentials: Option<Arc<dyn ProvideCredentials>>,
    signing: SigningOptions,
    clock: Arc<dyn Clock>,
    user_agent: Option<String>,
    total_timeout: Duration,
    attempt_timeout: Duration,
    retry: RetryPolicy,
    budget: RetryBudget,
    correct_clock: bool,
    max_in_flight: Option<usize>,
    layers: UserLayers,
    transport: TransportConfig,
    client: PhantomData<fn() -> C>,
}

impl<C: ServiceClient> ClientBuilder<C> {
    /// Returns a builder with the defaults.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::ClientBuilder;
    ///
    /// # fn example<Client: bce_http::rt::ServiceClient>() -> Result<(), bce_http::Error> {
    /// let client = ClientBuilder::<Client>::new().region("bj").build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn new() -> Self {
        Self {
            endpoint: None,
            region: None,
            plain_http: false,
            credentials: None,
            signing: SigningOptions::default(),
            clock: Arc::new(SystemClock),
            user_agent: None,
            total_timeout: Duration::from_secs(20 * 60),
            attempt_timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
            budget: RetryBudget::new(),
            correct_clock: true,
            max_in_flight: None,
            layers: UserLayers::default(),
            transport: TransportConfig::default(),
            client: PhantomData,
        }
    }

    /// Sets the address of the service: `host` or `host:port`, optionally preceded by `https://` or
    /// `http://`. Takes precedence over a region.
    ///
    /// An unusable address makes [`build`](Self::build) fail. So does an empty one: it usually
    /// comes from a script that found no value, and must not lead to the service of the default
    /// region. Neither the error nor `Debug` quotes a refused address.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.endpoint("http://127.0.0.1:7070");
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        let endpoint = endpoint.into();
        self.endpoint = Some(if endpoint.trim().is_empty() {
            Err(Error::config(
                "the endpoint is empty: leave it out to use the endpoint of the region, or set it \
                 to a host",
            ))
        } else {
            endpoint.parse()
        });
        self
    }

    /// Sets the region whose endpoint is used, such as `bj`; an empty string means the default
    /// region. Has no effect if an [`endpoint`](Self::endpoint) is set, or for a service that has
    /// the same endpoint in all regions.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.region("gz");
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn region(mut self, region: impl AsRef<str>) -> Self {
        self.region = Some(region.as_ref().to_owned()).filter(|region| !region.is_empty());
        self
    }

    /// Allows plain http for a service whose responses carry secrets, such as STS. Without this
    /// permission, an endpoint with `http://` is refused, because anyone on the network path could
    /// read the responses.
    ///
    /// An endpoint on the local machine needs no permission, unless requests to it go through a
    /// proxy on another machine. An `https://` endpoint never needs it, because a proxy only sees
    /// encrypted data.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.endpoint("http://sts.example.com").allow_plain_http();
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Sets the credentials, or a provider of credentials.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_auth::Credentials;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(
    /// #     builder: bce_http::ClientBuilder<C>,
    /// # ) -> Result<(), bce_auth::CredentialsError> {
    /// let builder = builder.credentials(Credentials::new("my-access-key-id", "my-secret")?);
    /// # let _ = builder;
    /// # Ok(())
    /// # }
    /// ```
    pub fn credentials(mut self, credentials: impl ProvideCredentials) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// Sets the options of signatures: the signed headers, the validity period and the time stamp.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_auth::SigningOptions;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.signing(SigningOptions::default().expire_seconds(300));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn signing(mut self, options: SigningOptions) -> Self {
        self.signing = options;
        self
    }

    /// Sets the clock from which signatures get their time stamp.
    ///
    /// # Examples
    ///
    /// ```
    /// use time::macros::datetime;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.clock(|| datetime!(2026-01-01 0:00 UTC));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the complete User-Agent header.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.user_agent("my-tool/1.0");
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sets the time limit of a whole call, including retries.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.total_timeout(Duration::from_secs(60));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Sets the time limit of one attempt: fetching credentials, connecting, sending the request
    /// and reading the whole response.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.attempt_timeout(Duration::from_secs(10));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets how often a call is retried, and after which delays. Whether it may be retried at all
    /// depends on the operation; see [`retry`](crate::retry).
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::RetryPolicy;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.retry(RetryPolicy::exponential().max_retries(5));
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn retry(mut self, policy: impl Into<RetryPolicy>) -> Self {
        self.retry = policy.into();
        self
    }

    /// Sets the budget that limits retries: one that is shared between clients, or
    /// [`RetryBudget::unlimited`].
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::RetryBudget;
    ///
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.retry_budget(RetryBudget::unlimited());
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Sets whether signatures follow the service's clock if the local clock is wrong by minutes.
    /// The default is `true`.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.correct_clock_skew(false);
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn correct_clock_skew(mut self, correct: bool) -> Self {
        self.correct_clock = correct;
        self
    }

    /// Limits the number of concurrent requests; 0 counts as 1. A request beyond this limit waits
    /// until another one has ended, but not beyond the deadline of its call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<C: bce_http::rt::ServiceClient>(builder: bce_http::ClientBuilder<C>) {
    /// let builder = builder.max_in_flight(64);
    /// # let _ = builder;
    /// # }
    /// ```
    pub fn max_in_flight(mut self, max: usize) -> Self {
        self.max_in_flight = Some(max);
        self
    }

    /// Adds a layer around whole calls, inside the deadline and outside the retries. The first
    /// layer added is the outermost.
    ///
    /// A layer that moves the request to another task, such as `tower::buffer` or one that calls
    /// `tokio::spawn`, may continue after the call has ended. It may then send the request although
    /// [`may_have_been_applied`](Error::may_have_been_applied) returns `false` for the error of the
    /// call, as if nothing had been sent.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<CallService> + Send + Sync + 'static,
        L::Service: Service<Request<Body>, Response = Reply> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        self.layers
            .call
            .push(Box::new(move |inner| CallService::new(layer.layer(inner))));
        self
    }

    /// Adds a layer around each attempt. It runs before the request is signed, so the signature
    /// covers the headers that the layer adds. The first layer added is the outermost.
    ///
    /// A layer that moves the request to another task may continue after the attempt and its call
    /// have ended. It may then send the request although the error of the call states that nothing
    /// was sent: see [`layer`](Self::layer).
    pub fn attempt_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<AttemptService> + Send + Sync + 'static,
        L::Service:
            Service<Request<Body>, Response = Response<Bytes>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        self.layers.attempt.push(Box::new(move |inner| {
            AttemptService::new(layer.layer(inner))
        }));
        self
    }

    /// Builds the client. This needs no runtime and sends nothing.
    ///
    /// # Errors
    ///
    /// If a setting is missing or wrong: [`ErrorKind::Config`](crate::ErrorKind::Config), with a
    /// message that names the setting.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example<C: bce_http::rt::ServiceClient>(
    /// #     builder: bce_http::ClientBuilder<C>,
    /// # ) -> Result<(), bce_http::Error> {
    /// let client = builder.region("bj").build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn build(mut self) -> Result<C, Error> {
        let endpoint = self.resolve_endpoint()?;
        self.check_secrecy(&endpoint, Some(&self.transport.proxy))?;
        let transport = Transport::new(&endpoint, self.transport.clone())?;
        self.assemble(endpoint, false, |config| {
            stack::over_network(config, transport)
        })
    }

    /// Builds the client with a custom transport, which replaces only the connections at the bottom
    /// of the stack. The transport receives signed requests, exactly as they are to be sent. The
    /// settings of connections, from [`connect_timeout`](Self::connect_timeout) to
    /// [`max_response_bytes`](Self::max_response_bytes), then have no effect. The client does not
    /// know whether the transport uses a proxy: with a service whose responses carry secrets, such
    /// as STS, make sure that no proxy on another machine can read them.
    ///
    /// # Errors
    ///
    /// If a setting is missing or wrong: [`ErrorKind::Config`](crate::ErrorKind::Config), with a
    /// message that names the setting.
    pub fn build_with_transport<S, B>(mut self, transport: S) -> Result<C, Error>
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
        B: Into<Bytes> + 'static,
    {
        let endpoint = self.resolve_endpoint()?;
        self.check_secrecy(&endpoint, None)?;
        let transport = transport.map_response(into_bytes::<B>);
        self.assemble(endpoint, true, |config| stack::compose(config, transport))
    }

    fn resolve_endpoint(&mut self) -> Result<Endpoint, Error> {
        self.endpoint.take().unwrap_or_else(|| {
            let region = self.region.as_deref().unwrap_or(C::SERVICE.default_region);
            C::SERVICE.endpoint(region)
        })
    }

    /// Builds the client. `stack` combines the layers and the transport; `foreign` is `true` if the
    /// application provides the transport.
    fn assemble(
        self,
        endpoint: Endpoint,
        foreign: bool,
        stack: impl FnOnce(StackConfig) -> Stack,
    ) -> Result<C, Error> {
        let credentials = self.credentials.ok_or_else(|| {
            Error::config("no credentials: set them with credentials(), or start with from_env()")
        })?;
        let user_agent = self
            .user_agent
            .unwrap_or_else(|| user_agent::default_for(C::SERVICE));
        let headers = constant_headers(C::SERVICE, &user_agent)?;
        // Layers around calls must see requests with all headers; without such layers, the headers
        // are added when an attempt begins.
        let (of_calls, of_attempts) = match self.layers.call.is_empty() {
            true => (None, Some(headers)),
            false => (Some(headers), None),
        };
        let clock = SkewedClock::new(self.clock);
        let config = StackConfig {
            sign: Sign::with(
                Arc::clone(&credentials),
                self.signing,
                Arc::new(clock.clone()),
            ),
            total_timeout: self.total_timeout,
            attempt_timeout: self.attempt_timeout,
            retry: Retry::new(self.retry)
                .budget(self.budget)
                .clock(clock.clone())
                .credentials(credentials)
                .headers(of_attempts),
            max_in_flight: self.max_in_flight,
            envelope: C::SERVICE.envelope,
            foreign_transport: foreign,
            corrected_clock: self.correct_clock.then(|| clock.clone()),
            layers: self.layers,
        };
        Ok(C::from_http(Client::new(
            stack(config),
            endpoint,
            of_calls,
            clock,
        )))
    }
}

fn into_bytes<B: Into<Bytes>>(response: Response<B>) -> Response<Bytes> {
    response.map(Into::into)
}

/// Returns a client for tests: `service` is its transport and responds to the requests, its
/// credentials are made up, and its endpoint is that of the default region.
///
/// # Errors
///
/// If [`ClientBuilder::build_with_transport`] fails.
pub fn from_service<C, S, B>(service: S) -> Result<C, Error>
where
    C: ServiceClient,
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: Into<Bytes> + 'static,
{
    let credentials = Credentials::new("test-access-key", "test-secret-key")
        .map_err(|cause| Error::config("no credentials").with_cause(cause))?;
    ClientBuilder::new()
        .credentials(credentials)
        .build_with_transport(service)
}

impl<C: ServiceClient> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region.as_deref().map(Shown))
            .field("plain_http", &self.plain_http)
            .field("credentials", &self.credentials)
            .field("signing", &self.signing)
            .field("user_agent", &self.user_agent)
            .field("total_timeout", &self.total_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("retry", &self.retry)
            .field("retry_budget", &self.budget)
            .field("correct_clock_skew", &self.correct_clock)
            .field("max_in_flight", &self.max_in_flight)
            .field("layers", &self.layers)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
