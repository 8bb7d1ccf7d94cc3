//! The command line as a whole, and the options that every command takes.

use std::ffi::OsString;
use std::time::Duration;

use clap::builder::OsStringValueParser;
use clap::{Args, Parser, ValueEnum, ValueHint};
use clap_complete::ArgValueCandidates;

use crate::command::Command;
use crate::completion;
use crate::output::Format;

const AFTER_HELP: &str = "\
Environment:
  BCE_ACCESS_KEY_ID, BCE_SECRET_ACCESS_KEY  the access key; a temporary one also has
  BCE_SECURITY_TOKEN                        its session token
  BCE_PROFILE                               profile of ~/.bce/config.json, when the keys are not set
  BCE_REGION, AIHC_ENDPOINT                 where the service is; options win
  BCE_STS_ENDPOINT                          where session-token asks
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY         proxies
  AIHC_CA_FILE, SSL_CERT_FILE               roots in addition; roots instead of the system's
  AIHC_CREATOR, AIHC_CREATOR_ID             owner of what create makes
  AIHC_REGISTRY_PASSWORD                    password for pack-image
  NO_COLOR, COLUMNS                         no colours; width of tables

Exit codes:
  0    done
  1    the service, or a gateway before it, refused; or what was waited for failed
  2    wrong usage; nothing was sent
  3    no credentials, or the service does not accept them
  4    the service cannot be reached
  5    timed out
  6    a change was sent, and what became of it is unknown or could not be written
  130  interrupted by Ctrl-C; 129 ended by SIGHUP, 143 by SIGTERM

Examples:
  aihc-dev list --mine
  aihc-dev create --file machine.yaml --wait
  aihc-dev stop --mine --yes
  aihc-dev doctor";

/// AIHC dev machines: list, create, change, start, stop, delete, watch and pack them.
#[derive(Parser)]
#[command(name = "aihc-dev", version, max_term_width = 100, after_help = AFTER_HELP)]
#[command(subcommand_required = true, arg_required_else_help = true)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
}

/// Options that may stand before or after the command.
#[derive(Args, Clone)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    /// Region of the service [default: BCE_REGION, that of the profile in use, bj].
    #[arg(long, global = true, value_name = "REGION", value_parser = not_empty)]
    #[arg(add = ArgValueCandidates::new(completion::regions))]
    pub(crate) region: Option<String>,
    /// Address of the service, such as http://127.0.0.1:7070, instead of the region's.
    #[arg(long, global = true, value_name = "URL", value_parser = not_empty)]
    pub(crate) endpoint: Option<String>,
    /// Profile of ~/.bce/config.json; keys in the environment do not count then.
    #[arg(long, global = true, value_name = "NAME", value_parser = not_empty)]
    #[arg(add = ArgValueCandidates::new(completion::profiles))]
    pub(crate) profile: Option<String>,
    /// Proxy for every request, `none` for no proxy [default: from the environment].
    #[arg(long, global = true, value_name = "URL", value_parser = not_empty)]
    pub(crate) proxy: Option<String>,
    /// PEM file with roots to trust besides those of the system.
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(env = "AIHC_CA_FILE", hide_env = true, value_parser = OsStringValueParser::new())]
    pub(crate) ca_file: Option<OsString>,
    /// Limit of each call [default: 90s]; where something is waited for, of the waiting
    /// [default: 30m].
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// How often a failed call is tried again.
    #[arg(long, global = true, value_name = "N", default_value_t = 3)]
    pub(crate) retries: u32,
    /// What is logged to standard error.
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn")]
    pub(crate) log_level: LogLevel,
    /// Form of the results; with jsonl each comes on a line of its own, as soon as it is there.
    #[arg(
        long,
        short,
        global = true,
        value_name = "FORMAT",
        default_value = "table"
    )]
    pub(crate) output: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// A setting that is there says something: an empty one comes from a variable that was not set, and
/// would lead somewhere else without a word.
pub(crate) fn not_empty(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("is empty; leave the option out instead".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

/// A time such as `90s`, `2h` or `1h30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration.is_zero() => Err("must be longer than nothing".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(format!("{error}; write 90s, 2h or 1h30m")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

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
