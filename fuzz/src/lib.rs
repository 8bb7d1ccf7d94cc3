//! The fuzz targets and their initial inputs. The programs in `fuzz_targets/` run the targets with
//! libFuzzer. With every `cargo test`, `tests/fuzz.rs` of the repository runs each target with the
//! initial inputs and with a thousand changed copies of them.

pub mod naive;
mod seeds;
pub mod target;

use std::fs;
use std::path::Path;

use http::request::Parts;

/// Returns the initial inputs of a fuzz target: the files in `inputs/TARGET/`, then generated ones,
/// most of which are derived from requests of the official SDKs and from documented responses.
pub fn inputs(target: &str) -> Result<Vec<Vec<u8>>, String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut inputs = kept(&here.join("inputs").join(target))?;
    inputs.extend(seeds::seeds(
        target,
        &here.join("../crates/bce-testing/vectors"),
    )?);
    Ok(inputs)
}

/// Returns the contents of the files in a folder, in the order of their names.
fn kept(folder: &Path) -> Result<Vec<Vec<u8>>, String> {
    let failed = |error| format!("{}: {error}", folder.display());
    let files = fs::read_dir(folder).map_err(failed)?;
    let files: Result<Vec<_>, _> = files.map(|file| Ok(file?.path())).collect();
    let mut files = files.map_err(failed)?;
    files.sort();
    files
        .iter()
        .map(|file| fs::read(file).map_err(failed))
        .collect()
}

/// Parses a request head: a line with the method, a line with the request target, then a line for
/// each header. Returns `None` if it is not a valid head.
fn head(data: &[u8]) -> Option<Parts> {
    let mut lines = data.split(|&byte| byte == b'\n');
    let mut request = http::Request::builder()
        .method(lines.next()?)
        .uri(lines.next()?);
    for line in lines {
        let colon = line.iter().position(|&byte| byte == b':')?;
        request = request.header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    Some(request.body(()).ok()?.into_parts().0)
}
