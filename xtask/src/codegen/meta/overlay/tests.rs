//! Tests of overlays (files of corrections), and of the messages about corrections that do not fit.

use std::collections::BTreeSet;

use super::super::schema::Metadata;
use super::*;
use crate::codegen::spec::read::{Read, Reader, Shape};

const README: &str = include_str!("../../../../spec/README.md");

fn action() -> Action {
    serde_json::from_str(
        r#"{"name": "Do", "method": "POST", "uri": "/v{version}x", "parameters": [
            {"name": "token", "type": "String", "position": "URL"},
            {"name": "a", "type": "List", "position": "BODY", "sub_parameters": [
                {"name": "b", "type": "List"}]}]}"#,
    )
    .unwrap()
}

/// Returns the messages about an overlay, for metadata of one product with one operation.
fn problems(text: &str) -> String {
    let actions = Actions::from([("Do".to_owned(), Ok(action()))]);
    match Overlay::parse("my.json".to_owned(), text, false) {
        Ok(overlay) => overlay
            .product("shop")
            .unfit(&actions, &Models::default())
            .join("\n"),
        Err(problem) => problem,
    }
}

fn with(correction: &str) -> String {
    format!(
        r#"{{"products": {{"shop": {{"operations": {{"Do": {{"why": "w", {correction}}}}}}}}}}}"#
    )
}

#[test]
fn what_is_said_is_changed_and_nothing_else() {
    let text = with(
        r#""uri": "/v{version}/x", "parameters": {
            "token": {"position": "HEADER", "sensitive": true, "name": "t"},
            "a.b": {"type": "List<Int64>"}, "c": {"add": true, "position": "QUERY"}}"#,
    );
    assert_eq!(problems(&text), "");
    let overlay = Overlay::parse(String::new(), &text, false).unwrap();
    let mut action = action();
    overlay
        .product("shop")
        .operation("Do")
        .unwrap()
        .apply(&mut action);
    assert_eq!(action.uri, "/v{version}/x");
    let names: Vec<_> = action
        .parameters
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, ["t", "a", "c"]);
    assert_eq!(action.parameters[0].position.as_deref(), Some("HEADER"));
    let inner = &action.parameters[1].sub_parameters[0];
    assert_eq!(inner.corrected_type.as_deref(), Some("List<Int64>"));
}

