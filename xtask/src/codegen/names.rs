//! Conversion of API names to Rust names.

/// Keywords of Rust that can be identifiers with `r#`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that cannot be identifiers, even with `r#`.
const NEVER_RAW: &[&str] = &["self", "super", "crate"];

/// Names of crates that generated code uses, and names that cargo or the compiler reserves.
const TAKEN_CRATES: &[&str] = &[
    "alloc",
    "bce-auth",
    "bce-http",
    "bytes",
    "core",
    "http",
    "proc_macro",
    "serde",
    "std",
    "test",
    "time",
    "tower-service",
];

/// Names of the methods and fields that generated types have besides their members.
const TAKEN_MEMBERS: &[&str] = &[
    "body",
    "call",
    "check",
    "client",
    "clone",
    "default",
    "eq",
    "fmt",
    "from",
    "into",
    "into_future",
    "new",
    "send",
    "to_owned",
    "try_from",
    "try_into",
];

/// Names of the methods that every client has.
const TAKEN_METHODS: &[&str] = &[
    "builder",
    "clone",
    "endpoint",
    "fmt",
    "from",
    "from_env",
    "from_http",
    "from_service",
    "into",
    "to_owned",
];

/// Names of types, traits and variants in the prelude and in the imports of generated files.
const TAKEN_TYPES: &[&str] = &[
    "ApiResponse",
    "AsMut",
    "AsRef",
    "BTreeMap",
    "Body",
    "Box",
    "BoxError",
    "Bytes",
    "Call",
    "Check",
    "Client",
    "ClientBuilder",
    "Clone",
    "Copy",
    "Cow",
    "Debug",
    "Default",
    "Deserialize",
    "Deserializer",
    "Display",
    "Drop",
    "Duration",
    "Endpoint",
    "Envelope",
    "Eq",
    "Err",
    "Error",
    "Failed",
    "Fn",
    "FnMut",
    "FnOnce",
    "Form",
    "From",
    "FromIterator",
    "FromStr",
    "FromWire",
    "Hash",
    "Idempotency",
    "Doubles",
    "Infallible",
    "InText",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "Json",
    "Members",
    "Method",
    "Missing",
    "None",
    "OffsetDateTime",
    "Ok",
    "Operation",
    "Option",
    "Ord",
    "Ordering",
    "ParseEnumError",
    "Partial",
    "PartialEq",
    "PartialOrd",
    "Parts",
    "Path",
    "Region",
    "Request",
    "Response",
    "Result",
    "Secret",
    "SecretKind",
    "Self",
    "Send",
    "Serialize",
    "SerializeMap",
    "Serializer",
    "Service",
    "ServiceClient",
    "ServiceInfo",
    "SettledBy",
    "Sized",
    "Slot",
    "Some",
    "String",
    "Sync",
    "TextOrNumber",
    "Timestamp",
    "ToOwned",
    "ToString",
    "ToWire",
    "TryFrom",
    "TryInto",
    "UnknownValue",
    "Unpin",
    "Value",
    "Vec",
    "WaiterTable",
    "Wire",
];

/// Splits a name into words: at every character that is not an ASCII letter or digit, and where the
/// case changes. `sshRSAPubKey` becomes `ssh`, `RSA`, `Pub`, `Key`; `podIPs` becomes `pod`, `IPs`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let chars: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (index, &c) in chars.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|i| chars.get(i));
            let after = chars.get(index + 1);
            let starts_word = c.is_ascii_uppercase()
                && before.is_some_and(|before| {
                    !before.is_ascii_uppercase()
                        || after.is_some_and(char::is_ascii_lowercase) && !is_plural(&chars, index)
                });
            if starts_word && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.push(c);
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
    words
}

/// Returns whether the capital letter at `index` is the last one of an acronym in the plural, like
/// the P of `IPs`.
fn is_plural(chars: &[char], index: usize) -> bool {
    chars.get(index + 1) == Some(&'s')
        && chars.get(index + 2).is_none_or(|c| c.is_ascii_uppercase())
}

