//! JSON values without a known type.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use serde::de::{DeserializeOwned, Deserializer};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value as Tree;
use serde_json::value::RawValue;

use crate::codec;

/// A JSON value in its original notation: nothing of its text is lost, not even a digit.
///
/// Members that may have any value are of this type. [`parse`](Self::parse) converts a value to
/// another type, and [`text`](Self::text) returns its JSON text. Two values are equal if their
/// texts are equal.
///
/// `Debug` does not show the value. `Serialize` writes it into JSON unchanged; for formats other
/// than that of `serde_json`, it is serialized as that crate's `RawValue`.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use bce_http::Json;
///
/// let json: Json = r#"{"a": 18446744073709551615, "b": 1e400}"#.parse()?;
/// assert_eq!(json.text(), r#"{"a": 18446744073709551615, "b": 1e400}"#);
/// assert_eq!(format!("{json:?}"), "Json(..)");
///
/// let json = Json::new(&BTreeMap::from([("zone", "a")]))?;
/// let zones: BTreeMap<String, String> = json.parse()?;
/// assert_eq!(zones["zone"], "a");
/// # Ok::<(), bce_http::JsonError>(())
/// ```
#[derive(Clone)]
pub struct Json(Box<RawValue>);

impl Json {
    /// Converts a value to JSON.
    ///
    /// # Errors
    ///
    /// If the value cannot be written as JSON, for example a map whose keys are not strings, or if
    /// it has more than 127 levels of nested lists and objects.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Json;
    ///
    /// let json = Json::new(&["a", "b"])?;
    /// assert_eq!(json.text(), r#"["a","b"]"#);
    /// # Ok::<(), bce_http::JsonError>(())
    /// ```
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, JsonError> {
        let raw = serde_json::value::to_raw_value(value);
        raw.map_err(|_| JsonError::WRITTEN)
            .and_then(Self::no_deeper)
    }

    /// Creates a value from JSON text.
    ///
    /// # Errors
    ///
    /// If the text is not valid JSON, or has more than 127 levels of nested lists and objects.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Json;
    ///
    /// let json = Json::from_text(r#"{"cpus": 8}"#)?;
    /// assert!(Json::from_text("{").is_err());
    /// # let _ = json;
    /// # Ok::<(), bce_http::JsonError>(())
    /// ```
    pub fn from_text(text: impl Into<String>) -> Result<Self, JsonError> {
        let raw = RawValue::from_string(text.into());
        raw.map_err(|_| JsonError::TEXT).and_then(Self::no_deeper)
    }

    /// Returns `null`, the absent value.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Json;
    ///
    /// assert!(Json::null().is_null());
    /// ```
    pub fn null() -> Self {
        Self(RawValue::NULL.to_owned())
    }

    /// Returns whether the value is `null`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Json;
    ///
    /// assert!(!Json::from_text("0")?.is_null());
    /// # Ok::<(), bce_http::JsonError>(())
    /// ```
    pub fn is_null(&self) -> bool {
        self.text() == "null"
    }

    /// Returns the JSON text of the value, exactly as it was received or created.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Json;
    ///
    /// assert_eq!(Json::from_text("[4, 8]")?.text(), "[4, 8]");
    /// # Ok::<(), bce_http::JsonError>(())
    /// ```
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// Converts the value to another type. If a member occurs twice, the last one counts, and
    /// unpaired surrogates in strings become U+FFFD, as in all responses.
    ///
    /// # Errors
    ///
    /// If the value does not have the form of that type. The error states the position, and never
    /// quotes the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Json;
    ///
    /// let cpus: Vec<i64> = Json::from_text("[4, 8]")?.parse()?;
    /// assert_eq!(cpus, [4, 8]);
    /// # Ok::<(), bce_http::JsonError>(())
    /// ```
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, JsonError> {
        let misread = match serde_json::from_str(self.text()) {
            Ok(value) => return Ok(value),
            Err(misread) => misread,
        };
        let mended = codec::repaired(self.text().as_bytes());
        let mended = mended.and_then(|text| serde_json::from_str(&text).ok());
        mended.ok_or_else(|| JsonError::parsed(&misread))
    }

