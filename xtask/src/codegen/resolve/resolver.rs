//! Determines the names of all types, and which of the types requests and responses contain.

use std::collections::{BTreeMap, BTreeSet};

use super::homes::Homes;
use super::sense::hint;
use super::type_text::leaf_name;
use super::{FORMAT_TYPES, Problems, enums, rules, settle_members, shapes, unique};
use crate::codegen::api::{Enum, Home, Member, Object, Place, Sent, Type};
use crate::codegen::spec::{self, Position, Spec};
use crate::codegen::{docs, names};

/// Resolves types and members, and records which types are used.
pub(super) struct Resolver<'a> {
    pub(super) spec: &'a Spec,
    pub(super) problems: &'a mut Problems,
    /// The Rust names of types, by their names in the description.
    pub(super) types: BTreeMap<&'a str, String>,
    pub(super) enums: BTreeMap<&'a str, String>,
    pub(super) homes: Homes<'a>,
    in_request: BTreeSet<&'a str>,
    in_response: BTreeSet<&'a str>,
    used_enums: BTreeSet<&'a str>,
    /// The names of the modules that contain a type or an enum. Each type and enum has a module of
    /// its own, so a name that is in this set is taken.
    modules: BTreeSet<String>,
    responses: BTreeSet<String>,
    /// The response types that were created for operations whose response has no type in the
    /// description.
    empty_responses: Vec<Object>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(spec: &'a Spec, homes: Homes<'a>, problems: &'a mut Problems) -> Self {
        let mut resolver = Self {
            spec,
            problems,
            types: BTreeMap::new(),
            enums: BTreeMap::new(),
            homes,
            in_request: BTreeSet::new(),
            in_response: BTreeSet::new(),
            used_enums: BTreeSet::new(),
            modules: BTreeSet::new(),
            responses: BTreeSet::new(),
            empty_responses: Vec::new(),
        };
        resolver.name_types();
        resolver
    }

    /// Gives every type and enum a unique Rust name. The names that the API description sets with
    /// `rust.name` come first.
    fn name_types(&mut self) {
        let spec = self.spec;
        let given = spec
            .types
            .values()
            .filter_map(|ty| ty.rust.name.as_deref())
            .chain(
                spec.enums
                    .values()
                    .filter_map(|values| values.rust.name.as_deref()),
            );
        let given: Vec<String> = given.map(names::type_name).collect();
        self.modules
            .extend(given.iter().map(|name| names::module(name)));
        unique(self.problems, "types and enums", "type", given);
        for (wire, ty) in &spec.types {
            if FORMAT_TYPES.contains(&wire.as_str()) {
                self.problems
                    .add(wire, "this is a built-in type, which cannot be described");
            }
            let name = self.type_name(wire, ty.rust.name.as_deref(), "");
            self.types.insert(wire, name);
        }
        for (wire, values) in &spec.enums {
            let name = self.type_name(wire, values.rust.name.as_deref(), "Enum");
            self.enums.insert(wire, name);
        }
    }

    /// Returns the Rust name of a type: `given`, or else a name derived from `wire`. If the derived
    /// name is taken, adds the suffix; if that is taken as well, a number.
    fn type_name(&mut self, wire: &str, given: Option<&str>, suffix: &str) -> String {
        let plain = names::type_name(given.unwrap_or(wire));
        if plain.is_empty() {
            self.problems.add(
                wire,
                "the name has neither a letter nor a digit; give it a `rust.name`",
            );
        }
        if given.is_some() {
            return plain;
        }
        self.free_type_name([plain.clone()], format!("{plain}{suffix}"))
    }

    /// Returns the first of `names` that no type has; if all are taken, returns `last`, with a
    /// number if that is taken as well.
    fn free_type_name(&mut self, names: impl IntoIterator<Item = String>, last: String) -> String {
        names
            .into_iter()
            .chain(names::numbered_camel(&last))
            .find(|name| self.modules.insert(names::module(name)))
            .unwrap_or_default()
    }

    /// Records that requests contain the type of a member.
    pub(super) fn use_in_request(&mut self, member: &'a spec::Member) {
        self.mark(member, true);
    }

    /// Records the response type of an operation, and returns the Rust name of that type.
    pub(super) fn response(&mut self, operation: &str, home: &Home, wire: Option<&str>) -> String {
        let Some(wire) = wire else {
            let plain = names::type_name(&format!("{operation}Response"));
            let name = self.free_type_name([plain], format!("{operation}EmptyResponse"));
            self.empty_responses.push(empty_response(&name, home));
            return name;
        };
        let Some((wire, ty)) = self.spec.types.get_key_value(wire) else {
            let hint = hint(wire, self.types.keys().copied());
            self.problems.add(
                operation,
                format!("the response type `{wire}` does not exist{hint}"),
            );
            return String::new();
        };
        let name = self.types.get(wire.as_str()).cloned().unwrap_or_default();
        self.refuse_forms(operation, ty);
        self.responses.insert(name.clone());
        if self.in_response.insert(wire) {
            self.mark_inside(ty, false);
        }
        name
    }

    fn mark(&mut self, member: &'a spec::Member, request: bool) {
        let request = request && member.position != Some(Position::Response);
        self.mark_type(&member.ty, request);
    }

    fn mark_inside(&mut self, ty: &'a spec::TypeDef, request: bool) {
        ty.fields.iter().for_each(|field| self.mark(field, request));
        let forms = ty.one_of.iter();
        forms.for_each(|form| self.mark_type(&form.ty, request));
    }

    /// Records that requests contain a type, or, if `request` is `false`, that responses do.
    pub(super) fn mark_type(&mut self, ty: &'a str, request: bool) {
        let leaf = leaf_name(ty);
        let Some((wire, ty)) = self.spec.types.get_key_value(leaf) else {
            return;
        };
        let set = if request {
            &mut self.in_request
        } else {
            &mut self.in_response
        };
        if set.insert(wire) {
            self.mark_inside(ty, request);
        }
    }

    /// Returns whether a type or an enum has this Rust name.
    pub(super) fn is_type_name(&self, name: &str) -> bool {
        self.types
            .values()
            .chain(self.enums.values())
            .any(|taken| taken == name)
    }

    /// Returns the path of an enum for links to it; `None` if there is no such enum.
    pub(super) fn enum_path(&self, wire: &str) -> Option<String> {
        let values = self.spec.enums.get(wire)?;
        let name = self.enums.get(wire)?;
        // An unknown module is reported when the enum itself is resolved.
        let module = values.rust.module.as_deref();
        let home = self.homes.of_type(&mut Problems::default(), wire, module);
        Some(format!("{}::{name}", home.path()))
    }

    /// Records that an enum is used, and returns its Rust name. If there is no such enum, reports
    /// that and returns `None`.
    pub(super) fn use_enum(&mut self, place: &str, wire: &str) -> Option<String> {
        let Some((wire, name)) = self.enums.get_key_value(wire) else {
            let hint = hint(wire, self.enums.keys().copied());
            self.problems
                .add(place, format!("there is no enum `{wire}`{hint}"));
            return None;
        };
        self.used_enums.insert(wire);
        Some(name.clone())
    }

    /// Returns the types and the enums that the operations use.
    pub(super) fn finish(mut self) -> (BTreeMap<String, Object>, BTreeMap<String, Enum>) {
        let mut objects = BTreeMap::new();
        for (wire, ty) in &self.spec.types {
            if self.in_request.contains(wire.as_str()) || self.in_response.contains(wire.as_str()) {
                let object = self.object(wire, ty);
                objects.insert(object.name.clone(), object);
            }
        }
        for object in std::mem::take(&mut self.empty_responses) {
            objects.insert(object.name.clone(), object);
        }
        shapes::settle(&mut objects, self.problems);
        for (wire, ty) in &self.spec.types {
            let name = self.types.get(wire.as_str());
            if let Some(object) = name.and_then(|name| objects.get_mut(name)) {
                object.rules = rules::resolve(self.problems, wire, &ty.rules, &object.fields);
            }
        }
        shapes::settle_checks(&mut objects);
        let mut enums = BTreeMap::new();
        for (wire, values) in &self.spec.enums {
            if self.used_enums.contains(wire.as_str()) {
                let name = self.enums.get(wire.as_str()).cloned().unwrap_or_default();
                let module = values.rust.module.as_deref();
                let home = self.homes.of_type(self.problems, wire, module);
                let resolved = enums::resolve(self.problems, wire, name, home, values);
                enums.insert(resolved.name.clone(), resolved);
            }
        }
        (objects, enums)
    }

    /// Reports an alias that is also the name of another member, since the two members could not be
    /// distinguished.
    fn check_aliases(&mut self, wire: &str, fields: &[Member]) {
        let mut names: BTreeSet<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
        for field in fields {
            for alias in &field.aliases {
                if !names.insert(alias) {
                    self.problems.add(
                        &format!("{wire}.{}", field.wire),
                        format!("the alias `{alias}` is the name of another member"),
                    );
                }
            }
        }
    }

    fn object(&mut self, wire: &'a str, ty: &'a spec::TypeDef) -> Object {
        let in_request = self.in_request.contains(wire);
        let (mut fields, forms) = self.forms(wire, ty, in_request);
        for field in &ty.fields {
            let place = match field.position {
                Some(Position::Response) => Place::Response,
                Some(Position::Body) | None if in_request => Place::Body,
                Some(Position::Body) | None => Place::Response,
                Some(_) => {
                    self.problems.add(
                        &format!("{wire}.{}", field.name),
                        "a field of a type must be in the BODY or in the RESPONSE",
                    );
                    Place::Body
                }
            };
            let mut member = self.member(wire, field, place);
            if member.sent.same_as.is_some() {
                let problem = "`same_as` is only for parameters";
                self.problems
                    .add(&format!("{wire}.{}", field.name), problem);
            }
            if place == Place::Response {
                (member.required, member.demanded, member.argument) = (false, false, false);
                member.checks = Vec::new();
            }
            fields.push(member);
        }
        let name = self.types.get(wire).cloned().unwrap_or_default();
        let module = ty.rust.module.as_deref();
        let home = self.homes.of_type(self.problems, wire, module);
        let names_request = |field: &Member| names::is_request_id(&field.wire);
        if self.responses.contains(&name) && forms.is_empty() && !fields.iter().any(names_request) {
            fields.push(request_id());
        }
        if forms.is_empty() {
            settle_members(self.problems, wire, &mut fields, []);
            self.check_aliases(wire, &fields);
        }
        let desc = docs::described(ty.desc.as_deref(), || format!("The type `{wire}`."));
        let mut docs = vec![desc];
        let rules: Vec<_> = docs::rules(&ty.rules)
            .map(|rule| format!("- {rule}"))
            .collect();
        if !rules.is_empty() {
            docs.push("Rules of the API:".to_owned());
            docs.push(rules.join("\n"));
        }
        docs.extend(docs::note(ty.note.as_deref(), ty.rust.note.as_deref()));
        docs.extend(docs::page(ty.doc_page.as_deref()));
        Object {
            module: names::module_in(home.folder(), &name),
            home,
            is_response: self.responses.contains(&name),
            rules: Vec::new(),
            also_inside: ty.rust.also_inside.clone(),
            page: None,
            has_default: true,
            has_checks: false,
            wire: wire.to_owned(),
            name,
            docs,
            fields,
            forms,
            in_request,
            in_response: self.in_response.contains(wire),
        }
    }
}

