//! The `check-contract` command: compares the responses of the service with the API description.

mod asker;
mod forger;
mod instances;
mod life;
mod places;
mod workloads;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use self::asker::Asker;
use self::forger::Forger;
use self::life::{Life, Made};
use crate::client::Context;
use crate::contract::{About, Recorder, Report};
use crate::exit::{Exit, Failure, Signals};
use crate::language::{text, tr};
use crate::output::{Format, note};

/// The lifetime of the STS session that is requested, in seconds.
const SESSION: i64 = 900;

const NO_PACK: &str = "packing an image is left out: it pushes to a registry";

/// Compare the responses of the service with the API description that this tool is built from.
#[derive(Args)]
#[command(after_help = "\
Calls every operation that only reads, one after the other: lists with small pages, at most three \
items of each kind in detail, and some requests that should be refused, one of them with a wrong \
signature. Members, types, codes, states and times that are not described are differences; \
variants that some source of the API describes are notes. Operations that the account may not \
call count as neither.

The report contains no ids, names, addresses or secrets: only paths of members, types, forms of \
values, and counts. Read it, and attach it to an issue.

Exit codes: 0 no difference; 1 a difference, or nothing could be compared.

Examples:
  aihc-dev check-contract --report report.md
  aihc-dev check-contract --sts --output json
  aihc-dev check-contract --write --pool cce-i8zab7dh --queue default \\
      --image registry.example.com/team/image:v1 --report report.md")]
pub(crate) struct CheckContract {
    /// Also take a small instance through its life cycle, after asking, and delete it.
    #[arg(long)]
    write: bool,
    /// Also request a session from STS, which is discarded.
    #[arg(long)]
    sts: bool,
    /// Write the report into this file: as Markdown, or with --output json as JSON.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    report: Option<PathBuf>,
    #[command(flatten)]
    made: Made,
}

