//! Operations on dev instances.

mod disk;
pub(super) mod event;
pub(super) mod image_pack;
pub(super) mod instance;
pub(super) mod lifecycle;
pub(super) mod list;
pub(crate) mod view;
