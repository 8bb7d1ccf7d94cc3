//! Faults on request.

use super::Handle;
use crate::fault::{FaultRule, FaultSnapshot};
use crate::scenario::SettingError;

impl Handle {
    /// Lets something go wrong, and returns the number of the rule.
    ///
    /// # Errors
    ///
    /// When the rule cannot be meant, for example when it names an unknown operation, or when there
    /// are a thousand rules.
    pub fn inject(&self, rule: FaultRule) -> Result<u64, SettingError> {
        self.app.faults().add(rule)
    }

    /// The rules that were given, oldest first, with what came of them.
    pub fn faults(&self) -> Vec<FaultSnapshot> {
        self.app.faults().iter().cloned().collect()
    }

    /// Takes a rule back; false when there is none of that number.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.app.faults().remove(id)
    }

    /// Takes all rules back.
    pub fn clear_faults(&self) {
        self.app.faults().clear();
    }
}
