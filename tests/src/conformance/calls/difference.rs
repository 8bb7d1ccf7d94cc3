//! The requests in a golden test case, and the differences between two requests.

use std::fmt;

use serde_json::Value;

/// Headers that do not affect the meaning of a request.
const NOT_COMPARED: [&str; 9] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "host",
    "user-agent",
    "x-bce-date",
    "x-bce-request-id",
];

/// A request whose query is decoded, and whose header names are in lower case.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// Query parameters that the API description requires to be sent a second time, under another
    /// name.
    pub(super) query_also: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

/// A part in which the request of an SDK differs from the expected request. The part is missing
/// from one of the two requests, or has different values in them.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) part: Part,
    /// The name of a query parameter or of a header, or a path in the body; empty for the method
    /// and for the path of the request.
    pub(super) place: String,
    pub(super) expected: Option<Value>,
    pub(super) sdk: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Method,
    Path,
    Query,
    Header,
    Body,
}

impl Part {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Method, "method"),
        (Self::Path, "path"),
        (Self::Query, "query"),
        (Self::Header, "header"),
        (Self::Body, "body"),
    ];
}

impl Request {
    /// Reads a request from its JSON form in a golden file.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let text = |member: &str| {
            let text = value.get(member).and_then(Value::as_str);
            text.map(str::to_owned)
                .ok_or_else(|| format!("`{member}` is missing, or no text"))
        };
        let headers = value.get("headers").and_then(Value::as_object);
        let headers = headers.ok_or("`headers` is missing, or no object")?;
        let headers = headers.iter().map(|(name, value)| match value.as_str() {
            Some(value) => Ok((name.to_ascii_lowercase(), value.to_owned())),
            None => Err(format!("the header `{name}` is no text")),
        });
        Ok(Self {
            method: text("method")?,
            path: text("path")?,
            query: pairs(value.get("query").ok_or("`query` is missing")?, "query")?,
            query_also: match value.get("query_also") {
                Some(also) => pairs(also, "query_also")?,
                None => Vec::new(),
            },
            headers: headers.collect::<Result<_, String>>()?,
            body: value.get("body").ok_or("`body` is missing")?.clone(),
        })
    }
}

fn pairs(value: &Value, member: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
        Some([Value::String(name), Value::String(value)]) => Ok((name.clone(), value.clone())),
        _ => Err(format!("`{member}` has {pair}, which is no pair of texts")),
    };
    let list = value.as_array();
    let list = list.ok_or_else(|| format!("`{member}` is no list"))?;
    list.iter().map(pair).collect()
}

/// Returns the differences between the request of an SDK and the expected one.
pub(super) fn differences(expected: &Request, sdk: &Request) -> Vec<Difference> {
    let mut found = Vec::new();
    for (part, expected, sdk) in [
        (Part::Method, &expected.method, &sdk.method),
        (Part::Path, &expected.path, &sdk.path),
    ] {
        let differ = expected != sdk;
        found.extend(differ.then(|| Difference {
            part,
            place: String::new(),
            expected: Some(expected.as_str().into()),
            sdk: Some(sdk.as_str().into()),
        }));
    }
    in_pairs(Part::Query, &expected.query, &sdk.query, &mut found);
    let compared = |headers: &[(String, String)]| -> Vec<(String, String)> {
        let headers = headers.iter();
        let kept = headers.filter(|(name, _)| !NOT_COMPARED.contains(&name.as_str()));
        let spaceless = kept.map(|(name, value)| (name.clone(), super::without_space(value)));
        spaceless.collect()
    };
    let (ours, theirs) = (compared(&expected.headers), compared(&sdk.headers));
    in_pairs(Part::Header, &ours, &theirs, &mut found);
    in_bodies("", Some(&expected.body), Some(&sdk.body), &mut found);
    found
}

