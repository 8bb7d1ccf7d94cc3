//! The `doctor` command: checks the credentials, the connection and the clock, one by one.

mod check;
mod checks;

use clap::Args;

use self::check::Check;
use self::checks::examine;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::tr;
use crate::output::{Cell, Output, Table, Tone};

/// Check credentials, endpoint, proxy, connection, clock and a signed read, one by one.
#[derive(Args)]
#[command(after_help = "\
The exit code is that of the first check that failed.

Examples:
  aihc-dev doctor
  aihc-dev doctor --profile work --region gz --output json")]
pub(crate) struct Doctor {}

impl Doctor {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let checks = examine(context).await;
        print(&context.output, &checks)?;
        match checks.iter().find(|check| !check.ok) {
            None => Ok(()),
            Some(failed) => Err(Failure::Told(failed.exit)),
        }
    }
}

fn print(output: &Output, checks: &[Check]) -> Result<(), Failure> {
    Ok(output.list(checks, |_| text(checks))?)
}

/// Returns the human-readable title of a check.
fn title(check: &str) -> String {
    match check {
        "credentials" => tr!("credentials"),
        "endpoint" => tr!("endpoint"),
        "proxy" => tr!("proxy"),
        "connection" => tr!("connection"),
        "signed read" => tr!("signed read"),
        "clock" => tr!("clock"),
        other => other.to_owned(),
    }
}

fn text(checks: &[Check]) -> Table {
    let mut table = Table::new(["CHECK", "RESULT", "FOUND"]);
    for (of, check) in checks.iter().enumerate() {
        let (word, tone) = match check.ok {
            true => (tr!("ok"), Tone::Good),
            false => (tr!("failed"), Tone::Bad),
        };
        table.row_of(
            of,
            [
                title(check.check).into(),
                Cell::new(word, tone),
                check.found.to_string().into(),
            ],
        );
        if let Some(advice) = &check.advice {
            table.row_of(of, ["".into(), "".into(), format!("-> {advice}").into()]);
        }
    }
    table
}
