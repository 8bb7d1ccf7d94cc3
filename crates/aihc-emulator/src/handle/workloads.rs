//! The methods of [`Handle`] that inspect and change jobs and inference services.

use super::{Handle, JobInfo, NoSuchResource, ServiceInfo};
use crate::state::JobStatus;

impl Handle {
    /// Returns all training jobs, oldest first.
    pub fn jobs(&self) -> Vec<JobInfo> {
        let state = self.app.state_at(self.app.now().world);
        let jobs = state.jobs.iter().map(|job| JobInfo {
            id: job.id.clone(),
            name: job.settings.name.clone(),
            status: job.status(),
        });
        jobs.collect()
    }

    /// Puts a training job into a state, regardless of its current one. If the state is temporary,
    /// the job then continues by itself. If the job is fault-tolerant, has not ended and has
    /// restarts left, a failure makes it abnormal, and it then restarts. `reason` appears in events
    /// and pods.
    ///
    /// # Errors
    ///
    /// If there is no such job.
    pub fn set_job_status(
        &self,
        id: &str,
        status: JobStatus,
        reason: impl Into<String>,
    ) -> Result<(), NoSuchResource> {
        let now = self.app.now().world;
        let state = &mut *self.app.state_at(now);
        let pace = state.instances.pace();
        let forced = state.jobs.force(id, status, reason.into(), now, pace);
        state.fill(now);
        forced.map_err(|_| NoSuchResource::new("job", id))
    }

    /// Returns all inference services, oldest first.
    pub fn services(&self) -> Vec<ServiceInfo> {
        let state = self.app.state_at(self.app.now().world);
        let services = state.services.iter().map(|service| ServiceInfo {
            id: service.id.clone(),
            name: service.name().to_owned(),
            instances: service.groups().count(),
            available: service.available(),
        });
        services.collect()
    }

    /// Makes a pod of an inference service fail; if `pod_id` is the id of an instance of the
    /// service, makes all pods of that instance fail. The service is abnormal until the pods are
    /// deleted. `reason` appears in the state of the pods.
    ///
    /// # Errors
    ///
    /// If there is no such service or pod.
    pub fn fail_service_pod(
        &self,
        service_id: &str,
        pod_id: &str,
        reason: &str,
    ) -> Result<(), NoSuchResource> {
        let mut state = self.app.state_at(self.app.now().world);
        if state.services.get(service_id).is_err() {
            return Err(NoSuchResource::new("service", service_id));
        }
        let broken = state.services.break_pods(service_id, pod_id, reason);
        broken.map_err(|_| NoSuchResource::new("pod", pod_id))
    }
}
