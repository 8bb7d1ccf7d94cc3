//! Converts the texts of a description to doc comments.

use serde_json::Value;

use super::spec::{ClientCheck, Member, Preconditions, Rule};

/// The width of a doc comment.
const WIDTH: usize = 96;

/// Formats paragraphs as `///` lines with an indentation.
pub(crate) fn comment(indent: &str, paragraphs: &[String]) -> String {
    lines(&format!("{indent}///"), paragraphs)
}

/// Formats paragraphs as `//!` lines.
pub(crate) fn module(paragraphs: &[&str]) -> String {
    lines(
        "//!",
        &paragraphs
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>(),
    )
}

/// Converts a description to a sentence. If it is missing, returns the result of `otherwise`.
pub(crate) fn described(text: Option<&str>, otherwise: impl FnOnce() -> String) -> String {
    text.filter(|text| !text.trim().is_empty())
        .map_or_else(otherwise, sentence)
}

fn lines(prefix: &str, paragraphs: &[String]) -> String {
    let mut out = String::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            out.push_str(&format!("{prefix}\n"));
        }
        for item in paragraph.replace(is_unshown, "").split('\n') {
            let continuation = if item.starts_with("- ") { "  " } else { "" };
            let mut line = String::new();
            // Code stays on one line: at the beginning of a line, a word in it could start a block,
            // and what follows would no longer be code.
            let mut in_code = false;
            for word in item.split(' ').filter(|word| !word.is_empty()) {
                let was_in_code = in_code;
                in_code ^= word.matches('`').count() % 2 == 1;
                if !line.is_empty()
                    && prefix.len() + 1 + line.len() + 1 + word.len() > WIDTH
                    && !starts_block(word)
                    && !was_in_code
                {
                    out.push_str(&format!("{prefix} {line}\n"));
                    line = format!("{continuation}{word}");
                } else {
                    if !line.is_empty() {
                        line.push(' ');
                    }
                    line.push_str(word);
                }
            }
            out.push_str(&format!("{prefix} {line}\n"));
        }
    }
    out
}

/// Returns whether a character must not occur in a comment because it is invisible. The compiler
/// refuses characters that change the direction of text; control characters are excluded as well.
fn is_unshown(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control() && c != '\n'
}

/// Returns whether Markdown could interpret a word at the start of a line as the beginning of a
/// list, a heading, a quotation or HTML.
fn starts_block(word: &str) -> bool {
    let html = word.starts_with('<') && !word.starts_with("<http");
    html || word.starts_with(['-', '+', '*', '#', '>', '=', '~', '|']) || is_number_of_list(word)
}

fn is_number_of_list(word: &str) -> bool {
    let digits = word.trim_end_matches(['.', ')']);
    digits.len() + 1 == word.len()
        && !digits.is_empty()
        && digits.chars().all(|c| c.is_ascii_digit())
}

/// Escapes plain text for Markdown, so that nothing in it becomes a link, HTML or emphasis;
/// addresses become links. Text between pairs of backquotes stays code.
pub(crate) fn escape(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let text = if has_only_plain_code(&parts) {
        let part = |(index, part): (usize, &&str)| match index % 2 {
            0 => escape_words(part),
            _ => format!("`{}`", code(part)),
        };
        parts.iter().enumerate().map(part).collect()
    } else {
        escape_words(text)
    };
    let text = text.trim().to_owned();
    match text.split(' ').next() {
        Some("-" | "+") => format!("\\{text}"),
        Some(word) if word.starts_with(['>', '#', '|', '~']) => format!("\\{text}"),
        Some(word) if is_number_of_list(word) => {
            let (number, rest) = text.split_at(word.len() - 1);
            format!("{number}\\{rest}")
        }
        _ => text,
    }
}

