//! Parses the notation of types in an API description, such as `List<String>`.

/// Returns the text between the angle brackets of `Name<...>`; `None` if the type is another one.
pub(super) fn generic<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.strip_prefix(name)?
        .trim_start()
        .strip_prefix('<')?
        .strip_suffix('>')
}

/// Returns the name of the type inside `List<...>` and `Map<String,...>`.
pub(super) fn leaf_name(text: &str) -> &str {
    let text = text.trim();
    if let Some(inner) = generic(text, "List") {
        leaf_name(inner)
    } else if let Some((_, value)) = generic(text, "Map").and_then(|inner| inner.split_once(',')) {
        leaf_name(value)
    } else {
        text
    }
}
