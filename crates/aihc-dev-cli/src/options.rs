//! The options that all commands accept.

use std::ffi::OsString;
use std::time::Duration;

use clap::builder::OsStringValueParser;
use clap::{Args, ValueEnum, ValueHint};
use clap_complete::ArgValueCandidates;

use crate::completion::candidates;
use crate::language::{self, Language, tr};
use crate::output::OutputOptions;

/// Options that may come before or after the command. Each has one line of help on a terminal of
/// the usual width; `help options` has the long texts.
#[derive(Args, Clone)]
pub(crate) struct GlobalOptions {
    #[command(flatten)]
    pub(crate) output: OutputOptions,
    /// Region of the service.
    #[arg(long, global = true, value_name = "REGION", value_parser = not_empty)]
    #[arg(
        long_help = "Region of the service [default: BCE_REGION, that of the profile in use, bj]"
    )]
    #[arg(add = ArgValueCandidates::new(candidates::regions), help_heading = HEADING)]
    pub(crate) region: Option<String>,
    /// Address of the service, instead of the region's.
    #[arg(long, global = true, value_name = "URL", value_parser = not_empty)]
    #[arg(
        long_help = "Address of the service, such as http://127.0.0.1:7070, instead of the region's"
    )]
    #[arg(help_heading = HEADING)]
    pub(crate) endpoint: Option<String>,
    /// Profile of ~/.bce/config.json to take the keys from.
    #[arg(long, global = true, value_name = "NAME", value_parser = not_empty)]
    #[arg(long_help = "Profile of ~/.bce/config.json; keys in the environment are then ignored")]
    #[arg(add = ArgValueCandidates::new(candidates::profiles), help_heading = HEADING)]
    pub(crate) profile: Option<String>,
    /// Context for values that are not given; `none` for none.
    #[arg(long, global = true, value_name = "NAME", value_parser = not_empty)]
    #[arg(
        long_help = "Context that supplies what `create` and other commands are not given, `none` for no context \
                       [default: AIHC_CONTEXT, that of `context use`]"
    )]
    #[arg(add = ArgValueCandidates::new(candidates::contexts), help_heading = HEADING)]
    pub(crate) context: Option<String>,
    /// Proxy for every request; `none` for none.
    #[arg(long, global = true, value_name = "URL", value_parser = not_empty)]
    #[arg(
        long_help = "Proxy for every request, `none` for no proxy [default: from the environment]"
    )]
    #[arg(help_heading = HEADING)]
    pub(crate) proxy: Option<String>,
    /// PEM file with additional root certificates.
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(
        long_help = "PEM file with root certificates to trust in addition to those of the system"
    )]
    #[arg(env = "AIHC_CA_FILE", hide_env = true, value_parser = OsStringValueParser::new())]
    #[arg(help_heading = HEADING)]
    pub(crate) ca_file: Option<OsString>,
    /// Limit of each call, or of the wait.
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    #[arg(
        long_help = "Limit of each call [default: 90s]; for commands that wait, limit of the wait \
                       [default: 30m]"
    )]
    #[arg(help_heading = HEADING)]
    pub(crate) timeout: Option<Duration>,
    /// Maximum number of retries of a failed call.
    #[arg(long, global = true, value_name = "N", default_value_t = 3, value_parser = count)]
    #[arg(help_heading = HEADING)]
    pub(crate) retries: u32,
    /// Log level: off, error, warn, info, debug, trace.
    #[arg(long, global = true, value_name = "LEVEL", hide_possible_values = true)]
    #[arg(
        long_help = "Level of the log on standard error [default: warn, without what the final error \
                       contains]"
    )]
    #[arg(help_heading = HEADING)]
    pub(crate) log_level: Option<LogLevel>,
    /// Language of help and messages: en or zh.
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = language::named)]
    #[arg(
        long_help = "Language of help and messages, en or zh [default: BCE_LANGUAGE, that of the profile, \
                       the locale's]"
    )]
    #[arg(add = ArgValueCandidates::new(candidates::languages), help_heading = HEADING)]
    language: Option<Language>,
}

/// The heading of the global options in the help.
pub(crate) const HEADING: &str = "Global options";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Refuses an empty value. Such a value usually comes from a shell variable that is not set, and
/// would silently select something else.
pub(crate) fn not_empty(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(tr!("is empty; leave the option out instead")),
        _ => Ok(text.to_owned()),
    }
}

fn count(text: &str) -> Result<u32, String> {
    let number = text.parse();
    number.map_err(|_| {
        tr!(
            "must be a whole number from 0 to {largest}",
            largest = u32::MAX
        )
    })
}

/// Parses an integer.
pub(crate) fn whole(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| tr!("must be a whole number"))
}

/// Parses an integer that is at least one.
pub(crate) fn positive(text: &str) -> Result<i64, String> {
    match whole(text)? {
        ..=0 => Err(tr!("must be at least 1")),
        number => Ok(number),
    }
}

/// Parses a duration such as `90s`, `2h` or `1h30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let number = text.trim();
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        // Some tools take a plain number for seconds, others for minutes.
        return Err(tr!(
            "it has no unit; write {number}s for seconds, {number}m for minutes, {number}h for hours",
            number = number
        ));
    }
    match humantime::parse_duration(text) {
        Ok(duration) if duration.is_zero() => Err(tr!("must be longer than zero")),
        Ok(duration) => Ok(duration),
        Err(_) => Err(tr!("must be a time such as 90s, 2h or 1h30m")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_with_units() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(duration("50ms"), Ok(Duration::from_millis(50)));
        for wrong in ["", "0s", "5", "h", "-5s", "soon"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
