//! Clients that are configured by the command-line options and environment variables.

mod dry_run;
mod origin;
mod writes;

use std::ffi::OsString;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use bce_auth::{CredentialsErrorKind, EnvironmentProvider, Profile, ProfileProvider};
use bce_http::connect::{Proxy, TlsRoots};
use bce_http::layer::{Transport, TransportConfig};
use bce_http::rt::ServiceClient;
use bce_http::{Body, ClientBuilder, Endpoint, RetryPolicy};
use bytes::Bytes;
use http::{Request, Response};
use tower::Service;

use self::dry_run::{DryRun, HeldRequests};
pub(crate) use self::origin::{NO_CONTEXT, Provider};
use self::writes::Writes;
use crate::contract::Recorder;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::GlobalOptions;
use crate::output::{Output, note};

/// The time limit of a call. It is shorter than the default of the clients, because somebody may be
/// waiting at a terminal.
const CALL_LIMIT: Duration = Duration::from_secs(90);
const WAIT_LIMIT: Duration = Duration::from_secs(30 * 60);

/// The settings and the shared data of a command.
pub(crate) struct Context {
    pub(crate) options: GlobalOptions,
    pub(crate) output: Output,
    pub(crate) writes: Writes,
    /// Whether the command may make changes at the service.
    pub(crate) changes: bool,
    /// Set once it has been checked whether the profile in use sets an endpoint, which is ignored:
    /// the user is told at most once.
    noted: OnceLock<()>,
    /// The TLS roots. They are read only once, because `--ca-file` may name a pipe.
    roots: OnceLock<TlsRoots>,
}

impl Context {
    pub(crate) fn new(options: GlobalOptions, changes: bool) -> Self {
        Self {
            output: Output::new(options.output.clone()),
            writes: Writes::default(),
            changes,
            noted: OnceLock::new(),
            roots: OnceLock::new(),
            options,
        }
    }

    /// Returns the time limit of a call.
    pub(crate) fn call_limit(&self) -> Duration {
        self.options.timeout.unwrap_or(CALL_LIMIT)
    }

    /// Returns the time limit of a command that waits, for example until an instance runs.
    pub(crate) fn wait_limit(&self) -> Duration {
        self.options.timeout.unwrap_or(WAIT_LIMIT)
    }

    /// Returns a client of the dev instance service.
    pub(crate) fn client(&self) -> Result<aihc_dev::Client, Failure> {
        Ok(self.builder::<aihc_dev::Client>()?.build()?)
    }

    /// Returns a client of pools, queues, datasets, jobs and services. Its endpoint is that of
    /// [`client`](Self::client).
    pub(crate) fn aihc_client(&self) -> Result<aihc::Client, Failure> {
        Ok(self.builder::<aihc::Client>()?.build()?)
    }

    /// Returns a client for dry runs, which sends only requests that read, and a record of the
    /// requests that it does not send.
    pub(crate) fn dry_run_client<C: ServiceClient>(&self) -> Result<(C, HeldRequests), Failure> {
        let endpoint = self.client()?.endpoint().clone();
        let dry_run = DryRun::new(self.transport(&endpoint)?);
        let held = dry_run.held();
        // A change that is held back must not be recorded as sent.
        let builder = self.noting_builder::<C>(Writes::default())?;
        Ok((builder.build_with_transport(dry_run)?, held))
    }

    /// Returns a client that compares the responses with the API description.
    pub(crate) fn observed_client<C: ServiceClient>(
        &self,
        recorder: &Recorder,
    ) -> Result<C, Failure> {
        let builder = self.builder::<C>()?.attempt_layer(recorder.clone());
        builder.build().map_err(for_people)
    }

