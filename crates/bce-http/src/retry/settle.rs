//! Finds out whether a change was made if its outcome is unknown, for example because the response
//! was lost. For this purpose, the current state of the changed object is read.
//!
//! If a change was made, and somebody else has undone it before the state was read, this cannot be
//! detected.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Map, Value};

use crate::codec;
use crate::error::{Delivery, Error};
use crate::message::{Body, Reply};

/// The rule by which the response of an operation that reads the state shows whether a change was
/// made.
///
/// ```
/// use bce_http::{Client, Idempotency};
/// use bce_http::rt::{Call, Operation, SettledBy};
/// use http::Method;
///
/// static GET: Operation = Operation::new("bcc", "GetInstance", Method::GET, Idempotency::Safe);
/// static STOP: Operation =
///     Operation::new("bcc", "StopInstance", Method::PUT, Idempotency::StateGuarded);
/// static STOPPED: SettledBy = SettledBy::State {
///     member: &["instance", "status"],
///     reached: &["Stopping", "Stopped"],
///     not_reached: &["Running"],
///     reached_errors: &[],
/// };
///
/// fn stop(client: &Client, id: &str) -> Call {
///     let path = format!("/v2/instance/{id}");
///     let read = Call::new(client, &GET).path(&path);
///     Call::new(client, &STOP).path(&path).query_key("stop").settled_by(read, &STOPPED, &[])
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SettledBy {
    /// One member of the response is the state of the object. Its value shows whether the change
    /// was made.
    State {
        /// The path of the member that contains the state, as names of members, outermost first.
        member: &'static [&'static str],
        /// The states to which the change leads, as strings.
        reached: &'static [&'static str],
        /// The states that show that the change was not made. In a state that is listed neither in
        /// `not_reached` nor in `reached`, it is undecided whether the change was made.
        not_reached: &'static [&'static str],
        /// The error codes that show that the change was made, such as `NotFound` after a deletion.
        reached_errors: &'static [&'static str],
    },
    /// The response contains the changed values. The change was made if the response contains all
    /// values that were sent, except empty ones, which may be missing. If a member of the sent body
    /// is an object, it may have additional members in the response only if they are empty or are
    /// numbers, because services add such members themselves. Objects inside this object may have
    /// any additional members, unless they are `maps`.
    ///
    /// In all other cases, it is undecided whether the change was made, since a change may take
    /// some time to show.
    Values {
        /// The path of the object that contains the changed members, as names of members, outermost
        /// first.
        member: &'static [&'static str],
        /// Members that were sent but are not returned under the same name, such as an id. They are
        /// not compared.
        except: &'static [&'static str],
        /// The names of members that are maps, inside the members of the sent body, at any depth.
        /// In the response, entries that were not sent must be empty.
        maps: &'static [&'static str],
    },
}

/// The result of reading the state in order to find out whether a change was made.
#[derive(Debug)]
pub(crate) enum Settled {
    /// The change was made. The reply stands in for the lost response of the request that made it.
    Reached(Reply),
    /// The change was not made.
    NotReached,
    /// It is undecided whether the change was made. Contains the error if the state could not be
    /// read, and `None` if the state that was read does not decide it.
    Undecided(Option<Error>),
}

/// The request that reads the state after a change. Stored in the extensions of the request that
/// makes the change.
#[derive(Clone)]
pub(crate) struct Look(Arc<LookInner>);

