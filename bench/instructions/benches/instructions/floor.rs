//! Counts the instructions of an HMAC, which is assembler code that this project does not change.
//! If the count differs by more than 1 % from the saved one, the two counts are assumed to come
//! from different kinds of processors.

use std::hint::black_box;

use gungraun::{library_benchmark, library_benchmark_group};
use ring::hmac::{HMAC_SHA256, Key, Tag};

fn kept_key() -> Key {
    Key::new(HMAC_SHA256, &[b'k'; 64])
}

#[library_benchmark(setup = kept_key)]
#[bench::over_213_bytes()]
fn hmac(key: Key) -> Tag {
    ring::hmac::sign(&key, black_box(&[b'x'; 213]))
}

library_benchmark_group!(name = floor_group, benchmarks = [hmac]);
