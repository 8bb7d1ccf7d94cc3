//! Clients, as the options and the environment say.

use std::ffi::OsString;
use std::time::Duration;

use bce_auth::ProfileProvider;
use bce_http::connect::Proxy;
use bce_http::{ClientBuilder, Endpoint, RetryPolicy, ServiceClient, Transport, TransportConfig};

use crate::dry_run::{DryRun, Held};
use crate::failure::Failure;
use crate::interrupt::Writes;
use crate::options::GlobalOptions;
use crate::output::Output;

/// Nobody at a terminal waits as long as a library may.
const CALL_LIMIT: Duration = Duration::from_secs(90);
const WAIT_LIMIT: Duration = Duration::from_secs(30 * 60);

/// What a command works with.
pub(crate) struct Context {
    pub(crate) options: GlobalOptions,
    pub(crate) output: Output,
    pub(crate) writes: Writes,
}

impl Context {
    pub(crate) fn new(options: GlobalOptions) -> Self {
        Self {
            output: Output::new(options.output),
            writes: Writes::default(),
            options,
        }
    }

    /// The limit of a wait.
    pub(crate) fn wait_limit(&self) -> Duration {
        self.options.timeout.unwrap_or(WAIT_LIMIT)
    }

    /// A client of the dev machine service.
    pub(crate) fn client(&self) -> Result<aihc_dev::Client, Failure> {
        Ok(self.dev_builder()?.build()?)
    }

    /// A client that reads but holds back every change.
    pub(crate) fn dry_run_client(&self) -> Result<(aihc_dev::Client, Held), Failure> {
        let endpoint = self.client()?.endpoint().clone();
        let dry_run = DryRun::new(self.transport(&endpoint)?);
        let held = dry_run.held();
        let client = self.dev_builder()?.build_with_transport(dry_run)?;
        Ok((client, held))
    }

    /// What the clients send their requests over.
    pub(crate) fn transport(&self, endpoint: &Endpoint) -> Result<Transport, Failure> {
        let mut config = TransportConfig::default();
        config.proxy = self.proxy()?;
        Ok(Transport::new(endpoint, config)?)
    }

    /// A client of STS. An endpoint that is given as an option answers for both services, as the
    /// emulator does.
    pub(crate) fn sts_client(&self) -> Result<bce_sts::Client, Failure> {
        Ok(self.builder::<bce_sts::Client>()?.build()?)
    }

    /// Which proxy requests go through.
    pub(crate) fn proxy(&self) -> Result<Proxy, Failure> {
        Ok(match self.options.proxy.as_deref() {
            None => Proxy::from_env(),
            Some("none") => Proxy::none(),
            Some(url) => Proxy::url(url)?,
        })
    }

    fn dev_builder(&self) -> Result<ClientBuilder<aihc_dev::Client>, Failure> {
        let builder = self.builder::<aihc_dev::Client>()?;
        Ok(match (&self.options.region, &self.options.endpoint) {
            (Some(region), None) => builder.region(region),
            _ => builder,
        })
    }

    fn builder<C: ServiceClient>(&self) -> Result<ClientBuilder<C>, Failure> {
        let options = &self.options;
        let mut builder = match &options.profile {
            None => ClientBuilder::from_lookup(|variable| self.variable(variable))?,
            Some(name) => {
                // Says at once, and of the profile alone, what is wrong with it.
                ProfileProvider::new().name(name).load()?;
                ClientBuilder::from_lookup(|variable| self.with_profile(name, variable))?
            }
        };
        if let Some(endpoint) = &options.endpoint {
            builder = builder.endpoint(endpoint);
        }
        let retry = match options.retries {
            0 => RetryPolicy::none(),
            n => RetryPolicy::back_off(n, Duration::from_secs(20), Duration::from_millis(300)),
        };
        Ok(builder
            .total_timeout(options.timeout.unwrap_or(CALL_LIMIT))
            .retry(retry)
            .proxy(self.proxy()?)
            .attempt_layer(self.writes.clone()))
    }

    /// The environment, as far as the options leave it its say.
    fn variable(&self, name: &str) -> Option<OsString> {
        match name {
            // A region that is asked for wins over an endpoint of the environment.
            "AIHC_ENDPOINT" if self.options.region.is_some() => None,
            _ => std::env::var_os(name),
        }
    }

    /// The environment with this profile, and without other credentials.
    fn with_profile(&self, name: &str, variable: &str) -> Option<OsString> {
        match variable {
            "BCE_PROFILE" => Some(name.into()),
            "HOME" | "USERPROFILE" | "AIHC_ENDPOINT" | "BCE_STS_ENDPOINT" | "BCE_REGION" => {
                self.variable(variable)
            }
            _ => None,
        }
    }
}
