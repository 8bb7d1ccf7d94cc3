//! Examples in the documentation of generated code: short programs that are compiled as tests.
//!
//! A program is made of the same facts as the code that it shows. Where no value of a type is known, there
//! is no example.

use std::collections::{BTreeMap, BTreeSet};

use super::sample::{fraction, length, number};
use crate::codegen::api::{
    Answer, Api, BodyKind, Enum, Member, Object, Operation, Place, Rule, Type,
};
use crate::codegen::names::is_request_id;

/// Columns that a line of a program may fill.
const WIDTH: usize = 84;

/// Optional members that an example sets.
const OPTIONAL: usize = 2;

/// The way to a client and the end of what uses it, which readers do not see.
const HIDDEN_BEGIN: &str =
    "# async fn example(client: LIBRARY::Client) -> Result<(), Box<dyn std::error::Error>> {";
const HIDDEN_END: &str = "# Ok(())\n# }";

/// Makes the examples of one crate.
pub(super) struct Examples<'a> {
    api: &'a Api,
    library: String,
}

/// One program, with what it names.
#[derive(Default)]
struct Program<'a> {
    imports: BTreeMap<String, BTreeSet<String>>,
    /// The types that a value is being made of.
    inside: Vec<&'a str>,
}

/// An expression, whose layout follows from its length.
enum Expression {
    Text(String),
    /// What stands before the parentheses, and the arguments.
    Call(String, Vec<Expression>),
    /// A value and the methods that are called on it.
    Chain(Box<Expression>, Vec<Expression>),
    Array(Vec<Expression>),
    Pair(Box<Expression>, Box<Expression>),
}

