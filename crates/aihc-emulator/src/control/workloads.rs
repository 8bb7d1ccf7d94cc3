//! The routes of the control interface for jobs and inference services.

use http::StatusCode;
use serde_json::{Value, json};

use super::document::{Breakage, NewJobStatus};
use super::reply::Reply;
use super::route::{parse, unknown};
use crate::handle::{Handle, NoSuchResource};
use crate::state::JobStatus;

pub(super) fn jobs(
    handle: &Handle,
    method: &str,
    path: &[&str],
    body: &[u8],
) -> Result<Reply, Reply> {
    match (method, path) {
        ("GET", []) => {
            let jobs = handle.jobs().into_iter();
            let jobs = jobs
                .map(|job| json!({"id": job.id, "name": job.name, "status": job.status.as_str()}));
            Ok(Reply::of(&json!({"jobs": jobs.collect::<Vec<Value>>()})))
        }
        ("PUT", [id, "status"]) => {
            let NewJobStatus { status, reason } = parse(body)?;
            let status: JobStatus = status.parse().map_err(|error| Reply::bad(&error))?;
            changed(handle.set_job_status(id, status, reason))
        }
        _ => Err(unknown()),
    }
}

pub(super) fn services(
    handle: &Handle,
    method: &str,
    path: &[&str],
    body: &[u8],
) -> Result<Reply, Reply> {
    match (method, path) {
        ("GET", []) => {
            let services = handle.services().into_iter().map(|service| {
                json!({
                    "id": service.id, "name": service.name, "instances": service.instances,
                    "available": service.available,
                })
            });
            let services: Vec<Value> = services.collect();
            Ok(Reply::of(&json!({"services": services})))
        }
        ("PUT", [id, "pods", pod, "fail"]) => {
            let Breakage { reason } = parse(body)?;
            changed(handle.fail_service_pod(id, pod, &reason))
        }
        _ => Err(unknown()),
    }
}

fn changed(result: Result<(), NoSuchResource>) -> Result<Reply, Reply> {
    let refused = |error: NoSuchResource| Reply::error(StatusCode::NOT_FOUND, &error.to_string());
    result.map(|()| Reply::done()).map_err(refused)
}
