//! Generates the unique ids of dev instances, their service instances and their image pack jobs.

use std::collections::HashSet;

use crate::random::{Ids, Stream};
use crate::state::dev::instance::Instance;

const INSTANCE: &str = "dv-";
const SERVICE: &str = "aibox-";
const IMAGE_PACK_JOB: &str = "tk-";

/// Generates unique ids for instances, their service instances and image pack jobs.
#[derive(Debug)]
pub(super) struct Names {
    instances: Ids,
    services: Ids,
    image_pack_jobs: Ids,
    /// The ids of restored instances, their service instances and their jobs, each as a prefix and
    /// a number.
    taken: HashSet<(&'static str, u32)>,
}

impl Names {
    pub(super) fn new(seed: Option<u64>) -> Self {
        Self {
            instances: Ids::new(seed, Stream::Instances),
            services: Ids::new(seed, Stream::Services),
            image_pack_jobs: Ids::new(seed, Stream::ImagePackJobs),
            taken: HashSet::new(),
        }
    }

    pub(super) fn instance(&mut self) -> String {
        give(INSTANCE, &mut self.instances, &self.taken)
    }

    pub(super) fn service(&mut self) -> String {
        give(SERVICE, &mut self.services, &self.taken)
    }

    pub(super) fn image_pack_job(&mut self) -> String {
        give(IMAGE_PACK_JOB, &mut self.image_pack_jobs, &self.taken)
    }

    /// Reserves the ids of this instance, its service instance and its image pack jobs.
    pub(super) fn take(&mut self, instance: &Instance) {
        let digits = |kind, id: &str| Some((kind, digits(id.strip_prefix(kind)?)?));
        self.taken.extend(digits(INSTANCE, &instance.id));
        self.taken.extend(digits(SERVICE, &instance.service_id));
        let jobs = instance.jobs();
        let jobs = jobs.filter_map(|job| digits(IMAGE_PACK_JOB, &job.id));
        self.taken.extend(jobs);
    }

    /// Reserves all ids that `other` has reserved.
    pub(super) fn take_all(&mut self, other: &Self) {
        self.taken.extend(&other.taken);
    }
}

/// Parses the hexadecimal digits of an id. Returns `None` if they are not a 32-bit number: such an
/// id is never generated, so it need not be reserved.
fn digits(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 16).ok()
}

fn give(kind: &'static str, ids: &mut Ids, taken: &HashSet<(&'static str, u32)>) -> String {
    loop {
        let id = ids.next();
        if !taken.contains(&(kind, id)) {
            return format!("{kind}{id:08x}");
        }
    }
}
