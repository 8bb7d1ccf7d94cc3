//! Merges members into a request body, and checks their names and types.

use serde_json::{Map, Value};

use super::{Member, MemberType, Old, Schema, join};
use crate::language::tr;
use crate::request::mask::MASK;
use crate::request::untyped::{Given, Shape, Wrong};

/// The member to which a value is assigned.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) path: &'a str,
    pub(super) ty: MemberType,
    pub(super) sensitive: bool,
    pub(super) old: Old<'a>,
}

impl Target<'_> {
    /// Returns whether a secret is empty only because the service does not show it. Such an empty
    /// secret must not be sent, because that would change the actual secret.
    fn is_shown_empty(self, given: &Given) -> bool {
        let is_empty =
            matches!(&given.shape, Shape::Plain(text) | Shape::Quoted(text) if text.is_empty());
        let is_shown = match self.old {
            Old::Known(Value::String(old)) => old.is_empty(),
            Old::Known(_) => true,
            Old::None | Old::NotRead => false,
        };
        self.sensitive && is_empty && is_shown
    }
}

impl Schema {
    /// Merges members into a body, and removes those whose value is null. Lists are replaced as a
    /// whole. A string member gets the text as written; a number must be written as an integer,
    /// with or without quotes. Ignores members that descriptions of instances contain but requests
    /// do not, and refuses members that the API does not know.
    pub(crate) fn fill(self, body: &mut Value, given: Given, old: Old<'_>) -> Result<(), Wrong> {
        let target = Target {
            path: "",
            ty: self.body(),
            sensitive: false,
            old,
        };
        self.fill_in(body, given, target)
    }

    pub(super) fn fill_in(
        self,
        at: &mut Value,
        given: Given,
        target: Target<'_>,
    ) -> Result<(), Wrong> {
        let line = given.line;
        let wrong = |what: String| {
            let what = tr!("{path} must be {what}", path = target.path, what = what);
            Wrong::new(line, what)
        };
        *at = match (target.ty, given.shape) {
            (_, Shape::Nothing) => Value::Null,
            (MemberType::Object(members), Shape::Object(given)) => {
                let mut object = take_object(at);
                for (name, given) in given {
                    let path = join(target.path, &name);
                    if target.path.is_empty() && self.only_shows(&name) {
                        continue;
                    }
                    let member = (members.iter().find(|member| member.name == name))
                        .ok_or_else(|| self.unknown(&path, given.line))?;
                    if member.read_only {
                        continue;
                    }
                    let target = Target {
                        path: &path,
                        ty: member.ty,
                        sensitive: member.sensitive,
                        old: target.old.member(&name),
                    };
                    let slot = object.entry(name).or_insert(Value::Null);
                    match target.is_shown_empty(&given) {
                        true => *slot = Value::Null,
                        false => self.fill_in(slot, given, target)?,
                    }
                }
                object.retain(|_, value| !value.is_null());
                Value::Object(object)
            }
            (MemberType::Texts, Shape::Object(given)) => {
                let mut object = take_object(at);
                for (name, given) in given {
                    self.fill_text(&mut object, name, given, target)?;
                }
                Value::Object(object)
            }
            (MemberType::List(item), Shape::List(given)) => {
                let before = at.take();
                let mut items = Vec::new();
                for (index, given) in given.into_iter().enumerate() {
                    let path = join(target.path, &index.to_string());
                    let target = Target {
                        path: &path,
                        ty: *item,
                        old: Old::None,
                        ..target
                    };
                    if given.shape == Shape::Nothing {
                        return Err(Wrong::new(
                            given.line,
                            tr!("{path} has no value", path = path),
                        ));
                    }
                    let mut value = match self.keeps_items {
                        true => item_like(&given, *item, &before),
                        false => Value::Null,
                    };
                    self.fill_in(&mut value, given, target)?;
                    items.push(value);
                }
                Value::Array(items)
            }
            (MemberType::Text, Shape::Plain(text) | Shape::Quoted(text)) => {
                match target.sensitive && text == MASK {
                    true => kept(target, line)?,
                    false => text.into(),
                }
            }
            (MemberType::Integer, Shape::Plain(text) | Shape::Quoted(text)) => {
                integer::<i64>(&text).map_err(wrong)?.into()
            }
            (MemberType::ShortInteger, Shape::Plain(text) | Shape::Quoted(text)) => {
                integer::<i32>(&text).map_err(wrong)?.into()
            }
            (MemberType::Flag, Shape::Plain(text) | Shape::Quoted(text)) => {
                let flag: bool = text.parse().map_err(|_| wrong(tr!("true or false")))?;
                flag.into()
            }
            (MemberType::Object(_), _) => return Err(wrong(tr!("an object"))),
            (MemberType::Texts, _) => return Err(wrong(tr!("an object of texts"))),
            (MemberType::List(_), _) => return Err(wrong(tr!("a list"))),
            (MemberType::Text, _) => return Err(wrong(tr!("text"))),
            (MemberType::Integer | MemberType::ShortInteger, _) => {
                return Err(wrong(tr!("a whole number")));
            }
            (MemberType::Flag, _) => return Err(wrong(tr!("true or false"))),
        };
        Ok(())
    }

