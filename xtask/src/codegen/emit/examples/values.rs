//! Generates the values in examples. They are within the known limits, and a string describes the
//! meaning of its member if the limits allow that.

use super::Examples;
use super::program::{Expression, Program, on};
use crate::codegen::api::{Member, Object, Place, Rule, Type};
use crate::codegen::emit::sample::{fraction, length, number};

impl<'a> Examples<'a> {
    /// Returns the value for a setter or an argument; `None` if no valid value is known.
    pub(super) fn member(
        &self,
        program: &mut Program<'a>,
        member: &'a Member,
    ) -> Option<Expression> {
        if member.is_truth_value() {
            return Some(Expression::text("true"));
        }
        let least = length(member)?;
        Some(match &member.ty {
            Type::Text | Type::Secret => Expression::Text(format!("{:?}", text(member, least))),
            Type::Int => Expression::Text(whole(member)?.to_string()),
            Type::Enum { name, .. } => self.variant(program, name, member.known_text.as_deref())?,
            Type::Double => Expression::Text(format!("{:?}", fraction(member)?)),
            Type::List(inner) => {
                let items = (0..least).map(|_| self.item(program, member, inner));
                Expression::Array(items.collect::<Option<_>>()?)
            }
            Type::Map(inner) => {
                let mut entry = |index: usize| {
                    let key = match index {
                        0 => "\"key\"".to_owned(),
                        more => format!("\"key-{more}\""),
                    };
                    let value = self.item(program, member, inner)?;
                    Some(Expression::Pair(
                        Box::new(Expression::Text(key)),
                        Box::new(value),
                    ))
                };
                let entries = (0..least).map(&mut entry);
                Expression::Array(entries.collect::<Option<_>>()?)
            }
            ty => self.value(program, ty)?,
        })
    }

    /// Returns an item of a list or a map that is passed to a setter. For a string or a secret, the
    /// item is a string literal, which the setter converts.
    fn item(&self, program: &mut Program<'a>, member: &Member, ty: &'a Type) -> Option<Expression> {
        match ty {
            Type::Text | Type::Secret => {
                let name = member.name.trim_end_matches('s');
                Some(Expression::Text(format!("{:?}", named(name))))
            }
            ty => self.value(program, ty),
        }
    }

    /// Returns an expression that has exactly this type; `None` if no valid value is known.
    fn value(&self, program: &mut Program<'a>, ty: &'a Type) -> Option<Expression> {
        Some(match ty {
            Type::Text => Expression::text("\"text\".to_owned()"),
            Type::Int => Expression::text("1"),
            Type::Double => Expression::text("1.5"),
            Type::Bool => Expression::text("true"),
            Type::Json => Expression::text("bce_http::Json::from_text(r#\"{\"key\": 1}\"#)?"),
            Type::Secret => Expression::text("bce_auth::Secret::from(\"secret\")"),
            Type::Timestamp => Expression::text("bce_http::Timestamp::from(1_767_225_600)"),
            Type::DateTime(_) => Expression::text("time::OffsetDateTime::now_utc()"),
            Type::Enum { name, .. } => self.variant(program, name, None)?,
            Type::Object(name) => {
                let object = self.api.objects.get(name)?;
                self.object(program, object, &[])?
            }
            Type::List(inner) => {
                let item = self.value(program, inner)?;
                Expression::Text(format!("vec![{}]", item.flat()))
            }
            Type::Map(inner) => {
                program.bring("std::collections", "BTreeMap");
                let value = self.value(program, inner)?;
                Expression::Text(format!(
                    "BTreeMap::from([(\"key\".to_owned(), {})])",
                    value.flat()
                ))
            }
        })
    }

    /// Returns a variant of an enum, preferably the one whose value is `known`.
    fn variant(
        &self,
        program: &mut Program<'a>,
        name: &'a str,
        known: Option<&str>,
    ) -> Option<Expression> {
        let variants = &self.api.enums.get(name)?.variants;
        let with_value = |value: &str| {
            let literal = format!("{value:?}");
            variants.iter().find(|variant| variant.literal == literal)
        };
        // A value with the name of a member usually selects that member.
        let variant = with_value(program.shown)
            .or_else(|| with_value(known?))
            .or(variants.first())?;
        let ty = program.import(self, name);
        Some(Expression::Text(format!("{ty}::{}", variant.name)))
    }

