//! The API as the emitters see it: names are Rust names, types are resolved, and rules are
//! explicit.

mod member;
mod operation;

use std::collections::{BTreeMap, HashSet};

pub(crate) use self::member::{
    Check, Member, Place, Precision, Rule, RuleKind, Sent, SpanUnit, Type, are_arguments,
};
pub(crate) use self::operation::{
    Answer, ListedBy, Listing, Markers, Operation, SettledBy, Settlement, Token, Wait, WholeBody,
};
pub(crate) use super::spec::{BodyKind, IdempotencyClass, ResponseKind};

/// One service with everything that is generated for it.
#[derive(Debug)]
pub(crate) struct Api {
    /// The description that this was read from, for the first line of generated files.
    pub(crate) source: String,
    pub(crate) service: Service,
    pub(crate) operations: Vec<Operation>,
    /// By Rust name.
    pub(crate) objects: BTreeMap<String, Object>,
    /// By Rust name.
    pub(crate) enums: BTreeMap<String, Enum>,
    /// The modules of types and operations; items without a module are at the root.
    pub(crate) modules: Vec<Module>,
    /// The location of items that all types share.
    pub(crate) shared: Home,
    pub(crate) error_codes: Vec<Constant>,
    pub(crate) waiters: Vec<Waiter>,
    /// Parts of the description that are not generated, as messages.
    pub(crate) left_out: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) crate_name: String,
    /// The template for the hosts; empty if `hosts` lists them all.
    pub(crate) endpoint_template: String,
    /// Regions and their hosts, if no template covers them.
    pub(crate) hosts: Vec<(String, String)>,
    pub(crate) default_region: String,
    pub(crate) endpoint_env: String,
    pub(crate) requires_https: bool,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content_type: String,
    pub(crate) envelope: Envelope,
    pub(crate) regions: Vec<Constant>,
}

/// The meaning of the service's responses.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) errors_in_success: bool,
    pub(crate) success_codes: Vec<String>,
    pub(crate) error_codes: Vec<String>,
    /// The throttle codes, unless they are the usual ones.
    pub(crate) throttle_codes: Option<Vec<String>>,
    pub(crate) refusal_codes: Vec<String>,
    pub(crate) sends_request_id: bool,
}

/// A documented constant: a region or an error code.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) docs: Vec<String>,
}

/// A module of types and operations.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
}

/// The location of a type or an operation in the crate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Home {
    Root,
    Module(String),
}

#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) home: Home,
    /// The name of its file.
    pub(crate) module: String,
    pub(crate) docs: Vec<String>,
    /// The fields. If it has `forms`, there is one field for each of them.
    pub(crate) fields: Vec<Member>,
    /// For a value of one of several types: the rule that recognises each, as a variant of `Form`.
    pub(crate) forms: Vec<String>,
    /// Whether requests contain it, so that it has `new` and setters.
    pub(crate) in_request: bool,
    /// Whether responses contain it.
    pub(crate) in_response: bool,
    /// Whether it is the whole response of an operation.
    pub(crate) is_response: bool,
    /// Whether every plain field has a default.
    pub(crate) has_default: bool,
    /// Whether it or a type in it has a rule that is checked before sending.
    pub(crate) has_checks: bool,
    pub(crate) rules: Vec<Rule>,
    pub(crate) also_inside: Vec<String>,
    pub(crate) page: Option<Page>,
}

/// The properties of a response that is a page of a list.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) items: Member,
    /// The number of items on all pages.
    pub(crate) total: Option<Member>,
}

#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) home: Home,
    /// The name of its file.
    pub(crate) module: String,
    pub(crate) docs: Vec<String>,
    pub(crate) integer: bool,
    /// Whether values are compared without regard to case.
    pub(crate) any_case: bool,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The value on the wire as a Rust literal.
    pub(crate) literal: String,
    /// The name for people: `image packing`.
    pub(crate) spoken: String,
    pub(crate) docs: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Waiter {
    pub(crate) constant: String,
    pub(crate) name: String,
    pub(crate) operation: String,
    pub(crate) field: String,
    /// Whether the states are texts rather than numbers.
    pub(crate) is_text: bool,
    /// States as Rust literals.
    pub(crate) success: Vec<String>,
    pub(crate) failure: Vec<String>,
    pub(crate) pending: Vec<String>,
    pub(crate) success_errors: Vec<String>,
    pub(crate) docs: Vec<String>,
}

