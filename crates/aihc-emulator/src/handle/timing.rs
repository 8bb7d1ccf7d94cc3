//! Time, scenario and delays.

use std::time::Duration;

use super::Handle;
use crate::delays::{Delays, Pace};
use crate::scenario::{Scenario, SettingError};

impl Handle {
    /// Skips emulated time: everything that is due in it happens, and sessions age by it. The time
    /// for signatures and the `Date` header do not change, so that clients with a clock of their
    /// own are not locked out; all time stamps of the emulated resources are ahead of it from then
    /// on. To change the clocks of both sides, use a [`VirtualClock`](crate::VirtualClock).
    pub fn advance(&self, by: Duration) {
        self.app.times.move_by(|shift| {
            shift.advanced = shift.advanced.saturating_add(by);
        });
        // Transitions are carried out immediately, in the order in which they are due.
        drop(self.app.state_at(self.app.now().world));
    }

    /// Returns the emulated time that was skipped.
    pub fn advanced(&self) -> Duration {
        self.app.times.shift().advanced
    }

    /// Sets the number of seconds by which the clock for signatures is ahead, or behind if it is
    /// negative. Beyond thirty minutes, requests signed with the correct time are refused with
    /// `RequestExpired`, and the `Date` header shows the difference.
    ///
    /// # Errors
    ///
    /// If the resulting time is outside the calendar.
    pub fn set_clock_skew(&self, seconds: i64) -> Result<(), SettingError> {
        let times = &self.app.times;
        if !times.holds(seconds) {
            return Err(SettingError("skew leads outside the calendar".into()));
        }
        times.move_by(|shift| shift.skew = time::Duration::seconds(seconds));
        Ok(())
    }

    /// Returns the number of seconds by which the clock for signatures is ahead.
    pub fn clock_skew(&self) -> i64 {
        self.app.times.shift().skew.whole_seconds()
    }

    /// Returns the scenario.
    pub fn scenario(&self) -> Scenario {
        self.pace().scenario
    }

    /// Changes the scenario from now on.
    ///
    /// # Errors
    ///
    /// If a probability is not between 0 and 1.
    pub fn set_scenario(&self, scenario: Scenario) -> Result<(), SettingError> {
        scenario.check()?;
        self.app.change_pace(|pace| pace.scenario = scenario);
        Ok(())
    }

    /// Returns the duration of each step.
    pub fn delays(&self) -> Delays {
        self.pace().delays
    }

    /// Changes the duration of steps that begin from now on.
    pub fn set_delays(&self, delays: Delays) {
        self.app.change_pace(|pace| pace.delays = delays);
    }

    /// Returns to the initial state: no dev instances, jobs, services, sessions, requests and
    /// faults, and the initial access keys, resources, scenario, delays and times. With a seed, the
    /// same ids are generated again.
    pub fn reset(&self) {
        self.app.reset();
    }

    fn pace(&self) -> Pace {
        let state = self.app.state_at(self.app.now().world);
        state.instances.pace().clone()
    }
}
