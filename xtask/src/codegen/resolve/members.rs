//! Converts parameters and fields of an API description: their types, rules and documentation.

use serde_json::Value;

use super::resolver::Resolver;
use super::sense::hint;
use super::type_text::generic;
use super::{enums, is_scalar, scalar};
use crate::codegen::api::{Check, Member, Place, Precision, Sent, SpanUnit, Type};
use crate::codegen::spec::{self, ClientCheck, ListAs, RustType};
use crate::codegen::{docs, names};

impl<'a> Resolver<'a> {
    /// Converts a member of an API description. Whether it is an `Option` or in a `Box` is
    /// determined later, together with the other members of its operation or type.
    pub(super) fn member(
        &mut self,
        holder: &str,
        member: &'a spec::Member,
        place: Place,
    ) -> Member {
        let place_name = format!("{holder}.{}", member.name);
        let ty = self.member_type(&place_name, member, place);
        let name = names::member(member.rust.name.as_deref().unwrap_or(&member.name));
        if name.is_empty() {
            self.problems.add(
                &place_name,
                "the name has neither a letter nor a digit; give it a `rust.name`",
            );
        }
        if member.rust.ty == Some(RustType::Bool) && ty != Type::Text {
            self.problems
                .add(&place_name, "`rust.type: bool` is only for String members");
        }
        for accepted in &member.also_accept {
            let fits = match accepted.as_str() {
                "String" => {
                    ty.is_number() || ty.is_text() || matches!(ty, Type::Bool | Type::Double)
                }
                "Number" => {
                    ty.is_number() || matches!(ty, Type::Text | Type::Double | Type::Enum { .. })
                }
                _ => list_too(member, &ty) && member.aliases.is_empty() && !member.must_be_present,
            };
            if !fits {
                self.problems.add(
                    &place_name,
                    format!(
                        "also_accept `{accepted}` is not supported on `{}`",
                        member.ty
                    ),
                );
            }
        }
        let required = member.required || place == Place::Url;
        let default = member
            .default
            .as_ref()
            .filter(|value| is_scalar(value) && !value.is_null());
        let outside_body = matches!(place, Place::Query | Place::Header);
        let may_send = outside_body && !required && !member.omit_when_unset;
        let is_single = !matches!(ty, Type::List(_)) && member.rust.ty.is_none();
        let default_sent = default
            .filter(|_| may_send && is_single)
            .map(scalar)
            .filter(|default| !default.is_empty())
            .and_then(|default| {
                let literal = default_literal(&ty, &default);
                if literal.is_none() {
                    let problem = format!("the default `{default}` is not a `{}`", member.ty);
                    self.problems.add(&place_name, problem);
                }
                literal
            });
        if member.rust.default_when_not_positive && (default_sent.is_none() || ty != Type::Int) {
            self.problems.add(
                &place_name,
                "`rust.default_when_not_positive` is only for numbers whose default is sent",
            );
        }
        let checks = self.checks(&place_name, member, &ty);
        Member {
            wire: member.name.clone(),
            docs: self.member_docs(member, &ty, place, !checks.is_empty()),
            summary: summary(member),
            is_text: member.ty.trim() == "String",
            hidden: member.sensitive && !matches!(ty.leaf(), Type::Secret),
            number_too: ty == Type::Text && member.also_accept.iter().any(|ty| ty == "Number"),
            demanded: required || member.rust.argument,
            argument: required || member.rust.argument,
            may_be_empty: member.rust.may_be_empty,
            span: span(member, &ty),
            known_text: (member.rust.example.as_ref())
                .or(member.known_values.first())
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
                .map(str::to_owned),
            known_number: known_number(member),
            list_too: list_too(member, &ty),
            flag: member.rust.ty == Some(RustType::Bool),
            default_when_not_positive: member.rust.default_when_not_positive,
            must_be_present: member.must_be_present,
            missing_is: self.missing_is(&place_name, member, &ty, place),
            aliases: aliases(member),
            sent: self.sent(&place_name, member, &ty, place),
            optional: !(required || member.rust.argument),
            has_default: true,
            boxed: false,
            name,
            ty,
            place,
            required,
            default_sent,
            checks,
        }
    }

