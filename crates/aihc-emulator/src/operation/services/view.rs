//! Services as they appear in responses. Most members whose value is 0, false or empty are omitted,
//! as in the documentation's examples.

use serde_json::{Map, Value, json};

use crate::operation::answer::user_name;
use crate::state::{PodState, Service, ServicePod};

/// Returns a service as the API type `ServiceBriefInfo`.
pub(super) fn brief(service: &Service, region: &str) -> Value {
    let sum = |name: &str| {
        let numbers = service
            .containers()
            .iter()
            .filter_map(|it| it.get(name)?.as_i64());
        numbers.fold(0, i64::saturating_add)
    };
    short(json!({
        "createdAt": service.created_at.unix_timestamp(),
        "creator": user_name(&service.owner),
        "hpa": service.conf.get("hpa").cloned().unwrap_or_else(|| json!({})),
        "id": service.id,
        "name": service.name(),
        "networkType": service.text("/access/networkType"),
        "publicAccess": service.is("/access/publicAccess"),
        "queueName": service.text("/resourcePool/queueName"),
        "region": region,
        "resourcePoolId": service.text("/resourcePool/resourcePoolId"),
        "resourcePoolName": service.text("/resourcePool/resourcePoolName"),
        "resourcePoolType": service.text("/resourcePool/resourcePoolType"),
        "workloadType": service.text("/workloadType"),
        "resourceSpec": {
            "cpus": sum("cpus"), "memory": sum("memory"),
            "acceleratorCount": sum("acceleratorCount"),
            "acceleratorType": service.text("/acceleratorType"),
        },
        "updatedAt": service.updated_at.unix_timestamp(),
    }))
}

/// Returns a service as the API type `DescribeServiceResponse`.
pub(super) fn detail(service: &Service) -> Value {
    let instances: Vec<Value> = service.pods.iter().map(|it| pod(service, it)).collect();
    let mut conf = service.conf.clone();
    if let Some(conf) = conf.as_object_mut() {
        for name in ["hpa", "log"] {
            conf.entry(name).or_insert_with(|| json!({}));
        }
    }
    json!({
        "createdAt": service.created_at.unix_timestamp(),
        "creator": user_name(&service.owner),
        "instances": instances,
        "service": short(conf),
        "status": status(service),
        "updatedAt": service.updated_at.unix_timestamp(),
    })
}

fn status(service: &Service) -> Value {
    let containers = service.containers().iter();
    let ports = containers.flat_map(|it| it.get("ports").and_then(Value::as_array));
    let ports = ports.flatten().map(|port| {
        json!({
            "name": port.get("name"), "containerPort": port.get("port"),
            "servicePort": port.get("port"),
        })
    });
    let external = match (
        service.is("/access/publicAccess"),
        service.text("/access/eip"),
    ) {
        (false, _) => "",
        (true, "") => "203.0.113.10",
        (true, eip) => eip,
    };
    let mut known = json!({
        "accessIPs": short(json!({"internal": "10.0.7.54", "external": external})),
        "accessPorts": ports.collect::<Vec<_>>(),
        "blbShortId": service.text("/access/blbId"),
        "briefStat": brief_status(service),
    });
    if service.text("/access/networkType") == "aiGateway" {
        let mut gateway = json!({"basePath": format!("/{}/", service.id)});
        if service.is("/access/aiGateway/enableAuth") {
            gateway["tokens"] = json!({
                "serveless": format!("Bearer {}", service.gateway_token),
                "servelessId": service.id.replace("s-", "cs-"),
            });
        }
        known["aiGateway"] = gateway;
    }
    known
}

/// Returns the status of a service as the API type `ServiceBriefStat`.
pub(super) fn brief_status(service: &Service) -> Value {
    let (available, total) = (service.available(), service.groups().count());
    let broken = |pod: &ServicePod| pod.state == PodState::Broken;
    let state = match (available, total) {
        (_, 0) => 3,
        _ if service.pods.iter().any(broken) => 4,
        (available, total) if available == total => 2,
        _ => 1,
    };
    let mut reasons = service.pods.iter().map(|pod| pod.reason.as_str());
    let reason = reasons
        .find(|reason| !reason.is_empty())
        .unwrap_or_default();
    let mut known = json!({"availableIns": available, "status": state, "totalIns": total});
    if !reason.is_empty() {
        known["reason"] = json!(reason);
    }
    known
}

/// Returns a pod as the API type `InsInfo`.
pub(super) fn pod(service: &Service, pod: &ServicePod) -> Value {
    let (word, container_word, since) = match pod.state {
        PodState::Waiting(_) | PodState::Starting(_) => ("Creating", "Waiting", None),
        PodState::Running(since) => ("Running", "Running", Some(since)),
        PodState::Broken => ("Exception", "Terminated", None),
    };
    let containers = service.containers().iter().enumerate().map(|(place, container)| {
        let status = json!({
            "containerStatus": container_word, "reason": pod.reason,
            "createdAt": since.map(time::OffsetDateTime::unix_timestamp),
        });
        json!({
            "containerId": if since.is_some() { format!("{}-{place}", pod.id) } else { String::new() },
            "container": container, "status": status,
        })
    });
    let containers: Vec<Value> = containers.collect();
    let all = containers.len();
    let is_placed = !matches!(pod.state, PodState::Waiting(_));
    short(json!({
        "containers": containers,
        "instanceId": pod.id,
        "status": {
            "availableContainers": if since.is_some() { all } else { 0 },
            "blocked": pod.blocked,
            "createdAt": pod.created_at.unix_timestamp(),
            "nodeIP": if is_placed { crate::state::NODE_IP } else { "" },
            "podIP": if since.is_some() { "10.0.50.96" } else { "" },
            "reason": pod.reason,
            "status": word,
            "totalContainers": all,
        },
    }))
}

/// Returns the pods of an instance as the API type `InsGroupStatus`; `None` if there are no pods.
pub(super) fn group(service: &Service, pods: &[ServicePod]) -> Option<Value> {
    let (first, workers) = pods.split_first()?;
    let runs = |pod: &&ServicePod| matches!(pod.state, PodState::Running(_));
    let available = pods.iter().filter(runs).count();
    let broken = pods.iter().any(|pod| pod.state == PodState::Broken);
    let status = match available {
        _ if broken => "Exception",
        available if available == pods.len() => "Running",
        _ => "Creating",
    };
    let workers: Vec<Value> = workers.iter().map(|it| pod(service, it)).collect();
    Some(short(json!({
        "id": first.group,
        "availablePods": available,
        "totalPods": pods.len(),
        "blocked": pods.iter().all(|pod| pod.blocked),
        "createdAt": first.created_at.unix_timestamp(),
        "masters": [pod(service, first)],
        "workers": workers,
        "status": status,
    })))
}

/// Removes members, at any depth, whose value is null, 0, false, an empty string or an empty list,
/// as `omitempty` does in Go. Empty objects are kept.
fn short(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let is_empty = |value: &Value| match value {
                Value::Null => true,
                Value::Bool(truth) => !truth,
                Value::Number(number) => number.as_f64() == Some(0.0),
                Value::String(text) => text.is_empty(),
                Value::Array(items) => items.is_empty(),
                Value::Object(_) => false,
            };
            let members = members.into_iter().filter(|(_, value)| !is_empty(value));
            let members = members.map(|(name, value)| (name, short(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(short).collect(),
        value => value,
    }
}
