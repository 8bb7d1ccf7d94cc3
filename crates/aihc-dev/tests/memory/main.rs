//! Tests that reading a response takes at most 16 MiB of memory plus 8 times the length of the
//! response, including the response itself. A separate binary, since it counts allocations.

// Helpers outside of `#[test]` functions are test code as well.
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

/// Returns the maximum memory, in bytes, for reading a body of this length, including the body.
fn bound(length: usize) -> u64 {
    (8 * length + (16 << 20)) as u64
}

/// The result of a call, and the peak memory of reading its response, in bytes.
struct Reading {
    outcome: Result<(), Error>,
    peak: u64,
}

/// Reads a body as the response to a call.
fn read(call: Call, limit: Limit, status: u16, body: &Bytes) -> Reading {
    reading(
        client(RetryPolicy::none(), &[(status, body)]),
        call,
        limit,
        body,
    )
}

/// Reads a body as the description of an instance. The client requests the description after a call
/// that stops the instance has failed with status 500.
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

/// Returns a client and a runtime. The client receives these responses in order, the last one
/// repeatedly. The clock of the runtime is paused: it advances only when the runtime is idle.
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
