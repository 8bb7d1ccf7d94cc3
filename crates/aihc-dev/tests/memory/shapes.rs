//! Tests of the memory that reading random responses takes. Their bodies are designed to take up
//! memory.

use bytes::Bytes;
use proptest::prelude::*;

use crate::calls::{Call, Limit};
use crate::{bound, read};

const LENGTH: usize = if cfg!(debug_assertions) {
    300 << 10
} else {
    4 << 20
};

/// Names of JSON members: some are read by an operation, the others by none.
const NAMES: &[&str] = &[
    "code",
    "message",
    "requestId",
    "devInstances",
    "totalCount",
    "events",
    "devInstance",
    "conf",
    "volumnConfs",
    "volumeType",
    "volumnType",
    "envs",
    "access",
    "portInfo",
    "dataset",
    "pfs",
    "mountTargetId",
    "visisbleScope",
    "visibleScope",
    "id",
    "resources",
    "image",
    "x",
    "",
    "\\u0069d",
    "\\ud800",
];

const SCALARS: &[&str] = &[
    "null",
    "0",
    "1e300",
    "true",
    "\"\"",
    "\"a\"",
    "\"\\n\"",
    "\"\\ud800\"",
    "\"机\"",
];

/// Generates JSON values: scalars from `SCALARS`, and lists and objects of them, nested up to five
/// levels deep.
fn value() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(SCALARS).prop_map(str::to_owned);
    scalar.prop_recursive(5, 24, 4, |inner| {
        let name = prop::sample::select(NAMES);
        let member = (name, inner.clone()).prop_map(|(name, value)| format!("\"{name}\":{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec(member, 0..4).prop_map(|all| format!("{{{}}}", all.join(","))),
        ]
    })
}

/// Generates the beginning and the end of a document, between which a list or an object is
/// inserted.
fn way() -> impl Strategy<Value = (String, String)> {
    let step = prop_oneof![
        prop::sample::select(NAMES).prop_map(|name| (format!("{{\"{name}\":"), "}".to_owned())),
        Just(("[".to_owned(), "]".to_owned())),
    ];
    prop::collection::vec(step, 0..4).prop_map(|steps| {
        let before = steps.iter().map(|(before, _)| before.as_str()).collect();
        let after = steps
            .iter()
            .rev()
            .map(|(_, after)| after.as_str())
            .collect();
        (before, after)
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop::sample::select(vec![&b""[..], b"\xff", b" ", b"\\", b"\""]);
    let shape = (
        way(),
        value(),
        prop::sample::select(NAMES),
        any::<bool>(),
        noise,
    );
    shape.prop_map(|((before, after), value, name, in_list, noise)| {
        let (open, piece, close) = match in_list {
            true => ("[", format!("{value},"), "0]"),
            false => ("{", format!("\"{name}\":{value},"), "\"\":0}"),
        };
        let count = LENGTH / piece.len();
        let mut body = format!("{{\"devInstance\":{before}{open}").into_bytes();
        body.extend_from_slice(piece.repeat(count / 2).as_bytes());
        body.extend_from_slice(noise);
        body.extend_from_slice(piece.repeat(count / 2).as_bytes());
        body.extend_from_slice(format!("{close}{after}}}").as_bytes());
        // Half of them are about something else.
        match count % 2 {
            0 => body,
            _ => [
                &body[..2],
                b"evInstances\":[{\"x",
                &body[b"{\"devInstance".len()..],
                b"]}",
            ]
            .concat(),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn no_shape_takes_more_than_it_may(
        body in body(),
        call in prop::sample::select(&[Call::List, Call::Detail, Call::Stop, Call::Events][..]),
        status in prop::sample::select(&[200u16, 400][..]),
        limit in prop::sample::select(&[Limit::Far, Limit::Near][..]),
    ) {
        let body = Bytes::from(body);
        let reading = read(call, limit, status, &body);
        prop_assert!(reading.peak <= bound(body.len()), "{} MiB", reading.peak >> 20);
    }
}
