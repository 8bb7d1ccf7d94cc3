//! Inference services in the output: as JSON or YAML documents, as text and as rows of a table.

use aihc::Timestamp;
use aihc::services::{
    AccessIps, AccessPort, DescribeServiceResponse, InsInfo, InsStatus, ServiceBriefInfo,
    ServiceBriefStat, ServiceConf, ServicePodStatus, ServiceState,
};
use serde::Serialize;
use time::OffsetDateTime;

use super::places::count;
use super::state::service_state_name;
use super::table::{Cell, Column, Table, Tone};
use super::time::ago;
use crate::terminal::Look;

/// A service that can be serialized. Passwords and the values of environment variables are replaced
/// with `***`, and the tokens of its gateway are omitted.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceDocument {
    /// The id, which is missing from a response about a single service.
    id: String,
    service: Option<ServiceConf>,
    status: Option<StatusDocument>,
    instances: Vec<InstanceDocument>,
    creator: String,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

/// The state of a service, and how it can be reached.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusDocument {
    access_ips: Option<AccessIps>,
    access_ports: Vec<AccessPort>,
    blb_short_id: String,
    ai_gateway: Option<GatewayDocument>,
    brief_stat: Option<BriefStatDocument>,
}

/// A summary of the state of a service, in which the state is a word.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BriefStatDocument {
    status: Option<String>,
    status_code: Option<i64>,
    available_ins: Option<i64>,
    total_ins: Option<i64>,
    hazard: Option<bool>,
    reason: String,
    #[serde(skip)]
    state: Option<ServiceState>,
}

impl From<ServiceBriefStat> for BriefStatDocument {
    fn from(brief: ServiceBriefStat) -> Self {
        Self {
            status: brief.status.map(service_state_name),
            status_code: brief.status.map(ServiceState::code),
            available_ins: brief.available_ins,
            total_ins: brief.total_ins,
            hazard: brief.hazard,
            reason: brief.reason,
            state: brief.status,
        }
    }
}

/// A gateway without its tokens.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GatewayDocument {
    base_path: String,
}

/// An instance of a service.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InstanceDocument {
    instance_id: String,
    status: Option<InsStatus>,
    hazard: Option<bool>,
}

impl ServiceDocument {
    pub(crate) fn new(id: &str, answer: DescribeServiceResponse) -> Self {
        let status = answer.status.map(|status| StatusDocument {
            access_ips: status.access_ips,
            access_ports: status.access_ports,
            blb_short_id: status.blb_short_id,
            ai_gateway: status.ai_gateway.map(|gateway| GatewayDocument {
                base_path: gateway.base_path,
            }),
            brief_stat: status.brief_stat.map(BriefStatDocument::from),
        });
        let instance = |info: InsInfo| InstanceDocument {
            instance_id: info.instance_id,
            status: info.status,
            hazard: info.hazard,
        };
        Self {
            id: id.to_owned(),
            service: answer.service,
            status,
            instances: answer.instances.into_iter().map(instance).collect(),
            creator: answer.creator,
            created_at: answer.created_at,
            updated_at: answer.updated_at,
        }
    }

    /// Returns the human-readable description of the service.
    pub(crate) fn text(&self, look: &Look) -> String {
        let mut text = self.table().render(look);
        if !self.instances.is_empty() {
            text.push('\n');
            text += &instance_table(&self.instances).render(look);
        }
        text
    }

    fn table(&self) -> Table {
        let status = self.status.as_ref();
        let brief = status.and_then(|status| status.brief_stat.as_ref());
        let mut table = Table::of_pairs();
        table.pair("Id", &self.id);
        if let Some(service) = &self.service {
            table.pair("Name", &service.name);
        }
        if let Some(brief) = brief {
            let ready = count(brief.available_ins);
            let ready = format!("{ready} of {} ready", count(brief.total_ins));
            table
                .pair("State", state(brief.state))
                .pair("Reason", &brief.reason)
                .pair("Instances", ready);
        }
        if let Some(service) = &self.service {
            configuration(&mut table, service);
        }
        if let Some(status) = status {
            addresses(&mut table, status);
        }
        let time = |time: Option<Timestamp>| time.map(|it| it.to_string()).unwrap_or_default();
        table
            .pair("Owner", &self.creator)
            .pair("Created", time(self.created_at))
            .pair("Updated", time(self.updated_at));
        table
    }
}

