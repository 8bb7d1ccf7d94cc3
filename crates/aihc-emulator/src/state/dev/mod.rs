//! The emulated dev instances.

mod event;
mod image_pack;
mod index;
mod instance;
mod instances;
mod lifecycle;
mod placement;
mod read_lag;
mod settings;
mod status;

pub(crate) use self::event::Event;
pub(crate) use self::image_pack::ImageTarget;
pub(crate) use self::index::{Filter, Search, Window};
pub(crate) use self::instance::{Instance, NODE_IP};
pub(crate) use self::instances::Instances;
pub(crate) use self::read_lag::Shown;
pub(crate) use self::settings::InstanceSettings;
pub use self::status::{ImagePackJobStatus, InstanceStatus};
