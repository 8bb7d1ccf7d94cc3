//! Limits on the size of jobs and services, which keep responses from taking up too much memory.
//! The limits of the service are undocumented.

use serde_json::Value;

use crate::error::ApiError;

/// A job or a service may have at most this many pods.
const MOST_PODS: i64 = 1024;
/// Each pod in a response repeats a part of the request. For all pods together, these repetitions
/// may take up at most this many bytes.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// Refuses a job or a service that has too many pods, or for which a response with all pods would
/// be too large. `shown` is the part of the request that each pod repeats in a response.
pub(super) fn check(pods: i64, shown: &Value) -> Result<(), ApiError> {
    if pods > MOST_PODS {
        let message = format!("there can be at most {MOST_PODS} pods");
        return Err(ApiError::invalid_parameter(message));
    }
    let each = shown.to_string().len();
    let all = usize::try_from(pods)
        .unwrap_or_default()
        .saturating_mul(each);
    if all > MOST_BYTES {
        let message = format!("{pods} pods of {each} bytes each are too much for a response");
        return Err(ApiError::invalid_parameter(message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_pods_are_small_and_large_ones_are_few() {
        let large = Value::from("x".repeat(1024 * 1024));
        assert_eq!(check(MOST_PODS, &Value::Null), Ok(()));
        assert_eq!(check(1, &large), Ok(()));
        assert!(check(MOST_PODS + 1, &Value::Null).is_err());
        assert!(check(MOST_PODS, &large).is_err());
    }
}