    /// Passes every string and every number in the value to `take`, except for the names of
    /// members. If the value cannot be parsed, passes its whole text.
    pub(crate) fn for_each_text(&self, take: &mut dyn FnMut(String)) {
        fn of_tree(tree: Tree, take: &mut dyn FnMut(String)) {
            match tree {
                Tree::String(text) => take(text),
                Tree::Number(number) => take(number.to_string()),
                Tree::Array(list) => list.into_iter().for_each(|it| of_tree(it, take)),
                Tree::Object(members) => members.into_iter().for_each(|(_, it)| of_tree(it, take)),
                Tree::Null | Tree::Bool(_) => {}
            }
        }
        // A value with a number that is too large for a tree does not contain known secrets, so the
        // whole text is passed on.
        match self.parse() {
            Ok(tree) => of_tree(tree, take),
            Err(_) => take(self.text().to_owned()),
        }
    }

    fn no_deeper(raw: Box<RawValue>) -> Result<Self, JsonError> {
        match depth(raw.get()) <= codec::DEEPEST {
            true => Ok(Self(raw)),
            false => Err(JsonError::DEPTH),
        }
    }
}

/// Returns the depth of JSON text: the maximum number of levels of nested lists and objects.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

/// Does not show the value, because it may be a secret.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json(..)")
    }
}

impl FromStr for Json {
    type Err = JsonError;

    fn from_str(text: &str) -> Result<Self, JsonError> {
        Self::from_text(text)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        codec::read_optional(deserializer).map(|json| json.unwrap_or_else(Self::null))
    }
}

/// The error for text that is not JSON, for a value that cannot be written as JSON, or for a
/// [`Json`] value that does not have the form of a type.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonError {
    problem: &'static str,
    place: Option<(usize, usize)>,
}

impl JsonError {
    const WRITTEN: Self = Self::new("the value cannot be written as JSON");
    const TEXT: Self = Self::new("the text is not valid JSON");
    const DEPTH: Self = Self::new("the JSON has more than 127 nested lists and objects");

    const fn new(problem: &'static str) -> Self {
        Self {
            problem,
            place: None,
        }
    }

    /// Creates the error for a value that does not have the form of a type. Only the position is
    /// kept, because the message of serde's error may quote the value.
    fn parsed(error: &serde_json::Error) -> Self {
        Self {
            problem: "the JSON does not have the form of the type",
            place: (error.line() > 0).then(|| (error.line(), error.column())),
        }
    }

    pub(crate) fn problem(&self) -> &'static str {
        self.problem
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem)?;
        match self.place {
            Some((line, column)) => write!(f, ", at line {line} column {column}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonError({self})")
    }
}

impl Error for JsonError {}

