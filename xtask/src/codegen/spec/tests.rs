//! Tests of the format of API descriptions: its keys, and the positions that errors report.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use super::read::{Read, Reader, Shape};
use super::*;

/// The examples in the README about API descriptions. The tests in `tests/it` compile them.
#[path = "../../../tests/it/readme.rs"]
mod readme;

const README: &str = include_str!("../../../spec/README.md");

/// The keys that occur in descriptions, grouped by the object to which they belong.
const IN_USE: &str = include_str!("../../../tests/fixtures/keys_in_use.txt");

fn shapes() -> Vec<Shape> {
    let mut shapes = Vec::new();
    Spec::shapes(&mut shapes);
    shapes
}

fn problems(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut spec = json!({
        "services": {"shop": {"endpoint_template": "shop.example.com", "regions": [{"code": "bj"}]}},
        "operations": [{
            "name": "ListX", "method": "GET", "uri": "/x",
            "parameters": [{"name": "name", "type": "String", "position": "QUERY"}],
        }],
        "types": {"Box": {"fields": [{"name": "a", "type": "String"}]}},
        "enums": {"Color": {"values": [{"value": 1}]}},
        "errors": [{"code": "Gone"}],
        "waiters": [{"name": "Done", "operation": "ListX", "field": "a"}],
    });
    assert!(Spec::from_value(&spec).is_ok());
    change(&mut spec);
    Spec::from_value(&spec).err().unwrap_or_default()
}

#[test]
fn an_unknown_key_is_said_with_its_place_and_what_was_meant() {
    let cases: [(&str, &str, &str); 16] = [
        (
            "",
            "typs",
            "description: unknown key \"typs\", did you mean \"types\"?",
        ),
        (
            "/services/shop",
            "endpointTemplates",
            "services.shop: unknown key \"endpointTemplates\", did you mean \"endpoint_template\"?",
        ),
        (
            "/services/shop/regions/0",
            "Name",
            "services.shop.regions.bj: unknown key \"Name\", did you mean \"name\"?",
        ),
        (
            "/operations/0",
            "body-kind",
            "operations.ListX: unknown key \"body-kind\", did you mean \"body_kind\"?",
        ),
        (
            "/operations/0/parameters/0",
            "sensitve",
            "operations.ListX.parameters.name: unknown key \"sensitve\", did you mean \"sensitive\"?",
        ),
        (
            "/types/Box",
            "filds",
            "types.Box: unknown key \"filds\", did you mean \"fields\"?",
        ),
        (
            "/types/Box/fields/0",
            "requird",
            "types.Box.fields.a: unknown key \"requird\", did you mean \"required\"?",
        ),
        (
            "/enums/Color",
            "reper",
            "enums.Color: unknown key \"reper\", did you mean \"repr\"?",
        ),
        (
            "/enums/Color/values/0",
            "valu",
            "enums.Color.values[0]: unknown key \"valu\", did you mean \"value\"?",
        ),
        (
            "/errors/0",
            "http_statuses",
            "errors.Gone: unknown key \"http_statuses\", did you mean \"http_status\"?",
        ),
        (
            "/waiters/0",
            "fail",
            "waiters.Done: unknown key \"fail\"; a waiter has: name, operation, field, success, \
             failure, pending, success_errors, note, rust",
        ),
        (
            "/services/shop",
            "a\nb\u{202e}",
            "services.shop: unknown key \"a\\nb\\u{202e}\"; a service has: ",
        ),
        (
            "/operations/0/limits",
            "min",
            "operations.ListX: unknown key \"limits\"; an operation has: ",
        ),
        (
            "/operations/0/parameters/0/limits",
            "maximum",
            "operations.ListX.parameters.name.limits: unknown key \"maximum\"; `limits` has: ",
        ),
        (
            "/operations/0/idempotency",
            "blind-retries",
            "operations.ListX.idempotency: unknown key \"blind-retries\"",
        ),
        (
            "/operations/0/parameters/0/rust",
            "nam",
            "operations.ListX.parameters.name.rust: unknown key \"nam\", did you mean \"name\"?",
        ),
    ];
    for (place, key, expected) in cases {
        let found = problems(|spec| {
            let (holder, name) = place.rsplit_once('/').unwrap_or_default();
            if spec.pointer(place).is_none() {
                spec.pointer_mut(holder).unwrap()[name] = json!({});
            }
            spec.pointer_mut(place).unwrap()[key] = true.into();
        });
        assert_eq!(found.len(), 1, "{place} {key}: {found:?}");
        assert!(found[0].starts_with(expected), "{expected}\n{}", found[0]);
    }
}

