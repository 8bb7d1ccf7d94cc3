//! Settings of an emulator, and its start.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bce_auth::{Clock, Credentials, CredentialsError, SystemClock};
use tokio::net::TcpListener;

use crate::access::{AccessKey, Keys, Principal};
use crate::app::{App, AppSettings, Origin};
use crate::clock::Times;
use crate::control::{self, Control, Hosts};
use crate::delays::{Delays, Pace};
use crate::emulator::Emulator;
use crate::handle::Handle;
use crate::profile::Profile;
use crate::quirk::{Quirk, Quirks};
use crate::random::{Random, Stream};
use crate::scenario::{Scenario, SettingError};
use crate::serve::{Limits, Server};
use crate::state::{Beginning, Resources};

/// The user of the emulator's own credentials.
const USER: &str = "default";

/// Settings of an emulator. Made by [`Emulator::builder`].
#[must_use]
pub struct Builder {
    listen: String,
    control: Option<String>,
    credentials: Option<Result<Credentials, CredentialsError>>,
    more_keys: Vec<AccessKey>,
    time_scale: f64,
    delays: Delays,
    scenario: Scenario,
    profile: Profile,
    quirks: Quirks,
    limits: Limits,
    resources: Resources,
    seed: Option<u64>,
    region: String,
    clock: Arc<dyn Clock>,
}

