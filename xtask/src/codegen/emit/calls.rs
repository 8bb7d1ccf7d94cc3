//! Generates a function for the package `proofs`, which contains the test suites. The function
//! calls an operation by its API name, with arguments by their API names.

use super::files::File;
use super::package::library;
use crate::codegen::api::{Api, Member, Operation, Type};
use crate::codegen::source::Source;

/// Returns the file with the function `call`, which calls the operation that has a given name.
pub(crate) fn generated(api: &Api) -> File {
    let library = library(api);
    let mut calls = Source::default();
    calls.module_docs(&["The calls of the client, with arguments by the names of the API."]);
    for item in ["Given", "Refusal", "Witness"] {
        calls.import("super", item);
    }
    calls.line("/// Calls an operation.");
    calls.line(format!(
        "pub(crate) async fn call(client: &{library}::Client, operation: &str, given: &mut Given, \
         witness: &impl Witness) -> Result<(), Refusal> {{"
    ));
    calls.line("match operation {");
    for operation in &api.operations {
        calls.line(format!(
            "{:?} => {}(client, given, witness).await,",
            operation.wire, operation.method
        ));
    }
    calls.line("_ => Err(Refusal::unknown(operation)),");
    calls.line("}");
    calls.line("}");
    for operation in &api.operations {
        one(&mut calls, api, &library, operation);
    }
    let module = format!("{}_calls", library);
    File {
        path: format!("{module}.rs"),
        text: calls.finish(&api.source),
    }
}

fn one(source: &mut Source, api: &Api, library: &str, operation: &Operation) {
    let method = &operation.method;
    source.line("");
    source.line(format!(
        "async fn {method}(client: &{library}::Client, given: &mut Given, witness: &impl Witness) \
         -> Result<(), Refusal> {{"
    ));
    let arguments = operation.members.iter().filter(|member| member.argument);
    let arguments: Vec<String> = arguments
        .map(|member| {
            format!(
                "given.required::<{}>({:?})?",
                ty(api, library, &member.ty),
                member.wire
            )
        })
        .collect();
    let others: Vec<&Member> = (operation.members.iter())
        .filter(|member| !member.argument)
        .collect();
    source.line(format!(
        "let mut call = client.{method}({});",
        arguments.join(", ")
    ));
    for member in others {
        let (wire, name) = (&member.wire, &member.name);
        if let Some(same) = &member.sent.same_as {
            source.line(format!("given.same({wire:?}, {same:?})?;"));
            continue;
        }
        let value = match &member.ty {
            _ if member.sent.in_text => format!("in_text({wire:?})?"),
            // The API has one string where Rust has a list.
            Type::List(_) if member.is_text => format!("listed({wire:?})?"),
            other => format!("value::<{}>({wire:?})?", ty(api, library, other)),
        };
        source.line(format!(
            "if let Some(value) = given.{value} {{ call = call.{name}(value); }}"
        ));
    }
    source.line("given.all_used()?;");
    source.line("if let Some(limit) = given.limit() { call = call.with_timeout(limit); }");
    source.line("witness.see(&call);");
    source.line("witness.see(&call.send().await?);");
    source.line("Ok(())");
    source.line("}");
}

/// Returns the source code of a Rust type, with its whole path.
fn ty(api: &Api, library: &str, ty: &Type) -> String {
    match ty {
        Type::Text => "String".to_owned(),
        Type::Int => "i64".to_owned(),
        Type::Double => "f64".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Json => "bce_http::Json".to_owned(),
        Type::Secret => "bce_auth::Secret".to_owned(),
        Type::Timestamp => "bce_http::Timestamp".to_owned(),
        Type::DateTime(_) => "time::OffsetDateTime".to_owned(),
        Type::Enum { name, .. } | Type::Object(name) => {
            let path = api.home_of(name).path();
            format!("{}::{name}", path.replacen("crate", library, 1))
        }
        Type::List(inner) => format!("Vec<{}>", self::ty(api, library, inner)),
        Type::Map(inner) => format!(
            "std::collections::BTreeMap<String, {}>",
            self::ty(api, library, inner)
        ),
    }
}
