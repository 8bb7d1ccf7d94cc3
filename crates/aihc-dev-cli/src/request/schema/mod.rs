//! The members of a request, according to the API description.

mod fill;
mod fixed;
mod member;
mod set;

use serde_json::Value;

pub(crate) use self::member::{Member, MemberType};
use super::suggest;
use super::untyped::Wrong;
use crate::generated::{CREATE_DEV_INSTANCE, DEV_INSTANCE_DETAIL, MODIFY_DEV_INSTANCE};
use crate::language::tr;

/// Members that this tool adds to descriptions from the API: the code of the state.
const ADDED: [&str; 1] = ["statusCode"];

/// The members of an operation's body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema {
    members: &'static [Member],
    /// Whether new items of lists take over members of old ones, as described for
    /// [`keeping_items`](Self::keeping_items).
    keeps_items: bool,
}

/// The current values, which replace secrets that are written as `***`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Old<'a> {
    /// There are no current values.
    None,
    /// The current values have not been read yet. Secrets that are written as `***` are left as
    /// they are; everything else is checked.
    NotRead,
    Known(&'a Value),
}

impl Old<'_> {
    fn member(self, name: &str) -> Self {
        match self {
            Self::Known(value) => Self::Known(&value[name]),
            other => other,
        }
    }
}

impl Schema {
    /// Returns the schema of the body that creates an instance.
    pub(crate) const fn of_create() -> Self {
        Self {
            members: &CREATE_DEV_INSTANCE,
            keeps_items: false,
        }
    }

    /// Returns the schema of the body that updates an instance.
    pub(crate) const fn of_update() -> Self {
        Self {
            members: &MODIFY_DEV_INSTANCE,
            keeps_items: false,
        }
    }

    /// Changes how lists are replaced: if the required string members, such as the mount path, have
    /// the same values in an old and in a new item, the members that the new item omits are copied
    /// from the old one. The resulting list contains only the new items.
    pub(crate) const fn keeping_items(self) -> Self {
        Self {
            keeps_items: true,
            ..self
        }
    }

    /// Returns whether descriptions of instances have a member with this name, but requests do not.
    fn only_shows(self, name: &str) -> bool {
        let is_sent = self.members.iter().any(|member| member.name == name);
        !is_sent && (DEV_INSTANCE_DETAIL.contains(&name) || ADDED.contains(&name))
    }

    fn body(self) -> MemberType {
        MemberType::Object(self.members)
    }

    /// Returns the paths of required members that are missing.
    pub(crate) fn missing(self, body: &Value) -> Vec<String> {
        let mut missing = Vec::new();
        find_missing(body, self.body(), "", &mut missing);
        missing
    }

    /// Returns the beginnings of assignments to members, such as `name=`, for completion.
    pub(crate) fn assignable(self) -> Vec<String> {
        let mut paths = Vec::new();
        collect_paths(self.members, "", &mut paths);
        let inner = |path: &str| {
            let start = format!("{path}.");
            paths.iter().any(|other| other.starts_with(&start))
        };
        let leaves = paths.iter().filter(|path| !inner(path));
        let leaves = leaves.map(|path| path.strip_prefix("conf.").unwrap_or(path));
        let starts = leaves.map(|path| match path {
            // The name of a variable follows.
            "envs" => "envs.".to_owned(),
            path => format!("{path}="),
        });
        starts.collect()
    }

    fn unknown(self, path: &str, line: usize) -> Wrong {
        let mut names = Vec::new();
        collect_paths(self.members, "", &mut names);
        let close = suggest::similar(path, names.iter().map(String::as_str));
        let what = match close {
            Some(name) => tr!(
                "the API has no member {path}; did you mean {name}?",
                path = path,
                name = name
            ),
            None => tr!("the API has no member {path}", path = path),
        };
        Wrong::new(line, what)
    }
}

fn find_missing(value: &Value, ty: MemberType, path: &str, found: &mut Vec<String>) {
    match (ty, value) {
        (MemberType::Object(members), value) => {
            for member in members {
                let inner = &value[member.name];
                if member.required || !inner.is_null() {
                    find_missing(inner, member.ty, &join(path, member.name), found);
                }
            }
        }
        (MemberType::List(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                find_missing(value, *item, &join(path, &index.to_string()), found);
            }
        }
        (_, Value::Null) => found.push(path.to_owned()),
        _ => {}
    }
}

/// Adds to `found` the paths of `members` and of those inside them, except for members that are
/// read-only. The paths begin with `parent`; 0 stands for any index of a list.
fn collect_paths(members: &[Member], parent: &str, found: &mut Vec<String>) {
    for member in members.iter().filter(|member| !member.read_only) {
        let path = join(parent, member.name);
        match member.ty {
            MemberType::Object(members) => collect_paths(members, &path, found),
            MemberType::List(MemberType::Object(members)) => {
                collect_paths(members, &join(&path, "0"), found);
            }
            _ => {}
        }
        found.push(path);
    }
}

fn join(parent: &str, name: &str) -> String {
    match parent {
        "" => name.to_owned(),
        parent => format!("{parent}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        Schema::of_create()
    }

    #[test]
    fn everything_that_is_missing_is_named() {
        let body = json!({"name": "n", "conf": {"resources": {"cpus": 4}, "volumnConfs": [{}]}});
        assert_eq!(
            schema().missing(&body),
            [
                "conf.resourcePool.queueName",
                "conf.resources.memory",
                "conf.image.imageType",
                "conf.image.imageUrl",
                "conf.volumnConfs.0.volumnType",
                "conf.volumnConfs.0.mountPath",
                "creator",
                "creatorId",
            ]
        );
    }

    #[test]
    fn the_bodies_of_both_operations_are_known() {
        assert!(schema().missing(&json!({})).contains(&"name".to_owned()));
        let update = Schema::of_update();
        assert!(update.missing(&json!({})).contains(&"id".to_owned()));
    }
}