/// Returns whether a text that was split at its backquotes has only such code between them that
/// contains no HTML and no invisible characters, since the text may come from somebody else.
fn has_only_plain_code(parts: &[&str]) -> bool {
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || " _-./:=,\"'*{}+$%@~#&|()[]!?;^…".contains(c);
    let is_apart = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    let is_code = |around: &[&str]| match *around {
        [before, code, after] => {
            !code.is_empty()
                && code.chars().all(is_plain)
                && is_apart(before.chars().next_back())
                && is_apart(after.chars().next())
        }
        _ => true,
    };
    // An odd number of parts means that every backquote has a partner.
    parts.len() % 2 == 1 && parts.windows(3).step_by(2).all(is_code)
}

/// Escapes words, and keeps one space wherever there is any.
fn escape_words(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(escape_word).collect();
    let space = |is_there: bool| {
        if is_there && !words.is_empty() {
            " "
        } else {
            ""
        }
    };
    let before = space(text.starts_with(char::is_whitespace));
    let after = if words.is_empty() && !text.is_empty() {
        " "
    } else {
        space(text.ends_with(char::is_whitespace))
    };
    format!("{before}{}{after}", words.join(" "))
}

fn escape_word(word: &str) -> String {
    let Some(start) = word.find("https://").or_else(|| word.find("http://")) else {
        return escape_marks(word);
    };
    let (before, address) = word.split_at(start);
    let legal = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    let end = address.find(|c| !legal(c)).unwrap_or(address.len());
    let end = address
        .get(..end)
        .unwrap_or(address)
        .trim_end_matches(['.', ',', ';', ':', ')', ']', '\''])
        .len();
    let (address, after) = address.split_at(end);
    format!("{}<{address}>{}", escape_marks(before), escape_marks(after))
}

fn escape_marks(text: &str) -> String {
    if let Some(name) = api_name(text) {
        return text.replace(name, &format!("`{name}`"));
    }
    text.replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]")
        .replace('<', "\\<")
        .replace('*', "\\*")
        .replace('`', "'")
}

/// Returns the name of an API member that a word contains, such as `volumnConfs` in `volumnConfs,`;
/// `None` if it contains no such name.
fn api_name(word: &str) -> Option<&str> {
    let name = word.trim_matches(|c: char| "'\".,;:()!?".contains(c));
    let legal = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    (legal && name.contains(|c: char| c.is_ascii_uppercase())).then_some(name)
}

/// Returns a note for the documentation: `ours`, or else `theirs`, which is that of the
/// description.
pub(crate) fn note(theirs: Option<&str>, ours: Option<&str>) -> Option<String> {
    ours.or(theirs)
        .filter(|note| !note.trim().is_empty())
        .map(sentence)
}

/// Converts rules to sentences.
pub(crate) fn rules(rules: &[Rule]) -> impl Iterator<Item = String> {
    let texts = rules.iter().map(|rule| sentence(&rule.text));
    texts.filter(|text| !text.is_empty())
}

/// Converts a text to a sentence: escapes it, adds a full stop, and begins it with a capital letter
/// unless its first word is a name such as `sshEnable`.
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

/// Returns the address of a page of the API documentation. An id alone is that of a page of AIHC;
/// `IAM/id` is a page of IAM. Returns `None` if there is no id.
pub(crate) fn page(id: Option<&str>) -> Option<String> {
    let id = id.filter(|id| !id.trim().is_empty())?;
    if !id
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"<>`".contains(&b))
    {
        return Some(format!("API page: {}", sentence(id)));
    }
    let address = if id.starts_with("http://") || id.starts_with("https://") {
        id.to_owned()
    } else {
        let (product, page) = id.split_once('/').unwrap_or(("AIHC", id));
        format!("https://cloud.baidu.com/doc/{product}/s/{page}")
    };
    Some(format!("API page: <{address}>"))
}

