//! Response bodies that are designed to take up memory and time.

use std::fmt;

/// A kind of response body: one piece that is repeated many times between a beginning and an end.
#[derive(Clone, Copy)]
pub struct HostileBody {
    /// A short description of this kind of body.
    pub name: &'static str,
    before: &'static str,
    /// The piece that is repeated. In it, `@` stands for a number of eight digits, which increases
    /// with each repetition.
    piece: &'static [u8],
    after: &'static str,
}

impl HostileBody {
    /// Returns a body of this kind that is close to this length in bytes, but not longer.
    pub fn of_length(&self, length: usize) -> Vec<u8> {
        let mut body = Vec::with_capacity(length);
        body.extend_from_slice(self.before.as_bytes());
        let mut number = 0;
        // A number is longer than the `@` in its place.
        while body.len() + self.piece.len() + 8 + self.after.len() <= length {
            for byte in self.piece {
                match byte {
                    b'@' => body.extend_from_slice(format!("{number:08}").as_bytes()),
                    byte => body.push(*byte),
                }
            }
            number += 1;
        }
        body.extend_from_slice(self.after.as_bytes());
        body
    }
}

impl fmt::Debug for HostileBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

const fn body(
    name: &'static str,
    before: &'static str,
    piece: &'static [u8],
    after: &'static str,
) -> HostileBody {
    HostileBody {
        name,
        before,
        piece,
        after,
    }
}

