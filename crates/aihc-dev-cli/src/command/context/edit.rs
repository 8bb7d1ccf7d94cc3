//! The `context set`, `context use` and `context remove` commands.

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::ArgValueCandidates;

use crate::client::{Context, NO_CONTEXT};
use crate::completion::candidates;
use crate::config::{CONTEXT_MEMBERS, ContextFile};
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::not_empty;
use crate::output::note;

/// Create a context, or change some of its settings. The first one is in use at once.
#[derive(Args)]
#[command(after_help = "\
The region is that of --region, or else the one in use; for an existing context only --region \
changes it.

Examples:
  aihc-dev context set train --pool cce-i8zab7dh --queue default --creator me --creator-id u-1
  aihc-dev context set train --host lb.example.com --region gz
  aihc-dev context set train --unset host --unset queue")]
pub(super) struct Set {
    /// Name of the context.
    #[arg(value_name = "NAME", value_parser = context_name)]
    #[arg(add = ArgValueCandidates::new(candidates::contexts))]
    name: String,
    /// Resource pool, as `aihc-dev pools` lists them; `serverless` for managed ones.
    #[arg(long, value_name = "ID", value_parser = not_empty)]
    pool: Option<String>,
    /// Queue, as `aihc-dev queues` lists them.
    #[arg(long, value_name = "NAME", value_parser = not_empty)]
    queue: Option<String>,
    /// Owner's name.
    #[arg(long, value_name = "NAME", value_parser = not_empty)]
    creator: Option<String>,
    /// Owner's user id.
    #[arg(long, value_name = "ID", value_parser = not_empty)]
    creator_id: Option<String>,
    /// Host to log in to, such as the address of a load balancer.
    #[arg(long, value_name = "HOST", value_parser = not_empty, conflicts_with = "internal")]
    host: Option<String>,
    /// Log in inside the private network.
    #[arg(long)]
    internal: bool,
    /// Setting to remove; may be repeated.
    #[arg(long, value_name = "MEMBER")]
    #[arg(value_parser = PossibleValuesParser::new(&CONTEXT_MEMBERS[2..]))]
    unset: Vec<String>,
}

impl Set {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let there = ContextFile::of_user()?.find(&self.name)?;
        let region = context.region();
        let given = |text: &Option<String>| text.clone();
        let mut texts = vec![
            ("profile", given(&context.options.profile)),
            ("pool", given(&self.pool)),
            ("queue", given(&self.queue)),
            ("creator", given(&self.creator)),
            ("creatorId", given(&self.creator_id)),
            ("host", given(&self.host)),
        ];
        let says_something = texts.iter().any(|(_, text)| text.is_some());
        if there.is_none() && !says_something && !self.internal {
            return Err(Failure::usage(text!(
                "context {name} would be empty: give it a pool, a queue, a creator or a host",
                name = self.name
            )));
        }
        if there.is_none() || context.options.region.is_some() {
            texts.push(("region", Some(region.value)));
        }
        let mut changes: Vec<(&str, &str)> = Vec::new();
        for name in &self.unset {
            changes.push((name, ""));
        }
        for (key, text) in &texts {
            changes.extend(text.as_deref().map(|text| (*key, text)));
        }
        // `host` and `internal` exclude each other.
        let internal = match (self.internal, self.host.is_some()) {
            (true, _) => {
                changes.push(("host", ""));
                Some(true)
            }
            (false, true) => Some(false),
            _ if self.unset.iter().any(|name| name == "internal") => Some(false),
            _ => None,
        };
        let is_current = ContextFile::save(&self.name, &changes, internal)?;
        note(&tr!("context {name} saved", name = self.name));
        if is_current {
            note(&tr!("context {name} is now in use", name = self.name));
        }
        Ok(())
    }
}

fn context_name(text: &str) -> Result<String, String> {
    match text.trim() {
        NO_CONTEXT => Err(tr!("stands for no context")),
        _ if text.chars().any(char::is_control) => Err(tr!("contains a control character")),
        _ => not_empty(text),
    }
}

/// Use a context from now on, unless --context or AIHC_CONTEXT names another.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev context use train
  aihc-dev context use none")]
pub(super) struct Use {
    /// Name of the context; `none` for no context.
    #[arg(value_name = "NAME", value_parser = not_empty)]
    #[arg(add = ArgValueCandidates::new(candidates::contexts))]
    name: String,
}

impl Use {
    pub(super) fn run(self) -> Result<(), Failure> {
        let name = Some(self.name.as_str()).filter(|name| *name != NO_CONTEXT);
        ContextFile::make_current(name)?;
        match name {
            Some(name) => note(&tr!("context {name} is now in use", name = name)),
            None => note(&tr!("no context is now in use")),
        }
        Ok(())
    }
}

/// Remove a context. Nothing at the service changes.
#[derive(Args)]
#[command(after_help = "\
Example:
  aihc-dev context remove train")]
pub(super) struct Remove {
    /// Name of the context.
    #[arg(value_name = "NAME", value_parser = not_empty)]
    #[arg(add = ArgValueCandidates::new(candidates::contexts))]
    name: String,
}

impl Remove {
    pub(super) fn run(self) -> Result<(), Failure> {
        let was_current = ContextFile::remove(&self.name)?;
        note(&tr!("context {name} removed", name = self.name));
        if was_current {
            note(&tr!("no context is now in use"));
        }
        Ok(())
    }
}
