//! The routes of the control interface.

use bce_auth::encode::uri_decode;
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::document::{
    self, FaultDocument, GivenFault, KeyDocument, MoreInstances, NewStatus, TimeChange,
};
use super::reply::Reply;
use super::settings::{DelaysDocument, ScenarioDocument, merge};
use super::{request, workloads};
use crate::date::iso8601;
use crate::delays::Delays;
use crate::handle::{Handle, InstanceError};
use crate::query::Query;
use crate::scenario::Scenario;
use crate::snapshot::without_values;
use crate::state::InstanceStatus;

/// One request may add at most this many instances.
const MOST_INSTANCES: usize = 1_000_000;

/// All routes, as the response to `GET /` lists them.
const ROUTES: [&str; 31] = [
    "GET /",
    "GET /requests",
    "GET /requests?operation=NAME",
    "DELETE /requests",
    "GET /faults",
    "POST /faults",
    "DELETE /faults",
    "DELETE /faults/NUMBER",
    "GET /instances",
    "POST /instances",
    "PUT /instances/ID/status",
    "POST /instances/ID/preempt",
    "GET /image-pack-jobs",
    "POST /image-pack-jobs/INSTANCE/JOB/fail",
    "GET /jobs",
    "PUT /jobs/ID/status",
    "GET /services",
    "PUT /services/ID/pods/POD/fail",
    "GET /keys",
    "PUT /keys/ACCESS-KEY-ID",
    "DELETE /keys/ACCESS-KEY-ID",
    "GET /sessions",
    "DELETE /sessions/ACCESS-KEY-ID",
    "GET /scenario",
    "PATCH /scenario",
    "GET /delays",
    "PATCH /delays",
    "GET /time",
    "POST /time",
    "GET or PUT /snapshot",
    "POST /reset",
];

/// Handles one request to the control interface.
pub(super) fn answer(handle: &Handle, parts: &Parts, body: &[u8]) -> Reply {
    let segments = parts.uri.path().split('/').skip(1);
    let decoded = segments.map(|segment| String::from_utf8(uri_decode(segment)));
    let Ok(path) = decoded.collect::<Result<Vec<String>, _>>() else {
        return Reply::bad(&"the path is not UTF-8");
    };
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    find(handle, (parts.method.as_str(), &path), &query, body).unwrap_or_else(|refused| refused)
}

fn find(
    handle: &Handle,
    (method, path): (&str, &[&str]),
    query: &Query,
    body: &[u8],
) -> Result<Reply, Reply> {
    let parameters: &[&str] = match (method, path) {
        ("GET", ["requests"]) => &["operation"],
        _ => &[],
    };
    if let Some(name) = query.names().find(|name| !parameters.contains(name)) {
        return Err(Reply::bad(&format!(
            "this route has no query parameter {name}"
        )));
    }
    if !says_nothing(body) && !takes_body(method, path) {
        return Err(Reply::bad(
            &"this route accepts no body; GET / lists the routes",
        ));
    }
    match (method, path) {
        ("GET", [""]) => Ok(Reply::of(&json!({"routes": ROUTES}))),
        (method, ["requests"]) => requests(handle, method, query),
        (method, ["faults", rest @ ..]) => faults(handle, method, rest, body),
        (method, ["instances", rest @ ..]) => instances(handle, method, rest, body),
        (method, ["image-pack-jobs", rest @ ..]) => image_pack_jobs(handle, method, rest),
        (method, ["jobs", rest @ ..]) => workloads::jobs(handle, method, rest, body),
        (method, ["services", rest @ ..]) => workloads::services(handle, method, rest, body),
        (method, ["keys", rest @ ..]) => keys(handle, method, rest, body),
        (method, ["sessions", rest @ ..]) => sessions(handle, method, rest),
        (method, [name @ ("scenario" | "delays" | "time")]) => world(handle, method, name, body),
        (method, [name @ ("snapshot" | "reset")]) => whole(handle, method, name, body),
        _ => Err(unknown()),
    }
}

/// Returns whether a body is empty, or is a JSON object without members, which some HTTP clients
/// send in place of an empty body.
fn says_nothing(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    let inside = body
        .strip_prefix(b"{")
        .and_then(|rest| rest.strip_suffix(b"}"));
    inside.unwrap_or(body).trim_ascii().is_empty()
}

