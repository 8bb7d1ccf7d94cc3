//! Turns the programs in the guides into tests. A guide shows a program without the code around it.
//! That code is in comments of the page, which readers do not see:
//!
//! ````text
//! <!-- begin
//! lines of Rust before the program
//! replace TEXT with OTHER TEXT
//! -->
//!
//! ```rust
//! the program
//! ```
//!
//! <!-- end
//! lines of Rust after the program
//! -->
//! ````

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let guides = Path::new("../docs");
    println!("cargo::rerun-if-changed={}", guides.display());
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for entry in fs::read_dir(guides)? {
        let path = entry?.path();
        if let (Some("md"), Some(name)) = (extension(&path), path.file_name()) {
            println!("cargo::rerun-if-changed={}", path.display());
            let page = fs::read_to_string(&path)?.replace("\r\n", "\n");
            fs::write(Path::new(&out).join(name), with_surroundings(&page))?;
        }
    }
    Ok(())
}

fn extension(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}

/// Returns the text of a guide in which the code in `begin` and `end` comments has become hidden
/// lines (`# ...`) of the Rust programs that the comments surround.
fn with_surroundings(page: &str) -> String {
    let mut rest = page;
    let mut result = String::new();
    while let Some((before, program)) = rest.split_once("```rust") {
        let (before, begin) = match before.rsplit_once("<!-- begin\n") {
            Some((text, comment)) => (text, comment.split_once("-->").map_or("", |c| c.0)),
            None => (before, ""),
        };
        let (attributes, program) = program.split_once('\n').unwrap_or((program, ""));
        let (program, after) = program.split_once("```\n").unwrap_or((program, ""));
        let end = after.strip_prefix("\n<!-- end\n");
        let (end, after) = end
            .and_then(|end| end.split_once("-->"))
            .unwrap_or(("", after));
        let (begin, program) = replaced(begin, program);
        let (begin, end) = (hidden(&begin), hidden(end));
        result += &format!("{before}```rust{attributes}\n{begin}{program}{end}```\n");
        rest = after;
    }
    result += rest;
    assert!(!result.contains("<!-- begin\n"), "a program is missing");
    assert!(!result.contains("<!-- end\n"), "a program is missing");
    result
}

/// Applies the `replace TEXT with OTHER TEXT` lines of a `begin` comment to the program after it.
/// Returns the remaining lines of the comment, and the changed program.
fn replaced(begin: &str, program: &str) -> (String, String) {
    let mut lines = String::new();
    let mut program = program.to_owned();
    for line in begin.lines() {
        let rule = line
            .strip_prefix("replace ")
            .and_then(|rule| rule.split_once(" with "));
        if let Some((text, other)) = rule {
            assert!(program.contains(text), "no `{text}` in the program");
            program = program.replace(text, other);
        } else {
            lines = lines + line + "\n";
        }
    }
    (lines, program)
}

fn hidden(lines: &str) -> String {
    lines.lines().map(|line| format!("# {line}\n")).collect()
}
