//! The `whoami` command: shows which access key signs requests, and where they go.

use std::time::Duration;

use aihc_dev::RetryPolicy;
use bce_auth::Credentials;
use clap::Args;
use serde::Serialize;

use crate::client::{Context, Provider};
use crate::exit::{Exit, Failure};
use crate::language::tr;
use crate::output::{Table, note};

/// The time limit of the request that determines the account, unless an option sets another one.
const LIMIT: Duration = Duration::from_secs(10);

/// Show which access key signs, where it comes from, and where requests go.
#[derive(Args)]
#[command(after_help = "\
The key is the first of: the profile of --profile; keys in the environment (BCE_ACCESS_KEY_ID and \
BCE_SECRET_ACCESS_KEY, or those of the Terraform provider); the profile of BCE_PROFILE; the current \
profile of ~/.bce/config.json. The official `bce` tool takes the profile first, and fills its gaps \
from the environment.

The account is the one that a listed instance names. If there is none, or the service cannot be \
reached, the account is unknown, and the exit code is still 0; a key that the service does not \
accept is code 3.

Examples:
  aihc-dev whoami
  aihc-dev whoami --offline --output json")]
pub(crate) struct Whoami {
    /// Send nothing; the account is then unknown.
    #[arg(long)]
    offline: bool,
}

/// The information that `whoami` prints, which contains no secrets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    access_key_id: String,
    temporary: bool,
    provider: &'static str,
    profile: Option<String>,
    /// The file that contains the profile; `None` if no profile is used.
    file: Option<String>,
    region: String,
    region_from: String,
    endpoint: String,
    endpoint_from: String,
    context: Option<String>,
    account_id: Option<String>,
}

impl Whoami {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let (credentials, provider) = context.credentials()?;
        let client = context.client()?;
        let mut identity = Identity::of(context, &credentials, &provider);
        identity.endpoint = client.endpoint().to_string();
        let mut exit = Exit::Ok;
        if !self.offline {
            match account(context, &client).await {
                Ok(account) => identity.account_id = account,
                Err(failure) => {
                    // In these cases, only what is known locally can be shown.
                    let refused = failure.exit() == Exit::Credentials;
                    note(&tr!("the account is unknown: {failure}", failure = failure));
                    exit = match refused {
                        true => Exit::Credentials,
                        false => Exit::Ok,
                    };
                }
            }
        }
        (context.output).document(&identity, |look| identity.table().render(look))?;
        Failure::unless_ok(exit)
    }
}

/// Returns the id of the account, which is taken from an instance in the list; `None` if the list
/// is empty, or if the instance does not name an account.
async fn account(context: &Context, client: &aihc_dev::Client) -> Result<Option<String>, Failure> {
    let list = client
        .list_dev_instances()
        .page_size(1)
        .with_timeout(context.options.timeout.unwrap_or(LIMIT))
        .with_retry(RetryPolicy::none());
    match list.await {
        Ok(page) => {
            let mut instances = page.dev_instances.into_iter();
            let account = instances.next().map(|instance| instance.account_id);
            Ok(account.filter(|account| !account.is_empty()))
        }
        Err(error) => Err(error.into()),
    }
}

impl Identity {
    fn of(context: &Context, credentials: &Credentials, provider: &Provider) -> Self {
        let region = context.region();
        let options = &context.options;
        let endpoint_from = match &options.endpoint {
            Some(_) => "--endpoint",
            None if options.region.is_none() && std::env::var_os("AIHC_ENDPOINT").is_some() => {
                "AIHC_ENDPOINT"
            }
            None => "region",
        };
        let profile = match provider {
            Provider::Environment => None,
            Provider::Profile(profile) => Some(profile),
        };
        Self {
            access_key_id: credentials.access_key_id().to_owned(),
            temporary: credentials.session_token().is_some(),
            provider: match provider {
                Provider::Environment => "environment",
                Provider::Profile(_) => "profile",
            },
            profile: profile.map(|profile| profile.name().to_owned()),
            file: profile.map(|profile| profile.path().display().to_string()),
            region: region.value,
            region_from: region.from,
            endpoint: String::new(),
            endpoint_from: endpoint_from.to_owned(),
            context: context.context_name(),
            account_id: None,
        }
    }

    fn table(&self) -> Table {
        let provider = match (&self.profile, &self.file) {
            (Some(profile), Some(file)) => tr!(
                "profile {profile} of {file}",
                profile = profile,
                file = file
            ),
            _ => tr!("environment"),
        };
        let mut table = Table::of_pairs();
        table.pair("Access key id", &self.access_key_id);
        if self.temporary {
            table.pair("Temporary", "yes");
        }
        table.pair("Provider", provider);
        table.pair("Region", format!("{} ({})", self.region, self.region_from));
        table.pair(
            "Endpoint",
            format!("{} ({})", self.endpoint, self.endpoint_from),
        );
        if let Some(context) = &self.context {
            table.pair("Context", context);
        }
        table.pair("Account", self.account_id.as_deref().unwrap_or("unknown"));
        table
    }
}
