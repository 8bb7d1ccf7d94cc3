//! Packs the environment of a running dev instance into an image, and waits until the image is in
//! the registry.
//!
//! `REGISTRY_PASSWORD=… cargo run -p examples --example pack_image ID NAME:TAG HOST NAMESPACE USER`
//!
//! For credentials and endpoint, see `Client::from_env`.

// The program prints to a terminal.
#![allow(clippy::print_stdout)]

use aihc_dev::Client;
use examples::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [id, image, host, namespace, user] = arguments.as_slice() else {
        return Err("usage: pack_image ID NAME:TAG HOST NAMESPACE USER".into());
    };
    let (name, tag) = image.split_once(':').ok_or("the image is NAME:TAG")?;
    let password =
        std::env::var("REGISTRY_PASSWORD").map_err(|_| "REGISTRY_PASSWORD is not set")?;
    let client = Client::from_env()?;

    let job = client
        .create_dev_instance_image_pack_job()
        .dev_instance_id(id)
        .image_name(name)
        .image_tag(tag)
        .registry(host)
        .namespace(namespace)
        .username(user)
        .password(password)
        .await?
        .image_pack_job_id;
    println!("{job} started");
    client
        .wait_for_image_pack_job(id, &job)
        .on_progress(|progress| println!("{:>4} s  {}", progress.elapsed.as_secs(), progress.state))
        .await?;
    println!("{host}/{namespace}/{name}:{tag}");
    Ok(())
}
