//! Looks for secrets in text, in every form that they are likely to have there.

use std::collections::{BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bce_auth::encode::uri_encode;

/// Forms are looked up by so many bytes, so none is shorter.
const START: usize = 8;
/// A cut-off secret counts as one from this length on.
const PART: usize = 16;

/// A text and where it was shown.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) place: String,
    pub(crate) text: String,
}

/// Every secret that is shown, as `NAME (FORM) in PLACE`.
pub(crate) fn search(shown: &[Shown], secrets: &[(String, String)]) -> BTreeSet<String> {
    let mut index = Index::default();
    for (name, secret) in secrets {
        for (form, needle) in forms(secret) {
            index.add(format!("{name} ({form})"), needle);
        }
    }
    let mut found = BTreeSet::new();
    for Shown { place, text } in shown {
        // Lists of bytes are broken up by blanks and, in `{:#?}`, by line ends.
        let squeezed: String = text.split_whitespace().collect();
        for text in [text, &squeezed] {
            let names = index.find(text);
            found.extend(names.map(|name| format!("{name} in {place}")));
        }
    }
    found
}

/// A secret as it is and as it stands in JSON and in `Debug` texts, each as it may be disguised.
fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let escaped = secret.escape_debug().to_string();
    let mut forms = vec![("plain", secret.to_owned()), ("escaped", escaped.clone())];
    for text in [secret, &escaped] {
        let bytes = text.as_bytes();
        let encoded = uri_encode(text);
        let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
        forms.extend([
            ("percent-encoded", encoded.to_ascii_lowercase()),
            ("percent-encoded", encoded),
            ("hex", bytes.iter().map(|b| format!("{b:02x}")).collect()),
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

/// The characters of a base64 text that depend on nothing but these bytes, when so many other bytes
/// (modulo 3) stand before them.
fn base64_inside(engine: &impl Engine, before: usize, bytes: &[u8]) -> String {
    let text = engine.encode([&vec![0; before], bytes].concat());
    let bits = 8 * before..8 * (before + bytes.len());
    text[bits.start.div_ceil(6)..bits.end / 6].to_owned()
}

/// Needles by their first bytes, so that a text is read once however many there are.
#[derive(Default)]
struct Index(HashMap<Vec<u8>, Vec<(String, String)>>);

impl Index {
    fn add(&mut self, name: String, needle: String) {
        assert!(
            needle.len() >= START,
            "{name} is too short to be looked for"
        );
        let start = needle.as_bytes()[..START].to_vec();
        self.0.entry(start).or_default().push((name, needle));
    }

    fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let text = text.as_bytes();
        let starts = text.windows(START).enumerate();
        starts.flat_map(move |(at, start)| {
            let needles = self.0.get(start).into_iter().flatten();
            let found =
                needles.filter(move |(_, needle)| text[at..].starts_with(needle.as_bytes()));
            found.map(|(name, _)| name.as_str())
        })
    }
}
