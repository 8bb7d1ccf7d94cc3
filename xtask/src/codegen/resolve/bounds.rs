//! Limits for an API description. They ensure that recursive functions do not go too deep, and that
//! every name can be the name of a file.

use super::Problems;
use crate::codegen::spec::{Member, Spec};

/// The maximum number of types and enums in an API description.
const TYPES: usize = 10_000;

/// The maximum depth of nested lists and maps.
const DEPTH: usize = 16;

/// The maximum length of a name. Many file systems limit the names of files to 255 bytes.
const LENGTH: usize = 200;

/// Reports everything in an API description that exceeds the limits of this module.
pub(super) fn check(spec: &Spec, problems: &mut Problems) {
    if spec.types.len() + spec.enums.len() > TYPES {
        problems.add("types", format!("there are more than {TYPES} types"));
    }
    for operation in &spec.operations {
        let place = shortened(&operation.name);
        let names = [Some(&operation.name), operation.rust.name.as_ref()];
        check_names(&place, names, problems);
        check_members(&place, &operation.parameters, problems);
    }
    for (name, ty) in &spec.types {
        let place = shortened(name);
        check_names(&place, [Some(name), ty.rust.name.as_ref()], problems);
        check_members(&place, &ty.fields, problems);
    }
    for (name, values) in &spec.enums {
        let names = [Some(name), values.rust.name.as_ref()];
        check_names(&shortened(name), names, problems);
    }
}

fn check_members(place: &str, members: &[Member], problems: &mut Problems) {
    for member in members {
        let place = format!("{place}.{}", shortened(&member.name));
        check_names(
            &place,
            [Some(&member.name), member.rust.name.as_ref()],
            problems,
        );
        if member.ty.matches('<').count() > DEPTH {
            let problem = format!("lists and maps are nested more than {DEPTH} levels deep");
            problems.add(&place, problem);
        } else {
            check_names(&place, [Some(&member.ty), None], problems);
        }
    }
}

fn check_names(place: &str, names: [Option<&String>; 2], problems: &mut Problems) {
    if names.into_iter().flatten().any(|name| name.len() > LENGTH) {
        problems.add(place, format!("a name is longer than {LENGTH} bytes"));
    }
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::codegen::resolve::resolve;
    use crate::codegen::spec::Spec;

    fn problems(fields: Value, types: Value) -> Vec<String> {
        let mut spec = json!({
            "services": {"shop": {"endpoint_template": "a.com"}},
            "operations": [{"name": "Buy", "method": "GET", "uri": "/", "response": "Box"}],
            "types": types,
        });
        spec["types"]["Box"] = json!({"fields": fields});
        let spec = Spec::from_value(&spec).unwrap();
        resolve(&spec, "shop.json").err().unwrap_or_default()
    }

    #[test]
    fn depth_and_length_have_an_end() {
        let nested =
            |depth: usize, open: &str| format!("{}String{}", open.repeat(depth), ">".repeat(depth));
        let field = |name: &str, ty: &str| json!([{"name": name, "type": ty}]);
        assert!(problems(field("a", &nested(16, "List<")), json!({})).is_empty());
        let expected = ["Box.a: lists and maps are nested more than 16 levels deep"];
        for open in ["List<", "Map<String,"] {
            let found = problems(field("a", &nested(100_000, open)), json!({}));
            assert_eq!(found, expected);
        }
        let long = "x".repeat(5_000);
        let found = problems(field(&long, "String"), json!({}));
        let expected = format!("Box.{}…: a name is longer than 200 bytes", "x".repeat(40));
        assert_eq!(found, [expected]);
    }

    #[test]
    fn names_are_shown_on_one_line() {
        let found = problems(json!([{"name": "\n\u{1b}", "type": "String"}]), json!({}));
        assert!(
            found[0].starts_with("Box.\\n\\u{1b}: the name has neither"),
            "{found:?}"
        );
    }
}