    /// Returns the Rust expression for the value that a member is taken to have if a response lacks
    /// it; `None` if the API description names no valid one.
    fn missing_is(
        &mut self,
        place_name: &str,
        member: &spec::Member,
        ty: &Type,
        place: Place,
    ) -> Option<String> {
        let value = member.missing_is.as_ref()?;
        let literal = match (ty, value) {
            (
                Type::Enum {
                    name,
                    integer: true,
                },
                Value::Number(code),
            ) if code.is_i64() => Some(format!("{name}::from({code})")),
            (
                Type::Enum {
                    name,
                    integer: false,
                },
                Value::String(text),
            ) => Some(format!("{name}::from({text:?})")),
            (Type::Bool, Value::Bool(flag)) => Some(flag.to_string()),
            (Type::Int, Value::Number(number)) if number.is_i64() => Some(number.to_string()),
            _ => None,
        };
        let in_answers = matches!(place, Place::Body | Place::Response);
        if literal.is_none() || !in_answers || member.must_be_present {
            let problem = "`missing_is` is only for numbers, booleans and enums in responses";
            self.problems.add(place_name, problem);
        }
        literal
    }

    /// Returns the special rules for sending a member, and reports those that are invalid.
    fn sent(&mut self, place_name: &str, member: &spec::Member, ty: &Type, place: Place) -> Sent {
        let mut problem = |problem: &str| self.problems.add(place_name, problem);
        let is_list = matches!(ty, Type::List(_));
        if member.list_as.is_some() && !is_list {
            problem("`list_as` is only for lists, and `comma` also for texts in the QUERY");
        } else if member.list_as.is_some() && !matches!(place, Place::Query | Place::Body) {
            problem("`list_as` is only for the QUERY and for forms");
        }
        if !member.also_send.is_empty() && (place != Place::Query || is_list) {
            problem("`also_send` is only for members of the QUERY that are not lists");
        }
        if member.text_of.is_some() && member.ty.trim() != "String" {
            problem("`text_of` is only for a String");
        }
        let mut also: Vec<String> = Vec::new();
        for name in &member.also_send {
            if *name == member.name || also.contains(name) {
                problem("`also_send` contains a name twice");
            } else {
                also.push(name.clone());
            }
        }
        Sent {
            comma: is_list && member.list_as != Some(ListAs::Repeat),
            in_text: member.text_of.is_some(),
            same_as: member.same_as.clone(),
            also,
        }
    }

    /// Returns the type of the value that a string member contains, such as a number. `holds` is
    /// the name of that type in the API description.
    fn text_of(&mut self, name: &str, member: &spec::Member, holds: &str) -> Type {
        let ty = match holds.trim() {
            "String" => Type::Text,
            scalar @ ("Int32" | "Int64" | "Double" | "Bool" | "Json") => {
                self.parse_type(name, scalar)
            }
            other => {
                let problem = format!(
                    "`text_of` cannot be `{other}`; it must be a number, Bool \
                    or Json"
                );
                self.problems.add(name, problem);
                Type::Text
            }
        };
        if member.sensitive || member.values.is_some() || member.format.is_some() {
            let problem = "`text_of` cannot be combined with `sensitive`, `enum` or `format`";
            self.problems.add(name, problem);
        }
        ty
    }

