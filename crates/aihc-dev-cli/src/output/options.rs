//! Which results are shown, and in which form.

use clap::{Args, ValueEnum};

use super::filter::Condition;
use super::query::Query;
use super::sort::SortOrder;
use crate::language::tr;

/// The form of results. All but those for people have the members of the API, and its codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    // A table with more columns.
    Wide,
    // Names, one on a line.
    Name,
    // Ids, one on a line.
    Id,
    // By RFC 4180.
    Csv,
    // One document.
    Json,
    // A document on a line of its own for each result.
    Jsonl,
    Yaml,
}

/// How results are shown.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output options")]
pub(crate) struct OutputOptions {
    /// Form of results: table, wide, name, id, csv, json, jsonl, yaml.
    #[arg(
        long,
        short,
        global = true,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    #[arg(
        long_help = "Output format [default: table]; with jsonl each comes on a line of its own, as soon \
                       as it is there"
    )]
    pub(crate) output: Option<Format>,
    /// What to take from the results, as a JMESPath expression; gives json.
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
    /// Order of lists by a column or member; `:desc` turns it round.
    #[arg(long, global = true, value_name = "COLUMN[:desc]", value_parser = SortOrder::parse)]
    #[arg(
        long_help = "Order of lists: a column, or a member as in json; `:desc` for the largest first"
    )]
    pub(crate) sort_by: Option<SortOrder>,
    /// Only results such as `state=running` or `resources.cpus>=8`.
    #[arg(long, global = true, value_name = "MEMBER=VALUE", value_parser = Condition::parse)]
    #[arg(
        long_help = "Only results with this value of a column, or of a member as in json: \
                       `state=running`, `resources.cpus>=8`, also != < > <=; may be repeated, all must hold"
    )]
    pub(crate) filter: Vec<Condition>,
}

impl OutputOptions {
    /// All of them, as clap knows them.
    pub(crate) const IDS: [&str; 6] = [
        "output",
        "query",
        "no_headers",
        "columns",
        "sort_by",
        "filter",
    ];
    /// Those that choose from a list.
    pub(crate) const OF_LISTS: [&str; 3] = ["columns", "sort_by", "filter"];

    /// The form that was asked for.
    pub(super) fn format(&self) -> Format {
        match (self.output, &self.query) {
            (Some(format), _) => format,
            (None, Some(_)) => Format::Json,
            (None, None) => Format::Table,
        }
    }

    /// What does not go together.
    pub(super) fn conflict(&self) -> Option<String> {
        let format = self.format();
        let is_document = matches!(format, Format::Json | Format::Jsonl | Format::Yaml);
        if self.query.is_some() && !is_document {
            return Some(tr!(
                "--query gives documents: use --output json, jsonl or yaml with it"
            ));
        }
        if !self.columns.is_empty() && !matches!(format, Format::Table | Format::Wide | Format::Csv)
        {
            return Some(tr!(
                "--columns is for --output table, wide and csv; --query takes members of documents"
            ));
        }
        None
    }

    /// Whether some of the results are left out, or come in another order.
    pub(super) fn selects(&self) -> bool {
        !self.filter.is_empty() || self.sort_by.is_some()
    }
}
