//! The `services list` command: lists inference services.

use clap::Args;

use super::super::page::PageOptions;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::tr;
use crate::output::service_table;

/// List inference services.
#[derive(Args, Default)]
#[command(visible_alias = "ls")]
#[command(after_help = "\
Examples:
  aihc-dev services list
  aihc-dev services list --all-pages --output jsonl | jq -r .id")]
pub(crate) struct List {
    #[command(flatten)]
    page: PageOptions,
}

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.aihc_client()?;
        let list = client.describe_services().page_size(self.page.size());
        self.page
            .run(context, list, &tr!("services"), service_table)
            .await
    }
}
