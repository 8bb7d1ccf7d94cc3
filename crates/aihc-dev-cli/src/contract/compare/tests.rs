use serde_json::json;

use super::*;

const STATES: &[&str] = &["Running", "Stopped"];
const CODES: &[&str] = &["0", "1"];
static BOX: Shape = Shape {
    inside: &[],
    members: &[
        Member::new("id", Type::Text).present(),
        Member::new("state", Type::Text).words(STATES),
        Member::new("kind", Type::Text).words_in_any_case(STATES),
        Member::new("code", Type::Integer).words(CODES),
        Member::new("size", Type::Integer).also(Also::Text),
        Member::new("weight", Type::Number),
        Member::new("count", Type::Text).also(Also::Number),
        Member::new("open", Type::Flag),
        Member::new("createdAt", Type::Integer).unix_seconds(),
        Member::new("expires", Type::Text).iso_8601(),
        Member::new("labels", Type::Map(&Type::Text)),
        Member::new("parts", Type::List(&Type::Object(&BOX))),
        Member::new("lid", Type::Object(&BOX)).also(Also::List),
        Member::new("key", Type::Text).secret().aliases(&["Key"]),
        Member::new("any", Type::Json),
        Member::new(
            "spec",
            Type::OneOf(&[Type::Object(&BOX), Type::Map(&Type::Object(&BOX))]),
        ),
    ],
};
static PAGE: Shape = Shape {
    inside: &["data"],
    members: &[
        Member::new("boxes", Type::List(&Type::Object(&BOX))),
        Member::new("total", Type::Integer),
    ],
};
static LIST: Operation = Operation::new("GetBoxes", &PAGE).list("boxes", Some("total"));

/// Compares a page of a list with a description of the list, and returns the findings, each as one
/// line of text.
fn findings(page: Value) -> Vec<String> {
    let mut found = Found::default();
    answer(&LIST, &page, &mut found);
    let line = |finding: &super::super::found::Finding| {
        let name = finding.name.as_deref().map(|it| format!("/{it}"));
        format!(
            "{:?} {}{}: {}",
            finding.kind,
            finding.path,
            name.unwrap_or_default(),
            finding.what
        )
    };
    found.findings.keys().map(line).collect()
}

fn of_box(mut members: Value) -> Vec<String> {
    members["id"] = json!("b-1");
    findings(json!({"boxes": [members], "total": 1}))
}

#[test]
fn an_answer_as_described_has_no_findings() {
    let inner = json!({"id": "b-2"});
    let none = of_box(json!({
        "state": "Running", "kind": "RUNNING", "code": 1, "size": 3, "weight": 1, "count": "1",
        "open": true, "createdAt": 1_760_000_000, "expires": "2026-08-20T00:00:00Z",
        "labels": {"张三": "v"}, "parts": [inner], "lid": inner, "key": "k", "any": [null],
        "spec": {"张三": inner},
    }));
    assert_eq!(none, [""; 0]);
    let empty = json!({"boxes": [], "total": 0, "requestId": "r", "code": "", "message": ""});
    assert_eq!(findings(empty), [""; 0]);
    assert_eq!(
        of_box(json!({"state": "", "expires": "", "createdAt": 0})),
        [""; 0]
    );
}

#[test]
fn variants_of_other_sources_are_notes() {
    for (members, expected) in [
        (
            json!({"size": "3"}),
            "AcceptedType boxes[].size: integer is described; string of digits came",
        ),
        (
            json!({"size": ""}),
            "AcceptedType boxes[].size: integer is described; string, empty came",
        ),
        (
            json!({"count": 1}),
            "AcceptedType boxes[].count: string is described; integer came",
        ),
        (
            json!({"lid": []}),
            "AcceptedType boxes[].lid: object is described; list, empty came",
        ),
        (
            json!({"lid": null}),
            "Null boxes[].lid: null; object is described",
        ),
        (
            json!({"parts": null}),
            "Null boxes[].parts: null; list is described",
        ),
        (
            json!({"labels": {"a": null}}),
            "Null boxes[].labels.*: null; string is described",
        ),
        (json!({"Key": "s"}), "OtherName boxes[].key: comes as `Key`"),
        (
            json!({"expires": "2026-08-20T08:00:00.5+08:00"}),
            "TimeVariant boxes[].expires: RFC 3339 to the second, in UTC, is described; \
             string, looks like RFC 3339 with a fraction or an offset came",
        ),
    ] {
        assert_eq!(of_box(members.clone()), [expected], "{members}");
    }
    let wrapped = findings(json!({"data": {"boxes": [], "total": 0}, "requestId": "r"}));
    assert_eq!(wrapped, ["Inside data: contains the whole response"]);
}

