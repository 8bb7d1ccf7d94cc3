//! The `show` command: describes instances.

use aihc_dev::{Client, Error};
use clap::Args;

use super::batch::{pace, some_at_a_time};
use super::live::{Found, WatchOptions};
use super::{Ids, Resolved, names};
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::output::Detail;
use crate::terminal::Look;

/// Show everything about instances except their secrets.
#[derive(Args)]
#[command(visible_aliases = ["get", "describe"])]
#[command(after_help = "\
With json and yaml, one instance is an object and several are a list; with jsonl each is a line.

Examples:
  aihc-dev show dv-f458ede5
  aihc-dev show dv-f458ede5 --watch
  aihc-dev show dv-f458ede5 --output yaml")]
pub(crate) struct Show {
    #[command(flatten)]
    ids: Ids,
    #[command(flatten)]
    watch: WatchOptions,
}

impl Show {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let mut found = Vec::new();
        let mut exit = Exit::Ok;
        let ids = names::resolve(context, &client, self.ids.ids).await?;
        if self.watch.watch {
            return watch(context, &client, &self.watch, ids).await;
        }
        let one = ids.len() == 1;
        for (asked, result) in describe(&client, ids).await {
            match result {
                Ok(detail) => found.push(detail),
                Err(error) if one => return Err(Failure::from(error).about(&asked)),
                Err(error) => exit = exit.max(Failure::Call(error).report_of(&asked)),
            }
        }
        print(context, &found, one)?;
        match exit {
            Exit::Ok => Ok(()),
            exit => Err(Failure::Told(exit)),
        }
    }
}

/// Shows the instances repeatedly, until all of them are gone.
async fn watch(
    context: &Context,
    client: &Client,
    watch: &WatchOptions,
    mut ids: Vec<Resolved>,
) -> Result<(), Failure> {
    let mut is_first = true;
    let read = async || {
        let mut values = Vec::new();
        for (asked, result) in describe(client, ids.clone()).await {
            match result {
                Ok(detail) => values.push(detail),
                Err(error) if error.is_not_found() && !is_first => {
                    ids.retain(|one| one.id != asked.id);
                }
                Err(error) => return Err(Failure::from(error).about(&asked)),
            }
        }
        is_first = false;
        Ok(Found {
            values,
            doubt: None,
            over: ids.is_empty(),
        })
    };
    watch.run(context, read, text).await
}

fn text(found: &[Detail], look: &Look) -> String {
    let tables: Vec<_> = found
        .iter()
        .map(|detail| detail.table().render(look))
        .collect();
    tables.join("\n")
}

/// Reads the descriptions of these instances, several at the same time, and returns them in the
/// same order. Reads an instance only once if `ids` contains it repeatedly.
pub(super) async fn describe(
    client: &Client,
    ids: Vec<Resolved>,
) -> Vec<(Resolved, Result<Detail, Error>)> {
    let pace = pace(&ids);
    some_at_a_time(names::unique(ids), |asked| {
        let query = client.query_dev_instance_detail(&asked.id).with_pace(&pace);
        async move {
            let answer = query.await;
            (
                asked,
                answer.map(|answer| Detail::from(answer.dev_instance)),
            )
        }
    })
    .await
}

/// Prints descriptions as a list. If `one` is set and there is exactly one description, prints it
/// as an object, without a list.
pub(super) fn print(context: &Context, found: &[Detail], one: bool) -> Result<(), Failure> {
    let text = |look: &_| text(found, look);
    if one {
        context.output.one_or_more(found, text)?;
    } else {
        context.output.list(found, text)?;
    }
    Ok(())
}