struct LookInner {
    read: Parts,
    by: &'static SettledBy,
    /// The members of the response to the change whose values are known in advance. If the response
    /// is lost but the change was made, a reply with these members takes its place.
    answer: Vec<(&'static str, String)>,
}

impl Look {
    /// Wraps `read`, the complete request that reads the state, and `by`, the rule for its
    /// response. `answer` contains those members of the change's response whose values are known in
    /// advance.
    pub(crate) fn new(
        read: Request<Body>,
        by: &'static SettledBy,
        answer: Vec<(&'static str, String)>,
    ) -> Self {
        let (read, _) = read.into_parts();
        Self(Arc::new(LookInner { read, by, answer }))
    }

    /// Returns the request that reads the state.
    pub(crate) fn request(&self) -> Request<Body> {
        Request::from_parts(self.0.read.clone(), Body::empty())
    }

    /// Decides whether the change was made. `read` is the result of the request that reads the
    /// state, and `sent` is the body of the request that makes the change.
    pub(crate) fn settle(&self, read: Result<Reply, Error>, sent: Option<&Bytes>) -> Settled {
        let by = self.0.by;
        let settled = match &read {
            Ok(reply) => document(reply.body())
                .filter(|read| !self.is_of_another(read))
                .and_then(|read| by.judge(&read, sent)),
            Err(error) => by.judge_error(error),
        };
        match (settled, read) {
            (Some(true), Ok(reply)) => Settled::Reached(self.answer(reply.headers().clone())),
            (Some(true), Err(error)) => {
                let headers = error.service().map(|answer| answer.headers().clone());
                Settled::Reached(self.answer(headers.unwrap_or_default()))
            }
            (Some(false), _) => Settled::NotReached,
            (None, read) => Settled::Undecided(read.err()),
        }
    }

    /// Returns whether `read`, the response that shows the state, is about an object other than the
    /// changed one: it contains an `id` that differs from all known values of the changed object.
    /// Returns `false` if no values are known.
    fn is_of_another(&self, read: &Value) -> bool {
        let id = member_of(read, self.0.by.object()).and_then(|object| text(object.get("id")?));
        let known = &self.0.answer;
        id.is_some_and(|id| !known.is_empty() && known.iter().all(|(_, value)| *value != id))
    }

    /// Returns a reply in place of the lost response to the change: the members that are known in
    /// advance, and the headers of the response that shows the state, including its request id.
    fn answer(&self, headers: HeaderMap) -> Reply {
        let members = self.0.answer.iter();
        let members: Map<String, Value> = members
            .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
            .collect();
        let body = Value::Object(members).to_string();
        Reply::new(StatusCode::OK, headers, Bytes::from(body))
    }
}

impl SettledBy {
    /// Returns whether the change was made, according to `read`, the response that shows the state;
    /// `None` if this response does not decide it. `sent` is the body of the request that makes the
    /// change.
    fn judge(&self, read: &Value, sent: Option<&Bytes>) -> Option<bool> {
        match self {
            Self::State {
                member,
                reached,
                not_reached,
                ..
            } => {
                let state = text(member_of(read, member)?)?;
                let is_in = |states: &[&str]| states.contains(&state.as_str());
                is_in(reached)
                    .then_some(true)
                    .or_else(|| is_in(not_reached).then_some(false))
            }
            Self::Values {
                member,
                except,
                maps,
            } => {
                let Value::Object(mut sent) = document(sent?)? else {
                    return None;
                };
                sent.retain(|name, _| !except.contains(&name.as_str()));
                let shown = member_of(read, member)?;
                let agree = |(name, value): (&String, &Value)| {
                    let shown = shown.get(name);
                    agrees(value, shown, maps) && has_no_others(value, shown, Value::is_number)
                };
                sent.iter().all(agree).then_some(true)
            }
        }
    }

    /// Returns the path, in the response, of the object that was changed, as names of members,
    /// outermost first.
    fn object(&self) -> &'static [&'static str] {
        match self {
            Self::State { member, .. } => member.split_last().map_or(&[], |(_, object)| object),
            Self::Values { member, .. } => member,
        }
    }

    /// Returns whether the change was made, according to the error of the request that reads the
    /// state; `None` if the error does not decide it, as when the service itself has failed.
    fn judge_error(&self, error: &Error) -> Option<bool> {
        if error.delivery() != Delivery::Refused {
            return None;
        }
        let codes: &[&str] = match self {
            Self::State { reached_errors, .. } => reached_errors,
            Self::Values { .. } => &[],
        };
        codes.contains(&error.code()?).then_some(true)
    }
}

fn document(body: &Bytes) -> Option<Value> {
    codec::tree_from_json(body)
}

fn member_of<'a>(document: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter()
        .try_fold(document, |value, name| value.get(name))
}

/// Returns a string, a number or a boolean as a string, because services also write numbers as
/// strings; `None` for any other value.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns whether a value in a response (`shown`) agrees with everything that was sent in a
/// request. If a sent value is missing in the response, they agree only if the sent value is empty.
/// A secret that the service does not return, or returns masked, therefore does not agree.
fn agrees(sent: &Value, shown: Option<&Value>, maps: &[&str]) -> bool {
    let shown = shown.unwrap_or(&Value::Null);
    match (sent, shown) {
        // An empty object does not agree with an object that has members.
        (Value::Object(sent), shown) if sent.is_empty() => says_nothing(shown),
        (Value::Object(sent), shown) => sent.iter().all(|(name, value)| {
            let shown = shown.get(name);
            let whole = !maps.contains(&name.as_str()) || has_no_others(value, shown, |_| false);
            whole && agrees(value, shown, maps)
        }),
        (Value::Array(sent), Value::Array(shown)) => {
            let pairs = || sent.iter().zip(shown);
            sent.len() == shown.len()
                && pairs().all(|(sent, shown)| agrees(sent, Some(shown), maps))
        }
        (sent, Value::Null) => says_nothing(sent),
        (sent, shown) => text(sent).is_some() && text(sent) == text(shown),
    }
}

