//! Chooses the language of the tool's output.

use std::ffi::{OsStr, OsString};

use crate::config::language_of_profile;

/// A language of help and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    #[default]
    English,
    Chinese,
}

/// The option for the language, which must be known before the command line is parsed.
const OPTION: &str = "--language";

/// Returns the values that `--language` accepts.
pub(crate) fn names() -> [&'static str; 2] {
    ["en", "zh"]
}

/// Returns the language for a name such as `zh`, `zh-CN` or `en_US`.
pub(crate) fn named(name: &str) -> Result<Language, String> {
    match of_locale(name) {
        Some(language) => Ok(language),
        None => Err(super::tr!(
            "unknown language; use en (English) or zh (Chinese)"
        )),
    }
}

/// Returns the language of this process; and a message for the user, if an environment variable or
/// a configuration file sets an unknown language.
pub(super) fn of_process() -> (Language, Option<String>) {
    let value = |option| value_of(option, std::env::args_os().skip(1));
    let profile = || {
        let profile = value("--profile");
        language_of_profile(profile.as_deref().and_then(OsStr::to_str))
    };
    choose(
        value(OPTION).as_deref(),
        |name| std::env::var_os(name),
        profile,
    )
}

/// Chooses the language from the first of these that sets one: `option`, the variable
/// `BCE_LANGUAGE`, `profile`, the locale. Unless `option` sets it, the language is English if the
/// encoding of the locale is not UTF-8. If the variable or `profile` sets an unknown language,
/// returns English and a message that says so.
fn choose(
    option: Option<&OsStr>,
    variable: impl Fn(&str) -> Option<OsString>,
    profile: impl FnOnce() -> Option<String>,
) -> (Language, Option<String>) {
    if let Some(name) = option {
        // An unknown language is refused later, together with other errors in the command line.
        let language = name.to_str().and_then(of_locale);
        return (language.unwrap_or_default(), None);
    }
    let set = |name| variable(name).filter(|value| !value.is_empty());
    // With a locale whose encoding is not UTF-8, Chinese would be illegible.
    let encoding = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    let shown = |language| match encoding.as_deref().is_some_and(is_not_utf8) {
        true => Language::English,
        false => language,
    };
    let (name, is_variable) = match set("BCE_LANGUAGE") {
        Some(name) => (name, true),
        None => match profile().filter(|name| !name.is_empty()) {
            Some(name) => (name.into(), false),
            None => {
                let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
                let locale = locale.as_deref().and_then(OsStr::to_str);
                return (shown(locale.and_then(of_locale).unwrap_or_default()), None);
            }
        },
    };
    match name.to_str().and_then(of_locale) {
        Some(language) => (shown(language), None),
        None => {
            // The message is printed only if nothing else has selected another language.
            let note = match is_variable {
                true => "BCE_LANGUAGE names an unknown language; use en (English) or zh (Chinese)",
                false => "the language of the profile is unknown; use en (English) or zh (Chinese)",
            };
            (Language::English, Some(note.to_owned()))
        }
    }
}

/// Finds a global option in the arguments in the same way as clap, and returns its value; `None` if
/// the option does not occur with a value. If the option is repeated, returns the first value,
/// since clap refuses the command line anyway.
fn value_of(option: &str, arguments: impl Iterator<Item = OsString>) -> Option<OsString> {
    let mut arguments = arguments.take_while(|argument| argument != "--");
    while let Some(argument) = arguments.next() {
        if argument == option {
            return arguments.next();
        }
        let value = argument.to_str().and_then(|text| text.strip_prefix(option));
        if let Some(value) = value.and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.into());
        }
    }
    None
}

/// Returns the language of a locale or a BCP 47 tag; `None` if help and messages are not available
/// in that language. As with gettext, a locale with traditional Chinese characters does not select
/// texts in simplified ones.
fn of_locale(name: &str) -> Option<Language> {
    let name = name.split(['.', '@']).next()?.to_ascii_lowercase();
    let mut parts = name.split(['_', '-']);
    let language = parts.next()?;
    let parts: Vec<_> = parts.collect();
    let is_traditional = |part: &&str| matches!(*part, "tw" | "hk" | "mo" | "hant");
    match language {
        "en" | "c" | "posix" => Some(Language::English),
        "zh" if parts.contains(&"hans") || !parts.iter().any(is_traditional) => {
            Some(Language::Chinese)
        }
        _ => None,
    }
}

