//! Searches texts for secrets, in every form that they are likely to have.

use std::collections::{BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bce_auth::encode::uri_encode;

/// The number of bytes by which a [`Search`] looks up the forms of secrets: the first bytes of each
/// form. A form must therefore have at least this length.
const START: usize = 8;
/// The length in bytes of the parts of a long secret, each of which is also searched for.
const PART: usize = 16;
/// The length of signatures and signing keys in hexadecimal digits.
const SIGNATURE: usize = 64;

/// A text that was shown, such as an error message, and where it was shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The place where the text was shown.
    pub place: String,
    /// The text.
    pub text: String,
}

/// A search for secrets in all forms that they are likely to have. The forms are looked up by their
/// first bytes, so that a search for many secrets takes hardly longer than a search for a few.
#[derive(Debug)]
pub struct Search {
    /// For each pair of bytes, whether any form of a secret begins with it. The index is the pair,
    /// read as a 16-bit number.
    begins: Vec<bool>,
    forms: HashMap<[u8; START], Vec<(String, String)>>,
}

impl Search {
    /// Prepares the search for secrets, each of which has a name.
    ///
    /// # Panics
    /// If a secret is too short to be distinguished from other text.
    pub fn new<'a>(secrets: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut search = Self {
            begins: vec![false; 1 << 16],
            forms: HashMap::new(),
        };
        for (name, secret) in secrets {
            for (form, text) in forms(secret) {
                search.add(format!("{name} ({form})"), text);
            }
        }
        search
    }

    fn add(&mut self, name: String, form: String) {
        let start = form.as_bytes().first_chunk();
        assert!(start.is_some(), "{name} is too short to be looked for");
        if let Some(start) = start {
            self.begins[first_two(start[0], start[1])] = true;
            let named = self.forms.entry(*start).or_default();
            named.push((name, form));
        }
    }

    /// Returns all secrets that occur in the texts, as `NAME (FORM) in PLACE`. The form tells how
    /// the secret is encoded.
    pub fn of<'a>(&self, shown: impl IntoIterator<Item = &'a Shown>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for Shown { place, text } in shown {
            let names = self.of_text(text);
            found.extend(names.into_iter().map(|name| format!("{name} in {place}")));
        }
        found
    }

    /// Returns all secrets that occur in a text, as `NAME (FORM)`. The form tells how the secret is
    /// encoded.
    pub fn of_text(&self, text: &str) -> BTreeSet<&str> {
        // White space may separate the bytes in a list; in `{:#?}`, these are line ends.
        let squeezed = without_white_space(text);
        let mut found = BTreeSet::new();
        // Suites search hundreds of megabytes without optimisation, where every call of a function
        // takes its time. Indexing slices takes none.
        let begins = self.begins.as_slice();
        for text in [text.as_bytes(), &squeezed] {
            let mut at = 0;
            while at + START <= text.len() {
                if begins[first_two(text[at], text[at + 1])] {
                    let start = text[at..].first_chunk::<START>();
                    let forms = start.and_then(|start| self.forms.get(start));
                    let shown = forms.into_iter().flatten();
                    let shown = shown.filter(|(_, form)| text[at..].starts_with(form.as_bytes()));
                    found.extend(shown.map(|(name, _)| name.as_str()));
                }
                at += 1;
            }
        }
        found
    }
}

const fn first_two(first: u8, second: u8) -> usize {
    (first as usize) << 8 | second as usize
}

/// Returns the bytes of a text without its white space.
fn without_white_space(text: &str) -> Vec<u8> {
    if !text.is_ascii() {
        return text.split_whitespace().collect::<String>().into_bytes();
    }
    let bytes = text.as_bytes();
    let mut kept = Vec::with_capacity(bytes.len());
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        if matches!(bytes[at], b' ' | b'\t'..=b'\r') {
            kept.extend_from_slice(&bytes[from..at]);
            from = at + 1;
        }
        at += 1;
    }
    kept.extend_from_slice(&bytes[from..]);
    kept
}

/// Returns whether a text contains as many consecutive hexadecimal digits as a signature or a
/// signing key. The records of rustls are ignored, since handshakes and certificates contain many
/// such digits; rustls sees signatures only in the data that it encrypts, which it is not known to
/// log.
pub fn shows_signature(text: &str) -> bool {
    let mut of_tls = false;
    let ours = text.lines().filter(|line| {
        if !line.starts_with([' ', '}', ']', ')']) {
            of_tls = line
                .split(' ')
                .nth(1)
                .is_some_and(|target| target.starts_with("rustls::"));
        }
        !of_tls
    });
    ours.map(str::as_bytes).any(has_long_run)
}

/// Returns whether a line contains as many consecutive hexadecimal digits as a signature. Since so
/// many digits contain one of the bytes that are as far apart, the others are only read beside
/// digits.
fn has_long_run(line: &[u8]) -> bool {
    let is_digit = |byte: &&u8| byte.is_ascii_hexdigit();
    let mut at = SIGNATURE - 1;
    while at < line.len() {
        if line[at].is_ascii_hexdigit() {
            let before = line[..at].iter().rev().take_while(is_digit).count();
            let from = line[at..].iter().take_while(is_digit).count();
            if before + from >= SIGNATURE {
                return true;
            }
        }
        at += SIGNATURE;
    }
    false
}

