//! Everything that the emulator remembers.
//!
//! Nothing here has a clock or a task: whoever looks says what time it is, and every move that
//! was due by then is taken first.

mod client_token;
mod event;
mod image_pack;
mod instance;
mod lifecycle;
mod session;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use time::OffsetDateTime;

pub(crate) use self::client_token::{ClientTokens, Key as ClientTokenKey};
pub(crate) use self::event::Event;
pub(crate) use self::image_pack::ImageTarget;
pub(crate) use self::instance::{Instance, NODE_IP, Settings};
pub(crate) use self::lifecycle::Status;
pub(crate) use self::session::{Principal, Session, Sessions};
use crate::delays::Pace;
use crate::error::ApiError;
use crate::random;

/// Everything that the emulator remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) instances: Instances,
    pub(crate) sessions: Sessions,
    pub(crate) client_tokens: ClientTokens,
}

impl State {
    pub(crate) fn new(pace: Pace) -> Self {
        Self {
            instances: Instances::new(pace),
            sessions: Sessions::default(),
            client_tokens: ClientTokens::default(),
        }
    }
}

/// The dev machines, in the order of their creation.
#[derive(Debug)]
pub(crate) struct Instances {
    pace: Pace,
    by_number: BTreeMap<u64, Instance>,
    numbers: HashMap<String, u64>,
    next_number: u64,
    /// When to look at an instance again. An entry may be out of date; looking does no harm.
    due: BinaryHeap<Reverse<(OffsetDateTime, u64)>>,
}

impl Instances {
    fn new(pace: Pace) -> Self {
        Self {
            pace,
            by_number: BTreeMap::new(),
            numbers: HashMap::new(),
            next_number: 0,
            due: BinaryHeap::new(),
        }
    }

    /// Takes every move that is due, and forgets what was deleted long enough ago.
    pub(crate) fn advance(&mut self, now: OffsetDateTime) {
        while let Some(&Reverse((at, number))) = self.due.peek()
            && at <= now
        {
            self.due.pop();
            let Some(instance) = self.by_number.get_mut(&number) else {
                continue;
            };
            if instance.advance(now, &self.pace) {
                self.look_again(number);
            } else if let Some(instance) = self.by_number.remove(&number) {
                self.numbers.remove(&instance.id);
            }
        }
    }

    /// Creates an instance and returns its id.
    pub(crate) fn create(
        &mut self,
        name: &str,
        owner: Principal,
        settings: Settings,
        now: OffsetDateTime,
    ) -> String {
        let id = loop {
            let id = format!("dv-{}", random::hex8());
            if !self.numbers.contains_key(&id) {
                break id;
            }
        };
        let instance = Instance::create(
            id.clone(),
            name.to_owned(),
            owner,
            settings,
            now,
            &self.pace,
        );
        let number = self.next_number;
        self.next_number += 1;
        self.numbers.insert(id.clone(), number);
        self.by_number.insert(number, instance);
        self.look_again(number);
        id
    }

    /// The instances, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Instance> {
        self.by_number.values()
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Instance, ApiError> {
        let number = self.numbers.get(id);
        number
            .and_then(|number| self.by_number.get(number))
            .ok_or_else(|| unknown(id))
    }

    /// Changes an instance.
    pub(crate) fn change<T>(
        &mut self,
        id: &str,
        change: impl FnOnce(&mut Instance, &Pace) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let number = *self.numbers.get(id).ok_or_else(|| unknown(id))?;
        let instance = self.by_number.get_mut(&number).ok_or_else(|| unknown(id))?;
        let done = change(instance, &self.pace);
        self.look_again(number);
        done
    }

    fn look_again(&mut self, number: u64) {
        let due = self
            .by_number
            .get(&number)
            .and_then(|instance| instance.due(&self.pace));
        if let Some(at) = due {
            self.due.push(Reverse((at, number)));
        }
    }
}

fn unknown(id: &str) -> ApiError {
    ApiError::not_found(format!("dev instance {id} does not exist"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::delays::Delays;

    const START: OffsetDateTime = datetime!(2026-08-20 00:00:00 UTC);

    fn at(seconds: u64) -> OffsetDateTime {
        START + Duration::from_secs(seconds)
    }

    fn one_instance() -> (Instances, String) {
        let mut instances = Instances::new(Pace::new(Delays::default(), 1.0));
        let settings = Settings {
            conf: json!({"image": {"imageUrl": "ubuntu"}}),
            visible_scope: json!(null),
            notify: json!(null),
            is_public_mgmt: false,
            creator: "owner".into(),
            creator_id: "1".into(),
        };
        let id = instances.create("dev", Principal::User, settings, START);
        (instances, id)
    }

    fn status(instances: &Instances, id: &str) -> Option<i64> {
        instances
            .get(id)
            .ok()
            .map(|instance| instance.status().code())
    }

    #[test]
    fn instances_move_when_somebody_looks() {
        let (mut instances, id) = one_instance();
        assert_eq!(status(&instances, &id), Some(0));
        instances.advance(at(8));
        assert_eq!(status(&instances, &id), Some(3));
        assert_eq!(instances.get(&id).unwrap().updated_at, at(8));
    }

    #[test]
    fn a_deleted_instance_is_seen_for_a_while_and_then_forgotten() {
        let (mut instances, id) = one_instance();
        instances
            .change(&id, |instance, pace| instance.delete(START, pace))
            .unwrap();
        instances.advance(at(602));
        assert_eq!(status(&instances, &id), Some(20));
        instances.advance(at(603));
        assert_eq!(status(&instances, &id), None);
        assert_eq!(instances.iter().count(), 0);
        assert!(instances.due.is_empty());
    }

    #[test]
    fn an_entry_that_is_out_of_date_changes_nothing() {
        let (mut instances, id) = one_instance();
        instances.advance(at(8));
        for second in 9..20 {
            instances
                .change(&id, |instance, pace| {
                    instance.arm_timed_stop(3600, at(second), pace)
                })
                .unwrap();
        }
        instances.advance(at(3600 + 18));
        assert_eq!(status(&instances, &id), Some(3));
        instances.advance(at(3600 + 19));
        assert_eq!(status(&instances, &id), Some(4));
    }

    #[test]
    fn stopping_interrupts_an_image_pack_job() {
        let (mut instances, id) = one_instance();
        instances.advance(at(8));
        let target = ImageTarget {
            image_name: "torch".into(),
            image_tag: "1".into(),
            registry: "ccr.example".into(),
            namespace: "team".into(),
        };
        instances
            .change(&id, |instance, pace| instance.pack(target, at(10), pace))
            .unwrap();
        instances
            .change(&id, |instance, pace| instance.stop(at(12), pace))
            .unwrap();
        instances.advance(at(60));
        let instance = instances.get(&id).unwrap();
        assert_eq!(instance.status(), Status::Stopped);
        assert_eq!(instance.jobs()[0].status_at(at(60)), (30, at(12)));
    }
}
