//! Texts that tests of several crates begin from. Each crate reads them into types of its own.

/// The smallest configuration of a dev instance that the API takes, as it stands on the wire.
pub const INSTANCE_CONF: &str = r#"{
    "resourcePool": {"queueName": "default"},
    "resources": {"cpus": 1, "memory": 2},
    "image": {"imageType": 0, "imageUrl": "registry.example/ubuntu:22.04"},
    "volumnConfs": [{"volumnType": "cds", "mountPath": "/.rootfs", "cds": {"capacity": 100}}]
}"#;
