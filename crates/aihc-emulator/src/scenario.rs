//! Troubles of the emulated service.

use std::time::Duration;

/// The troubles of the emulated service. By default there are none.
///
/// Durations are emulated time: the builder's time scale divides them.
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
    /// The time for which reads and lists show the state before a write; an instance that was just
    /// created is not found. Writes always see the truth. None by default.
    pub read_after_write: Duration,
    /// The number of instances that can be deployed at once; the others wait in state 1, the
    /// highest priority first and then the longest waiting. No limit by default.
    pub capacity: Option<usize>,
    /// Whether an instance of priority `high` takes the place of one of a lower priority when no
    /// other is free. The one that loses it goes back to state 1. False by default.
    pub preemption: bool,
    /// The probability that a deployment ends in state 18, from 0 to 1. 0 by default.
    pub deployment_failure: f64,
    /// The probability that a job fails at its end, from 0 to 1. 0 by default.
    pub job_failure: f64,
    /// The time for which an instance runs before it counts as idle and is stopped. Never by
    /// default.
    pub idle_stop: Option<Duration>,
}

/// A setting that cannot be used.
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
                    "{name} {probability} is not a probability from 0 to 1"
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
