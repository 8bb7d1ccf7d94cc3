//! Generates the enums, each in its own file, and a file for unknown values.

use super::examples::Examples;
use super::{files::File, read};
use crate::codegen::api::{Api, Enum};
use crate::codegen::docs;
use crate::codegen::source::Source;

/// The name of the type that contains an unknown value of an enum.
pub(super) const UNKNOWN: &str = "UnknownValue";
pub(super) const UNKNOWN_MODULE: &str = "unknown_value";

/// The name of the error for a string that is not a value of a numeric enum.
const PARSE_ERROR: &str = "ParseEnumError";

const UNKNOWN_TEXT: &str = r#"
/// A value that an enum does not know, as the service sent it.
///
/// It can only be obtained by converting or deserializing, and only for values that have no variant
/// of their own, so an `Unknown` never equals another variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownValue<T>(pub(crate) T);

impl<T> UnknownValue<T> {
    /// Returns the value as the service sent it.
    EXAMPLE
    pub const fn get(&self) -> &T {
        &self.0
    }
}
"#;

const PARSE_ERROR_TEXT: &str = r#"
/// The error returned when a string is not the `Display` output of a value of a numeric enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseEnumError {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

impl fmt::Display for ParseEnumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a {}", self.text, self.name)
    }
}

impl std::error::Error for ParseEnumError {}
"#;

/// Returns the file with the type of unknown values.
pub(super) fn unknown(api: &Api) -> File {
    let mut source = Source::defining(UNKNOWN);
    source.raw(&UNKNOWN_TEXT.replace("    EXAMPLE\n", &Examples::new(api).of_unknown_value()));
    if has_numbers(api) {
        source.import("std", "fmt");
        source.raw(PARSE_ERROR_TEXT);
    }
    File::of_item(api, &api.shared, UNKNOWN_MODULE, source)
}

/// Returns the names of the types in the file that [`unknown`] returns.
pub(super) fn unknown_names(api: &Api) -> Vec<&'static str> {
    let error = has_numbers(api).then_some(PARSE_ERROR);
    let names = (!api.enums.is_empty()).then_some(UNKNOWN);
    error.into_iter().chain(names).collect()
}

fn has_numbers(api: &Api) -> bool {
    api.enums.values().any(|values| values.integer)
}

/// Returns the file of an enum.
pub(super) fn emit(api: &Api, values: &Enum) -> File {
    let mut source = Source::defining(&values.name);
    let examples = Examples::new(api);
    definition(&mut source, &examples, values);
    let example = examples.of_wire_value(values);
    if values.integer {
        numbers(&mut source, values, &example);
    } else {
        texts(&mut source, values, &example);
    }
    both(&mut source, values);
    File::of_item(api, &values.home, &values.module, source)
}

fn definition<'a>(source: &mut Source, examples: &Examples<'a>, values: &'a Enum) {
    source.import_item(UNKNOWN);
    source.raw(&docs::comment("", &values.docs));
    source.raw(&examples.of_enum(values));
    source.line("#[non_exhaustive]");
    let copy = if values.integer { "Copy, " } else { "" };
    source.line(format!(
        "#[derive(Clone, {copy}Debug, PartialEq, Eq, Hash)]"
    ));
    source.line(format!("pub enum {} {{", values.name));
    for variant in &values.variants {
        source.raw(&docs::comment("    ", &variant.docs));
        source.line(format!("{},", variant.name));
    }
    let (held, from) = match values.integer {
        true => ("i64", "i64"),
        false => ("String", "String"),
    };
    source.line(
        "/// A value that this version does not know, as the service sent it. To create one, use",
    );
    source.line(format!(
        "/// [`From<{from}>`](#impl-From%3C{from}%3E-for-{}).",
        values.name
    ));
    source.line(format!("Unknown({UNKNOWN}<{held}>),"));
    source.line("}");
    source.line("");
}

/// Writes the implementations that numeric enums and string enums share: the order, which is that
/// of the API's values, and the code that reads a value.
fn both(source: &mut Source, values: &Enum) {
    let name = &values.name;
    let compare = match values.integer {
        true => "cmp(&other.code())",
        false => "cmp(other.as_str())",
    };
    let (value, what) = match values.integer {
        true => ("code", "the number"),
        false => ("as_str", "the string"),
    };
    source.import("std::cmp", "Ordering");
    for item in ["Serialize", "Serializer"] {
        source.import("serde", item);
    }
    source.line(format!(
        "
/// Orders by {what} that [`{value}`](Self::{value}) returns.
impl Ord for {name} {{
    fn cmp(&self, other: &Self) -> Ordering {{
        self.{value}().{compare}
    }}
}}

impl PartialOrd for {name} {{
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {{
        Some(self.cmp(other))
    }}
}}"
    ));
    read::emit_enum(source, name, values.integer);
}