    pub(super) fn object(
        &self,
        program: &mut Program<'a>,
        object: &'a Object,
        optional: &[&'a Member],
    ) -> Option<Expression> {
        if program.inside.contains(&object.name.as_str()) {
            return None;
        }
        program.inside.push(&object.name);
        let value = match object.fields.first().filter(|_| !object.forms.is_empty()) {
            Some(form) => {
                let name = program.import(self, &object.name);
                let value = self.value(program, &form.ty);
                value.map(|value| Expression::call(&format!("{name}::from"), [value]))
            }
            None if object.in_request => self.object_of(program, object, optional, None),
            None => None,
        };
        program.inside.pop();
        value
    }

    /// Returns the expression that creates a value of `object` with `new`, and then calls the
    /// setters of all members that must be set and of those in `optional`. The setter of `except`,
    /// if any, is not called, nor are those of members that must not be set together with it.
    /// Returns `None` if no valid value is known.
    pub(super) fn object_of(
        &self,
        program: &mut Program<'a>,
        object: &'a Object,
        optional: &[&'a Member],
        except: Option<&Member>,
    ) -> Option<Expression> {
        let name = program.import(self, &object.name);
        let sent = || object.fields.iter().filter(|it| it.place == Place::Body);
        let mut arguments = Vec::new();
        for field in sent().filter(|field| field.argument) {
            arguments.push(self.member(program, field)?);
        }
        let mut value = Expression::call(&format!("{name}::new"), arguments);
        let needed = sent().filter(|it| !it.argument && is_needed(it, &object.rules));
        let is_left_out = |it: &Member| {
            let excludes = |except| object.rules.iter().any(|rule| rule.excludes(it, except));
            except.is_some_and(|except| except.name == it.name || excludes(except))
        };
        let needed = needed.filter(|it| !is_left_out(it));
        for field in needed.chain(optional.iter().copied()) {
            let given = self.member(program, field)?;
            value = on(value, Expression::call(&field.name, [given]));
        }
        Some(value)
    }
}

impl Program<'_> {
    /// Imports a type of the crate, and returns its name.
    pub(super) fn import<'n>(&mut self, examples: &Examples<'_>, name: &'n str) -> &'n str {
        let path = examples.api.home_of(name).path();
        self.bring(&path.replacen("crate", &examples.library, 1), name);
        name
    }
}

/// Returns whether an example has to set the member.
pub(super) fn is_needed(member: &Member, rules: &[Rule]) -> bool {
    let is_chosen = rules.iter().any(|rule| rule.chooses(member));
    is_chosen || member.must_be_set() || member.is_unset_when_empty()
}

/// Returns a string for a member: a value that is known to be valid, or else one that describes the
/// member. If neither has a valid length, returns `least` times the letter `a`.
fn text(member: &Member, least: usize) -> String {
    let most = member.longest().unwrap_or(usize::MAX);
    let fits = |text: &String| (least..=most).contains(&text.chars().count());
    let known = member.known_text.clone().filter(fits);
    let named = Some(named(&member.name)).filter(fits);
    known.or(named).unwrap_or_else(|| "a".repeat(least))
}

/// Returns a number for a member: a number that is known to be valid, or the valid one that is
/// nearest to 1.
fn whole(member: &Member) -> Option<i64> {
    let number = number(member)?;
    Some(member.known_number.unwrap_or(number))
}

fn named(name: &str) -> String {
    let name = name
        .trim_start_matches("r#")
        .trim_matches('_')
        .replace('_', "-");
    match name.as_str() {
        name if name.ends_with("image-url") => "registry.example.com/team/image:v1".to_owned(),
        name if name.ends_with("url") => "https://www.example.com/".to_owned(),
        // A path without a qualifier is that of a URL.
        "path" => "/healthz".to_owned(),
        name if name.ends_with("path") => "/mnt/data".to_owned(),
        name if name.ends_with("email") => "somebody@example.com".to_owned(),
        name => format!("my-{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_say_what_they_stand_for() {
        assert_eq!(named("resource_pool_id"), "my-resource-pool-id");
        assert_eq!(named("r#type"), "my-type");
        assert_eq!(named("callback_url"), "https://www.example.com/");
        assert_eq!(named("path"), "/healthz");
        assert_eq!(named("mount_path"), "/mnt/data");
    }
}
