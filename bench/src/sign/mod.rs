//! Measures the cost of a signature, and compares it with that of its HMACs:
//! `cargo xtask bench sign`.
//!
//! A run consists of many rounds. In each round, every compared operation runs for a few
//! milliseconds. The ratio of two operations in a run is the median of their ratios in its rounds;
//! the median of three runs is printed.
//!
//! The cost of a signature includes freeing everything that it has allocated: it is the time for
//! signing and dropping a batch of request heads, minus the time for dropping as many unsigned
//! heads. Each batch is built just before it is measured. The result of a round is the median of
//! its batches, so a single interruption does not change it by much.

mod floor;
mod midstates;
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
use crate::rounds::{Runs, median};
use floor::Floor;
use requests::{NOW, Request, long_term, session, usable};

/// The number of rounds in one run.
const ROUNDS: usize = 40;
/// The time for which each compared operation runs in a round.
const SHARE: Duration = Duration::from_millis(4);
/// The number of request heads in a batch. It is so small that all heads of a batch remain in the
/// first-level cache of the processor.
const BATCH: u32 = 16;

const GET_AT_MOST: f64 = 1.85;
const GET_ACCEPTED: f64 = 1.90;
const FIRST_AT_MOST: f64 = 1.50;
const POST_AT_MOST: f64 = 3.5;
const MOST_ALLOCATIONS: f64 = 2.0;

/// The index of the operation that computes one HMAC, among the compared operations. The next
/// constants are the indexes of the other operations.
const ONE_HMAC: usize = 0;
const TWO_HMACS: usize = 1;
const GET: usize = 2;
const FIRST_OF_SECOND: usize = 3;
const POST: usize = 4;
const PRESIGN: usize = 5;
const VERIFY: usize = 6;
const SHARED: usize = 7;
const APART: usize = 8;
const FASTEST: usize = 9;
const OVER_POST: usize = 10;
const CONTESTANTS: usize = 11;

/// Measures all compared operations, and prints
/// `sign get X.XXx of one hmac, first-of-second Y.YYx of two, allocs N` as the last line.
pub(crate) fn run() -> Result<Vec<Row>, String> {
    let (signer, other) = (Signer::default(), Signer::default());
    let (credentials, others) = (long_term(), long_term());
    let session = session();
    let (list, create) = (Request::list(), Request::create());
    let mut signed = list.head();
    let signature = usable(signer.sign(&mut signed, &credentials, NOW));
    let floor = floor_of(&signature, &credentials)?;
    let posted = usable(signer.sign(&mut create.head(), &session, NOW));
    let post_floor = floor_of(&posted, &session)?;
    println!(
        "canonical request of {} bytes, {} of the POST; the HMACs are those of ring; medians of three runs",
        signature.canonical_request().len(),
        posted.canonical_request().len()
    );

    let mut second = NOW;
    let runs = Runs::<CONTESTANTS>::run(ROUNDS, |contestant| {
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
            FASTEST => repeated(|| floor.fastest()),
            OVER_POST => repeated(|| post_floor.one()),
            SHARED => threads::two(&list, [(&signer, &credentials); 2]),
            _ => threads::two(&list, [(&signer, &credentials), (&other, &others)]),
        };
        Ok::<_, Infallible>(figure)
    });
    let Ok(runs) = runs;
    let allocations = allocations()?;
    let rows = rows(&runs, &allocations);
    crate::report::print(&rows);
    println!(
        "sign get {:.2}x of one hmac, first-of-second {:.2}x of two, allocs {}",
        runs.ratio(GET, ONE_HMAC).median,
        runs.ratio(FIRST_OF_SECOND, TWO_HMACS).median,
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
    let hex = |tag: &[u8]| -> String { tag.iter().map(|byte| format!("{byte:02x}")).collect() };
    let (one, two, fastest) = (floor.one(), floor.two(), floor.fastest());
    for digest in [hex(one.as_ref()), hex(two.as_ref()), hex(&fastest)] {
        if digest != signature.signature() {
            return Err("the minimal signer makes another signature".to_owned());
        }
    }
    Ok(floor)
}

