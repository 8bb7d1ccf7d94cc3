//! Documents that the control interface receives and sends.

use std::time::Duration;

use bce_auth::{Credentials, Secret};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::access::AccessKey;
use crate::fault::{Close, Fault, FaultRule, GatewayBody, InjectedFault};
use crate::handle::Handle;

/// A fault rule, as the control interface receives and sends it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FaultDocument {
    action: Option<String>,
    #[serde(default = "one")]
    nth: u64,
    #[serde(default)]
    times: TimesDocument,
    #[serde(default = "certain")]
    probability: f64,
    status: Option<u16>,
    code: Option<String>,
    message: Option<String>,
    body: Option<String>,
    gateway: Option<GatewayWord>,
    server: Option<String>,
    retry_after: Option<u64>,
    #[serde(default)]
    delay: f64,
    close: Option<CloseWord>,
    cut_body: Option<usize>,
    #[serde(default)]
    date_skew: i64,
    #[serde(default)]
    execute: bool,
}

/// The number of requests that a fault rule affects, or the word `always`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum TimesDocument {
    Number(u64),
    Word(AlwaysWord),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AlwaysWord {
    Always,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CloseWord {
    BeforeReading,
    AfterReading,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum GatewayWord {
    Html,
    Json,
    Empty,
}

impl Default for TimesDocument {
    fn default() -> Self {
        Self::Number(1)
    }
}

fn one() -> u64 {
    1
}

fn certain() -> f64 {
    1.0
}

impl FaultDocument {
    pub(super) fn into_rule(self) -> Result<FaultRule, String> {
        let close = |word| match word {
            CloseWord::BeforeReading => Close::BeforeReading,
            CloseWord::AfterReading => Close::AfterReading,
        };
        let gateway = |word| match word {
            GatewayWord::Html => GatewayBody::Html,
            GatewayWord::Json => GatewayBody::Json,
            GatewayWord::Empty => GatewayBody::Empty,
        };
        Ok(FaultRule {
            action: self.action,
            nth: self.nth,
            times: match self.times {
                TimesDocument::Number(times) => Some(times),
                TimesDocument::Word(AlwaysWord::Always) => None,
            },
            probability: self.probability,
            fault: Fault {
                status: self.status,
                code: self.code,
                message: self.message,
                body: self.body,
                gateway: self.gateway.map(gateway),
                server: self.server,
                retry_after: self.retry_after,
                delay: seconds("delay", self.delay)?,
                close: self.close.map(close),
                cut_body: self.cut_body,
                date_skew: self.date_skew,
                execute: self.execute,
            },
        })
    }

    fn of(rule: FaultRule) -> Self {
        let fault = rule.fault;
        let close = |close| match close {
            Close::BeforeReading => CloseWord::BeforeReading,
            Close::AfterReading => CloseWord::AfterReading,
        };
        let gateway = |body| match body {
            GatewayBody::Html => GatewayWord::Html,
            GatewayBody::Json => GatewayWord::Json,
            GatewayBody::Empty => GatewayWord::Empty,
        };
        Self {
            action: rule.action,
            nth: rule.nth,
            times: match rule.times {
                Some(times) => TimesDocument::Number(times),
                None => TimesDocument::Word(AlwaysWord::Always),
            },
            probability: rule.probability,
            status: fault.status,
            code: fault.code,
            message: fault.message,
            body: fault.body,
            gateway: fault.gateway.map(gateway),
            server: fault.server,
            retry_after: fault.retry_after,
            delay: fault.delay.as_secs_f64(),
            close: fault.close.map(close),
            cut_body: fault.cut_body,
            date_skew: fault.date_skew,
            execute: fault.execute,
        }
    }
}

/// An injected fault rule, with the number of requests that it has counted, and the number of those
/// that it has affected.
#[derive(Serialize)]
pub(super) struct GivenFault {
    id: u64,
    seen: u64,
    hits: u64,
    #[serde(flatten)]
    rule: FaultDocument,
}

impl From<InjectedFault> for GivenFault {
    fn from(given: InjectedFault) -> Self {
        Self {
            id: given.id,
            seen: given.seen,
            hits: given.hits,
            rule: FaultDocument::of(given.rule),
        }
    }
}

/// A request to add dev instances.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MoreInstances {
    pub(super) prefix: String,
    pub(super) count: usize,
}

/// A request to put a dev instance into a state.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStatus {
    pub(super) status: i64,
    #[serde(default)]
    pub(super) reason: String,
}

