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
const SHELLS: Shells<'static> = Shells(&[&BASH, &Elvish, &Fish, &Powershell, &ZSH]);

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

/// A shell whose script is not quite that of the library.
struct Own {
    shell: &'static dyn EnvCompleter,
    register: fn(&Program<'_>, &mut dyn Write) -> io::Result<()>,
}

/// What a script is for.
struct Program<'a> {
    /// The variable that the program is asked by.
    variable: &'a str,
    name: &'a str,
    /// The command that is completed, and the program that answers.
    command: &'a str,
    path: &'a str,
}

/// As users of bash have it: the path of the program may hold any character, the program may have
/// moved, and `--option=value` is three words.
const BASH: Own = Own {
    shell: &Bash,
    register: |program, script| {
        let function = format!("_{}", program.name.replace('-', "_"));
        let path = format!("'{}'", program.path.replace('\'', r"'\''"));
        let text = include_str!("completion.bash")
            .replace("FUNCTION", &function)
            .replace("VARIABLE", program.variable)
            .replace("COMMAND", program.command)
            .replace("PROGRAM", &path);
        script.write_all(text.as_bytes())
    },
};

/// Users of zsh put the script in a file of `fpath`: then the file is the function that is called.
const ZSH: Own = Own {
    shell: &Zsh,
    register: |program, script| {
        let Program {
            variable,
            name,
            command,
            path,
        } = *program;
        Zsh.write_registration(variable, name, command, path, script)?;
        let function = format!("_clap_dynamic_completer_{}", name.replace('-', "_"));
        writeln!(
            script,
            "[[ $funcstack[1] != _{command} ]] || {function} \"$@\""
        )
    },
};

impl EnvCompleter for Own {
    fn name(&self) -> &'static str {
        self.shell.name()
    }

    fn is(&self, name: &str) -> bool {
        self.shell.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        let program = Program {
            variable: var,
            name,
            command: bin,
            path: completer,
        };
        (self.register)(&program, buf)
    }

    fn write_complete(
        &self,
        cmd: &mut clap::Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        self.shell.write_complete(cmd, args, current_dir, buf)
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
