//! Prepares an emulator with one running dev instance for those programs in the guides that need
//! one. The guides show the programs without this preparation.

use std::error::Error;

use aihc_dev::model::{
    Cds, DevInstanceConf, Image, ResourcePool, Resources, VolumeConf, VolumeType,
};
use aihc_dev::{Client, Credentials};
use aihc_emulator::{Emulator, Handle};

const KEY: &str = "my-access-key-id";
const SECRET: &str = "my-secret-access-key";

/// An emulator in which instances run almost immediately, and a client of it.
#[derive(Debug)]
pub struct Stage {
    emulator: Emulator,
    client: Client,
    instance: String,
}

/// Starts the emulator, runs a program with it, and stops the emulator.
///
/// # Errors
///
/// If the program fails, or if the emulator cannot be prepared.
pub fn run<P>(program: P) -> Result<(), Box<dyn Error>>
where
    P: AsyncFnOnce(&Stage) -> Result<(), Box<dyn Error>>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stage = Stage::set().await?;
        program(&stage).await?;
        stage.emulator.stop().await;
        Ok(())
    })
}

impl Stage {
    async fn set() -> Result<Self, Box<dyn Error>> {
        let emulator = Emulator::builder()
            .access_key(KEY, SECRET)
            .time_scale(100.0)
            .start()
            .await?;
        let client = Client::builder()
            .credentials(Credentials::new(KEY, SECRET)?)
            .endpoint(emulator.endpoint())
            .build()?;
        let instance = emulator.handle().add_instances("instance", 1).concat();
        Ok(Self {
            emulator,
            client,
            instance,
        })
    }

    /// Returns the access key id, the secret access key and the endpoint, for a program that
    /// creates its own client.
    pub fn login(&self) -> (&'static str, &'static str, &str) {
        (KEY, SECRET, self.emulator.endpoint())
    }

    /// Returns a client of the emulator.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Returns the id of the instance that exists from the beginning, and runs.
    pub fn instance(&self) -> String {
        self.instance.clone()
    }

    /// Returns a handle of the emulator.
    pub fn handle(&self) -> Handle {
        self.emulator.handle()
    }

    /// Returns a small configuration of a dev instance.
    pub fn conf(&self) -> DevInstanceConf {
        DevInstanceConf::new()
            .resource_pool(ResourcePool::new("my-queue").resource_pool_id("my-pool"))
            .resources(Resources::new(1, 2))
            .image(Image::new(
                0,
                "registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04",
            ))
            .volume_confs([VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100))])
    }
}
