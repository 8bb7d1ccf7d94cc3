//! Converts types of an API description whose values have one of several types (`one_of`).

use super::resolver::{Resolver, plain_member};
use crate::codegen::api::{Member, Place, Type};
use crate::codegen::{docs, names, spec};

impl<'a> Resolver<'a> {
    /// Converts the alternatives of `ty`, a type whose values have one of several types. Returns a
    /// member for each of these types, and the rules by which a value's type is recognised.
    pub(super) fn forms(
        &mut self,
        wire: &str,
        ty: &'a spec::TypeDef,
        in_request: bool,
    ) -> (Vec<Member>, Vec<String>) {
        let (mut members, mut told) = (Vec::<Member>::new(), Vec::new());
        if !ty.one_of.is_empty() && !ty.fields.is_empty() {
            let problem = "a type has `fields` or `one_of`, not both";
            self.problems.add(wire, problem);
        }
        for form in &ty.one_of {
            let place = format!("{wire}.one_of");
            let held = self.parse_type(&place, &form.ty);
            if members.iter().any(|member| member.ty == held) {
                let problem = format!("`{}` occurs twice", form.ty);
                self.problems.add(&place, problem);
            }
            if matches!(held.leaf(), Type::Double | Type::Json) {
                let problem = format!("`{}` cannot be one of several types", form.ty);
                self.problems.add(&place, problem);
            }
            let given = form.rust.name.as_deref();
            let name = given.map_or_else(|| variant(&held), names::variant);
            let name = match name {
                name if name == "Other" => "OtherModel".to_owned(),
                name => name,
            };
            if members.iter().any(|member| member.name == name) {
                let problem = format!("two types would have the same variant `{name}`");
                self.problems.add(&place, problem);
            }
            let Some(recognised) = recognised(&form.recognise) else {
                let problem = format!(
                    "`recognise` cannot be `{}`; it must be `has a member NAME`, `has no member NAME`, `is an \
                     object`, `is a list`, `is a text`, `is a number` or `is true or false`",
                    docs::code(&form.recognise)
                );
                self.problems.add(&place, problem);
                continue;
            };
            let text = match form.when.as_deref() {
                Some(when) => docs::described(Some(&format!("Used when {when}.")), String::new),
                None => format!("A value of the type `{}`.", form.ty.trim()),
            };
            // A path in the description cannot lead through a form.
            let mut member = plain_member("", &name, held, text);
            if in_request {
                member.place = Place::Body;
            }
            members.push(member);
            told.push(recognised);
        }
        (members, told)
    }

    /// Reports an error if `ty`, the type of a whole response, is a `one_of`: a type whose values
    /// have one of several types.
    pub(super) fn refuse_forms(&mut self, operation: &str, ty: &spec::TypeDef) {
        if !ty.one_of.is_empty() {
            let problem = "a whole response cannot be a `one_of`; use `Json` for any JSON";
            self.problems.add(operation, problem);
        }
    }
}

/// Returns the name of the variant that contains a value of this type.
fn variant(ty: &Type) -> String {
    match ty {
        Type::Object(name) => name.clone(),
        Type::List(inner) => format!("{}List", variant(inner)),
        Type::Map(inner) => format!("{}Map", variant(inner)),
        Type::Int => "Number".to_owned(),
        Type::Bool => "Bool".to_owned(),
        _ => "Text".to_owned(),
    }
}

/// Returns the Rust expression for the variant of `Form` that a rule such as `has a member NAME`
/// means; `None` if the rule is invalid.
fn recognised(rule: &str) -> Option<String> {
    let name = |name: &str| {
        let name = name.trim();
        let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
        is_name.then(|| format!("{name:?}"))
    };
    if let Some(rest) = rule.strip_prefix("has a member ") {
        return Some(format!("With({})", name(rest)?));
    }
    if let Some(rest) = rule.strip_prefix("has no member ") {
        return Some(format!("Without({})", name(rest)?));
    }
    let kind = match rule {
        "is an object" => "Object",
        "is a list" => "List",
        "is a text" => "Text",
        "is a number" => "Number",
        "is true or false" => "Bool",
        _ => return None,
    };
    Some(kind.to_owned())
}
