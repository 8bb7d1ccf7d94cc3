//! Rules that only the documented profile enforces: other pages and the console have others.

use crate::error::ApiError;

/// The longest name, in characters.
const LONGEST_NAME: usize = 256;

/// The rule of the page of CreateDevInstance.
pub(super) fn name(name: &str) -> Result<(), ApiError> {
    let letter = |c: char| c.is_ascii_alphabetic() || is_chinese(c);
    let alphanumeric = |c: char| letter(c) || c.is_ascii_digit();
    let fits = name.chars().count() <= LONGEST_NAME
        && name.starts_with(letter)
        && name.ends_with(alphanumeric)
        && name.chars().all(|c| alphanumeric(c) || "-_ /.".contains(c));
    if fits {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "name must be letters, digits, Chinese and -_ /. with a letter first and a letter or digit \
         last, at most {LONGEST_NAME}"
    )))
}

/// The common ideographs.
fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_page() {
        let longest = "a".repeat(LONGEST_NAME);
        for good in ["a", "Dev-1_x y/z.2", "开发机", "a机", longest.as_str()] {
            assert_eq!(name(good), Ok(()), "{good}");
        }
        let too_long = format!("{longest}a");
        for bad in ["", "1a", "-a", "a-", "a b ", "a+b", "é", too_long.as_str()] {
            assert_eq!(name(bad).unwrap_err().code, "InvalidParameter", "{bad}");
        }
    }
}
