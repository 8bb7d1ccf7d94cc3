//! Generates the examples in the documentation of generated code. They are short programs, which
//! are compiled as tests.
//!
//! An example is generated from the same [`Api`] as the code that it documents. If it needs a value
//! of a type for which no valid value is known, there is no example.

mod program;
mod values;

use self::program::{Expression, Program, commented, on};
use self::values::is_needed;
use crate::codegen::api::{
    Answer, Api, BodyKind, Enum, Member, Object, Operation, Place, Rule, Type,
};
use crate::codegen::names::is_request_id;

/// The maximum number of optional strings, numbers and enums that an example sets.
const OPTIONAL: usize = 2;

/// The first line of an example program. It is hidden in the documentation, and declares a function
/// with a client as its argument.
const HIDDEN_BEGIN: &str =
    "# async fn example(client: LIBRARY::Client) -> Result<(), Box<dyn std::error::Error>> {";
const HIDDEN_END: &str = "# Ok(())\n# }";

/// Generates the examples of one crate.
pub(super) struct Examples<'a> {
    api: &'a Api,
    library: String,
}

impl<'a> Examples<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self {
            api,
            library: super::package::library(api),
        }
    }

    /// Returns the example of a client method: a call with only the required members.
    pub(super) fn of_method(&self, operation: &'a Operation) -> String {
        let mut program = Program::default();
        let call = self.call(&mut program, operation, 0);
        self.calling(program, call, operation, "    ")
            .unwrap_or_default()
    }

    /// Returns the example of a builder: a call with some optional members.
    pub(super) fn of_builder(&self, operation: &'a Operation) -> String {
        let mut program = Program::default();
        let call = self.call(&mut program, operation, OPTIONAL);
        self.calling(program, call, operation, "")
            .unwrap_or_default()
    }

    /// Returns the example of `send`: a call whose future is awaited later.
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

    /// Returns the example of `items`, which reads all items of a list.
    pub(super) fn of_items(&self, operation: &'a Operation) -> String {
        self.stream(operation, "items", "item", "println!(\"{item:?}\");")
    }

    /// Returns the example of `pages`, which reads a list page by page.
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

    /// Returns the example of a wait for a state.
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

    /// Returns the example of a builder's setter; empty if the value needs no example, as strings
    /// and numbers do not, or if no valid value is known.
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

    /// Returns the example of a type. It creates a value if requests contain the type, and prints
    /// one otherwise.
    pub(super) fn of_type(&self, object: &'a Object) -> String {
        if !object.in_request {
            return self.reading(object);
        }
        let mut program = Program::default();
        let mut optional = self.optional(&object.fields, &object.rules, OPTIONAL);
        optional.extend(self.selected(object));
        let Some(value) = self.object(&mut program, object, &optional) else {
            return String::new();
        };
        let statements = [
            format!("let value = {};", value.render(0)),
            "# let _ = value;".to_owned(),
        ];
        commented("", &program, &statements)
    }

    /// Returns the member that has the same name as an enum value that an example passes to `new`,
    /// as in `Volume::new(Kind::Disk).disk(…)`. Such a value usually selects the member.
    fn selected(&self, object: &'a Object) -> Option<&'a Member> {
        let values = object.fields.iter().filter(|field| field.argument);
        let mut values = values.filter_map(|field| match &field.ty {
            Type::Enum { name, .. } => self.api.enums.get(name)?.variants.first(),
            _ => None,
        });
        values.find_map(|value| {
            object.fields.iter().find(|field| {
                let is_object = matches!(field.ty, Type::Object(_));
                let is_free = field.place == Place::Body && !field.argument;
                let is_meant = value.literal == format!("{:?}", field.wire);
                is_object && is_free && is_meant && !is_needed(field, &object.rules)
            })
        })
    }

    /// Returns the example of `new`, which creates a value with only the required members.
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

    /// Returns the example of a type's setter; empty if the value needs no example, as strings and
    /// numbers do not, or if no valid value is known.
    pub(super) fn of_setter(&self, object: &'a Object, member: &'a Member) -> String {
        if !takes_explaining(&member.ty) || member.sent.same_as.is_some() {
            return String::new();
        }
        let mut program = Program::default();
        let set = self.member(&mut program, member);
        program.inside.push(&object.name);
        program.shown = &member.wire;
        let value = self.object_of(&mut program, object, &[], Some(member));
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

    /// Returns an example program: a function that prints some members of a type.
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

    /// Returns the example of an enum, with a known and an unknown value.
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

    /// Returns the example of `code` or `as_str`, the method of an enum that returns the value that
    /// the API uses.
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

    /// Returns the example of the type of unknown values.
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

    /// Returns a program that makes a call and prints the response.
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

    /// Returns the statement that prints a response, or a part of it.
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

    /// Returns the call of a client method with its arguments; `None` if no valid arguments are
    /// known.
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

    /// Returns up to `count` optional members that an example may set: strings, numbers and enums
    /// without special rules.
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
}

/// Returns whether a value of this type needs an example, because it is not a string, a number or a
/// boolean.
fn takes_explaining(ty: &Type) -> bool {
    !matches!(ty, Type::Text | Type::Int | Type::Double | Type::Bool)
}

/// Returns a value that the enum does not have.
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
