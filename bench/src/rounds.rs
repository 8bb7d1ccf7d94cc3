//! Runs the code that a benchmark compares (the contestants) in turn, in many rounds, so that a
//! disturbance affects all contestants.

use crate::report::Figure;

/// The results of `N` contestants (pieces of code that are compared) in each round.
#[derive(Debug)]
pub(crate) struct Rounds<const N: usize>(Vec<[f64; N]>);

impl<const N: usize> Rounds<N> {
    /// Calls `measure` with the number of every contestant once per round. The order is reversed in
    /// every other round, so that no contestant is always the first.
    pub(crate) fn run<E>(
        rounds: usize,
        mut measure: impl FnMut(usize) -> Result<f64, E>,
    ) -> Result<Self, E> {
        let mut all = Vec::with_capacity(rounds);
        for round in 0..rounds {
            let mut figures = [f64::NAN; N];
            for place in 0..N {
                let contestant = if round % 2 == 0 { place } else { N - 1 - place };
                figures[contestant] = measure(contestant)?;
            }
            all.push(figures);
        }
        Ok(Self(all))
    }

    /// Returns the median, the minimum and the maximum of the results of one contestant.
    pub(crate) fn figure(&self, contestant: usize) -> Figure {
        spread(self.0.iter().map(|round| round[contestant]).collect())
    }

    /// Returns the median of the ratios in all rounds. The ratio in a round is the result of
    /// `contestant` divided by that of `baseline`.
    pub(crate) fn ratio(&self, contestant: usize, baseline: usize) -> f64 {
        let ratio = |round: &[f64; N]| round[contestant] / round[baseline];
        spread(self.0.iter().map(ratio).collect()).median
    }

    /// Applies a function to the results of each round.
    fn map<const M: usize>(&self, figures: impl Fn(&[f64; N]) -> [f64; M]) -> Rounds<M> {
        Rounds(self.0.iter().map(figures).collect())
    }
}

/// The rounds of several runs, each of which is a complete measurement.
#[derive(Debug)]
pub(crate) struct Runs<const N: usize>(Vec<Rounds<N>>);

impl<const N: usize> Runs<N> {
    /// Makes three runs, each with this number of rounds.
    pub(crate) fn run<E>(
        rounds: usize,
        mut measure: impl FnMut(usize) -> Result<f64, E>,
    ) -> Result<Self, E> {
        const RUNS: usize = 3;
        let runs = (0..RUNS).map(|_| Rounds::run(rounds, &mut measure));
        Ok(Self(runs.collect::<Result<_, E>>()?))
    }

    /// Returns the median, the minimum and the maximum of the results of one contestant in all
    /// rounds of all runs.
    pub(crate) fn figure(&self, contestant: usize) -> Figure {
        let rounds = self.0.iter().flat_map(|run| &run.0);
        spread(rounds.map(|round| round[contestant]).collect())
    }

    /// Applies a function to the results of each round.
    pub(crate) fn map<const M: usize>(&self, figures: impl Fn(&[f64; N]) -> [f64; M]) -> Runs<M> {
        Runs(self.0.iter().map(|run| run.map(&figures)).collect())
    }

    /// Returns the median, the minimum and the maximum of the ratios that [`Rounds::ratio`] returns
    /// for each run.
    pub(crate) fn ratio(&self, contestant: usize, baseline: usize) -> Figure {
        let ratios = self.0.iter().map(|run| run.ratio(contestant, baseline));
        spread(ratios.collect())
    }
}

/// Returns the median, which a single interruption does not change by much.
pub(crate) fn median(figures: Vec<f64>) -> f64 {
    spread(figures).median
}

fn spread(mut figures: Vec<f64>) -> Figure {
    figures.sort_by(f64::total_cmp);
    let at = |index: usize| figures.get(index).copied().unwrap_or(f64::NAN);
    let last = figures.len().saturating_sub(1);
    Figure {
        least: at(0),
        median: (at(last / 2) + at(last.div_ceil(2))) / 2.0,
        most: at(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        let figure = spread(vec![4.0, 1.0, 2.0, 8.0]);
        assert_eq!((figure.least, figure.median, figure.most), (1.0, 3.0, 8.0));
        assert_eq!(spread(vec![5.0]).median, 5.0);
    }

    #[test]
    fn the_ratio_of_several_runs_is_the_median_of_their_ratios() {
        // The second contestant becomes slower with each run.
        let mut figures = [1.0, 2.0, 1.0, 3.0, 1.0, 8.0].into_iter();
        let runs = Runs::<2>::run(1, |_| figures.next().ok_or(())).unwrap();
        let ratio = runs.ratio(1, 0);
        assert_eq!((ratio.least, ratio.median, ratio.most), (2.0, 3.0, 8.0));
        assert_eq!(runs.figure(1).most, 8.0);
        assert_eq!(median(vec![5.0, 1.0, 2.0]), 2.0);
    }

    #[test]
    fn every_contestant_runs_once_per_round_and_nobody_is_always_first() {
        let mut order = Vec::new();
        let rounds = Rounds::<2>::run(2, |contestant| {
            order.push(contestant);
            Ok::<_, ()>(if contestant == 0 { 3.0 } else { 2.0 })
        });
        let rounds = rounds.unwrap();
        assert_eq!(order, [0, 1, 1, 0]);
        assert_eq!(rounds.ratio(0, 1), 1.5);
        let difference = rounds.map(|[first, second]| [first - second]);
        assert_eq!(difference.figure(0).median, 1.0);
        assert_eq!(rounds.figure(1).median, 2.0);
    }
}
