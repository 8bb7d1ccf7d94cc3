//! Open enums: one file each.

use super::files::File;
use crate::codegen::api::{Api, Enum};
use crate::codegen::docs;
use crate::codegen::source::Source;

/// The file of an enum.
pub(super) fn emit(api: &Api, values: &Enum) -> Result<File, String> {
    let mut source = Source::defining(&values.name);
    definition(&mut source, values);
    if values.integer {
        integer(&mut source, values);
    } else {
        text(&mut source, values);
    }
    File::rust(api, &format!("model/{}.rs", values.module), source)
}

fn definition(source: &mut Source, values: &Enum) {
    source.raw(&docs::comment("", &values.docs));
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
    let held = if values.integer { "i64" } else { "String" };
    source.line("/// A value that is not known here, as the service sent it.");
    source.line(format!("Unknown({held}),"));
    source.line("}");
    source.line("");
}

fn integer(source: &mut Source, values: &Enum) {
    let name = &values.name;
    source.import("std", "fmt");
    source.import("bce_http::rt::codec", "FromWire");
    source.import("bce_http::rt::codec", "self");
    for serde in ["Deserializer", "Serialize", "Serializer"] {
        source.import("serde", serde);
    }
    let arms = |arm: &dyn Fn(&str, &str, &str) -> String| {
        values
            .variants
            .iter()
            .map(|variant| arm(&variant.name, &variant.literal, &variant.spoken))
            .collect::<String>()
    };
    source.line(format!(
        "impl {name} {{
    /// The number on the wire.
    pub const fn code(self) -> i64 {{
        match self {{ {} Self::Unknown(code) => code }}
    }}
}}

impl From<i64> for {name} {{
    fn from(code: i64) -> Self {{
        match code {{ {} _ => Self::Unknown(code) }}
    }}
}}

impl From<{name}> for i64 {{
    fn from(value: {name}) -> Self {{
        value.code()
    }}
}}

/// The number as text, for members that take a code as text.
impl From<{name}> for String {{
    fn from(value: {name}) -> Self {{
        value.code().to_string()
    }}
}}

impl Default for {name} {{
    fn default() -> Self {{
        Self::from(0)
    }}
}}

impl fmt::Display for {name} {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        match self {{ {} Self::Unknown(code) => write!(f, \"unknown ({{code}})\") }}
    }}
}}

impl Serialize for {name} {{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
        serializer.serialize_i64(self.code())
    }}
}}

impl FromWire for {name} {{
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {{
        codec::integer_enum(deserializer)
    }}
}}",
        arms(&|variant, code, _| format!("Self::{variant} => {code},\n")),
        arms(&|variant, code, _| format!("{code} => Self::{variant},\n")),
        arms(&|variant, _, spoken| format!("Self::{variant} => f.pad({spoken:?}),\n")),
    ));
}

fn text(source: &mut Source, values: &Enum) {
    let name = &values.name;
    source.import("std", "fmt");
    source.import("bce_http::rt::codec", "FromWire");
    source.import("bce_http::rt::codec", "self");
    for serde in ["Deserializer", "Serialize", "Serializer"] {
        source.import("serde", serde);
    }
    let arms = |arm: &dyn Fn(&str, &str) -> String| {
        values
            .variants
            .iter()
            .map(|variant| arm(&variant.name, &variant.literal))
            .collect::<String>()
    };
    let into_text = if values.variants.is_empty() {
        format!("let {name}::Unknown(text) = value; text")
    } else {
        format!(
            "match value {{ {name}::Unknown(text) => text, known => known.as_str().to_owned() }}"
        )
    };
    source.line(format!(
        "impl {name} {{
    /// The text on the wire.
    pub fn as_str(&self) -> &str {{
        match self {{ {} Self::Unknown(text) => text }}
    }}
}}

impl From<&str> for {name} {{
    fn from(text: &str) -> Self {{
        match text {{ {} _ => Self::Unknown(text.to_owned()) }}
    }}
}}

impl From<String> for {name} {{
    fn from(text: String) -> Self {{
        Self::from(text.as_str())
    }}
}}

impl From<{name}> for String {{
    fn from(value: {name}) -> Self {{
        {into_text}
    }}
}}

impl Default for {name} {{
    fn default() -> Self {{
        Self::from(\"\")
    }}
}}

impl fmt::Display for {name} {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.pad(self.as_str())
    }}
}}

impl Serialize for {name} {{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
        serializer.serialize_str(self.as_str())
    }}
}}

impl FromWire for {name} {{
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {{
        codec::text_enum(deserializer)
    }}
}}",
        arms(&|variant, text| format!("Self::{variant} => {text},\n")),
        arms(&|variant, text| format!("{text} => Self::{variant},\n")),
    ));
}
