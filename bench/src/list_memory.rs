//! Measures the memory of a program that streams a list of all dev instances while instances are
//! created and deleted: `cargo xtask bench list-memory`. The memory is measured for a list of ten
//! thousand instances and for one of a hundred thousand.
//!
//! The program that streams the list (the reader) is a separate process, so that its peak memory
//! contains nothing else. It prints the ids of the instances, which this process counts.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use aihc_dev::model::{
    Cds, DevInstanceConf, Image, ResourcePool, Resources, VolumeConf, VolumeType,
};
use aihc_dev::{Client, Credentials};
use aihc_emulator::{Delays, Emulator};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::report::{Figure, Goal, Row};
use crate::usage;

/// The argument with which this program runs as the process that streams the instances.
pub(crate) const READER: &str = "list-memory-reader";

const SIZES: [usize; 2] = [10_000, 100_000];
const PAGE_SIZE: i64 = 100;
const KEY: (&str, &str) = ("bench-access-key", "bench-secret-key");
/// The maximum number of instances that are created or deleted at the same time.
const AT_ONCE: usize = 8;
/// The maximum difference between the peak memory when a long list is streamed and that when a
/// short one is. The allocator fragments its memory, so the two are not exactly equal.
const TOLERANCE_MIB: f64 = 1.0;

/// The beginning of the last line that is printed by the process that streams the instances.
const PEAK: &str = "peak MiB ";

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The result of streaming one list of instances, and how many instances were created and deleted
/// meanwhile.
struct Reading {
    elapsed: Duration,
    items: usize,
    duplicates: usize,
    /// The number of instances that existed all the time but were not listed.
    gaps: usize,
    created: usize,
    deleted: usize,
    peak_mib: f64,
}

/// Measures streams of ten thousand and of a hundred thousand instances, and prints
/// `peak 10k X MiB, 100k Y MiB` as the last line.
pub(crate) fn run() -> std::result::Result<Vec<Row>, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    println!(
        "{:>9}{:>9}{:>10}{:>10}{:>12}{:>6}{:>10}{:>8}",
        "instances", "items", "created", "deleted", "duplicates", "gaps", "peak MiB", "s"
    );
    let mut peaks = Vec::new();
    let mut faultless = true;
    for size in SIZES {
        let reading = runtime.block_on(measure(size));
        let reading = reading.map_err(|error| error.to_string())?;
        println!(
            "{size:>9}{:>9}{:>10}{:>10}{:>12}{:>6}{:>10.1}{:>8.1}",
            reading.items,
            reading.created,
            reading.deleted,
            reading.duplicates,
            reading.gaps,
            reading.peak_mib,
            reading.elapsed.as_secs_f64()
        );
        faultless &= reading.duplicates == 0 && reading.gaps == 0;
        faultless &= reading.created > 0 && reading.deleted > 0;
        peaks.push(reading.peak_mib);
    }
    println!("peak 10k {:.1} MiB, 100k {:.1} MiB", peaks[0], peaks[1]);
    if !faultless {
        return Err("the list was not read correctly".to_owned());
    }
    Ok(vec![Row {
        name: "peak of a stream over 100,000 instances".to_owned(),
        unit: "MiB",
        ours: Figure::exact(peaks[1]),
        baseline: Some(("over 10,000", Figure::exact(peaks[0]))),
        goal: Goal::AtMost(peaks[0] + TOLERANCE_MIB),
    }])
}

