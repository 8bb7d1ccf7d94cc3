//! The `services show` command: describes inference services.

use clap::Args;

use super::super::batch::{pace, some_at_a_time};
use super::super::names;
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::output::ServiceDocument;

/// Show everything about inference services except their secrets, with their instances.
#[derive(Args)]
#[command(visible_aliases = ["get", "describe"])]
#[command(after_help = "\
With json and yaml, one service is an object and several are a list; with jsonl each is a line.

Examples:
  aihc-dev services show s-0a1b2c3d
  aihc-dev services show s-0a1b2c3d --output yaml")]
pub(crate) struct Show {
    /// Ids or names of the services; `-` reads them from standard input.
    #[arg(required = true, value_name = "ID|NAME")]
    ids: Vec<String>,
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.aihc_client()?;
        let ids = names::resolve_services(context, &client, self.ids).await?;
        let one = ids.len() == 1;
        let pace = pace(&ids);
        let answers = some_at_a_time(names::unique(ids), |asked| {
            let call = client.describe_service(&asked.id).with_pace(&pace);
            async move {
                let answer = call.await;
                (asked, answer)
            }
        });
        let (mut found, mut exit) = (Vec::new(), Exit::Ok);
        for (asked, result) in answers.await {
            match result {
                Ok(answer) => found.push(ServiceDocument::new(&asked.id, answer)),
                Err(error) if one => return Err(Failure::from(error).about(&asked)),
                Err(error) => exit = exit.max(Failure::from(error).report_of(&asked)),
            }
        }
        let text = |look: &_| {
            let texts: Vec<_> = found.iter().map(|service| service.text(look)).collect();
            texts.join("\n")
        };
        match one {
            true => context.output.one_or_more(&found, text)?,
            false => context.output.list(&found, text)?,
        }
        Failure::unless_ok(exit)
    }
}
