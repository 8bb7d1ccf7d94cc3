//! The `list` command: lists instances.

use aihc_dev::Client;
use aihc_dev::model::{DevInstanceOrderBy, DevInstanceQueryKey, DevInstanceStatus, SortOrder};
use aihc_dev::operation::ListDevInstances;
use clap::{Args, ValueEnum};
use clap_complete::{ArgValueCandidates, CompletionCandidate};

use super::live::WatchOptions;
use super::page::PageOptions;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::tr;
use crate::options::not_empty;
use crate::output::{Instance, instances, state_name};

/// List instances.
#[derive(Args)]
#[command(visible_alias = "ls")]
#[command(after_help = "\
Examples:
  aihc-dev list --mine
  aihc-dev list --all-pages --status running --output jsonl | jq -r .id
  aihc-dev list --status running,queued --sort-by age:desc
  aihc-dev list --filter 'resources.cpus>=8' --columns id,name,imageUrl
  aihc-dev list --query \"[?status=='running'].name\" --output jsonl
  aihc-dev list --name train")]
pub(crate) struct List {
    /// Only your own instances.
    #[arg(long)]
    mine: bool,
    #[command(flatten)]
    page: PageOptions,
    #[command(flatten)]
    watch: WatchOptions,
    /// Only those in this state: a name such as running, or a code. With several, separated by
    /// commas, those in any of these states; this reads all pages.
    #[arg(long, value_name = "STATE", value_parser = status, value_delimiter = ',')]
    #[arg(add = ArgValueCandidates::new(states))]
    status: Vec<DevInstanceStatus>,
    /// Only instances whose name contains this.
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
    /// Order of the list.
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
        // The service supports only one state per request.
        let several = self.status.len() > 1;
        let page = match several || self.watch.watch {
            true => self.page.whole()?,
            false => self.page.clone(),
        };
        let keep = |instance: &Instance| match (several, instance.0.status) {
            (true, Some(status)) => self.status.contains(&status),
            (several, _) => !several,
        };
        let list = || self.query(&client).page_size(page.size());
        let (what, table) = (&tr!("instances"), instances::<Instance>);
        if self.watch.watch {
            let watch = &self.watch;
            return page.watch(context, watch, list, what, keep, table).await;
        }
        page.run_of(context, list(), what, keep, table).await
    }

    fn query(&self, client: &Client) -> ListDevInstances {
        let mut list = client.list_dev_instances();
        if self.mine {
            list = list.only_my_devs(true);
        }
        if let [status] = self.status.as_slice() {
            list = list.status(*status);
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

/// Parses the name or the code of a state.
fn status(text: &str) -> Result<DevInstanceStatus, String> {
    if let Ok(code) = text.parse::<i64>() {
        return Ok(DevInstanceStatus::from(code));
    }
    let named: Vec<_> = named_states().collect();
    if let Some((_, status)) = named
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
    {
        return Ok(*status);
    }
    let names: Vec<_> = named.into_iter().map(|(name, _)| name).collect();
    Err(tr!(
        "unknown state; one of {names}",
        names = names.join(", ")
    ))
}

fn named_states() -> impl Iterator<Item = (String, DevInstanceStatus)> {
    let known = (0..=20).map(DevInstanceStatus::from);
    let known = known.filter(|status| !matches!(status, DevInstanceStatus::Unknown(_)));
    known.map(|status| (state_name(status), status))
}

/// Returns the states as candidates for completion.
fn states() -> Vec<CompletionCandidate> {
    named_states()
        .map(|(name, _)| CompletionCandidate::new(name))
        .collect()
}
