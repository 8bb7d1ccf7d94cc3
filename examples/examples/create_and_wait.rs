//! Creates a dev instance, and waits until it runs. If it fails, the error tells why: it contains
//! the last state, its reason, and the latest warnings.
//!
//! `cargo run -p examples --example create_and_wait NAME QUEUE IMAGE_URL`
//!
//! This costs money on a real service. For credentials and endpoint, see `Client::from_env`.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use aihc_dev::Client;
use aihc_dev::model::{
    Cds, DevInstanceConf, Image, ImageType, ResourcePool, Resources, VolumeConf, VolumeType,
};
use examples::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, queue, image] = arguments.as_slice() else {
        return Err("usage: create_and_wait NAME QUEUE IMAGE_URL".into());
    };
    let client = Client::from_env()?;

    let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
    let conf = DevInstanceConf::new()
        .resource_pool(ResourcePool::new(queue))
        .resources(Resources::new(4, 8))
        .image(Image::new(ImageType::Unspecified, image))
        .volume_confs([disk]);
    let created = client
        .create_dev_instance()
        .name(name)
        .conf(conf)
        .creator("me")
        .creator_id("my-user-id")
        .await?;
    println!("{} created", created.dev_instance_id);

    let instance = client
        .wait_until_running(&created.dev_instance_id)
        .timeout(Duration::from_secs(10 * 60))
        .on_progress(|progress| println!("{:>4} s  {}", progress.elapsed.as_secs(), progress.state))
        .await?;
    println!("{} runs", instance.name);
    Ok(())
}