async fn measure(size: usize) -> Result<Reading> {
    let mut delays = Delays::default();
    delays.deleting = Duration::ZERO;
    delays.deleted_visible = Duration::ZERO;
    let emulator = Emulator::builder().access_key(KEY.0, KEY.1).delays(delays);
    let emulator = emulator.start().await?;
    let client = client(emulator.endpoint())?;
    let ids = create(&client, 0..size).await?;

    let started = Instant::now();
    let endpoint = emulator.endpoint().to_owned();
    let reader = tokio::task::spawn_blocking(move || read_in_a_process(&endpoint));
    // Every fourth of the initial instances may be deleted; the others exist all the time.
    let ids = ids.into_iter().enumerate();
    let (doomed, lasting): (Vec<_>, Vec<_>) = ids.partition(|(index, _)| index % 4 == 0);
    let mut doomed = doomed.into_iter().map(|(_, id)| id);
    let (mut created, mut deleted) = (0, 0);
    while !reader.is_finished() {
        let from = size + created;
        created += create(&client, from..from + AT_ONCE).await?.len();
        let outcomes = client
            .delete_dev_instances(doomed.by_ref().take(AT_ONCE))
            .await;
        for (_, outcome) in outcomes {
            outcome?;
            deleted += 1;
        }
    }
    let list = reader.await??;
    let elapsed = started.elapsed();
    emulator.stop().await;
    let missing = |(_, id): &&(usize, String)| !list.seen.contains_key(id);
    Ok(Reading {
        elapsed,
        items: list.seen.values().sum(),
        duplicates: list.seen.values().filter(|times| **times > 1).count(),
        gaps: lasting.iter().filter(missing).count(),
        created,
        deleted,
        peak_mib: list.peak_mib,
    })
}

fn client(endpoint: &str) -> Result<Client> {
    let credentials = Credentials::new(KEY.0, KEY.1)?;
    let builder = Client::builder()
        .endpoint(endpoint)
        .credentials(credentials);
    Ok(builder.build()?)
}

/// Creates instances with these numbers in their names, and returns their ids.
async fn create(client: &Client, numbers: std::ops::Range<usize>) -> Result<Vec<String>> {
    let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
    let conf = DevInstanceConf::new()
        .resource_pool(ResourcePool::new("queue"))
        .resources(Resources::new(4, 8))
        .image(Image::new(
            0,
            "registry.baidubce.com/inference/aibox-ubuntu:v2.0-22.04",
        ))
        .volume_confs([disk]);
    let calls = numbers.map(|number| {
        let name = format!("instance-{number}");
        client
            .create_dev_instance()
            .name(name)
            .conf(conf.clone())
            .creator("me")
            .creator_id("my-id")
            .send()
    });
    let created = stream::iter(calls).buffered(AT_ONCE);
    let ids = created.map_ok(|created| created.dev_instance_id);
    Ok(ids.try_collect().await?)
}

/// The parsed output of the process that streams the instances.
struct List {
    /// How often each id has occurred.
    seen: HashMap<String, usize>,
    peak_mib: f64,
}

fn read_in_a_process(endpoint: &str) -> std::result::Result<List, String> {
    let failed = |error: std::io::Error| format!("the reader: {error}");
    let program = std::env::current_exe().map_err(failed)?;
    let mut reader = Command::new(program)
        .args([READER, endpoint])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut list = List {
        seen: HashMap::new(),
        peak_mib: f64::NAN,
    };
    let output = reader.stdout.take().ok_or("the reader has no output")?;
    for line in BufReader::new(output).lines() {
        let line = line.map_err(failed)?;
        match line.strip_prefix(PEAK).map(str::parse) {
            Some(Ok(mib)) => list.peak_mib = mib,
            Some(Err(_)) => return Err("this system does not report the peak memory".to_owned()),
            None => *list.seen.entry(line).or_default() += 1,
        }
    }
    match reader.wait().map_err(failed)?.success() {
        true => Ok(list),
        false => Err("the reader failed".to_owned()),
    }
}

/// Streams all instances. Prints their ids, and finally the peak memory of the process.
pub(crate) fn read(endpoint: &str) -> std::result::Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let written = runtime.block_on(async {
        let mut output = std::io::stdout().lock();
        let mut instances = client(endpoint)?
            .list_dev_instances()
            .page_size(PAGE_SIZE)
            .items();
        while let Some(instance) = instances.try_next().await? {
            writeln!(output, "{}", instance.id)?;
        }
        match usage::peak_mib() {
            Some(mib) => writeln!(output, "{PEAK}{mib:.3}")?,
            None => writeln!(output, "{PEAK}unknown")?,
        }
        Result::Ok(())
    });
    written.map_err(|error| error.to_string())
}
