//! The API as the emitters see it: names are Rust's, types are resolved, rules are spelled out.

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
    /// The modules that hold types and operations; what is in none of them stands at the root.
    pub(crate) modules: Vec<Module>,
    /// Where stands what all types share.
    pub(crate) shared: Home,
    pub(crate) error_codes: Vec<Constant>,
    pub(crate) waiters: Vec<Waiter>,
    /// What of the description has no place in the generated code, for people.
    pub(crate) left_out: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) crate_name: String,
    /// Empty, if `hosts` has them all.
    pub(crate) endpoint_template: String,
    /// Regions and their hosts, where no template makes them.
    pub(crate) hosts: Vec<(String, String)>,
    pub(crate) default_region: String,
    pub(crate) endpoint_env: String,
    pub(crate) requires_https: bool,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content_type: String,
    pub(crate) envelope: Envelope,
    pub(crate) regions: Vec<Constant>,
}

/// What the answers of the service mean.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) errors_in_success: bool,
    pub(crate) success_codes: Vec<String>,
    pub(crate) error_codes: Vec<String>,
    /// Nothing, if they are the usual ones.
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

/// Where a type or an operation stands in the crate.
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
    /// Its file.
    pub(crate) module: String,
    pub(crate) docs: Vec<String>,
    /// Where it has `forms`, one stands for each of them.
    pub(crate) fields: Vec<Member>,
    /// A value is one of these: what tells each from the others, as a variant of `Form`.
    pub(crate) forms: Vec<String>,
    /// Requests hold it: it has `new` and setters.
    pub(crate) in_request: bool,
    /// Responses hold it.
    pub(crate) in_response: bool,
    /// It is the whole response of an operation.
    pub(crate) is_response: bool,
    /// Every plain field has a default.
    pub(crate) has_default: bool,
    /// It or something in it has a rule that is checked before sending.
    pub(crate) has_checks: bool,
    pub(crate) rules: Vec<Rule>,
    pub(crate) also_inside: Vec<String>,
    pub(crate) page: Option<Page>,
}

/// What a response is that is the page of a list.
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
    /// Its file.
    pub(crate) module: String,
    pub(crate) docs: Vec<String>,
    pub(crate) integer: bool,
    /// Values are told from each other without regard to case.
    pub(crate) any_case: bool,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The value on the wire as a Rust literal.
    pub(crate) literal: String,
    /// For people: `image packing`.
    pub(crate) spoken: String,
    pub(crate) docs: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Waiter {
    pub(crate) constant: String,
    pub(crate) name: String,
    pub(crate) operation: String,
    pub(crate) field: String,
    /// The states are texts and no numbers.
    pub(crate) is_text: bool,
    /// States as Rust literals.
    pub(crate) success: Vec<String>,
    pub(crate) failure: Vec<String>,
    pub(crate) pending: Vec<String>,
    pub(crate) success_errors: Vec<String>,
    pub(crate) docs: Vec<String>,
}

impl Home {
    /// Its path within the crate.
    pub(crate) fn path(&self) -> String {
        match self {
            Home::Root => "crate".to_owned(),
            Home::Module(name) => format!("crate::{name}"),
        }
    }

    /// The folder of its files, below that of the generated code.
    pub(crate) fn folder(&self) -> &str {
        match self {
            Home::Root => "shared",
            Home::Module(name) => name,
        }
    }
}

impl Api {
    /// Where a type or an operation stands.
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

    /// Whether a value of this type is or holds a secret.
    pub(crate) fn has_secret(&self, ty: &Type) -> bool {
        self.reaches_secret(ty, &|_| true)
    }

    /// Whether a value of this type is or holds a secret when it is sent.
    pub(crate) fn sends_secret(&self, ty: &Type) -> bool {
        let is_sent = |field: &Member| field.place == Place::Body;
        self.reaches_secret(ty, &is_sent)
    }

    /// Whether values of these members can be hashed; secrets cannot.
    pub(crate) fn can_be_hashed(&self, members: &[Member]) -> bool {
        let hashed = |member: &Member| !self.has_secret(&member.ty) && self.is_eq(&member.ty);
        members.iter().all(hashed)
    }

    /// Whether a value of this type is always equal to itself. A number with a fraction need not be, and
    /// two texts of JSON may differ and mean the same.
    pub(crate) fn is_eq(&self, ty: &Type) -> bool {
        let is_not = |leaf: &Type| matches!(leaf, Type::Double | Type::Json);
        !self.reaches(ty, &is_not, &|_| false, &|_| true, &mut HashSet::new())
    }

    fn reaches_secret(&self, ty: &Type, is_meant: &dyn Fn(&Member) -> bool) -> bool {
        let is_secret = |leaf: &Type| *leaf == Type::Secret;
        let is_hidden = |field: &Member| field.hidden;
        self.reaches(ty, &is_secret, &is_hidden, is_meant, &mut HashSet::new())
    }

    /// Whether a value of the type holds one of the leaves or fields that are looked for, through the fields
    /// that `is_meant`. `seen`: the types on the way, since types may contain themselves.
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
                // What is of no known form is JSON.
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

    /// Whether values of this type have something that is checked before sending.
    pub(crate) fn has_checks(&self, ty: &Type) -> bool {
        match ty.leaf() {
            // The mask in its place is refused, and what is no number.
            Type::Secret | Type::Double => true,
            Type::Object(name) => self
                .objects
                .get(name)
                .is_some_and(|object| object.has_checks),
            _ => false,
        }
    }
}
