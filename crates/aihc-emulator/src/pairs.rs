//! Parsing of scenarios and delays from lists such as `queued=600,deploying=30`.

use std::str::FromStr;
use std::time::Duration;

use crate::delays::Delays;
use crate::scenario::{Scenario, SettingError};

/// The names of the fields of a scenario, which the error about an unknown name lists.
const SCENARIOS: [&str; 6] = [
    "read-after-write",
    "capacity",
    "preemption",
    "deployment-failure",
    "job-failure",
    "idle-stop",
];
const DELAYS: [&str; 9] = [
    "creating",
    "queued",
    "deploying",
    "starting",
    "stopping",
    "deleting",
    "image-packing",
    "job-running",
    "deleted-visible",
];

impl FromStr for Scenario {
    type Err = SettingError;

    /// Parses a list of settings such as `capacity=2,idle-stop=600`, as in the program's
    /// `--scenario`. The names are those of the fields of [`Scenario`], with hyphens instead of
    /// underscores; durations are in seconds. Fields that the list does not name have their default
    /// values.
    ///
    /// ```
    /// let scenario: aihc_emulator::Scenario = "capacity=2,preemption=true".parse()?;
    /// assert_eq!(scenario.capacity, Some(2));
    /// # Ok::<(), aihc_emulator::SettingError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If `text` is not such a list.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut scenario = Self::default();
        each(text, &SCENARIOS, |name, value| {
            match name {
                "read-after-write" => scenario.read_after_write = seconds(value)?,
                "capacity" => scenario.capacity = Some(parse(value)?),
                "preemption" => scenario.preemption = parse(value)?,
                "deployment-failure" => scenario.deployment_failure = parse(value)?,
                "job-failure" => scenario.job_failure = parse(value)?,
                "idle-stop" => scenario.idle_stop = Some(seconds(value)?),
                _ => return Err(Problem::Name),
            }
            Ok(())
        })?;
        Ok(scenario)
    }
}

impl FromStr for Delays {
    type Err = SettingError;

    /// Parses a list of delays such as `queued=600,deploying=30`, as in the program's `--delays`.
    /// The names are those of the fields of [`Delays`], with hyphens instead of underscores; the
    /// values are in seconds. Fields that the list does not name have their default values.
    ///
    /// # Errors
    ///
    /// If `text` is not such a list.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut delays = Self::default();
        each(text, &DELAYS, |name, value| {
            let delay = match name {
                "creating" => &mut delays.creating,
                "queued" => &mut delays.queued,
                "deploying" => &mut delays.deploying,
                "starting" => &mut delays.starting,
                "stopping" => &mut delays.stopping,
                "deleting" => &mut delays.deleting,
                "image-packing" => &mut delays.image_packing,
                "job-running" => &mut delays.job_running,
                "deleted-visible" => &mut delays.deleted_visible,
                _ => return Err(Problem::Name),
            };
            *delay = seconds(value)?;
            Ok(())
        })?;
        Ok(delays)
    }
}

/// The part of a `NAME=VALUE` pair that is not valid.
enum Problem {
    Name,
    Value,
}

fn each(
    text: &str,
    names: &[&str],
    mut take: impl FnMut(&str, &str) -> Result<(), Problem>,
) -> Result<(), SettingError> {
    for pair in text.split(',') {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| SettingError(format!("{pair:?} is not NAME=VALUE")))?;
        take(name, value).map_err(|problem| {
            SettingError(match problem {
                Problem::Name => {
                    format!("unknown name {name}; known names are {}", names.join(", "))
                }
                Problem::Value => format!("{name} cannot be {value:?}"),
            })
        })?;
    }
    Ok(())
}

fn parse<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::Value)
}

fn seconds(text: &str) -> Result<Duration, Problem> {
    Duration::try_from_secs_f64(parse(text)?).map_err(|_| Problem::Value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_scenario_can_be_named() {
        let text = "read-after-write=1.5,capacity=2,preemption=true,deployment-failure=0.2,\
            idle-stop=600";
        let scenario: Scenario = text.parse().unwrap();
        assert_eq!(scenario.read_after_write, Duration::from_millis(1500));
        assert_eq!(scenario.idle_stop, Some(Duration::from_secs(600)));
        assert_eq!((scenario.capacity, scenario.preemption), (Some(2), true));
        assert!((scenario.deployment_failure - 0.2).abs() < f64::EPSILON);
    }

    #[test]
    fn every_delay_can_be_named() {
        let text = "creating=1,queued=2,deploying=3,starting=4,stopping=5,deleting=6,\
            image-packing=7,deleted-visible=8";
        let delays: Delays = text.parse().unwrap();
        let seconds = [
            delays.creating,
            delays.queued,
            delays.deploying,
            delays.starting,
            delays.stopping,
            delays.deleting,
            delays.image_packing,
            delays.deleted_visible,
        ]
        .map(|delay| delay.as_secs());
        assert_eq!(seconds, [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_wrong_pair_is_named() {
        for (text, message) in [
            ("", "\"\" is not NAME=VALUE"),
            ("capacity", "\"capacity\" is not NAME=VALUE"),
            (
                "capacity=1,places=2",
                "unknown name places; known names are read-after-write, capacity, preemption, \
                 deployment-failure, job-failure, idle-stop",
            ),
            ("capacity=-1", "capacity cannot be \"-1\""),
            ("idle-stop=-1", "idle-stop cannot be \"-1\""),
            ("idle-stop=nan", "idle-stop cannot be \"nan\""),
        ] {
            let error = text.parse::<Scenario>().unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        assert!("queued=soon".parse::<Delays>().is_err());
    }
}
