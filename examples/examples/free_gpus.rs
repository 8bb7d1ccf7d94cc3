//! Finds a queue that has free GPUs, and creates a dev instance there with a dataset mounted. It
//! uses two clients: one for pools, queues and datasets (`aihc`), and one for dev instances
//! (`aihc-dev`).
//!
//! `cargo run -p examples --example free_gpus [GPUS [DATASET]]`
//!
//! Without credentials in the environment, it uses a local emulator. With credentials, it costs
//! money. For credentials and endpoint, see `Client::from_env`.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use aihc::AcceleratorCard;
use aihc::datasets::{Dataset, DatasetStorageType};
use aihc::pools::ResourcePoolType;
use aihc::queues::QueueItem;
use aihc_dev::model::{
    Cds, Dataset as Mount, DatasetBos, DevInstanceConf, Image, ImageType, ResourcePool, Resources,
    VolumeConf, VolumeType,
};
use aihc_emulator::Emulator;
use examples::Failure;

const IMAGE: &str = "registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let gpus: i64 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let dataset = arguments.next();
    if std::env::var_os("BCE_ACCESS_KEY_ID").is_some() {
        let (aihc, dev) = (aihc::Client::from_env()?, aihc_dev::Client::from_env()?);
        return create(&aihc, &dev, gpus, dataset).await;
    }
    // Twenty emulated seconds pass in each real second.
    let emulator = Emulator::builder().time_scale(20.0).start().await?;
    println!("local emulator at {}", emulator.endpoint());
    let credentials = emulator.credentials();
    let aihc = aihc::Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(credentials.clone())
        .build()?;
    let dev = aihc_dev::Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(credentials.clone())
        .build()?;
    create(&aihc, &dev, gpus, dataset).await
}

async fn create(
    aihc: &aihc::Client,
    dev: &aihc_dev::Client,
    gpus: i64,
    dataset: Option<String>,
) -> Result<(), Failure> {
    let (queue, card) = free_queue(aihc, gpus).await?;
    println!(
        "{} in {}: {} {} are free",
        queue.queue_name,
        queue.resource_pool_id,
        card.accelerator_count,
        card.accelerator_description
    );
    let mut volumes = vec![VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100))];
    if let Some(found) = find_dataset(aihc, dataset).await? {
        volumes.push(mount(aihc, &found).await?);
        println!("{} is mounted", found.name);
    }
    let pool = ResourcePool::new(queue.queue_name).resource_pool_id(queue.resource_pool_id);
    let resources = Resources::new(4, 8)
        .accelerator_type(card.accelerator_description)
        .accelerator_count(gpus);
    let conf = DevInstanceConf::new()
        .resource_pool(pool)
        .resources(resources)
        .image(Image::new(ImageType::Unspecified, IMAGE))
        .volume_confs(volumes);
    let created = dev
        .create_dev_instance()
        .name("free-gpus")
        .conf(conf)
        .creator("me")
        .creator_id("my-user-id")
        .await?;
    let instance = dev.wait_until_running(created.dev_instance_id).await?;
    println!("{} runs", instance.name);
    Ok(())
}

/// Returns the queue that has the most free GPUs of one kind, among the queues of all self-managed
/// pools.
async fn free_queue(
    aihc: &aihc::Client,
    gpus: i64,
) -> Result<(QueueItem, AcceleratorCard), Failure> {
    let mut found: Vec<(f64, QueueItem, AcceleratorCard)> = Vec::new();
    let mut pools = aihc
        .describe_resource_pools(ResourcePoolType::Common)
        .items();
    while let Some(pool) = pools.try_next().await? {
        let mut queues = aihc.describe_queues(&pool.resource_pool_id).items();
        while let Some(queue) = queues.try_next().await? {
            let free = queue.remaining.clone().unwrap_or_default();
            for card in free.accelerator_card_list {
                // The number is a string in decimal notation. It may have a fraction, because
                // queues can share GPUs.
                let count: f64 = card.accelerator_count.parse()?;
                if queue.opened != Some(false) && count >= gpus as f64 {
                    found.push((count, queue.clone(), card));
                }
            }
        }
    }
    let best = found.into_iter().max_by(|(a, ..), (b, ..)| a.total_cmp(b));
    let (_, queue, card) = best.ok_or_else(|| format!("no queue has {gpus} free GPUs"))?;
    Ok((queue, card))
}

/// Returns the dataset that has this name, or any dataset if `name` is `None`; fails if there is
/// none.
async fn find_dataset(
    aihc: &aihc::Client,
    name: Option<String>,
) -> Result<Option<Dataset>, Failure> {
    let Some(name) = name else {
        let page = aihc.describe_datasets().page_size(1).await?;
        return Ok(page.datasets.into_iter().next());
    };
    let mut datasets = aihc.describe_datasets().keyword(&name).items();
    while let Some(dataset) = datasets.try_next().await? {
        if dataset.name == name {
            return Ok(Some(dataset));
        }
    }
    Err(format!("there is no dataset {name}").into())
}

/// Returns a volume that mounts the latest version of a dataset at the default path of the dataset.
async fn mount(aihc: &aihc::Client, dataset: &Dataset) -> Result<VolumeConf, Failure> {
    let answer = aihc
        .describe_dataset_version(&dataset.id, &dataset.latest_version_id)
        .await?;
    let version = answer.version_entry.unwrap_or_default();
    let mount = match &dataset.storage_type {
        Some(DatasetStorageType::Bos) => Mount::new(&dataset.id, &version.id, "bos")
            .bos(DatasetBos::new().src_path(&version.storage_path)),
        _ => Mount::new(&dataset.id, &version.id, "pfs"),
    };
    let volume = VolumeConf::new(VolumeType::Dataset, version.mount_path);
    Ok(volume.dataset(mount).read_only(true))
}
