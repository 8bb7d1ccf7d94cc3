//! A program that lists dev instances with `aihc-dev`: `list-ours ENDPOINT`. The last line that it
//! prints is its peak memory in KiB.

use aihc_dev::{Client, Credentials};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = std::env::args().nth(1).ok_or("which endpoint?")?;
    let client = Client::builder()
        .endpoint(endpoint)
        .credentials(Credentials::new("bench-access-key", "bench-secret-key")?)
        .build()?;
    for instance in client.list_dev_instances().await?.dev_instances {
        println!("{} {}", instance.id, instance.name);
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", peak.unwrap_or_default().trim());
    Ok(())
}
