//! Files that describe instances.

mod json;
mod object;
mod yaml;

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

pub(super) use self::json::parse as json;
use self::object::LONGEST;
use super::untyped::{Given, Shape, Wrong};
use crate::exit::Failure;
use crate::language::{text, tr};

/// The description of an instance, and the name of the file that contains it.
#[derive(Clone, Debug)]
pub(crate) struct InstanceFile {
    pub(crate) name: String,
    pub(crate) members: Given,
}

/// Reads the description of one instance in JSON or YAML from a file, or from standard input if the
/// path is `-`. The file may also contain a list with one item, as `show` writes it.
pub(crate) async fn read(path: &Path) -> Result<InstanceFile, Failure> {
    let mut all = read_all(path).await?;
    match (all.pop(), all.len()) {
        (Some(only), 0) => Ok(only),
        (Some(last), _) => {
            let what = tr!("contains more than one description, but only one can be sent");
            Err(Wrong::new(last.members.line, what).in_file(&last.name))
        }
        (None, _) => Err(no_description(&name_of(path))),
    }
}

/// Reads one or more descriptions of instances in JSON or YAML, in lists or in separate documents.
/// Reads them from a file, or from standard input if the path is `-`.
pub(crate) async fn read_all(path: &Path) -> Result<Vec<InstanceFile>, Failure> {
    let name = name_of(path);
    let text = whole(path).await?;
    let documents = parse_all(&text).map_err(|wrong| wrong.in_file(&name))?;
    let mut found = Vec::new();
    for document in documents {
        let items = match document.shape {
            Shape::List(items) => items,
            shape => vec![Given::new(shape, document.line)],
        };
        for members in items {
            match members.shape {
                // There is an empty document after a final `---`.
                Shape::Nothing => {}
                Shape::Object(_) if is_of_list(&members) => {
                    let what = tr!(
                        "is what `aihc-dev list` writes, which is no whole description; `aihc-dev list -o id \
                         | aihc-dev show - -o yaml` writes those"
                    );
                    return Err(Wrong::new(members.line, what).in_file(&name));
                }
                Shape::Object(_) => found.push(InstanceFile {
                    name: name.clone(),
                    members,
                }),
                _ => return Err(no_description(&name)),
            }
        }
    }
    match found.is_empty() {
        true => Err(no_description(&name)),
        false => Ok(found),
    }
}

/// Returns whether the object is an item of the list that `aihc-dev list` prints, rather than a
/// full description. Such an item has only some of the settings, and under other paths.
fn is_of_list(members: &Given) -> bool {
    let has = |name: &str| members.member(name).is_some();
    has("id") && has("imageUrl") && has("resourcePoolId") && !has("conf")
}

/// Reads a whole file, or standard input if the path is `-`.
pub(crate) async fn whole(path: &Path) -> Result<String, Failure> {
    let name = name_of(path);
    let path = PathBuf::from(path);
    // Read on a thread, so that Ctrl-C works while the program at the other end of a pipe writes
    // nothing.
    let text = tokio::task::spawn_blocking(move || text(&path)).await;
    let text = text.map_err(io::Error::other).and_then(|text| text);
    text.map_err(|error| Failure::usage(format!("{name}: {error}")))
}

fn name_of(path: &Path) -> String {
    match path == Path::new("-") {
        true => tr!("standard input"),
        false => path.display().to_string(),
    }
}

