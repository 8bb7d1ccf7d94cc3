//! Members that an update cannot change.

use serde_json::Value;

use super::{Member, MemberType, Schema, join};
use crate::language::tr;
use crate::request::untyped::{Given, Wrong};

/// The member that contains the user name for the image registry. Like the password, it may differ
/// in an update: it affects how the image is pulled, not which image.
const REGISTRY_USER: &str = "username";

impl Schema {
    /// Returns the paths of members that differ although an update cannot change them.
    pub(crate) fn fixed(self, old: &Value, new: &Value) -> Vec<String> {
        let mut found = Vec::new();
        find_fixed(self.members, "", false, [old, new], &mut found);
        found
    }

    /// Returns the first member that was removed although an update cannot remove it: the service
    /// keeps a member that the request omits. Returns `None` if there is no such member.
    pub(crate) fn kept_when_left_out(self, old: &Value, new: &Value) -> Option<&'static str> {
        let optional = self.members.iter().filter(|member| !member.required);
        let mut kept = optional.filter(|it| !old[it.name].is_null() && new[it.name].is_null());
        kept.next().map(|member| member.name)
    }

    /// Compares two descriptions of an instance, and refuses differences in members that requests
    /// do not have. Removing such a member is allowed.
    pub(crate) fn refuse_read_only(self, shown: &Given, edited: &Given) -> Result<(), Wrong> {
        let top = names_of(edited).filter(|name| self.only_shows(name));
        for name in top {
            refuse_other(name, shown.member(name), edited.member(name))?;
        }
        refuse_in(self.members, "", shown, edited)
    }
}

fn refuse_in(members: &[Member], parent: &str, shown: &Given, edited: &Given) -> Result<(), Wrong> {
    for member in members {
        let path = join(parent, member.name);
        let (shown, edited) = (shown.member(member.name), edited.member(member.name));
        if member.read_only {
            refuse_other(&path, shown, edited)?;
        } else if let (MemberType::Object(members), Some(shown), Some(edited)) =
            (member.ty, shown, edited)
        {
            refuse_in(members, &path, shown, edited)?;
        }
    }
    Ok(())
}

/// Returns an error if `edited` has a value that differs from that in `shown`, or that is not in
/// `shown`. A member that was removed is accepted, because removing it does not request a change.
fn refuse_other(path: &str, shown: Option<&Given>, edited: Option<&Given>) -> Result<(), Wrong> {
    match (shown, edited) {
        (_, None) => Ok(()),
        (Some(shown), Some(edited)) if shown.says_what(edited) => Ok(()),
        (_, Some(edited)) => Err(Wrong::new(
            edited.line,
            tr!("{path} cannot be changed", path = path),
        )),
    }
}

fn names_of(given: &Given) -> impl Iterator<Item = &str> {
    let members = match &given.shape {
        crate::request::untyped::Shape::Object(members) => &members[..],
        _ => &[],
    };
    members.iter().map(|(name, _)| name.as_str())
}

fn find_fixed(
    members: &[Member],
    parent: &str,
    inside: bool,
    values: [&Value; 2],
    found: &mut Vec<String>,
) {
    for member in members {
        let path = join(parent, member.name);
        let values = values.map(|value| &value[member.name]);
        let fixed = inside || member.immutable;
        match member.ty {
            MemberType::Object(members) => find_fixed(members, &path, fixed, values, found),
            _ if !fixed || member.sensitive || member.name == REGISTRY_USER => {}
            _ if values.map(nothing_if_empty)[0] == values.map(nothing_if_empty)[1] => {}
            _ => found.push(path),
        }
    }
}

fn nothing_if_empty(value: &Value) -> &Value {
    match value.as_str() {
        Some("") => &Value::Null,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pool_queue_image_and_name_are_fixed_and_the_way_to_the_image_is_not() {
        let old = json!({"name": "n", "creator": "c", "conf": {
            "resourcePool": {"resourcePoolType": "", "queueName": "q"},
            "resources": {"cpus": 1}, "image": {"imageType": 0, "imageUrl": "i"},
        }});
        let new = json!({"name": "m", "creator": "d", "conf": {
            "resourcePool": {"queueName": "r"}, "resources": {"cpus": 2},
            "image": {"imageType": 1, "imageUrl": "i", "username": "u", "password": "p"},
        }});
        let schema = Schema::of_update();
        assert_eq!(
            schema.fixed(&old, &new),
            [
                "name",
                "conf.resourcePool.queueName",
                "conf.image.imageType"
            ]
        );
        assert!(schema.fixed(&old, &old).is_empty());
    }

    #[test]
    fn what_is_only_shown_may_go_and_may_not_change() {
        let schema = Schema::of_update();
        let given = |value: Value| Given::from(value);
        let shown =
            given(json!({"status": 3, "name": "n", "conf": {"updatedAt": 5, "startCmd": "a"}}));
        let refused = |edited: Value| {
            let refused = schema.refuse_read_only(&shown, &given(edited));
            refused.map_err(|wrong| wrong.what)
        };
        assert_eq!(
            refused(json!({"name": "m", "conf": {"startCmd": "b"}})),
            Ok(())
        );
        assert_eq!(refused(json!({"status": "3"})), Ok(()));
        assert_eq!(
            refused(json!({"status": 5})),
            Err("status cannot be changed".to_owned())
        );
        assert_eq!(
            refused(json!({"region": "gz"})),
            Err("region cannot be changed".to_owned())
        );
        assert_eq!(
            refused(json!({"conf": {"updatedAt": 6}})),
            Err("conf.updatedAt cannot be changed".to_owned())
        );
    }
}