fn takes_body(method: &str, path: &[&str]) -> bool {
    matches!(
        (method, path),
        ("POST", ["faults" | "instances" | "time"])
            | (
                "PUT",
                ["instances" | "jobs", _, "status"]
                    | ["services", _, "pods", _, "fail"]
                    | ["keys", _]
                    | ["snapshot"]
            )
            | ("PATCH", ["scenario" | "delays"])
    )
}

fn requests(handle: &Handle, method: &str, query: &Query) -> Result<Reply, Reply> {
    match method {
        "GET" => Ok(Reply::of(&request::requests(
            handle,
            query.get("operation"),
        ))),
        "DELETE" => {
            handle.clear_requests();
            Ok(Reply::done())
        }
        _ => Err(unknown()),
    }
}

fn faults(handle: &Handle, method: &str, path: &[&str], body: &[u8]) -> Result<Reply, Reply> {
    match (method, path) {
        ("GET", []) => {
            let given: Vec<GivenFault> = handle.faults().into_iter().map(Into::into).collect();
            Ok(Reply::of(&json!({"faults": given})))
        }
        ("POST", []) => {
            let rule = parse::<FaultDocument>(body)?.into_rule();
            let rule = rule.map_err(|error| Reply::bad(&error))?;
            let id = handle.inject(rule).map_err(|error| Reply::bad(&error))?;
            Ok(Reply::of(&json!({"id": id})))
        }
        ("DELETE", []) => {
            handle.clear_faults();
            Ok(Reply::done())
        }
        ("DELETE", [number]) => {
            let removed = number.parse().is_ok_and(|id| handle.remove_fault(id));
            Ok(Reply::found(removed, "fault"))
        }
        _ => Err(unknown()),
    }
}

fn instances(handle: &Handle, method: &str, path: &[&str], body: &[u8]) -> Result<Reply, Reply> {
    match (method, path) {
        ("GET", []) => {
            let instances = handle.instances().into_iter();
            let instances = instances
                .map(|one| json!({"id": one.id, "name": one.name, "status": one.status.code()}));
            Ok(Reply::of(
                &json!({"instances": instances.collect::<Vec<_>>()}),
            ))
        }
        ("POST", []) => {
            let MoreInstances { prefix, count } = parse(body)?;
            if count > MOST_INSTANCES {
                return Err(Reply::bad(&format!(
                    "count must be at most {MOST_INSTANCES}"
                )));
            }
            Ok(Reply::of(
                &json!({"ids": handle.add_instances(&prefix, count)}),
            ))
        }
        ("PUT", [id, "status"]) => {
            let NewStatus { status, reason } = parse(body)?;
            let status = InstanceStatus::from_code(status);
            changed(handle.set_instance_status(id, status, reason))
        }
        ("POST", [id, "preempt"]) => changed(handle.preempt_instance(id)),
        _ => Err(unknown()),
    }
}

/// Converts the result of a change of a dev instance to a response, which has status 404 if the
/// change failed.
fn changed(result: Result<(), InstanceError>) -> Result<Reply, Reply> {
    let refused = |error: InstanceError| Reply::error(StatusCode::NOT_FOUND, &error.to_string());
    result.map(|()| Reply::done()).map_err(refused)
}

fn image_pack_jobs(handle: &Handle, method: &str, path: &[&str]) -> Result<Reply, Reply> {
    match (method, path) {
        ("GET", []) => {
            let jobs = handle.image_pack_jobs().into_iter().map(|job| {
                json!({
                    "id": job.id, "devInstanceId": job.dev_instance_id, "image": job.image,
                    "status": job.status.code(),
                })
            });
            Ok(Reply::of(
                &json!({"imagePackJobs": jobs.collect::<Vec<_>>()}),
            ))
        }
        ("POST", [instance, job, "fail"]) => changed(handle.fail_image_pack_job(instance, job)),
        _ => Err(unknown()),
    }
}

