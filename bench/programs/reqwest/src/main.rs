//! A program that lists dev instances with reqwest, without signing the request:
//! `list-reqwest ENDPOINT`. The last line that it prints is its peak memory in KiB.

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    dev_instances: Vec<Instance>,
}

#[derive(serde::Deserialize)]
struct Instance {
    id: String,
    name: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = std::env::args().nth(1).ok_or("which endpoint?")?;
    let url = format!("{endpoint}/?action=DescribeDevInstances");
    let answer = reqwest::Client::new().get(url).send().await?;
    for instance in answer.json::<List>().await?.dev_instances {
        println!("{} {}", instance.id, instance.name);
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", peak.unwrap_or_default().trim());
    Ok(())
}