/// Returns the forms in which a secret may occur, each with its name: the secret itself, the secret
/// as `Debug` escapes it, encodings of these two, and the parts of a long secret.
fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let escaped = secret.escape_debug().to_string();
    let mut forms = vec![("plain", secret.to_owned()), ("escaped", escaped.clone())];
    for text in [secret, &escaped] {
        let bytes = text.as_bytes();
        let each = |write: fn(&u8) -> String| bytes.iter().map(write).collect::<String>();
        let encoded = uri_encode(text);
        let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
        forms.extend([
            ("percent-encoded", encoded.to_ascii_lowercase()),
            ("percent-encoded", encoded),
            ("percent-encoded", each(|byte| format!("%{byte:02x}"))),
            ("percent-encoded", each(|byte| format!("%{byte:02X}"))),
            ("escapes of JSON", each(|byte| format!("\\u{byte:04x}"))),
            ("escapes of JSON", each(|byte| format!("\\u{byte:04X}"))),
            ("hex", each(|byte| format!("{byte:02x}"))),
            ("hex", each(|byte| format!("{byte:02X}"))),
            ("list of bytes", list.join(",")),
        ]);
        for before in 0..3 {
            forms.push(("base64", base64_inside(&STANDARD_NO_PAD, before, bytes)));
            forms.push(("base64", base64_inside(&URL_SAFE_NO_PAD, before, bytes)));
        }
    }
    if secret.len() >= 2 * PART {
        let parts = secret.as_bytes().chunks_exact(PART);
        forms.extend(parts.map(|part| ("part", String::from_utf8_lossy(part).into_owned())));
    }
    forms
}

/// Returns the base64 form of these bytes within a longer text, without the characters that also
/// depend on other bytes. `before` is the number of bytes that precede them, modulo 3.
fn base64_inside(engine: &impl Engine, before: usize, bytes: &[u8]) -> String {
    let text = engine.encode([&vec![0; before], bytes].concat());
    let bits = 8 * before..8 * (before + bytes.len());
    text[bits.start.div_ceil(6)..bits.end / 6].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "sk+9f86d081/884c7d65=9a2f\"eaa0c55ad015";

    #[test]
    fn sixty_four_digits_in_a_row_are_a_signature_but_in_records_of_tls() {
        let signature = "0f".repeat(SIGNATURE / 2);
        assert!(shows_signature(&format!("…/host;x-bce-date/{signature}")));
        assert!(!shows_signature(&format!("<{}>", &signature[1..])));
        assert!(!shows_signature(&signature.replace("f0", "f-")));
        let hello = format!("DEBUG rustls::client::hs: Hello {{\n    random: {signature},\n}}\n");
        assert!(!shows_signature(&hello));
        assert!(shows_signature(&format!(
            "{hello}TRACE bce_http: {signature}"
        )));
        assert!(shows_signature(&format!("{hello}{signature}")));
        for before in 0..2 * SIGNATURE {
            let before = "-".repeat(before);
            assert!(shows_signature(&format!("{before}{signature}-")));
            assert!(!shows_signature(&format!("{before}{}-", &signature[1..])));
        }
    }

    #[test]
    fn a_secret_is_found_in_each_of_its_forms() {
        let search = Search::new([("the key", SECRET)]);
        for (form, text) in forms(SECRET) {
            let found = search.of_text(&format!("before {text} after"));
            assert!(found.contains(&*format!("the key ({form})")), "{form}");
        }
        assert!(search.of_text("sk+9f86d081 is too little").is_empty());
    }

    #[test]
    fn a_secret_is_found_among_other_bytes_of_its_form() {
        let search = Search::new([("the key", SECRET)]);
        for (form, text) in [
            ("escaped", format!("{SECRET:?}")),
            ("list of bytes", format!("{:?}", SECRET.as_bytes())),
            ("list of bytes", format!("{:#?}", SECRET.as_bytes())),
            ("base64", STANDARD_NO_PAD.encode(format!("ak:{SECRET}"))),
            ("part", SECRET[..PART].to_owned()),
        ] {
            for text in [
                text.clone(),
                text.replace(' ', "\r\n\t"),
                format!("开 {text}"),
            ] {
                let found = search.of_text(&text);
                assert!(found.contains(&*format!("the key ({form})")), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_secret_is_not_found() {
        let search = Search::new([("the key", SECRET)]);
        for text in ["", &SECRET[..PART - 1], &SECRET.to_uppercase()] {
            assert!(search.of_text(text).is_empty(), "{text}");
        }
    }

    #[test]
    #[should_panic(expected = "too short to be looked for")]
    fn a_secret_that_is_too_short_to_be_looked_for_is_no_search() {
        Search::new([("it", "it")]);
    }
}
