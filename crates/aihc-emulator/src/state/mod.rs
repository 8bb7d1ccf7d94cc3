//! Everything that the emulator remembers.
//!
//! Nothing here has a clock or a task: whoever looks says what time it is, and every move that
//! was due by then is taken first.

mod client_token;
mod event;
mod history;
mod image_pack;
mod index;
mod instance;
mod instances;
mod lifecycle;
mod placement;
mod read_lag;
mod session;
mod settings;
mod status;

pub(crate) use self::client_token::{ClientTokenKey, ClientTokens};
pub(crate) use self::event::Event;
pub(crate) use self::image_pack::ImageTarget;
pub(crate) use self::index::{Filter, Search, Window};
pub(crate) use self::instance::{Instance, NODE_IP};
pub(crate) use self::instances::Instances;
pub(crate) use self::read_lag::Shown;
pub(crate) use self::session::{Grant, Session, Sessions};
pub(crate) use self::settings::InstanceSettings;
pub use self::status::{ImagePackJobStatus, InstanceStatus};
use crate::delays::Pace;
use crate::random::{Random, Stream};

/// How many dev instances, or moves of them, are dealt with at one go: whoever else waits has its turn
/// after them.
pub(crate) const CHUNK: usize = 1000;

/// Everything that the emulator remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) instances: Instances,
    pub(crate) sessions: Sessions,
    pub(crate) client_tokens: ClientTokens,
}

impl State {
    pub(crate) fn new(pace: Pace, seed: Option<u64>) -> Self {
        Self {
            instances: Instances::new(pace, seed),
            sessions: Sessions::new(Random::new(seed, Stream::Sessions)),
            client_tokens: ClientTokens::default(),
        }
    }
}
