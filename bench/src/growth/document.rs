//! The series as a table and as a plot, for `docs/`.

use std::fmt::Write as _;
use std::path::Path;

use super::{Held, Series};

const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 20.0;
const TOP: f64 = 54.0;
const BETWEEN: f64 = 40.0;

/// Writes both into the `docs` folder of the repository.
pub(super) fn save(all: &[Series]) -> Result<(), String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    std::fs::create_dir_all(&docs).map_err(|error| error.to_string())?;
    let write = |name: &str, text: Result<String, std::fmt::Error>| {
        let text = text.map_err(|error| error.to_string())?;
        std::fs::write(docs.join(name), text).map_err(|error| format!("{name}: {error}"))
    };
    write("growth.md", table(all))?;
    write("growth.svg", plot(all))
}

fn table(all: &[Series]) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "# Growth\n\n\
         The processor time of the client, with everything on that is on by default, as the work\n\
         grows. Made by `cargo xtask bench growth --save`: a list server in a process of its own,\n\
         one thread in the client, medians of several rounds. Figures of one machine; what counts\n\
         is that they stay flat. Many connections cost hyper-util and the kernel more for each\n\
         call, as the second table shows; the third has the differences of the first two, taken in\n\
         turn.\n\n\
         ![The same figures as a plot](growth.svg)\n",
    );
    for series in all {
        writeln!(text, "\n## {}\n", sentence(series.title))?;
        writeln!(text, "| size | {} | least | most |", series.unit)?;
        writeln!(text, "|---:|---:|---:|---:|")?;
        for (size, figure) in series.sizes.iter().zip(&series.figures) {
            writeln!(
                text,
                "| {size} | {:.2} | {:.2} | {:.2} |",
                figure.median, figure.least, figure.most
            )?;
        }
        if let Some(Held { middle, ratio }) = series.held {
            let middle = series.sizes[middle];
            writeln!(
                text,
                "\nThe largest costs {ratio:.2} times as much as {middle}."
            )?;
        }
    }
    Ok(text)
}

fn sentence(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// One frame per series: cost upwards from zero, size to the right in steps.
fn plot(all: &[Series]) -> Result<String, std::fmt::Error> {
    let width = LEFT + all.len() as f64 * (WIDTH + BETWEEN);
    let height = TOP + HEIGHT + 50.0;
    let mut svg = String::new();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-label=\"Cost by size, one frame for each series\">\n\
         <style>\n\
         text {{ font: 12px sans-serif; fill: #24292f }}\n\
         .frame {{ stroke: #8c959f; fill: none }}\n\
         .cost {{ stroke: #0969da; stroke-width: 2; fill: none }}\n\
         circle {{ fill: #0969da }}\n\
         @media (prefers-color-scheme: dark) {{\n\
         text {{ fill: #e6edf3 }}\n\
         .cost {{ stroke: #58a6ff }}\n\
         circle {{ fill: #58a6ff }}\n\
         }}\n\
         </style>"
    )?;
    for (place, series) in all.iter().enumerate() {
        frame(&mut svg, LEFT + place as f64 * (WIDTH + BETWEEN), series)?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn frame(svg: &mut String, left: f64, series: &Series) -> std::fmt::Result {
    let costs = series.figures.iter().map(|figure| figure.median);
    let highest = costs.clone().fold(0.0, f64::max) * 1.2;
    let step = WIDTH / series.sizes.len() as f64;
    let bottom = TOP + HEIGHT;
    let points: Vec<(f64, f64)> = costs
        .enumerate()
        .map(|(place, cost)| {
            let x = left + (place as f64 + 0.5) * step;
            (x, bottom - cost / highest * HEIGHT)
        })
        .collect();
    writeln!(
        svg,
        "<text x=\"{left}\" y=\"20\" font-weight=\"bold\">{}</text>\n\
         <text x=\"{left}\" y=\"38\">{}</text>\n\
         <path class=\"frame\" d=\"M{left} {TOP}V{bottom}H{}\"/>",
        sentence(series.title),
        series.unit,
        left + WIDTH
    )?;
    let line: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    writeln!(
        svg,
        "<polyline class=\"cost\" points=\"{}\"/>",
        line.join(" ")
    )?;
    let labels = points.iter().zip(series.sizes.iter().zip(&series.figures));
    for ((x, y), (size, figure)) in labels {
        writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>\n\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.1}</text>\n\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{size}</text>",
            y - 10.0,
            figure.median,
            bottom + 18.0
        )?;
    }
    Ok(())
}