    fn checks(&mut self, place: &str, member: &spec::Member, ty: &Type) -> Vec<Check> {
        if *ty == Type::Double && member.client_check == Some(ClientCheck::Limits) {
            return self.double_range(place, member);
        }
        let mut limit = |key: &str| {
            let value = member.limits.get(key).filter(|value| !value.is_null())?;
            let number = value.as_i64();
            if number.is_none() {
                self.problems
                    .add(place, format!("the limit `{key}` is not an integer"));
            }
            number
        };
        match member.client_check {
            None => Vec::new(),
            Some(_) if member.rust.ty.is_some() => Vec::new(),
            Some(ClientCheck::NonEmpty) => match ty {
                Type::Text
                | Type::Secret
                | Type::List(_)
                | Type::Map(_)
                | Type::Enum { integer: false, .. } => vec![Check::NonEmpty],
                // Numbers, booleans, times and objects cannot be empty.
                _ => Vec::new(),
            },
            Some(ClientCheck::Limits) => {
                let mut checks = Vec::new();
                if ty.is_number() {
                    let min = limit("exclusive_min").map(|min| min.saturating_add(1));
                    let max = limit("exclusive_max").map(|max| max.saturating_sub(1));
                    let (min, max) = (limit("min").max(min), least(limit("max"), max));
                    checks.push(Check::Range { min, max });
                }
                let keys = match ty {
                    Type::List(_) | Type::Map(_) => Some(("min_items", "max_items")),
                    ty if has_length(ty) => Some(("min_length", "max_length")),
                    _ => None,
                };
                if let Some((least, most)) = keys {
                    let (min, max) = (limit(least), limit(most));
                    checks.push(Check::Length { min, max });
                }
                if has_length(ty)
                    && let Some(max) = limit("max_lines")
                {
                    checks.push(Check::Lines { max });
                }
                checks.retain(|check| {
                    !matches!(
                        check,
                        Check::Range {
                            min: None,
                            max: None
                        } | Check::Length {
                            min: None,
                            max: None
                        }
                    )
                });
                checks
            }
        }
    }

    /// Returns the bounds of a number that may have a fraction.
    fn double_range(&mut self, place: &str, member: &spec::Member) -> Vec<Check> {
        let mut bound = |inclusive: &str, exclusive: &str| {
            let keys = [(exclusive, "Excluded"), (inclusive, "Included")];
            let given = keys.into_iter().find_map(|(key, bound)| {
                let value = member.limits.get(key).filter(|value| !value.is_null())?;
                let number = value.as_f64().filter(|number| number.is_finite());
                if number.is_none() {
                    let problem = format!("the limit `{key}` is not a number");
                    self.problems.add(place, problem);
                }
                Some(format!("std::ops::Bound::{bound}({:?})", number?))
            });
            given.unwrap_or_else(|| "std::ops::Bound::Unbounded".to_owned())
        };
        let (min, max) = (bound("min", "exclusive_min"), bound("max", "exclusive_max"));
        let is_bounded = [&min, &max]
            .iter()
            .any(|bound| !bound.ends_with("Unbounded"));
        let check = Check::DoubleRange { min, max };
        is_bounded.then_some(check).into_iter().collect()
    }

    fn member_docs(
        &self,
        member: &spec::Member,
        ty: &Type,
        place: Place,
        is_checked: bool,
    ) -> Vec<String> {
        let mut facts = docs::member_facts(member, is_checked);
        if let Some(format) = &member.format
            && !matches!(ty.leaf(), Type::Timestamp | Type::DateTime(_))
        {
            facts.push(format!("Format: `{}`.", docs::code(format)));
        }
        if let Some(values) = &member.values
            && !matches!(ty.leaf(), Type::Enum { .. })
            && let Some(path) = self.enum_path(values)
        {
            let name = path.rsplit("::").next().unwrap_or_default();
            facts.push(format!("Values: [`{name}`]({path})."));
        }
        if member.sensitive {
            facts.push(secrecy(ty, place).to_owned());
        }
        let mut docs = vec![summary(member)];
        if !facts.is_empty() {
            docs.push(facts.join(" "));
        }
        docs.extend(docs::note(
            member.note.as_deref(),
            member.rust.note.as_deref(),
        ));
        docs
    }