/// Returns whether an object in a response (`shown`) has no members other than those that were
/// sent. If it has others, a change that was meant to remove them may not have been made.
///
/// The following members are ignored: empty ones, and those for which `is_own` returns `true`,
/// which a service adds itself, such as the time of the change. Nested objects are not checked,
/// because services add too many members to them.
fn has_no_others(sent: &Value, shown: Option<&Value>, is_own: fn(&Value) -> bool) -> bool {
    let (Some(sent), Some(shown)) = (sent.as_object(), shown.and_then(Value::as_object)) else {
        return true;
    };
    let mut others = shown.iter().filter(|(name, _)| !sent.contains_key(*name));
    others.all(|(_, value)| says_nothing(value) || is_own(value))
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(says_nothing),
    }
}

impl fmt::Debug for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Look")
            .field("read", &self.0.read.method)
            .field("by", &self.0.by)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn agrees(sent: &Value, shown: Option<&Value>) -> bool {
        super::agrees(sent, shown, &["envs"])
    }

    #[test]
    fn what_is_shown_as_it_was_sent_agrees_in_whatever_form() {
        let sent =
            json!({"name": "a", "conf": {"cpus": 8, "envs": {"A": "1"}, "disks": [{"size": 3}]}});
        let shown = json!({
            "name": "a", "status": 3, "owner": null,
            "conf": {"cpus": "8", "envs": {"A": "1"}, "disks": [{"size": 3, "id": "v-1"}]}
        });
        assert!(agrees(&sent, Some(&shown)));
        for other in [
            json!({"name": "b", "conf": shown["conf"]}),
            json!({"name": "a"}),
            json!({"name": "a", "conf": {"cpus": 4, "envs": {"A": "1"}, "disks": [{"size": 3}]}}),
            json!({"name": "a", "conf": {"cpus": 8, "envs": {"A": "1", "B": "2"}, "disks": [{"size": 3}]}}),
            json!({"name": "a", "conf": {"cpus": 8, "envs": {}, "disks": [{"size": 3}]}}),
            json!({"name": "a", "conf": {"cpus": 8, "envs": {"A": "1"}, "disks": []}}),
        ] {
            assert!(!agrees(&sent, Some(&other)), "{other}");
        }
    }

    #[test]
    fn what_was_left_out_and_is_shown_may_have_been_meant_to_go() {
        let shown = json!({"cpus": 8, "cmd": "run", "envs": {"A": "1"}, "dir": "", "at": 1_700});
        let alone_in =
            |sent: &Value, shown: &Value| has_no_others(sent, Some(shown), Value::is_number);
        for (sent, alone) in [
            (json!({"cpus": 8, "cmd": "run", "envs": {"A": "1"}}), true),
            (json!({"cpus": 8, "envs": {"A": "1"}}), false),
            (json!({"cpus": 8, "cmd": "run"}), false),
        ] {
            assert!(agrees(&sent, Some(&shown)), "{sent}");
            assert_eq!(alone_in(&sent, &shown), alone, "{sent}");
        }
        let emptied = json!({"cpus": 8, "cmd": "run", "envs": {}});
        assert!(!agrees(&emptied, Some(&shown)));
        assert!(alone_in(&json!(1), &json!(1)));
    }

    #[test]
    fn what_is_not_shown_agrees_only_if_it_says_nothing() {
        for nothing in [
            json!(null),
            json!(false),
            json!(0),
            json!(""),
            json!([]),
            json!({"a": ""}),
        ] {
            assert!(
                agrees(&json!({ "m": nothing }), Some(&json!({}))),
                "{nothing}"
            );
        }
        for something in [
            json!(true),
            json!(1),
            json!("secret"),
            json!([1]),
            json!({"a": 1}),
        ] {
            assert!(!agrees(&json!({ "m": something }), Some(&json!({}))));
        }
        assert!(!agrees(
            &json!({"password": "new"}),
            Some(&json!({"password": "***"}))
        ));
        assert!(!agrees(
            &json!({"password": "new"}),
            Some(&json!({"password": ""}))
        ));
    }
}
