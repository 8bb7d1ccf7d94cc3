//! The memory that reading an answer takes: at most 8 times the answer and 16 MiB, itself included.
//! A binary of its own, since it counts what is allocated.

// Helpers outside of `#[test]` functions are tests too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod shapes;
mod table;
mod wire;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aihc_dev::{Client, Credentials, Error, RetryPolicy};
use bytes::Bytes;
use http::{Response, StatusCode};
use tokio::runtime::Runtime;

use crate::calls::{Call, Limit};

/// What reading a body of this length may take.
fn bound(length: usize) -> u64 {
    (8 * length + (16 << 20)) as u64
}

/// What came of an answer, and what reading it took at most.
struct Reading {
    outcome: Result<(), Error>,
    peak: u64,
}

/// Answers a call with a body.
fn read(call: Call, limit: Limit, status: u16, body: &Bytes) -> Reading {
    reading(
        client(RetryPolicy::none(), &[(status, body)]),
        call,
        limit,
        body,
    )
}

/// Loses the answer to a stop, and answers the look at the instance with a body.
fn look(body: &Bytes) -> Reading {
    let lost = Bytes::new();
    let answers = [(500, &lost), (200, body)];
    reading(
        client(RetryPolicy::default(), &answers),
        Call::Stop,
        Limit::Far,
        body,
    )
}

fn reading(
    (client, runtime): (Client, Runtime),
    call: Call,
    limit: Limit,
    body: &Bytes,
) -> Reading {
    let mut outcome = Ok(());
    let counted = allocation_counter::measure(|| {
        outcome = runtime.block_on(call.send(&client, limit));
    });
    Reading {
        outcome,
        peak: counted.bytes_max + body.len() as u64,
    }
}

/// A client with these answers, the last of them for good, and a runtime whose clock moves only when
/// there is nothing else to do.
fn client(retry: RetryPolicy, answers: &[(u16, &Bytes)]) -> (Client, Runtime) {
    let answers: Vec<_> = (answers.iter())
        .map(|(status, body)| (*status, Bytes::clone(body)))
        .collect();
    let calls = Arc::new(AtomicUsize::new(0));
    let service = tower::service_fn(move |_| {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        let (status, body) = &answers[call.min(answers.len() - 1)];
        let mut response = Response::new(body.clone());
        *response.status_mut() = StatusCode::from_u16(*status).unwrap();
        async move { Ok::<_, Infallible>(response) }
    });
    let client = Client::builder()
        .credentials(Credentials::new("test-access-key", "test-secret-key").unwrap())
        .retry(retry)
        .build_with_transport(service);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    (client.unwrap(), runtime.unwrap())
}
