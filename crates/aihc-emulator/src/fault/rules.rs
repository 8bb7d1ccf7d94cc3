//! Rules that determine which requests a fault affects.

use super::Fault;
use crate::random::Random;
use crate::scenario::SettingError;
use crate::validate::operations;

/// The maximum number of injected fault rules.
const MOST: usize = 1000;

/// A rule that determines which requests a fault affects: by default the next request, whatever its
/// operation.
///
/// ```
/// use aihc_emulator::{Fault, FaultRule};
///
/// // The second and the third attempt to create an instance are throttled.
/// let rule = FaultRule::new(Fault::throttle(1)).action("CreateDevInstance").nth(2).times(2);
/// # let _ = rule;
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct FaultRule {
    pub(crate) action: Option<String>,
    pub(crate) nth: u64,
    /// The number of consecutive requests, beginning with `nth`, that are affected; `None` means
    /// all.
    pub(crate) times: Option<u64>,
    pub(crate) probability: f64,
    pub(crate) fault: Fault,
}

impl FaultRule {
    /// Creates a rule that affects the next request.
    pub fn new(fault: Fault) -> Self {
        Self {
            action: None,
            nth: 1,
            times: Some(1),
            probability: 1.0,
            fault,
        }
    }

    /// Counts only requests for this operation, for example `StopDevInstance`, including requests
    /// that would be refused.
    pub fn action(mut self, operation: impl Into<String>) -> Self {
        self.action = Some(operation.into());
        self
    }

    /// Sets the first request that is affected. Requests are counted from 1, beginning when the
    /// rule is injected.
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth = nth;
        self
    }

    /// Sets the number of consecutive requests that are affected; the default is 1.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Affects all requests, beginning with the first one that [`nth`](Self::nth) selects.
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Sets the probability, from 0 to 1, with which each of the selected requests is affected. The
    /// emulator's [seed](crate::Builder::seed) makes the choice repeatable.
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    fn check(&self) -> Result<(), SettingError> {
        let known = |name: &String| operations().any(|rule| rule.name == name);
        let problem = if let Some(name) = self.action.as_ref().filter(|name| !known(name)) {
            format!("unknown operation {name}")
        } else if self.nth == 0 {
            "nth must be at least 1".into()
        } else if self.times == Some(0) {
            "a rule that affects no request has no effect".into()
        } else if !(0.0..=1.0).contains(&self.probability) {
            format!("{} is not a probability between 0 and 1", self.probability)
        } else if self.probability == 0.0 {
            "a rule with probability 0 has no effect".into()
        } else if let Some(problem) = self.fault.contradiction() {
            problem.into()
        } else {
            return Ok(());
        };
        Err(SettingError(problem))
    }

    fn hits(&self, seen: u64) -> bool {
        let behind = seen.checked_sub(self.nth);
        behind.is_some_and(|behind| self.times.is_none_or(|times| behind < times))
    }
}

/// An injected rule, with the number of requests that it has counted, and the number of those that
/// it has affected.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InjectedFault {
    /// The number that identifies the rule.
    pub id: u64,
    /// The rule as it was injected.
    pub rule: FaultRule,
    /// The number of requests that the rule has counted since it was injected. A rule for one
    /// operation counts only requests for that operation.
    pub seen: u64,
    /// The number of requests that the rule has affected.
    pub hits: u64,
}

/// All injected rules.
#[derive(Debug)]
pub(crate) struct Faults {
    random: Random,
    given: Vec<InjectedFault>,
    next_id: u64,
}

impl Faults {
    pub(crate) fn new(random: Random) -> Self {
        Self {
            random,
            given: Vec::new(),
            next_id: 1,
        }
    }

