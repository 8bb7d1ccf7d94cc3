//! Members by name and type.

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(super) name: &'static str,
    pub(super) ty: MemberType,
    pub(super) required: bool,
    pub(super) sensitive: bool,
    /// An update cannot change it.
    pub(super) immutable: bool,
    /// Descriptions have it, and requests do not.
    pub(super) read_only: bool,
}

/// What a member holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MemberType {
    Text,
    /// Of 64 bits, unless it has 32.
    Integer,
    ShortInteger,
    Flag,
    Texts,
    List(&'static MemberType),
    Object(&'static [Member]),
}

impl Member {
    pub(crate) const fn new(name: &'static str, ty: MemberType) -> Self {
        Self {
            name,
            ty,
            required: false,
            sensitive: false,
            immutable: false,
            read_only: false,
        }
    }

    pub(crate) const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    pub(crate) const fn sensitive(self) -> Self {
        Self {
            sensitive: true,
            ..self
        }
    }

    pub(crate) const fn immutable(self) -> Self {
        Self {
            immutable: true,
            ..self
        }
    }

    pub(crate) const fn read_only(self) -> Self {
        Self {
            read_only: true,
            ..self
        }
    }
}
