//! Test data that several crates use. Each crate parses it into its own types.

/// The smallest configuration of a dev instance that the API accepts, as JSON.
pub const INSTANCE_CONF: &str = r#"{
    "resourcePool": {"queueName": "default"},
    "resources": {"cpus": 1, "memory": 2},
    "image": {"imageType": 0, "imageUrl": "registry.example/ubuntu:22.04"},
    "volumnConfs": [{"volumnType": "cds", "mountPath": "/.rootfs", "cds": {"capacity": 100}}]
}"#;