/// A request to put a job into a state.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewJobStatus {
    pub(super) status: String,
    #[serde(default)]
    pub(super) reason: String,
}

/// A request to make a pod of an inference service fail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Breakage {
    #[serde(default)]
    pub(super) reason: String,
}

/// A request to change the emulator's time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeChange {
    advance: Option<f64>,
    skew: Option<i64>,
}

impl TimeChange {
    pub(super) fn apply(self, handle: &Handle) -> Result<(), String> {
        let advance = self.advance.map(|advance| seconds("advance", advance));
        let advance = advance.transpose()?;
        if let Some(skew) = self.skew {
            let set = handle.set_clock_skew(skew);
            set.map_err(|error| error.to_string())?;
        }
        if let Some(advance) = advance {
            handle.advance(advance);
        }
        Ok(())
    }
}

/// The body of a request to add or change an access key. The id of the key is in the path.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct KeyDocument {
    secret_access_key: Option<String>,
    user: Option<String>,
    disabled: Option<bool>,
    allow: Option<Vec<String>>,
    deny: Option<Vec<String>>,
}

impl KeyDocument {
    /// Converts the document to a key with this id. Members that the document omits keep the values
    /// that they have in `old`.
    pub(super) fn into_key(self, id: &str, old: Option<AccessKey>) -> Result<AccessKey, String> {
        let mut key = match (self.secret_access_key, old) {
            (None, Some(old)) => old,
            (None, None) => return Err("secretAccessKey is required for a new key".into()),
            (Some(secret), old) => {
                let credentials = Credentials::new(id, Secret::from(secret));
                let mut key = AccessKey::new(credentials.map_err(|error| error.to_string())?);
                if let Some(old) = old {
                    key = key
                        .user(old.user_name())
                        .disabled(old.is_disabled())
                        .allow(old.allowed())
                        .deny(old.denied());
                }
                key
            }
        };
        if let Some(user) = self.user {
            key = key.user(user);
        }
        if let Some(disabled) = self.disabled {
            key = key.disabled(disabled);
        }
        if let Some(allow) = self.allow {
            key = key.allow(allow);
        }
        if let Some(deny) = self.deny {
            key = key.deny(deny);
        }
        Ok(key)
    }
}

/// Returns an access key as JSON, without its secret.
pub(super) fn key(key: &AccessKey) -> Value {
    json!({
        "accessKeyId": key.access_key_id(), "user": key.user_name(),
        "disabled": key.is_disabled(), "allow": key.allowed(), "deny": key.denied(),
    })
}

/// Converts a number of seconds to a duration. An error begins with `name`, the name of the member.
pub(super) fn seconds(name: &str, number: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(number).map_err(|error| format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(document: Value) -> Result<FaultRule, String> {
        let document: FaultDocument =
            serde_json::from_value(document).map_err(|error| error.to_string())?;
        document.into_rule()
    }

    #[test]
    fn a_fault_is_written_as_it_is_read() {
        for document in [
            json!({}),
            json!({"action": "StopDevInstance", "nth": 2, "times": "always", "status": 503}),
            json!({"status": 502, "gateway": "html", "server": "haproxy"}),
            json!({"status": 200, "gateway": "json", "body": "[]", "server": ""}),
            json!({"status": 504, "gateway": "empty", "execute": true}),
            json!({"close": "before-reading", "delay": 0.5, "times": 3, "probability": 0.5}),
            json!({"cutBody": 10, "dateSkew": -60, "code": "Busy", "message": "m",
                   "body": "b", "retryAfter": 2, "execute": true, "close": "after-reading"}),
        ] {
            let read = rule(document.clone()).unwrap();
            let written = serde_json::to_value(FaultDocument::of(read.clone())).unwrap();
            for (name, value) in document.as_object().unwrap() {
                assert_eq!(&written[name], value, "{name}");
            }
            assert_eq!(rule(written).unwrap(), read);
        }
    }

    #[test]
    fn an_empty_document_is_the_next_request() {
        assert_eq!(rule(json!({})).unwrap(), FaultRule::new(Fault::new()));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for document in [
            json!({"actoin": "StopDevInstance"}),
            json!({"times": "often"}),
            json!({"close": "later"}),
            json!({"gateway": "xml"}),
            json!({"delay": -1}),
            json!({"delay": 1e300}),
            json!({"status": 70_000}),
        ] {
            assert!(rule(document.clone()).is_err(), "{document}");
        }
    }
}