/// Returns sentences about a member that are not part of its description, and do not list its
/// values.
pub(crate) fn member_facts(member: &Member, is_checked: bool) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(unit) = &member.unit {
        // A description often names the unit already: `Capacity in GB.`
        let (unit, word) = match unit.as_str() {
            "s" => ("seconds", "seconds"),
            "ms" => ("milliseconds", "milliseconds"),
            "%" => ("percent", "percent"),
            other => (other, other),
        };
        let summary = member.rust.desc.as_deref().or(member.desc.as_deref());
        let mut words = summary
            .unwrap_or_default()
            .split(|c: char| !c.is_alphanumeric());
        if !words.any(|it| it.eq_ignore_ascii_case(word)) {
            facts.push(format!("Unit: {}.", escape(unit)));
        }
    }
    facts.extend(limits(member));
    let has_pattern = member.limits.get("pattern").is_some_and(|it| !it.is_null());
    let check = match member.client_check.filter(|_| is_checked) {
        Some(ClientCheck::NonEmpty) => "Must not be empty; this is checked before sending.",
        Some(ClientCheck::Limits) if has_pattern => {
            "This is checked before sending, except for the pattern."
        }
        Some(ClientCheck::Limits) => "This is checked before sending.",
        None => "",
    };
    facts.push(check.to_owned());
    if let Some(default) = &member.default {
        facts.push(match default {
            Value::String(text) if text.is_empty() => "Default: the empty string.".to_owned(),
            Value::Null => String::new(),
            other if member.required => format!(
                "The API has a default, `{}`, but this client does not use it.",
                value(other)
            ),
            other => format!("Default: `{}`.", value(other)),
        });
    }
    if member.must_be_present {
        facts.push("Always present: a response without this member is an error.".to_owned());
    }
    if !member.known_values.is_empty() && member.rust.ty.is_none() {
        let values: Vec<_> = member
            .known_values
            .iter()
            .map(|known| format!("`{}`", value(known)))
            .collect();
        facts.push(format!("Known values: {}.", values.join(", ")));
    }
    facts.retain(|fact| !fact.is_empty());
    facts
}

fn limits(member: &Member) -> Vec<String> {
    let get = |key: &str| member.limits.get(key).filter(|it| !it.is_null()).map(value);
    let mut facts = Vec::new();
    let ranges = [
        ("min", "max", "", ""),
        ("min_length", "max_length", " character", " characters"),
        ("min_items", "max_items", " entry", " entries"),
    ];
    for (least, most, one, many) in ranges {
        let noun = |count: &str| if count == "1" { one } else { many };
        facts.extend(match (get(least), get(most)) {
            (Some(min), Some(max)) if min == max => Some(format!("Exactly {min}{}.", noun(&min))),
            (Some(min), Some(max)) => Some(format!("From {min} to {max}{many}.")),
            (Some(min), None) => Some(format!("At least {min}{}.", noun(&min))),
            (None, Some(max)) => Some(format!("At most {max}{}.", noun(&max))),
            (None, None) => None,
        });
    }
    let in_ranges = |key: &str| ranges.iter().any(|it| it.0 == key || it.1 == key);
    for (key, limit) in member.limits.iter().filter(|(_, limit)| !limit.is_null()) {
        let limit = value(limit);
        facts.push(match key.as_str() {
            key if in_ranges(key) => continue,
            "exclusive_min" => format!("More than {limit}."),
            "exclusive_max" => format!("Less than {limit}."),
            "max_lines" if limit == "1" => "At most 1 line.".to_owned(),
            "max_lines" => format!("At most {limit} lines."),
            "pattern" => format!("Pattern: `{limit}`."),
            other => format!("Limit {}: `{limit}`.", escape(other)),
        });
    }
    facts
}

/// Formats a JSON value for use inside backquotes.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => code(text),
        other => code(&other.to_string()),
    }
}

/// Formats a string for use inside backquotes: as a single line without backquotes.
pub(crate) fn code(text: &str) -> String {
    let mut code = String::new();
    for c in text.chars() {
        match c {
            '`' => code.push('\''),
            c if c.is_control() => code.extend(c.escape_default()),
            c => code.push(c),
        }
    }
    code
}

