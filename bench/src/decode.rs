//! Measures the time from the bytes of a 200 response to the typed response, and compares it with
//! the code that serde derives: `cargo xtask bench decode`.
//!
//! Our part is everything that the client does with a response after it has arrived: it searches
//! for an error, checks that the response comes from the service, reads the types, and finds the
//! request id. This work is done by the future of the `Decode` layer and by `Reply::decode`. The
//! call that creates the future is not measured, since the client makes it before the response
//! arrives.
//!
//! The baseline checks that the bytes are UTF-8, as `from_str` requires, and reads the same members
//! into the derived types in `bench/src/call/contestant/model.rs`. It does not look for errors,
//! does not limit memory, and refuses numbers that are strings. Both receive the response with its
//! headers, and drop it and their result, since freeing memory takes time as well as allocating it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::time::{Duration, Instant};

use aihc_dev::model::ListDevInstancesResponse;
use bce_http::layer::{Decode, Reply};
use bce_http::rt::Operation;
use bce_http::{Error, Idempotency};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use http::{HeaderValue, Method, Request, Response};
use tower::{Layer as _, Service};

use crate::call::model::List;
use crate::list_server;
use crate::report::{self, Goal, Row};
use crate::rounds::Runs;

/// The number of rounds in each run.
const ROUNDS: usize = 11;
/// The approximate number of instances that our code and the derived code each read in a round.
const INSTANCES: usize = 10_000;
const LARGE: usize = 10_000;
const PAGE: usize = 10;
const OURS: usize = 0;
const DERIVED: usize = 1;
/// The maximum ratio of the time that our code takes to the time that the code derived by serde
/// takes.
const AT_MOST: f64 = 1.0;
const ACCEPTED: f64 = 1.05;

static OPERATION: Operation = Operation::new(
    "aihc",
    "DescribeDevInstances",
    Method::GET,
    Idempotency::Safe,
)
.answered_with(&["devInstances", "totalCount"]);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the decoding of a page and of a large list of instances, and prints
/// `decode page X.XX of serde, large X.XX` as the last line.
pub(crate) fn run() -> std::result::Result<Vec<Row>, String> {
    measure().map_err(|error| error.to_string())
}

fn measure() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, instances) in [("page of 10", PAGE), ("list of 10,000", LARGE)] {
        let answer = answer(instances)?;
        compare(&answer)?;
        let runs = Runs::<2>::run(ROUNDS, |contestant| {
            let times = INSTANCES.div_ceil(instances);
            match contestant {
                OURS => ours(&answer, times),
                _ => derived(&answer, times),
            }
        })?;
        rows.push(Row {
            name: format!("decode, {name}"),
            unit: "us",
            ours: runs.figure(OURS),
            baseline: Some(("serde derive", runs.figure(DERIVED))),
            goal: Goal::Ratio {
                measured: runs.ratio(OURS, DERIVED).median,
                at_most: AT_MOST,
                accepted: Some(ACCEPTED),
            },
        });
    }
    report::print_rows(&rows);
    let ratio = |row: &Row| match row.goal {
        Goal::Ratio { measured, .. } => measured,
        _ => f64::NAN,
    };
    let [page, large] = [0, 1].map(|row| rows.get(row).map_or(f64::NAN, ratio));
    println!("decode page {page:.2} of serde, large {large:.2}");
    Ok(rows)
}

/// Decodes a page of instances with only our code or only the code that serde derives, for a
/// profiler.
pub(crate) fn alone(name: &str, times: &str) -> std::result::Result<(), String> {
    let decoded = || -> Result<f64> {
        let (answer, times) = (answer(PAGE)?, times.parse()?);
        match name {
            "ours" => ours(&answer, times),
            _ => derived(&answer, times),
        }
    };
    let micros = decoded().map_err(|error| error.to_string())?;
    println!("{micros:.2} us");
    Ok(())
}

/// Returns a response to a list call, with headers like those of the API.
fn answer(instances: usize) -> Result<Response<Bytes>> {
    let body = list_server::page(instances, 1, instances)?;
    let mut answer = Response::new(Bytes::from(body));
    let length = HeaderValue::from(answer.body().len());
    let headers = answer.headers_mut();
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    headers.insert(CONTENT_TYPE, json);
    let date = HeaderValue::from_static("Thu, 22 May 2025 01:18:20 GMT");
    headers.insert(DATE, date);
    let id = HeaderValue::from_static("05e631e6-fb55-4308-bfe1-e9848b8c95c1");
    headers.insert("x-bce-request-id", id);
    headers.insert(CONTENT_LENGTH, length);
    Ok(answer)
}

/// Checks that our code and the derived code read the same values.
fn compare(answer: &Response<Bytes>) -> Result<()> {
    let ours = read(layered(answer.clone()))?;
    let derived = read_derived(answer.clone())?;
    match serde_json::to_value(ours)? == serde_json::to_value(derived)? {
        true => Ok(()),
        false => Err("the two results differ".into()),
    }
}

/// Calls the `Decode` layer with a service that already has the response.
fn layered(answer: Response<Bytes>) -> impl Future<Output = std::result::Result<Reply, Error>> {
    let service = tower::service_fn(move |_: Request<()>| -> Ready<_> {
        ready(Ok::<_, Infallible>(answer.clone()))
    });
    let mut request = Request::new(());
    request.extensions_mut().insert(&OPERATION);
    Decode::new().layer(service).call(request)
}

#[inline(never)]
fn read(
    reply: impl Future<Output = std::result::Result<Reply, Error>>,
) -> Result<ListDevInstancesResponse> {
    let reply = reply
        .now_or_never()
        .ok_or("the response was not available at once")??;
    Ok(reply.decode()?)
}

#[inline(never)]
fn read_derived(answer: Response<Bytes>) -> Result<List> {
    Ok(serde_json::from_str(std::str::from_utf8(answer.body())?)?)
}

/// Returns the mean time of a decoding by our code, in microseconds.
fn ours(answer: &Response<Bytes>, times: usize) -> Result<f64> {
    timed(times, || layered(answer.clone()), read)
}

fn derived(answer: &Response<Bytes>, times: usize) -> Result<f64> {
    timed(times, || answer.clone(), read_derived)
}

fn timed<A, T>(
    times: usize,
    mut prepare: impl FnMut() -> A,
    read: impl Fn(A) -> Result<T>,
) -> Result<f64> {
    let mut taken = Duration::ZERO;
    for _ in 0..times {
        let prepared = black_box(prepare());
        let begun = Instant::now();
        drop(black_box(read(prepared)?));
        taken += begun.elapsed();
    }
    Ok(taken.as_secs_f64() * 1e6 / times as f64)
}
