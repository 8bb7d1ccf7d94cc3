//! Measures how long it takes to read long responses, and how late a call ends if its time limit
//! passes meanwhile: `cargo xtask bench decode-bounds`.
//!
//! Most of the responses are made to need much memory or time; one is a list that a service might
//! send. Each of them is read by calls to a service in memory: some with time limits that do not
//! pass, and some with limits that pass at different points of the work.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use aihc_dev::{Client, Credentials, RetryPolicy};
use bce_testing::{ANYWHERE, DETAIL, EVENTS, HostileBody, INSTANCES};
use bytes::Bytes;
use http::{Response, StatusCode};
use time::OffsetDateTime;
use tokio::runtime::Runtime;

use crate::report::{Figure, Goal, Row};

/// The maximum length of a response in bytes: the longest one that the client reads by default. The
/// responses are only slightly shorter.
const LENGTH: usize = 16 << 20;
const ROUNDS: usize = 2;
/// For each response, the number of calls whose time limit passes while the response is read. Each
/// of these limits passes at a different point of the work.
const LIMITS: u32 = 5;
const MOST_MILLIS: f64 = 250.0;
const MOST_MILLIS_LATE: f64 = 50.0;

const INSTANCE: &str = r#"{"accountId":"eca97e148cb74e9683d7b7240829d1ff","createdAt":1747876700,"creator":"owner","creatorId":"eca97e148cb74e9683d7b7240829d1ff","id":"dv-00000000","imageUrl":"registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04","name":"machine-0","queueName":"default","region":"bj","resources":{"acceleratorCount":0,"cpus":1,"memory":2,"shmSize":0},"status":3,"statusReason":"","updatedAt":1747876790,"version":"v2"}"#;

type Result<T> = std::result::Result<T, String>;

#[derive(Clone, Copy)]
enum Call {
    List,
    Events,
    Detail,
    Stop,
}

/// A response, and the call that reads it.
struct Case {
    name: String,
    call: Call,
    client: Client,
}

/// Measures the calls that read long responses, and prints
/// `decode of 16 MiB at most X ms, ends at most Y ms late` as the last line.
pub(crate) fn run() -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    println!("{:<52}{:>9}{:>9}{:>9}", "", "ms", "watched", "late");
    let mut ordinary = 0.0;
    let mut slowest = Worst::default();
    let mut latest = Worst::default();
    measure(
        &runtime,
        &ordinary_list()?,
        &mut Worst::default(),
        &mut latest,
    )
    .map(|ms| ordinary = ms)?;
    let kinds = [
        (ANYWHERE, Call::Stop, &[200, 400][..]),
        (INSTANCES, Call::List, &[200][..]),
        (EVENTS, Call::Events, &[200][..]),
        (DETAIL, Call::Detail, &[200][..]),
    ];
    for (bodies, call, statuses) in kinds {
        for body in bodies {
            for status in statuses {
                let case = hostile(body, call, *status)?;
                measure(&runtime, &case, &mut slowest, &mut latest)?;
            }
        }
    }
    println!("slowest: {}; latest: {}", slowest.name, latest.name);
    println!(
        "decode of 16 MiB at most {:.0} ms, ends at most {:.0} ms late",
        slowest.millis, latest.millis
    );
    let row = |name: &str, millis: f64, most: f64| Row {
        name: name.to_owned(),
        unit: "ms",
        ours: Figure::exact(millis),
        baseline: None,
        goal: Goal::AtMost(most),
    };
    Ok(vec![
        row("16 MiB of instances", ordinary, MOST_MILLIS),
        row("16 MiB, the slowest of all", slowest.millis, MOST_MILLIS),
        row(
            "end after the limit, the latest of all",
            latest.millis,
            MOST_MILLIS_LATE,
        ),
    ])
}

#[derive(Default)]
struct Worst {
    millis: f64,
    name: String,
}

