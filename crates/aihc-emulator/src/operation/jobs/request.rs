//! Parsing of a request for a new job.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::error::ApiError;
use crate::operation::limits;
use crate::state::{JobSettings, Role};
use crate::validate::Arguments;

/// The default number of restarts of a fault-tolerant job.
const RETRIES: u32 = 2;
/// The argument that sets the number of restarts of a fault-tolerant job.
const RETRY_ARGUMENT: &str = "--max-num-of-unconditional-retry=";
/// The maximum number of restarts, even if [`RETRY_ARGUMENT`] requests more.
const MOST_RETRIES: u32 = 20;

/// Parses the request of CreateJob.
pub(super) fn settings(arguments: &Arguments) -> Result<JobSettings, ApiError> {
    let mut members = arguments.known_body();
    let kind = arguments
        .filled("jobType")
        .unwrap_or("PyTorchJob")
        .to_owned();
    let spec = members
        .get_mut("jobSpec")
        .map(Value::take)
        .unwrap_or_default();
    let (spec, roles) = read_spec(spec, &kind)?;
    members.insert("jobSpec".into(), spec);
    members.insert("jobType".into(), json!(kind));
    let pods = roles.iter().map(|role| role.replicas);
    let pods = pods.fold(0, i64::saturating_add);
    limits::check(pods, members.get("jobSpec").unwrap_or(&Value::Null))?;
    let tolerates = arguments.boolean("faultTolerance").unwrap_or_default();
    Ok(JobSettings {
        name: arguments.text("name").to_owned(),
        pool: arguments.text("resourcePoolId").to_owned(),
        queue: arguments.text("queueID").to_owned(),
        priority: arguments.filled("priority").unwrap_or("normal").to_owned(),
        roles,
        retention: arguments
            .filled("retentionPeriod")
            .map(retention)
            .transpose()?,
        retries: if tolerates {
            retries(arguments.text("faultToleranceArgs"))
        } else {
            0
        },
        members,
    })
}

/// Returns the specification of a job without passwords, and the roles of its pods. If the pods
/// share a single specification, their roles are master and worker.
fn read_spec(mut spec: Value, kind: &str) -> Result<(Value, Vec<Role>), ApiError> {
    let mut roles = Vec::new();
    let by_role = ["TFJob", "RayJob"].contains(&kind);
    let is_one = spec.get("image").is_some();
    if by_role == is_one {
        let message = format!(
            "jobSpec of a {kind} must be {}",
            match by_role {
                true => "an object with a specification for each role",
                false => "a single specification",
            }
        );
        return Err(ApiError::invalid_parameter(message));
    }
    match &mut spec {
        Value::Object(specs) if by_role => {
            for (name, spec) in specs {
                let place = format!("jobSpec.{name}");
                roles.push(role(&name.to_ascii_lowercase(), spec, &place)?);
            }
        }
        spec => {
            let all = role("master", spec, "jobSpec")?;
            let workers = all.replicas - 1;
            roles.push(Role {
                replicas: 1,
                ..all.clone()
            });
            if workers > 0 {
                roles.push(Role {
                    name: "worker".into(),
                    replicas: workers,
                    ..all
                });
            }
        }
    }
    if roles.is_empty() {
        return Err(ApiError::invalid_parameter("jobSpec has no role"));
    }
    Ok((spec, roles))
}

fn role(name: &str, spec: &mut Value, place: &str) -> Result<Role, ApiError> {
    if let Some(password) = spec.pointer_mut("/imageConfig/password") {
        *password = json!("");
    }
    let replicas = spec
        .get("replicas")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    if replicas < 1 {
        let message = format!("{place}.replicas must be at least 1");
        return Err(ApiError::invalid_parameter(message));
    }
    let resources = spec.get("resources").and_then(Value::as_array);
    let resources = resources.into_iter().flatten().filter_map(|resource| {
        let name = resource.get("name")?.as_str()?.to_owned();
        Some((name, resource.get("quantity")?.as_f64()?))
    });
    let resources: Vec<(String, f64)> = resources.collect();
    if resources.iter().any(|(_, quantity)| *quantity < 0.0) {
        let message = format!("{place}.resources: a quantity must not be negative");
        return Err(ApiError::invalid_parameter(message));
    }
    Ok(Role {
        name: name.to_owned(),
        replicas,
        resources,
    })
}

/// Parses the time for which a job is kept after its end, such as `1h`.
fn retention(text: &str) -> Result<Duration, ApiError> {
    let seconds = match text.chars().last() {
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86_400,
        _ => 0,
    };
    let count = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    let count = count.parse::<u32>().ok().filter(|_| seconds > 0);
    let count = count.ok_or_else(|| {
        ApiError::invalid_parameter("retentionPeriod must have the form 30m, 1h or 7d")
    })?;
    Ok(Duration::from_secs(u64::from(count) * seconds))
}

fn retries(arguments: &str) -> u32 {
    let mut words = arguments.split_whitespace();
    let told = words.find_map(|word| word.strip_prefix(RETRY_ARGUMENT)?.parse().ok());
    told.unwrap_or(RETRIES).min(MOST_RETRIES)
}

/// Returns the datasets that a job mounts. In the request, the member `name` of a dataset contains
/// its id.
pub(super) fn datasets(members: &Map<String, Value>) -> Vec<Value> {
    let sources = members.get("datasources").and_then(Value::as_array);
    let sources = sources.into_iter().flatten();
    let datasets =
        sources.filter(|source| source.get("type").is_some_and(|kind| kind == "dataset"));
    datasets
        .map(|source| json!({"datasetId": source.get("name")}))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_keeping_have_a_number_and_a_unit() {
        for (text, seconds) in [("1m", 60), ("2h", 7200), ("7d", 604_800)] {
            assert_eq!(retention(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "1", "h", "1s", "-1h", "1.5h", "天", "99999999999d"] {
            assert!(retention(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_job_begins_again_as_often_as_its_arguments_say() {
        assert_eq!(retries(""), RETRIES);
        assert_eq!(
            retries("--enable-replace=true --max-num-of-unconditional-retry=7"),
            7
        );
        let many = "--max-num-of-unconditional-retry=4000000000";
        assert_eq!(retries(many), MOST_RETRIES);
    }
}
