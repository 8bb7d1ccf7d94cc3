//! Matching of strings against patterns in which `*` stands for any characters.

/// Returns whether `text` matches `pattern`, in which every `*` stands for any number of
/// characters, including none.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return text.ends_with(piece);
        }
        // Choosing the first occurrence is always right, because it leaves the most text for the
        // remaining pieces.
        match text.split_once(piece) {
            Some((_, rest)) => text = rest,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "StopDevInstance", true),
            ("Describe*", "DescribeDevInstances", true),
            ("Describe*", "StopDevInstance", false),
            ("*Instance", "StopDevInstance", true),
            ("*Instance", "DescribeDevInstances", false),
            ("S*Dev*e", "StopDevInstance", true),
            ("ab*ba", "aba", false),
            ("a*b*c", "aXbXbXc", true),
            ("a**c", "ac", true),
            ("", "", true),
            ("", "a", false),
            ("Stop", "StopDevInstance", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