    /// Merges a named string, such as an environment variable. If the value is null, removes the
    /// string, which fails if the string is known not to exist.
    fn fill_text(
        self,
        object: &mut Map<String, Value>,
        name: String,
        given: Given,
        target: Target<'_>,
    ) -> Result<(), Wrong> {
        let path = join(target.path, &name);
        if given.shape == Shape::Nothing {
            let what = tr!(
                "{path} has no value; write '' for empty text, and 'null' for the word",
                path = path
            );
            let known = object.remove(&name).is_some() || matches!(target.old, Old::NotRead);
            return known
                .then_some(())
                .ok_or_else(|| Wrong::new(given.line, what));
        }
        let target = Target {
            path: &path,
            ty: MemberType::Text,
            old: target.old.member(&name),
            ..target
        };
        let mut text = Value::Null;
        self.fill_in(&mut text, given, target)?;
        object.insert(name, text);
        Ok(())
    }
}

/// Returns the existing value of a secret that is written as `***`; the mask itself if the existing
/// values have not been read yet. Fails if there is no existing value.
fn kept(target: Target<'_>, line: usize) -> Result<Value, Wrong> {
    let there_is_none = match target.old {
        Old::NotRead => return Ok(MASK.into()),
        Old::Known(Value::String(old)) if !old.is_empty() => return Ok(old.as_str().into()),
        Old::Known(_) => true,
        Old::None => false,
    };
    let path = target.path;
    let what = match there_is_none {
        true => tr!(
            "{path} is {mask}, which stands for a secret that was not shown, and the service shows no \
             value that could be kept: write its value",
            path = path,
            mask = MASK
        ),
        false => tr!(
            "{path} is {mask}, which stands for a secret that was not shown: write its value",
            path = path,
            mask = MASK
        ),
    };
    Err(Wrong::new(line, what))
}

/// Parses an integer in the notation of JSON. Other notations are ambiguous.
fn integer<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (digits.len() > 1 && digits.starts_with('0')) {
        return Err(tr!("a whole number in plain decimal digits"));
    }
    text.parse().map_err(|_| match size_of::<T>() {
        4 => tr!("a whole number of 32 bits"),
        _ => tr!("a whole number of 64 bits"),
    })
}

/// Returns the item of the list `before` in which all required string members have the same values
/// as in `given`; null if there is none.
fn item_like(given: &Given, ty: MemberType, before: &Value) -> Value {
    let MemberType::Object(members) = ty else {
        return Value::Null;
    };
    let is_key = |it: &&Member| it.required && matches!(it.ty, MemberType::Text);
    let is_like = |item: &&Value| {
        let mut keys = members.iter().filter(is_key);
        keys.all(
            |key| match given.member(key.name).map(|given| &given.shape) {
                Some(Shape::Plain(text) | Shape::Quoted(text)) => item[key.name] == text.as_str(),
                _ => false,
            },
        )
    };
    let items = before.as_array().into_iter().flatten();
    items.into_iter().find(is_like).cloned().unwrap_or_default()
}