#[test]
fn a_mistake_is_said_with_its_place_and_what_was_likely_meant() {
    let place = "my.json: products.shop.operations.Do";
    for (correction, expected) in [
        (
            r#""metod": "PUT""#,
            ": unknown key \"metod\", did you mean \"method\"?",
        ),
        (
            r#""method": "PTU""#,
            ".method: unknown value \"PTU\", did you mean \"PUT\"?",
        ),
        (
            r#""method": 3"#,
            ".method: one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS is expected, not a number",
        ),
        (
            r#""class": "repeteable""#,
            ".class: unknown value \"repeteable\", did you mean \"repeatable\"?",
        ),
        (
            r#""body_kind": "fom""#,
            ".body_kind: unknown value \"fom\", did you mean \"form\"?",
        ),
        (
            r#""const_headers": {"x-a": 3}"#,
            ".const_headers.x-a: a text is expected, not a number",
        ),
        (
            r#""response": "Jsom""#,
            ".response: there is no `Jsom`, did you mean \"Json\"?; it must be `Json`, or a model \
             in the package below the folder of --responses",
        ),
        (r#""why": """#, "my.json: duplicate key \"why\""),
        (
            r#""parameters": {"tokn": {"required": true}}"#,
            ".parameters.tokn: there is no parameter `tokn`, did you mean \"token\"?",
        ),
        (
            r#""parameters": {"a.c": {"required": true}}"#,
            ".parameters.a.c: there is no parameter `c`",
        ),
        (
            r#""parameters": {"b.c": {"required": true}}"#,
            ".parameters.b.c: there is no parameter `b`",
        ),
        (
            r#""parameters": {"token": {"add": true}}"#,
            ".parameters.token: there already is a parameter `token`",
        ),
        (
            r#""parameters": {"token": {"sensitve": true}}"#,
            ".parameters.token: unknown key \"sensitve\", did you mean \"sensitive\"?",
        ),
        (
            r#""parameters": {"token": {"position": "PATH"}}"#,
            ".parameters.token.position: unknown value \"PATH\"; expected one of QUERY, BODY, \
             HEADER, URL, RESPONSE",
        ),
        (
            r#""parameters": {"token": {"required": "yes"}}"#,
            ".parameters.token.required: true or false is expected, not a text",
        ),
    ] {
        let expected = match expected.starts_with("my.json") {
            true => expected.to_owned(),
            false => format!("{place}{expected}"),
        };
        let found = problems(&with(correction));
        assert!(found.starts_with(&expected), "{expected}\n{found}");
    }
    for (text, expected) in [
        (
            "[]",
            "my.json: description: an object is expected, not a list",
        ),
        (
            r#"{"product": {}}"#,
            "my.json: description: unknown key \"product\", did you mean \"products\"?",
        ),
        (
            r#"{"products": {"shop": {"operations": {"Dp": {"why": "w"}}}}}"#,
            "my.json: products.shop.operations.Dp: there is no such operation, did you mean \"Do\"?",
        ),
        (
            r#"{"products": {"shop": {"operations": {"Do": {}}}}}"#,
            "my.json: products.shop.operations.Do: the key \"why\" is missing",
        ),
        (
            r#"{"products": {"shop": {"operations": {"Do": {"why": " "}}}}}"#,
            "my.json: products.shop.operations.Do.why: a description of the fault in the metadata \
             is expected",
        ),
    ] {
        let found = problems(text);
        assert_eq!(found, expected);
    }
}

#[test]
fn a_product_that_is_not_there_is_a_mistake_but_in_ours() {
    let root = crate::codegen::root().join("xtask/tests/fixtures/meta");
    let metadata = Metadata::read(&root).unwrap();
    let overlay = |is_shipped| {
        Overlay::parse(
            "my.json".to_owned(),
            r#"{"products": {"atic": {}}}"#,
            is_shipped,
        )
        .unwrap()
    };
    let problem = overlay(false)
        .expect_products(metadata.products())
        .unwrap_err();
    assert_eq!(
        problem,
        "my.json: products.atic: there is no such product, did you mean \"attic\"?"
    );
    assert!(overlay(true).expect_products(metadata.products()).is_ok());
}

#[test]
fn a_correction_in_vain_is_said_unless_it_is_meant() {
    let left_out = BTreeMap::from([("Do".to_owned(), "no place".to_owned())]);
    let of = |text: &str, is_shipped| {
        let overlay = Overlay::parse("my.json".to_owned(), text, is_shipped).unwrap();
        overlay.product("shop").in_vain(&left_out).join("\n")
    };
    let text = with(r#""method": "PUT""#);
    let expected = "my.json: products.shop.operations.Do: the operation is left out: no place";
    assert_eq!(of(&text, false), expected);
    assert_eq!(of(&text, true), "");
    assert_eq!(of(&with(r#""leave_out": "no place""#), false), "");
}

#[test]
fn ours_can_be_read() {
    Overlay::shipped().unwrap();
}

fn shapes() -> Vec<Shape> {
    let mut shapes = Vec::new();
    File::shapes(&mut shapes);
    shapes
}

#[test]
fn the_readme_explains_every_key_and_its_example_has_them_all() {
    let (_, rest) = README.split_once("```json overlay\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let mut reader = Reader::default();
    let example = parse_json(example).unwrap();
    let read: Result<File, _> = reader.document(&example);
    read.unwrap();
    for shape in shapes() {
        for key in shape.keys {
            let seen = reader.seen.contains(&(shape.title, (*key).to_owned()));
            assert!(seen, "the example has no `{key}` in {}", shape.title);
        }
    }

    // The rows of the table before the example. The first row of each object is its title.
    let (before, _) = README.split_once("```json overlay\n").unwrap();
    let (_, table) = before
        .rsplit_once("| in | key | meaning | example |\n")
        .unwrap();
    let mut rows: Vec<BTreeSet<&str>> = Vec::new();
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let (place, key) = (cells.next().unwrap(), cells.next().unwrap());
        if !place.is_empty() {
            rows.push(BTreeSet::new());
        }
        rows.last_mut().unwrap().insert(key.trim_matches('`'));
    }
    let known = shapes();
    assert_eq!(rows.len(), known.len());
    for (rows, shape) in rows.iter().zip(known) {
        let keys: BTreeSet<&str> = shape.keys.iter().chain(shape.ignored).copied().collect();
        assert_eq!(*rows, keys, "{}", shape.title);
    }
}
