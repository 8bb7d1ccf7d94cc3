//! Example data for the local emulator: instances, jobs and a service. Items that also occur in the
//! examples of the command-line help have the same ids as there.

use aihc::jobs::{JobResource, JobSpec};
use aihc::services::ServiceConf;
use aihc_dev::Client;
use aihc_dev::model::{
    Access, Cds, DevInstanceConf, Image, PortInfo, ResourcePool, Resources, VolumeConf, VolumeType,
};
use aihc_emulator::{
    AccessKey, Builder, Emulator as Server, Failure as Broken, InstanceStatus, JobStatus,
};
use bce_auth::Credentials;
use bce_http::ClientBuilder;
use bce_http::rt::ServiceClient;
use serde_json::json;

use crate::exit::Failure;

/// The id of the pool that exists in a new emulator.
const POOL: &str = "cce-emulator";
const SHOWN_POOL: &str = "cce-i8zab7dh";
const ACCELERATOR: &str = "baidu.com/a800_80g_cgpu";
/// The name of the second user, whose instances do not belong to the caller. The instances of the
/// first user, alice, are created with the key that the emulator prints, and belong to the caller.
const COLLEAGUE: &str = "bob";

/// The state that an instance has in the demo.
enum End {
    Running,
    Stopped,
    Failed,
    /// Queued: the queue has fewer free accelerators than the instance requests.
    Waits,
}

struct Demo {
    /// The id of the instance in the examples of the help; `None` if it does not occur there.
    id: Option<&'static str>,
    name: &'static str,
    creator: (&'static str, &'static str),
    queue: &'static str,
    accelerators: i64,
    end: End,
}

const ALICE: (&str, &str) = ("alice", "u-1");
const BOB: (&str, &str) = (COLLEAGUE, "u-2");

const DEMOS: [Demo; 5] = [
    Demo {
        id: Some("dv-f458ede5"),
        name: "train",
        creator: ALICE,
        queue: "train",
        accelerators: 8,
        end: End::Running,
    },
    Demo {
        id: Some("dv-0a1b2c3d"),
        name: "notebook",
        creator: ALICE,
        queue: "default",
        accelerators: 0,
        end: End::Running,
    },
    Demo {
        id: None,
        name: "train-70b",
        creator: BOB,
        queue: "train",
        accelerators: 64,
        end: End::Waits,
    },
    Demo {
        id: None,
        name: "evaluation",
        creator: BOB,
        queue: "default",
        accelerators: 1,
        end: End::Stopped,
    },
    Demo {
        id: None,
        name: "preprocessing",
        creator: BOB,
        queue: "default",
        accelerators: 0,
        end: End::Failed,
    },
];

/// The ids and the names of the running jobs in the demo.
const JOBS: [(&str, &str); 2] = [("job-0a1b2c3d", "nightly"), ("job-4e5f6a7b", "ablation")];
const SERVICE: (&str, &str) = ("s-0a1b2c3d", "chat");
/// The id of the job that packs the first instance of the demo as an image.
const PACK_JOB: &str = "tk-0a1b2c3d";

/// Returns the credentials of the user [`COLLEAGUE`].
fn colleague() -> Result<Credentials, Failure> {
    let credentials = Credentials::new("demo-colleague", "demo-colleague");
    Ok(credentials.map_err(std::io::Error::other)?)
}

/// Prepares an emulator for the demo: adds the key of the user [`COLLEAGUE`], and sets a seed so
/// that the same ids are generated each time.
pub(super) fn prepared(server: Builder) -> Result<Builder, Failure> {
    let key = AccessKey::new(colleague()?).user(COLLEAGUE);
    Ok(server.add_access_key(key).seed(1))
}