fn no_description(name: &str) -> Failure {
    Failure::usage(text!(
        "{name}: contains no description of an instance: members such as `name:` are expected",
        name = name
    ))
}

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let length = if path == Path::new("-") {
        let stdin = io::stdin().lock();
        stdin.take(LONGEST + 1).read_to_end(&mut bytes)?
    } else {
        let file = std::fs::File::open(path)?;
        file.take(LONGEST + 1).read_to_end(&mut bytes)?
    };
    if length as u64 > LONGEST {
        return Err(io::Error::other(tr!("is longer than 1 MiB")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other(tr!("is not UTF-8 text")))
}

/// Parses one document in JSON or YAML; an empty text is [`Shape::Nothing`]. JSON is parsed with
/// its own parser, although it is valid YAML, because the errors of that parser are better.
pub(crate) fn parse(text: &str) -> Result<Given, Wrong> {
    let mut documents = parse_all(text)?;
    match (documents.pop(), documents.len()) {
        (Some(only), 0) => Ok(only),
        (Some(last), _) => {
            let what = tr!("contains more than one document, but only one can be sent");
            Err(Wrong::new(last.line, what))
        }
        (None, _) => Ok(Given::new(Shape::Nothing, 1)),
    }
}

fn parse_all(text: &str) -> Result<Vec<Given>, Wrong> {
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().as_bytes() {
        [b'{', ..] => json::parse_all(text),
        // A YAML list may begin in the same way.
        [b'[', ..] => json::parse_all(text).or_else(|_| yaml::parse_all(text)),
        _ => yaml::parse_all(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Formats a value without line numbers, for comparison.
    fn bare(given: Given) -> String {
        match given.shape {
            Shape::Nothing => "-".to_owned(),
            Shape::Plain(text) => text,
            Shape::Quoted(text) => format!("{text:?}"),
            Shape::List(items) => {
                let items: Vec<_> = items.into_iter().map(bare).collect();
                format!("[{}]", items.join(","))
            }
            Shape::Object(members) => {
                let members = members.into_iter();
                let members: Vec<_> = members.map(|(n, v)| format!("{n}:{}", bare(v))).collect();
                format!("{{{}}}", members.join(","))
            }
        }
    }

    fn parsed(text: &str) -> String {
        bare(parse(text).unwrap())
    }

    fn wrong(text: &str) -> Wrong {
        parse(text).unwrap_err()
    }

    #[test]
    fn json_and_yaml_say_the_same() {
        let yaml = "name: 训练机\nconf:\n  envs: {A: yes, B: '1'}\n  resources:\n    cpus: 4\n";
        let json =
            r#"{"name":"训练机","conf":{"envs":{"A":"yes","B":"1"},"resources":{"cpus":4}}}"#;
        assert_eq!(
            parsed(yaml),
            r#"{name:训练机,conf:{envs:{A:yes,B:"1"},resources:{cpus:4}}}"#
        );
        assert_eq!(
            parsed(json),
            r#"{name:"训练机",conf:{envs:{A:"yes",B:"1"},resources:{cpus:4}}}"#
        );
    }

    #[test]
    fn scalars_keep_their_text() {
        for text in [
            "0123",
            "007",
            "1.10",
            "0644",
            "1e3",
            "0x1F",
            "1_000",
            "+1",
            ".5",
            "yes",
            "True",
            "00000000000000000000000000000001",
            "123456789012345678901234567890",
            "2026-01-01",
            "12:30:45",
            "0o17",
            ".inf",
            "1.0",
        ] {
            assert_eq!(parsed(&format!("a: {text}\n")), format!("{{a:{text}}}"));
            assert_eq!(parsed(&format!("a: '{text}'\n")), format!("{{a:{text:?}}}"));
            assert_eq!(
                parsed(&format!("a: !!str {text}\n")),
                format!("{{a:{text:?}}}")
            );
        }
        for text in [
            "1.10",
            "1e3",
            "-0",
            "123456789012345678901234567890",
            "true",
        ] {
            assert_eq!(
                parsed(&format!("{{\"a\": {text}}}")),
                format!("{{a:{text}}}")
            );
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(parsed(&format!("a: {text}\n")), "{a:-}");
        }
        assert_eq!(
            parsed(r#"{"a": null, "b": "\u0041\ud83d\ude00\/"}"#),
            "{a:-,b:\"A😀/\"}"
        );
    }

    #[test]
    fn anchors_merges_and_blocks_are_read() {
        assert_eq!(
            parsed("a: &x {p: 1, q: 2}\nb: *x\nc: {<<: *x, q: 3}\nd: |\n  one\n  two\n"),
            "{a:{p:1,q:2},b:{p:1,q:2},c:{q:3,p:1},d:\"one\\ntwo\\n\"}"
        );
    }

    #[test]
    fn errors_name_the_line_and_not_what_is_in_it() {
        for (text, line) in [
            ("name: a\npassword: hunter2\n  x: [\n", 3),
            ("{\n\"password\": \"hunter2\" 1}", 2),
            ("name: a\npassword: 'hunter2\n", 3),
            ("{\"a\": 1,\n\"b\":\n \"hunter2\\ud800\"}", 3),
        ] {
            let wrong = wrong(text);
            assert_eq!(wrong.line, line, "{wrong:?}");
            assert!(!wrong.what.contains("hunter2"), "{wrong:?}");
        }
    }

    #[test]
    fn the_same_member_twice_is_a_mistake() {
        for text in ["name: a\nname: b\n", "{\"name\": 1,\n\"name\": 2}"] {
            assert_eq!(wrong(text), Wrong::new(2, "name occurs twice"));
        }
    }

    #[test]
    fn what_is_no_description_is_told_in_words_of_the_file() {
        assert!(wrong("a: 1\n---\nb: 2\n").what.contains("one document"));
        assert!(wrong("a: !secret x\n").what.contains("tag"));
        assert!(wrong("[a, b]: 1\n").what.contains("name"));
        assert!(wrong("a: *x\n").what.contains("anchor"));
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100), "]".repeat(100));
        assert!(wrong(&deep).what.contains("deep"));
        assert!(wrong(&format!("a: {}", "[".repeat(100_000))).what.len() < 200);
    }

    #[test]
    fn aliases_cannot_grow_without_bound() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..10 {
            let items = vec![format!("*a{}", n - 1); 10].join(", ");
            text += &format!("a{n}: &a{n} [{items}]\n");
        }
        assert!(wrong(&text).what.contains("aliases"));
    }
}
