//! The `datasets` command: lists datasets.

use aihc::Client;
use aihc::datasets::{DatasetStorageType, DescribeDatasets};
use clap::{Args, ValueEnum};

use super::page::PageOptions;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::tr;
use crate::options::not_empty;
use crate::output::dataset_table;

/// List datasets, which instances and jobs can mount.
#[derive(Args)]
#[command(after_help = "\
A file for create uses the id and the latest version as datasetId and versionId of a volume.

Examples:
  aihc-dev datasets
  aihc-dev datasets --name images --all-pages
  aihc-dev datasets --output json | jq -r '.[] | [.id, .latestVersionId] | @tsv'")]
pub(crate) struct Datasets {
    #[command(flatten)]
    page: PageOptions,
    /// Only those whose name contains this.
    #[arg(long, value_name = "TEXT", value_parser = not_empty)]
    name: Option<String>,
    /// Only those in this kind of storage.
    #[arg(long, value_name = "KIND")]
    storage: Option<Storage>,
}

/// A kind of storage for datasets.
#[derive(Clone, Copy, ValueEnum)]
enum Storage {
    Pfs,
    Bos,
}

impl Datasets {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.aihc_client()?;
        let list = self.query(&client);
        self.page
            .run(context, list, &tr!("datasets"), dataset_table)
            .await
    }

    fn query(&self, client: &Client) -> DescribeDatasets {
        let mut list = client.describe_datasets().page_size(self.page.size());
        if let Some(name) = &self.name {
            list = list.keyword(name);
        }
        match self.storage {
            None => list,
            Some(Storage::Pfs) => list.storage_type(DatasetStorageType::Pfs),
            Some(Storage::Bos) => list.storage_type(DatasetStorageType::Bos),
        }
    }
}
