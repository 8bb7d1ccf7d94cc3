//! The programs of examples and their layout: imports are collected, and long expressions are
//! broken into lines.

use std::collections::{BTreeMap, BTreeSet};

/// The maximum length of a line of a program.
const WIDTH: usize = 84;

/// A program in a documentation example, with the names that it imports.
#[derive(Default)]
pub(super) struct Program<'a> {
    pub(super) imports: BTreeMap<String, BTreeSet<String>>,
    /// The types of which a value is being generated, the outermost first. A type that would be
    /// added a second time contains itself.
    pub(super) inside: Vec<&'a str>,
    /// The API name of the member that the example shows; empty if the example is not about one
    /// member.
    pub(super) shown: &'a str,
}

/// An expression, whose layout depends on its length.
pub(super) enum Expression {
    Text(String),
    /// A call: the text before the parentheses, and the arguments between them.
    Call(String, Vec<Expression>),
    /// A chain of method calls: a value, and the methods that are called on it one after the other.
    Chain(Box<Expression>, Vec<Expression>),
    Array(Vec<Expression>),
    Pair(Box<Expression>, Box<Expression>),
}

impl Program<'_> {
    /// Imports a name.
    pub(super) fn bring(&mut self, path: &str, name: &str) {
        let names = self.imports.entry(path.to_owned()).or_default();
        names.insert(name.to_owned());
    }
}

impl Expression {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn call(name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(name.to_owned(), arguments.into_iter().collect())
    }

    pub(super) fn flat(&self) -> String {
        let list = |items: &[Self]| {
            let items: Vec<_> = items.iter().map(Self::flat).collect();
            items.join(", ")
        };
        match self {
            Self::Text(text) => text.clone(),
            Self::Call(name, arguments) => format!("{name}({})", list(arguments)),
            Self::Chain(value, calls) => calls
                .iter()
                .fold(value.flat(), |text, call| format!("{text}.{}", call.flat())),
            Self::Array(items) => format!("[{}]", list(items)),
            Self::Pair(key, value) => format!("({}, {})", key.flat(), value.flat()),
        }
    }

    /// Formats the expression as rustfmt does, so that examples look like other code.
    pub(super) fn render(&self, depth: usize) -> String {
        let flat = self.flat();
        // Leaves room for the text that surrounds the expression.
        if depth * 4 + flat.len() + "let response = ;".len() <= WIDTH {
            return flat;
        }
        let inner = "    ".repeat(depth + 1);
        let end = "    ".repeat(depth);
        let list = |items: &[Self]| {
            let items = items
                .iter()
                .map(|item| format!("{inner}{},\n", item.render(depth + 1)));
            items.collect::<String>()
        };
        match self {
            Self::Text(_) => flat,
            Self::Call(_, arguments) if arguments.is_empty() => flat,
            Self::Call(name, arguments) => match &arguments[..] {
                // If the only argument is a call or a list, it stays on the line of the
                // parenthesis.
                [only @ (Self::Array(_) | Self::Call(..))] => {
                    format!("{name}({})", only.render(depth))
                }
                _ => format!("{name}(\n{}{end})", list(arguments)),
            },
            Self::Chain(value, calls) => {
                let calls = calls
                    .iter()
                    .map(|call| format!("\n{inner}.{}", call.render(depth + 1)));
                value.render(depth) + &calls.collect::<String>()
            }
            Self::Array(items) => format!("[\n{}{end}]", list(items)),
            Self::Pair(..) => flat,
        }
    }
}

/// Returns the call of a method on a value.
pub(super) fn on(value: Expression, call: Expression) -> Expression {
    match value {
        Expression::Chain(value, mut calls) => {
            calls.push(call);
            Expression::Chain(value, calls)
        }
        value => Expression::Chain(Box::new(value), vec![call]),
    }
}

/// Returns the program as a section of a doc comment.
pub(super) fn commented(indent: &str, program: &Program<'_>, statements: &[String]) -> String {
    let mut lines = Vec::new();
    for (path, names) in &program.imports {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        lines.extend(import(path, &names));
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.extend(
        statements
            .iter()
            .flat_map(|it| it.split('\n').map(str::to_owned)),
    );
    // If a value might be refused, the program is a function that returns a `Result`.
    let fails = lines.iter().any(|line| line.contains(")?"));
    if fails && !lines.iter().any(|line| line.starts_with("# async fn")) {
        lines.push("# Ok::<(), Box<dyn std::error::Error>>(())".to_owned());
    }
    let program = lines.iter().map(|line| format!("{indent}/// {line}"));
    let program: Vec<_> = program.map(|line| line.trim_end().to_owned()).collect();
    format!(
        "{indent}///\n{indent}/// # Examples\n{indent}///\n{indent}/// ```\n{}\n{indent}/// ```\n",
        program.join("\n")
    )
}

/// Returns the lines that import names from a path.
fn import(path: &str, names: &[&str]) -> Vec<String> {
    if let [name] = names {
        return vec![format!("use {path}::{name};")];
    }
    let line = format!("use {path}::{{{}}};", names.join(", "));
    if line.len() <= WIDTH {
        return vec![line];
    }
    let mut lines = vec![format!("use {path}::{{")];
    let mut line = String::new();
    for name in names {
        if !line.is_empty() && line.len() + name.len() + 6 > WIDTH {
            lines.push(format!("    {}", line.trim_end()));
            line.clear();
        }
        line.push_str(&format!("{name}, "));
    }
    lines.push(format!("    {}", line.trim_end()));
    lines.push("};".to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_call_is_laid_out_as_rustfmt_does() {
        let long = || Expression::Text(format!("\"{}\"", "a".repeat(40)));
        let call = Expression::call("create", [long(), long()]);
        let call = on(
            on(Expression::text("client"), call),
            Expression::text("await?"),
        );
        let a = "a".repeat(40);
        assert_eq!(
            call.render(0),
            format!("client\n    .create(\n        \"{a}\",\n        \"{a}\",\n    )\n    .await?")
        );
        let short = on(Expression::text("client"), Expression::call("list", []));
        assert_eq!(short.render(0), "client.list()");
    }

    #[test]
    fn many_names_are_imported_on_lines_that_fit() {
        let names = vec!["NameOfSomeLength"; 12];
        let lines = import("a::b", &names);
        assert!(lines.len() > 3 && lines.iter().all(|line| line.len() <= WIDTH));
        assert_eq!(import("a", &["B"]), ["use a::B;"]);
        assert_eq!(import("a", &["B", "C"]), ["use a::{B, C};"]);
    }
}
