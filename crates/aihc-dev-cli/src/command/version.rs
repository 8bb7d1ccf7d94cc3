//! The `version` command: shows the versions of the tool and of the API.

use aihc_dev::Client;
use bce_http::rt::ServiceClient as _;
use clap::Args;
use serde::Serialize;

use crate::client::Context;
use crate::exit::Failure;
use crate::output::Table;

/// Show the version, the platform it was built for, and the version of the API.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev version
  aihc-dev version --output json")]
pub(crate) struct Version {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionDocument {
    version: &'static str,
    /// The operating system and the architecture.
    platform: String,
    api: &'static str,
    api_version: &'static str,
}

impl Version {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        let service = Client::SERVICE;
        let headers = service.headers.iter();
        let api_version = headers.copied().find(|(name, _)| *name == "version");
        let document = VersionDocument {
            version: env!("CARGO_PKG_VERSION"),
            platform: format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH),
            api: service.title,
            api_version: api_version.map_or("", |(_, version)| version),
        };
        let table = |_: &_| {
            let mut table = Table::of_pairs();
            table
                .pair("Version", document.version)
                .pair("Platform", &document.platform)
                .pair("API", document.api);
            table
        };
        Ok(context.output.document(&document, table)?)
    }
}
