//! Completion of commands in shells.
//!
//! The command `completions` prints a script for a shell. When the user requests completion, this
//! script runs the program with the words that were typed so far, and sets an environment variable
//! that tells the program to print candidates.

pub(crate) mod candidates;
mod line;
mod remote;
mod values;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{Bash, CompleteEnv, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

/// The environment variable with which a completion script requests candidates. Nobody sets a
/// variable with this name by chance.
const VARIABLE: &str = "AIHC_DEV_COMPLETE";
const NAME: &str = "aihc-dev";
const SHELLS: Shells<'static> = Shells(&[&BASH, &Elvish, &Fish, &Powershell, &ZSH]);

/// If a shell has requested completions, prints them and exits.
pub(crate) fn answer(command: fn() -> Command) {
    CompleteEnv::with_factory(|| values::with_values(command()))
        .var(VARIABLE)
        .bin(NAME)
        .shells(SHELLS)
        .complete();
}

/// Returns the names of the supported shells.
pub(crate) fn shells() -> Vec<&'static str> {
    SHELLS.names().collect()
}

/// Returns the script for a shell, which runs the program at the path `program`; empty if the shell
/// is not supported.
pub(crate) fn script(shell: &str, program: &str) -> io::Result<String> {
    let mut script = Vec::new();
    if let Some(shell) = SHELLS.completer(shell) {
        shell.write_registration(VARIABLE, NAME, NAME, program, &mut script)?;
    }
    String::from_utf8(script).map_err(io::Error::other)
}

/// A shell for which the script of `clap_complete` is replaced with our own.
struct ShellWithOwnScript {
    shell: &'static dyn EnvCompleter,
    register: fn(&Program<'_>, &mut dyn Write) -> io::Result<()>,
}

/// What a completion script must know about the program whose arguments it completes.
struct Program<'a> {
    /// The environment variable with which the script requests candidates from the program.
    variable: &'a str,
    name: &'a str,
    /// The name of the command whose arguments the shell completes.
    command: &'a str,
    path: &'a str,
}

/// The script for bash. It allows any character in the path of the program, finds the program if it
/// has been moved, and handles `--option=value`, which bash splits into three words.
const BASH: ShellWithOwnScript = ShellWithOwnScript {
    shell: &Bash,
    register: |program, script| {
        let function = format!("_{}", program.name.replace('-', "_"));
        let path = format!("'{}'", program.path.replace('\'', r"'\''"));
        let text = include_str!("script.bash")
            .replace("FUNCTION", &function)
            .replace("VARIABLE", program.variable)
            .replace("COMMAND", program.command)
            .replace("PROGRAM", &path);
        script.write_all(text.as_bytes())
    },
};

/// The script for zsh. It removes the quotes from words, and works both when it is sourced and when
/// it is a file in `fpath`, which zsh calls as the completion function.
const ZSH: ShellWithOwnScript = ShellWithOwnScript {
    shell: &Zsh,
    register: |program, script| {
        let Program {
            variable,
            name,
            command,
            path,
        } = *program;
        let mut text = Vec::new();
        Zsh.write_registration(variable, name, command, path, &mut text)?;
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        let plain = r#""${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}""#;
        let text = text.replace(r#""${words[@]}""#, plain);
        script.write_all(text.as_bytes())?;
        let function = format!("_clap_dynamic_completer_{}", name.replace('-', "_"));
        writeln!(
            script,
            "[[ $funcstack[1] != _{command} ]] || {function} \"$@\""
        )
    },
};

impl EnvCompleter for ShellWithOwnScript {
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
