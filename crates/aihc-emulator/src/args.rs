//! The command line of the binary.

use std::ffi::OsString;

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Print the usage.
    Help,
    /// Run an emulator.
    Run(Options),
}

/// Settings of the emulator to run.
#[derive(PartialEq)]
pub(crate) struct Options {
    pub(crate) listen: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) time_scale: f64,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            listen,
            access_key,
            secret_key: _,
            time_scale,
        } = self;
        f.debug_struct("Options")
            .field("listen", listen)
            .field("access_key", access_key)
            .field("time_scale", time_scale)
            .finish_non_exhaustive()
    }
}

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
A local AIHC and STS server: checks signatures, keeps dev machines in memory.

Usage: aihc-emulator --access-key AK --secret-key SK [--listen ADDRESS] [--time-scale X]

  --listen ADDRESS   address to listen on; 127.0.0.1:0, a free port, by default
  --access-key AK    access key id that is accepted
  --secret-key SK    secret access key that belongs to it
  --time-scale X     emulated seconds in a real second; 1 by default
  --help             print this text

The first line on standard output is `aihc-emulator listening on http://ADDRESS`.
SIGINT and SIGTERM end it.
";

/// Reads the arguments behind the program's name. An error is a line for the user; it shows names
/// of options and never their values, which may be secret.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut args = args.into_iter();
    let (mut listen, mut access_key, mut secret_key, mut time_scale) = (None, None, None, None);
    while let Some(arg) = args.next() {
        let arg = text(arg)?;
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg.as_str(), None),
        };
        let target = match name {
            "--help" | "-h" => return Ok(Command::Help),
            "--listen" => &mut listen,
            "--access-key" => &mut access_key,
            "--secret-key" => &mut secret_key,
            "--time-scale" => &mut time_scale,
            _ if name.starts_with('-') => return Err(format!("unknown option {name}")),
            _ => return Err("unexpected argument; options start with --".into()),
        };
        let value = match inline {
            Some(value) => value,
            None => text(args.next().ok_or_else(|| format!("{name} needs a value"))?)?,
        };
        if value.is_empty() {
            return Err(format!("{name} must not be empty"));
        }
        if target.replace(value).is_some() {
            return Err(format!("{name} is given twice"));
        }
    }
    Ok(Command::Run(Options {
        listen: listen.unwrap_or_else(|| "127.0.0.1:0".into()),
        access_key: access_key.ok_or("--access-key is required")?,
        secret_key: secret_key.ok_or("--secret-key is required")?,
        time_scale: scale(time_scale.as_deref())?,
    }))
}

fn scale(text: Option<&str>) -> Result<f64, String> {
    let Some(text) = text else { return Ok(1.0) };
    text.parse()
        .ok()
        .filter(|scale: &f64| scale.is_finite() && *scale > 0.0)
        .ok_or_else(|| "--time-scale must be a number above zero".into())
}

fn text(arg: OsString) -> Result<String, String> {
    arg.into_string()
        .map_err(|_| "arguments must be UTF-8".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_line(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn all_options_are_read_in_both_forms() {
        let expected = Options {
            listen: "127.0.0.1:7070".into(),
            access_key: "ak".into(),
            secret_key: "s=k".into(),
            time_scale: 20.0,
        };
        let line = "--listen 127.0.0.1:7070 --access-key ak --secret-key=s=k --time-scale 20";
        assert_eq!(parse_line(line), Ok(Command::Run(expected)));
    }

    #[test]
    fn defaults_are_a_free_port_and_real_time() {
        let Ok(Command::Run(options)) = parse_line("--access-key ak --secret-key sk") else {
            panic!("refused")
        };
        assert_eq!(
            (options.listen.as_str(), options.time_scale),
            ("127.0.0.1:0", 1.0)
        );
    }

    #[test]
    fn help_wins_over_what_is_missing() {
        assert_eq!(parse_line("--help"), Ok(Command::Help));
        assert_eq!(parse_line("--listen x -h"), Ok(Command::Help));
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
                "--access-key is given twice",
            ),
            ("--port=s3cret 1", "unknown option --port"),
            ("s3cret", "unexpected argument; options start with --"),
            (
                "--access-key a --secret-key s --time-scale 0",
                "--time-scale must be a number above zero",
            ),
            (
                "--access-key a --secret-key s --time-scale nan",
                "--time-scale must be a number above zero",
            ),
            (
                "--access-key a --secret-key s --time-scale x",
                "--time-scale must be a number above zero",
            ),
        ] {
            assert_eq!(parse_line(line), Err(message.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_secret_key_is_not_shown() {
        let shown = format!("{:?}", parse_line("--access-key ak --secret-key s3cret"));
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
