//! Records as lines of text.

use std::fmt::Write;

use super::{Part, escape};
use crate::clock::Moment;
use crate::fields::{Fields, Value};
use crate::record::Record;

/// Appends the parts of a record, separated by spaces. Writing to a string cannot fail.
pub(super) fn write(line: &mut String, parts: &[Part], record: &Record<'_>) {
    for part in parts {
        let before = line.len();
        if before > 0 {
            line.push(' ');
        }
        let begun = line.len();
        match part {
            Part::Level => {
                let _ = write!(line, "[{}]", record.level);
            }
            Part::Time => time(line, &record.moment),
            Part::LongTime => {
                time(line, &record.moment);
                let micros = record.moment.civil.subsec_nanosecond() / 1000;
                let _ = write!(line, ".{micros:06}");
            }
            Part::Location => location(line, record),
            Part::Message => escape::push(line, &record.message),
            Part::Fields => {
                fields(line, begun, &record.fields);
                for (_, of_span) in &record.spans {
                    fields(line, begun, of_span);
                }
            }
        }
        if line.len() == begun {
            line.truncate(before);
        }
    }
}

fn time(line: &mut String, moment: &Moment) {
    let t = moment.civil;
    let (year, month, day) = (t.year(), t.month(), t.day());
    let (hour, minute, second) = (t.hour(), t.minute(), t.second());
    let _ = write!(
        line,
        "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
    );
}

/// Appends `file:line:module:`; a line or a module that is unknown is left out.
fn location(line: &mut String, record: &Record<'_>) {
    let file = record.file.unwrap_or("???");
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    escape::push(line, name);
    if let Some(number) = record.line {
        let _ = write!(line, ":{number}");
    }
    if let Some(module) = record.module {
        let _ = write!(line, ":{module}");
    }
    line.push(':');
}

fn fields(line: &mut String, begun: usize, fields: &Fields) {
    for (name, value) in &fields.0 {
        if line.len() > begun {
            line.push(' ');
        }
        let _ = write!(line, "{name}=");
        let _ = match value {
            // The `Debug` output of a string has quotes and escapes.
            Value::Text(text) => write!(line, "{text:?}"),
            Value::Shown(text) => {
                escape::push(line, text);
                Ok(())
            }
            Value::Bool(value) => write!(line, "{value}"),
            Value::Signed(value) => write!(line, "{value}"),
            Value::Unsigned(value) => write!(line, "{value}"),
            Value::Float(value) => write!(line, "{value}"),
        };
    }
}