/// Allows the use of `?` on a [`JsonError`] in functions that return [`Error`](crate::Error).
impl From<JsonError> for crate::Error {
    fn from(error: JsonError) -> Self {
        Self::new(crate::ErrorKind::InvalidInput, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::de::IntoDeserializer;
    use serde::de::value::Error as AnyError;

    use super::*;
    use crate::codec::{Failed, Members, Value, from_json};

    #[derive(Debug, Default, PartialEq)]
    struct Model {
        any: Option<Json>,
        list: Vec<Json>,
        map: BTreeMap<String, Json>,
    }

    impl Members for Model {
        fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {
            match name {
                "any" => value.optional(&mut self.any),
                "list" => value.or_default(&mut self.list),
                "map" => value.or_default(&mut self.map),
                _ => Ok(()),
            }
        }
    }

    fn read(json: &str) -> Result<Model, String> {
        from_json(json.as_bytes(), &[])
    }

    fn any(json: &str) -> Result<Option<String>, String> {
        let model = read(&format!(r#"{{"any":{json},"other":1}}"#))?;
        Ok(model.any.map(|json| json.text().to_owned()))
    }

    #[test]
    fn a_value_is_kept_as_it_came() {
        for json in [
            "18446744073709551615",
            "123456789012345678901234567890.123456789",
            "1e400",
            "-0.0",
            r#"{"a" : [1, 2.50],  "a":null}"#,
            r#""\ud800 \u00e9 \/""#,
            r#""机""#,
            "true",
            "[]",
        ] {
            assert_eq!(any(json), Ok(Some(json.to_owned())), "{json}");
        }
        assert_eq!(any("null"), Ok(None));
        assert!(any("[1,]").is_err() && any("nul").is_err());
    }

    #[test]
    fn null_in_lists_and_maps_is_a_value() {
        let model = read(r#"{"list":[null,1],"map":{"a":null,"b":{}}}"#).unwrap();
        let texts: Vec<&str> = model.list.iter().map(Json::text).collect();
        assert_eq!(texts, ["null", "1"]);
        assert!(model.map["a"].is_null() && model.map["b"].text() == "{}");
    }

    #[test]
    fn depth_is_bounded_and_told_from_text() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::from_text(deep(127)).is_ok());
        assert_eq!(Json::from_text(deep(128)), Err(JsonError::DEPTH));
        let error = any(&deep(128)).unwrap_err();
        assert!(
            error.starts_with("any: the JSON has more than 127"),
            "{error}"
        );
        let text = format!(r#""{}\"{}""#, "[".repeat(200), "{".repeat(200));
        assert!(Json::from_text(text).is_ok());
    }

    #[test]
    fn a_long_value_is_counted() {
        let one = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
        assert!(read(&format!("{{\"list\":[{one},{one}]}}")).is_ok());
        let many = "1,".repeat(3_000_000);
        let error = read(&format!("{{\"list\":[{many}1]}}")).unwrap_err();
        assert!(error.contains("more elements than fit"), "{error}");
    }

    #[test]
    fn what_is_odd_in_it_is_mended_for_the_one_who_parses_it() {
        let json = Json::from_text(r#"{"a":"1","a":"\ud800"}"#).unwrap();
        let members: BTreeMap<String, String> = json.parse().unwrap();
        assert_eq!(members["a"], "\u{fffd}");
        let error = json.parse::<BTreeMap<String, i64>>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("\"1\""), "{error}");
    }

    #[test]
    fn it_serializes_as_it_is_and_debug_shows_nothing() {
        let model = read(r#"{"any":{"password":"s3cret", "n": 1.50}}"#).unwrap();
        assert!(!format!("{model:?}").contains("s3cret"));
        let json = model.any.unwrap();
        let written = serde_json::to_string(&vec![json]).unwrap();
        assert_eq!(written, r#"[{"password":"s3cret", "n": 1.50}]"#);
    }

    #[test]
    fn other_formats_give_what_they_have() {
        let read = |tree: serde_json::Value| Json::deserialize(tree).unwrap().text().to_owned();
        assert_eq!(
            read(serde_json::json!({"a": [1, null]})),
            r#"{"a":[1,null]}"#
        );
        let text: serde::de::value::StrDeserializer<'_, AnyError> = "t".into_deserializer();
        assert_eq!(Json::deserialize(text).unwrap().text(), "\"t\"");
        let list = vec![1_u64, 2];
        let list: serde::de::value::SeqDeserializer<_, AnyError> = list.into_deserializer();
        assert_eq!(Json::deserialize(list).unwrap().text(), "[1,2]");

        #[derive(Deserialize)]
        struct Flat {
            #[serde(flatten)]
            rest: BTreeMap<String, Json>,
        }
        let flat: Flat = serde_json::from_str(r#"{"a": {"b": 1}}"#).unwrap();
        assert_eq!(flat.rest["a"].text(), r#"{"b":1}"#);
    }
}
