//! The methods of [`Handle`] that inject, list and remove fault rules.

use super::Handle;
use crate::fault::{FaultRule, InjectedFault};
use crate::scenario::SettingError;

impl Handle {
    /// Injects a fault, and returns the id of the rule.
    ///
    /// # Errors
    ///
    /// If the rule is not valid, for example because it names an unknown operation, contradicts
    /// itself or would have no effect, or if there are already a thousand rules.
    pub fn inject(&self, rule: FaultRule) -> Result<u64, SettingError> {
        if !self.app.times.holds(rule.fault.date_skew) {
            return Err(SettingError("dateSkew leads outside the calendar".into()));
        }
        self.app.faults().add(rule)
    }

    /// Returns the injected rules, oldest first, each with the number of requests that it has
    /// applied to since it was injected, and the number of those that it has affected.
    pub fn faults(&self) -> Vec<InjectedFault> {
        self.app.faults().iter().cloned().collect()
    }

    /// Removes a fault rule. Returns `false` if there is no rule with this id.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.app.faults().remove(id)
    }

    /// Removes all fault rules.
    pub fn clear_faults(&self) {
        self.app.faults().clear();
    }
}
