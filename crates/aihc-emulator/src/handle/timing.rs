//! The methods of [`Handle`] that concern the time, the scenario and the delays, and the one that
//! resets the emulator.

use std::time::Duration;

use super::Handle;
use crate::delays::{Delays, Pace};
use crate::scenario::{Scenario, SettingError};

impl Handle {
    /// Skips emulated time: everything that is due within it happens, and sessions age accordingly.
    /// The time for signatures and the `Date` header does not change, so that the emulator still
    /// accepts the signatures of clients that use their own clock. From then on, new time stamps of
    /// emulated resources are ahead of the time for signatures. To change the time of the clients
    /// as well, use a [`VirtualClock`](crate::VirtualClock).
    pub fn advance(&self, by: Duration) {
        self.app.times.move_by(|shift| {
            shift.advanced = shift.advanced.saturating_add(by);
        });
        // Carries out the transitions immediately, in the order in which they are due.
        drop(self.app.state_at(self.app.now().world));
    }

    /// Returns the emulated time that has been skipped.
    pub fn advanced(&self) -> Duration {
        self.app.times.shift().advanced
    }

    /// Sets the number of seconds by which the clock for signatures is ahead of the
    /// [clock](crate::Builder::clock) of the emulator; a negative number means that it is behind.
    /// If the difference is more than thirty minutes, requests whose headers contain the time of
    /// the emulator's clock are refused with `RequestExpired`. The `Date` header of responses shows
    /// the time of the clock for signatures.
    ///
    /// # Errors
    ///
    /// If the resulting time is not in one of the years 1 to 9998.
    pub fn set_clock_skew(&self, seconds: i64) -> Result<(), SettingError> {
        let times = &self.app.times;
        if !times.holds(seconds) {
            return Err(SettingError("skew leads outside the calendar".into()));
        }
        times.move_by(|shift| shift.skew = time::Duration::seconds(seconds));
        Ok(())
    }

    /// Returns the number of seconds by which the clock for signatures is ahead of the
    /// [clock](crate::Builder::clock) of the emulator.
    pub fn clock_skew(&self) -> i64 {
        self.app.times.shift().skew.whole_seconds()
    }

    /// Returns the scenario.
    pub fn scenario(&self) -> Scenario {
        self.pace().scenario
    }

    /// Changes the scenario, which takes effect immediately.
    ///
    /// # Errors
    ///
    /// If a probability is not between 0 and 1.
    pub fn set_scenario(&self, scenario: Scenario) -> Result<(), SettingError> {
        scenario.check()?;
        self.app.change_pace(|pace| pace.scenario = scenario);
        Ok(())
    }

    /// Returns the duration of each step that a dev instance, a job or a service goes through.
    pub fn delays(&self) -> Delays {
        self.pace().delays
    }

    /// Changes the delays. They apply to steps that begin from now on, except for
    /// [`deleted_visible`](Delays::deleted_visible), which also applies to instances that have
    /// already been deleted.
    pub fn set_delays(&self, delays: Delays) {
        self.app.change_pace(|pace| pace.delays = delays);
    }

    /// Resets the emulator to its initial state: without dev instances, jobs, services, sessions,
    /// recorded requests, faults, skipped time and clock skew, and with the initial access keys,
    /// resources, scenario and delays. If the emulator was started with a seed, the same ids are
    /// generated again.
    pub fn reset(&self) {
        self.app.reset();
    }

    fn pace(&self) -> Pace {
        let state = self.app.state_at(self.app.now().world);
        state.instances.pace().clone()
    }
}
