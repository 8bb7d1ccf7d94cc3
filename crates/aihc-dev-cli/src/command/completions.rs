//! The `completions` command: prints a script with which a shell completes commands and options.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueHint};

use crate::client::Context;
use crate::completion;
use crate::exit::Failure;
use crate::language::text;

/// Print a script that completes commands, options and their values in a shell.
#[derive(Args)]
#[command(after_help = "\
The script runs this program, at its current path, to find completions.

Examples:
  aihc-dev completions bash > ~/.local/share/bash-completion/completions/aihc-dev
  aihc-dev completions zsh > \"${fpath[1]}/_aihc-dev\"
  aihc-dev completions fish > ~/.config/fish/completions/aihc-dev.fish
  . <(aihc-dev completions bash)       # in this shell only")]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_parser = PossibleValuesParser::new(completion::shells()))]
    shell: String,
    /// Program that the script runs [default: this one, at its current path].
    #[arg(long, value_name = "PROGRAM", value_hint = ValueHint::CommandName)]
    program: Option<String>,
}

impl Completions {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let program = match self.program {
            Some(program) => program,
            None => here()?,
        };
        let script = completion::script(&self.shell, &program)?;
        Ok(context.output.text(&script)?)
    }
}

/// Returns the path of this program.
fn here() -> Result<String, Failure> {
    let program = std::env::current_exe()?;
    program
        .into_os_string()
        .into_string()
        .map_err(|_| Failure::unfit(text!("the path of this program is not UTF-8 text")))
}