impl Worst {
    fn see(&mut self, millis: f64, name: &str) {
        if millis > self.millis {
            self.millis = millis;
            name.clone_into(&mut self.name);
        }
    }
}

fn hostile(body: &HostileBody, call: Call, status: u16) -> Result<Case> {
    Ok(Case {
        name: format!("{body:?} ({status})"),
        call,
        client: client(status, body.of_length(LENGTH))?,
    })
}

fn ordinary_list() -> Result<Case> {
    let mut body = String::from("{\"requestId\":\"r\",\"devInstances\":[");
    while body.len() + INSTANCE.len() + 3 < LENGTH {
        body += INSTANCE;
        body.push(',');
    }
    body += "{}]}";
    Ok(Case {
        name: "instances, as a service might list them".to_owned(),
        call: Call::List,
        client: client(200, body.into_bytes())?,
    })
}

/// Returns a client of a service in memory that immediately sends a response with this status and
/// body.
fn client(status: u16, body: Vec<u8>) -> Result<Client> {
    let body = Bytes::from(body);
    let status = StatusCode::from_u16(status).map_err(|error| error.to_string())?;
    let service = tower::service_fn(move |_| {
        let mut response = Response::new(body.clone());
        *response.status_mut() = status;
        async move { Ok::<_, Infallible>(response) }
    });
    let credentials = Credentials::new("bench-access-key", "bench-secret-key");
    let builder = Client::builder()
        .credentials(credentials.map_err(|error| error.to_string())?)
        .retry(RetryPolicy::none());
    let client = builder.build_with_transport(service);
    client.map_err(|error| error.to_string())
}

/// Measures the calls that read one response. Records in `slowest` how long calls take if their
/// time limit does not pass, and in `latest` how late calls end if it does. Returns the
/// milliseconds that a call takes if its time limit does not pass.
fn measure(runtime: &Runtime, case: &Case, slowest: &mut Worst, latest: &mut Worst) -> Result<f64> {
    const DEFAULT: Duration = Duration::from_secs(20 * 60);
    // This is shorter than the time for which a response is read without checking the clock.
    const WATCHED: Duration = Duration::from_secs(20);
    let least = |limit| {
        let times = (0..ROUNDS).map(|_| elapsed(runtime, case, limit));
        times.min().unwrap_or_default()
    };
    let (fast, watched) = (least(DEFAULT), least(WATCHED));
    let mut late = Duration::ZERO;
    for point in 1..=LIMITS {
        let limit = watched * point / (LIMITS + 1);
        late = late.max(elapsed(runtime, case, limit).saturating_sub(limit));
    }
    let [fast, watched, late] = [fast, watched, late].map(|time| time.as_secs_f64() * 1e3);
    println!("{:<52}{fast:>9.1}{watched:>9.1}{late:>9.1}", case.name);
    slowest.see(fast, &case.name);
    slowest.see(watched, &case.name);
    latest.see(late, &case.name);
    Ok(fast.max(watched))
}

/// Returns how long a call with the time limit `limit` takes, until everything that it has
/// allocated is freed.
fn elapsed(runtime: &Runtime, case: &Case, limit: Duration) -> Duration {
    let client = &case.client;
    let started = Instant::now();
    runtime.block_on(async {
        match case.call {
            Call::List => drop(client.list_dev_instances().with_timeout(limit).send().await),
            Call::Events => {
                let (from, to) = (OffsetDateTime::UNIX_EPOCH, OffsetDateTime::now_utc());
                let call = client.list_dev_instance_events("dv-1", from, to);
                drop(call.with_timeout(limit).send().await);
            }
            Call::Detail => {
                let call = client.query_dev_instance_detail("dv-1");
                drop(call.with_timeout(limit).send().await);
            }
            Call::Stop => drop(
                client
                    .stop_dev_instance("dv-1")
                    .with_timeout(limit)
                    .send()
                    .await,
            ),
        }
    });
    started.elapsed()
}
