//! The API description of `aihc`, as far as the test suites need it to generate arguments and to
//! compare requests.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

const SPEC: &str = include_str!("../../../xtask/spec/aihc.json");

/// The operations, the types and the enums of the API description of `aihc`.
#[derive(Debug, Deserialize)]
pub struct Description {
    operations: Vec<Operation>,
    pub(super) types: BTreeMap<String, Type>,
    pub(super) enums: BTreeMap<String, Known>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    name: String,
    parameters: Vec<Member>,
    response: String,
    idempotency: Idempotency,
}

#[derive(Debug, Deserialize)]
struct Idempotency {
    class: String,
    blind_retry: bool,
}

/// The known values of an enum.
#[derive(Debug, Deserialize)]
pub(super) struct Known {
    pub(super) values: Vec<KnownValue>,
}

#[derive(Debug, Deserialize)]
pub(super) struct KnownValue {
    pub(super) value: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Type {
    #[serde(default)]
    pub(super) fields: Vec<Member>,
    #[serde(default)]
    pub(super) one_of: Vec<Form>,
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rule {
    #[serde(default)]
    pub(super) exactly_one: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Form {
    #[serde(rename = "type")]
    pub(super) wire_type: String,
    recognise: String,
}

/// A parameter of an operation, or a field of a type.
#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(crate) wire_type: String,
    pub(super) position: String,
    #[serde(rename = "enum")]
    pub(super) known: Option<String>,
    #[serde(default)]
    pub(super) sensitive: bool,
    #[serde(default)]
    nullable: bool,
    #[serde(default)]
    pub(crate) default: Value,
    #[serde(default)]
    pub(crate) also_send: Vec<String>,
    pub(crate) text_of: Option<String>,
    pub(crate) same_as: Option<String>,
}

impl Description {
    /// Reads the description from which the client is generated.
    ///
    /// # Errors
    ///
    /// If the description does not have the expected format.
    pub fn load() -> Result<Self, String> {
        serde_json::from_str(SPEC).map_err(|error| error.to_string())
    }

    /// Returns the names of all operations.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.operations
            .iter()
            .map(|operation| operation.name.as_str())
    }

    /// Returns the idempotency class of an operation, and whether a failed call may be repeated
    /// without first reading the state of the resource; `None` if there is no such operation.
    pub(crate) fn idempotency(&self, operation: &str) -> Option<(&str, bool)> {
        let mut operations = self.operations.iter();
        let found = operations.find(|candidate| candidate.name == operation)?;
        let idempotency = &found.idempotency;
        Some((&idempotency.class, idempotency.blind_retry))
    }

    /// Returns the name of the response type of an operation; `None` if there is no such operation.
    pub(super) fn response(&self, operation: &str) -> Option<&str> {
        let mut operations = self.operations.iter();
        let found = operations.find(|candidate| candidate.name == operation)?;
        Some(&found.response)
    }

    pub(super) fn parameters(&self, operation: &str) -> Option<&[Member]> {
        let mut operations = self.operations.iter();
        let found = operations.find(|candidate| candidate.name == operation)?;
        Some(&found.parameters)
    }

    /// Returns the parameter that is sent under this name; `None` if there is none.
    pub(crate) fn parameter(&self, operation: &str, name: &str) -> Option<&Member> {
        let parameters = self.parameters(operation)?;
        let by_name = parameters.iter().find(|it| it.name == name);
        by_name.or_else(|| {
            let also = |it: &&Member| it.also_send.iter().any(|also| also == name);
            parameters.iter().find(also)
        })
    }

    /// Returns the member at a path in the request body of an operation, such as
    /// `containers[0].image`; `None` if there is none.
    pub(crate) fn member(&self, operation: &str, place: &str) -> Option<&Member> {
        let mut members = self.parameters(operation)?;
        let mut found = None;
        for step in place.split('.') {
            let name = step.split('[').next().unwrap_or(step);
            let member = members.iter().find(|member| member.name == name)?;
            let ty = self.types.get(element(&member.wire_type));
            members = ty.map_or(&[], |ty| &ty.fields);
            found = Some(member);
        }
        found
    }

    /// Refuses arguments that the operation does not have, or whose type is wrong.
    pub(crate) fn check(
        &self,
        operation: &str,
        arguments: &Map<String, Value>,
    ) -> Result<(), String> {
        let Some(parameters) = self.parameters(operation) else {
            return Err(format!("there is no operation {operation:?}"));
        };
        self.check_members(parameters, arguments, "")
    }

    fn check_members(
        &self,
        members: &[Member],
        given: &Map<String, Value>,
        place: &str,
    ) -> Result<(), String> {
        for (name, value) in given {
            let place = match place {
                "" => name.clone(),
                place => format!("{place}.{name}"),
            };
            let is_sent = |it: &&Member| it.name == *name && it.position != "RESPONSE";
            let Some(member) = members.iter().find(is_sent) else {
                return Err(format!("there is no argument {place}"));
            };
            let is_within = |ty: &String| self.is(ty, value) && !value.is_null();
            let fits = member.nullable && value.is_null()
                || member.text_of.as_ref().is_some_and(is_within);
            if !fits {
                self.check_value(&member.wire_type, value, &place)?;
            }
        }
        Ok(())
    }

    /// Returns whether a value has this type. Every value has the type `Json`. For a type that is
    /// neither `Json` nor a scalar, returns `false`.
    fn is(&self, ty: &str, value: &Value) -> bool {
        match ty {
            "String" => value.is_string(),
            "Int32" | "Int64" => value.is_i64(),
            "Double" => value.is_number(),
            "Bool" => value.is_boolean(),
            _ => ty == "Json",
        }
    }

    fn check_value(&self, ty: &str, value: &Value, place: &str) -> Result<(), String> {
        let wrong = || {
            Err(format!(
                "the argument {place} is {value}, not a value of {ty}"
            ))
        };
        let ty = ty.trim();
        if let Some(inner) = inner(ty, "List<") {
            let Some(elements) = value.as_array() else {
                return wrong();
            };
            return (elements.iter().enumerate()).try_for_each(|(index, element)| {
                self.check_value(inner, element, &format!("{place}[{index}]"))
            });
        }
        if let Some(inner) = inner(ty, "Map<String,") {
            let Some(entries) = value.as_object() else {
                return wrong();
            };
            return (entries.iter()).try_for_each(|(key, value)| {
                self.check_value(inner, value, &format!("{place}.{key}"))
            });
        }
        match (self.types.get(ty), value) {
            (None, value) if self.is(ty, value) => Ok(()),
            (None, _) => wrong(),
            (Some(found), value) if !found.one_of.is_empty() => {
                let mut forms = found.one_of.iter();
                match forms.find(|form| form.is_of(value)) {
                    Some(form) => self.check_value(&form.wire_type, value, place),
                    None => wrong(),
                }
            }
            (Some(found), Value::Object(given)) => self.check_members(&found.fields, given, place),
            _ => wrong(),
        }
    }
}

impl Form {
    fn is_of(&self, value: &Value) -> bool {
        let rule = self.recognise.as_str();
        let has = |name: &str| value.get(name).is_some_and(|it| !it.is_null());
        if let Some(name) = rule.strip_prefix("has a member ") {
            return value.is_object() && has(name);
        }
        if let Some(name) = rule.strip_prefix("has no member ") {
            return value.is_object() && !has(name);
        }
        match rule {
            "is an object" => value.is_object(),
            "is a list" => value.is_array(),
            "is a text" => value.is_string(),
            "is a number" => value.is_number(),
            _ => value.is_boolean(),
        }
    }
}

/// Returns the type `T` of `List<T>` if `outer` is `List<`, or of `Map<String,T>` if `outer` is
/// `Map<String,`; `None` for other types.
pub(super) fn inner<'a>(ty: &'a str, outer: &str) -> Option<&'a str> {
    ty.strip_prefix(outer)?.strip_suffix('>').map(str::trim)
}

/// Returns the innermost type of the items of a list, or of the values of a map. Any other type is
/// returned unchanged.
pub(super) fn element(ty: &str) -> &str {
    let inner = inner(ty, "List<").or_else(|| inner(ty, "Map<String,"));
    inner.map_or(ty, element)
}
