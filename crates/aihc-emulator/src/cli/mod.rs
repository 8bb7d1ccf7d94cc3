//! The command line of the binary.
//!
//! It is parsed without clap, because clap's errors quote values, some of which are secret here.
//! Besides, the Cargo feature `cli` is enabled by default, so most crates that embed the emulator
//! as a library would have to compile clap.

pub(crate) mod keys;
mod usage;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::str::FromStr;

use aihc_emulator::{Delays, Profile, Quirk, Scenario, SettingError};

pub(crate) use self::usage::USAGE;

/// The action requested on the command line.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Print the help.
    Help,
    /// Run an emulator.
    Run(Box<Options>),
}

/// The settings of the emulator to run.
#[derive(PartialEq)]
pub(crate) struct Options {
    pub(crate) listen: String,
    pub(crate) control: Option<String>,
    /// The access key id and the secret access key.
    pub(crate) access_key: Option<(String, String)>,
    pub(crate) keys: Option<String>,
    pub(crate) time_scale: f64,
    pub(crate) profile: Profile,
    pub(crate) quirks: Vec<Quirk>,
    pub(crate) region: Option<String>,
    /// The name of the file that contains the initial resources, or `none` for no resources.
    pub(crate) resources: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) scenario: Scenario,
    pub(crate) delays: Delays,
    pub(crate) restore: Option<String>,
    pub(crate) save: Option<String>,
    pub(crate) connections: Option<usize>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let access_key = self.access_key.as_ref().map(|(id, _)| id);
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("control", &self.control)
            .field("access_key", &access_key)
            .field("time_scale", &self.time_scale)
            .finish_non_exhaustive()
    }
}

/// The options that require a value.
const OPTIONS: [&str; 16] = [
    "--listen",
    "--control",
    "--access-key",
    "--secret-key",
    "--keys",
    "--time-scale",
    "--profile",
    "--quirks",
    "--region",
    "--resources",
    "--seed",
    "--scenario",
    "--delays",
    "--restore",
    "--save",
    "--max-connections",
];

/// Parses the arguments after the program's name. An error is a line to be shown to the user; it
/// contains no access keys.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let Some(mut given) = collect(args)? else {
        return Ok(Command::Help);
    };
    let keys = given.remove("--keys");
    let access_key = match (given.remove("--access-key"), given.remove("--secret-key")) {
        (None, None) if keys.is_some() => None,
        (None, _) => return Err("--access-key is required".into()),
        (_, None) => return Err("--secret-key is required".into()),
        (Some(id), Some(secret)) => Some((id, secret)),
    };
    let named = |name: &str, problem: SettingError| format!("{name}: {problem}");
    let scenario = given.remove("--scenario").map(|text| text.parse());
    let delays = given.remove("--delays").map(|text| text.parse());
    Ok(Command::Run(Box::new(Options {
        listen: given
            .remove("--listen")
            .unwrap_or_else(|| "127.0.0.1:0".into()),
        control: given.remove("--control"),
        access_key,
        keys,
        time_scale: scale(given.remove("--time-scale").as_deref())?,
        profile: match given.remove("--profile") {
            None => Profile::default(),
            Some(name) => {
                let profile = name.parse::<Profile>();
                profile.map_err(|_| "--profile must be documented, usual or lenient")?
            }
        },
        quirks: quirks(given.remove("--quirks").as_deref())?,
        region: given.remove("--region"),
        resources: given.remove("--resources"),
        seed: given
            .remove("--seed")
            .map(|text| number("--seed", &text))
            .transpose()?,
        scenario: scenario
            .transpose()
            .map_err(|problem| named("--scenario", problem))?
            .unwrap_or_default(),
        delays: delays
            .transpose()
            .map_err(|problem| named("--delays", problem))?
            .unwrap_or_default(),
        restore: given.remove("--restore"),
        save: given.remove("--save"),
        connections: given
            .remove("--max-connections")
            .map(|text| number("--max-connections", &text))
            .transpose()?,
    })))
}

/// Returns the options and their values; `None` if the help was requested.
fn collect(
    args: impl IntoIterator<Item = OsString>,
) -> Result<Option<BTreeMap<&'static str, String>>, String> {
    let mut args = args.into_iter();
    let mut given = BTreeMap::new();
    while let Some(arg) = args.next() {
        let arg = text(arg)?;
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg.as_str(), None),
        };
        if ["--help", "-h"].contains(&name) {
            return Ok(None);
        }
        let Some(option) = OPTIONS.into_iter().find(|option| *option == name) else {
            return Err(match name.starts_with('-') {
                true => format!("unknown option {name}"),
                false => "unexpected argument; options start with --".into(),
            });
        };
        let value = match inline {
            Some(value) => value,
            None => text(args.next().ok_or_else(|| format!("{name} needs a value"))?)?,
        };
        if value.is_empty() {
            return Err(format!("{name} must not be empty"));
        }
        if given.insert(option, value).is_some() {
            return Err(format!("{name} is specified twice"));
        }
    }
    Ok(Some(given))
}

fn scale(text: Option<&str>) -> Result<f64, String> {
    let Some(text) = text else { return Ok(1.0) };
    text.parse()
        .ok()
        .filter(|scale: &f64| scale.is_finite() && *scale > 0.0)
        .ok_or_else(|| "--time-scale must be a number greater than zero".into())
}

