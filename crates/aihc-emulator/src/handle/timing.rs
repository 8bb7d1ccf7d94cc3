//! Time, and how things go.

use std::time::Duration;

use super::Handle;
use crate::delays::{Delays, Pace};
use crate::scenario::{Scenario, SettingError};

impl Handle {
    /// Skips emulated time: everything that falls due in it happens, and sessions grow older by
    /// it. Signatures and the `Date` header stay where they are, so that clients with a clock of
    /// their own are not locked out; time stamps of everything that is kept are ahead of them from then
    /// on. To turn the clocks of both sides use a [`VirtualClock`](crate::VirtualClock).
    pub fn advance(&self, by: Duration) {
        self.app.times.move_by(|shift| {
            shift.advanced = shift.advanced.saturating_add(by);
        });
        // Moves are taken here and now, in the order in which they fall due.
        drop(self.app.state_at(self.app.now().world));
    }

    /// Returns how much emulated time was skipped.
    pub fn advanced(&self) -> Duration {
        self.app.times.shift().advanced
    }

    /// Sets how many seconds the clock for signatures is ahead, or behind if it is negative: what
    /// is signed by the right time is `RequestExpired` beyond thirty minutes, and the `Date` header
    /// tells by how much.
    ///
    /// # Errors
    ///
    /// If the calendar does not hold that time.
    pub fn set_clock_skew(&self, seconds: i64) -> Result<(), SettingError> {
        let times = &self.app.times;
        if !times.holds(seconds) {
            return Err(SettingError("skew leaves the calendar".into()));
        }
        times.move_by(|shift| shift.skew = time::Duration::seconds(seconds));
        Ok(())
    }

    /// Returns how many seconds the clock for signatures is ahead.
    pub fn clock_skew(&self) -> i64 {
        self.app.times.shift().skew.whole_seconds()
    }

    /// Returns what does not go smoothly.
    pub fn scenario(&self) -> Scenario {
        self.pace().scenario
    }

    /// Changes what does not go smoothly from now on.
    ///
    /// # Errors
    ///
    /// If a probability is not between 0 and 1.
    pub fn set_scenario(&self, scenario: Scenario) -> Result<(), SettingError> {
        scenario.check()?;
        self.app.change_pace(|pace| pace.scenario = scenario);
        Ok(())
    }

    /// Returns how long each step takes.
    pub fn delays(&self) -> Delays {
        self.pace().delays
    }

    /// Changes how long steps take that begin from now on.
    pub fn set_delays(&self, delays: Delays) {
        self.app.change_pace(|pace| pace.delays = delays);
    }

    /// Goes back to the beginning: no dev instances, jobs, services, sessions, requests and faults, the first
    /// access keys, resources, scenario, delays and times. With a seed the same ids come again.
    pub fn reset(&self) {
        self.app.reset();
    }

    fn pace(&self) -> Pace {
        let state = self.app.state_at(self.app.now().world);
        state.instances.pace().clone()
    }
}
