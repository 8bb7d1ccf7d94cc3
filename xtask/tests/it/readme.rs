//! Parses the examples in `spec/README.md`, and completes them to whole API descriptions.

use serde_json::{Map, Value};

const README: &str = include_str!("../../spec/README.md");

/// Returns every example in `spec/README.md` as a whole API description, with the number of the
/// line at which it begins. An example is completed with the contents of the JSON block `frame` in
/// that file.
pub(crate) fn examples() -> Vec<(usize, Value)> {
    let blocks = blocks();
    let (_, _, frame) = blocks.iter().find(|(_, kind, _)| kind == "frame").unwrap();
    let framed = |example: &Value| {
        let mut whole: Map<String, Value> = frame.as_object().unwrap().clone();
        for (key, value) in example.as_object().unwrap() {
            match (whole.get_mut(key), value) {
                (Some(Value::Object(there)), Value::Object(new))
                    if ["types", "enums"].contains(&key.as_str()) =>
                {
                    there.extend(new.clone());
                }
                _ => {
                    whole.insert(key.clone(), value.clone());
                }
            }
        }
        Value::Object(whole)
    };
    let examples = blocks.iter().filter(|(_, kind, _)| kind == "example");
    examples
        .map(|(line, _, example)| (*line, framed(example)))
        .collect()
}

/// Returns the JSON blocks of `spec/README.md`, each with the number of its line and its kind,
/// which is the word after `json`.
fn blocks() -> Vec<(usize, String, Value)> {
    let mut blocks = Vec::new();
    let mut lines = README.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        let Some(kind) = line.strip_prefix("```json ") else {
            continue;
        };
        let text: Vec<&str> = lines
            .by_ref()
            .map(|(line, _)| line)
            .take_while(|line| *line != "```")
            .collect();
        let content = serde_json::from_str(&text.join("\n"))
            .unwrap_or_else(|error| panic!("README.md, example at line {number}: {error}"));
        blocks.push((number, kind.to_owned(), content));
    }
    blocks
}
