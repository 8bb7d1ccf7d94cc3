//! What a signature costs beside its HMACs: `cargo xtask bench sign`.
//!
//! A round gives every contestant a few milliseconds in turn, and a ratio is the median of the
//! rounds' ratios. A signature is counted from the call to the end of all that it left behind: the
//! time of signing and dropping a batch of heads, less the time of dropping the same heads unsigned.
//! Heads are built outside of both times.

mod floor;
mod requests;
mod threads;

use std::convert::Infallible;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use bce_auth::{Credentials, Signer, Verifier};
use http::request::Parts;
use time::OffsetDateTime;

use crate::report::{Figure, Goal, Row};
use crate::rounds::Rounds;
use floor::Floor;
use requests::{NOW, Request, long_term, session, usable};

const ROUNDS: usize = 60;
/// How long a contestant runs in a round.
const SHARE: Duration = Duration::from_millis(4);
/// So few heads at a time that they stay in the nearest cache.
const BATCH: u32 = 16;

const MOST_TIMES_THE_FLOOR: f64 = 1.6;
const MOST_ALLOCATIONS: f64 = 2.0;

/// The contestants of a round.
const ONE_HMAC: usize = 0;
const TWO_HMACS: usize = 1;
const GET: usize = 2;
const FIRST_OF_SECOND: usize = 3;
const POST: usize = 4;
const PRESIGN: usize = 5;
const VERIFY: usize = 6;
const SHARED: usize = 7;
const APART: usize = 8;
const CONTESTANTS: usize = 9;

/// Measures; the last line is `sign get X.XXx of one hmac, first-of-second Y.YYx of two, allocs N`.
pub(crate) fn run() -> Result<Vec<Row>, String> {
    let (signer, other) = (Signer::default(), Signer::default());
    let (credentials, others) = (long_term(), long_term());
    let session = session();
    let (list, create) = (Request::list(), Request::create());
    let mut signed = list.head();
    let signature = usable(signer.sign(&mut signed, &credentials, NOW));
    let floor = floor_of(&signature, &credentials)?;
    println!(
        "canonical request of {} bytes; the HMACs are those of ring",
        signature.canonical_request().len()
    );

    let mut second = NOW;
    let rounds = Rounds::<CONTESTANTS>::run(ROUNDS, |contestant| {
        let figure = match contestant {
            ONE_HMAC => repeated(|| floor.one()),
            TWO_HMACS => repeated(|| floor.two()),
            GET => signing(&list, &signer, &credentials, || NOW),
            FIRST_OF_SECOND => signing(&list, &signer, &credentials, || {
                second += Duration::from_secs(1);
                second
            }),
            POST => signing(&create, &signer, &session, || NOW),
            PRESIGN => {
                let head = list.head();
                repeated(|| signer.presign(&head, &credentials, NOW))
            }
            VERIFY => {
                repeated(|| Verifier::new().verify(&signed, NOW, |_| Some(credentials.clone())))
            }
            SHARED => threads::two(&list, [(&signer, &credentials); 2]),
            _ => threads::two(&list, [(&signer, &credentials), (&other, &others)]),
        };
        Ok::<_, Infallible>(figure)
    });
    let Ok(rounds) = rounds;
    let allocations = allocations()?;
    let rows = rows(&rounds, &allocations);
    crate::report::print(&rows);
    println!(
        "sign get {:.2}x of one hmac, first-of-second {:.2}x of two, allocs {}",
        rounds.ratio(GET, ONE_HMAC),
        rounds.ratio(FIRST_OF_SECOND, TWO_HMACS),
        allocations[0]
    );
    Ok(rows)
}

fn floor_of(signature: &bce_auth::Signature, credentials: &Credentials) -> Result<Floor, String> {
    let authorization = signature.authorization();
    let names = format!("/{}/", signature.signed_headers());
    let (prefix, _) = authorization.split_once(&names).ok_or("no names")?;
    let secret = credentials.secret_access_key().expose();
    let floor = Floor::new(secret, prefix, signature.canonical_request());
    let hex = |tag: ring::hmac::Tag| -> String {
        let bytes = tag.as_ref().iter();
        bytes.map(|byte| format!("{byte:02x}")).collect()
    };
    for digest in [hex(floor.one()), hex(floor.two())] {
        if digest != signature.signature() {
            return Err("the floor makes another signature".to_owned());
        }
    }
    Ok(floor)
}

