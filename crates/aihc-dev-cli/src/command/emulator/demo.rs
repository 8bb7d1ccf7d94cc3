//! Instances to try commands on.

use aihc_dev::Client;
use aihc_dev::model::{
    Access, Cds, DevInstanceConf, Image, PortInfo, ResourcePool, Resources, VolumeConf, VolumeType,
};
use aihc_emulator::{Emulator as Server, Failure as Broken, InstanceStatus};

use crate::exit::Failure;

/// The pool that the local service begins with.
const POOL: &str = "cce-emulator";
const ACCELERATOR: &str = "baidu.com/a800_80g_cgpu";

/// The state that an instance is left in.
enum End {
    Running,
    Stopped,
    Failed,
    /// Queued: the queue has fewer free accelerators than it requests.
    Waits,
}

struct Demo {
    name: &'static str,
    creator: (&'static str, &'static str),
    queue: &'static str,
    accelerators: i64,
    end: End,
}

const DEMOS: [Demo; 5] = [
    Demo {
        name: "notebook",
        creator: ("alice", "u-1"),
        queue: "default",
        accelerators: 0,
        end: End::Running,
    },
    Demo {
        name: "train-7b",
        creator: ("alice", "u-1"),
        queue: "train",
        accelerators: 8,
        end: End::Running,
    },
    Demo {
        name: "train-70b",
        creator: ("bob", "u-2"),
        queue: "train",
        accelerators: 64,
        end: End::Waits,
    },
    Demo {
        name: "evaluation",
        creator: ("bob", "u-2"),
        queue: "default",
        accelerators: 1,
        end: End::Stopped,
    },
    Demo {
        name: "preprocessing",
        creator: ("bob", "u-2"),
        queue: "default",
        accelerators: 0,
        end: End::Failed,
    },
];

/// Creates the instances, each in its state.
pub(super) async fn fill(server: &Server) -> Result<(), Failure> {
    let client = Client::builder()
        .endpoint(server.endpoint())
        .credentials(server.credentials().clone())
        .build()?;
    let handle = server.handle();
    for demo in DEMOS {
        let (creator, creator_id) = demo.creator;
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
    }
    Ok(())
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