#[test]
fn a_value_of_another_type_is_said_with_what_is_expected() {
    let found = problems(|spec| {
        spec["services"]["shop"]["regions"] = json!({});
        spec["services"]["shop"]["title"] = json!(["x"]);
        spec["operations"][0]["method"] = Value::Null;
        spec["operations"][0]["parameters"][0]["required"] = "yes".into();
        spec["operations"][0]["parameters"][0]["position"] = "PATH".into();
        spec["operations"][0]["body_kind"] = "objects".into();
        spec["types"]["Box"] = json!("String");
        spec["types"]["a.b c"] = json!(1);
        spec["enums"]["Color"]["values"][0] = json!({"name": "red"});
        spec["errors"][0]["http_status"] = json!([404, "404", -1, 4.5]);
        spec["waiters"] = json!(true);
    });
    let expected = [
        "services.shop.title: a text is expected, not a list",
        "services.shop.regions: a list is expected, not an object",
        "operations.ListX: the key \"method\" is missing",
        "operations.ListX.body_kind: unknown value \"objects\", did you mean \"object\"?",
        "operations.ListX.parameters.name.required: true or false is expected, not a text",
        "operations.ListX.parameters.name.position: unknown value \"PATH\"; expected one of QUERY, \
         BODY, HEADER, URL, RESPONSE",
        "types.Box: an object is expected, not a text",
        "types[\"a.b c\"]: an object is expected, not a number",
        "enums.Color.values.red: the key \"value\" is missing",
        "errors.Gone.http_status[1]: a whole number is expected, not a text",
        "errors.Gone.http_status[2]: a whole number from 0 to 65535 is expected, not -1",
        "errors.Gone.http_status[3]: a whole number from 0 to 65535 is expected, not 4.5",
        "waiters: a list is expected, not true or false",
    ];
    assert_eq!(found, expected);
}

#[test]
fn no_two_objects_have_one_title_and_no_key_is_both_followed_and_ignored() {
    for shape in shapes() {
        let both = shape.keys.iter().find(|key| shape.ignored.contains(key));
        assert_eq!(both, None, "{}", shape.title);
    }
    let titles: Vec<_> = shapes().iter().map(|shape| shape.title).collect();
    assert!(titles.contains(&"`settled_by`") && titles.contains(&"`limits`"));
}

#[test]
fn the_readme_lists_what_is_for_readers() {
    let mut expected = String::new();
    for shape in shapes().iter().filter(|shape| !shape.ignored.is_empty()) {
        let keys: Vec<_> = shape.ignored.iter().map(|key| format!("`{key}`")).collect();
        expected.push_str(&format!("| {} | {} |\n", shape.title, keys.join(", ")));
    }
    let (_, rest) = README
        .split_once("| in | keys for readers |\n|---|---|\n")
        .unwrap();
    let (table, _) = rest.split_once("\n\n").unwrap();
    assert_eq!(format!("{table}\n"), expected);
}

#[test]
fn every_key_has_an_example_and_is_named() {
    let mut reader = Reader::default();
    for (line, example) in readme::examples() {
        let read = reader.document::<Spec>(&example);
        assert!(read.is_ok(), "README.md, example at line {line}: {read:?}");
    }
    for shape in shapes() {
        for key in shape.keys {
            let seen = reader.seen.contains(&(shape.title, (*key).to_owned()));
            assert!(seen, "no example has `{key}` in {}", shape.title);
            assert!(
                README.contains(&format!("`{key}`")),
                "{key} is not explained"
            );
        }
    }
}

#[test]
fn every_key_in_use_is_known() {
    let shapes: BTreeMap<_, _> = shapes().into_iter().map(|it| (it.title, it)).collect();
    let mut count = 0;
    for line in IN_USE.lines() {
        let (title, keys) = line.split_once(": ").unwrap();
        let shape = shapes[title];
        for key in keys.split(' ') {
            let known = shape.keys.contains(&key) || shape.ignored.contains(&key);
            assert!(known, "{title}: {key}");
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

#[test]
fn descriptions_beside_the_checkout_are_read() {
    let folder = crate::codegen::root().join("../shared/contract");
    for name in ["schema.json", "aihc.json"] {
        let Ok(text) = fs::read_to_string(folder.join(name)) else {
            continue;
        };
        let problems = Spec::parse(&text).err().unwrap_or_default();
        assert!(problems.is_empty(), "{name}: {}", problems.join("\n"));
    }
}
