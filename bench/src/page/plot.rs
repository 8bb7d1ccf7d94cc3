//! Draws plots of the results of benchmarks as SVG, for light and dark themes.

use std::fmt::{self, Write as _};

use super::sentence;
use crate::growth::Series;
use crate::report::Figure;

const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 20.0;
const TOP: f64 = 54.0;
const BETWEEN: f64 = 40.0;

const STYLE: &str = "<style>
text { font: 12px sans-serif; fill: #24292f }
.frame { stroke: #8c959f; fill: none }
.cost { stroke: #0969da; stroke-width: 2; fill: none }
.other { fill: #8c959f }
.ours, circle { fill: #0969da }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.cost { stroke: #58a6ff }
.ours, circle { fill: #58a6ff }
}
</style>
";

/// Draws a line chart for each series of measurements, side by side. The vertical axis is the cost
/// and begins at zero; the horizontal axis is the size, in equal steps.
pub(super) fn lines(all: &[Series]) -> String {
    drawn(
        "Cost by size, one frame for each series",
        all.len(),
        |svg| {
            for (place, series) in all.iter().enumerate() {
                line_frame(svg, left_of(place), series)?;
            }
            Ok(())
        },
    )
}

/// Draws a bar chart for each group, side by side. Each chart has a bar for every compared client;
/// the first bar is that of our client.
pub(super) fn bars(unit: &str, groups: &[(String, Vec<(&str, Figure)>)]) -> String {
    drawn(
        "Cost by contestant, one frame for each group",
        groups.len(),
        |svg| {
            for (place, (title, bars)) in groups.iter().enumerate() {
                bar_frame(svg, left_of(place), title, unit, bars)?;
            }
            Ok(())
        },
    )
}

fn left_of(place: usize) -> f64 {
    LEFT + place as f64 * (WIDTH + BETWEEN)
}

fn drawn(label: &str, frames: usize, draw: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let (width, height) = (left_of(frames), TOP + HEIGHT + 50.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-label=\"{label}\">\n{STYLE}"
    );
    // Writing to a string cannot fail.
    let _ = draw(&mut svg);
    svg.push_str("</svg>\n");
    svg
}

fn axes(svg: &mut String, left: f64, title: &str, unit: &str) -> fmt::Result {
    let (bottom, right) = (TOP + HEIGHT, left + WIDTH);
    writeln!(
        svg,
        "<text x=\"{left}\" y=\"20\" font-weight=\"bold\">{title}</text>\n\
         <text x=\"{left}\" y=\"38\">{unit}</text>\n\
         <path class=\"frame\" d=\"M{left} {TOP}V{bottom}H{right}\"/>"
    )
}

/// Returns a point for each cost, in a chart whose left edge is at `left`. Horizontally, the points
/// are in the middle of equal steps. Their heights are proportional to the costs.
fn points(left: f64, costs: &[f64]) -> Vec<(f64, f64)> {
    let highest = costs.iter().copied().fold(0.0, f64::max) * 1.2;
    let step = WIDTH / costs.len() as f64;
    let place = |(place, cost): (usize, &f64)| {
        let x = left + (place as f64 + 0.5) * step;
        (x, TOP + HEIGHT - cost / highest * HEIGHT)
    };
    costs.iter().enumerate().map(place).collect()
}

fn label(svg: &mut String, (x, y): (f64, f64), cost: f64, name: &str) -> fmt::Result {
    let (above, below) = (y - 10.0, TOP + HEIGHT + 18.0);
    writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{above:.1}\" text-anchor=\"middle\">{cost:.1}</text>\n\
         <text x=\"{x:.1}\" y=\"{below}\" text-anchor=\"middle\">{name}</text>"
    )
}

fn line_frame(svg: &mut String, left: f64, series: &Series) -> fmt::Result {
    axes(svg, left, &sentence(series.title), series.unit)?;
    let costs: Vec<f64> = series.figures.iter().map(|figure| figure.median).collect();
    let points = points(left, &costs);
    let line: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    writeln!(
        svg,
        "<polyline class=\"cost\" points=\"{}\"/>",
        line.join(" ")
    )?;
    for ((point, cost), size) in points.into_iter().zip(costs).zip(&series.sizes) {
        let (x, y) = point;
        writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>")?;
        label(svg, point, cost, &size.to_string())?;
    }
    Ok(())
}

fn bar_frame(
    svg: &mut String,
    left: f64,
    title: &str,
    unit: &str,
    bars: &[(&str, Figure)],
) -> fmt::Result {
    const BAR: f64 = 36.0;
    axes(svg, left, &sentence(title), unit)?;
    let costs: Vec<f64> = bars.iter().map(|(_, figure)| figure.median).collect();
    let points = points(left, &costs);
    for (place, (point, (name, figure))) in points.into_iter().zip(bars).enumerate() {
        let (x, y) = point;
        let class = if place == 0 { "ours" } else { "other" };
        writeln!(
            svg,
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{BAR}\" height=\"{:.1}\"/>",
            x - BAR / 2.0,
            TOP + HEIGHT - y
        )?;
        label(svg, point, figure.median, name)?;
    }
    Ok(())
}
