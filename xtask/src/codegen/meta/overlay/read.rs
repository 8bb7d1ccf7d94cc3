//! The format of an overlay, a file of corrections of Baidu's API metadata, as Rust types.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::Deref;

use serde_json::Value;

use crate::codegen::spec::read::{Read, Reader};
use crate::codegen::spec::{BodyKind, IdempotencyClass, Position, shape, words};

shape! {
    #[derive(Debug)]
    "an overlay" = pub(super) struct File {
        pub(super) products: BTreeMap<String, Corrections>,
    }
    for readers ["note"]
}

shape! {
    #[derive(Debug)]
    "a product" = pub(super) struct Corrections {
        pub(super) service: BTreeMap<String, Value>,
        pub(super) operations: BTreeMap<String, Correction>,
    }
}

shape! {
    /// The corrections of one operation in Baidu's API metadata.
    #[derive(Debug)]
    "a correction" = pub(in crate::codegen::meta) struct Correction {
        /// The mistake that is corrected, and the evidence for it, for people who read the overlay.
        pub(super) why: String,
        pub(super) leave_out: Option<String>,
        pub(super) method: Option<Word<Method>>,
        pub(super) uri: Option<String>,
        pub(super) const_query: BTreeMap<String, String>,
        pub(super) const_headers: BTreeMap<String, String>,
        pub(super) body_kind: Option<Word<BodyKind>>,
        pub(super) class: Option<Word<IdempotencyClass>>,
        pub(super) token: Option<String>,
        pub(super) response: Option<String>,
        /// The corrections of parameters by name. A member of a parameter is named by its path,
        /// such as `a.b`.
        pub(super) parameters: BTreeMap<String, ParameterCorrection>,
    }
}

shape! {
    #[derive(Debug)]
    "a correction of a parameter" = pub(super) struct ParameterCorrection {
        pub(super) name: Option<String>,
        pub(super) ty as "type": Option<String>,
        pub(super) required: Option<bool>,
        pub(super) position: Option<Word<Position>>,
        pub(super) sensitive: Option<bool>,
        pub(super) desc: Option<String>,
        /// Whether the parameter is missing from the metadata.
        pub(super) add: bool,
        /// Whether the parameter is in the metadata by mistake.
        pub(super) remove: bool,
    }
}

words! {
    #[derive(Clone, Copy, Debug)]
    pub(super) enum Method {
        Get = "GET",
        Head = "HEAD",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
        Options = "OPTIONS",
    }
}

/// A word in an overlay, such as an HTTP method, as it is copied to the API description. `T` is the
/// enum of all allowed words.
#[derive(Debug)]
pub(super) struct Word<T>(String, PhantomData<T>);

impl<T: Read> Read for Word<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        T::read(value, reader)?;
        Some(Self(value.as_str()?.to_owned(), PhantomData))
    }
}

impl<T> Deref for Word<T> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}