fn take_object(value: &mut Value) -> Map<String, Value> {
    match value.take() {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        Schema::of_create()
    }

    fn filled(given: Value) -> Result<Value, String> {
        let mut body = json!({});
        match schema().fill(&mut body, given.into(), Old::None) {
            Ok(()) => Ok(body),
            Err(wrong) => Err(wrong.what),
        }
    }

    #[test]
    fn members_that_the_api_does_not_have_are_refused_with_a_suggestion() {
        assert_eq!(
            filled(json!({"conf": {"image": {"imageURL": "x"}}})),
            Err(
                "the API has no member conf.image.imageURL; did you mean conf.image.imageUrl?"
                    .to_owned()
            )
        );
        let in_a_list = json!({"conf": {"volumnConfs": [{"volumeType": "cds"}]}});
        assert!(
            filled(in_a_list)
                .unwrap_err()
                .contains("conf.volumnConfs.0.volumnType?")
        );
    }

    #[test]
    fn values_get_the_type_of_the_member_where_nothing_is_lost() {
        let loose =
            json!({"name": 1, "isPublicMgmt": "true", "conf": {"resources": {"cpus": "4"}}});
        let strict = json!({"name": "1", "isPublicMgmt": true, "conf": {"resources": {"cpus": 4}}});
        assert_eq!(filled(loose), Ok(strict));
        for (wrong, rule) in [
            (json!({"conf": []}), "conf must be an object"),
            (
                json!({"conf": {"volumnConfs": {}}}),
                "conf.volumnConfs must be a list",
            ),
            (
                json!({"conf": {"volumnConfs": [null]}}),
                "conf.volumnConfs.0 has no value",
            ),
            (
                json!({"conf": {"envs": {"A": []}}}),
                "conf.envs.A must be text",
            ),
            (
                json!({"conf": {"envs": {"A": null}}}),
                "conf.envs.A has no value; write '' for empty text, and 'null' for the word",
            ),
            (
                json!({"isPublicMgmt": 1}),
                "isPublicMgmt must be true or false",
            ),
        ] {
            assert_eq!(filled(wrong), Err(rule.to_owned()));
        }
    }

    #[test]
    fn whole_numbers_are_taken_as_they_are_and_other_notations_are_refused() {
        let cpus = |text: &str| {
            let plain = Given::new(Shape::Plain(text.to_owned()), 7);
            let mut value = Value::Null;
            let target = Target {
                path: "cpus",
                ty: MemberType::Integer,
                sensitive: false,
                old: Old::None,
            };
            schema().fill_in(&mut value, plain, target).map(|()| value)
        };
        for exact in ["0", "4", "-4", "9007199254740993", "9223372036854775807"] {
            assert_eq!(cpus(exact).unwrap().to_string(), exact);
        }
        for other in [
            "1.0", "1e3", "0x1F", "0644", "1_000", "+4", " 4", "", "-", ".inf", "4.5",
        ] {
            let wrong = cpus(other).unwrap_err();
            assert_eq!(
                (wrong.what.as_str(), wrong.line),
                ("cpus must be a whole number in plain decimal digits", 7)
            );
        }
        assert_eq!(
            cpus("9223372036854775808").unwrap_err().what,
            "cpus must be a whole number of 64 bits"
        );
        assert_eq!(
            filled(json!({"conf": {"image": {"imageType": 4294967296_i64}}})),
            Err("conf.image.imageType must be a whole number of 32 bits".to_owned())
        );
    }

    #[test]
    fn a_secret_that_was_not_shown_is_no_value() {
        for body in [
            json!({"conf": {"envs": {"A": "***"}}}),
            json!({"conf": {"image": {"password": "***"}}}),
        ] {
            assert!(filled(body).unwrap_err().contains("not shown"));
        }
        assert!(filled(json!({"name": "***"})).is_ok());
    }

    #[test]
    fn a_secret_that_was_not_shown_keeps_its_value_where_there_is_one() {
        let old = json!({"conf": {"image": {"imageUrl": "i"}, "envs": {"A": "secret", "E": ""}}});
        let fill = |given: Value| {
            let mut body = old.clone();
            let old = Old::Known(&old);
            let filled = schema().fill(&mut body, given.into(), old);
            filled.map(|()| body).map_err(|wrong| wrong.what)
        };
        let kept = fill(json!({"conf": {"envs": {"A": "***", "B": "b"}}})).unwrap();
        assert_eq!(
            kept["conf"]["envs"],
            json!({"A": "secret", "B": "b", "E": ""})
        );
        let removed = fill(json!({"conf": {"envs": {"A": null}}})).unwrap();
        assert_eq!(removed["conf"]["envs"], json!({"E": ""}));
        for (name, given) in [
            ("envs.B", json!({"conf": {"envs": {"B": "***"}}})),
            ("envs.E", json!({"conf": {"envs": {"E": "***"}}})),
            (
                "image.password",
                json!({"conf": {"image": {"password": "***"}}}),
            ),
        ] {
            let error = fill(given).unwrap_err();
            assert!(
                error.starts_with(&format!("conf.{name} is ***"))
                    && error.contains("shows no value"),
                "{error}"
            );
        }
    }

    #[test]
    fn an_item_keeps_what_it_leaves_out_if_that_is_wanted() {
        let disk = json!({"volumnType": "cds", "mountPath": "/a", "readOnly": false, "cds": {"capacity": 100}});
        let other = json!({"volumnType": "pfs", "mountPath": "/b", "readOnly": true});
        let body = json!({"conf": {"volumnConfs": [disk, other]}});
        let filled = |schema: Schema, items: Value| {
            let mut new = body.clone();
            let given = json!({"conf": {"volumnConfs": items}}).into();
            schema.fill(&mut new, given, Old::Known(&body)).unwrap();
            new["conf"]["volumnConfs"].take()
        };
        let keeping = Schema::of_update().keeping_items();
        let given = json!([{"volumnType": "cds", "mountPath": "/a", "cds": {"capacity": 200}}]);
        assert_eq!(
            filled(keeping, given.clone()),
            json!([{"volumnType": "cds", "mountPath": "/a", "readOnly": false, "cds": {"capacity": 200}}])
        );
        assert_eq!(filled(Schema::of_update(), given.clone()), given);
        // Another kind of storage makes it another item, and null removes a member here as well.
        let given = json!([
            {"volumnType": "cfs", "mountPath": "/b"},
            {"volumnType": "pfs", "mountPath": "/b", "readOnly": null},
        ]);
        assert_eq!(
            filled(keeping, given),
            json!([{"volumnType": "cfs", "mountPath": "/b"}, {"volumnType": "pfs", "mountPath": "/b"}])
        );
    }
}
