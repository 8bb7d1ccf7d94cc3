//! Measures how the cost of a call depends on the number of calls in flight, and how the cost of an
//! item depends on the size of a page and the length of a list: `cargo xtask bench growth`.
//!
//! A series consists of measurements at several sizes: numbers of calls in flight, sizes of a page,
//! or lengths of a list. The measurements of a series are made in turn, so that a disturbance does
//! not affect only one of them. The cost at the largest size is compared with that at a medium
//! size: at small sizes, the cost contains the fixed part of a call, whose share only becomes
//! smaller.
//!
//! For calls in flight, only the cost that the client adds to hyper-util is compared, since many
//! connections make hyper-util and the kernel more expensive as well. For this, calls with
//! hyper-util alone are measured in turn with those of the client.

use tokio::runtime::Runtime;

use crate::call::{Contestant, Result, micros_per_call, runtime};
use crate::list_server::ListServer;
use crate::page;
use crate::report::{self, Figure, Goal, Row};
use crate::rounds::Runs;
use crate::usage;

/// The maximum ratio of the cost at the largest size to that at a medium size, where the size is
/// the number of calls in flight, of items on a page, or of items in a list. The maximum is larger
/// than 1, because other work of the machine, and large buffers that do not fit into the caches of
/// the processor, change the ratio even if the cost does not depend on the size.
const AT_MOST: f64 = 1.25;

/// The results of a series of measurements: the cost at each size, such as for each number of calls
/// in flight.
pub(crate) struct Series {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) sizes: Vec<usize>,
    pub(crate) figures: Vec<Figure>,
    /// The ratio of the cost at the largest size to that at a medium size; `None` if they are not
    /// compared.
    held: Option<Held>,
}

/// The position of the medium size in a [`Series`], and the ratio of the cost at the largest size
/// to that at the medium size.
#[derive(Clone, Copy)]
struct Held {
    middle: usize,
    ratio: f64,
}

/// Measures the series for calls in flight, items per page, and lengths of lists. If `save` is set,
/// writes their tables and their plot.
pub(crate) fn run(save: bool) -> std::result::Result<Vec<Row>, String> {
    let all = measure().map_err(|error| error.to_string())?;
    if save {
        page::save_series(&all)?;
    }
    let rows: Vec<Row> = all.iter().filter_map(Series::row).collect();
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
    let mut all = calls_in_flight(&runtime)?;
    all.push(items_per_page(&runtime)?);
    all.push(instances_per_stream(&runtime)?);
    Ok(all)
}

/// Measures the cost of our calls, that of the same calls by hyper-util, and the difference between
/// them, for several numbers of calls in flight.
fn calls_in_flight(runtime: &Runtime) -> Result<Vec<Series>> {
    const SIZES: [usize; 5] = [1, 8, 64, 256, 1_000];
    const UNIT: &str = "us cpu per call";
    const CALLS: &str = "list calls, by calls in flight";
    const BARE_CALLS: &str = "the same calls by bare hyper-util";
    const ADDED: &str = "what the client adds to them";
    let server = ListServer::start(1_000)?;
    let ours = Contestant::new("ours", &server.endpoint)?;
    let bare = Contestant::new("bare", &server.endpoint)?;
    // Each size is measured with one and then with the other. The number of calls is so large that
    // the time for opening connections, which are kept, does not matter.
    let runs = Runs::<10>::run(3, |place| {
        let who = if place % 2 == 0 { &ours } else { &bare };
        micros_per_call(runtime, who, SIZES[place / 2], 20_000)
    })?;
    let places = [0, 1, 2, 3, 4];
    let ours = runs.map(|round| places.map(|place| round[2 * place]));
    let bare = runs.map(|round| places.map(|place| round[2 * place + 1]));
    let added = runs.map(|round| places.map(|place| round[2 * place] - round[2 * place + 1]));
    Ok(vec![
        Series::new(CALLS, UNIT, &SIZES, &ours, None),
        Series::new(BARE_CALLS, UNIT, &SIZES, &bare, None),
        Series::new(ADDED, UNIT, &SIZES, &added, Some(2)),
    ])
}

/// Measures the cost per item of list calls with several page sizes.
fn items_per_page(runtime: &Runtime) -> Result<Series> {
    const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
    let server = ListServer::start(10_000)?;
    let client = client(&server.endpoint)?;
    let items = Runs::<4>::run(3, |place| {
        micros_per_item(runtime, &client, SIZES[place], 40_000)
    })?;
    let title = "list calls, by items per page";
    Ok(Series::new(
        title,
        "us cpu per item",
        &SIZES,
        &items,
        Some(2),
    ))
}

/// Measures the cost per instance of streaming lists of several lengths.
fn instances_per_stream(runtime: &Runtime) -> Result<Series> {
    const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
    let servers = SIZES.map(ListServer::start);
    let mut clients = Vec::new();
    for server in &servers {
        let server = server.as_ref().map_err(String::as_str)?;
        clients.push(client(&server.endpoint)?);
    }
    let streamed = Runs::<3>::run(2, |place| {
        micros_per_streamed(runtime, &clients[place], SIZES[place])
    })?;
    let (title, unit) = (
        "streams of pages of 100, by instances",
        "us cpu per instance",
    );
    Ok(Series::new(title, unit, &SIZES, &streamed, Some(1)))
}

fn client(endpoint: &str) -> Result<aihc_dev::Client> {
    match Contestant::new("ours", endpoint)? {
        Contestant::Ours(client) => Ok(client),
        _ => Err("another contestant".into()),
    }
}

/// Reads the first page of a list repeatedly, until `items` items have been read. Returns the
/// processor time per item, in microseconds.
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

/// Streams a whole list, or a short list several times. Returns the processor time per instance, in
/// microseconds.
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
        runs: &Runs<N>,
        middle: Option<usize>,
    ) -> Self {
        Self {
            title,
            unit,
            sizes: sizes.to_vec(),
            figures: (0..N).map(|place| runs.figure(place)).collect(),
            held: middle.map(|middle| Held {
                middle,
                ratio: runs.ratio(N - 1, middle).median,
            }),
        }
    }

    fn row(&self) -> Option<Row> {
        let Held { middle, ratio } = self.held?;
        let largest = self.sizes.len() - 1;
        Some(Row {
            name: format!("{}: {}", self.title, self.sizes[largest]),
            unit: self.unit,
            ours: self.figures[largest],
            baseline: Some(("in the middle", self.figures[middle])),
            goal: Goal::Ratio {
                measured: ratio,
                at_most: AT_MOST,
                accepted: None,
            },
        })
    }
}