impl<'a> Examples<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self {
            api,
            library: super::package::library(api),
        }
    }

    /// Of the method of the client: the call with nothing but what is required.
    pub(super) fn of_method(&self, operation: &'a Operation) -> String {
        let mut program = Program::default();
        let call = self.call(&mut program, operation, 0);
        self.calling(program, call, operation, "    ")
            .unwrap_or_default()
    }

    /// Of the builder: the call with some optional members.
    pub(super) fn of_builder(&self, operation: &'a Operation) -> String {
        let mut program = Program::default();
        let call = self.call(&mut program, operation, OPTIONAL);
        self.calling(program, call, operation, "")
            .unwrap_or_default()
    }

    /// Of `send`: the future of a call, which is driven later.
    pub(super) fn of_send(&self, operation: &'a Operation) -> String {
        let mut program = Program::default();
        let Some(call) = self.call(&mut program, operation, 0) else {
            return String::new();
        };
        let statements = [
            format!(
                "let sent = {};",
                on(call, Expression::call("send", [])).render(0)
            ),
            "// Other work goes here; the call runs when its future is awaited.".to_owned(),
            "let response = sent.await?;".to_owned(),
            self.shown(operation),
        ];
        self.with_client("    ", &program, &statements)
    }

    /// Of `items`: all of a list.
    pub(super) fn of_items(&self, operation: &'a Operation) -> String {
        self.stream(operation, "items", "item", "println!(\"{item:?}\");")
    }

    /// Of `pages`: a list page by page.
    pub(super) fn of_pages(&self, operation: &'a Operation) -> String {
        let shown = "println!(\"{} of {:?}\", page.items.len(), page.total_count);";
        self.stream(operation, "pages", "page", shown)
    }

    fn stream(&self, operation: &'a Operation, method: &str, item: &str, shown: &str) -> String {
        let mut program = Program::default();
        let Some(call) = self.call(&mut program, operation, 0) else {
            return String::new();
        };
        let statements = [
            format!(
                "let mut {method} = {};",
                on(call, Expression::call(method, [])).render(0)
            ),
            format!("while let Some({item}) = {method}.try_next().await? {{"),
            format!("    {shown}"),
            "}".to_owned(),
        ];
        self.with_client("    ", &program, &statements)
    }

    /// Of a wait for a state.
    pub(super) fn of_wait(&self, operation: &'a Operation, method: &str) -> String {
        let mut program = Program::default();
        let Some(call) = self.call(&mut program, operation, 0) else {
            return String::new();
        };
        let wait = on(call, Expression::call(method, []));
        let statements = [
            format!(
                "let shown = {};",
                on(wait, Expression::text("await?")).render(0)
            ),
            "println!(\"{shown:?}\");".to_owned(),
        ];
        self.with_client("    ", &program, &statements)
    }

    /// Of the setter of a builder whose value is more than a text or a number.
    pub(super) fn of_builder_setter(&self, operation: &'a Operation, member: &'a Member) -> String {
        if !takes_explaining(&member.ty) || member.sent.same_as.is_some() {
            return String::new();
        }
        let mut program = Program::default();
        let set = self.member(&mut program, member);
        let call = self.begun(&mut program, operation);
        let (Some(value), Some(call)) = (set, call) else {
            return String::new();
        };
        let call = on(call, Expression::call(&member.name, [value]));
        let statements = [
            format!("let call = {};", call.render(0)),
            "# let _ = call;".to_owned(),
        ];
        self.with_client("    ", &program, &statements)
    }

    /// Of a type: a value of it where requests hold it, and what is read of it otherwise.
    pub(super) fn of_type(&self, object: &'a Object) -> String {
        if !object.in_request {
            return self.reading(object);
        }
        let mut program = Program::default();
        let optional = self.optional(&object.fields, &object.rules, OPTIONAL);
        let Some(value) = self.object(&mut program, object, &optional) else {
            return String::new();
        };
        let statements = [
            format!("let value = {};", value.render(0)),
            "# let _ = value;".to_owned(),
        ];
        commented("", &program, &statements)
    }

    /// Of `new`: a value with nothing but what is required.
    pub(super) fn of_new(&self, object: &'a Object) -> String {
        let mut program = Program::default();
        let Some(value) = self.object(&mut program, object, &[]) else {
            return String::new();
        };
        let statements = [
            format!("let value = {};", value.render(0)),
            "# let _ = value;".to_owned(),
        ];
        commented("    ", &program, &statements)
    }

    /// Of the setter of a type whose value is more than a text or a number.
    pub(super) fn of_setter(&self, object: &'a Object, member: &'a Member) -> String {
        if !takes_explaining(&member.ty) || member.sent.same_as.is_some() {
            return String::new();
        }
        let mut program = Program::default();
        let set = self.member(&mut program, member);
        program.inside.push(&object.name);
        let value = self.object_of(&mut program, object, &[]);
        let (Some(set), Some(value)) = (set, value) else {
            return String::new();
        };
        let value = on(value, Expression::call(&member.name, [set]));
        let statements = [
            format!("let value = {};", value.render(0)),
            "# let _ = value;".to_owned(),
        ];
        commented("    ", &program, &statements)
    }

    /// A function that shows some members.
    fn reading(&self, object: &'a Object) -> String {
        let is_shown = |field: &&Member| !field.hidden && !is_request_id(&field.wire);
        let shown: Vec<&Member> = object.fields.iter().filter(is_shown).take(2).collect();
        if shown.is_empty() || !object.forms.is_empty() {
            return String::new();
        }
        let mut program = Program::default();
        let name = program.import(self, &object.name);
        let marks = vec!["{:?}"; shown.len()].join(" ");
        let values = shown.iter().map(|field| format!("value.{}", field.name));
        let values: Vec<_> = values.collect();
        let statements = [
            format!("fn show(value: &{name}) {{"),
            format!("    println!(\"{marks}\", {});", values.join(", ")),
            "}".to_owned(),
        ];
        commented("", &program, &statements)
    }

    /// Of an enum: a value that has a name, and one that is not known.
    pub(super) fn of_enum(&self, values: &'a Enum) -> String {
        let Some(first) = values.variants.first() else {
            return String::new();
        };
        let mut program = Program::default();
        let name = program.import(self, &values.name);
        let unknown = unknown(values);
        let statements = [
            format!("let value = {name}::from({});", first.literal),
            format!("assert_eq!(value, {name}::{});", first.name),
            String::new(),
            "// A newer service may know more values than this version.".to_owned(),
            format!("let value = {name}::from({unknown});"),
            format!("assert!(matches!(value, {name}::Unknown(_)));"),
        ];
        commented("", &program, &statements)
    }

    /// Of the method that gives the value on the wire.
    pub(super) fn of_wire_value(&self, values: &'a Enum) -> String {
        let Some(first) = values.variants.first() else {
            return String::new();
        };
        let mut program = Program::default();
        let name = program.import(self, &values.name);
        let method = if values.integer { "code" } else { "as_str" };
        let statement = format!(
            "assert_eq!({name}::{}.{method}(), {});",
            first.name, first.literal
        );
        commented("    ", &program, &[statement])
    }

    /// Of the value that an enum does not know.
    pub(super) fn of_unknown_value(&self) -> String {
        let Some(values) = self.api.enums.values().find(|it| !it.variants.is_empty()) else {
            return String::new();
        };
        let mut program = Program::default();
        let name = program.import(self, &values.name);
        let unknown = unknown(values);
        let statements = [
            format!("if let {name}::Unknown(value) = {name}::from({unknown}) {{"),
            format!(
                "    assert_eq!(value.get(), {});",
                if values.integer {
                    format!("&{unknown}")
                } else {
                    unknown.clone()
                }
            ),
            "}".to_owned(),
        ];
        commented("    ", &program, &statements)
    }

    /// A call whose response is shown.
    fn calling(
        &self,
        program: Program<'a>,
        call: Option<Expression>,
        operation: &'a Operation,
        indent: &str,
    ) -> Option<String> {
        let call = on(call?, Expression::text("await?"));
        let statements = [
            format!("let response = {};", call.render(0)),
            self.shown(operation),
        ];
        Some(self.with_client(indent, &program, &statements))
    }

    /// The statement that shows a response.
    fn shown(&self, operation: &Operation) -> String {
        let model = self.api.objects.get(&operation.response);
        let model = model.filter(|_| operation.answer == Answer::Model);
        let is_shown = |field: &&Member| !field.hidden && !is_request_id(&field.wire);
        match (
            operation.answer,
            model.and_then(|it| it.fields.iter().find(is_shown)),
        ) {
            (_, Some(field)) => format!("println!(\"{{:?}}\", response.{});", field.name),
            (Answer::Model, None) => "println!(\"{response:?}\");".to_owned(),
            (Answer::Json, None) => "println!(\"{:?}\", response.request_id());".to_owned(),
            (Answer::Raw, None) => "println!(\"{}\", response.status());".to_owned(),
        }
    }

    fn with_client(&self, indent: &str, program: &Program<'a>, statements: &[String]) -> String {
        let begin = HIDDEN_BEGIN.replace("LIBRARY", &self.library);
        let all: Vec<String> = std::iter::once(begin)
            .chain(statements.iter().cloned())
            .chain([HIDDEN_END.to_owned()])
            .collect();
        commented(indent, program, &all)
    }

    fn call(
        &self,
        program: &mut Program<'a>,
        operation: &'a Operation,
        optional: usize,
    ) -> Option<Expression> {
        let mut call = self.begun(program, operation)?;
        let set = |member: &&'a Member| !member.argument && is_needed(member, &operation.rules);
        let needed = operation.members.iter().filter(set);
        let token = operation.token.as_ref().map(|token| &token.member.wire);
        let optional = self.optional(&operation.members, &operation.rules, optional);
        let optional = optional.into_iter().filter(|it| Some(&it.wire) != token);
        for member in needed.chain(optional) {
            let value = self.member(program, member)?;
            call = on(call, Expression::call(&member.name, [value]));
        }
        Some(call)
    }

    /// The method of the client, with its arguments.
    fn begun(&self, program: &mut Program<'a>, operation: &'a Operation) -> Option<Expression> {
        let mut arguments = Vec::new();
        for member in operation.members.iter().filter(|member| member.argument) {
            arguments.push(self.member(program, member)?);
        }
        match operation.body {
            BodyKind::Raw => arguments.push(Expression::text("\"content\"")),
            BodyKind::None | BodyKind::Object | BodyKind::ObjectOrEmpty | BodyKind::Form => {}
        }
        let call = Expression::call(&operation.method, arguments);
        Some(on(Expression::text("client"), call))
    }

    /// Members that an example may set: plain ones, which no rule binds to others.
    fn optional(&self, members: &'a [Member], rules: &[Rule], count: usize) -> Vec<&'a Member> {
        let is_bound = |member: &Member| {
            let mut bound = rules.iter().flat_map(|rule| &rule.members);
            bound.any(|other| other.wire == member.wire)
        };
        let fits = |member: &&Member| {
            let is_plain = matches!(member.ty, Type::Text | Type::Int | Type::Enum { .. });
            is_plain
                && !member.argument
                && member.place != Place::Response
                && member.sent.same_as.is_none()
                && !is_needed(member, rules)
                && !is_bound(member)
        };
        members.iter().filter(fits).take(count).collect()
    }

    /// The value that a setter or an argument takes.
    fn member(&self, program: &mut Program<'a>, member: &'a Member) -> Option<Expression> {
        if member.is_truth_value() {
            return Some(Expression::text("true"));
        }
        let least = length(member)?;
        Some(match &member.ty {
            Type::Text | Type::Secret => Expression::Text(format!("{:?}", text(member, least))),
            Type::Int => Expression::Text(number(member)?.to_string()),
            Type::Double => Expression::Text(format!("{:?}", fraction(member)?)),
            Type::List(inner) => {
                let items = (0..least).map(|_| self.item(program, member, inner));
                Expression::Array(items.collect::<Option<_>>()?)
            }
            Type::Map(inner) => {
                let mut entry = |index: usize| {
                    let key = match index {
                        0 => "\"key\"".to_owned(),
                        more => format!("\"key-{more}\""),
                    };
                    let value = self.item(program, member, inner)?;
                    Some(Expression::Pair(
                        Box::new(Expression::Text(key)),
                        Box::new(value),
                    ))
                };
                let entries = (0..least).map(&mut entry);
                Expression::Array(entries.collect::<Option<_>>()?)
            }
            ty => self.value(program, ty)?,
        })
    }

    /// An element of a list or a map that a setter takes: what becomes text may be one.
    fn item(&self, program: &mut Program<'a>, member: &Member, ty: &'a Type) -> Option<Expression> {
        match ty {
            Type::Text | Type::Secret => {
                let name = member.name.trim_end_matches('s');
                Some(Expression::Text(format!("{:?}", named(name))))
            }
            ty => self.value(program, ty),
        }
    }

    /// An expression of exactly this type.
    fn value(&self, program: &mut Program<'a>, ty: &'a Type) -> Option<Expression> {
        Some(match ty {
            Type::Text => Expression::text("\"text\".to_owned()"),
            Type::Int => Expression::text("1"),
            Type::Double => Expression::text("1.5"),
            Type::Bool => Expression::text("true"),
            Type::Json => Expression::text("bce_http::Json::from_text(r#\"{\"key\": 1}\"#)?"),
            Type::Secret => Expression::text("bce_auth::Secret::from(\"secret\")"),
            Type::Timestamp => Expression::text("bce_http::Timestamp::from(1_767_225_600)"),
            Type::DateTime(_) => Expression::text("time::OffsetDateTime::now_utc()"),
            Type::Enum { name, .. } => {
                let first = self.api.enums.get(name)?.variants.first()?;
                let ty = program.import(self, name);
                Expression::Text(format!("{ty}::{}", first.name))
            }
            Type::Object(name) => {
                let object = self.api.objects.get(name)?;
                self.object(program, object, &[])?
            }
            Type::List(inner) => {
                let item = self.value(program, inner)?;
                Expression::Text(format!("vec![{}]", item.flat()))
            }
            Type::Map(inner) => {
                program.bring("std::collections", "BTreeMap");
                let value = self.value(program, inner)?;
                Expression::Text(format!(
                    "BTreeMap::from([(\"key\".to_owned(), {})])",
                    value.flat()
                ))
            }
        })
    }

    fn object(
        &self,
        program: &mut Program<'a>,
        object: &'a Object,
        optional: &[&'a Member],
    ) -> Option<Expression> {
        if program.inside.contains(&object.name.as_str()) {
            return None;
        }
        program.inside.push(&object.name);
        let value = match object.fields.first().filter(|_| !object.forms.is_empty()) {
            Some(form) => {
                let name = program.import(self, &object.name);
                let value = self.value(program, &form.ty);
                value.map(|value| Expression::call(&format!("{name}::from"), [value]))
            }
            None if object.in_request => self.object_of(program, object, optional),
            None => None,
        };
        program.inside.pop();
        value
    }

    fn object_of(
        &self,
        program: &mut Program<'a>,
        object: &'a Object,
        optional: &[&'a Member],
    ) -> Option<Expression> {
        let name = program.import(self, &object.name);
        let sent = || object.fields.iter().filter(|it| it.place == Place::Body);
        let mut arguments = Vec::new();
        for field in sent().filter(|field| field.argument) {
            arguments.push(self.member(program, field)?);
        }
        let mut value = Expression::call(&format!("{name}::new"), arguments);
        let needed = sent().filter(|it| !it.argument && is_needed(it, &object.rules));
        for field in needed.chain(optional.iter().copied()) {
            let given = self.member(program, field)?;
            value = on(value, Expression::call(&field.name, [given]));
        }
        Some(value)
    }
}

impl Program<'_> {
    /// Names a type of the crate.
    fn import<'n>(&mut self, examples: &Examples<'_>, name: &'n str) -> &'n str {
        let path = examples.api.home_of(name).path();
        self.bring(&path.replacen("crate", &examples.library, 1), name);
        name
    }

    fn bring(&mut self, path: &str, name: &str) {
        let names = self.imports.entry(path.to_owned()).or_default();
        names.insert(name.to_owned());
    }
}

impl Expression {
    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    fn call(name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(name.to_owned(), arguments.into_iter().collect())
    }

    fn flat(&self) -> String {
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

    /// As rustfmt lays it out, so that examples look like code.
    fn render(&self, depth: usize) -> String {
        let flat = self.flat();
        // Room for what stands before and behind it.
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
                // One that is a call or a list itself keeps the parentheses close.
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

/// A method that is called on a value.
fn on(value: Expression, call: Expression) -> Expression {
    match value {
        Expression::Chain(value, mut calls) => {
            calls.push(call);
            Expression::Chain(value, calls)
        }
        value => Expression::Chain(Box::new(value), vec![call]),
    }
}

/// Whether a request cannot do without it.
fn is_needed(member: &Member, rules: &[Rule]) -> bool {
    let is_chosen = rules.iter().any(|rule| rule.chooses(member));
    is_chosen || member.must_be_set() || member.is_unset_when_empty()
}

/// Whether a value is more than a text, a number or a truth value.
fn takes_explaining(ty: &Type) -> bool {
    !matches!(ty, Type::Text | Type::Int | Type::Double | Type::Bool)
}

/// A value that the enum does not know.
fn unknown(values: &Enum) -> String {
    if !values.integer {
        return "\"a value of tomorrow\"".to_owned();
    }
    let codes = values.variants.iter();
    let codes = codes.filter_map(|variant| variant.literal.parse::<i64>().ok());
    codes
        .max()
        .map_or(1, |most| most.saturating_add(1000))
        .to_string()
}

/// A text for a member: a value that is known, or one that says what it stands for.
fn text(member: &Member, least: usize) -> String {
    let most = member.longest().unwrap_or(usize::MAX);
    let fits = |text: &String| (least..=most).contains(&text.chars().count());
    let known = member.known_text.clone().filter(fits);
    let named = Some(named(&member.name)).filter(fits);
    known.or(named).unwrap_or_else(|| "a".repeat(least))
}

fn named(name: &str) -> String {
    let name = name
        .trim_start_matches("r#")
        .trim_matches('_')
        .replace('_', "-");
    match name.as_str() {
        name if name.ends_with("image-url") => "registry.example.com/team/image:v1".to_owned(),
        name if name.ends_with("url") => "https://www.example.com/".to_owned(),
        name if name.ends_with("path") => "/mnt/data".to_owned(),
        name if name.ends_with("email") => "somebody@example.com".to_owned(),
        name => format!("my-{name}"),
    }
}

/// The program as a section of a doc comment.
fn commented(indent: &str, program: &Program<'_>, statements: &[String]) -> String {
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
    let program = lines.iter().map(|line| format!("{indent}/// {line}"));
    let program: Vec<_> = program.map(|line| line.trim_end().to_owned()).collect();
    format!(
        "{indent}///\n{indent}/// # Examples\n{indent}///\n{indent}/// ```\n{}\n{indent}/// ```\n",
        program.join("\n")
    )
}

/// The lines of an import.
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

    #[test]
    fn texts_say_what_they_stand_for() {
        assert_eq!(named("resource_pool_id"), "my-resource-pool-id");
        assert_eq!(named("r#type"), "my-type");
        assert_eq!(named("callback_url"), "https://www.example.com/");
    }
}
