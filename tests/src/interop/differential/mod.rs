//! Compares our signatures of random requests with those of the official Python SDK:
//! `cargo xtask interop --differential N`.

mod compare;
mod disputed;
mod request;
mod shrink;
mod sign;
mod spelling;

use std::collections::BTreeMap;

use fastrand::Rng;

use self::compare::{Comparison, Pending};
use self::disputed::Class;
use self::request::Request;
use super::install;
use super::signer::SdkSigner;
use crate::rows::Outcome;

/// The number of requests that are passed to the SDK together.
const BATCH: u64 = 200;

/// The number of differences after which the run ends.
const ENOUGH: usize = 5;

/// Compares `count` random requests, or fewer if too many differ. The same seed always gives the
/// same requests.
pub(super) fn run(count: u64, seed: u64) -> Result<Outcome, String> {
    let sdk = install::python()?;
    let mut signer = SdkSigner::start(&sdk)?;
    let mut rng = Rng::with_seed(seed);
    let mut outcome = Outcome::default();
    let mut tally = Tally::default();
    let mut next = 0;
    'all: while next < count {
        let size = BATCH.min(count - next);
        let requests: Vec<Request> = (0..size).map(|_| Request::random(&mut rng)).collect();
        for (request, comparison) in requests.iter().zip(compare(&mut signer, &requests)?) {
            let number = next;
            next += 1;
            tally.add(&comparison);
            if comparison.classes.iter().any(|class| class.is_refused()) {
                continue;
            }
            let result = match comparison.difference {
                None => Ok(()),
                Some(_) => Err(smallest(&mut signer, request)?),
            };
            outcome.count(&format!("request {number} of seed {seed}"), result);
            if tally.differences == ENOUGH {
                println!("there may be more differences: the test stops after {ENOUGH}");
                break 'all;
            }
        }
    }
    println!(
        "{next} random requests (seed {seed}), signed by us and by {}",
        sdk.name()
    );
    tally.print();
    Ok(outcome)
}

/// Signs the requests with our signer and with that of the SDK, and compares the results.
fn compare(signer: &mut SdkSigner, requests: &[Request]) -> Result<Vec<Comparison>, String> {
    let pending = requests.iter().cloned().map(Pending::new);
    let pending: Vec<Pending> = pending.collect::<Result<_, _>>()?;
    let questions: Vec<_> = pending.iter().map(Pending::questions).collect();
    let answers = signer.sign(&questions.concat())?;
    let mut rest = &answers[..];
    let mut comparisons = Vec::with_capacity(pending.len());
    for (pending, questions) in pending.iter().zip(&questions) {
        let (answers, others) = rest
            .split_at_checked(questions.len())
            .ok_or("the SDK did not answer every question")?;
        rest = others;
        comparisons.push(pending.compare(answers)?);
    }
    Ok(comparisons)
}

/// Simplifies a request as long as we and the SDK sign it differently. Returns a description of the
/// simplest such request and of the difference.
fn smallest(signer: &mut SdkSigner, request: &Request) -> Result<String, String> {
    let mut difference = |request: &Request| {
        let comparisons = compare(signer, std::slice::from_ref(request))?;
        Ok::<_, String>(comparisons.into_iter().find_map(|one| one.difference))
    };
    let request = shrink::shrink(request.clone(), |candidate| {
        Ok(difference(candidate)?.is_some())
    })?;
    let difference = difference(&request)?.unwrap_or_default();
    Ok(format!("{request:?}\n  {difference}"))
}

/// The counts of the requests in a differential test.
#[derive(Debug, Default)]
struct Tally {
    differences: usize,
    undisputed: usize,
    verified: usize,
    /// For each class of known differences, two counts: the requests of this class, and those of
    /// them that the SDK signs differently when it gets them unchanged.
    disputed: BTreeMap<Class, (usize, usize)>,
}

impl Tally {
    fn add(&mut self, comparison: &Comparison) {
        self.differences += usize::from(comparison.difference.is_some());
        self.undisputed += usize::from(comparison.classes.is_empty());
        self.verified += usize::from(comparison.verified);
        for class in &comparison.classes {
            let (requests, differ) = self.disputed.entry(*class).or_default();
            *requests += 1;
            *differ += usize::from(comparison.differs_unsettled);
        }
    }

    fn print(&self) {
        let Self {
            undisputed,
            verified,
            ..
        } = self;
        println!("{undisputed} of them beyond dispute; {verified} put to our verifier as well");
        println!(
            "\n{:<48}{:>10}{:>16}",
            "disputed, compared by a rule", "requests", "differ as is"
        );
        for class in Class::ALL {
            let (requests, differ) = self.disputed.get(&class).copied().unwrap_or_default();
            if class.is_refused() {
                println!("{:<48}{requests:>10}{:>16}", class.name(), "not compared");
            } else {
                println!("{:<48}{requests:>10}{differ:>16}", class.name());
            }
        }
        println!();
    }
}