impl CheckContract {
    /// Returns whether the command makes changes at the service, and therefore must clean up after
    /// a signal.
    pub(crate) fn changes(&self) -> bool {
        self.write
    }

    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        if context.output.is_for_pipes() || context.output.format() == Format::Csv {
            // Checked before any call is made.
            let text = tr!("a report requires --output table, json, jsonl or yaml");
            return Err(Failure::usage(text));
        }
        if self.write {
            Life::must_be_possible(&self.made)?;
        }
        let asker = Asker {
            recorder: Recorder::default(),
        };
        let client = context.observed_client::<aihc_dev::Client>(&asker.recorder)?;
        let life = Life::new(context, &client, &self.made);
        let check = Box::pin(self.check(context, &asker, &client, &life));
        let checked = match self.write {
            false => check.await,
            true => {
                let mut signals = Signals::new()?;
                let result = tokio::select! {
                    biased;
                    signal = signals.next() => Err(Failure::Interrupted(signal, vec![])),
                    result = check => result,
                };
                tidied(&life, &asker, &mut signals, result).await
            }
        };
        let complete = match checked {
            Ok(()) => Ok(()),
            Err(failure @ Failure::Told(Exit::Declined)) => return Err(failure),
            // If anything was found, it is reported despite the failure.
            Err(failure) if asker.recorder.with(|it| !it.is_empty()) => Err(failure),
            Err(failure) => return Err(failure),
        };
        let mut about = self.about(&client, &life);
        if complete.is_err() {
            about.remarks.push("the check did not complete".to_owned());
        }
        let report = asker.recorder.with(|ledger| Report::new(about, ledger));
        self.write(context, &report)?;
        complete?;
        if report.summary.compared == 0 {
            return Err(Failure::unfit(text!(
                "nothing could be compared: the account may call none of the operations, or there \
                 was no response; the report has the details"
            )));
        }
        match report.differences.len() {
            0 => Ok(()),
            count => {
                note(&tr!(
                    "{count} differences from the description: please attach the report to an issue",
                    count = count
                ));
                Err(Failure::Told(Exit::Refused))
            }
        }
    }

    async fn check(
        &self,
        context: &Context,
        asker: &Asker,
        client: &aihc_dev::Client,
        life: &Life<'_>,
    ) -> Result<(), Failure> {
        let listed = instances::read(asker, client).await?;
        let settings = match self.write {
            true => Some(life.settings(&listed).await?),
            false => None,
        };
        instances::probe(asker, client).await?;
        let forger = Forger(context.transport(client.endpoint())?);
        let forger = context.observed_over(&asker.recorder, forger)?;
        instances::forge(asker, &forger).await?;
        let aihc = context.observed_client::<aihc::Client>(&asker.recorder)?;
        let pools = places::pools(asker, &aihc).await?;
        places::datasets(asker, &aihc).await?;
        places::models(asker, &aihc).await?;
        workloads::jobs(asker, &aihc, pools).await?;
        workloads::services(asker, &aihc).await?;
        if self.sts {
            let sts = context.observed_client::<bce_sts::Client>(&asker.recorder)?;
            let call = sts.get_session_token().duration_seconds(SESSION);
            asker.ask(call).await?;
        }
        match settings {
            None => Ok(()),
            Some(settings) => Box::pin(life.live(asker, settings)).await,
        }
    }

    fn about(&self, client: &aihc_dev::Client, life: &Life<'_>) -> About {
        let host = client.endpoint().authority().as_str();
        let region = REGIONS.into_iter().find(|region| {
            let usual = format!("aihc.{region}.baidubce.com");
            host == usual || host.strip_suffix(":443") == Some(&usual)
        });
        let mut remarks = life.remarks();
        if self.write {
            remarks.push(NO_PACK.to_owned());
        }
        About {
            tool: env!("CARGO_PKG_VERSION"),
            region,
            usual_endpoint: region.is_some(),
            with_changes: self.write,
            with_sts: self.sts,
            remarks,
        }
    }

    fn write(&self, context: &Context, report: &Report) -> Result<(), Failure> {
        let Some(path) = &self.report else {
            return Ok(context.output.document(report, |_| report.markdown())?);
        };
        let text = match context.output.format() {
            Format::Json | Format::Jsonl => {
                let json = serde_json::to_string_pretty(report).map_err(std::io::Error::from)?;
                json + "\n"
            }
            _ => report.markdown(),
        };
        written(path, &text)?;
        note(&tr!(
            "{compared} operations compared, {differences} differences, {notes} notes: {path}",
            compared = report.summary.compared,
            differences = report.differences.len(),
            notes = report.notes.len(),
            path = path.display()
        ));
        Ok(())
    }
}

/// A report of `check-contract` names a region only if it is one of these.
const REGIONS: [&str; 7] = ["bj", "gz", "su", "bd", "fwh", "yq", "hkg"];

fn written(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let text = format!("--report {}: {error}", path.display());
        Failure::Local(std::io::Error::new(error.kind(), text))
    };
    fs::write(path, text).map_err(failed)
}

/// Deletes the instance that `check-contract` has created, even if the check failed or was
/// interrupted by a signal. A signal during the deletion interrupts it.
async fn tidied(
    life: &Life<'_>,
    asker: &Asker,
    signals: &mut Signals,
    result: Result<(), Failure>,
) -> Result<(), Failure> {
    if matches!(&result, Err(Failure::Interrupted(..))) {
        note(&tr!(
            "interrupted: deleting what was created; interrupt again to leave it"
        ));
    }
    let tidy = async {
        let left = life.clean_up(asker).await;
        if result.is_ok() && left.lines().is_empty() {
            life.wait_until_gone().await;
        }
        left
    };
    let lines = tokio::select! {
        biased;
        signal = signals.next() => {
            return Err(Failure::Interrupted(signal, life.unknown().lines()));
        }
        left = tidy => left.lines(),
    };
    match result {
        Err(Failure::Interrupted(signal, _)) => Err(Failure::Interrupted(signal, lines)),
        result if lines.is_empty() => result,
        result => {
            lines.iter().for_each(|line| note(line));
            let exit = result
                .err()
                .map_or(Exit::Unknown, |failure| failure.report());
            Err(Failure::Told(exit.max(Exit::Unknown)))
        }
    }
}
