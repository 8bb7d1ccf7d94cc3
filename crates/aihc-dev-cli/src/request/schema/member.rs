//! The names and the types of members.

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(super) name: &'static str,
    pub(super) ty: MemberType,
    pub(super) required: bool,
    pub(super) sensitive: bool,
    /// Whether an update cannot change the member.
    pub(super) immutable: bool,
    /// Whether descriptions of instances contain the member, but requests do not.
    pub(super) read_only: bool,
}

/// The type of a member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MemberType {
    Text,
    /// An integer of 64 bits; [`ShortInteger`](Self::ShortInteger) has 32 bits.
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
