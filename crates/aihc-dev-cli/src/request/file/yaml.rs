//! Parses YAML. Scalars keep their exact text.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::super::untyped::{Given, Shape, Wrong};
use super::object::{DEEPEST, LONGEST, ObjectMembers};
use crate::language::tr;

/// Parses all documents.
pub(super) fn parse_all(text: &str) -> Result<Vec<Given>, Wrong> {
    let mut reader = Reader {
        events: Parser::new_from_str(text),
        anchors: HashMap::new(),
        copied: 0,
    };
    let mut documents = Vec::new();
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(documents),
            (Event::DocumentStart(..), _) => reader.anchors.clear(),
            (Event::StreamStart | Event::DocumentEnd, _) => {}
            (event, span) => documents.push(reader.node(event, span, 0)?),
        }
    }
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Given>,
    /// The number of bytes that have been copied for aliases.
    copied: u64,
}

impl<'a> Reader<'a> {
    /// Returns the next event that is not a comment.
    fn next(&mut self) -> Result<(Event<'a>, Span), Wrong> {
        loop {
            match self.events.next() {
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok(event)) => return Ok(event),
                Some(Err(error)) => {
                    let what = tr!("is not valid YAML: {what}", what = error.info());
                    let at = error.marker();
                    return Err(Wrong::new(at.line(), what).at_column(at.col() + 1));
                }
                None => return Ok((Event::StreamEnd, Span::default())),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Given, Wrong> {
        let line = span.start.line();
        if depth > DEEPEST {
            return Err(Wrong::new(
                line,
                tr!("lists and objects are nested too deeply"),
            ));
        }
        let anchor = event.anchor_id();
        let shape = match event {
            Event::Alias(id) => return self.copy(id, line),
            Event::Scalar(text, style, _, tag) => scalar(&text, style, tag.as_deref(), line)?,
            Event::SequenceStart(_, _, tag) => {
                known(tag.as_deref(), "seq", line)?;
                Shape::List(self.items(depth)?)
            }
            Event::MappingStart(_, _, tag) => {
                known(tag.as_deref(), "map", line)?;
                Shape::Object(self.members(depth)?)
            }
            _ => {
                return Err(Wrong::new(
                    line,
                    tr!("is not valid YAML: a value is missing"),
                ));
            }
        };
        let given = Given::new(shape, line);
        if let Some(id) = anchor {
            self.anchors.insert(id, given.clone());
        }
        Ok(given)
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Given>, Wrong> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn members(&mut self, depth: usize) -> Result<Vec<(String, Given)>, Wrong> {
        let mut members = ObjectMembers::default();
        let mut merged = Vec::new();
        loop {
            let (name, plain) = match self.next()? {
                (Event::MappingEnd, _) => break,
                (Event::Scalar(name, style, ..), _) => (name, style == ScalarStyle::Plain),
                (_, span) => return Err(Wrong::new(span.start.line(), tr!("names must be text"))),
            };
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            match plain && name == "<<" {
                true => merged.push(value),
                false => members.put(name.into_owned(), value)?,
            }
        }
        for given in merged {
            merge(&mut members, given)?;
        }
        Ok(members.members)
    }

    /// Returns a copy of the value to which an alias refers. Fails if that value contains the
    /// alias, or if all copies together are longer than [`LONGEST`].
    fn copy(&mut self, id: usize, line: usize) -> Result<Given, Wrong> {
        let Some(given) = self.anchors.get(&id) else {
            return Err(Wrong::new(
                line,
                tr!("an alias refers to a value that contains it"),
            ));
        };
        self.copied += size(given);
        if self.copied > LONGEST {
            return Err(Wrong::new(line, tr!("aliases expand to more than 1 MiB")));
        }
        Ok(given.clone())
    }
}

/// Adds those members of a merge key (`<<`) that do not exist yet.
fn merge(members: &mut ObjectMembers, given: Given) -> Result<(), Wrong> {
    let objects = match given.shape {
        Shape::List(items) => items,
        shape => vec![Given::new(shape, given.line)],
    };
    for object in objects {
        let Shape::Object(more) = object.shape else {
            return Err(Wrong::new(object.line, tr!("<< requires objects")));
        };
        for (name, value) in more {
            members.put_default(name, value);
        }
    }
    Ok(())
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, line: usize) -> Result<Shape, Wrong> {
    let plain = match tag.map(|tag| (tag, tag.core_suffix())) {
        None => style == ScalarStyle::Plain,
        Some((_, Some("str"))) => false,
        Some((_, Some("int" | "float" | "bool" | "null"))) => true,
        Some(_) => return Err(unknown_tag(line)),
    };
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" if plain => Shape::Nothing,
        text if plain => Shape::Plain(text.to_owned()),
        text => Shape::Quoted(text.to_owned()),
    })
}

fn known(tag: Option<&Tag>, expected: &str, line: usize) -> Result<(), Wrong> {
    match tag {
        Some(tag) if tag.core_suffix() != Some(expected) => Err(unknown_tag(line)),
        _ => Ok(()),
    }
}

fn unknown_tag(line: usize) -> Wrong {
    Wrong::new(
        line,
        tr!("YAML tags are not supported here, except !!str for text"),
    )
}

/// Returns the approximate size of a value in bytes.
fn size(given: &Given) -> u64 {
    let inner = match &given.shape {
        Shape::Nothing => 0,
        Shape::Plain(text) | Shape::Quoted(text) => text.len() as u64,
        Shape::List(items) => items.iter().map(size).sum(),
        Shape::Object(members) => (members.iter())
            .map(|(name, value)| name.len() as u64 + size(value))
            .sum(),
    };
    inner + size_of::<Given>() as u64
}
