//! Converts texts to sentences.

use super::markdown::escape;
use crate::codegen::spec::Rule;

/// Converts a description to a sentence. If there is none, returns the result of `otherwise`.
pub(crate) fn described(text: Option<&str>, otherwise: impl FnOnce() -> String) -> String {
    text.filter(|text| !text.trim().is_empty())
        .map_or_else(otherwise, sentence)
}

/// Returns the note for a doc comment: `ours`, a note about the Rust code, or else `theirs`, the
/// general note of the API description. Returns `None` if that note is missing or blank.
pub(crate) fn note(theirs: Option<&str>, ours: Option<&str>) -> Option<String> {
    ours.or(theirs)
        .filter(|note| !note.trim().is_empty())
        .map(sentence)
}

/// Converts the rules that an API description states in words to sentences.
pub(crate) fn rules(rules: &[Rule]) -> impl Iterator<Item = String> {
    let texts = rules.iter().map(|rule| sentence(&rule.text));
    texts.filter(|text| !text.is_empty())
}

/// Converts a text to a sentence: escapes it, adds a full stop if it has no punctuation at the end,
/// and begins it with a capital letter unless its first word is a name such as `sshEnable`.
pub(crate) fn sentence(text: &str) -> String {
    let mut sentence = escape(text);
    let first = sentence
        .split([' ', ',', '.', ';', ':'])
        .next()
        .unwrap_or_default();
    if first.chars().all(|c| c.is_ascii_lowercase() || c == '-') && first.len() < sentence.len() {
        sentence = sentence
            .chars()
            .take(1)
            .flat_map(char::to_uppercase)
            .collect::<String>()
            + sentence.get(1..).unwrap_or_default();
    }
    if !sentence.is_empty()
        && !sentence.ends_with(['.', '!', '?', ':', '。', '！', '？', '：'])
        && !sentence.ends_with(".)")
    {
        sentence.push('.');
    }
    sentence
}

/// Verbs in the imperative with which summaries of operations begin.
const VERBS: &[&str] = &[
    "Accept",
    "Add",
    "Allocate",
    "Apply",
    "Associate",
    "Assume",
    "Attach",
    "Authorize",
    "Bind",
    "Cancel",
    "Change",
    "Check",
    "Close",
    "Copy",
    "Create",
    "Delete",
    "Deploy",
    "Describe",
    "Detach",
    "Disable",
    "Disassociate",
    "Download",
    "Enable",
    "Exclude",
    "Execute",
    "Export",
    "Fetch",
    "Generate",
    "Get",
    "Grant",
    "Import",
    "Include",
    "Install",
    "Invoke",
    "Issue",
    "List",
    "Lock",
    "Measure",
    "Modify",
    "Move",
    "Obtain",
    "Open",
    "Pause",
    "Publish",
    "Purchase",
    "Push",
    "Put",
    "Query",
    "Read",
    "Reboot",
    "Recover",
    "Refresh",
    "Register",
    "Reject",
    "Release",
    "Remove",
    "Rename",
    "Renew",
    "Replace",
    "Reset",
    "Resize",
    "Restart",
    "Restore",
    "Resume",
    "Retrieve",
    "Return",
    "Revoke",
    "Run",
    "Save",
    "Search",
    "Send",
    "Set",
    "Share",
    "Start",
    "Stop",
    "Submit",
    "Subscribe",
    "Suspend",
    "Switch",
    "Sync",
    "Take",
    "Terminate",
    "Trigger",
    "Unbind",
    "Unlock",
    "Unregister",
    "Unsubscribe",
    "Update",
    "Upgrade",
    "Upload",
    "Validate",
    "Verify",
    "Write",
];

/// Converts a sentence from the imperative to the third person, in which the documentation of
/// methods is written. `Create a volume and push it.` becomes `Creates a volume and pushes it.`
pub(crate) fn third_person(sentence: &str) -> String {
    let words: Vec<&str> = sentence.split(' ').collect();
    let is_verb = |word: &str| VERBS.iter().any(|verb| verb.eq_ignore_ascii_case(word));
    // In `List of volumes` and `Query: …`, the first word is a noun.
    let begins = words.len() > 1 && VERBS.contains(&words[0]) && words[1] != "of";
    if !begins {
        return sentence.to_owned();
    }
    let convert = |(index, word): (usize, &&str)| {
        let before = words.get(..index).unwrap_or_default();
        let in_code = before.iter().flat_map(|word| word.matches('`')).count() % 2 == 1;
        let joined = !in_code && matches!(before.last(), Some(&("or" | "and")));
        match index == 0 || joined && is_verb(word) {
            true => inflected(word),
            false => (*word).to_owned(),
        }
    };
    let words: Vec<String> = words.iter().enumerate().map(convert).collect();
    words.join(" ")
}

/// Returns a verb in the third person.
fn inflected(verb: &str) -> String {
    let stem = verb.strip_suffix('y');
    if let Some(stem) = stem.filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        return format!("{stem}ies");
    }
    match verb.ends_with(['s', 'x', 'z', 'o']) || verb.ends_with("ch") || verb.ends_with("sh") {
        true => format!("{verb}es"),
        false => format!("{verb}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_in_the_third_person() {
        let cases = [
            ("Create a volume.", "Creates a volume."),
            ("Query volumes.", "Queries volumes."),
            ("Save it and push it.", "Saves it and pushes it."),
            ("Start or stop it.", "Starts or stops it."),
            ("Set `a or delete b`.", "Sets `a or delete b`."),
            ("List of volumes.", "List of volumes."),
            ("Volume list.", "Volume list."),
            ("Deploy it.", "Deploys it."),
            ("List.", "List."),
        ];
        for (text, expected) in cases {
            assert_eq!(third_person(text), expected);
        }
    }

    #[test]
    fn a_sentence_has_a_capital_and_a_full_stop() {
        assert_eq!(sentence("page number, from 1"), "Page number, from 1.");
        assert_eq!(
            sentence("sshEnable needs (a keyPair)"),
            "`sshEnable` needs (a `keyPair`)."
        );
        assert_eq!(sentence(""), "");
    }
}
