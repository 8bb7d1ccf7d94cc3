//! The `context list` and `context show` commands.

use clap::Args;
use clap_complete::ArgValueCandidates;
use serde::Serialize;

use crate::client::Context;
use crate::completion::candidates;
use crate::config::{ContextFile, ContextSettings};
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::not_empty;
use crate::output::{Cell, Table, Tone, note};

/// List the contexts, and show which one is in use.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev context list
  aihc-dev context list --output json | jq -r '.[] | select(.inUse).name'")]
pub(super) struct List {}

/// A context as it appears in JSON and YAML output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContextDocument<'a> {
    #[serde(flatten)]
    settings: &'a ContextSettings,
    in_use: bool,
    /// What selects this context: `--context`, `AIHC_CONTEXT` or `context use`; `None` if the
    /// context is not in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_use_by: Option<&'static str>,
}

impl List {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let file = ContextFile::of_user()?;
        let contexts = file.contexts()?;
        let documents = documents(&file, context, &contexts);
        (context.output).list(&documents, |look| table(&documents).render(look))?;
        if contexts.is_empty() {
            note(&tr!(
                "no contexts; to create one: `aihc-dev context set NAME --pool ID`"
            ));
        }
        Ok(())
    }
}

fn documents<'a>(
    file: &ContextFile,
    context: &Context,
    contexts: &'a [ContextSettings],
) -> Vec<ContextDocument<'a>> {
    let chosen = file.chosen(context.options.context.as_deref());
    let documents = contexts.iter().map(|settings| {
        let by = chosen.as_ref().filter(|(name, _)| *name == settings.name);
        ContextDocument {
            settings,
            in_use: by.is_some(),
            in_use_by: by.map(|(_, by)| *by),
        }
    });
    documents.collect()
}

fn table(documents: &[ContextDocument<'_>]) -> Table {
    let mut table = Table::new([
        "NAME", "IN USE", "REGION", "POOL", "QUEUE", "CREATOR", "PROFILE",
    ]);
    let text = |text: &Option<String>| Cell::from(text.as_deref().unwrap_or_default());
    for ContextDocument {
        settings, in_use, ..
    } in documents
    {
        table.row([
            (&settings.name).into(),
            match in_use {
                true => Cell::new("yes", Tone::Good),
                false => "".into(),
            },
            text(&settings.region),
            text(&settings.pool),
            text(&settings.queue),
            text(&settings.creator),
            text(&settings.profile),
        ]);
    }
    table
}

/// Show a context: the one in use, or another by name.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev context show
  aihc-dev context show train --output json")]
pub(super) struct Show {
    /// Name of the context [default: the one in use].
    #[arg(value_name = "NAME", value_parser = not_empty)]
    #[arg(add = ArgValueCandidates::new(candidates::contexts))]
    name: Option<String>,
}

impl Show {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let file = ContextFile::of_user()?;
        let chosen = file.chosen(context.options.context.as_deref());
        let name = self.name.or_else(|| Some(chosen?.0)).ok_or_else(|| {
            Failure::usage(text!(
                "no context is in use; to use one: `aihc-dev context use NAME`"
            ))
        })?;
        let contexts = [file.get(&name)?];
        let documents = documents(&file, context, &contexts);
        for document in &documents {
            (context.output).document(document, |look| pairs(document).render(look))?;
        }
        Ok(())
    }
}

fn pairs(document: &ContextDocument<'_>) -> Table {
    let settings = document.settings;
    let mut table = Table::of_pairs();
    table.pair("Name", &settings.name);
    table.pair(
        "In use",
        match document.in_use_by {
            Some(by) => tr!("yes, by {by}", by = by),
            None => "no".to_owned(),
        },
    );
    for (name, value) in [
        ("Region", &settings.region),
        ("Profile", &settings.profile),
        ("Pool", &settings.pool),
        ("Queue", &settings.queue),
        ("Creator", &settings.creator),
        ("Creator id", &settings.creator_id),
        ("Host", &settings.host),
        ("Language", &settings.language),
    ] {
        if let Some(value) = value {
            table.pair(name, value);
        }
    }
    if settings.internal {
        table.pair("Internal", "yes");
    }
    table
}
