//! The `events` command: shows the events of an instance.

use std::collections::HashSet;
use std::time::Duration;

use aihc_dev::model::{Event, EventType};
use aihc_dev::{Client, Timestamp};
use bce_auth::Clock as _;
use clap::{Args, ValueEnum};
use time::OffsetDateTime;

use super::names;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::duration;
use crate::output::{Cell, Column, Table, Tone, note, note_missing};
use crate::terminal::{one_line, stdout_reader};

const INTERVAL: Duration = Duration::from_secs(5);
/// Each poll for new events goes back this far, since some events appear late.
const LATENESS: time::Duration = time::Duration::minutes(2);
/// How far the clock of the service may be ahead of the local clock.
const AHEAD: time::Duration = time::Duration::minutes(5);

/// Show the events of an instance, oldest first: scheduling, pulling, warnings.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev events dv-f458ede5 --since 1h
  aihc-dev events dv-f458ede5 --type warning
  aihc-dev events dv-f458ede5 --follow --output jsonl")]
pub(crate) struct Events {
    /// Id or name of the instance.
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// How far to look back.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    since: Duration,
    /// Only events of this type.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<EventKind>,
    /// Continue with new events, until interrupted.
    #[arg(long)]
    follow: bool,
    /// Pause between polls with --follow [default: 5s].
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "follow")]
    interval: Option<Duration>,
}

#[derive(Clone, Copy, ValueEnum)]
enum EventKind {
    Normal,
    Warning,
}

impl Events {
    pub(crate) async fn run(mut self, context: &Context) -> Result<(), Failure> {
        if self.follow && !context.output.can_follow() {
            return Err(Failure::usage(text!(
                "--follow has no end: use --output table or jsonl"
            )));
        }
        let client = context.client()?;
        let one = names::resolve_one(context, &client, &self.id).await?;
        self.id.clone_from(&one.id);
        let shown = self.run_of_instance(context, &client).await;
        shown.map_err(|failure| failure.about(&one))
    }

    async fn run_of_instance(&self, context: &Context, client: &Client) -> Result<(), Failure> {
        let since = time::Duration::try_from(self.since).unwrap_or(time::Duration::MAX);
        let start = now(client).checked_sub(since);
        let start = start.ok_or_else(|| Failure::usage(text!("--since is too far in the past")))?;
        if self.follow {
            return tokio::select! {
                result = self.follow(context, client, start) => result,
                // Ends in the same way as after a failed write.
                () = stdout_reader::gone() => Ok(()),
            };
        }
        let (events, missing) = self.read(client, start).await?;
        context.output.list(&events, |_| table(&events))?;
        match missing {
            None if events.is_empty() => note(&tr!("no events")),
            missing => note_missing(events.len(), missing, &tr!("events")),
        }
        Ok(())
    }

    /// Prints the events from `start` on, and then reads the list repeatedly and prints new events.
    /// Returns only on an error.
    async fn follow(
        &self,
        context: &Context,
        client: &Client,
        mut start: OffsetDateTime,
    ) -> Result<(), Failure> {
        let (mut shown, mut missed) = (HashSet::new(), None);
        loop {
            let (events, missing) = self.read(client, start).await?;
            if missing != missed {
                note_missing(events.len(), missing, &tr!("events"));
                missed = missing;
            }
            let known: HashSet<String> = events.iter().map(key).collect();
            for event in &events {
                if shown.contains(&key(event)) {
                    continue;
                }
                match context.output.is_streaming() {
                    true => context.output.entry(event)?,
                    false => context.output.text(&line(event))?,
                }
            }
            // Events outside the window are not read again, so they need not be remembered.
            shown = known;
            start = start.max(now(client) - LATENESS);
            tokio::time::sleep(self.interval.unwrap_or(INTERVAL)).await;
        }
    }

    /// Reads all events of the requested type from `start` on, oldest first. Also returns the
    /// number of events that the service has counted but not listed; `None` if it has listed all.
    async fn read(
        &self,
        client: &Client,
        start: OffsetDateTime,
    ) -> Result<(Vec<Event>, Option<u64>), Failure> {
        let end = now(client) + AHEAD;
        let list = client.list_dev_instance_events(&self.id, start, end);
        let list = match self.kind {
            None => list,
            Some(EventKind::Normal) => list.event_type(EventType::Normal),
            Some(EventKind::Warning) => list.event_type(EventType::Warning),
        };
        let (mut items, mut events) = (list.page_size(100).items(), Vec::new());
        items.collect_into(&mut events).await?;
        // The service lists the newest event first. Events of the same second are in the order in
        // which it lists them.
        events.reverse();
        events.sort_by_key(|event| seen_at(event).and_then(Timestamp::to_date_time));
        Ok((events, items.missing()))
    }
}

/// Returns the time by the clock of the service, as far as its responses have shown it: the service
/// selects events by its own clock.
fn now(client: &Client) -> OffsetDateTime {
    client.list_dev_instances().client().clock().now()
}

fn seen_at(event: &Event) -> Option<Timestamp> {
    event.last_timestamp.or(event.first_timestamp)
}

/// Returns a string that identifies an event, which has no id. It contains all members of the
/// event, so it is different if the event happens again and the service updates its count or time.
fn key(event: &Event) -> String {
    format!("{event:?}")
}

fn kind(event: &Event) -> String {
    event
        .r#type
        .as_ref()
        .map(|kind| kind.as_str().to_owned())
        .unwrap_or_default()
}

fn time(event: &Event) -> String {
    seen_at(event)
        .map(|time| time.to_string())
        .unwrap_or_default()
}

fn line(event: &Event) -> String {
    format!(
        "{:<20}  {:<7}  {:<16}  {}\n",
        time(event),
        one_line(&kind(event)),
        one_line(&event.reason),
        one_line(&event.message)
    )
}

fn table(events: &[Event]) -> Table {
    let mut table = Table::of(
        [
            Column::new("TIME", "lastTimestamp"),
            Column::new("TYPE", "type").rank(2),
            Column::new("REASON", "reason"),
            Column::new("COUNT", "count").rank(1),
            Column::new("MESSAGE", "message").folds(),
        ],
        &["firstTimestamp"],
    );
    for event in events {
        let tone = match event.r#type {
            Some(EventType::Warning) => Tone::Bad,
            _ => Tone::Plain,
        };
        table.row([
            time(event).into(),
            Cell::new(kind(event), tone),
            (&event.reason).into(),
            event
                .count
                .map(|count| count.to_string())
                .unwrap_or_default()
                .into(),
            (&event.message).into(),
        ]);
    }
    table
}