    /// Parses the type of a member, taking into account its enum, its format, and whether it is
    /// secret.
    fn member_type(&mut self, name: &str, member: &'a spec::Member, place: Place) -> Type {
        let mut plain = self.parse_type(name, &member.ty);
        if plain == Type::Text && member.rust.ty.is_none() {
            if let Some(holds) = &member.text_of {
                return self.text_of(name, member, holds);
            }
            if member.list_as == Some(ListAs::Comma) && place == Place::Query {
                plain = Type::List(Box::new(Type::Text));
            }
        }
        let ty = match member.values.as_deref() {
            // A flag is a string that has only two values.
            Some(values) if member.rust.ty.is_none() => self.with_enum(name, plain, values, place),
            _ => plain,
        };
        match (ty, member.format.as_deref()) {
            (ty, Some("unix-seconds")) => replace_leaf(ty, &|leaf| match leaf {
                Type::Int => Some(Type::Timestamp),
                _ => None,
            }),
            (Type::Text, Some("iso8601-millis")) => Type::DateTime(Precision::Millis),
            (Type::Text, Some("iso8601" | "iso8601-seconds")) => Type::DateTime(Precision::Seconds),
            (ty, _) if member.sensitive => replace_leaf(ty, &|leaf| match leaf {
                Type::Text => Some(Type::Secret),
                _ => None,
            }),
            (ty, _) => ty,
        }
    }

    pub(super) fn parse_type(&mut self, place: &str, text: &str) -> Type {
        let text = text.trim();
        match text {
            "String" => return Type::Text,
            "Int32" | "Int64" => return Type::Int,
            "Double" => return Type::Double,
            "Bool" => return Type::Bool,
            "Json" => return Type::Json,
            _ => {}
        }
        if let Some(inner) = generic(text, "List") {
            return Type::List(Box::new(self.parse_type(place, inner)));
        }
        if let Some(inner) = generic(text, "Map") {
            if let Some((key, value)) = inner.split_once(',')
                && key.trim() == "String"
            {
                return Type::Map(Box::new(self.parse_type(place, value)));
            }
            self.problems
                .add(place, format!("`{text}`: the keys of a map must be String"));
            return Type::Text;
        }
        if let Some(name) = self.types.get(text) {
            return Type::Object(name.clone());
        }
        let known = if self.enums.contains_key(text) {
            " (name an enum in `enum`; `type` is its type on the wire)"
        } else {
            ""
        };
        let plain = ["String", "Int32", "Int64", "Double", "Bool", "Json"];
        let names = self.types.keys().copied().chain(plain);
        let hint = match (known, text) {
            ("", "Integer" | "Long" | "Float" | "Boolean" | "Object") => {
                "; see the types of the metadata in xtask/spec/README.md".to_owned()
            }
            ("", _) => hint(text, names),
            _ => String::new(),
        };
        self.problems
            .add(place, format!("there is no type `{text}`{known}{hint}"));
        Type::Text
    }

    /// Replaces the type of a member with an enum. This must not change how the member is sent: if
    /// a JSON string has an enum of numbers, the type remains a string, and the enum is only
    /// documentation. Outside the body, a number is sent as a string anyway.
    fn with_enum(&mut self, member: &str, ty: Type, values: &str, place: Place) -> Type {
        let Some(name) = self.use_enum(member, values) else {
            return ty;
        };
        let integer = self.spec.enums.get(values).is_some_and(enums::is_integer);
        let in_json = matches!(place, Place::Body | Place::Response);
        replace_leaf(ty, &|leaf| match leaf {
            Type::Int if integer => Some(Type::Enum {
                name: name.clone(),
                integer,
            }),
            Type::Text if !integer || !in_json => Some(Type::Enum {
                name: name.clone(),
                integer,
            }),
            _ => None,
        })
    }
}

