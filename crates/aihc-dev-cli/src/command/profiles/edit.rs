//! The `profiles use` and `profiles remove` commands.

use clap::Args;
use clap_complete::ArgValueCandidates;

use crate::command::confirm;
use crate::completion::candidates;
use crate::config::ProfileFile;
use crate::exit::Failure;
use crate::language::tr;
use crate::options::not_empty;
use crate::output::note;

/// Make a profile the current one, for this tool and the official one.
#[derive(Args)]
#[command(after_help = "\
Example:
  aihc-dev profiles use work")]
pub(super) struct Use {
    /// Name of the profile.
    #[arg(value_name = "NAME", value_parser = not_empty)]
    #[arg(add = ArgValueCandidates::new(candidates::profiles))]
    name: String,
}

impl Use {
    pub(super) fn run(self) -> Result<(), Failure> {
        ProfileFile::make_current(&self.name)?;
        note(&tr!("profile {name} is now current", name = self.name));
        if let Some(other) = std::env::var_os("BCE_PROFILE").filter(|other| !other.is_empty()) {
            let other = other.to_string_lossy();
            note(&tr!(
                "BCE_PROFILE names {other}, and takes precedence",
                other = other
            ));
        }
        Ok(())
    }
}

/// Remove a profile with its keys, after asking. The key itself stays valid.
#[derive(Args)]
#[command(after_help = "\
Example:
  aihc-dev profiles remove old --yes")]
pub(super) struct Remove {
    /// Name of the profile.
    #[arg(value_name = "NAME", value_parser = not_empty)]
    #[arg(add = ArgValueCandidates::new(candidates::profiles))]
    name: String,
    /// Do not ask for confirmation.
    #[arg(long, short)]
    yes: bool,
}

impl Remove {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let name = &self.name;
        confirm::must_be_possible(self.yes, &tr!("remove profile {name}", name = name))?;
        if !self.yes {
            let question = tr!("remove profile {name} and its keys?", name = name);
            confirm::agree(question, &tr!("no profile was removed")).await?;
        }
        let now = ProfileFile::remove(name)?;
        note(&tr!("profile {name} removed", name = name));
        match now.as_deref() {
            None => {}
            Some("") => note(&tr!("no profile is now current")),
            Some(now) => note(&tr!("profile {name} is now current", name = now)),
        }
        Ok(())
    }
}
