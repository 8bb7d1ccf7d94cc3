//! Runs the targets of the fuzzers without a fuzzer. The inputs of each target are its files in
//! `fuzz/inputs`, generated inputs, most of which are derived from golden data, and a thousand
//! randomly changed copies of all of these. The inputs are the same in every run; `cargo xtask
//! fuzz` searches further.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use fastrand::Rng;

/// The number of inputs that are generated for a target.
const MADE: usize = 1_000;

/// The maximum length of an input in bytes, as in `cargo xtask fuzz`.
const LONGEST: usize = 4096;

/// Byte sequences that are inserted into inputs: some have a meaning in a format, and two are not
/// valid UTF-8.
const PIECES: [&[u8]; 24] = [
    b"\n",
    b"\r\n",
    b"\n\n",
    b"%",
    b"%2f",
    b"%00",
    b"&",
    b"=",
    b"?",
    b"/",
    b":",
    b",",
    b";",
    b"\"",
    b"\\u",
    b"{",
    b"[",
    b"null",
    b"-1",
    b"1e99",
    b"x-bce-",
    b"authorization",
    b"\xff",
    b"\xe5\xbc",
];

macro_rules! targets {
    ($($target:ident)*) => {
        const TARGETS: &[&str] = &[$(stringify!($target)),*];

        $(
            #[test]
            fn $target() {
                let inputs = fuzz::inputs(stringify!($target)).unwrap();
                attack(&inputs, MADE, fuzz::target::$target::run);
            }
        )*
    };
}

targets! { canonical emulator encode endpoint mask profile response verifier }

/// Calls the target with each of the inputs, and then with `made` randomly changed copies of them.
fn attack(inputs: &[Vec<u8>], made: usize, target: fn(&[u8])) {
    assert!(!inputs.is_empty(), "there is nothing to begin with");
    let mut rng = Rng::with_seed(0);
    let more = (0..made).map(|_| mutated(inputs, &mut rng));
    for input in inputs.iter().cloned().chain(more) {
        let tried = catch_unwind(AssertUnwindSafe(|| target(&input)));
        assert!(tried.is_ok(), "the input is b\"{}\"", input.escape_ascii());
    }
}

/// Returns a copy of one of the inputs with a few random changes.
fn mutated(inputs: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut input = rng.choice(inputs).unwrap().clone();
    for _ in 0..rng.usize(1..=4) {
        let (start, end) = (rng.usize(0..=input.len()), rng.usize(0..=input.len()));
        let range = start.min(end)..start.max(end).min(start.min(end) + 64);
        match rng.u8(0..6) {
            0 => input.drain(range).for_each(drop),
            1 => {
                let again = input[range].to_vec();
                input.splice(start..start, again).for_each(drop);
            }
            2 => {
                let piece = rng.choice(PIECES).unwrap();
                input
                    .splice(start..start, piece.iter().copied())
                    .for_each(drop);
            }
            3 => {
                let other = rng.choice(inputs).unwrap();
                input.truncate(start);
                input.extend(&other[rng.usize(0..=other.len())..]);
            }
            4 => input[range].iter_mut().for_each(|byte| *byte = rng.u8(..)),
            _ => {
                if let Some(byte) = input.get_mut(start) {
                    *byte ^= 1 << rng.u8(0..8);
                }
            }
        }
    }
    input.truncate(LONGEST);
    input
}

#[test]
#[should_panic(expected = "the input is b\"GET\\n\\xff\"")]
fn an_input_that_fails_is_shown() {
    attack(&[b"GET\n\xff".to_vec()], 0, |input| {
        assert!(input.is_ascii())
    });
}

#[test]
fn what_chance_makes_is_the_same_each_time_and_of_every_kind() {
    let seeds = [b"a=1&b=2".to_vec(), b"c=3".to_vec()];
    let made = || {
        let mut rng = Rng::with_seed(0);
        let made = (0..MADE).map(|_| mutated(&seeds, &mut rng));
        made.collect::<BTreeSet<_>>()
    };
    assert_eq!(made(), made());
    assert!(made().len() > MADE / 2, "{}", made().len());
    let begins_and_ends = |input: &Vec<u8>| input.starts_with(b"a=1") && input.ends_with(b"c=3");
    assert!(made().iter().any(begins_and_ends), "two have become one");
    let holds_piece = |input: &Vec<u8>| input.windows(4).any(|part| part == b"null");
    assert!(made().iter().any(holds_piece));
    assert!(made().iter().any(|input| input.len() > 20));
}

/// Tests that every fuzz target occurs in the folder of targets, in the manifest, in the CI
/// workflow and in `cargo xtask fuzz`. A target that is missing from one of them would not be run
/// there.
#[test]
fn every_target_is_in_every_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let files = fs::read_dir(root.join("fuzz/fuzz_targets")).unwrap();
    let files: BTreeSet<_> = files
        .map(|file| file.unwrap().path().file_stem().unwrap().to_owned())
        .collect();
    assert_eq!(files, TARGETS.iter().map(|name| (*name).into()).collect());
    let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
    let workflow = fs::read_to_string(root.join(".github/workflows/audit.yml")).unwrap();
    let task = fs::read_to_string(root.join("xtask/src/fuzz.rs")).unwrap();
    for target in TARGETS {
        assert!(
            manifest.contains(&format!("name = \"{target}\"")),
            "{target}"
        );
        assert!(task.contains(&format!("\"{target}\"")), "{target}");
    }
    let matrix = format!("target: [{}]", TARGETS.join(", "));
    assert!(workflow.contains(&matrix), "{matrix}");
}
