//! The operations on image pack jobs.

use serde_json::json;

use crate::error::ApiError;
use crate::operation::{Call, Output};
use crate::state::ImageTarget;

/// Handles CreateDevInstanceImagePackJob. The user name and the password for the image registry
/// must be present, but are not checked further.
pub(in crate::operation) fn create(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = call.once(|call| {
        let (arguments, now) = (call.arguments, call.now);
        let target = ImageTarget {
            image_name: arguments.text("imageName").to_owned(),
            image_tag: arguments.text("imageTag").to_owned(),
            registry: arguments.text("registry").to_owned(),
            namespace: arguments.text("namespace").to_owned(),
        };
        let instance_id = arguments.text("devInstanceId");
        call.state.instances.pack(instance_id, target, now)
    })?;
    let mut answer = json!({"imagePackJobId": id});
    if call.profile.is_lenient() {
        // The Go SDK reads this member; the documentation does not mention it.
        answer["devInstanceId"] = json!(call.arguments.text("devInstanceId"));
    }
    Ok(answer.into())
}

/// Handles DescribeDevInstanceImagePackJob.
pub(in crate::operation) fn describe(call: &mut Call<'_>) -> Result<Output, ApiError> {
    let id = call.arguments.text("imagePackJobId");
    let instance_id = call.arguments.text("devInstanceId");
    let (instance, shown) = call.state.instances.read(instance_id)?;
    let job = instance.shown_job(id, shown, call.now);
    let (job, status, updated_at) = job.ok_or_else(|| {
        ApiError::not_found(format!(
            "image pack job {id} does not exist in {}",
            instance.id
        ))
    })?;
    Ok(json!({
        "devInstanceImagePackJob": {
            "id": job.id,
            "devInstanceId": instance.id,
            "imageName": job.image_name,
            "imageTag": job.image_tag,
            "registry": job.registry,
            "namespace": job.namespace,
            "status": status,
            "createdAt": job.created_at.unix_timestamp(),
            "updatedAt": updated_at.unix_timestamp(),
        },
    })
    .into())
}
