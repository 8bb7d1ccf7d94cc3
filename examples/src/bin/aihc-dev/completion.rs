//! What shells ask for while somebody types a command.
//!
//! The script that `completions` prints runs this program with a variable set, and the words so far.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use aihc_dev::Region;
use clap::CommandFactory as _;
use clap_complete::CompletionCandidate;
use clap_complete::env::{Bash, CompleteEnv, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

use serde_json::Value;

use crate::options::Cli;
use crate::request::Schema;

/// Nobody has this one set by chance.
const VARIABLE: &str = "AIHC_DEV_COMPLETE";
const NAME: &str = "aihc-dev";
const SHELLS: Shells<'static> = Shells(&[&AnyBash, &Elvish, &Fish, &Powershell, &AnyZsh]);

/// Answers a shell and ends, if one asks.
pub(crate) fn answer() {
    CompleteEnv::with_factory(Cli::command)
        .var(VARIABLE)
        .bin(NAME)
        .shells(SHELLS)
        .complete();
}

/// The names of the shells that there are scripts for.
pub(crate) fn shells() -> Vec<&'static str> {
    SHELLS.names().collect()
}

/// The script for a shell, which runs the program at this path.
pub(crate) fn script(shell: &str, program: &str) -> io::Result<String> {
    let mut script = Vec::new();
    if let Some(shell) = SHELLS.completer(shell) {
        shell.write_registration(VARIABLE, NAME, NAME, program, &mut script)?;
    }
    String::from_utf8(script).map_err(io::Error::other)
}

/// Bash as its users have it: the path of the program may hold any character, the program may have
/// moved, and `--option=value` is three words.
struct AnyBash;

impl EnvCompleter for AnyBash {
    fn name(&self) -> &'static str {
        Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        Bash.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        let function = format!("_{}", name.replace('-', "_"));
        let program = format!("'{}'", completer.replace('\'', r"'\''"));
        let script = include_str!("completion.bash")
            .replace("FUNCTION", &function)
            .replace("VARIABLE", var)
            .replace("COMMAND", bin)
            .replace("PROGRAM", &program);
        buf.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        cmd: &mut clap::Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        Bash.write_complete(cmd, args, current_dir, buf)
    }
}

/// Zsh, whose users put the script in a file of `fpath`: then the file is the function that is called.
struct AnyZsh;

impl EnvCompleter for AnyZsh {
    fn name(&self) -> &'static str {
        Zsh.name()
    }

    fn is(&self, name: &str) -> bool {
        Zsh.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        Zsh.write_registration(var, name, bin, completer, buf)?;
        let function = format!("_clap_dynamic_completer_{}", name.replace('-', "_"));
        writeln!(buf, "[[ $funcstack[1] != _{bin} ]] || {function} \"$@\"")
    }

    fn write_complete(
        &self,
        cmd: &mut clap::Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        Zsh.write_complete(cmd, args, current_dir, buf)
    }
}

/// The regions that are known.
pub(crate) fn regions() -> Vec<CompletionCandidate> {
    let known = [
        Region::BJ,
        Region::GZ,
        Region::SU,
        Region::BD,
        Region::FWH,
        Region::YQ,
        Region::HKG,
    ];
    known
        .iter()
        .map(|region| CompletionCandidate::new(region.as_str()))
        .collect()
}

/// The members that `create` sets.
pub(crate) fn members_of_create() -> Vec<CompletionCandidate> {
    members_of("CreateDevInstance")
}

/// The members that `update` sets.
pub(crate) fn members_of_update() -> Vec<CompletionCandidate> {
    members_of("ModifyDevInstance")
}

fn members_of(operation: &str) -> Vec<CompletionCandidate> {
    let starts = Schema::of(operation).map(|schema| schema.assignable());
    let starts = starts.into_iter().flatten();
    starts.map(CompletionCandidate::new).collect()
}

/// The profiles of the official tool, by name. Without a file that can be read there are none.
pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    let file = home.map(|home| Path::new(&home).join(".bce/config.json"));
    let text = file.and_then(|file| std::fs::read_to_string(file).ok());
    let config: Value = text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let profiles = config["profiles"].as_array().into_iter().flatten();
    let names = profiles.filter_map(|profile| profile["name"].as_str());
    names.map(CompletionCandidate::new).collect()
}
