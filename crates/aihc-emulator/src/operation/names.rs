//! Rules for the names of datasets, models and services.

use crate::error::ApiError;

/// The maximum length of a name.
const LONGEST: usize = 50;

/// Refuses a name that violates the documented rules: it has from `shortest` to [`LONGEST`]
/// characters, each of which is a lower-case letter, a digit or `-`; the first is a letter, and the
/// last is not `-`.
pub(super) fn check_name(name: &str, shortest: usize) -> Result<(), ApiError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (shortest..=LONGEST).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.chars().all(fits);
    match good {
        true => Ok(()),
        false => Err(ApiError::invalid_parameter(format!(
            "name must be small letters, digits and - with a letter first and no - last, from \
             {shortest} to {LONGEST}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_page() {
        let longest = "a".repeat(LONGEST);
        for good in ["a", "a-1", "ds0", longest.as_str()] {
            assert_eq!(check_name(good, 1), Ok(()), "{good}");
        }
        let too_long = format!("{longest}a");
        for bad in ["", "A", "1a", "-a", "a-", "a_b", "é", too_long.as_str()] {
            assert!(check_name(bad, 1).is_err(), "{bad}");
        }
        assert!(check_name("a", 2).is_err());
    }
}
