//! Formats all generated files with a single run of rustfmt.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;

/// The separator between files, which rustfmt formats as one.
const MARK: &str = "// ---- the next file ----\n";

/// Formats Rust files. Their names appear in error messages.
///
/// # Errors
///
/// If rustfmt cannot be run, or if it rejects a file.
pub(crate) fn format(files: &mut [(&str, &mut String)]) -> Result<(), String> {
    let mut heads = Vec::new();
    let mut all = String::new();
    for (_, text) in files.iter() {
        let (head, body) = split(text);
        heads.push(head);
        all.push_str(body);
        all.push('\n');
        all.push_str(MARK);
    }
    let Ok(formatted) = rustfmt(&all) else {
        return Err(culprit(files));
    };
    let bodies: Vec<&str> = formatted.split(MARK).collect();
    if bodies.len() != files.len() + 1 {
        return Err("rustfmt joined the generated files".to_owned());
    }
    for (((_, text), head), body) in files.iter_mut().zip(heads).zip(bodies) {
        let body = body.trim();
        **text = match body.is_empty() {
            true => head,
            false => format!("{head}\n{body}\n"),
        };
    }
    Ok(())
}

/// Splits a generated file after its leading comments and `#![...]` attributes. Returns that
/// beginning, formatted, and the remaining text.
fn split(text: &str) -> (String, &str) {
    let is_head = |line: &str| {
        let inner = ["// ", "//!", "#!["]
            .iter()
            .any(|start| line.starts_with(start));
        inner || line.trim().is_empty()
    };
    let lines = text.split_inclusive('\n');
    let length = lines.take_while(|line| is_head(line)).map(str::len).sum();
    let (head, body) = text.split_at(length);
    let mut tidy = String::new();
    for line in head.trim().lines() {
        // As rustfmt does, keeps at most one empty line.
        if !(line.trim().is_empty() && tidy.ends_with("\n\n")) {
            tidy.push_str(line.trim_end());
            tidy.push('\n');
        }
    }
    (tidy, body)
}

/// Returns the name of the first file that rustfmt rejects, and the reason.
fn culprit(files: &[(&str, &mut String)]) -> String {
    for (name, text) in files {
        if let Err(problem) = rustfmt(text) {
            return format!("{name}: rustfmt rejects the generated text: {problem}");
        }
    }
    "rustfmt rejects the generated files when they are joined".to_owned()
}

fn rustfmt(text: &str) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("cannot run rustfmt: {error}");
    let mut child = Command::new("rustfmt")
        .args([
            "--edition",
            "2024",
            "--config",
            "max_width=100,use_field_init_shorthand=true",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let input = child.stdin.take();
    let output = thread::scope(|scope| {
        // Written on a thread, since rustfmt may write before it has read everything, and neither
        // pipe can hold it all.
        scope.spawn(move || input.map(|mut input| input.write_all(text.as_bytes())));
        child.wait_with_output()
    });
    let output = output.map_err(failed)?;
    if !output.status.success() {
        let problem = String::from_utf8_lossy(&output.stderr);
        return Err(problem.trim_end().to_owned());
    }
    String::from_utf8(output.stdout).map_err(|_| "the output of rustfmt is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(files: &[&str]) -> Result<Vec<String>, String> {
        let mut texts: Vec<String> = files.iter().map(|text| (*text).to_owned()).collect();
        let names = ["first.rs", "second.rs", "third.rs"];
        let mut files: Vec<_> = names.into_iter().zip(&mut texts).collect();
        format(&mut files)?;
        Ok(texts)
    }

    #[test]
    fn files_are_formatted_as_each_is_alone() {
        let files = [
            "// Generated.\n\n\n//! Text of   a module.\n\nuse b::B;\nuse a::A;\n\n/// A doc.\nfn f( ) {}\n",
            "// Generated.\n\n#![doc = \"x\"]\n\nmod z;\nmod a;\npub use self::z::Z;\n",
            "// Generated.\n\n",
        ];
        let expected: Vec<String> = files.iter().map(|text| rustfmt(text).unwrap()).collect();
        assert_eq!(formatted(&files).unwrap(), expected);
    }

    #[test]
    fn the_file_that_is_wrong_is_named() {
        let problem = formatted(&["fn f() {}\n", "fn g( {}\n", "fn h() {}\n"]).unwrap_err();
        assert!(
            problem.starts_with("second.rs: rustfmt rejects"),
            "{problem}"
        );
    }
}
