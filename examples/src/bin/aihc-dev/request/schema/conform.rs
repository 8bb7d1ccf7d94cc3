//! Names and types of members.

use serde_json::Value;

use super::{Kind, Schema, join};
use crate::failure::Failure;
use crate::request::mask::MASK;

impl Schema {
    /// Refuses members that the API does not have, and gives values the types that it wants:
    /// `"4"` is a number where a number is due, and `1` is text where text is due.
    pub(crate) fn check(&self, body: &mut Value) -> Result<(), Failure> {
        self.conform(body, Kind::Object(&self.members), "", false)
    }

    pub(super) fn conform(
        &self,
        value: &mut Value,
        kind: Kind<'_>,
        path: &str,
        sensitive: bool,
    ) -> Result<(), Failure> {
        if sensitive && value.as_str() == Some(MASK) {
            return Err(Failure::usage(format!(
                "{path} is {MASK}, which stands for a secret that was not shown: write its value"
            )));
        }
        let wrong = |what: &str| Failure::usage(format!("{path} must be {what}"));
        match (kind, &mut *value) {
            (_, Value::Null) => {}
            (Kind::Object(members), Value::Object(object)) => {
                for (name, value) in object {
                    let path = join(path, name);
                    let member = (members.iter().find(|member| member.name == *name))
                        .ok_or_else(|| self.unknown(&path))?;
                    self.conform(value, self.kind(&member.r#type), &path, member.sensitive)?;
                }
            }
            (Kind::Texts, Value::Object(object)) => {
                for (name, value) in object {
                    self.conform(value, Kind::Text, &join(path, name), sensitive)?;
                }
            }
            (Kind::List(item), Value::Array(items)) => {
                for (index, value) in items.iter_mut().enumerate() {
                    let path = join(path, &index.to_string());
                    self.conform(value, self.kind(item), &path, sensitive)?;
                }
            }
            (Kind::Text, Value::String(_)) | (Kind::Flag, Value::Bool(_)) => {}
            (Kind::Text, Value::Bool(_) | Value::Number(_)) => *value = value.to_string().into(),
            (Kind::Integer, Value::Number(number)) if number.is_i64() => {}
            (Kind::Integer, Value::String(text)) => {
                let number: i64 = text.trim().parse().map_err(|_| wrong("a whole number"))?;
                *value = number.into();
            }
            (Kind::Flag, Value::String(text)) => {
                let flag: bool = text.trim().parse().map_err(|_| wrong("true or false"))?;
                *value = flag.into();
            }
            (Kind::Object(_), _) => return Err(wrong("an object")),
            (Kind::Texts, _) => return Err(wrong("an object of texts")),
            (Kind::List(_), _) => return Err(wrong("a list")),
            (Kind::Text, _) => return Err(wrong("text")),
            (Kind::Integer, _) => return Err(wrong("a whole number")),
            (Kind::Flag, _) => return Err(wrong("true or false")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(mut body: Value) -> Result<Value, String> {
        let schema = Schema::of("CreateDevInstance").unwrap();
        match schema.check(&mut body) {
            Ok(()) => Ok(body),
            Err(failure) => Err(failure.to_string()),
        }
    }

    #[test]
    fn members_that_the_api_does_not_have_are_refused_with_a_suggestion() {
        assert_eq!(
            check(json!({"conf": {"image": {"imageURL": "x"}}})),
            Err(
                "the API has no member conf.image.imageURL; did you mean conf.image.imageUrl?"
                    .to_owned()
            )
        );
        let in_a_list = json!({"conf": {"volumnConfs": [{"volumeType": "cds"}]}});
        assert!(
            check(in_a_list)
                .unwrap_err()
                .contains("conf.volumnConfs.0.volumnType?")
        );
    }

    #[test]
    fn values_get_the_type_of_the_member_where_nothing_is_lost() {
        let loose =
            json!({"name": 1, "isPublicMgmt": "true", "conf": {"resources": {"cpus": "4"}}});
        let strict = json!({"name": "1", "isPublicMgmt": true, "conf": {"resources": {"cpus": 4}}});
        assert_eq!(check(loose), Ok(strict));
        for (wrong, rule) in [
            (
                json!({"conf": {"resources": {"cpus": 1.5}}}),
                "conf.resources.cpus must be a whole number",
            ),
            (json!({"conf": []}), "conf must be an object"),
            (
                json!({"conf": {"volumnConfs": {}}}),
                "conf.volumnConfs must be a list",
            ),
            (
                json!({"conf": {"envs": {"A": []}}}),
                "conf.envs.A must be text",
            ),
            (
                json!({"isPublicMgmt": 1}),
                "isPublicMgmt must be true or false",
            ),
        ] {
            assert_eq!(check(wrong), Err(rule.to_owned()));
        }
    }

    #[test]
    fn a_secret_that_was_not_shown_is_no_value() {
        for body in [
            json!({"conf": {"envs": {"A": "***"}}}),
            json!({"conf": {"image": {"password": "***"}}}),
        ] {
            assert!(check(body).unwrap_err().contains("not shown"));
        }
        assert!(check(json!({"name": "***"})).is_ok());
    }
}
