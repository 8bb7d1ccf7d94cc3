//! `list`

use aihc_dev::Client;
use aihc_dev::model::{
    DevInstanceBrief, DevInstanceOrderBy, DevInstanceQueryKey, DevInstanceStatus, SortOrder,
};
use aihc_dev::operation::ListDevInstances;
use clap::{Args, ValueEnum};
use clap_complete::{ArgValueCandidates, CompletionCandidate};

use crate::client::Context;
use crate::exit::Failure;
use crate::options::not_empty;
use crate::output::{Format, instances, note, note_missing};

const PAGE: i64 = 50;
/// The largest page that is known to work.
const LARGEST_PAGE: i64 = 100;

/// List instances.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev list --mine
  aihc-dev list --all-pages --status running --output jsonl | jq -r .id
  aihc-dev list --name train")]
pub(crate) struct List {
    /// Only those of the caller.
    #[arg(long)]
    mine: bool,
    /// All of them, not only one page.
    #[arg(long, conflicts_with = "page")]
    all_pages: bool,
    /// Which page, beginning with 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..))]
    page: i64,
    /// Instances on a page [default: 50; with --all-pages 100].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    page_size: Option<i64>,
    /// Only those in this state: a name such as running, or a code.
    #[arg(long, value_name = "STATE", value_parser = status, add = ArgValueCandidates::new(states))]
    status: Option<DevInstanceStatus>,
    /// Only those whose name contains this.
    #[arg(long, value_name = "TEXT", value_parser = not_empty, conflicts_with = "creator")]
    name: Option<String>,
    /// Only those whose owner's name contains this.
    #[arg(long, value_name = "TEXT", value_parser = not_empty)]
    creator: Option<String>,
    /// Only those of this resource pool; `serverless` for all managed pools.
    #[arg(long, value_name = "ID", value_parser = not_empty)]
    pool: Option<String>,
    /// Only those of this queue.
    #[arg(long, value_name = "NAME", value_parser = not_empty)]
    queue: Option<String>,
    /// Which come first.
    #[arg(long, value_name = "WHICH")]
    order: Option<Order>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    Newest,
    Oldest,
}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let list = self.query(&client);
        if !self.all_pages {
            return self.page(context, list).await;
        }
        let mut items = list
            .page_size(self.page_size.unwrap_or(LARGEST_PAGE))
            .items();
        if context.output.is_streaming() {
            let mut listed = 0;
            while let Some(instance) = items.try_next().await? {
                context.output.entry(&instance)?;
                listed += 1;
            }
            note_missing(listed, items.missing(), "instances");
            return Ok(());
        }
        let mut found = Vec::new();
        if let Err(error) = items.collect_into(&mut found).await {
            // People see what came before an error; a document is whole, or there is none.
            if context.output.format() == Format::Table && !found.is_empty() {
                show(context, &found)?;
            }
            return Err(error.into());
        }
        show(context, &found)?;
        match items.missing() {
            None if found.is_empty() => note("no instances"),
            missing => note_missing(found.len(), missing, "instances"),
        }
        Ok(())
    }

    async fn page(&self, context: &Context, list: ListDevInstances) -> Result<(), Failure> {
        let size = self.page_size.unwrap_or(PAGE);
        let page = list.page_size(size).page_number(self.page).await?;
        show(context, &page.dev_instances)?;
        let shown = page.dev_instances.len();
        let before = (self.page - 1).saturating_mul(size);
        let total = page.total_count.unwrap_or_default();
        if total > before.saturating_add_unsigned(shown as u64) {
            note(&format!(
                "{shown} of {total}; --all-pages lists all, --page {} the next",
                self.page + 1
            ));
        } else if shown == 0 {
            note("no instances");
        }
        Ok(())
    }

    fn query(&self, client: &Client) -> ListDevInstances {
        let mut list = client.list_dev_instances();
        if self.mine {
            list = list.only_my_devs(true);
        }
        if let Some(status) = self.status {
            list = list.status(status);
        }
        if let Some(name) = &self.name {
            list = list.query_key(DevInstanceQueryKey::Name).query_val(name);
        }
        if let Some(creator) = &self.creator {
            list = list
                .query_key(DevInstanceQueryKey::Creator)
                .query_val(creator);
        }
        if let Some(pool) = &self.pool {
            list = list.resource_pool_id(pool);
        }
        if let Some(queue) = &self.queue {
            list = list.queue_name(queue);
        }
        match self.order {
            None => list,
            Some(Order::Newest) => list
                .order_by(DevInstanceOrderBy::CreatedAt)
                .order(SortOrder::Desc),
            Some(Order::Oldest) => list
                .order_by(DevInstanceOrderBy::CreatedAt)
                .order(SortOrder::Asc),
        }
    }
}

fn show(context: &Context, found: &[DevInstanceBrief]) -> Result<(), Failure> {
    let table = |look: &_| instances(found).render(look);
    Ok(context.output.list(found, table)?)
}

/// A state by its name or by its code.
fn status(text: &str) -> Result<DevInstanceStatus, String> {
    if let Ok(code) = text.parse::<i64>() {
        return Ok(DevInstanceStatus::from(code));
    }
    let named: Vec<_> = named_states().collect();
    if let Some((_, status)) = named.iter().find(|(name, _)| name == text) {
        return Ok(*status);
    }
    let names: Vec<_> = named.into_iter().map(|(name, _)| name).collect();
    Err(format!("no such state; there are {}", names.join(", ")))
}

fn named_states() -> impl Iterator<Item = (String, DevInstanceStatus)> {
    let known = (0..=20).map(DevInstanceStatus::from);
    let known = known.filter(|status| !matches!(status, DevInstanceStatus::Unknown(_)));
    known.map(|status| (status.to_string().replace(' ', "-"), status))
}

/// For shells.
fn states() -> Vec<CompletionCandidate> {
    named_states()
        .map(|(name, _)| CompletionCandidate::new(name))
        .collect()
}
