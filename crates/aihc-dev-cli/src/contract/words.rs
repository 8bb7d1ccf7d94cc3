//! The words from responses that a report may show.
//!
//! A state, a code or the name of a member helps the reader of the report. But if the service sends
//! something else in its place, that may be the name of a person. Therefore, a word is shown if it
//! consists of words from the API description and of common words of APIs; otherwise, only its form
//! is described. An exception is made in `compare`: if an object has known members and only a few
//! unknown ones, the names of these may be shown.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::shape::{Member, Shape, Type, Words};
use crate::generated::answers::DESCRIPTIONS;

/// The maximum length of a string that is regarded as a word.
const LONGEST: usize = 48;

/// Common words of APIs, in addition to those in the API description.
const COMMON: &str = "\
    a abort aborted accept accepted action active all allowed already an api arg args argument arguments as attach \
    auth authentication authorization authorized await awaiting backoff bad balance batch been begin billing body \
    bound broken busy by cancel canceled cancelled cancelling center change changed changing charge class clean \
    cleaning code completed complete conflict connection content cost count create created crash creation current \
    damaged data date deadline default degraded delete deleted deletion denied deploy deployed deploying detach \
    details disabled disk does done down draining drained duplicate duplicated empty enabled end ended entity \
    error evicted evicting exceed exceeded exception exist exists expired extra fail failed failing failure fatal \
    field finished flag for forbidden format found freeze frozen from full gateway gone group has hold id idle in \
    inactive info init initial initializing insufficient internal into invalid is item items key kind label last \
    level limit list load lock locked loss lost maintenance malformed many match max member message metadata min \
    miss missing mode more moved moving must name new next no none not null number object of off offline ok old on \
    online only operation or other out overdue owner page param parameter parameters params pass paused pausing \
    payment pending permission phase policy pool preempted preempting present previous process processing \
    progress project provision provisioning pull pulling quantity queue quota range rate reached ready reason \
    rebuild rebuilding recover recovering recovery reclaimed refused reject rejected release released releasing \
    remote remove removed request required reserved reset resize resizing resource rest restore restored \
    restoring result resume resumed resuming retry return role rollback run scale scheduling server service \
    session set signature size sold some source spec start state status stop store success succeeded suspend \
    suspended suspending system tag task temporary terminated terminating throttled throttling time timeout to \
    token too total type unable unauthorized unavailable unbound unhealthy unknown unpaid unprocessable \
    unsupported up update updated updating upgrade upgrading use used user valid validation value version wait \
    waiting was with work wrong zone";

static KNOWN: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut known: BTreeSet<String> = COMMON.split_whitespace().map(str::to_owned).collect();
    let mut add = |text: &str| known.extend(parts(text));
    for description in DESCRIPTIONS {
        description.codes.iter().for_each(|it| add(it.code));
        for operation in description.operations {
            let mut beneath = Vec::new();
            add_all(operation.answer, &mut beneath, &mut add);
        }
    }
    known
});

fn add_all(
    shape: &'static Shape,
    seen: &mut Vec<&'static Shape>,
    add: &mut impl FnMut(&'static str),
) {
    if seen.iter().any(|it| std::ptr::eq(*it, shape)) {
        return;
    }
    seen.push(shape);
    shape.inside.iter().for_each(|it| add(it));
    for member in shape.members {
        add(member.name);
        of_member(member).iter().for_each(|it| add(it));
        for inner in objects(member.ty) {
            add_all(inner, seen, add);
        }
    }
}

fn of_member(member: &Member) -> &'static [&'static str] {
    match member.words {
        Words::All(words) | Words::AllInAnyCase(words) => words,
        Words::Any => &[],
    }
}

/// Returns the objects that a type contains.
pub(super) fn objects(ty: Type) -> Vec<&'static Shape> {
    match ty {
        Type::Object(shape) => vec![shape],
        Type::List(inner) | Type::Map(inner) => objects(*inner),
        Type::OneOf(forms) => forms.iter().flat_map(|form| objects(*form)).collect(),
        _ => vec![],
    }
}

/// Returns whether the string consists only of words that reveal nothing about anybody, contains at
/// most two digits, and is not longer than [`LONGEST`].
pub(super) fn is_common(text: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
    let parts = parts(text);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let begins = text.starts_with(|it: char| it.is_ascii_alphabetic());
    (1..=LONGEST).contains(&text.len())
        && begins
        && text.chars().all(plain)
        && digits <= 2
        && parts.iter().all(|part| KNOWN.contains(part))
}

/// Returns a form of the string that a report may show: the string in backquotes if it is a common
/// word, or else a description of the string.
pub(super) fn shown(text: &str) -> String {
    if is_common(text) {
        return format!("`{text}`");
    }
    let count = text.chars().count();
    let has = |test: fn(&char) -> bool| text.chars().any(|it| test(&it));
    let mut of = Vec::new();
    if has(char::is_ascii_uppercase) {
        of.push("capitals");
    }
    if has(char::is_ascii_lowercase) {
        of.push("small letters");
    }
    if has(char::is_ascii_digit) {
        of.push("digits");
    }
    if text
        .chars()
        .any(|it| it.is_ascii() && !it.is_ascii_alphanumeric())
    {
        of.push("signs");
    }
    if !text.is_ascii() {
        of.push("other letters");
    }
    format!(
        "a text of {count} characters ({}), not shown",
        of.join(", ")
    )
}

/// Splits a name into words in lower case, without digits: `maxRetry_2` becomes `max` and `retry`.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let letters: Vec<char> = text.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        // `RDMAHealth` and `podIP` consist of two words each.
        let begins = letter.is_uppercase()
            && (before.is_some_and(|it| it.is_lowercase())
                || after.is_some_and(|it| it.is_lowercase()));
        if begins || !letter.is_alphabetic() {
            parts.push(String::new());
        }
        if letter.is_alphabetic()
            && let Some(last) = parts.last_mut()
        {
            last.extend(letter.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(parts("sshRSAPubKey"), ["ssh", "rsa", "pub", "key"]);
        assert_eq!(parts("created_at2"), ["created", "at"]);
        assert_eq!(parts("ALL_PEOPLE"), ["all", "people"]);
    }

    #[test]
    fn words_of_apis_are_shown_and_names_are_described() {
        for word in [
            "Evicted",
            "ResourceNotFoundException",
            "created_at",
            "data",
            "QuotaExceeded",
        ] {
            assert_eq!(shown(word), format!("`{word}`"));
        }
        for (name, described) in [
            (
                "zhangsan",
                "a text of 8 characters (small letters), not shown",
            ),
            (
                "Zhang-3",
                "a text of 7 characters (capitals, small letters, digits, signs), not shown",
            ),
            ("张三", "a text of 2 characters (other letters), not shown"),
            ("", "a text of 0 characters (), not shown"),
            (
                "name2026",
                "a text of 8 characters (small letters, digits), not shown",
            ),
        ] {
            assert_eq!(shown(name), described, "{name}");
        }
    }
}
