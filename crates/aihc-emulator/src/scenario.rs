//! The scenario of the emulated service, which determines what goes wrong.

use std::time::Duration;

/// A scenario: things that go wrong in the emulated service. By default nothing does.
///
/// Durations are in emulated time, like those of [`Delays`](crate::Delays).
///
/// ```
/// use std::time::Duration;
///
/// let mut scenario = aihc_emulator::Scenario::default();
/// scenario.read_after_write = Duration::from_secs(3); // reads lag behind writes
/// scenario.capacity = Some(2); // the third instance waits in state 1
/// # let _ = aihc_emulator::Emulator::builder().scenario(scenario);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Scenario {
    /// The time for which reads and lists of dev instances still show the state before a write; an
    /// instance that has just been created is not found. Writes always use the actual state. The
    /// default is zero.
    pub read_after_write: Duration,
    /// The number of dev instances that can be deployed at the same time; the others wait,
    /// in state 1, queued. Of the waiting instances, the one with the highest priority comes first,
    /// and among equals the one that has waited longest. Unlimited by default.
    pub capacity: Option<usize>,
    /// Whether a dev instance with priority `high` replaces one with a lower priority if as many
    /// instances are deployed as `capacity` allows. The replaced instance then waits,
    /// in state 1, queued. The default is `false`.
    pub preemption: bool,
    /// The probability, from 0 to 1, that the deployment of a dev instance fails, which puts it
    /// into state 18, failed. The default is 0.
    pub deployment_failure: f64,
    /// The probability, from 0 to 1, that a job fails at its end. The default is 0.
    pub job_failure: f64,
    /// The time after which a running dev instance is regarded as idle and stopped. By default this
    /// never happens.
    pub idle_stop: Option<Duration>,
}

/// The error returned when a setting is not valid.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{0}")]
pub struct SettingError(pub(crate) String);

impl Scenario {
    pub(crate) fn check(&self) -> Result<(), SettingError> {
        for (name, probability) in [
            ("deployment failure", self.deployment_failure),
            ("job failure", self.job_failure),
        ] {
            if !(0.0..=1.0).contains(&probability) {
                return Err(SettingError(format!(
                    "{name} {probability} is not a probability between 0 and 1"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_lies_between_nought_and_one() {
        let with = |deployment_failure| Scenario {
            deployment_failure,
            ..Scenario::default()
        };
        for (probability, usable) in [
            (0.0, true),
            (1.0, true),
            (-0.1, false),
            (1.1, false),
            (f64::NAN, false),
        ] {
            assert_eq!(with(probability).check().is_ok(), usable, "{probability}");
        }
    }
}
