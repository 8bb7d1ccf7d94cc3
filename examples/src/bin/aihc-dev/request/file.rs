//! Files that describe an instance.

use std::io::{self, Read as _};
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;

/// A description is a few lines; what is longer is another file.
const LONGEST: u64 = 1024 * 1024;

/// Reads JSON or YAML from a file, or from standard input when the path is `-`.
pub(crate) fn read(path: &Path) -> Result<Value, Failure> {
    let name = if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let text = text(path).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    let value = parse(&text).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    if !value.is_object() {
        return Err(Failure::usage(format!(
            "{name}: holds no description of an instance: members such as `name:` are expected"
        )));
    }
    Ok(value)
}

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let length = if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(LONGEST + 1)
            .read_to_string(&mut text)?
    } else {
        let file = std::fs::File::open(path)?;
        file.take(LONGEST + 1).read_to_string(&mut text)?
    };
    if length as u64 > LONGEST {
        return Err(io::Error::other("is longer than 1 MiB"));
    }
    Ok(text)
}

/// JSON is YAML, but its own parser gives the better errors.
fn parse(text: &str) -> Result<Value, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| error.to_string());
    }
    let options = serde_saphyr::options! {
        // `yes` and `on` are text here, as whoever writes environment variables means them.
        strict_booleans: true,
        // The line itself may hold a secret.
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_and_yaml_say_the_same() {
        let yaml = "name: 训练机\nconf:\n  envs: {A: yes, B: '1'}\n  resources:\n    cpus: 4\n";
        let json =
            r#"{"name":"训练机","conf":{"envs":{"A":"yes","B":"1"},"resources":{"cpus":4}}}"#;
        assert_eq!(parse(yaml), parse(json));
        assert_eq!(
            parse(json).unwrap()["conf"]["resources"],
            json!({"cpus": 4})
        );
    }

    #[test]
    fn errors_name_the_line_and_not_what_is_in_it() {
        let error = parse("name: a\npassword: hunter2\n  x: [\n").unwrap_err();
        assert!(error.contains("line"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
        let error = parse("{\n\"password\": \"hunter2\" 1}").unwrap_err();
        assert!(
            error.contains("line 2") && !error.contains("hunter2"),
            "{error}"
        );
    }

    #[test]
    fn the_same_member_twice_is_a_mistake() {
        assert!(parse("name: a\nname: b\n").is_err());
    }
}
