//! Tests that secrets are not shown.

use aihc::Secret;
use aihc::jobs::{Env, ImageConfig, JobSpec, JobSpecs};
use aihc::services::{ContainerConf, ImageConf, ServiceImageType};

use crate::common::answering;

const MASK: &str = "***";

#[test]
fn models_show_no_secret_in_debug_and_when_they_are_written() {
    let spec = JobSpec::new("i", 1)
        .image_config(ImageConfig::new("robot", "planted-1"))
        .envs([Env::new().name("A").value("planted-2")]);
    let image = ImageConf::new(ServiceImageType::Other, "i").password("planted-3");
    let container = ContainerConf::new().image(image).envs([("B", "planted-4")]);
    let specs = JobSpecs::One(spec);
    let shown = [
        format!("{specs:?} {container:?}"),
        serde_json::to_string(&specs).unwrap(),
        serde_json::to_string(&container).unwrap(),
    ];
    for text in shown {
        assert!(!text.contains("planted") && text.contains(MASK), "{text}");
    }
}

#[test]
fn nothing_is_shown_of_a_spec_of_no_known_form() {
    let specs: JobSpecs = serde_json::from_str(r#"["planted-1"]"#).unwrap();
    assert!(!format!("{specs:?}").contains("planted"));
    assert!(!serde_json::to_string(&specs).unwrap().contains("planted"));
}

#[tokio::test]
async fn the_address_of_a_terminal_is_a_secret() {
    let client =
        answering(r#"{"requestId":"r","webTerminalUrl":"https://t.example/?token=planted"}"#);
    let call = client
        .describe_job_webterminal()
        .resource_pool_id("p")
        .queue_id("q");
    let answer = call.job_id("j").pod_name("pod").await.unwrap();
    assert!(!format!("{answer:?}").contains("planted"));
    let url: &Secret = &answer.web_terminal_url;
    assert_eq!(url.expose(), "https://t.example/?token=planted");
}