fn numbers(source: &mut Source, values: &Enum, example: &str) {
    let name = &values.name;
    source.import("std", "fmt");
    source.import("std::str", "FromStr");
    source.import_item(PARSE_ERROR);
    let arms = |arm: &dyn Fn(&str, &str, &str) -> String| {
        values
            .variants
            .iter()
            .map(|variant| arm(&variant.name, &variant.literal, &variant.spoken))
            .collect::<String>()
    };
    source.line(format!(
        "impl {name} {{
    /// Returns the number that the API uses for this value.
{example}    pub const fn code(self) -> i64 {{
        match self {{ {} Self::Unknown(value) => value.0 }}
    }}
}}

impl From<i64> for {name} {{
    fn from(code: i64) -> Self {{
        match code {{ {} _ => Self::Unknown({UNKNOWN}(code)) }}
    }}
}}

impl From<{name}> for i64 {{
    fn from(value: {name}) -> Self {{
        value.code()
    }}
}}

/// Writes a human-readable name; [`code`](Self::code) returns the number that the API uses.
impl fmt::Display for {name} {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        match self {{ {} Self::Unknown(value) => f.pad(&format!(\"unknown ({{}})\", value.0)) }}
    }}
}}

/// Parses a name that `Display` writes. A number is not a name; convert it with `From<i64>`.
impl FromStr for {name} {{
    type Err = {PARSE_ERROR};

    fn from_str(text: &str) -> Result<Self, Self::Err> {{
        match text {{
            {}
            _ => {{
                let code = text.strip_prefix(\"unknown (\");
                let code = code.and_then(|text| text.strip_suffix(')'));
                match code.and_then(|code| code.parse::<i64>().ok()) {{
                    Some(code) => Ok(Self::from(code)),
                    None => Err({PARSE_ERROR} {{ name: {name:?}, text: text.to_owned() }}),
                }}
            }}
        }}
    }}
}}

impl Serialize for {name} {{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
        serializer.serialize_i64(self.code())
    }}
}}",
        arms(&|variant, code, _| format!("Self::{variant} => {code},\n")),
        arms(&|variant, code, _| format!("{code} => Self::{variant},\n")),
        arms(&|variant, _, spoken| format!("Self::{variant} => f.pad({spoken:?}),\n")),
        arms(&|variant, _, spoken| format!("{spoken:?} => Ok(Self::{variant}),\n")),
    ));
}

fn texts(source: &mut Source, values: &Enum, example: &str) {
    let name = &values.name;
    source.import("std", "fmt");
    source.import("std::convert", "Infallible");
    source.import("std::str", "FromStr");
    let arms = |arm: &dyn Fn(&str, &str) -> String| {
        values
            .variants
            .iter()
            .map(|variant| arm(&variant.name, &variant.literal))
            .collect::<String>()
    };
    source.line(format!(
        "impl {name} {{
    /// Returns the string that the API uses for this value.
{example}    pub fn as_str(&self) -> &str {{
        match self {{ {} Self::Unknown(value) => &value.0 }}
    }}
}}

impl From<&str> for {name} {{
    fn from(text: &str) -> Self {{
        match text {{ {} _ => Self::Unknown({UNKNOWN}(text.to_owned())) }}
    }}
}}

impl From<String> for {name} {{
    fn from(text: String) -> Self {{
        Self::from(text.as_str())
    }}
}}

/// Parses a value as the service sends it. Never fails: a value that this version does not know
/// becomes `Unknown`.
impl FromStr for {name} {{
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {{
        Ok(Self::from(text))
    }}
}}

/// Writes the string that the API uses for this value.
impl fmt::Display for {name} {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.pad(self.as_str())
    }}
}}

impl Serialize for {name} {{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
        serializer.serialize_str(self.as_str())
    }}
}}",
        arms(&|variant, text| format!("Self::{variant} => {text},\n")),
        arms(&|variant, text| match values.any_case {
            true => format!("text if text.eq_ignore_ascii_case({text}) => Self::{variant},\n"),
            false => format!("{text} => Self::{variant},\n"),
        }),
    ));
}