fn rows(runs: &Runs<CONTESTANTS>, allocations: &[u32; 2]) -> Vec<Row> {
    let beside =
        |name: &str, ours, baseline_name, baseline, limits: Option<(f64, Option<f64>)>| Row {
            name: name.to_owned(),
            unit: "ns",
            ours: runs.figure(ours),
            baseline: Some((baseline_name, runs.figure(baseline))),
            goal: limits.map_or(Goal::None, |(at_most, accepted)| Goal::Ratio {
                measured: runs.ratio(ours, baseline).median,
                at_most,
                accepted,
            }),
        };
    let of_one = |name, ours, limits| beside(name, ours, "one HMAC", ONE_HMAC, limits);
    let of_two = |name, ours, limits| beside(name, ours, "two HMACs", TWO_HMACS, limits);
    let count = |name: &str, allocations, goal| Row {
        name: name.to_owned(),
        unit: "allocations",
        ours: Figure::exact(f64::from(allocations)),
        baseline: None,
        goal,
    };
    vec![
        of_one("sign a GET", GET, Some((GET_AT_MOST, Some(GET_ACCEPTED)))),
        of_two(
            "first of a second",
            FIRST_OF_SECOND,
            Some((FIRST_AT_MOST, None)),
        ),
        of_one("sign a POST with token", POST, Some((POST_AT_MOST, None))),
        count("sign a GET", allocations[0], Goal::AtMost(MOST_ALLOCATIONS)),
        count("sign a POST with token", allocations[1], Goal::None),
        of_one("the fastest HMAC", FASTEST, None),
        of_one("an HMAC over the POST", OVER_POST, None),
        of_one("pre-sign a GET", PRESIGN, None),
        of_two("verify a GET", VERIFY, None),
        beside("2 threads, one signer", SHARED, "one each", APART, None),
    ]
}

/// Returns the nanoseconds per call of `work`, including dropping its result.
fn repeated<T>(mut work: impl FnMut() -> T) -> f64 {
    batches(|| {
        let started = Instant::now();
        for _ in 0..BATCH {
            black_box(work());
        }
        nanoseconds(started.elapsed())
    })
}

/// Returns the nanoseconds per signature.
fn signing(
    request: &Request,
    signer: &Signer,
    credentials: &Credentials,
    mut now: impl FnMut() -> OffsetDateTime,
) -> f64 {
    batches(|| batch(request, signer, credentials, &mut now))
}

/// Returns the median of the time per operation, over the batches that can be run within `SHARE`.
fn batches(mut batch: impl FnMut() -> f64) -> f64 {
    let started = Instant::now();
    let mut all = Vec::new();
    while started.elapsed() < SHARE {
        all.push(batch() / f64::from(BATCH));
    }
    median(all)
}

/// Signs one batch, and returns the nanoseconds that this takes, minus those for dropping as many
/// unsigned heads.
fn batch(
    request: &Request,
    signer: &Signer,
    credentials: &Credentials,
    mut now: impl FnMut() -> OffsetDateTime,
) -> f64 {
    let heads = || (0..BATCH).map(|_| request.head()).collect::<Vec<Parts>>();
    let signed = heads();
    let started = Instant::now();
    for mut head in signed {
        black_box(usable(signer.sign(&mut head, credentials, now())));
        black_box(&head);
    }
    let with = started.elapsed();
    let unsigned = heads();
    let started = Instant::now();
    for head in unsigned {
        black_box(&head);
    }
    nanoseconds(with) - nanoseconds(started.elapsed())
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// Returns the number of allocations of signing a GET and a POST. A separate program counts them.
fn allocations() -> Result<[u32; 2], String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = "run --quiet --profile bench --package bench --bin allocations";
    let counted = Command::new(cargo)
        .args(arguments.split(' '))
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    let text = String::from_utf8_lossy(&counted.stdout);
    let counts: Option<Vec<u32>> = text.lines().map(|line| line.parse().ok()).collect();
    match counts.as_deref() {
        Some(&[get, post]) => Ok([get, post]),
        _ => Err("cannot count the allocations".to_owned()),
    }
}
