//! Makes ten thousand calls at the same time, and drops many of them before they end. Afterwards,
//! no task, connection or permit may be left in use, and no instance may have been created twice.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use aihc_dev::Client;
use aihc_dev::model::{
    Cds, DevInstanceConf, Image, ResourcePool, Resources, VolumeConf, VolumeType,
};
use aihc_emulator::{Emulator, InstanceInfo};
use bce_http::{Body, Error, RetryBudget};
use http::Request;
use tokio::runtime::Handle;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower::{Service, layer};

const CALLS: usize = 10_000;
const PLACES: usize = 64;
/// The time limit of each wait in this test. A wait that exceeds it is taken for one that never
/// ends, because something has leaked.
const PATIENCE: Duration = Duration::from_secs(60);
/// Out of this many attempts, one fails before it is sent.
const HICCUP: u64 = 40;

/// Disturbs the attempts of a client. One in [`HICCUP`] attempts fails until the barrier `meeting`
/// is set; from then on, each attempt waits at the barrier.
#[derive(Default)]
struct Disturbance {
    attempts: AtomicU64,
    /// A barrier at which attempts wait once it is set. It opens when as many attempts wait as the
    /// client may make at the same time.
    meeting: OnceLock<Barrier>,
}

/// A tower service that passes the attempts of a client on to `inner`, and makes some of them fail
/// or wait first.
#[derive(Clone)]
struct Disturbed<S> {
    inner: S,
    disturbance: Arc<Disturbance>,
}

impl<S> Service<Request<Body>> for Disturbed<S>
where
    S: Service<Request<Body>, Error = Error> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = S::Response;
    type Error = bce_http::BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mut inner = self.inner.clone();
        let disturbance = Arc::clone(&self.disturbance);
        Box::pin(async move {
            let attempt = disturbance.attempts.fetch_add(1, Ordering::Relaxed);
            if let Some(meeting) = disturbance.meeting.get() {
                meeting.wait().await;
            } else if attempt.is_multiple_of(HICCUP) {
                return Err(io::Error::other("hiccup").into());
            }
            Ok(inner.call(request).await?)
        })
    }
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Lets other tasks run until the condition is true.
async fn until(what: &str, condition: impl Fn() -> bool) {
    let settled = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    let result = timeout(PATIENCE, settled).await;
    assert!(result.is_ok(), "{what}: {} tasks are alive", tasks());
}

fn configuration() -> DevInstanceConf {
    let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
    DevInstanceConf::new()
        .resource_pool(ResourcePool::new("default"))
        .resources(Resources::new(1, 2))
        .image(Image::new(
            0,
            "registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04",
        ))
        .volume_confs([disk])
}

/// Makes the call with this number. Of four consecutive calls, one creates an instance, one stops
/// an instance, and two list the instances.
async fn one_call(client: &Client, number: usize) -> Result<(), Error> {
    match number % 4 {
        0 => {
            let name = format!("instance-{number}");
            let create = client
                .create_dev_instance()
                .name(name)
                .conf(configuration())
                .creator("me")
                .creator_id("my-id");
            create.await.map(drop)
        }
        1 => client.stop_dev_instance("dv-00000001").await.map(drop),
        _ => client.list_dev_instances().await.map(drop),
    }
}

/// The numbers that identify the calls which have ended, grouped by the result of the call.
#[derive(Default)]
struct Ended {
    done: HashSet<usize>,
    refused: HashSet<usize>,
    dropped: HashSet<usize>,
}

async fn storm(client: &Client) -> Ended {
    let mut random = fastrand::Rng::with_seed(7);
    let mut calls = JoinSet::new();
    for number in 0..CALLS {
        let client = client.clone();
        // Half of the calls are dropped: before they begin, or while they wait, pause or read.
        let patience = match random.bool() {
            true => PATIENCE,
            false => Duration::from_micros(random.u64(0..3_000_000)),
        };
        calls.spawn(async move { (number, timeout(patience, one_call(&client, number)).await) });
    }
    let mut ended = Ended::default();
    while let Some(call) = calls.join_next().await {
        let (number, result) = call.unwrap();
        match result {
            Ok(Ok(())) => ended.done.insert(number),
            Ok(Err(_)) => ended.refused.insert(number),
            Err(_) => ended.dropped.insert(number),
        };
    }
    ended
}

/// Checks that every instance belongs to a call that has succeeded or was dropped, that the
/// instances of all calls that have succeeded exist, and that none was created twice.
fn check_created(created: &[InstanceInfo], ended: &Ended) {
    let number = |instance: &InstanceInfo| instance.name.strip_prefix("instance-").unwrap().parse();
    let numbers: HashSet<usize> = created.iter().map(|m| number(m).unwrap()).collect();
    assert_eq!(
        numbers.len(),
        created.len(),
        "a create was carried out twice"
    );
    let asked = |ended: &HashSet<usize>| -> HashSet<usize> {
        ended
            .iter()
            .copied()
            .filter(|number| number % 4 == 0)
            .collect()
    };
    let (done, dropped) = (asked(&ended.done), asked(&ended.dropped));
    assert!(done.is_subset(&numbers), "an answered create is missing");
    let extra: Vec<_> = numbers.difference(&done).collect();
    assert!(
        extra.iter().all(|number| dropped.contains(number)),
        "{extra:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_calls_leave_no_connection_no_place_and_no_task() {
    let emulator = Emulator::builder().start().await.unwrap();
    let before = tasks();
    let disturbance = Arc::new(Disturbance::default());
    let disturb = Arc::clone(&disturbance);
    let client = Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(emulator.credentials().clone())
        .attempt_timeout(PATIENCE)
        .pool_idle_timeout(Duration::from_millis(200))
        .max_in_flight(PLACES)
        .retry_budget(RetryBudget::unlimited())
        .attempt_layer(layer::layer_fn(move |inner| Disturbed {
            inner,
            disturbance: Arc::clone(&disturb),
        }))
        .build()
        .unwrap();

    let ended = storm(&client).await;
    assert!(ended.done.len() >= CALLS / 3, "{}", ended.done.len());
    assert!(
        ended.dropped.len() >= CALLS / 100,
        "{}",
        ended.dropped.len()
    );
    check_created(&emulator.handle().instances(), &ended);

    // Every permit is free again if as many calls as there are permits meet at the barrier.
    disturbance.meeting.set(Barrier::new(PLACES)).unwrap();
    let mut meeting = JoinSet::new();
    for _ in 0..PLACES {
        let client = client.clone();
        meeting.spawn(async move { client.list_dev_instances().await.map(drop) });
    }
    let met = timeout(PATIENCE, meeting.join_all()).await;
    assert!(met.unwrap().iter().all(Result::is_ok));
    drop(disturbance);

    // There is one task per connection here and one in the emulator; the pool has a task as well.
    until("connections that nobody uses", || tasks() <= before + 1).await;
    drop(client);
    until("the pool of the dropped client", || tasks() == before).await;
    emulator.stop().await;
    until("the stopped emulator", || tasks() == 0).await;
}
