//! Hints that tell the user what to do about a failure.

use aihc_dev::wait::State;
use aihc_dev::{Error, ErrorKind, error_code};

use super::Failure;
use crate::language::{Text, text};
use crate::terminal::one_line;

fn credentials() -> Text {
    text!(
        "save an access key in a profile with `aihc-dev configure`, set BCE_ACCESS_KEY_ID and \
         BCE_SECRET_ACCESS_KEY, or name another profile with --profile"
    )
}

/// Returns a hint for a failure; `None` if there is none.
pub(crate) fn of(failure: &Failure) -> Option<Text> {
    match failure {
        Failure::About(_, failure) if is_gone(failure) && !is_about_pack_job(failure) => Some(
            text!("it was found by its name, but has been deleted since"),
        ),
        Failure::About(one, failure) => {
            let called = one.name.as_deref().unwrap_or(&one.id);
            not_started(failure, Some(called)).or_else(|| of(failure))
        }
        Failure::Half(failure, _) => of(failure),
        Failure::Credentials(_) => Some(credentials()),
        Failure::Wait(error) => not_started(failure, None).or_else(|| {
            if error.is_timeout() {
                return Some(text!(
                    "the wait is over, but the instance continues; wait longer with --timeout"
                ));
            }
            of_call(failure.call()?)
        }),
        Failure::WaitForJob(error) if error.is_timeout() => Some(text!(
            "the wait is over, but the job continues; wait longer with --timeout"
        )),
        _ => of_call(failure.call()?),
    }
}

/// If a wait for an instance to run has failed because the instance was not started, returns a hint
/// that says so. Returns `None` for other failures. `called` is the name of the instance; with
/// `None`, the hint contains its id.
fn not_started(failure: &Failure, called: Option<&str>) -> Option<Text> {
    let Failure::Wait(error) = failure else {
        return None;
    };
    let Some(State::DevInstance(status)) =
        error.state().filter(|_| error.request_error().is_none())
    else {
        return None;
    };
    let id = error.goal().strip_suffix(" to be running")?;
    status.can_start().then(|| {
        text!(
            "it is {status}, and waiting does not start it: use `aihc-dev start {name}`",
            status = status,
            name = one_line(called.unwrap_or(id))
        )
    })
}

/// Returns whether the failure is about an image pack job rather than about an instance.
fn is_about_pack_job(failure: &Failure) -> bool {
    let operation = failure.call().and_then(Error::operation);
    operation.is_some_and(looks_at_pack_job)
}

fn looks_at_pack_job(operation: &str) -> bool {
    operation.contains("ImagePackJob") && !operation.starts_with("Create")
}

/// Returns whether a call failed because the service does not know the item that the call refers
/// to.
fn is_gone(failure: &Failure) -> bool {
    failure.call().is_some_and(|error| error.is_not_found())
}

fn of_call(error: &Error) -> Option<Text> {
    if error.may_have_been_applied() {
        return Some(match error.operation() {
            Some("CreateDevInstance") => {
                text!(
                    "a second try may create a second instance: look for it with \
                 `aihc-dev list --mine --name NAME` first"
                )
            }
            Some("StopJob") => text!("look with `aihc-dev jobs show ID` before you try again"),
            _ => text!("look with `aihc-dev show ID` before you try again"),
        });
    }
    match error.kind() {
        ErrorKind::Credentials => Some(credentials()),
        ErrorKind::Connect | ErrorKind::Transport => Some(text!(
            "check --region, --endpoint and --proxy, and the network"
        )),
        ErrorKind::Timeout => Some(text!("allow more time with --timeout")),
        ErrorKind::Service if error.is_throttled() => Some(text!(
            "the service is overloaded: try again later, or allow more attempts with --timeout \
             and --retries"
        )),
        ErrorKind::Service if error.code().is_none() => Some(text!(
            "a gateway or proxy responded: check --endpoint and --proxy, or try again later"
        )),
        ErrorKind::Service => of_code(error.code()?, error.operation().unwrap_or_default()),
        _ => None,
    }
}

