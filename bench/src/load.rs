//! Determines how much processor time other processes use during a measurement.

use std::fmt;

/// The maximum share of all processors that other processes use on a machine that counts as idle.
const IDLE_PERCENT: f64 = 5.0;

/// Counts the processor time that other processes use.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The ids of our own processes: this one, and its servers.
    own: Vec<u32>,
    start: Option<Ticks>,
}

/// The processor time since the system started, in ticks.
#[derive(Clone, Copy, Debug)]
struct Ticks {
    all: u64,
    busy: u64,
    own: u64,
}

/// The share of the processors that other processes used, in percent, and the load average of the
/// last minute; `None` if the system does not report them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load(Option<(f64, f64)>);

impl Watch {
    /// Begins to count. The time of this process and of those with the ids `servers` is not
    /// counted.
    pub(crate) fn start(servers: &[u32]) -> Self {
        let own = [&[std::process::id()], servers].concat();
        let start = ticks(&own);
        Self { own, start }
    }

    /// Returns the share of the processors that other processes have used since the start, and the
    /// load average.
    pub(crate) fn load(&self) -> Load {
        let used = || {
            let (start, end) = (self.start?, ticks(&self.own)?);
            let all = end.all.checked_sub(start.all).filter(|all| *all > 0)?;
            let busy = end.busy.saturating_sub(start.busy);
            let others = busy.saturating_sub(end.own.saturating_sub(start.own));
            Some((100.0 * others as f64 / all as f64, load_average()?))
        };
        Load(used())
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((percent, average)) = self.0 else {
            return f.write_str("machine: this system does not say whether it was idle");
        };
        let state = if percent <= IDLE_PERCENT {
            "idle"
        } else {
            "loaded"
        };
        write!(
            f,
            "machine: {state}, others used {percent:.1} % of the processors, load average {average:.2}"
        )
    }
}

/// Reads the counters of Linux. Returns `None` on other systems, or if one of the processes `own`
/// no longer exists.
fn ticks(own: &[u32]) -> Option<Ticks> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let (all, busy) = all_and_busy(&stat)?;
    let mut used = 0;
    for process in own {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        used += used_by(&stat)?;
    }
    Some(Ticks {
        all,
        busy,
        own: used,
    })
}

/// Parses the first line of `/proc/stat`, `cpu user nice system idle iowait irq softirq steal ...`.
/// Returns the total time, and the time in which processors were busy.
fn all_and_busy(stat: &str) -> Option<(u64, u64)> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks = line.split_ascii_whitespace().take(8).map(str::parse);
    let ticks: Vec<u64> = ticks.collect::<Result<_, _>>().ok()?;
    let all: u64 = ticks.iter().sum();
    Some((all, all - ticks.get(3)? - ticks.get(4)?))
}

/// Returns the sum of the user time and the system time in `/proc/PID/stat`, which are the 14th and
/// 15th field. The 2nd field is in parentheses, and may contain any characters.
fn used_by(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(ticks()? + ticks()?)
}

fn load_average() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_read_as_linux_writes_them() {
        let stat = "cpu  100 20 30 4000 50 6 7 8 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n";
        assert_eq!(all_and_busy(stat), Some((4221, 171)));
        let stat = "4242 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16";
        assert_eq!(used_by(stat), Some(11 + 12));
        assert_eq!(used_by("4242 (a) S 1"), None);
    }

    #[test]
    fn a_machine_is_loaded_when_others_use_more_than_a_twentieth() {
        let shown = |percent| Load(Some((percent, 1.5))).to_string();
        assert!(shown(5.0).starts_with("machine: idle, others used 5.0 %"));
        assert!(shown(5.1).starts_with("machine: loaded"));
        assert!(!Load(None).to_string().contains('%'));
    }
}
