//! Checks for values that OpenSSH could misinterpret.

use std::net::Ipv6Addr;

use crate::language::tr;
use crate::terminal::one_line;

/// Returns whether the string can only be a host name or an address.
pub(super) fn is_host(text: &str) -> bool {
    // A string with a colon must be an address: ssh would take `name:port` for a host name.
    let is_name = is_plain(text, "._-") && !text.chars().all(|c| "._-".contains(c));
    is_name
        || text
            .parse::<Ipv6Addr>()
            .is_ok_and(|address| !address.is_unspecified())
}

pub(super) fn host_option(text: &str) -> Result<String, String> {
    match is_host(text) {
        true => Ok(text.to_owned()),
        false => Err(tr!("it is not a host name or an address")),
    }
}

/// Checks a user name. The name becomes a part of a command line, so it must not contain characters
/// that a shell interprets.
pub(super) fn user_option(text: &str) -> Result<String, String> {
    match is_plain(text, "._-+") {
        true => Ok(text.to_owned()),
        false => Err(tr!(
            "a user name consists of letters, digits, `.`, `_`, `+` and `-` only"
        )),
    }
}

/// Checks an id, which is used as a host name in the file of known host keys.
pub(super) fn id(text: &str) -> Result<String, String> {
    match is_plain(text, "._-") {
        true => Ok(text.to_owned()),
        false => Err(tr!(
            "{id} is not the id of an instance",
            id = one_line(text)
        )),
    }
}

/// Returns whether the string consists of 1 to 255 ASCII letters, digits and characters in `more`,
/// and cannot be taken for an option.
fn is_plain(text: &str, more: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
    !text.is_empty() && text.len() <= 255 && !text.starts_with('-') && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_hosts() {
        for host in [
            "192.0.2.7",
            "lb.example",
            "a_b-c",
            "2001:db8::1",
            "::1",
            "localhost",
        ] {
            assert!(is_host(host), "{host}");
        }
        let long = "a".repeat(256);
        for text in [
            "",
            "-a",
            "::",
            ".",
            "a b",
            "a%1",
            "[::1]",
            "u@h",
            "h,i",
            "a\"b",
            "h:22",
            "192.0.2.7:22",
            &long,
        ] {
            assert!(!is_host(text), "{text}");
        }
    }

    #[test]
    fn users_and_ids_hold_nothing_that_a_program_could_take_for_more() {
        assert!(user_option("work.er+1").is_ok() && id("dv-f458ede5").is_ok());
        for text in [
            "", "-l", "a b", "a@b", "a;b", "$(a)", "`a`", "a\n", "张三", "%h",
        ] {
            assert!(user_option(text).is_err(), "{text}");
            assert!(id(text).is_err(), "{text}");
        }
    }
}
