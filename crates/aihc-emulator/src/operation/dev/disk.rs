//! Checks of the cloud disks in the configuration of a dev instance.

use serde_json::Value;

/// A cloud disk: its mount path, and its capacity in GB.
type Disk<'a> = (&'a str, i64);

fn disks(conf: &Value) -> Vec<Disk<'_>> {
    let volumes = conf.get("volumnConfs").and_then(Value::as_array);
    volumes
        .into_iter()
        .flatten()
        .filter(|volume| volume.get("volumnType").is_some_and(|kind| kind == "cds"))
        .filter_map(|volume| {
            let path = volume.get("mountPath").and_then(Value::as_str);
            let capacity = volume.pointer("/cds/capacity")?.as_i64()?;
            Some((path.unwrap_or_default(), capacity))
        })
        .collect()
}

/// Refuses a configuration that contains a cloud disk whose capacity is not positive.
pub(in crate::operation) fn check(conf: &Value) -> Result<(), String> {
    match disks(conf).iter().find(|(_, capacity)| *capacity < 1) {
        Some((path, _)) => Err(format!(
            "the capacity of the cloud disk at {path} must be greater than 0"
        )),
        None => Ok(()),
    }
}

/// Refuses a change that shrinks or removes a disk. A disk is identified by its mount path or, if
/// its mount path has changed, by its index.
pub(in crate::operation) fn keep(old: &Value, new: &Value) -> Result<(), String> {
    let (old, new) = (disks(old), disks(new));
    let is_mounted = |disks: &[Disk<'_>], path: &str| disks.iter().any(|(at, _)| *at == path);
    for (place, (path, capacity)) in old.iter().enumerate() {
        let by_path = new.iter().find(|(at, _)| at == path);
        let by_place = || new.get(place).filter(|(at, _)| !is_mounted(&old, at));
        match by_path.or_else(by_place) {
            None => return Err(format!("the cloud disk at {path} cannot be removed")),
            Some((_, now)) if now < capacity => {
                return Err(format!(
                    "the capacity of the cloud disk at {path} cannot be reduced"
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn conf(disks: &[Disk<'_>]) -> Value {
        let volumes = disks.iter().map(|(path, capacity)| {
            json!({"volumnType": "cds", "mountPath": path, "cds": {"capacity": capacity}})
        });
        json!({"volumnConfs": volumes.collect::<Vec<_>>()})
    }

    #[test]
    fn each_disk_is_compared_with_itself() {
        let two = conf(&[("/a", 200), ("/b", 300)]);
        for (new, allowed) in [
            (&[("/a", 200), ("/b", 300)][..], true),
            (&[("/b", 300), ("/a", 250)], true),
            (&[("/a", 200), ("/b", 300), ("/c", 1)], true),
            // The first disk had another mount path.
            (&[("/z", 200), ("/b", 300)], true),
            (&[("/z", 100), ("/b", 300)], false),
            (&[("/a", 100), ("/b", 300)], false),
            (&[("/b", 300), ("/a", 100)], false),
            (&[("/a", 600)], false),
            (&[], false),
        ] {
            assert_eq!(keep(&two, &conf(new)).is_ok(), allowed, "{new:?}");
        }
        assert_eq!(keep(&conf(&[]), &two), Ok(()));
    }

    #[test]
    fn a_disk_holds_something() {
        assert_eq!(check(&conf(&[("/a", 1)])), Ok(()));
        for capacity in [0, -5] {
            assert!(check(&conf(&[("/a", 1), ("/b", capacity)])).is_err());
        }
        let unused = json!({"volumnConfs": [{"volumnType": "pfs", "cds": {"capacity": 0}}]});
        assert_eq!(check(&unused), Ok(()));
    }
}
