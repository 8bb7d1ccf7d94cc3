//! The description of an instance in the output. In machine-readable formats it is complete, except
//! that secrets are masked; the table shows the most important members.

use aihc_dev::model::{
    DevInstanceConf, DevInstanceDetail, DevInstanceStatus, LoginInfo, LoginUrl, NotifyDetail,
    ServiceInstanceInfo, TimedStopDetail, VisibleScope, VolumeConf,
};
use aihc_dev::{Secret, Timestamp};
use serde::{Serialize, Serializer};

use super::instances::{accelerators, state};
use super::state::state_name;
use super::table::Table;
use crate::terminal::one_line;

/// The description of an instance, which can be serialized; passwords and the values of `envs` are
/// replaced with `***`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail {
    id: String,
    name: String,
    #[serde(serialize_with = "as_word")]
    status: Option<DevInstanceStatus>,
    status_code: Option<i64>,
    status_reason: String,
    region: String,
    creator: String,
    creator_id: String,
    account_id: String,
    version: String,
    conf: Option<DevInstanceConf>,
    service_instance_info: Option<ServiceInstanceInfo>,
    login_info: Option<LoginInfo>,
    timed_stop_dev_instance: Option<TimedStopDetail>,
    visible_scope: Option<VisibleScope>,
    notify: Option<NotifyDetail>,
    is_public_mgmt: Option<bool>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

impl From<DevInstanceDetail> for Detail {
    fn from(detail: DevInstanceDetail) -> Self {
        Self {
            id: detail.id,
            name: detail.name,
            status: detail.status,
            status_code: detail.status.map(DevInstanceStatus::code),
            status_reason: detail.status_reason,
            region: detail.region,
            creator: detail.creator,
            creator_id: detail.creator_id,
            account_id: detail.account_id,
            version: detail.version,
            conf: detail.conf.map(without_secrets),
            service_instance_info: detail.service_instance_info,
            login_info: detail.login_info,
            timed_stop_dev_instance: detail.timed_stop_dev_instance,
            visible_scope: detail.visible_scope,
            notify: detail.notify,
            is_public_mgmt: detail.is_public_mgmt,
            created_at: detail.created_at,
            updated_at: detail.updated_at,
        }
    }
}

fn as_word<S: Serializer>(
    status: &Option<DevInstanceStatus>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    status.map(state_name).serialize(serializer)
}

fn without_secrets(mut conf: DevInstanceConf) -> DevInstanceConf {
    let secrets = conf.envs.iter_mut().flat_map(|envs| envs.values_mut());
    for secret in secrets.chain(&mut conf.image.password) {
        if !secret.is_empty() {
            *secret = Secret::from("***");
        }
    }
    conf
}

impl Detail {
    /// Returns the name and the state of the instance on one line.
    pub(crate) fn summary(&self) -> String {
        format!("{}  {}", one_line(&self.name), text(self.status))
    }

    pub(crate) fn table(&self) -> Table {
        let mut table = Table::of_pairs();
        table
            .pair("Id", &self.id)
            .pair("Name", &self.name)
            .pair("State", state(self.status))
            .pair("Reason", &self.status_reason)
            .pair("Owner", owner(&self.creator, &self.creator_id))
            .pair("Region", &self.region);
        if let Some(conf) = &self.conf {
            configuration(&mut table, conf);
        }
        if let Some(info) = &self.service_instance_info {
            table
                .pair("Internal IP", &info.internal_ip)
                .pair("Public IP", &info.public_ip)
                .pair("Node IP", &info.node_ip);
        }
        if let Some(login) = &self.login_info {
            table
                .pair("VS Code", url(login.vscode.as_ref()))
                .pair("Jupyter", url(login.jupyter.as_ref()));
        }
        table
            .pair(
                "Timed stop",
                timed_stop(self.timed_stop_dev_instance.as_ref()),
            )
            .pair(
                "Visible to",
                text(self.visible_scope.as_ref().and_then(|v| v.r#type)),
            )
            .pair("Created", text(self.created_at))
            .pair("Updated", text(self.updated_at));
        table
    }
}

fn configuration(table: &mut Table, conf: &DevInstanceConf) {
    let (pool, sizes) = (&conf.resource_pool, &conf.resources);
    let pool_name = [&pool.resource_pool_name, &pool.resource_pool_id]
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty());
    table
        .pair("Pool", pool_name.map_or("", String::as_str))
        .pair("Queue", &pool.queue_name)
        .pair("CPUs", sizes.cpus.to_string())
        .pair("Memory", format!("{} GiB", sizes.memory))
        .pair("Accelerators", accelerators(sizes))
        .pair("Image", &conf.image.image_url);
    for volume in &conf.volume_confs {
        table.pair("Volume", storage(volume));
    }
    if let Some(access) = &conf.access {
        let ssh = if access.ssh_enable == Some(true) {
            "on"
        } else {
            "off"
        };
        table.pair("SSH", ssh);
    }
    let priority = conf.schedule_conf.as_ref().and_then(|s| s.priority.clone());
    table
        .pair("Priority", text(priority))
        .pair(
            "Start command",
            conf.start_cmd.as_deref().unwrap_or_default(),
        )
        .pair(
            "Workspace",
            conf.workspace_dir.as_deref().unwrap_or_default(),
        );
    let names = conf.envs.iter().flat_map(|envs| envs.keys());
    table.pair("Variables", names.cloned().collect::<Vec<_>>().join(", "));
}

fn storage(volume: &VolumeConf) -> String {
    let kind = volume.volume_type.as_ref();
    let size = volume
        .cds
        .as_ref()
        .map(|disk| format!(" {} GB", disk.capacity));
    let read_only = if volume.read_only == Some(true) {
        ", read-only"
    } else {
        ""
    };
    format!(
        "{}{} at {}{read_only}",
        kind.map_or("?", |kind| kind.as_str()),
        size.unwrap_or_default(),
        volume.mount_path
    )
}

fn owner(name: &str, id: &str) -> String {
    match id {
        "" => name.to_owned(),
        id => format!("{name} ({id})"),
    }
}

fn timed_stop(timer: Option<&TimedStopDetail>) -> String {
    let at = timer.and_then(|timer| {
        let start = timer.start_time?.to_date_time()?;
        start.checked_add(time::Duration::seconds(timer.delay_sec?))
    });
    at.map(|at| format!("at {}", Timestamp::from(at.unix_timestamp())))
        .unwrap_or_default()
}

fn url(login: Option<&LoginUrl>) -> &str {
    login.map_or("", |login| &login.url)
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
