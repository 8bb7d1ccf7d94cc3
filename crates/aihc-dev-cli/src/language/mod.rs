//! The language of what people read: help, hints and questions. Documents, codes, errors of libraries
//! and logs stay English.

/// A text for people, in their language, with its named values filled in.
///
/// ```ignore
/// note(&tr!("{count} of {total} instances stopped", count = done, total = ids.len()));
/// ```
///
/// Values are always named: a translation may put them in another order.
macro_rules! tr {
    ($text:literal $(, $name:ident = $value:expr)* $(,)?) => {
        match $crate::language::translation($text) {
            None => format!($text $(, $name = $value)*),
            Some(translated) => $crate::language::fill(
                translated,
                &[$((stringify!($name), ($value).to_string())),*],
            ),
        }
    };
}

pub(crate) use tr;

/// The translation of an English text, if people want another language and there is one.
pub(crate) fn translation(_english: &str) -> Option<&'static str> {
    None
}

/// Puts values where a text names them in braces.
pub(crate) fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => {
                filled.push('{');
                filled.push_str(name);
                filled.push('}');
            }
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_where_their_names_are_and_are_not_filled_themselves() {
        let values = [("a", "{b}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(fill("{b}, {a}: {c}, {", &values), "2, {b}: {c}, {");
        assert_eq!(tr!("{a} of {b}", a = 1, b = "two"), "1 of two");
    }
}