/// Converts a name to `snake_case`. The result is empty if the name contains no ASCII letters or
/// digits.
pub(crate) fn snake(name: &str) -> String {
    let joined = words(name).join("_").to_ascii_lowercase();
    if joined.starts_with(|c: char| c.is_ascii_digit()) {
        format!("n{joined}")
    } else {
        joined
    }
}

/// Converts a name to `UpperCamelCase`. The result is empty if the name contains no ASCII letters
/// or digits.
pub(crate) fn camel(name: &str) -> String {
    let joined: String = words(name)
        .iter()
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
        })
        .collect();
    if joined.starts_with(|c: char| c.is_ascii_digit()) {
        format!("N{joined}")
    } else {
        joined
    }
}

/// Converts a name to `SCREAMING_SNAKE_CASE`.
pub(crate) fn screaming(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// Converts a name to human-readable words in lower case: `ImagePacking` becomes `image packing`.
pub(crate) fn spoken(name: &str) -> String {
    words(name).join(" ").to_ascii_lowercase()
}

/// Returns the Rust name of a member or an argument: in snake case, with `r#` or another name if
/// necessary.
pub(crate) fn member(name: &str) -> String {
    let name = snake(name);
    if TAKEN_MEMBERS.contains(&name.as_str()) || name.starts_with("with_") {
        return format!("{name}_");
    }
    identifier(name)
}

/// Converts the name of an operation to the name of the client's method: in snake case, with `r#`
/// or another name if necessary.
pub(crate) fn method(name: &str) -> String {
    let name = snake(name);
    if TAKEN_METHODS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        identifier(name)
    }
}

/// Converts a name to the Rust name of a type: in upper camel case, with the suffix `Model` if
/// generated files use the name for something else.
pub(crate) fn type_name(name: &str) -> String {
    let name = camel(name);
    if is_taken_type(&name) {
        format!("{name}Model")
    } else {
        name
    }
}

/// Returns whether a generated crate cannot have this name, because it is a keyword or the name of
/// another crate.
pub(crate) fn is_taken_crate(name: &str) -> bool {
    let is_in = |names: &[&str]| names.contains(&name);
    is_in(TAKEN_CRATES) || is_in(KEYWORDS) || is_in(NEVER_RAW)
}

/// Returns whether generated files use this name for a type that is not a type of the API.
pub(crate) fn is_taken_type(name: &str) -> bool {
    TAKEN_TYPES.contains(&name)
}

/// Returns the name of an enum's variant; `name` may also be the value that is sent.
pub(crate) fn variant(name: &str) -> String {
    let negative = name
        .strip_prefix('-')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if let Some(number) = negative {
        return format!("Minus{}", words(number).concat());
    }
    match camel(name).as_str() {
        "" if name.is_empty() => "Empty".to_owned(),
        "" => "Value".to_owned(),
        taken @ ("Self" | "Unknown") => format!("{taken}Value"),
        name => name.to_owned(),
    }
}

/// Returns the name of a module inside the module `parent`. It differs from `parent`.
pub(crate) fn module_in(parent: &str, name: &str) -> String {
    match module(name) {
        name if name == parent => format!("{name}_"),
        name => name,
    }
}

