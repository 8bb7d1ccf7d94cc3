//! What a call and an item cost as there are more of them: `cargo xtask bench growth [--save]`.
//!
//! Each series is measured in turn at all of its sizes, so what disturbs one size disturbs all. The
//! cost at the largest size is held against that at a size in the middle: at small sizes the fixed
//! part of a call is in the figure, and it may only become less. What hyper-util and the kernel take
//! for many connections shows in the calls of hyper-util alone.

mod document;

use tokio::runtime::Runtime;

use crate::call::{Contestant, Result, micros_per_call, runtime};
use crate::list_server::ListServer;
use crate::report::{self, Figure, Goal, Row};
use crate::rounds::Rounds;
use crate::usage;

/// How much more the largest may cost. Flat cost stays within what a machine with other work on it
/// adds, and what larger buffers cost in its caches; cost that grows with the size by as little as
/// its logarithm does not, over the factors that are measured.
const AT_MOST: f64 = 1.25;

/// One figure by size.
pub(crate) struct Series {
    title: &'static str,
    unit: &'static str,
    sizes: Vec<usize>,
    figures: Vec<Figure>,
    /// The place of the size that the largest is held against.
    middle: usize,
    /// Cost at the largest size, by cost at the one in the middle.
    ratio: f64,
    /// Not ours: shown beside ours, and held against no goal.
    baseline: bool,
}

/// Measures all series; with `save`, writes `docs/growth.md` and `docs/growth.svg`.
pub(crate) fn run(save: bool) -> std::result::Result<Vec<Row>, String> {
    let all = measure().map_err(|error| error.to_string())?;
    if save {
        document::save(&all)?;
    }
    let rows: Vec<Row> = all.iter().map(Series::row).collect();
    for series in &all {
        println!("{} ({})", series.title, series.unit);
        for (size, figure) in series.sizes.iter().zip(&series.figures) {
            println!("{size:>12} {:>10.2}", figure.median);
        }
    }
    report::print_rows(&rows);
    Ok(rows)
}

fn measure() -> Result<Vec<Series>> {
    let runtime = runtime()?;
    let server = ListServer::start(1_000)?;
    let ours = Contestant::new("ours", &server.endpoint)?;
    let bare = Contestant::new("bare", &server.endpoint)?;
    let in_flight = [1, 8, 64, 256, 1_000];
    // Enough that opening the connections, which are kept, is not what is measured.
    let measure = |who, place: usize| micros_per_call(&runtime, who, in_flight[place], 20_000);
    let calls = Rounds::<5>::run(7, |place| measure(&ours, place))?;
    let bare_calls = Rounds::<5>::run(7, |place| measure(&bare, place))?;

    let server = ListServer::start(10_000)?;
    let page_sizes = [10, 100, 1_000, 10_000];
    let client = client(&server.endpoint)?;
    let items = Rounds::<4>::run(9, |place| {
        micros_per_item(&runtime, &client, page_sizes[place], 40_000)
    })?;

    let lists = [1_000, 10_000, 100_000];
    let servers = lists.map(ListServer::start);
    let mut clients = Vec::new();
    for server in &servers {
        let server = server.as_ref().map_err(String::as_str)?;
        clients.push(self::client(&server.endpoint)?);
    }
    let streamed = Rounds::<3>::run(5, |place| {
        micros_per_streamed(&runtime, &clients[place], lists[place])
    })?;
    Ok(vec![
        Series::new(
            "list calls, by calls in flight",
            "us cpu per call",
            &in_flight,
            2,
            &calls,
        ),
        Series::new(
            "the same calls by bare hyper-util",
            "us cpu per call",
            &in_flight,
            2,
            &bare_calls,
        )
        .baseline(),
        Series::new(
            "list calls, by items per page",
            "us cpu per item",
            &page_sizes,
            2,
            &items,
        ),
        Series::new(
            "streams of pages of 100, by instances",
            "us cpu per instance",
            &lists,
            1,
            &streamed,
        ),
    ])
}

fn client(endpoint: &str) -> Result<aihc_dev::Client> {
    match Contestant::new("ours", endpoint)? {
        Contestant::Ours(client) => Ok(client),
        _ => Err("another contestant".into()),
    }
}

/// Pages of one size, until there were so many items.
fn micros_per_item(
    runtime: &Runtime,
    client: &aihc_dev::Client,
    page_size: usize,
    items: usize,
) -> Result<f64> {
    let before = usage::cpu()?;
    runtime.block_on(async {
        let mut read = 0;
        while read < items {
            let call = client.list_dev_instances().page_size(page_size as i64);
            read += call.send().await?.dev_instances.len();
        }
        Result::Ok(())
    })?;
    Ok((usage::cpu()? - before).as_secs_f64() * 1e6 / items as f64)
}

/// A list from its first to its last instance; lists that are short, several times.
fn micros_per_streamed(
    runtime: &Runtime,
    client: &aihc_dev::Client,
    instances: usize,
) -> Result<f64> {
    let times = (20_000 / instances).max(1);
    let before = usage::cpu()?;
    runtime.block_on(async {
        for _ in 0..times {
            let mut stream = client.list_dev_instances().page_size(100).items();
            let mut read = 0;
            while stream.try_next().await?.is_some() {
                read += 1;
            }
            if read != instances {
                return Err(format!("{read} of {instances} instances came").into());
            }
        }
        Result::Ok(())
    })?;
    Ok((usage::cpu()? - before).as_secs_f64() * 1e6 / (times * instances) as f64)
}

impl Series {
    fn new<const N: usize>(
        title: &'static str,
        unit: &'static str,
        sizes: &[usize; N],
        middle: usize,
        rounds: &Rounds<N>,
    ) -> Self {
        Self {
            title,
            unit,
            sizes: sizes.to_vec(),
            figures: (0..N).map(|place| rounds.figure(place)).collect(),
            middle,
            ratio: rounds.ratio(N - 1, middle),
            baseline: false,
        }
    }

    fn baseline(self) -> Self {
        Self {
            baseline: true,
            ..self
        }
    }

    fn row(&self) -> Row {
        let largest = self.sizes.len() - 1;
        Row {
            name: format!("{}: {}", self.title, self.sizes[largest]),
            unit: self.unit,
            ours: self.figures[largest],
            baseline: Some(("in the middle", self.figures[self.middle])),
            goal: match self.baseline {
                true => Goal::None,
                false => Goal::Ratio {
                    measured: self.ratio,
                    at_most: AT_MOST,
                    accepted: None,
                },
            },
        }
    }
}