#[test]
fn what_no_source_has_is_a_difference() {
    for (members, expected) in [
        (
            json!({"size": 1.5}),
            "OtherType boxes[].size: integer is described; number came",
        ),
        (
            json!({"size": "x"}),
            "OtherType boxes[].size: integer is described; string came",
        ),
        (
            json!({"weight": "1"}),
            "OtherType boxes[].weight: number is described; string of digits came",
        ),
        (
            json!({"open": 1}),
            "OtherType boxes[].open: boolean is described; integer came",
        ),
        (
            json!({"labels": ""}),
            "OtherType boxes[].labels: object is described; string, empty came",
        ),
        (
            json!({"labels": {"a": 1}}),
            "OtherType boxes[].labels.*: string is described; integer came",
        ),
        (
            json!({"parts": {}}),
            "OtherType boxes[].parts: list is described; object, empty came",
        ),
        (
            json!({"parts": [{"id": null}]}),
            "MissingMember boxes[].parts[].id: null; every response has it",
        ),
        (
            json!({"spec": {"state": 1, "id": "a"}}),
            "OtherType boxes[].spec.state: string is described; integer came",
        ),
        (
            json!({"state": "Evicted"}),
            "UnknownValue boxes[].state: `Evicted` is not described",
        ),
        (
            json!({"state": "running"}),
            "UnknownValue boxes[].state: `Running` in other capitals",
        ),
        (
            json!({"state": "zhangsan"}),
            "UnknownValue boxes[].state: a text of 8 characters (small letters), not shown is not described",
        ),
        (
            json!({"code": 12}),
            "UnknownValue boxes[].code: code 12 is not described",
        ),
        (
            json!({"code": 123_456}),
            "UnknownValue boxes[].code: a large number is not described",
        ),
        (
            json!({"createdAt": 1_760_000_000_000_i64}),
            "TimeFormat boxes[].createdAt: Unix time in seconds is described; \
             integer, looks like Unix time in milliseconds came",
        ),
        (
            json!({"expires": "2026-08-20 00:00:00"}),
            "TimeFormat boxes[].expires: RFC 3339 to the second, in UTC, is described; \
             string, date and time with a space came",
        ),
        (
            json!({"foreign": 1}),
            "UnknownMember boxes[]/foreign: integer",
        ),
        (
            json!({"created_at": 1}),
            "UnknownMember boxes[]/created_at: integer; `createdAt` in another spelling",
        ),
        (
            json!({"张三": 1}),
            "UnknownMember boxes[]: members whose names may reveal something and are not shown",
        ),
    ] {
        assert_eq!(of_box(members.clone()), [expected], "{members}");
    }
}

#[test]
fn pages_are_counted_and_held_against_the_whole() {
    let box_ = json!({"id": "b"});
    assert_eq!(
        findings(json!({"boxes": [box_, box_], "total": 1})),
        ["Count total: counts fewer items than the page has"]
    );
    assert_eq!(
        findings(json!({"boxes": [{}], "total": 1})),
        ["MissingMember boxes[].id: every response has it"]
    );
    assert_eq!(
        findings(json!([])),
        ["OtherType : an object is described; list, empty came"]
    );
}

#[test]
fn keys_are_not_taken_for_members() {
    // A list that was sent as an object with names as keys, so that all its members are unknown.
    let page = findings(json!({"boxes": [{"zhangsan": 1}], "total": 1}));
    assert_eq!(
        page,
        [
            "UnknownMember boxes[]: members whose names may reveal something and are not shown",
            "MissingMember boxes[].id: every response has it",
        ]
    );
    let many = json!({"wanga": 1, "wangb": 1, "wangc": 1, "wangd": 1, "wange": 1, "wangf": 1});
    assert_eq!(
        of_box(many),
        ["UnknownMember boxes[]: members whose names may reveal something and are not shown"]
    );
}
