//! Generates a Rust program that calls every operation of generated crates twice, with all members
//! and with only the required ones, and prints the requests. The values are the same as in the
//! Python program `reader.py`, so that the requests of the two programs can be compared.

use crate::codegen::api::{Api, Member, Operation, Place, Type};

/// The part of the generated program's main file that is the same for all crates.
pub(super) const MAIN: &str = include_str!("program_main.rs");

/// Returns the source of the module that calls every operation of one generated crate.
pub(super) fn module(api: &Api) -> String {
    let library = api.service.crate_name.replace('-', "_");
    let mut text = format!(
        "//! Calls of {0}.\n\nuse {library}::Client;\n#[allow(unused_imports)]\nuse {library}::model;\n\n\
         use crate::Recorder;\n\npub async fn all(recorder: &Recorder) {{\n\
         let client = Client::from_service(recorder.clone()).unwrap();\n",
        api.service.code
    );
    for operation in &api.operations {
        let method = operation.method.trim_start_matches("r#");
        text.push_str(&format!(
            "Box::pin(call_{method}(&client, recorder)).await;\n"
        ));
    }
    text.push_str("}\n");
    for operation in &api.operations {
        let method = operation.method.trim_start_matches("r#");
        text.push_str(&format!(
            "\nasync fn call_{method}(client: &Client, recorder: &Recorder) {{\n"
        ));
        for (variant, least) in [("full", false), ("least", true)] {
            text.push_str(&format!(
                "recorder.begin({:?}, {:?}, {variant:?});\nlet answer = {}.send().await;\nrecorder.end(answer);\n",
                api.service.code,
                operation.wire,
                call(api, operation, least)
            ));
        }
        text.push_str("}\n");
    }
    text
}

/// Returns a Rust expression that calls an operation. If `least` is `true`, the call has only the
/// required members.
fn call(api: &Api, operation: &Operation, least: bool) -> String {
    let (arguments, setters) = given(api, &operation.members, least, &|_| true);
    format!("client.{}({arguments}){setters}", operation.method)
}

/// Returns two pieces of code for a call: the arguments, and the setters that are called after
/// them.
fn given(
    api: &Api,
    members: &[Member],
    least: bool,
    is_meant: &dyn Fn(&Member) -> bool,
) -> (String, String) {
    let (mut arguments, mut setters) = (Vec::new(), String::new());
    for member in members.iter().filter(|member| is_meant(member)) {
        let value = value(api, &member.wire, &member.ty, member.place, least);
        if member.argument {
            arguments.push(value);
        } else if member.demanded || !least {
            setters.push_str(&format!(".{}({value})", member.name));
        }
    }
    (arguments.join(", "), setters)
}

/// Returns a Rust expression for an argument. It may have a simpler type than `ty`, such as `&str`,
/// since the method converts its argument.
fn value(api: &Api, wire: &str, ty: &Type, place: Place, least: bool) -> String {
    match ty {
        Type::Text | Type::Secret if place == Place::Header => format!("{:?}", format!("{wire}-1")),
        Type::Text | Type::Secret => format!("{:?}", text(wire)),
        Type::List(inner) => match &**inner {
            Type::Text | Type::Secret => format!("[{}]", value(api, wire, inner, place, least)),
            inner => format!("[{}]", owned(api, wire, inner, least)),
        },
        Type::Map(inner) => match &**inner {
            Type::Text | Type::Secret => {
                format!("[(\"key\", {})]", value(api, wire, inner, place, least))
            }
            inner => format!("[(\"key\", {})]", owned(api, wire, inner, least)),
        },
        ty => owned(api, wire, ty, least),
    }
}

/// Returns a Rust expression that has exactly this type.
fn owned(api: &Api, wire: &str, ty: &Type, least: bool) -> String {
    match ty {
        Type::Text => format!("{:?}.to_owned()", text(wire)),
        Type::Secret => format!("{}::Secret::new({:?})", library(api), text(wire)),
        Type::Int => "7".to_owned(),
        Type::Bool => "true".to_owned(),
        Type::Double => "1.5".to_owned(),
        Type::Json => "bce_http::Json::from_text(r#\"{\"json\":[1,null]}\"#).unwrap()".to_owned(),
        Type::List(inner) => format!("vec![{}]", owned(api, wire, inner, least)),
        Type::Map(inner) => format!(
            "std::iter::once((\"key\".to_owned(), {})).collect()",
            owned(api, wire, inner, least)
        ),
        Type::Object(name) => {
            let Some(object) = api.objects.get(name) else {
                return String::new();
            };
            let in_body = |member: &Member| member.place == Place::Body;
            let (arguments, setters) = given(api, &object.fields, least, &in_body);
            format!("model::{name}::new({arguments}){setters}")
        }
        // The metadata contains no times and no enums.
        Type::Timestamp | Type::DateTime(_) | Type::Enum { .. } => "Default::default()".to_owned(),
    }
}

fn library(api: &Api) -> String {
    api.service.crate_name.replace('-', "_")
}

fn text(wire: &str) -> String {
    format!("{wire} 1/ü")
}
