//! Records as lines of JSON.

use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use super::escape;
use crate::clock::Moment;
use crate::fields::{Fields, Value};
use crate::record::Record;

/// Appends a record as an object. Members whose values are unknown are left out.
pub(super) fn write(line: &mut String, record: &Record<'_>) {
    let mut object = Map::new();
    let mut set = |name: &str, value: Json| object.insert(name.to_owned(), value);
    set("level", json!(record.level.label()));
    set("time", json!(time(&record.moment)));
    set("target", json!(record.target));
    if let Some(file) = record.file {
        set("file", json!(file));
    }
    if let Some(number) = record.line {
        set("line", json!(number));
    }
    if let Some(module) = record.module {
        set("module", json!(module));
    }
    set("message", json!(record.message));
    if !record.fields.0.is_empty() {
        set("fields", Json::Object(members(&record.fields)));
    }
    if !record.spans.is_empty() {
        let spans = record
            .spans
            .iter()
            .map(|(name, fields)| json!({"name": name, "fields": members(fields)}));
        set("spans", spans.collect());
    }
    escape::push_json(line, &Json::Object(object).to_string());
}

/// Formats a time as in RFC 3339.
fn time(moment: &Moment) -> String {
    let micros = moment.civil.subsec_nanosecond() / 1000;
    let seconds = moment.offset.seconds();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    let mut text = String::with_capacity(32);
    let t = moment.civil;
    let _ = write!(
        text,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{micros:06}{sign}{:02}:{:02}",
        t.year(),
        t.month(),
        t.day(),
        t.hour(),
        t.minute(),
        t.second(),
        minutes / 60,
        minutes % 60
    );
    text
}

fn members(fields: &Fields) -> Map<String, Json> {
    let member = |(name, value): &(&'static str, Value)| {
        let value = match value {
            Value::Text(text) | Value::Shown(text) => json!(text),
            Value::Bool(value) => json!(value),
            Value::Signed(value) => json!(value),
            Value::Unsigned(value) => json!(value),
            Value::Float(value) => json!(value),
        };
        ((*name).to_owned(), value)
    };
    fields.0.iter().map(member).collect()
}
