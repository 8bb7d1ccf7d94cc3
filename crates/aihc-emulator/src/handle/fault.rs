//! Faults on request.

use super::Handle;
use crate::fault::{FaultRule, InjectedFault};
use crate::scenario::SettingError;

impl Handle {
    /// Lets something go wrong, and returns the number of the rule.
    ///
    /// # Errors
    ///
    /// If the rule cannot be meant, for example because it names an unknown operation, contradicts
    /// itself or would do nothing, or if there are a thousand rules.
    pub fn inject(&self, rule: FaultRule) -> Result<u64, SettingError> {
        if !self.app.times.holds(rule.fault.date_skew) {
            return Err(SettingError("dateSkew leaves the calendar".into()));
        }
        self.app.faults().add(rule)
    }

    /// Returns the rules that were given, oldest first, with what came of them.
    pub fn faults(&self) -> Vec<InjectedFault> {
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