fn quirks(text: Option<&str>) -> Result<Vec<Quirk>, String> {
    let names = text.into_iter().flat_map(|text| text.split(','));
    let quirks = names.map(|name| {
        let quirk = name.parse::<Quirk>();
        quirk.map_err(|_| format!("--quirks: unknown quirk {name:?}"))
    });
    quirks.collect()
}

fn number<T: FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{name} must be a whole number"))
}

fn text(arg: OsString) -> Result<String, String> {
    arg.into_string()
        .map_err(|_| "arguments must be valid UTF-8".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_line(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    fn options(line: &str) -> Options {
        match parse_line(line) {
            Ok(Command::Run(options)) => *options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn all_options_are_read_in_both_forms() {
        let options = options(
            "--listen 127.0.0.1:7070 --access-key ak --secret-key=s=k --time-scale 20 \
             --control=127.0.0.1:7071 --keys k.json --resources r.json --profile lenient --region gz --seed 7 \
             --scenario capacity=2 --delays=queued=600 --restore a.json --save b.json \
             --quirks sts-times,zero-values --max-connections 9",
        );
        assert_eq!(options.listen, "127.0.0.1:7070");
        assert_eq!(options.control.as_deref(), Some("127.0.0.1:7071"));
        assert_eq!(options.access_key, Some(("ak".into(), "s=k".into())));
        assert_eq!(options.keys.as_deref(), Some("k.json"));
        assert_eq!((options.time_scale, options.seed), (20.0, Some(7)));
        assert_eq!(options.profile, Profile::Lenient);
        assert_eq!(options.quirks, [Quirk::StsTimes, Quirk::ZeroValues]);
        assert_eq!(options.connections, Some(9));
        assert_eq!(options.region.as_deref(), Some("gz"));
        assert_eq!(options.scenario.capacity, Some(2));
        assert_eq!(options.delays.queued.as_secs(), 600);
        assert_eq!(options.resources.as_deref(), Some("r.json"));
        assert_eq!(options.restore.as_deref(), Some("a.json"));
        assert_eq!(options.save.as_deref(), Some("b.json"));
    }

    #[test]
    fn defaults_are_a_free_port_real_time_and_a_smooth_service() {
        let options = options("--access-key ak --secret-key sk");
        assert_eq!(
            (options.listen.as_str(), options.time_scale),
            ("127.0.0.1:0", 1.0)
        );
        assert_eq!((options.control, options.seed), (None, None));
        assert_eq!(options.scenario, Scenario::default());
        assert_eq!(options.profile, Profile::Usual);
    }

    #[test]
    fn a_file_of_keys_can_stand_alone() {
        assert_eq!(options("--keys keys.json").access_key, None);
        assert!(parse_line("--keys keys.json --access-key ak").is_err());
    }

    #[test]
    fn help_wins_over_what_is_missing() {
        assert_eq!(parse_line("--help"), Ok(Command::Help));
        assert_eq!(parse_line("--listen x -h"), Ok(Command::Help));
    }

    #[test]
    fn help_names_every_option_and_every_quirk() {
        for quirk in Quirk::all() {
            assert!(USAGE.contains(quirk.name()), "{quirk:?}");
        }
        for option in OPTIONS {
            assert!(USAGE.contains(&format!("  {option} ")), "{option}");
        }
    }

    #[test]
    fn mistakes_are_named_without_values() {
        for (line, message) in [
            ("", "--access-key is required"),
            ("--access-key ak", "--secret-key is required"),
            ("--access-key ak --secret-key", "--secret-key needs a value"),
            (
                "--access-key ak --secret-key=",
                "--secret-key must not be empty",
            ),
            (
                "--access-key ak --access-key ak2",
                "--access-key is specified twice",
            ),
            ("--port=s3cret 1", "unknown option --port"),
            ("s3cret", "unexpected argument; options start with --"),
        ] {
            assert_eq!(parse_line(line), Err(message.to_owned()), "{line}");
        }
        for (option, message) in [
            (
                "--time-scale 0",
                "--time-scale must be a number greater than zero",
            ),
            (
                "--time-scale nan",
                "--time-scale must be a number greater than zero",
            ),
            (
                "--time-scale x",
                "--time-scale must be a number greater than zero",
            ),
            (
                "--profile strict",
                "--profile must be documented, usual or lenient",
            ),
            ("--quirks zeros", "--quirks: unknown quirk \"zeros\""),
            (
                "--max-connections x",
                "--max-connections must be a whole number",
            ),
            ("--seed -1", "--seed must be a whole number"),
            (
                "--scenario places=1",
                "--scenario: unknown name places; known names are read-after-write, capacity, \
                 preemption, deployment-failure, job-failure, idle-stop",
            ),
            ("--delays queued=x", "--delays: queued cannot be \"x\""),
        ] {
            let line = format!("--access-key a --secret-key s {option}");
            assert_eq!(parse_line(&line), Err(message.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_secret_key_is_not_shown() {
        let shown = format!("{:?}", parse_line("--access-key ak --secret-key s3cret"));
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
