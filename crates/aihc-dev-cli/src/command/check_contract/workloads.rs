//! The calls of `check-contract` that read training jobs and inference services.

use aihc::Client;
use aihc::jobs::JobMetricType;
use serde_json::Value;

use super::asker::{Asker, MOST, NOBODY, NOT_FOUND, PAGE, ids, text};
use crate::command::places::SERVERLESS;
use crate::exit::Failure;

/// At most this many lines of a log are read.
const LINES: i64 = 20;

/// A job, and the pool and the queue in which it runs.
struct Job {
    pool: String,
    queue: String,
    id: String,
}

/// Lists the jobs of the given pools and of the pools that the service manages, and reads the first
/// [`MOST`] jobs in detail.
pub(super) async fn jobs(
    asker: &Asker,
    client: &Client,
    mut pools: Vec<String>,
) -> Result<(), Failure> {
    pools.push(SERVERLESS.to_owned());
    let mut jobs = Vec::new();
    for pool in pools {
        let list = |page| {
            client
                .describe_jobs(&pool)
                .page_size(PAGE)
                .page_number(page)
        };
        let found = asker.pages("jobs", list).await?;
        jobs.extend(found.iter().map(|job| Job {
            pool: pool.clone(),
            queue: text(job, &["queueId", "queue"]),
            id: text(job, &["jobId", "jobid"]),
        }));
    }
    jobs.retain(|job| !job.id.is_empty() && !job.queue.is_empty());
    for job in jobs.iter().take(MOST) {
        self::job(asker, client, job).await?;
    }
    let (pool, queue) = jobs.first().map_or((NOBODY, NOBODY), |job| {
        (job.pool.as_str(), job.queue.as_str())
    });
    let call = client.describe_job(pool, queue, NOBODY);
    asker.refused(NOT_FOUND, call).await
}

async fn job(asker: &Asker, client: &Client, job: &Job) -> Result<(), Failure> {
    let Job { pool, queue, id } = job;
    let call = client.describe_job(pool, queue, id).need_detail(true);
    let answer = asker.ask(call).await?;
    asker
        .ask(client.describe_job_events(pool, queue, id))
        .await?;
    asker
        .ask(client.describe_job_nodes(pool, queue, id))
        .await?;
    let metrics = client.describe_job_metrics();
    let metrics = metrics.resource_pool_id(pool).queue_id(queue).job_id(id);
    asker
        .ask(metrics.metric_type(JobMetricType::GpuUsage))
        .await?;
    let pods = answer.as_ref().and_then(|it| it.get("pods")?.as_array());
    let pods: Vec<Value> = pods.into_iter().flatten().cloned().collect();
    let Some(pod) = ids(&pods, &["name"]).into_iter().next() else {
        return Ok(());
    };
    let events = client.describe_pod_events().resource_pool_id(pool);
    asker
        .ask(events.queue_id(queue).job_id(id).pod_name(&pod))
        .await?;
    let logs = client.describe_job_logs().resource_pool_id(pool);
    let logs = logs.queue_id(queue).job_id(id).pod_name(&pod);
    asker.ask(logs.max_lines(LINES)).await?;
    let terminal = client.describe_job_webterminal().resource_pool_id(pool);
    asker
        .ask(terminal.queue_id(queue).job_id(id).pod_name(&pod))
        .await?;
    Ok(())
}

pub(super) async fn services(asker: &Asker, client: &Client) -> Result<(), Failure> {
    let list = |page| client.describe_services().page_size(PAGE).page_number(page);
    let found = asker.pages("services", list).await?;
    for id in ids(&found, &["id"]) {
        asker.ask(client.describe_service_status(&id)).await?;
        asker.ask(client.describe_service(&id)).await?;
        asker.ask(client.describe_service_pods(&id)).await?;
        asker.ask(client.describe_service_pod_groups(&id)).await?;
        let list = |page| {
            let list = client.describe_service_changelogs(&id);
            list.page_size(PAGE).page_number(page)
        };
        let changes = asker.pages("changeLogs", list).await?;
        if let Some(change) = ids(&changes, &["changeId"]).first() {
            asker.ask(client.describe_service_changelog(change)).await?;
        }
    }
    asker
        .refused(NOT_FOUND, client.describe_service(NOBODY))
        .await
}
