//! Property tests of configurations: they are read back as written, and unknown members change
//! nothing.

use std::collections::BTreeMap;

use aihc_dev::Secret;
use aihc_dev::model::DevInstanceConf;
use bce_http::rt::codec::Wire;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const TEXT: &str = "[ -~é开\"\\\\]{0,12}";

fn volume() -> impl Strategy<Value = Value> {
    let bos = (TEXT, TEXT).prop_map(|(path, version)| json!({"srcPath": path, "version": version}));
    let cds = (1..10_000i64).prop_map(|capacity| json!({"capacity": capacity}));
    let kind = prop_oneof![Just("cds".to_owned()), Just("bos".to_owned()), "[a-z]{1,8}"];
    (kind, "/[a-z]{1,9}", proptest::option::of(cds), proptest::option::of(bos)).prop_map(
        |(kind, path, cds, bos)| {
            json!({"volumnType": kind, "mountPath": path, "cds": cds, "bos": bos})
        },
    )
}

/// Generates configurations as JSON, as requests contain them, with known and unknown enum values.
fn conf() -> impl Strategy<Value = Value> {
    let resources = (
        any::<i64>(),
        any::<i64>(),
        proptest::option::of(any::<i64>()),
    );
    let image = (any::<i32>(), TEXT, proptest::option::of(TEXT));
    let envs = proptest::collection::btree_map("[A-Z_]{1,8}", TEXT, 0..4);
    let priority = proptest::option::of(prop_oneof![Just("high".to_owned()), "[a-z]{1,8}"]);
    let volumes = proptest::collection::vec(volume(), 0..4);
    (TEXT, resources, image, envs, priority, volumes).prop_map(
        |(queue, (cpus, memory, shm), (kind, url, password), envs, priority, volumes)| {
            json!({
                "resourcePool": {"queueName": queue},
                "resources": {"cpus": cpus, "memory": memory, "shmSize": shm},
                "image": {"imageType": kind, "imageUrl": url, "password": password},
                "envs": envs,
                "scheduleConf": {"priority": priority},
                "volumnConfs": volumes,
            })
        },
    )
}

fn read(value: &Value) -> DevInstanceConf {
    serde_json::from_value(value.clone()).unwrap()
}

/// Adds the members `more` to every object in `value`, except to `envs`, whose members are
/// environment variables.
fn with_members(value: &Value, more: &BTreeMap<String, i64>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| with_members(item, more)).collect(),
        Value::Object(members) => {
            let add = |(name, value): (&String, &Value)| {
                let value = match name.as_str() {
                    "envs" => value.clone(),
                    _ => with_members(value, more),
                };
                (name.clone(), value)
            };
            let mut members: Map<_, _> = members.iter().map(add).collect();
            members.extend(
                more.iter()
                    .map(|(name, value)| (name.clone(), json!(value))),
            );
            Value::Object(members)
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_read_is_written_so_that_it_reads_the_same(wire in conf()) {
        let conf = read(&wire);
        let written = serde_json::to_value(Wire(&conf)).unwrap();
        prop_assert_eq!(read(&written), conf);
        prop_assert_eq!(&written["image"]["imageType"], &wire["image"]["imageType"]);
        let priority = &wire["scheduleConf"]["priority"];
        prop_assert_eq!(&written["scheduleConf"]["priority"], priority, "unknown values survive");
    }

    #[test]
    fn what_is_sent_and_what_is_shown_differ_in_the_secrets_alone(wire in conf()) {
        let mut conf = read(&wire);
        conf.image.password = Some(Secret::new("***"));
        let values = conf.envs.get_or_insert_default();
        values.insert("ONE".to_owned(), Secret::default());
        values.values_mut().for_each(|value| *value = Secret::new("***"));
        let shown = serde_json::to_string(&conf).unwrap();
        prop_assert_eq!(serde_json::to_string(&Wire(&conf)).unwrap(), shown);
    }

    #[test]
    fn members_that_nobody_knows_change_nothing(
        wire in conf(),
        more in proptest::collection::btree_map("zz[a-zA-Z]{1,6}", any::<i64>(), 1..4),
    ) {
        prop_assert_eq!(read(&with_members(&wire, &more)), read(&wire));
    }
}