impl Home {
    /// Returns the path within the crate.
    pub(crate) fn path(&self) -> String {
        match self {
            Home::Root => "crate".to_owned(),
            Home::Module(name) => format!("crate::{name}"),
        }
    }

    /// Returns the folder of its files, below that of the generated code.
    pub(crate) fn folder(&self) -> &str {
        match self {
            Home::Root => "shared",
            Home::Module(name) => name,
        }
    }
}

impl Api {
    /// Returns the location of a type or an operation.
    pub(crate) fn home_of(&self, name: &str) -> &Home {
        let object = self.objects.get(name).map(|it| &it.home);
        let values = || self.enums.get(name).map(|it| &it.home);
        let operation = || {
            let mut operations = self.operations.iter();
            operations.find(|it| it.name == name).map(|it| &it.home)
        };
        let home = object.or_else(values).or_else(operation);
        home.unwrap_or(&self.shared)
    }

    /// Returns whether a value of this type is or contains a secret.
    pub(crate) fn has_secret(&self, ty: &Type) -> bool {
        self.reaches_secret(ty, &|_| true)
    }

    /// Returns whether a value of this type is or contains a secret when it is sent.
    pub(crate) fn sends_secret(&self, ty: &Type) -> bool {
        let is_sent = |field: &Member| field.place == Place::Body;
        self.reaches_secret(ty, &is_sent)
    }

    /// Returns whether values of these members can be hashed; secrets cannot.
    pub(crate) fn can_be_hashed(&self, members: &[Member]) -> bool {
        let hashed = |member: &Member| !self.has_secret(&member.ty) && self.is_eq(&member.ty);
        members.iter().all(hashed)
    }

    /// Returns whether equality of this type is reflexive. It need not be for numbers with
    /// fractions, and JSON texts may differ and mean the same.
    pub(crate) fn is_eq(&self, ty: &Type) -> bool {
        let is_not = |leaf: &Type| matches!(leaf, Type::Double | Type::Json);
        !self.reaches(ty, &is_not, &|_| false, &|_| true, &mut HashSet::new())
    }

    fn reaches_secret(&self, ty: &Type, is_meant: &dyn Fn(&Member) -> bool) -> bool {
        let is_secret = |leaf: &Type| *leaf == Type::Secret;
        let is_hidden = |field: &Member| field.hidden;
        self.reaches(ty, &is_secret, &is_hidden, is_meant, &mut HashSet::new())
    }

    /// Returns whether a value of the type contains a matching leaf or field, through the fields
    /// that `is_meant`. `seen` are the types on the way, since types may contain themselves.
    fn reaches<'a>(
        &'a self,
        ty: &'a Type,
        leaf: &dyn Fn(&Type) -> bool,
        field: &dyn Fn(&Member) -> bool,
        is_meant: &dyn Fn(&Member) -> bool,
        seen: &mut HashSet<&'a str>,
    ) -> bool {
        match ty.leaf() {
            Type::Object(name) if seen.insert(name) => {
                let object = self.objects.get(name);
                // A value of no known form is JSON.
                if object.is_some_and(|it| !it.forms.is_empty()) && leaf(&Type::Json) {
                    return true;
                }
                let fields = object.map(|object| &object.fields);
                let mut fields = fields.into_iter().flatten().filter(|field| is_meant(field));
                fields.any(|it| field(it) || self.reaches(&it.ty, leaf, field, is_meant, seen))
            }
            ty => leaf(ty),
        }
    }

    /// Returns whether values of this type contain a rule that is checked before sending.
    pub(crate) fn has_checks(&self, ty: &Type) -> bool {
        match ty.leaf() {
            // A mask in place of a secret is refused, and so are values that are not numbers.
            Type::Secret | Type::Double => true,
            Type::Object(name) => self
                .objects
                .get(name)
                .is_some_and(|object| object.has_checks),
            _ => false,
        }
    }
}