/// Creates the instances, the jobs and the service of the demo, and sets their states. Items that
/// also occur in the examples of the help are given the same ids as there.
pub(super) async fn fill(server: &Server) -> Result<(), Failure> {
    let own = server.credentials();
    let alice: Client = client(server, own)?;
    let bob: Client = client(server, &colleague()?)?;
    let handle = server.handle();
    let mut called = vec![(POOL.to_owned(), SHOWN_POOL)];
    for demo in DEMOS {
        let (creator, creator_id) = demo.creator;
        let client = match creator {
            COLLEAGUE => &bob,
            _ => &alice,
        };
        let created = client
            .create_dev_instance()
            .name(demo.name)
            .conf(demo.configuration())
            .creator(creator)
            .creator_id(creator_id)
            .await?;
        let id = created.dev_instance_id;
        let put = match demo.end {
            End::Waits => Ok(()),
            End::Running => handle.set_instance_status(&id, InstanceStatus::RUNNING, ""),
            End::Stopped => handle.set_instance_status(&id, InstanceStatus::STOPPED, ""),
            End::Failed => {
                let reason = "Back-off pulling image \"registry.example.com/team/image:missing\"";
                handle.fail_instance(&id, Broken::Failed, reason)
            }
        };
        put.map_err(std::io::Error::other)?;
        called.extend(demo.id.map(|shown| (id, shown)));
    }
    let workloads: aihc::Client = client(server, own)?;
    for (shown, name) in JOBS {
        let spec = JobSpec::new("registry.example.com/team/train:v1", 2)
            .resources([JobResource::new("cpu", 4.0)]);
        let created = workloads
            .create_job()
            .resource_pool_id(POOL)
            .queue_id("default")
            .name(name)
            .job_spec(spec.into())
            .command("python train.py")
            .await?;
        let running = handle.set_job_status(&created.job_id, JobStatus::Running, "");
        running.map_err(std::io::Error::other)?;
        called.push((created.job_id, shown));
    }
    let (shown, name) = SERVICE;
    let service = workloads
        .create_service()
        .service_conf(service(name)?)
        .await?;
    called.push((service.service_id, shown));
    called.push((pack(server, &alice).await?, PACK_JOB));
    // The service chooses the ids, so they are replaced in a snapshot, which is then restored.
    let mut kept = handle.snapshot().map_err(std::io::Error::other)?;
    for (given, shown) in called {
        kept = kept.replace(&given, shown);
    }
    Ok(handle.restore(&kept).map_err(std::io::Error::other)?)
}

fn client<C: ServiceClient>(server: &Server, credentials: &Credentials) -> Result<C, Failure> {
    let client = ClientBuilder::new()
        .endpoint(server.endpoint())
        .credentials(credentials.clone());
    Ok(client.build()?)
}

/// Starts to pack the first instance of the demo as an image, and returns the id of the job that
/// packs it. If there are no instances, returns [`PACK_JOB`].
async fn pack(server: &Server, client: &Client) -> Result<String, Failure> {
    let handle = server.handle();
    let Some(instance) = handle.instances().into_iter().next() else {
        return Ok(PACK_JOB.to_owned());
    };
    let created = client
        .create_dev_instance_image_pack_job()
        .dev_instance_id(&instance.id)
        .image_name("train")
        .image_tag("v1")
        .registry("ccr-1-vpc.cnc.bj.baidubce.com")
        .namespace("team")
        .username("robot")
        .password("demo")
        .await?;
    let running = handle.set_instance_status(&instance.id, InstanceStatus::RUNNING, "");
    running.map_err(std::io::Error::other)?;
    Ok(created.image_pack_job_id)
}

fn service(name: &str) -> Result<ServiceConf, Failure> {
    let conf = json!({
        "name": name, "acceleratorType": "", "workloadType": "", "instanceCount": 1,
        "resourcePool": {"resourcePoolId": POOL, "resourcePoolName": "emulator",
            "queueName": "default", "resourcePoolType": ""},
        "containers": [{
            "name": "main", "cpus": 4, "memory": 8, "acceleratorCount": 0,
            "command": ["serve"], "ports": [{"name": "HTTP", "port": 8080}],
            "image": {"imageType": 2, "imageUrl": "registry.example.com/team/chat:v1"},
        }],
    });
    Ok(serde_json::from_value(conf).map_err(std::io::Error::from)?)
}

impl Demo {
    fn configuration(&self) -> DevInstanceConf {
        let tag = match self.end {
            End::Failed => "missing",
            _ => "v1",
        };
        let resources = match self.accelerators {
            0 => Resources::new(4, 8),
            count => Resources::new(16, 64)
                .accelerator_type(ACCELERATOR)
                .accelerator_count(count),
        };
        let access = Access::new()
            .ssh_enable(true)
            .ssh_rsa_pub_key("ssh-rsa AAAA")
            .blb_id("lb-demo")
            .port_info([PortInfo::new("dev_ssh", 22, 30022)]);
        let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
        DevInstanceConf::new()
            .resource_pool(ResourcePool::new(self.queue).resource_pool_id(POOL))
            .resources(resources)
            .image(Image::new(
                0,
                format!("registry.example.com/team/image:{tag}"),
            ))
            .volume_confs([disk])
            .access(access)
    }
}