/// Returns a number for examples: the one that the API description names, or else the minimum if
/// that is more than 1, even if the minimum is not checked. Returns `None` if there is neither.
fn known_number(member: &spec::Member) -> Option<i64> {
    let named = member.rust.example.as_ref().and_then(Value::as_i64);
    let limit = |key: &str| member.limits.get(key).and_then(Value::as_i64);
    let min = limit("min").or_else(|| limit("exclusive_min")?.checked_add(1));
    named.or(min.filter(|min| *min > 1))
}

/// Returns whether the member is an object in whose place a response may contain a list of such
/// objects.
fn list_too(member: &spec::Member, ty: &Type) -> bool {
    let is_list = |accepted: &String| {
        let inner = generic(accepted.trim(), "List").map(str::trim);
        inner == Some(member.ty.trim())
    };
    matches!(ty, Type::Object(_)) && member.also_accept.iter().any(is_list)
}

/// Returns the names that a response may use for a member instead of its own name, without
/// repetitions.
fn aliases(member: &spec::Member) -> Vec<String> {
    let mut aliases: Vec<String> = Vec::new();
    for alias in &member.aliases {
        if *alias != member.name && !aliases.contains(alias) {
            aliases.push(alias.clone());
        }
    }
    aliases
}

/// Returns the paragraph that documents a secret member.
fn secrecy(ty: &Type, place: Place) -> &'static str {
    match (ty.leaf(), place) {
        (_, Place::Response) => "Never shown by `Debug`.",
        (Type::Secret, _) if matches!(ty, Type::List(_) | Type::Map(_)) => {
            "`Debug` and `Serialize` write `***` instead of each value. A request with `***` as a \
            value is refused before anything is sent."
        }
        (Type::Secret, _) => {
            "`Debug` and `Serialize` write `***` instead of the value. A request with `***` as \
            the value is refused before anything is sent."
        }
        _ => "`Debug` and `Serialize` write `***` instead of the whole value.",
    }
}

/// Returns the unit in which a member counts a time span; `None` if it is not a time span.
fn span(member: &spec::Member, ty: &Type) -> Option<SpanUnit> {
    match (ty, member.unit.as_deref()) {
        (Type::Int, Some("s")) => Some(SpanUnit::Seconds),
        (Type::Int, Some("ms")) => Some(SpanUnit::Millis),
        _ => None,
    }
}

/// Returns the description of a member, or a sentence that only names the member if there is none.
fn summary(member: &spec::Member) -> String {
    let text = member.rust.desc.as_deref().or(member.desc.as_deref());
    docs::described(text, || format!("The member `{}`.", member.name))
}

/// Returns a default value as a Rust literal, except that a string gets no quotes; `None` if the
/// default is not a value of the type.
fn default_literal(ty: &Type, default: &str) -> Option<String> {
    if *ty == Type::Double {
        let number = default.parse().ok();
        let number = number.filter(|number: &f64| number.is_finite());
        number.map(|number| format!("{number:?}"))
    } else if ty.is_number() {
        default.parse::<i64>().ok().map(|number| number.to_string())
    } else if *ty == Type::Bool {
        default.parse::<bool>().ok().map(|value| value.to_string())
    } else {
        Some(default.to_owned())
    }
}

/// Returns whether limits on the length of a string apply to values of this type. They do not apply
/// to times, which are strings in JSON but not in Rust.
fn has_length(ty: &Type) -> bool {
    ty.is_text() && !matches!(ty, Type::DateTime(_))
}

fn least(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn replace_leaf(ty: Type, replace: &dyn Fn(&Type) -> Option<Type>) -> Type {
    match ty {
        Type::List(inner) => Type::List(Box::new(replace_leaf(*inner, replace))),
        Type::Map(inner) => Type::Map(Box::new(replace_leaf(*inner, replace))),
        leaf => replace(&leaf).unwrap_or(leaf),
    }
}
