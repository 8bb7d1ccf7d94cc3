//! Masks secrets that are not known exactly. Authorizations and session tokens are recognized by
//! the text before them, signatures and signing keys by their length.

use bce_auth::Secret;

/// The strings, in lower case, after which a secret begins. Usually, the secret is the rest of the
/// word that contains the string. If this rest is empty, only punctuation, or a label such as
/// `value=`, the secret is a later word.
const BEFORE_SECRETS: [&str; 3] = [
    "bce-auth-v1/",
    "bce-auth-v1%2f",
    // The header with the session token, in a canonical request or as it was sent.
    "x-bce-security-token",
];

/// The number of hexadecimal digits of signatures and signing keys.
const SIGNATURE_DIGITS: usize = 64;

/// Returns the message with `***` in place of authorizations, session tokens, signatures and
/// signing keys. The rest of a word that contains one of them is masked as well.
pub(crate) fn hide_announced(message: String) -> String {
    let mut shown = String::with_capacity(message.len());
    let mut announced = false;
    for word in message.split_inclusive(char::is_whitespace) {
        let (word, space) = word.split_at(word.trim_end().len());
        if announced && !leads_on(word) {
            shown.push_str(Secret::MASK);
            announced = false;
        } else if let Some(end) = before_secret(word) {
            let (before, rest) = word.split_at(end);
            shown.push_str(before);
            announced = leads_on(rest);
            shown.push_str(if announced { rest } else { Secret::MASK });
        } else {
            push_without_signatures(&mut shown, word);
        }
        shown.push_str(space);
    }
    shown
}

/// Returns whether a word is not a secret itself but only introduces one that begins in a later
/// word, as `=` and `value:` do.
fn leads_on(word: &str) -> bool {
    let only_punctuation = word.chars().all(|c| c.is_ascii_punctuation());
    only_punctuation && !word.contains(Secret::MASK) || word.ends_with([':', '='])
}

/// Returns the position in a word at which the first of the [`BEFORE_SECRETS`] ends, or `None` if
/// the word contains none of them.
fn before_secret(word: &str) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    let ends = BEFORE_SECRETS
        .iter()
        .filter_map(|before| lower.find(before).map(|at| at + before.len()));
    ends.min()
}

fn push_without_signatures(shown: &mut String, word: &str) {
    let mut rest = word;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let (before, digits_on) = rest.split_at(start);
        let end = digits_on
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(digits_on.len());
        let (digits, after) = digits_on.split_at(end);
        shown.push_str(before);
        shown.push_str(match digits.len() {
            0..SIGNATURE_DIGITS => digits,
            _ => Secret::MASK,
        });
        rest = after;
    }
    shown.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(message: &str) -> String {
        hide_announced(message.to_owned())
    }

    #[test]
    fn a_message_without_secrets_stays_as_it_is() {
        for message in [
            "",
            "no such  instance\n",
            "访问 dv-0123abcd",
            "ends with a b c d e f 0 1 2",
        ] {
            assert_eq!(hidden(message), message);
        }
    }

    #[test]
    fn authorizations_are_hidden_plain_and_encoded() {
        assert_eq!(
            hidden("got 'bce-auth-v1/ak/t/1/h/5f4d' here"),
            "got 'bce-auth-v1/*** here"
        );
        assert_eq!(
            hidden("at /?authorization=bce-auth-v1%2Fak%2Ft%2F1%2Fh%2F5f4d&x=1"),
            "at /?authorization=bce-auth-v1%2F***"
        );
    }

    #[test]
    fn session_tokens_of_a_canonical_request_or_a_header_are_hidden() {
        assert_eq!(
            hidden("canonical:\nhost:a\nx-bce-security-token:TOKEN\nend"),
            "canonical:\nhost:a\nx-bce-security-token***\nend"
        );
        assert_eq!(
            hidden("header X-Bce-Security-Token: TOKEN was"),
            "header X-Bce-Security-Token: *** was"
        );
        assert_eq!(
            hidden("X-Bce-Security-Token = TOKEN, x-bce-security-token value: 'TOKEN' <- here"),
            "X-Bce-Security-Token = *** x-bce-security-token value: *** <- here"
        );
        // A mask is not masked again.
        assert_eq!(
            hidden("x-bce-security-token: *** was not valid"),
            "x-bce-security-token: *** was not valid"
        );
    }

    #[test]
    fn bare_signatures_are_hidden_and_request_ids_are_not() {
        let signature = "0123456789abcdef".repeat(4);
        assert_eq!(
            hidden(&format!("expected <{signature}>!")),
            "expected <***>!"
        );
        let id = "3f6f9b2c-8a1d-4c5e-9d2b-0123456789ab";
        assert_eq!(hidden(id), id);
    }
}