fn rows(rounds: &Rounds<CONTESTANTS>, allocations: &[u32; 2]) -> Vec<Row> {
    let beside = |name: &str, ours, baseline_name, baseline, goal| Row {
        name: name.to_owned(),
        unit: "ns",
        ours: rounds.figure(ours),
        baseline: Some((baseline_name, rounds.figure(baseline))),
        goal,
    };
    let limit = |ours, baseline| Goal::Ratio {
        measured: rounds.ratio(ours, baseline),
        at_most: MOST_TIMES_THE_FLOOR,
        accepted: None,
    };
    let count = |name: &str, allocations, goal| Row {
        name: name.to_owned(),
        unit: "allocations",
        ours: Figure::exact(f64::from(allocations)),
        baseline: None,
        goal,
    };
    let most = Goal::AtMost(MOST_ALLOCATIONS);
    vec![
        beside(
            "sign a GET",
            GET,
            "one HMAC",
            ONE_HMAC,
            limit(GET, ONE_HMAC),
        ),
        beside(
            "first of a second",
            FIRST_OF_SECOND,
            "two HMACs",
            TWO_HMACS,
            limit(FIRST_OF_SECOND, TWO_HMACS),
        ),
        count("sign a GET", allocations[0], most),
        count("sign a POST with token", allocations[1], Goal::None),
        beside(
            "sign a POST with token",
            POST,
            "one HMAC",
            ONE_HMAC,
            Goal::None,
        ),
        beside("pre-sign a GET", PRESIGN, "one HMAC", ONE_HMAC, Goal::None),
        beside("verify a GET", VERIFY, "two HMACs", TWO_HMACS, Goal::None),
        beside(
            "2 threads, one signer",
            SHARED,
            "one each",
            APART,
            Goal::None,
        ),
    ]
}

/// Nanoseconds per run of something that leaves nothing behind.
fn repeated<T>(mut work: impl FnMut() -> T) -> f64 {
    let started = Instant::now();
    let mut runs = 0;
    loop {
        for _ in 0..BATCH {
            black_box(work());
        }
        runs += BATCH;
        let elapsed = started.elapsed();
        if elapsed >= SHARE {
            return nanoseconds(elapsed) / f64::from(runs);
        }
    }
}

/// Nanoseconds per signature.
fn signing(
    request: &Request,
    signer: &Signer,
    credentials: &Credentials,
    mut now: impl FnMut() -> OffsetDateTime,
) -> f64 {
    let started = Instant::now();
    let (mut sum, mut signatures) = (0.0, 0);
    while started.elapsed() < SHARE {
        let (nanoseconds, count) = batch(request, signer, credentials, &mut now);
        sum += nanoseconds;
        signatures += count;
    }
    sum / f64::from(signatures)
}

/// Signs one batch: nanoseconds of all, and how many.
fn batch(
    request: &Request,
    signer: &Signer,
    credentials: &Credentials,
    mut now: impl FnMut() -> OffsetDateTime,
) -> (f64, u32) {
    let heads = || (0..BATCH).map(|_| request.head()).collect::<Vec<Parts>>();
    let (signed, unsigned) = (heads(), heads());
    let started = Instant::now();
    for mut head in signed {
        black_box(usable(signer.sign(&mut head, credentials, now())));
        black_box(&head);
    }
    let with = started.elapsed();
    let started = Instant::now();
    for head in unsigned {
        black_box(&head);
    }
    let without = started.elapsed();
    (nanoseconds(with) - nanoseconds(without), BATCH)
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// The allocations of a GET and of a POST, counted by a program of their own.
fn allocations() -> Result<[u32; 2], String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = "run --quiet --profile bench --package bench --bin allocations";
    let counted = Command::new(cargo)
        .args(arguments.split(' '))
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    let text = String::from_utf8_lossy(&counted.stdout);
    let counts: Option<Vec<u32>> = text.lines().map(|line| line.parse().ok()).collect();
    match counts.as_deref() {
        Some(&[get, post]) => Ok([get, post]),
        _ => Err("the allocations cannot be counted".to_owned()),
    }
}