fn keys(handle: &Handle, method: &str, path: &[&str], body: &[u8]) -> Result<Reply, Reply> {
    match (method, path) {
        ("GET", []) => {
            let keys: Vec<Value> = handle.access_keys().iter().map(document::key).collect();
            Ok(Reply::of(&json!({"keys": keys})))
        }
        ("PUT", [id]) => {
            let mut keys = handle.access_keys().into_iter();
            let old = keys.find(|key| key.access_key_id() == *id);
            let document: KeyDocument = object(body, without_values)?;
            let key = document.into_key(id, old);
            handle.put_access_key(key.map_err(|error| Reply::bad(&error))?);
            Ok(Reply::done())
        }
        ("DELETE", [id]) => Ok(Reply::found(handle.remove_access_key(id), "access key")),
        _ => Err(unknown()),
    }
}

fn sessions(handle: &Handle, method: &str, path: &[&str]) -> Result<Reply, Reply> {
    match (method, path) {
        ("GET", []) => {
            let sessions = handle.sessions().into_iter().map(|session| {
                let acl = session.acl.and_then(|acl| serde_json::from_str(&acl).ok());
                json!({
                    "accessKeyId": session.access_key_id, "roleName": session.role_name,
                    "expiresAt": iso8601(session.expires_at), "acl": acl.unwrap_or(Value::Null),
                })
            });
            Ok(Reply::of(
                &json!({"sessions": sessions.collect::<Vec<_>>()}),
            ))
        }
        ("DELETE", [id]) => Ok(Reply::found(handle.revoke_session(id), "session")),
        _ => Err(unknown()),
    }
}

fn world(handle: &Handle, method: &str, name: &str, body: &[u8]) -> Result<Reply, Reply> {
    match (method, name) {
        ("PATCH", "scenario") => {
            let merged = merge(ScenarioDocument::from(handle.scenario()), parse(body)?);
            let scenario = merged.and_then(Scenario::try_from);
            let scenario = scenario.map_err(|error| Reply::bad(&error))?;
            let set = handle.set_scenario(scenario);
            set.map_err(|error| Reply::bad(&error))?;
        }
        ("PATCH", "delays") => {
            let merged = merge(DelaysDocument::from(handle.delays()), parse(body)?);
            let delays = merged.and_then(Delays::try_from);
            handle.set_delays(delays.map_err(|error| Reply::bad(&error))?);
        }
        ("POST", "time") => {
            let changed = parse::<TimeChange>(body)?.apply(handle);
            changed.map_err(|error| Reply::bad(&error))?;
        }
        ("GET", _) => {}
        _ => return Err(unknown()),
    }
    Ok(match name {
        "scenario" => Reply::of(&ScenarioDocument::from(handle.scenario())),
        "delays" => Reply::of(&DelaysDocument::from(handle.delays())),
        _ => Reply::of(&json!({
            "advanced": handle.advanced().as_secs_f64(), "skew": handle.clock_skew(),
        })),
    })
}

fn whole(handle: &Handle, method: &str, name: &str, body: &[u8]) -> Result<Reply, Reply> {
    match (method, name) {
        ("GET", "snapshot") => handle
            .snapshot()
            .map(Reply::text)
            .map_err(|error| Reply::bad(&error)),
        ("PUT", "snapshot") => {
            let text = std::str::from_utf8(body).map_err(|error| Reply::bad(&error))?;
            let restored = handle.restore(text);
            restored
                .map(|()| Reply::done())
                .map_err(|error| Reply::bad(&error))
        }
        ("POST", "reset") => {
            handle.reset();
            Ok(Reply::done())
        }
        _ => Err(unknown()),
    }
}

/// Parses the body of a request, which must be a JSON object.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reply> {
    object(body, ToString::to_string)
}

/// Parses the body of a request, which must be a JSON object. `words` converts an error of the
/// parser to the message in the response.
fn object<T: DeserializeOwned>(
    body: &[u8],
    words: impl FnOnce(&serde_json::Error) -> String,
) -> Result<T, Reply> {
    // Derived code would also accept a list that contains the members in order.
    if body
        .trim_ascii_start()
        .first()
        .is_some_and(|first| *first == b'[')
    {
        return Err(Reply::bad(&"the body must be a JSON object"));
    }
    serde_json::from_slice(body).map_err(|error| Reply::bad(&words(&error)))
}

pub(super) fn unknown() -> Reply {
    Reply::error(
        StatusCode::NOT_FOUND,
        "no such route; GET / lists all routes",
    )
}
