//! The `cp` command: copies files to or from an instance with scp.

mod place;

use std::ffi::{OsStr, OsString};

use clap::{Args, ValueHint};

use self::place::{Copy, Place};
use super::child;
use super::login::{LoginOptions, OpenSshOptions};
use crate::client::Context;
use crate::exit::Failure;

/// Copy files to an instance, or from it.
#[derive(Args)]
#[command(after_help = "\
NAME:PATH and ID:PATH are paths in an instance; a PATH without a leading `/` is relative to the \
user's home there. All others are local paths: write `./a:b` for a name with a colon. Runs the \
scp of this computer, which must be OpenSSH, as `aihc-dev ssh` runs ssh.

Examples:
  aihc-dev cp train.py dv-f458ede5:/work/ --host 192.0.2.7
  aihc-dev cp --recursive data config.yaml dv-f458ede5:/work/ --internal
  aihc-dev cp train:/work/model.pt . --internal")]
pub(crate) struct Cp {
    /// Paths to copy, and the target as the last one.
    #[arg(required = true, num_args = 2.., value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<OsString>,
    /// Copy folders recursively.
    #[arg(long, short)]
    recursive: bool,
    /// Keep times and modes.
    #[arg(long, short)]
    preserve: bool,
    #[command(flatten)]
    login: LoginOptions,
    #[command(flatten)]
    options: OpenSshOptions,
}

impl Cp {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let copy = Copy::of(&self.paths).map_err(Failure::usage)?;
        let login = self.login.to_running(context, &copy.instance).await?;
        let mut scp = self.options.command("scp", &login).await;
        scp.args(self.recursive.then_some("-r"));
        scp.args(self.preserve.then_some("-p"));
        scp.arg("--");
        for place in copy.places {
            scp.arg(match place {
                Place::Here(path) => not_an_option(path),
                Place::There { path, .. } => login.path(&path),
            });
        }
        child::become_it(scp).await
    }
}

/// Returns the path, preceded by `./` if it begins with `-`. Older versions of scp pass paths on to
/// other programs, which could take such a path for an option.
fn not_an_option(path: &OsStr) -> OsString {
    let mut named = OsString::new();
    if path.as_encoded_bytes().starts_with(b"-") {
        named.push("./");
    }
    named.push(path);
    named
}