/// Returns the name of a module, which is also that of its file. A keyword gets a `_`, because most
/// keywords would need `r#`, and the file of a module `mod` would be the `mod.rs` of its parent.
pub(crate) fn module(name: &str) -> String {
    let name = snake(name);
    if KEYWORDS.contains(&name.as_str()) || NEVER_RAW.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// Returns `name`, `name_2`, `name_3` and so on. The first one that is not taken can be used.
pub(crate) fn numbered(name: &str) -> impl Iterator<Item = String> {
    let plain = name
        .trim_start_matches("r#")
        .trim_end_matches('_')
        .to_owned();
    let others = (2..).map(move |number| format!("{plain}_{number}"));
    std::iter::once(name.to_owned()).chain(others)
}

/// Returns `Name`, `Name2`, `Name3` and so on. If the name ends with a digit, `_` separates the
/// number: `Name1_2`.
pub(crate) fn numbered_camel(name: &str) -> impl Iterator<Item = String> {
    let name = name.to_owned();
    let apart = if name.ends_with(|c: char| c.is_ascii_digit()) {
        "_"
    } else {
        ""
    };
    (1..).map(move |number| match number {
        1 => name.clone(),
        number => format!("{name}{apart}{number}"),
    })
}

fn identifier(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) {
        format!("r#{name}")
    } else if NEVER_RAW.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// Returns the name that `#[serde(rename_all = "camelCase")]` gives a field.
pub(crate) fn serde_camel_case(field: &str) -> String {
    let mut name = String::new();
    for word in field
        .trim_start_matches("r#")
        .split('_')
        .filter(|word| !word.is_empty())
    {
        let (first, rest) = word.split_at(1);
        if name.is_empty() {
            name.push_str(first);
        } else {
            name.push_str(&first.to_ascii_uppercase());
        }
        name.push_str(rest);
    }
    name
}

/// Returns whether this is `requestId`, in any case, with or without underscores.
pub(crate) fn is_request_id(wire: &str) -> bool {
    wire.replace('_', "").eq_ignore_ascii_case("requestId")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_the_case_changes() {
        for (name, expected) in [
            ("devInstanceId", "dev_instance_id"),
            ("sshRSAPubKey", "ssh_rsa_pub_key"),
            ("clusterIP", "cluster_ip"),
            ("podIPs", "pod_ips"),
            ("IPsOfPods", "ips_of_pods"),
            ("InvalidHTTPAuthHeader", "invalid_http_auth_header"),
            ("x-bce-request-id", "x_bce_request_id"),
            ("a800Count", "a800_count"),
            ("2ndDisk", "n2nd_disk"),
            ("***", ""),
        ] {
            assert_eq!(snake(name), expected, "{name}");
        }
        assert_eq!(camel("DatasetPFS"), "DatasetPfs");
        assert_eq!(screaming("InappropriateJSON"), "INAPPROPRIATE_JSON");
        assert_eq!(spoken("ImagePacking"), "image packing");
    }

    #[test]
    fn keywords_and_taken_names_are_stepped_around() {
        assert_eq!(member("type"), "r#type");
        assert_eq!(member("Self"), "self_");
        assert_eq!(member("crate"), "crate_");
        assert_eq!(member("send"), "send_");
        assert_eq!(member("withTimeout"), "with_timeout_");
        assert_eq!(method("fromEnv"), "from_env_");
        assert_eq!(type_name("option"), "OptionModel");
        assert_eq!(module("type"), "type_");
        assert_eq!(module("mod"), "mod_");
    }

    #[test]
    fn every_enum_value_becomes_a_variant() {
        assert_eq!(variant(""), "Empty");
        assert_eq!(variant("*"), "Value");
        assert_eq!(variant("unknown"), "UnknownValue");
        assert_eq!(variant("baidu.com/a800_80g_cgpu"), "BaiduComA80080gCgpu");
        assert_eq!(variant("1.5x"), "N15x");
        assert_eq!(variant("-1"), "Minus1");
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let third = |mut names: Box<dyn Iterator<Item = String>>| names.nth(2);
        assert_eq!(
            third(Box::new(numbered("r#type"))).as_deref(),
            Some("type_3")
        );
        assert_eq!(
            third(Box::new(numbered_camel("Red"))).as_deref(),
            Some("Red3")
        );
        assert_eq!(
            third(Box::new(numbered_camel("N1"))).as_deref(),
            Some("N1_3")
        );
    }

    #[test]
    fn serde_s_camel_case_is_known() {
        assert_eq!(serde_camel_case("dev_instance_id"), "devInstanceId");
        assert_eq!(serde_camel_case("r#type"), "type");
        assert_eq!(serde_camel_case("self_"), "self");
        assert_eq!(serde_camel_case("cluster_ip"), "clusterIp");
    }
}
