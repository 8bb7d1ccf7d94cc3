//! Looks for secrets in text, in every form that they are likely to have there.

use std::collections::{BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Forms are looked up by so many bytes, so none is shorter.
const START: usize = 8;
/// A cut-off secret counts as one from this length on.
const PART: usize = 16;

/// Finds secrets in texts: as they are, escaped as in JSON and in `Debug` texts, percent-encoded, in
/// base64 and in hex, as a list of bytes, and in parts. A text is read once, however many there are.
///
/// ```
/// use bce_testing::SecretSearch;
///
/// let search = SecretSearch::new([("the key", "q83vASNFZ4mrze8B")]);
/// assert!(search.find("nothing here").is_empty());
/// let found = search.find("key=q83vASNFZ4mrze8B;");
/// assert!(found.contains("the key (plain)"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct SecretSearch {
    /// Names and needles, by the first bytes of the needle.
    needles: HashMap<Vec<u8>, Vec<(String, String)>>,
    too_short: BTreeSet<String>,
}

impl SecretSearch {
    /// Creates a search for secrets, each with a name.
    pub fn new<N: Into<String>, S: AsRef<str>>(secrets: impl IntoIterator<Item = (N, S)>) -> Self {
        let mut search = Self::default();
        for (name, secret) in secrets {
            search.add(&name.into(), secret.as_ref());
        }
        search
    }

    /// Returns what is found in a text, as `NAME (FORM)`. A secret that is too short to be looked for
    /// is found in every text, so that no test passes for want of a search.
    pub fn find(&self, text: &str) -> BTreeSet<String> {
        let mut found = self.too_short.clone();
        // Lists of bytes are broken up by blanks and, in `{:#?}`, by line ends.
        let squeezed: String = text.split_whitespace().collect();
        for text in [text.as_bytes(), squeezed.as_bytes()] {
            for (at, start) in text.windows(START).enumerate() {
                let needles = self.needles.get(start).into_iter().flatten();
                let rest = text.get(at..).unwrap_or_default();
                let here = needles.filter(|(_, needle)| rest.starts_with(needle.as_bytes()));
                found.extend(here.map(|(name, _)| name.clone()));
            }
        }
        found
    }

    fn add(&mut self, name: &str, secret: &str) {
        for (form, needle) in forms(secret) {
            let name = format!("{name} ({form})");
            match needle.as_bytes().get(..START) {
                Some(start) => {
                    let start = start.to_vec();
                    self.needles.entry(start).or_default().push((name, needle));
                }
                None => {
                    self.too_short
                        .insert(format!("{name} is too short to be looked for"));
                }
            }
        }
    }
}

/// A secret as it is and as it stands in JSON and in `Debug` texts, each as it may be disguised.
fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let escaped = secret.escape_debug().to_string();
    let mut forms = vec![("plain", secret.to_owned()), ("escaped", escaped.clone())];
    for text in [secret, &escaped] {
        let bytes = text.as_bytes();
        let encoded = percent_encoded(bytes);
        let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        forms.extend([
            ("percent-encoded", encoded.to_ascii_lowercase()),
            ("percent-encoded", encoded),
            ("hex", hex.to_ascii_uppercase()),
            ("hex", hex),
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

fn percent_encoded(bytes: &[u8]) -> String {
    let encoded = |byte: &u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    bytes.iter().map(encoded).collect()
}

/// The characters of a base64 text that depend on nothing but these bytes, when so many other bytes
/// (modulo 3) stand before them.
fn base64_inside(engine: &impl Engine, before: usize, bytes: &[u8]) -> String {
    let text = engine.encode([&vec![0; before], bytes].concat());
    let bits = 8 * before..8 * (before + bytes.len());
    let inside = bits.start.div_ceil(6)..bits.end / 6;
    text.get(inside).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const SECRET: &str = "p\"ss/word+0123456789=abcdefghijkl";

    fn found(text: &str) -> Vec<String> {
        let search = SecretSearch::new([("it", SECRET), ("another", "never shown anywhere")]);
        search.find(text).into_iter().collect()
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        for (form, text) in [
            ("plain", format!("x{SECRET}y")),
            ("escaped", format!("{SECRET:?}")),
            ("percent-encoded", percent_encoded(SECRET.as_bytes())),
            ("hex", hex.to_uppercase()),
            ("hex", hex),
            ("list of bytes", format!("{:?}", SECRET.as_bytes())),
            ("list of bytes", format!("{:#?}", SECRET.as_bytes())),
            ("base64", STANDARD.encode(SECRET)),
            ("base64", STANDARD.encode(format!("ak:{SECRET}"))),
            ("part", SECRET[..16].to_owned()),
        ] {
            assert!(found(&text).contains(&format!("it ({form})")), "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_is_not_found() {
        assert!(found("").is_empty());
        assert!(found(&SECRET[..15]).is_empty());
        assert!(found(&SECRET.to_uppercase()).is_empty());
    }

    #[test]
    fn a_secret_too_short_to_be_looked_for_is_reported_everywhere() {
        let search = SecretSearch::new([("it", "short")]);
        let found = search.find("anything");
        assert!(
            found.iter().any(|name| name.contains("too short")),
            "{found:?}"
        );
    }
}