fn of_code(code: &str, operation: &str) -> Option<Text> {
    let is_about_instances = operation.contains("DevInstance");
    Some(match code {
        error_code::NOT_FOUND => ids_for(operation),
        error_code::FORBIDDEN if is_about_instances => {
            text!(
                "its state or your permissions do not allow this; `aihc-dev show ID` shows the state"
            )
        }
        error_code::FORBIDDEN if is_about_jobs(operation) => {
            text!(
                "its state or your permissions do not allow this; `aihc-dev jobs show ID` shows the state"
            )
        }
        error_code::ACCESS_DENIED if is_about_instances => {
            text!("it requires the policy AIHCDevelopPolicy, and a role in the queue")
        }
        error_code::FORBIDDEN | error_code::ACCESS_DENIED => {
            text!("your permissions do not allow this")
        }
        error_code::OPT_IN_REQUIRED => {
            text!("activate the service for the account in the console first")
        }
        error_code::SIGNATURE_DOES_NOT_MATCH => {
            text!("the secret access key probably does not belong to the id")
        }
        error_code::INVALID_ACCESS_KEY_ID => credentials(),
        error_code::REQUEST_EXPIRED => text!("set the clock of this computer"),
        _ => return None,
    })
}

fn is_about_jobs(operation: &str) -> bool {
    operation.contains("Job") && !operation.contains("DevInstance")
}

/// Returns a hint that tells where the user finds the ids which an operation accepts.
fn ids_for(operation: &str) -> Text {
    if looks_at_pack_job(operation) {
        text!(
            "this instance has no such job; `aihc-dev pack-image` prints the id of the job that \
             it starts"
        )
    } else if operation == "CreateDevInstance" {
        text!(
            "`aihc-dev pools` and `aihc-dev queues` show where instances can run; each region has \
         its own pools, see --region"
        )
    } else if operation.contains("Queue")
        || operation.contains("Pool")
        || operation == "DescribeJobs"
    {
        text!("`aihc-dev pools` shows the ids; each region has its own pools, see --region")
    } else if operation == "DescribeJobLogs" {
        text!(
            "`aihc-dev jobs show ID` shows the pods of a job; each region has its own jobs, see \
             --region"
        )
    } else if is_about_jobs(operation) {
        text!("`aihc-dev jobs list` shows the ids; each region has its own jobs, see --region")
    } else if operation.contains("Service") {
        text!(
            "`aihc-dev services list` shows the ids; each region has its own services, see --region"
        )
    } else {
        text!("`aihc-dev list` shows the ids; each region has its own instances, see --region")
    }
}

/// Returns whether the operation that failed makes a change; `false` if the operation is unknown.
pub(crate) fn is_change(error: &Error) -> bool {
    error.operation().is_some_and(changes)
}

/// Returns whether an operation makes a change. AssumeRole only issues temporary credentials.
fn changes(operation: &str) -> bool {
    let reads = operation.starts_with("Describe") || operation.starts_with("Get");
    !reads && operation != "AssumeRole"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_issued_without_a_change() {
        for operation in ["GetSessionToken", "AssumeRole", "DescribeDevInstances"] {
            assert!(!changes(operation), "{operation}");
        }
        for operation in ["CreateDevInstance", "StopJob", "ModifyService"] {
            assert!(changes(operation), "{operation}");
        }
    }

    #[test]
    fn hints_about_jobs_lead_to_jobs() {
        let hint = |code, operation| of_code(code, operation).unwrap().to_string();
        let stop = hint(error_code::FORBIDDEN, "StopJob");
        assert!(stop.contains("its state") && stop.contains("aihc-dev jobs show"));
        assert!(hint(error_code::NOT_FOUND, "DescribeJobLogs").contains("pods"));
        assert!(hint(error_code::NOT_FOUND, "StopJob").contains("aihc-dev jobs list"));
        let look = hint(error_code::NOT_FOUND, "DescribeDevInstanceImagePackJob");
        assert!(look.contains("aihc-dev pack-image"));
        // The job that packs an image belongs to an instance.
        let pack = hint(error_code::FORBIDDEN, "CreateDevInstanceImagePackJob");
        assert!(pack.contains("aihc-dev show"));
    }
}