/// Kinds of bodies that tests use as the response to any operation.
pub const ANYWHERE: &[HostileBody] = &[
    body("unused numbers", r#"{"x":["#, b"0,", "0]}"),
    body("unused lists", r#"{"x":["#, b"[],", "0]}"),
    body("unused objects", r#"{"x":["#, br#"{"":{}},"#, "0]}"),
    body("unused texts", r#"{"x":["#, br#""","#, "0]}"),
    body(
        "unused nested lists",
        r#"{"x":["#,
        b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],",
        "0]}",
    ),
    body("lists without end", r#"{"x":"#, b"[", ""),
    body("objects without end", "", br#"{"x":"#, ""),
    body("a plain text", r#"{"x":""#, b"a", r#""}"#),
    body("a text of escapes", r#"{"x":""#, br"\n", r#""}"#),
    body("a text of long escapes", r#"{"x":""#, br"\u0041", r#""}"#),
    body(
        "a text of surrogates",
        r#"{"x":""#,
        br"\ud83d\ude00",
        r#""}"#,
    ),
    body(
        "a text of lone surrogates",
        r#"{"x":""#,
        br"\ud800",
        r#""}"#,
    ),
    body("a text in Chinese", r#"{"x":""#, "机".as_bytes(), r#""}"#),
    body("a text of invalid UTF-8", r#"{"x":""#, b"\xff", r#""}"#),
    body(
        "a text of which half is invalid UTF-8",
        r#"{"x":""#,
        b"a\xff",
        r#""}"#,
    ),
    body(
        "a text of which a third is invalid UTF-8, with escapes",
        r#"{"x":"\n"#,
        b"aa\xff",
        r#"\n"}"#,
    ),
    body("a text without end", r#"{"x":""#, b"a", ""),
    body("a name", r#"{""#, b"a", r#"":0}"#),
    body("a name of escapes", r#"{""#, br"\n", r#"":0}"#),
    body("a number", r#"{"x":"#, b"1", "}"),
    body("a fraction", r#"{"x":0."#, b"1", "}"),
    body("an exponent", r#"{"x":1e"#, b"0", "1}"),
    body("blanks", "{", b" ", "}"),
    body("one member", "{", br#""":0,"#, r#""":0}"#),
    body("members", "{", br#""@":0,"#, r#""":0}"#),
    body("doubled members", r#"{"x":["#, br#"{"":0,"":0},"#, "0]}"),
    body(
        "doubled members of a text",
        "{",
        br#""x":"","#,
        r#""x":""}"#,
    ),
    body("a list", "[", b"{},", "{}]"),
    body("a page", "<html>", b"<p>\"{\\ud800", "</html>"),
    body("invalid JSON after a brace", "{", b"{\"", ""),
    body("zeros", "", b"\0", ""),
    body(
        "request ids",
        "{",
        br#""requestId":"r","#,
        r#""requestId":"r"}"#,
    ),
    body("a request id", r#"{"requestId":""#, b"r", r#""}"#),
    body(
        "a request id of escapes",
        r#"{"requestId":""#,
        br"\t",
        r#""}"#,
    ),
    body("a list for a request id", r#"{"requestId":["#, b"0,", "0]}"),
    body("codes", "{", br#""code":"A","#, r#""code":"B"}"#),
    body("a code", r#"{"code":""#, b"A", r#""}"#),
    body("a code of escapes", r#"{"code":""#, br"\u0041", r#""}"#),
    body("a code of invalid UTF-8", r#"{"code":""#, b"A\xff", r#""}"#),
    body("a list for a code", r#"{"code":["#, b"[],", "0]}"),
    body(
        "an object for a code",
        r#"{"code":{"#,
        br#""@":0,"#,
        r#""":0}}"#,
    ),
    body("a message", r#"{"code":"A","message":""#, b"m", r#""}"#),
    body(
        "a message of escapes",
        r#"{"code":"A","message":"\n"#,
        "机\\n".as_bytes(),
        r#""}"#,
    ),
    body(
        "a message of invalid UTF-8",
        r#"{"code":"A","message":""#,
        b"m\xff",
        r#""}"#,
    ),
    body(
        "an object for a message",
        r#"{"code":"A","message":{"#,
        br#""@":[],"#,
        r#""":0}}"#,
    ),
    body(
        "a code after much else",
        r#"{"x":["#,
        b"0,",
        r#"0],"code":"A"}"#,
    ),
];

/// Kinds of bodies that resemble a list of dev instances.
pub const INSTANCES: &[HostileBody] = &[
    body("instances", r#"{"devInstances":["#, b"{},", "{}]}"),
    body(
        "instances, followed by much else",
        r#"{"devInstances":[{}],"x":["#,
        b"{},",
        "{}]}",
    ),
    body("no instances", r#"{"devInstances":["#, b"null,", "null]}"),
    body(
        "instances with sizes",
        r#"{"devInstances":["#,
        br#"{"resources":{}},"#,
        "{}]}",
    ),
    body(
        "instances with ids",
        r#"{"devInstances":["#,
        br#"{"id":"dv-@","name":"a\tb"},"#,
        "{}]}",
    ),
    body(
        "instances, doubled",
        r#"{"devInstances":["#,
        br#"{"id":"","id":""},"#,
        "{}]}",
    ),
    body(
        "instances, misspelt",
        r#"{"devInstances":["#,
        br#"{"id":"\ud800"},"#,
        "{}]}",
    ),
    body(
        "values that are not instances",
        r#"{"devInstances":["#,
        b"{\"id\":\"\xff\"},",
        "{}]}",
    ),
    body(
        "instances, and one wrong",
        r#"{"devInstances":["#,
        b"{},",
        r#"{"id":[]}]}"#,
    ),
    body(
        "an instance, wrong at the end",
        r#"{"devInstances":[{"x":["#,
        b"0,",
        r#"0],"id":[]}]}"#,
    ),
];

/// Kinds of bodies that resemble a list of events.
pub const EVENTS: &[HostileBody] = &[
    body("events", r#"{"events":["#, b"{},", "{}]}"),
    body(
        "events with reasons",
        r#"{"events":["#,
        br#"{"reason":"r","count":"1"},"#,
        "{}]}",
    ),
    body(
        "events with a long reason",
        r#"{"events":[{"reason":""#,
        br"\n",
        r#""}]}"#,
    ),
];

/// Kinds of bodies that resemble the description of an instance.
pub const DETAIL: &[HostileBody] = &[
    body(
        "volumes",
        r#"{"devInstance":{"conf":{"volumnConfs":["#,
        b"{},",
        "{}]}}}",
    ),
    body(
        "volumes of both kinds",
        r#"{"devInstance":{"conf":{"volumnConfs":["#,
        br#"{"volumeType":null,"volumnType":1e300},"#,
        "{}]}}}",
    ),
    body(
        "a list for a kind of volume",
        r#"{"devInstance":{"conf":{"volumnConfs":[{"volumeType":["#,
        b"0,",
        "0]}]}}}",
    ),
    body(
        "a long kind of volume",
        r#"{"devInstance":{"conf":{"volumnConfs":[{"volumeType":"\n"#,
        b"a",
        r#"\n"}]}}}"#,
    ),
    body(
        "lists of volumes",
        r#"{"devInstance":{"conf":{"volumnConfs":["#,
        br#"{"dataset":{"pfs":{"mountTargetId":[""]}}},"#,
        "{}]}}}",
    ),
    body(
        "ports",
        r#"{"devInstance":{"conf":{"access":{"portInfo":["#,
        b"{},",
        "{}]}}}}",
    ),
    body(
        "variables",
        r#"{"devInstance":{"conf":{"envs":{"#,
        br#""@":"","#,
        r#""":""}}}}"#,
    ),
    body(
        "one variable",
        r#"{"devInstance":{"conf":{"envs":{"#,
        br#""a":"","#,
        r#""":""}}}}"#,
    ),
    body(
        "no variables",
        r#"{"devInstance":{"conf":{"envs":{"#,
        br#""":null,"#,
        r#""":""}}}}"#,
    ),
    body(
        "variables, and one wrong",
        r#"{"devInstance":{"conf":{"envs":{"#,
        br#""@":"","#,
        r#""":[]}}}}"#,
    ),
    body(
        "a variable with a long name",
        r#"{"devInstance":{"conf":{"envs":{"\n"#,
        b"a",
        r#"":[]}}}}"#,
    ),
    body(
        "a list for a scope",
        r#"{"devInstance":{"visisbleScope":["#,
        b"0,",
        "0]}}",
    ),
    body(
        "lists for a scope",
        r#"{"devInstance":{"visisbleScope":["#,
        b"[[0]],",
        "0]}}",
    ),
    body(
        "a large scope",
        r#"{"devInstance":{"visisbleScope":{"#,
        br#""@":{"":0},"#,
        r#""":0}}}"#,
    ),
    body(
        "scopes",
        r#"{"devInstance":{"#,
        br#""visisbleScope":null,"#,
        r#""id":""}}"#,
    ),
];
