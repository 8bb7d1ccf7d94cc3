//! A simulated service that is first down, then slow, then healthy.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use tokio::time::Instant;

use super::record::{Call, Record};

const ANSWER: &str = r#"{"devInstances":[],"totalCount":0,"requestId":"r"}"#;
const LATENCY: Duration = Duration::from_millis(20);
const SLOW_LATENCY: Duration = Duration::from_millis(1500);
/// While the service is slow, it accepts one out of this many requests, and turns the others away
/// with status 503.
const SLOW_TURNS_AWAY: u64 = 2;

/// The durations of the phases of the simulated service, which is first down, then slow, then
/// healthy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phases {
    pub(super) down: Duration,
    pub(super) slow: Duration,
    pub(super) healthy: Duration,
}

/// A simulated service, which is also a transport for our clients. Clones share its state.
#[derive(Clone, Debug)]
pub(super) struct Service {
    started: Instant,
    phases: Phases,
    record: Arc<Mutex<Record>>,
}

impl Service {
    pub(super) fn start(phases: Phases) -> Self {
        let healthy_from = phases.down + phases.slow;
        let record = Record::new(phases.down, healthy_from);
        Self {
            started: Instant::now(),
            phases,
            record: Arc::new(Mutex::new(record)),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        let Phases {
            down,
            slow,
            healthy,
        } = self.phases;
        self.started.elapsed() >= down + slow + healthy
    }

    pub(super) fn call_begins(&self) -> Call {
        self.with_record(|record| record.call_begins(self.started.elapsed()))
    }

    pub(super) fn call_ends(&self, call: Call, succeeded: bool) {
        self.with_record(|record| record.call_ends(call, self.started.elapsed(), succeeded));
    }

    pub(super) fn record(&self) -> Record {
        self.with_record(|record| record.clone())
    }

    /// Responds to a request with a status. While the service is down, the result is the error of a
    /// refused connection.
    pub(super) async fn answer(&self) -> Result<StatusCode, std::io::Error> {
        let at = self.started.elapsed();
        let number = self.with_record(|record| record.request(at));
        if at < self.phases.down {
            return Err(std::io::ErrorKind::ConnectionRefused.into());
        }
        if at < self.phases.down + self.phases.slow {
            tokio::time::sleep(SLOW_LATENCY).await;
            return Ok(match number % SLOW_TURNS_AWAY {
                0 => StatusCode::OK,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            });
        }
        tokio::time::sleep(LATENCY).await;
        Ok(StatusCode::OK)
    }

    fn with_record<T>(&self, f: impl FnOnce(&mut Record) -> T) -> T {
        f(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<B: Send + 'static> tower_service::Service<Request<B>> for Service {
    type Response = Response<&'static str>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, std::io::Error>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), std::io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let mut response = Response::new(ANSWER);
            *response.status_mut() = service.answer().await?;
            Ok(response)
        })
    }
}