/// Returns the member for the request id of a response.
fn request_id() -> Member {
    let text = "Id of the request.".to_owned();
    plain_member("requestId", "request_id", Type::Text, text)
}

/// Returns a member without special rules, for a response.
pub(super) fn plain_member(wire: &str, name: &str, ty: Type, text: String) -> Member {
    Member {
        wire: wire.to_owned(),
        name: name.to_owned(),
        is_text: ty == Type::Text,
        ty,
        place: Place::Response,
        required: false,
        demanded: false,
        argument: false,
        optional: false,
        has_default: true,
        boxed: false,
        must_be_present: false,
        number_too: false,
        list_too: false,
        flag: false,
        default_sent: None,
        default_when_not_positive: false,
        hidden: false,
        aliases: Vec::new(),
        missing_is: None,
        sent: Sent::default(),
        checks: Vec::new(),
        may_be_empty: false,
        span: None,
        known_text: None,
        known_number: None,
        summary: text.clone(),
        docs: vec![text],
    }
}

/// Returns the response type of an operation for which the description has none.
fn empty_response(name: &str, home: &Home) -> Object {
    Object {
        wire: name.to_owned(),
        name: name.to_owned(),
        home: home.clone(),
        module: names::module_in(home.folder(), name),
        docs: vec!["A response that has no members besides the id of the request.".to_owned()],
        fields: vec![request_id()],
        forms: Vec::new(),
        in_request: false,
        in_response: true,
        is_response: true,
        has_default: true,
        has_checks: false,
        rules: Vec::new(),
        also_inside: Vec::new(),
        page: None,
    }
}
