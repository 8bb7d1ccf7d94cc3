//! The `session-token` command: gets temporary credentials from STS and prints them.

use std::io::IsTerminal as _;
use std::time::Duration;

use bce_sts::model::StsCredential;
use clap::Args;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;

use super::ssh_command::quoted;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::duration;
use crate::output::{Table, note};

/// Get temporary credentials from STS, and print them: they are secret.
#[derive(Args)]
#[command(after_help = "\
Examples:
  eval \"$(aihc-dev session-token --duration 1h --export)\"
  aihc-dev session-token --output json > token.json")]
pub(crate) struct SessionToken {
    /// Lifetime, at most 36h [default: the service's, 12h].
    #[arg(long, value_name = "TIME", value_parser = duration)]
    duration: Option<Duration>,
    /// Print `export` lines for a shell.
    #[arg(long)]
    export: bool,
}

/// The credentials that are printed, including secrets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Token<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    expiration: Option<String>,
}

impl SessionToken {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        // Checked before the request, because credentials that cannot be printed would be lost.
        if context.output.is_for_pipes() {
            return Err(Failure::usage(text!(
                "credentials have neither ids nor names: use --output table, json or yaml, or --export"
            )));
        }
        if let Some(conflict) = context.output.conflict(true) {
            return Err(Failure::usage(conflict));
        }
        let sts = context.sts_client()?;
        let mut call = sts.get_session_token();
        if let Some(duration) = self.duration {
            call = call.duration_seconds(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX));
        }
        let issued = call.await?;
        if std::io::stdout().is_terminal() {
            note(&tr!("these are secrets, and the terminal keeps its output"));
        }
        let token = Token::of(&issued);
        let written = match self.export {
            true => context.output.text(&token.export()),
            false => (context.output).document(&token, |look| token.table().render(look)),
        };
        written.map_err(|error| Failure::from(error).after(token.lost()))
    }
}

impl<'a> Token<'a> {
    fn of(issued: &'a StsCredential) -> Self {
        let expiration = issued
            .expiration
            .and_then(|time| time.format(&Rfc3339).ok());
        Self {
            access_key_id: &issued.access_key_id,
            secret_access_key: issued.secret_access_key.expose(),
            session_token: issued.session_token.expose(),
            expiration,
        }
    }

    /// Returns a message that describes credentials which were issued but could not be printed.
    fn lost(&self) -> String {
        let until = match &self.expiration {
            Some(until) => until.clone(),
            None => tr!("an unknown time"),
        };
        tr!(
            "temporary credentials were issued, key {id}, valid until {until}; they are lost, get \
             new ones",
            id = self.access_key_id,
            until = until
        )
    }

    fn export(&self) -> String {
        let line = |name: &str, value: &str| format!("export {name}={}\n", quoted(value));
        line("BCE_ACCESS_KEY_ID", self.access_key_id)
            + &line("BCE_SECRET_ACCESS_KEY", self.secret_access_key)
            + &line("BCE_SECURITY_TOKEN", self.session_token)
    }

    fn table(&self) -> Table {
        let mut table = Table::of_pairs();
        table
            .pair("Access key id", self.access_key_id)
            .pair("Secret access key", self.secret_access_key)
            .pair("Session token", self.session_token)
            .pair("Expires", self.expiration.as_deref().unwrap_or_default());
        table
    }
}