/// Lists the states in which an operation is allowed. `states` is the path of their Rust type, and
/// `name` returns the name of a state.
pub(crate) fn preconditions(
    preconditions: &Preconditions,
    states: Option<&str>,
    name: impl Fn(&Value) -> Option<String>,
) -> Vec<String> {
    let see = states.map_or_else(String::new, |states| {
        let name = states.rsplit("::").next().unwrap_or_default();
        format!("; see [`{name}`]({states})")
    });
    let list = |codes: &[Value]| {
        let states: Vec<_> = codes
            .iter()
            .map(|code| match (name(code), code) {
                (Some(name), _) => format!("{} ({name})", value(code)),
                (None, Value::Number(code)) => code.to_string(),
                (None, code) => format!("`{}`", value(code)),
            })
            .collect();
        states.join(", ")
    };
    let mut facts = Vec::new();
    if let Some(codes) = &preconditions.allowed_status {
        facts.push(format!(
            "Allowed only in these states: {}{see}.",
            list(codes)
        ));
    }
    if let Some(codes) = &preconditions.forbidden_status {
        facts.push(format!("Refused in these states: {}{see}.", list(codes)));
    }
    facts.extend(preconditions.desc.as_deref().map(sentence));
    facts.extend(preconditions.note.as_deref().map(sentence));
    facts
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
    fn nothing_in_a_description_becomes_a_link_or_html() {
        assert_eq!(
            escape("List<T> [x] `y[0] z`, * `z"),
            "List\\<T> \\[x\\] 'y\\[0\\] z', \\* 'z"
        );
        assert_eq!(
            escape(" [`y[0]`](a) `camelCase`\n* `z`. "),
            "\\[`y[0]`\\](a) `camelCase` \\* `z`."
        );
        assert_eq!(escape("``"), "''");
        // Code that could become something else if it were broken open, or that has no end.
        assert_eq!(escape("`y <z>` `a`"), "'y \\<z>' 'a'");
        assert_eq!(escape("`\u{202e}``<z>`"), "'\u{202e}''\\<z>'");
        assert_eq!(escape("fooBar`x`"), "fooBar'x'");
        assert_eq!(
            escape("see https://a.example/b."),
            "see <https://a.example/b>."
        );
        assert_eq!(escape("(https://a.example)"), "(<https://a.example>)");
        assert_eq!(
            escape("参见https://a.example/b页面 http://x/<id>"),
            "参见<https://a.example/b>页面 <http://x/>\\<id>"
        );
        assert_eq!(escape("- dash"), "\\- dash");
        assert_eq!(escape("1. first"), "1\\. first");
        assert_eq!(escape("1.5x"), "1.5x");
        assert_eq!(sentence("page number, from 1"), "Page number, from 1.");
        assert_eq!(
            sentence("sshEnable needs (a keyPair)"),
            "`sshEnable` needs (a `keyPair`)."
        );
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn nothing_invisible_is_in_a_comment() {
        let text = "right\u{202e} to\u{2066} left\u{2069}\u{0}\r".to_owned();
        assert_eq!(comment("", &[text]), "/// right to left\n");
    }

    #[test]
    fn code_stays_on_one_line() {
        let (long, longer) = ("a".repeat(90), "_".repeat(95));
        let text = format!("{long} `x {longer} y` b");
        assert_eq!(
            comment("", &[text]),
            format!("/// {long}\n/// `x {longer} y`\n/// b\n")
        );
    }

    #[test]
    fn long_texts_are_wrapped_without_making_lists() {
        for block in ["-", "<script>"] {
            let text = format!("{} {block} b", "a".repeat(95));
            assert_eq!(
                comment("", &[text]),
                format!("/// {} {block}\n/// b\n", "a".repeat(95))
            );
        }
    }

    #[test]
    fn pages_of_other_products_have_their_own_place() {
        assert_eq!(
            page(Some("IAM/Qjwvyc8ov")).as_deref(),
            Some("API page: <https://cloud.baidu.com/doc/IAM/s/Qjwvyc8ov>")
        );
        assert_eq!(page(Some("a <b>")).as_deref(), Some("API page: A \\<b>."));
        assert_eq!(page(None), None);
    }
}