    /// Adds a rule and returns its id. Fails if the rule is not valid, or if there are already
    /// [`MOST`] rules.
    pub(crate) fn add(&mut self, rule: FaultRule) -> Result<u64, SettingError> {
        rule.check()?;
        if self.given.len() == MOST {
            return Err(SettingError(format!("there are already {MOST} rules")));
        }
        let id = self.next_id;
        self.next_id += 1;
        self.given.push(InjectedFault {
            id,
            rule,
            seen: 0,
            hits: 0,
        });
        Ok(id)
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.given.len();
        self.given.retain(|given| given.id != id);
        self.given.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.given.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &InjectedFault> {
        self.given.iter()
    }

    /// Returns the id and the fault of the oldest rule that affects a request; `None` if there is
    /// no such rule. Every rule that applies to the operation counts the request, not only the
    /// returned one.
    pub(crate) fn pick(&mut self, operation: Option<&str>) -> Option<(u64, Fault)> {
        let mut picked = None;
        for given in &mut self.given {
            let rule = &given.rule;
            if rule.action.is_some() && rule.action.as_deref() != operation {
                continue;
            }
            given.seen += 1;
            let hit = picked.is_none() && rule.hits(given.seen);
            if hit && self.random.chance(rule.probability) {
                given.hits += 1;
                picked = Some((given.id, rule.fault.clone()));
            }
        }
        picked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn faults() -> Faults {
        Faults::new(Random::new(Some(1), Stream::Faults))
    }

    /// Passes ten requests for `operation` to the rules. Returns the numbers, counted from 1, of
    /// the requests that the rules affect.
    fn hits(faults: &mut Faults, operation: Option<&str>) -> Vec<usize> {
        let mut hit = |_: &usize| faults.pick(operation).is_some();
        (1..=10).filter(|number| hit(number)).collect()
    }

    #[test]
    fn a_rule_hits_so_many_requests_from_its_first_on() {
        for (rule, expected) in [
            (FaultRule::new(Fault::new().status(500)), vec![1]),
            (
                FaultRule::new(Fault::new().status(500)).nth(3).times(2),
                vec![3, 4],
            ),
            (
                FaultRule::new(Fault::new().status(500)).nth(9).always(),
                vec![9, 10],
            ),
        ] {
            let mut faults = faults();
            faults.add(rule).unwrap();
            assert_eq!(hits(&mut faults, None), expected);
        }
    }

    #[test]
    fn a_rule_for_an_action_counts_that_one_only() {
        let mut faults = faults();
        let rule = FaultRule::new(Fault::new().status(500))
            .action("StopDevInstance")
            .nth(2);
        faults.add(rule).unwrap();
        assert!(faults.pick(None).is_none());
        assert!(faults.pick(Some("StopDevInstance")).is_none());
        assert!(faults.pick(Some("StartDevInstance")).is_none());
        assert!(faults.pick(Some("StopDevInstance")).is_some());
        let given = faults.iter().next().unwrap();
        assert_eq!((given.seen, given.hits), (2, 1));
    }

    #[test]
    fn the_oldest_rule_goes_first_and_the_others_count_on() {
        let mut faults = faults();
        let (first, second) = (Fault::new().status(500), Fault::new().status(503));
        faults.add(FaultRule::new(first.clone())).unwrap();
        let id = faults.add(FaultRule::new(second.clone()).times(2)).unwrap();
        let picked = [(); 3].map(|()| faults.pick(None).map(|(_, fault)| fault));
        assert_eq!(picked, [Some(first), Some(second), None]);
        assert!(faults.remove(id));
        assert!(!faults.remove(id));
    }

    #[test]
    fn a_seed_decides_which_requests_are_hit() {
        let run = || {
            let mut faults = faults();
            let rule = FaultRule::new(Fault::new().status(500))
                .always()
                .probability(0.5);
            faults.add(rule).unwrap();
            hits(&mut faults, None)
        };
        let hit = run();
        assert_eq!(hit, run());
        assert!((1..10).contains(&hit.len()), "{hit:?}");
    }

    #[test]
    fn rules_that_cannot_be_meant_are_refused() {
        let rule = || FaultRule::new(Fault::new().status(500));
        for (rule, part) in [
            (rule().action("StopInstance"), "StopInstance"),
            (rule().nth(0), "nth"),
            (rule().times(0), "has no effect"),
            (rule().probability(1.5), "1.5"),
            (rule().probability(0.0), "has no effect"),
            (FaultRule::new(Fault::new().status(100)), "status"),
            (FaultRule::new(Fault::new().status(600)), "status"),
        ] {
            let error = faults().add(rule).unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
        }
        let mut full = faults();
        for _ in 0..MOST {
            full.add(rule()).unwrap();
        }
        assert!(full.add(rule()).is_err());
    }
}