/// Why an emulator does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address as it was given, unless that is not a host and a port: then it may be a URL with
        /// a password in it, and is not repeated.
        address: String,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The access key cannot be used.
    #[error("invalid credentials: {0}")]
    Credentials(#[from] CredentialsError),
    /// The time scale is not a number above zero.
    #[error("time scale {0} is not a finite number above zero")]
    TimeScale(f64),
    /// A setting of the scenario cannot be used.
    #[error("invalid scenario: {0}")]
    Scenario(#[from] SettingError),
}

impl Emulator {
    /// Returns settings to start from.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Builder {
    fn new() -> Self {
        Self {
            listen: "127.0.0.1:0".into(),
            control: None,
            credentials: None,
            more_keys: vec![],
            time_scale: 1.0,
            delays: Delays::default(),
            scenario: Scenario::default(),
            profile: Profile::default(),
            quirks: Quirks::default(),
            limits: Limits::default(),
            resources: Resources::default(),
            seed: None,
            region: "bj".into(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Address to listen on; the default is `127.0.0.1:0`, a free port of this machine.
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.listen = address.into();
        self
    }

    /// Address for the control interface, for example `127.0.0.1:0`: what a
    /// [`Handle`](crate::Handle) does, as JSON over HTTP. There is none by default. It asks nobody
    /// who they are, so it belongs on an address that others cannot reach.
    pub fn control(mut self, address: impl Into<String>) -> Self {
        self.control = Some(address.into());
        self
    }

    /// Sets the long-term credential that is accepted and may do everything. Generated when nothing
    /// is set.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(Ok(credentials));
        self
    }

    /// As [`credentials`](Self::credentials), from an access key; a key that cannot be used is an
    /// error of [`start`](Self::start).
    pub fn access_key(
        mut self,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
    ) -> Self {
        self.credentials = Some(Credentials::new(
            access_key_id.into(),
            secret_access_key.into(),
        ));
        self
    }

    /// One more long-term access key. May be called several times.
    pub fn add_access_key(mut self, key: AccessKey) -> Self {
        self.more_keys.push(key);
        self
    }

    /// Emulated seconds in a real second; the default is 1. It divides the [`Delays`] and the delay
    /// of timed stops. Time stamps, clock checks and session tokens follow the real clock.
    pub fn time_scale(mut self, scale: f64) -> Self {
        self.time_scale = scale;
        self
    }

    /// Sets how long each step of the emulated service takes.
    pub fn delays(mut self, delays: Delays) -> Self {
        self.delays = delays;
        self
    }

    /// Sets what does not go smoothly; by default everything does.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = scenario;
        self
    }

    /// Sets how literally the documentation is taken.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// A variant of responses that some source shows. May be called several times; there are none by
    /// default.
    pub fn quirk(mut self, quirk: Quirk) -> Self {
        self.quirks.add(quirk);
        self
    }

    /// Sets what the server takes from its clients.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the pools, queues, datasets and models that there are at the beginning.
    pub fn resources(mut self, resources: Resources) -> Self {
        self.resources = resources;
        self
    }

    /// Makes everything that is left to chance repeatable: ids, generated keys, which deployments
    /// fail, which requests a fault hits. Instances that are created in the same order by the same
    /// clock get the same ids.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Region that responses show; the default is `bj`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// Sets the clock that everything follows; a test that turns it needs no waiting.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Listens and serves. Must be called inside a Tokio runtime with I/O and time.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, or if a setting cannot be used.
    pub async fn start(self) -> Result<Emulator, StartError> {
        if !(self.time_scale.is_finite() && self.time_scale > 0.0) {
            return Err(StartError::TimeScale(self.time_scale));
        }
        self.scenario.check()?;
        let mut random = Random::new(self.seed, Stream::Keys);
        let mut generated = || Credentials::new(random.hex32(), random.hex32());
        let credentials = self.credentials.unwrap_or_else(&mut generated)?;
        let mut keys = Keys::default();
        for key in self.more_keys {
            keys.put(key);
        }
        keys.put(AccessKey::new(credentials.clone()).user(USER));
        let (listener, address) = listen(&self.listen).await?;
        let control = match self.control {
            Some(asked) => {
                let (listener, address) = listen(&asked).await?;
                Some((listener, Hosts::new(&asked, address), address))
            }
            None => None,
        };
        let origin = Origin {
            keys,
            beginning: Beginning {
                resources: self.resources,
                owner: Principal::User(USER.into()),
                pace: Pace::new(self.delays, self.scenario, self.time_scale),
                seed: self.seed,
            },
        };
        let settings = AppSettings {
            credentials,
            region: self.region,
            profile: self.profile,
            quirks: self.quirks,
            limits: self.limits.clone(),
        };
        let times = Times::new(self.clock, self.time_scale);
        let app = Arc::new(App::new(settings, origin, times));
        let server = Server::spawn(listener, Arc::clone(&app), self.limits);
        let control = control.map(|(listener, hosts, address)| {
            let control = Arc::new(Control::new(Handle::new(Arc::clone(&app)), hosts));
            let server = Server::spawn(listener, control, control::limits());
            (endpoint(address), server)
        });
        Ok(Emulator::new(app, (endpoint(address), server), control))
    }
}

/// Listens, and tells where.
async fn listen(asked: &str) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = async {
        if !is_address(asked) {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        let listener = TcpListener::bind(asked).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound.await.map_err(|source| StartError::Listen {
        address: shown(asked).to_owned(),
        source,
    })
}

/// Returns whether the text looks like a host and a port, and like nothing else.
fn is_address(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"-_.:[]% ".contains(&b);
    text.rsplit_once(':')
        .is_some_and(|(host, port)| host.bytes().all(legal) && port.parse::<u16>().is_ok())
}

/// Returns an address as it may be shown.
fn shown(address: &str) -> &str {
    match is_address(address) {
        true => address,
        false => "what is not HOST:PORT",
    }
}

fn endpoint(address: SocketAddr) -> String {
    format!("http://{address}")
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("listen", &shown(&self.listen))
            .field("control", &self.control.as_deref().map(shown))
            .field("credentials", &self.credentials)
            .field("more_keys", &self.more_keys)
            .field("time_scale", &self.time_scale)
            .field("delays", &self.delays)
            .field("scenario", &self.scenario)
            .field("profile", &self.profile)
            .field("quirks", &self.quirks)
            .field("limits", &self.limits)
            .field("seed", &self.seed)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
