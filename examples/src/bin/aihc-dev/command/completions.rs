//! `completions`

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::connect::Context;
use crate::failure::Failure;
use crate::options::Cli;

/// Print a script that completes commands and options in a shell.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev completions bash > ~/.local/share/bash-completion/completions/aihc-dev
  aihc-dev completions zsh > \"${fpath[1]}/_aihc-dev\"")]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "aihc-dev", &mut script);
        Ok(context.output.text(&String::from_utf8_lossy(&script))?)
    }
}
