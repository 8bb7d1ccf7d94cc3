//! The memory that reading an answer takes: at most 8 times the answer and 16 MiB, itself included.
//! A binary of its own, since it counts what is allocated.

// Helpers outside of `#[test]` functions are tests too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod shapes;
mod table;
mod wire;

use std::convert::Infallible;

use aihc_dev::{Client, Credentials, Error};
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
    let (client, runtime) = client(status, body);
    let mut outcome = Ok(());
    let counted = allocation_counter::measure(|| {
        outcome = runtime.block_on(call.send(&client, limit));
    });
    Reading {
        outcome,
        peak: counted.bytes_max + body.len() as u64,
    }
}

/// A client whose calls are all answered with this body, and a runtime whose clock stands still.
fn client(status: u16, body: &Bytes) -> (Client, Runtime) {
    let body = body.clone();
    let service = tower::service_fn(move |_| {
        let mut response = Response::new(body.clone());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        async move { Ok::<_, Infallible>(response) }
    });
    let client = Client::builder()
        .credentials(Credentials::new("test-access-key", "test-secret-key").unwrap())
        .retry(aihc_dev::RetryPolicy::none())
        .build_with_transport(service);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    (client.unwrap(), runtime.unwrap())
}