    /// Returns a client that sends requests with the given transport, and compares the responses
    /// with the API description.
    pub(crate) fn observed_over<C, S>(
        &self,
        recorder: &Recorder,
        transport: S,
    ) -> Result<C, Failure>
    where
        C: ServiceClient,
        S: Service<Request<Body>, Response = Response<Bytes>, Error = aihc_dev::Error>,
        S: Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        let builder = self.builder::<C>()?.attempt_layer(recorder.clone());
        Ok(builder.build_with_transport(transport)?)
    }

    /// Returns a transport for this endpoint, with the proxy and the TLS roots that the clients
    /// use.
    pub(crate) fn transport(&self, endpoint: &Endpoint) -> Result<Transport, Failure> {
        let mut config = TransportConfig::default();
        config.proxy = self.proxy()?;
        config.tls_roots = self.roots()?;
        Ok(Transport::new(endpoint, config)?)
    }

    /// Returns a client of STS. An endpoint that is set with an option is used for STS as well,
    /// because the emulator has one endpoint for all services.
    pub(crate) fn sts_client(&self) -> Result<bce_sts::Client, Failure> {
        let builder = self.builder::<bce_sts::Client>()?;
        builder.build().map_err(for_people)
    }

    /// Returns the proxy through which requests are sent.
    pub(crate) fn proxy(&self) -> Result<Proxy, Failure> {
        Ok(match self.options.proxy.as_deref() {
            None => Proxy::from_env(),
            Some("none") => Proxy::none(),
            Some(url) => Proxy::url(url)?,
        })
    }

    /// Returns the roots with which server certificates are verified.
    fn roots(&self) -> Result<TlsRoots, Failure> {
        if let Some(roots) = self.roots.get() {
            return Ok(roots.clone());
        }
        let roots = match &self.options.ca_file {
            None => TlsRoots::platform(),
            Some(path) => with_roots_of(Path::new(path))
                .map_err(|what| Failure::usage(format!("--ca-file {}: {what}", path.display())))?,
        };
        Ok(self.roots.get_or_init(|| roots).clone())
    }

    fn builder<C: ServiceClient>(&self) -> Result<ClientBuilder<C>, Failure> {
        self.noting_builder(self.writes.clone())
    }

    /// Returns a builder for a client that is configured by the command-line options and
    /// environment variables. The client records in `writes` the changes that it sends.
    fn noting_builder<C: ServiceClient>(
        &self,
        writes: Writes,
    ) -> Result<ClientBuilder<C>, Failure> {
        let options = &self.options;
        if let Some(name) = &options.profile {
            // An error here is only about the profile, and is more useful than a later one.
            ProfileProvider::new().name(name).load()?;
        }
        let variable = C::SERVICE.endpoint_env;
        let elsewhere = self.endpoint_of_environment(variable);
        if elsewhere.as_ref().is_some_and(|value| value.is_empty()) {
            return Err(Failure::usage(text!(
                "{variable} is empty: unset it, or name the endpoint",
                variable = variable
            )));
        }
        let mut builder = ClientBuilder::from_lookup(|name| match name == variable {
            true => elsewhere.clone(),
            false => self.variable(name),
        })?;
        if let Some(region) = &options.region {
            builder = builder.region(region);
        }
        if let Some(endpoint) = &options.endpoint {
            builder = builder.endpoint(endpoint);
        } else if elsewhere.is_none() {
            self.note_unused_endpoint();
        }
        let retry = match options.retries {
            0 => RetryPolicy::none(),
            n => RetryPolicy::exponential().max_retries(n).into(),
        };
        Ok(builder
            .total_timeout(self.call_limit())
            .retry(retry)
            .proxy(self.proxy()?)
            .tls_roots(self.roots()?)
            .attempt_layer(writes))
    }

    /// Returns the endpoint in an environment variable; `None` if the variable is not set, or if an
    /// option takes precedence. `--endpoint` takes precedence over every variable. `--region` takes
    /// precedence over `AIHC_ENDPOINT`, unless `AIHC_ENDPOINT` contains a loopback address:
    /// requests meant for an emulator must not reach a real account.
    fn endpoint_of_environment(&self, variable: &str) -> Option<OsString> {
        let region = self.options.region.is_some() && variable == "AIHC_ENDPOINT";
        let here = |endpoint: String| endpoint.parse().is_ok_and(|it: Endpoint| it.is_loopback());
        let region = region && !std::env::var(variable).is_ok_and(here);
        match region || self.options.endpoint.is_some() {
            true => None,
            false => std::env::var_os(variable),
        }
    }

    /// Returns an environment variable; `None` if it is not set.
    ///
    /// If `--profile` is set, its value is returned for `BCE_PROFILE`. In this case, all other
    /// variables except for `HOME`, `USERPROFILE` and `BCE_REGION` count as not set, since they may
    /// contain the credentials of another account.
    fn variable(&self, name: &str) -> Option<OsString> {
        match (&self.options.profile, name) {
            (Some(profile), "BCE_PROFILE") => Some(profile.into()),
            (None, _) | (_, "HOME" | "USERPROFILE" | "BCE_REGION") => std::env::var_os(name),
            _ => None,
        }
    }

    /// If the profile in use sets an endpoint, tells the user that this endpoint is ignored. Prints
    /// the message at most once, and only if the output format is human-readable.
    fn note_unused_endpoint(&self) {
        if !self.output.is_for_people() || self.noted.set(()).is_err() {
            return;
        }
        let profile = self
            .profile()
            .filter(|profile| profile.endpoint().is_some());
        if let Some(profile) = profile {
            note(&tr!(
                "the endpoint in profile {name} is not used, because it applies to every service; \
                 use --endpoint or AIHC_ENDPOINT for dev instances",
                name = profile.name()
            ));
        }
    }

    /// Returns the profile that provides the credentials; `None` if they come from elsewhere, or if
    /// the profile cannot be read.
    fn profile(&self) -> Option<Profile> {
        if let Some(name) = &self.options.profile {
            return ProfileProvider::new().name(name).load().ok();
        }
        match EnvironmentProvider::new().load() {
            Err(error) if error.kind() == CredentialsErrorKind::NotFound => {
                ProfileProvider::new().load().ok()
            }
            _ => None,
        }
    }
}

/// Removes from an error the advice that concerns only callers of the library.
fn for_people(error: aihc_dev::Error) -> Failure {
    let text = error.to_string();
    match text.strip_suffix(", or call allow_plain_http()") {
        Some(text) => Failure::usage(text),
        None => error.into(),
    }
}

/// Returns the root certificates of the system together with those in the PEM file at `path`.
fn with_roots_of(path: &Path) -> Result<TlsRoots, String> {
    if path.as_os_str().is_empty() {
        return Err(tr!("is empty; leave the option out, or unset AIHC_CA_FILE"));
    }
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    // Parsed here, so that the error names this file; only an endpoint with TLS would parse it
    // later.
    let mut alone = TransportConfig::default();
    alone.tls_roots = TlsRoots::none().extra_root_pem(pem.clone());
    let somewhere: Result<Endpoint, _> = "https://localhost".parse();
    let checked = somewhere.and_then(|somewhere| Transport::new(&somewhere, alone));
    checked.map_err(|error| error.to_string())?;
    Ok(TlsRoots::platform().extra_root_pem(pem))
}