fn configuration(table: &mut Table, service: &ServiceConf) {
    let pool = &service.resource_pool;
    table
        .pair("Pool", &pool.resource_pool_id)
        .pair("Queue", &pool.queue_name)
        .pair("Accelerator", &service.accelerator_type);
    for container in &service.containers {
        let names = container.envs.iter().flat_map(|envs| envs.keys());
        table
            .pair("Container", &container.name)
            .pair("Image", container.image.image_url.as_str())
            .pair("Variables", names.cloned().collect::<Vec<_>>().join(", "));
    }
}

fn addresses(table: &mut Table, status: &StatusDocument) {
    if let Some(ips) = &status.access_ips {
        table
            .pair("Internal IP", &ips.internal)
            .pair("External IP", &ips.external);
    }
    for port in &status.access_ports {
        let ports = format!(
            "{} for {}",
            count(port.service_port),
            count(port.container_port)
        );
        table.pair("Port", format!("{} {ports}", port.name));
    }
    if let Some(gateway) = &status.ai_gateway {
        table.pair("Gateway", &gateway.base_path);
    }
}

fn state(state: Option<ServiceState>) -> Cell {
    let Some(state) = state else {
        return Cell::from("");
    };
    let tone = match state {
        ServiceState::Running => Tone::Good,
        ServiceState::Deploying => Tone::Busy,
        ServiceState::Abnormal => Tone::Bad,
        _ => Tone::Plain,
    };
    Cell::new(state.to_string(), tone)
}

fn instance_table(instances: &[InstanceDocument]) -> Table {
    let now = OffsetDateTime::now_utc();
    let mut table = Table::new(["INSTANCE", "STATE", "READY", "IP", "NODE", "AGE", "REASON"]);
    for instance in instances {
        let status = instance.status.clone().unwrap_or_default();
        let ready = [status.available_containers, status.total_containers].map(count);
        table.row([
            (&instance.instance_id).into(),
            pod_state(status.status.as_ref()),
            ready.join("/").into(),
            status.pod_ip.into(),
            status.node_ip.into(),
            ago(status.created_at, now).into(),
            status.reason.into(),
        ]);
    }
    table
}

fn pod_state(state: Option<&ServicePodStatus>) -> Cell {
    state.map_or_else(|| Cell::from(""), |state| Cell::from(state.to_string()))
}

/// Returns a table with a row for each service.
pub(crate) fn service_table(services: &[ServiceBriefInfo]) -> Table {
    let now = OffsetDateTime::now_utc();
    let mut table = Table::of(
        [
            Column::new("ID", "id"),
            Column::new("NAME", "name").folds(),
            Column::new("POOL", "resourcePoolId").rank(6),
            Column::new("QUEUE", "queueName").rank(5),
            Column::new("CPUS", "resourceSpec.cpus").rank(2),
            Column::new("MEMORY", "resourceSpec.memory").rank(2),
            Column::new("ACCEL", "accelerators").rank(1).for_people(),
            Column::new("PUBLIC", "publicAccess").rank(7),
            Column::new("OWNER", "creator").rank(3).folds(),
            Column::since("AGE", "createdAt").rank(4),
            Column::since("UPDATED", "updatedAt").wide(),
            Column::new("WORKLOAD", "workloadType").wide(),
        ],
        &[
            "resourceSpec.acceleratorCount",
            "resourceSpec.acceleratorType",
            "resourcePoolName",
            "resourcePoolType",
            "region",
            "networkType",
        ],
    );
    for service in services {
        let sizes = service.resource_spec.clone().unwrap_or_default();
        let memory = sizes.memory.map(|memory| format!("{memory} GiB"));
        let name = &sizes.accelerator_type;
        let kind = name.strip_prefix("baidu.com/").unwrap_or(name);
        let accelerators = match sizes.accelerator_count {
            None | Some(0) => String::new(),
            Some(count) => format!("{count} {kind}"),
        };
        let public = match service.public_access {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        table.row([
            (&service.id).into(),
            (&service.name).into(),
            (&service.resource_pool_id).into(),
            (&service.queue_name).into(),
            count(sizes.cpus).into(),
            memory.unwrap_or_default().into(),
            accelerators.trim().into(),
            public.into(),
            (&service.creator).into(),
            ago(service.created_at, now).into(),
            ago(service.updated_at, now).into(),
            service
                .workload_type
                .as_ref()
                .map(|kind| kind.to_string())
                .unwrap_or_default()
                .into(),
        ]);
    }
    table
}
