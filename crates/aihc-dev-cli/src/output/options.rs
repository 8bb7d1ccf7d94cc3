//! The options that determine which results are shown, and in which format.

use clap::{Args, ValueEnum};

use super::filter::Condition;
use super::query::Query;
use super::sort::SortOrder;
use crate::language::tr;

/// The format of results. `Table` and `Wide` are human-readable; all others are for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    // A table with additional columns.
    Wide,
    // Names, one per line.
    Name,
    // Ids, one per line.
    Id,
    // CSV as in RFC 4180.
    Csv,
    // A single document.
    Json,
    // One document for each result, on a line of its own.
    Jsonl,
    Yaml,
}

/// The options for results.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output options")]
pub(crate) struct OutputOptions {
    /// Output format: table, wide, name, id, csv, json, jsonl, yaml.
    #[arg(
        long,
        short,
        global = true,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    #[arg(
        long_help = "Output format [default: table]; with jsonl each result is printed on its own line as \
                       soon as it is available"
    )]
    pub(crate) output: Option<Format>,
    /// Part of the results to print, as a JMESPath expression; the output is json.
    #[arg(long, global = true, value_name = "EXPRESSION", value_parser = Query::parse)]
    pub(crate) query: Option<Query>,
    /// Leave out the headings of table, wide and csv.
    #[arg(long, global = true)]
    pub(crate) no_headers: bool,
    /// Only these columns, in this order; also members, as in json.
    #[arg(long, global = true, value_name = "COLUMNS", value_delimiter = ',')]
    #[arg(
        long_help = "Only these columns of table, wide and csv, in this order: headings, or members as in \
                       json"
    )]
    pub(crate) columns: Vec<String>,
    /// Order of lists by a column or member; `:desc` reverses it.
    #[arg(long, global = true, value_name = "COLUMN[:desc]", value_parser = SortOrder::parse)]
    #[arg(
        long_help = "Order of lists: a column, or a member as in json; `:desc` for the largest first"
    )]
    pub(crate) sort_by: Option<SortOrder>,
    /// Only results such as `state=running` or `resources.cpus>=8`.
    #[arg(long, global = true, value_name = "MEMBER=VALUE", value_parser = Condition::parse)]
    #[arg(
        long_help = "Only results with this value of a column, or of a member as in json: \
                       `state=running`, `age>2h`, `resources.cpus>=8`, also != < > <=; may be repeated, and all conditions must hold"
    )]
    pub(crate) filter: Vec<Condition>,
}

impl OutputOptions {
    /// The clap ids of all output options.
    pub(crate) const IDS: [&str; 6] = [
        "output",
        "query",
        "no_headers",
        "columns",
        "sort_by",
        "filter",
    ];
    /// The clap ids of the options that select from a list.
    pub(crate) const OF_LISTS: [&str; 3] = ["columns", "sort_by", "filter"];

    /// Returns the requested format. If none is requested, the format is JSON if there is a query,
    /// or else a table.
    pub(super) fn format(&self) -> Format {
        match (self.output, &self.query) {
            (Some(format), _) => format,
            (None, Some(_)) => Format::Json,
            (None, None) => Format::Table,
        }
    }

    /// Returns a message about options that conflict with each other; `None` if there is no
    /// conflict.
    pub(super) fn conflict(&self) -> Option<String> {
        let format = self.format();
        let is_document = matches!(format, Format::Json | Format::Jsonl | Format::Yaml);
        if self.query.is_some() && !is_document {
            return Some(tr!(
                "--query returns documents: use it with --output json, jsonl or yaml"
            ));
        }
        if !self.columns.is_empty() && !matches!(format, Format::Table | Format::Wide | Format::Csv)
        {
            return Some(tr!(
                "--columns is for --output table, wide and csv; use --query for members of \
                 documents"
            ));
        }
        None
    }

    /// Returns whether results are filtered or reordered.
    pub(super) fn selects(&self) -> bool {
        !self.filter.is_empty() || self.sort_by.is_some()
    }
}
