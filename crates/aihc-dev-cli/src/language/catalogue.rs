//! The catalogue of Chinese texts, in the format of gettext.

use std::sync::OnceLock;

use polib::catalog::Catalog as Messages;
use polib::po_file::{POParseOptions, parse_from_reader_with_option};

/// The catalogue file, which translators' tools can read and write.
pub(super) const CHINESE: &str = include_str!("zh_CN.po");

/// The texts of a language, by the corresponding English text. `None` if the file cannot be parsed.
pub(super) struct Catalogue(Option<Messages>);

/// Returns the catalogue of Chinese texts, which is parsed on first use.
pub(super) fn chinese() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(|| Catalogue::of(CHINESE))
}

impl Catalogue {
    fn of(file: &str) -> Self {
        let options = POParseOptions {
            message_body_only: true,
            translated_only: true,
            ..POParseOptions::default()
        };
        // A test ensures that the file can be parsed; a missing text is shown in English.
        Self(parse_from_reader_with_option(file.as_bytes(), &options).ok())
    }

    pub(super) fn get(&self, english: &str) -> Option<&str> {
        let found = self.0.as_ref()?.find_message(None, english, None)?;
        found.msgstr().ok()
    }
}
