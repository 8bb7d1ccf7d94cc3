//! Reads from a real service, without changing anything.

use std::time::Duration;

use aihc_dev::Client;
use time::OffsetDateTime;

use crate::Result;
use crate::progress::Progress;

/// Lists instances, and describes the first of them and its events of the last day.
pub(crate) async fn around(client: &Client) -> Result<String> {
    println!(
        "real service at {}: read-only, nothing is changed",
        client.endpoint()
    );
    let mut progress = Progress::start();
    let page = client.list_dev_instances().page_size(10).await?;
    let total = page.total_count.unwrap_or_default();
    progress.operation("DescribeDevInstances", "", format!("{total} instances"));
    for instance in &page.dev_instances {
        let status = instance
            .status
            .map(|status| status.to_string())
            .unwrap_or_default();
        progress.line(
            "",
            &instance.id,
            format!("{:<14} {}", status, instance.name),
        );
    }

    if let Some(first) = page.dev_instances.first() {
        let detail = client
            .query_dev_instance_detail(&first.id)
            .await?
            .dev_instance;
        let cpus = detail
            .conf
            .map(|conf| format!("{} cores", conf.resources.cpus));
        progress.operation("DescribeDevInstance", &first.id, cpus.unwrap_or_default());

        let now = OffsetDateTime::now_utc();
        let day = Duration::from_secs(24 * 3600);
        let events = client
            .list_dev_instance_events(&first.id, now - day, now)
            .await?;
        let total = events.total_count.unwrap_or_default();
        progress.operation(
            "DescribeDevInstanceEvents",
            &first.id,
            format!("{total} events"),
        );
    }
    Ok(format!("{} read-only operations ok", progress.operations()))
}
