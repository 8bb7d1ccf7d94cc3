//! The `profiles list` command: lists the profiles in `~/.bce/config.json`.

use clap::Args;
use serde::Serialize;

use crate::client::Context;
use crate::config::{Listed, ProfileFile};
use crate::exit::Failure;
use crate::language::tr;
use crate::output::{Cell, Table, Tone, note};

/// List the profiles, without their secrets.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev profiles list
  aihc-dev profiles list --output json | jq -r '.[].name'")]
pub(super) struct List {}

/// A profile as it appears in JSON and YAML output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileDocument {
    name: String,
    mode: Option<String>,
    access_key_id: Option<String>,
    region: Option<String>,
    /// The endpoint. If it is not valid, a placeholder, because the user may have entered a URL
    /// with a password.
    endpoint: Option<String>,
    language: Option<String>,
    /// Whether the configuration file names this profile as the current one.
    current: bool,
    in_use: bool,
    /// What selects this profile: `--profile`, `BCE_PROFILE`, `current` for the current profile in
    /// the configuration file, or `default` if nothing names a profile; `None` if it is not in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_use_by: Option<&'static str>,
}

impl List {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let file = ProfileFile::of_user()?;
        let listed = match &file {
            Some(file) => file.profiles()?,
            None => Vec::new(),
        };
        let in_use = context.profile_name();
        let current = file.as_ref().and_then(ProfileFile::current);
        let by = match &context.options.profile {
            Some(_) => "--profile",
            None if std::env::var_os("BCE_PROFILE").is_some_and(|name| !name.is_empty()) => {
                "BCE_PROFILE"
            }
            None if current.is_some() => "current",
            None => "default",
        };
        let documents: Vec<_> = listed
            .into_iter()
            .map(|profile| ProfileDocument::of(profile, current.as_deref(), in_use.as_deref(), by))
            .collect();
        (context.output).list(&documents, |look| table(&documents).render(look))?;
        if documents.is_empty() {
            note(&tr!("no profiles; to create one: `aihc-dev configure`"));
        }
        if in_use.is_none() {
            note(&tr!(
                "no profile is in use: keys in the environment take precedence over profiles; use \
                 --profile to select one"
            ));
        }
        Ok(())
    }
}

impl ProfileDocument {
    fn of(profile: Listed, current: Option<&str>, in_use: Option<&str>, by: &'static str) -> Self {
        let is_in_use = in_use == Some(profile.name.as_str());
        Self {
            current: current == Some(profile.name.as_str()),
            in_use: is_in_use,
            in_use_by: is_in_use.then_some(by),
            endpoint: profile.endpoint.as_deref().map(host),
            name: profile.name,
            mode: profile.mode,
            access_key_id: profile.access_key_id,
            region: profile.region,
            language: profile.language,
        }
    }
}

/// Returns the endpoint that the string represents, or a placeholder if it is not valid.
fn host(text: &str) -> String {
    match text.parse::<aihc_dev::Endpoint>() {
        Ok(endpoint) => endpoint.to_string(),
        Err(_) => "***".to_owned(),
    }
}

fn table(documents: &[ProfileDocument]) -> Table {
    let mut table = Table::new([
        "NAME",
        "IN USE",
        "MODE",
        "ACCESS KEY ID",
        "REGION",
        "ENDPOINT",
    ]);
    let text = |text: &Option<String>| Cell::from(text.as_deref().unwrap_or_default());
    for document in documents {
        table.row([
            (&document.name).into(),
            match document.in_use_by {
                Some(by) => Cell::new(by, Tone::Good),
                None => "".into(),
            },
            text(&document.mode),
            text(&document.access_key_id),
            text(&document.region),
            text(&document.endpoint),
        ]);
    }
    table
}
