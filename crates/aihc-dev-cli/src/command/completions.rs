//! `completions`

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::client::Context;
use crate::completion;
use crate::exit::Failure;
use crate::language::text;

/// Print a script that completes commands, options and their values in a shell.
#[derive(Args)]
#[command(after_help = "\
The script runs this program, where it is now, to find out what fits.

Examples:
  aihc-dev completions bash > ~/.local/share/bash-completion/completions/aihc-dev
  aihc-dev completions zsh > \"${fpath[1]}/_aihc-dev\"
  aihc-dev completions fish > ~/.config/fish/completions/aihc-dev.fish
  . <(aihc-dev completions bash)       # in this shell alone")]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_parser = PossibleValuesParser::new(completion::shells()))]
    shell: String,
}

impl Completions {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let program = std::env::current_exe()?;
        let program = program.to_str().ok_or_else(|| {
            Failure::unfit(text!("the path of this program is not text in UTF-8"))
        })?;
        let script = completion::script(&self.shell, program)?;
        Ok(context.output.text(&script)?)
    }
}
