//! The model of an API from which Rust code is generated: names are Rust names, types are resolved,
//! and rules are explicit.

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

/// A service, with everything from which its client crate is generated.
#[derive(Debug)]
pub(crate) struct Api {
    /// The name of the API description, which the first line of generated files contains.
    pub(crate) source: String,
    pub(crate) service: Service,
    pub(crate) operations: Vec<Operation>,
    /// The object types, by Rust name.
    pub(crate) objects: BTreeMap<String, Object>,
    /// The enums, by Rust name.
    pub(crate) enums: BTreeMap<String, Enum>,
    /// The modules of types and operations. Items that belong to no module are at the root.
    pub(crate) modules: Vec<Module>,
    /// The location of the types that all enums share, such as the type of unknown values.
    pub(crate) shared: Home,
    pub(crate) error_codes: Vec<Constant>,
    pub(crate) waiters: Vec<Waiter>,
    /// Messages about the parts of the API description for which nothing is generated.
    pub(crate) left_out: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) crate_name: String,
    /// The template for the host of a region, such as `aihc.{region}.baidubce.com`; empty if
    /// `hosts` contains all hosts.
    pub(crate) endpoint_template: String,
    /// The regions and their hosts; empty if `endpoint_template` determines all hosts.
    pub(crate) hosts: Vec<(String, String)>,
    pub(crate) default_region: String,
    pub(crate) endpoint_env: String,
    pub(crate) requires_https: bool,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content_type: String,
    pub(crate) envelope: Envelope,
    pub(crate) regions: Vec<Constant>,
}

/// How the service's responses are to be interpreted.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) errors_in_success: bool,
    pub(crate) success_codes: Vec<String>,
    pub(crate) error_codes: Vec<String>,
    /// The error codes that mean a throttled request; `None` if the API description does not list
    /// them.
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
    /// The name of the module that contains the type.
    pub(crate) module: String,
    pub(crate) docs: Vec<String>,
    /// The fields. If a value may have one of several types, there is a field for each of these
    /// types.
    pub(crate) fields: Vec<Member>,
    /// If a value may have one of several types, the rules by which its type is recognised, as Rust
    /// expressions of the type `Form`; empty otherwise.
    pub(crate) forms: Vec<String>,
    /// Whether requests contain the type, which then has `new` and setters.
    pub(crate) in_request: bool,
    /// Whether responses contain the type.
    pub(crate) in_response: bool,
    /// Whether the type is the whole response of an operation.
    pub(crate) is_response: bool,
    /// Whether the type has a default value, because all fields that are not optional have one.
    pub(crate) has_default: bool,
    /// Whether the type, or a type inside it, has a rule that is checked before anything is sent.
    pub(crate) has_checks: bool,
    pub(crate) rules: Vec<Rule>,
    pub(crate) also_inside: Vec<String>,
    pub(crate) page: Option<Page>,
}

/// The properties of a response that is a page of a list.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) items: Member,
    /// The member that contains the number of items on all pages; `None` if there is none.
    pub(crate) total: Option<Member>,
}

#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) home: Home,
    /// The name of the module that contains the enum.
    pub(crate) module: String,
    pub(crate) docs: Vec<String>,
    pub(crate) integer: bool,
    /// Whether values that differ only in upper and lower case are the same.
    pub(crate) any_case: bool,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The value that is sent, as a Rust literal.
    pub(crate) literal: String,
    /// The human-readable name, such as `image packing`.
    pub(crate) spoken: String,
    pub(crate) docs: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Waiter {
    pub(crate) constant: String,
    pub(crate) name: String,
    pub(crate) operation: String,
    pub(crate) field: String,
    /// Whether the states for which a method waits are strings rather than numbers.
    pub(crate) is_text: bool,
    /// The states that end a wait successfully, as Rust literals.
    pub(crate) success: Vec<String>,
    pub(crate) failure: Vec<String>,
    pub(crate) pending: Vec<String>,
    pub(crate) success_errors: Vec<String>,
    pub(crate) docs: Vec<String>,
}

impl Home {
    /// Returns the path of the location within the crate.
    pub(crate) fn path(&self) -> String {
        match self {
            Home::Root => "crate".to_owned(),
            Home::Module(name) => format!("crate::{name}"),
        }
    }

    /// Returns the name of the folder that contains the files of this location, relative to the
    /// folder of the generated code.
    pub(crate) fn folder(&self) -> &str {
        match self {
            Home::Root => "shared",
            Home::Module(name) => name,
        }
    }
}

impl Api {
    /// Returns the location of a type or an operation. A name that is unknown is taken for that of
    /// a type that all enums share.
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

    /// Returns whether a value of this type is a secret or contains one.
    pub(crate) fn has_secret(&self, ty: &Type) -> bool {
        self.reaches_secret(ty, &|_| true)
    }

    /// Returns whether sending a value of this type sends a secret: the value is one, or contains
    /// one in a field that requests include.
    pub(crate) fn sends_secret(&self, ty: &Type) -> bool {
        let is_sent = |field: &Member| field.place == Place::Body;
        self.reaches_secret(ty, &is_sent)
    }

    /// Returns whether the values of all these members can be hashed. Secrets cannot, nor can
    /// values without [`Eq`]; see [`is_eq`](Self::is_eq).
    pub(crate) fn can_be_hashed(&self, members: &[Member]) -> bool {
        let hashed = |member: &Member| !self.has_secret(&member.ty) && self.is_eq(&member.ty);
        members.iter().all(hashed)
    }

    /// Returns whether a type can implement `Eq`. Numbers with fractions cannot, because of NaN.
    /// JSON values cannot, because two of them may be written differently and mean the same.
    pub(crate) fn is_eq(&self, ty: &Type) -> bool {
        let is_not = |leaf: &Type| matches!(leaf, Type::Double | Type::Json);
        !self.reaches(ty, &is_not, &|_| false, &|_| true, &mut HashSet::new())
    }

    fn reaches_secret(&self, ty: &Type, is_meant: &dyn Fn(&Member) -> bool) -> bool {
        let is_secret = |leaf: &Type| *leaf == Type::Secret;
        let is_hidden = |field: &Member| field.hidden;
        self.reaches(ty, &is_secret, &is_hidden, is_meant, &mut HashSet::new())
    }

    /// Returns whether a value of this type contains a type for which `leaf` returns `true`, or a
    /// field for which `field` does. Only fields for which `is_meant` returns `true` are followed.
    /// `seen` contains the types that have been visited, since types may contain themselves.
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
                // A value that has none of the known forms is kept as JSON.
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

    /// Returns whether values of this type have a rule that is checked before anything is sent.
    pub(crate) fn has_checks(&self, ty: &Type) -> bool {
        match ty.leaf() {
            // A mask in place of a secret is refused, and so are numbers that are NaN or infinite.
            Type::Secret | Type::Double => true,
            Type::Object(name) => self
                .objects
                .get(name)
                .is_some_and(|object| object.has_checks),
            _ => false,
        }
    }
}