/// Returns whether a locale specifies an encoding other than UTF-8.
fn is_not_utf8(locale: &OsStr) -> bool {
    let Some(locale) = locale.to_str() else {
        return true;
    };
    let Some((_, encoding)) = locale.split_once('.') else {
        return false;
    };
    let encoding = encoding.split('@').next().unwrap_or_default();
    !matches!(encoding.to_ascii_lowercase().as_str(), "utf-8" | "utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(option: Option<&str>, variables: &[(&str, &str)], profile: Option<&str>) -> Language {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let profile = || profile.map(str::to_owned);
        choose(option.map(OsStr::new), variable, profile).0
    }

    #[test]
    fn the_option_comes_before_the_variable_the_profile_and_the_locale() {
        use Language::{Chinese, English};

        let locale = ("LANG", "zh_CN.UTF-8");
        let variable = ("BCE_LANGUAGE", "en");
        assert_eq!(chosen(None, &[], None), English);
        assert_eq!(chosen(None, &[locale], None), Chinese);
        assert_eq!(chosen(None, &[locale], Some("en")), English);
        assert_eq!(chosen(None, &[locale, variable], Some("zh")), English);
        assert_eq!(chosen(Some("zh"), &[variable], Some("en")), Chinese);
        assert_eq!(chosen(None, &[("BCE_LANGUAGE", "zh-CN")], None), Chinese);
    }

    #[test]
    fn a_locale_is_that_for_messages_and_an_empty_variable_is_none() {
        use Language::{Chinese, English};

        let zh = "zh_CN.UTF-8";
        for (variables, expected) in [
            (&[("LC_ALL", "C"), ("LANG", zh)][..], English),
            (&[("LC_ALL", ""), ("LANG", zh)], Chinese),
            (&[("LC_MESSAGES", "en_US.UTF-8"), ("LANG", zh)], English),
            (&[("LC_ALL", zh), ("LC_MESSAGES", "en_US.UTF-8")], Chinese),
            (&[("LC_CTYPE", zh)], English),
            (&[("LANG", "de_DE.UTF-8")], English),
            (&[("LANG", "zh")], Chinese),
            (&[("LANG", "zh_TW.UTF-8")], English),
            (&[("LANG", "POSIX")], English),
        ] {
            assert_eq!(chosen(None, variables, None), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_terminal_of_another_encoding_gets_english_unless_the_option_says_otherwise() {
        let gbk = ("LANG", "zh_CN.GB18030");
        assert_eq!(chosen(None, &[gbk], None), Language::English);
        let variable = ("BCE_LANGUAGE", "zh");
        assert_eq!(chosen(None, &[gbk, variable], None), Language::English);
        let ctype = ("LC_CTYPE", "zh_CN.UTF-8");
        assert_eq!(
            chosen(None, &[gbk, variable, ctype], None),
            Language::Chinese
        );
        assert_eq!(chosen(Some("zh"), &[gbk], None), Language::Chinese);
        let plain = ("LANG", "C");
        assert_eq!(chosen(None, &[plain, variable], None), Language::Chinese);
    }

    #[test]
    fn a_setting_that_nobody_knows_gives_english_and_a_note() {
        let variable = |name: &str| (name == "BCE_LANGUAGE").then(|| "fr".into());
        let (language, note) = choose(None, variable, || None);
        assert_eq!(language, Language::English);
        assert!(note.unwrap().contains("BCE_LANGUAGE"));
        assert_eq!(choose(Some("fr".as_ref()), variable, || None).1, None);
    }

    #[test]
    fn the_profile_is_not_read_when_something_else_has_decided() {
        let variable = |name: &str| (name == "BCE_LANGUAGE").then(|| "zh".into());
        let read = || -> Option<String> { panic!("read") };
        assert_eq!(choose(None, variable, read).0, Language::Chinese);
        assert_eq!(
            choose(Some("en".as_ref()), variable, read).0,
            Language::English
        );
    }

    #[test]
    fn the_option_is_found_wherever_it_stands_but_not_among_the_words_of_another_command() {
        let found = |line: &str| {
            let found = value_of(OPTION, line.split(' ').map(OsString::from));
            found.and_then(|value| value.into_string().ok())
        };
        assert_eq!(found("list --language zh").as_deref(), Some("zh"));
        assert_eq!(found("--language=en list").as_deref(), Some("en"));
        assert_eq!(found("emulator -- x --language zh"), None);
        assert_eq!(found("list --languages zh"), None);
    }
}
