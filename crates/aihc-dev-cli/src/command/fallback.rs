//! Sets values that are missing in the settings of an instance, for `create` and `apply`. The table
//! shows which source of a value takes precedence. The context is a set of defaults that the user
//! has saved.
//!
//! | first | then | then | last |
//! |---|---|---|---|
//! | options | the file | `AIHC_CREATOR`, `AIHC_CREATOR_ID` | the context |

use serde_json::Value;

use crate::client::Context;
use crate::config::ContextSettings;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::output::note;
use crate::request::Schema;

/// Sets values that are missing in `body`: first from the variables `AIHC_CREATOR` and
/// `AIHC_CREATOR_ID`, then from the context in use, a set of defaults that the user has saved.
/// Tells the user which values come from the context.
pub(super) fn fill(context: &Context, schema: Schema, body: &mut Value) -> Result<(), Failure> {
    for (path, name) in [
        ("creator", "AIHC_CREATOR"),
        ("creatorId", "AIHC_CREATOR_ID"),
    ] {
        if let Some(value) = variable(name)?
            && body[path].is_null()
        {
            schema.put(body, path, value.into())?;
        }
    }
    let wanted = Wanted::of(body);
    if !wanted.anything() {
        return Ok(());
    }
    let Some(settings) = context.settings()? else {
        return Ok(());
    };
    let taken = wanted.take(&settings, schema, body)?;
    if !taken.is_empty() {
        note(&tr!(
            "context {name}: {taken}",
            name = settings.name,
            taken = taken.join(", ")
        ));
    }
    Ok(())
}

fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(_) => Err(Failure::usage(text!(
            "{name} is not UTF-8 text",
            name = name
        ))),
    }
}

/// The values that the body of a creation request lacks, and that the context, a set of defaults
/// that the user has saved, may provide.
#[derive(Debug, PartialEq)]
struct Wanted {
    /// The pool that the body names; `None` if it names none.
    pool: Option<String>,
    queue: bool,
    creator: bool,
    creator_id: bool,
}

impl Wanted {
    fn of(body: &Value) -> Self {
        let place = &body["conf"]["resourcePool"];
        let pool = ["resourcePoolId", "resourcePoolType"]
            .iter()
            .find_map(|key| place[*key].as_str());
        Self {
            pool: pool.map(str::to_owned),
            queue: place["queueName"].is_null(),
            creator: body["creator"].is_null(),
            creator_id: body["creatorId"].is_null(),
        }
    }

    fn anything(&self) -> bool {
        self.pool.is_none() || self.queue || self.creator || self.creator_id
    }

    /// Sets the missing values in `body` from `settings`, the defaults that the user has saved, but
    /// not the queue if `body` names a different pool than `settings`. Returns a description of
    /// each value that was set.
    fn take(
        &self,
        settings: &ContextSettings,
        schema: Schema,
        body: &mut Value,
    ) -> Result<Vec<String>, Failure> {
        let mut taken = Vec::new();
        let mut put = |is_wanted: bool, path: &str, word: &str, value: &Option<String>| {
            let Some(value) = value.as_ref().filter(|_| is_wanted) else {
                return Ok(());
            };
            taken.push(format!("{word} {value}"));
            schema.put(body, path, value.clone().into())
        };
        // A queue belongs to one pool.
        let same_pool = match (&self.pool, &settings.pool) {
            (Some(named), Some(known)) => named == known,
            _ => true,
        };
        let pool_path = match settings.pool.as_deref() {
            Some("serverless") => "resourcePool.resourcePoolType",
            _ => "resourcePool.resourcePoolId",
        };
        put(self.pool.is_none(), pool_path, "pool", &settings.pool)?;
        put(
            self.queue && same_pool,
            "resourcePool.queueName",
            "queue",
            &settings.queue,
        )?;
        put(self.creator, "creator", "creator", &settings.creator)?;
        put(
            self.creator_id,
            "creatorId",
            "creator id",
            &settings.creator_id,
        )?;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(mut body: Value) -> (Value, Vec<String>) {
        let settings = ContextSettings {
            name: "train".to_owned(),
            pool: Some("cce-1".to_owned()),
            queue: Some("q".to_owned()),
            creator: Some("me".to_owned()),
            creator_id: Some("u-1".to_owned()),
            ..ContextSettings::default()
        };
        let wanted = Wanted::of(&body);
        let taken = wanted.take(&settings, Schema::of_create(), &mut body);
        (body, taken.unwrap())
    }

    #[test]
    fn only_what_is_missing_is_taken() {
        let (body, told) = taken(json!({"creator": "you"}));
        let place = json!({"resourcePoolId": "cce-1", "queueName": "q"});
        let expected =
            json!({"creator": "you", "creatorId": "u-1", "conf": {"resourcePool": place}});
        assert_eq!(body, expected);
        assert_eq!(told, ["pool cce-1", "queue q", "creator id u-1"]);
    }

    #[test]
    fn the_queue_of_another_pool_is_not_taken() {
        for place in [
            json!({"resourcePoolId": "cce-2"}),
            json!({"resourcePoolType": "serverless"}),
        ] {
            let (body, _) = taken(json!({"conf": {"resourcePool": place}}));
            assert_eq!(body["conf"]["resourcePool"], place);
        }
        let same = json!({"conf": {"resourcePool": {"resourcePoolId": "cce-1"}}});
        assert_eq!(taken(same).0["conf"]["resourcePool"]["queueName"], "q");
    }
}