fn in_pairs(
    part: Part,
    expected: &[(String, String)],
    sdk: &[(String, String)],
    found: &mut Vec<Difference>,
) {
    let names = expected.iter().chain(sdk).map(|(name, _)| name);
    let mut names: Vec<&String> = names.collect();
    names.sort();
    names.dedup();
    for name in names {
        let values = |pairs: &[(String, String)]| -> Vec<String> {
            let of_name = pairs.iter().filter(|(it, _)| it == name);
            let mut values: Vec<String> = of_name.map(|(_, value)| value.clone()).collect();
            values.sort();
            values
        };
        let (expected, sdk) = (values(expected), values(sdk));
        if expected != sdk {
            let shown = |values: Vec<String>| match values.len() {
                0 => None,
                _ => Some(Value::from(values.join("\n"))),
            };
            found.push(Difference {
                part,
                place: name.clone(),
                expected: shown(expected),
                sdk: shown(sdk),
            });
        }
    }
}

fn in_bodies(
    place: &str,
    expected: Option<&Value>,
    sdk: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    match (expected, sdk) {
        (Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
            let mut names: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let place = match place {
                    "" => name.clone(),
                    place => format!("{place}.{name}"),
                };
                in_bodies(&place, ours.get(name), theirs.get(name), found);
            }
        }
        (Some(Value::Array(ours)), Some(Value::Array(theirs))) if ours.len() == theirs.len() => {
            for (index, (one, other)) in ours.iter().zip(theirs).enumerate() {
                in_bodies(&format!("{place}[{index}]"), Some(one), Some(other), found);
            }
        }
        (Some(one), Some(other)) if same_value(one, other) => {}
        (expected, sdk) => found.push(Difference {
            part: Part::Body,
            place: place.to_owned(),
            expected: expected.cloned(),
            sdk: sdk.cloned(),
        }),
    }
}

/// Returns a string unchanged, and any other value as JSON text.
pub(super) fn as_text(value: &Value) -> String {
    value.as_str().map_or(value.to_string(), str::to_owned)
}

/// Returns whether a value is empty: null, an empty string, zero, false, one of the strings `0` and
/// `false`, or a list or an object that only contains empty values.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == "0" || text == "false",
        Value::Array(elements) => elements.iter().all(is_nothing),
        Value::Object(members) => members.values().all(is_nothing),
    }
}

/// Returns whether two JSON values are equal. Numbers such as 8 and 8.0 are equal.
pub(super) fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || one.as_f64() == other.as_f64() && (one.is_f64() || other.is_f64())
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| same_value(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(name, value): (&String, &Value)| {
                (other.get(name)).is_some_and(|other| same_value(value, other))
            };
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}

impl Difference {
    /// Returns whether `text` describes this difference, in the form of
    /// `query: the SDK adds pageNumber=0`.
    pub(super) fn is_told_by(&self, text: &str) -> bool {
        let Some((part, what)) = text.split_once(": ") else {
            return false;
        };
        if Part::ALL
            .iter()
            .all(|(it, name)| *it != self.part || *name != part)
        {
            return false;
        }
        let of_place = |what: &str| what.strip_prefix(&self.place).map(str::to_owned);
        let sdk = self.sdk.as_ref();
        if let Some(what) = what.strip_prefix("the SDK adds ") {
            let value = of_place(what).filter(|_| self.expected.is_none());
            return value
                .zip(sdk)
                .is_some_and(|(told, sdk)| match told.as_str() {
                    " (empty)" => is_nothing(sdk),
                    told => told
                        .trim_start()
                        .strip_prefix('=')
                        .is_some_and(|told| told.trim() == as_text(sdk)),
                });
        }
        if let Some(what) = what.strip_prefix("the SDK lacks ") {
            return what == self.place && sdk.is_none();
        }
        let told = of_place(what).unwrap_or_default();
        let told = told.strip_prefix(" is ").unwrap_or_default();
        let told = told.strip_suffix(" with the SDK").unwrap_or_default();
        let sent = match sdk {
            Some(value) => format!("'{}'", as_text(value)),
            None => "None".to_owned(),
        };
        self.expected.is_some() && super::without_space(told) == super::without_space(&sent)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = Part::ALL.iter().find(|(part, _)| *part == self.part);
        let part = part.map_or("", |(_, name)| name);
        write!(f, "{part}: {} is ", self.place)?;
        match &self.sdk {
            Some(value) => write!(f, "{value}")?,
            None => f.write_str("not there")?,
        }
        match &self.expected {
            Some(value) => write!(f, " instead of {value}"),
            None => f.write_str(" instead of nothing"),
        }
    }
}
