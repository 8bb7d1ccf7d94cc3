//! Simulates many clients of a service that is down, then slow, then healthy: `cargo xtask storm`.
//!
//! Time is simulated, so two minutes pass immediately, and the speed of the machine does not
//! matter.

mod clients;
mod record;
mod service;

use std::process::ExitCode;
use std::time::Duration;

use self::clients::{Client, Go, Ours};
use self::record::Record;
use self::service::{Phases, Service};

const CLIENTS: usize = 100;
/// The interval at which each client begins calls, whatever the results of previous ones.
const CALL_EVERY: Duration = Duration::from_millis(500);
const PHASES: Phases = Phases {
    down: Duration::from_secs(60),
    slow: Duration::from_secs(20),
    healthy: Duration::from_secs(40),
};

const AMPLIFICATION_GOAL: f64 = 1.15;
/// The maximum number of requests in the busiest tenth of a second after the recovery, as a
/// multiple of the average. The actual number is far higher if many clients repeat their calls at
/// the same moment.
const WAVE_GOAL: f64 = 3.0;

/// Runs the simulation with our defaults and with the Go SDK's retry policy. The last line of the
/// output is `amplification ours X.XX, go Y.YY`.
pub fn run() -> ExitCode {
    let (ours, go) = match (simulate::<Ours>(), simulate::<Go>()) {
        (Ok(ours), Ok(go)) => (ours, go),
        (Err(problem), _) | (_, Err(problem)) => {
            eprintln!("storm: {problem}");
            return ExitCode::FAILURE;
        }
    };
    println!(
        "{CLIENTS} clients, a call every {CALL_EVERY:?} each; the service is down for {:?}, slow for {:?}, then healthy\n",
        PHASES.down, PHASES.slow
    );
    println!("{:<46}{:>10}{:>10}", "", "ours", "go");
    row(
        "calls while it was down",
        ours.calls_down() as f64,
        go.calls_down() as f64,
    );
    row(
        "requests while it was down",
        ours.requests_down() as f64,
        go.requests_down() as f64,
    );
    row(
        "requests per call while it was down",
        ours.amplification(),
        go.amplification(),
    );
    row(
        "seconds to recover once it was healthy",
        ours.recovery(),
        go.recovery(),
    );
    row(
        "busiest 100 ms after that, times the average",
        ours.wave(),
        go.wave(),
    );
    row(
        "failed calls after the recovery",
        ours.late_failures() as f64,
        go.late_failures() as f64,
    );
    let calm = ours.amplification() <= AMPLIFICATION_GOAL && ours.wave() <= WAVE_GOAL;
    println!(
        "\ngoals for ours: at most {AMPLIFICATION_GOAL} requests per call, busiest at most {WAVE_GOAL}: {}",
        if calm { "met" } else { "MISSED" }
    );
    println!(
        "amplification ours {:.2}, go {:.2}",
        ours.amplification(),
        go.amplification()
    );
    if calm {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn row(what: &str, ours: f64, go: f64) {
    println!("{what:<46}{ours:>10.2}{go:>10.2}");
}

fn simulate<C: Client>() -> Result<Record, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .map_err(|error| format!("no runtime: {error}"))?;
    runtime.block_on(async {
        let service = Service::start(PHASES);
        let mut clients = tokio::task::JoinSet::new();
        for number in 0..CLIENTS {
            let client = C::new(service.clone())?;
            // The calls are spread over the interval, as those of independent programs would be.
            let offset = CALL_EVERY * u32::try_from(number).unwrap_or(0) / CLIENTS as u32;
            clients.spawn(live(client, service.clone(), offset));
        }
        while clients.join_next().await.is_some() {}
        Ok(service.record())
    })
}

/// Makes calls of one client at regular intervals until the simulation ends. The first call is made
/// after `offset`.
async fn live<C: Client>(client: C, service: Service, offset: Duration) {
    tokio::time::sleep(offset).await;
    let mut calls = tokio::task::JoinSet::new();
    let mut next = tokio::time::interval(CALL_EVERY);
    while !service.is_over() {
        next.tick().await;
        let (client, service) = (client.clone(), service.clone());
        calls.spawn(async move {
            let call = service.call_begins();
            let succeeded = client.call().await;
            service.call_ends(call, succeeded);
        });
    }
    while calls.join_next().await.is_some() {}
}
