//! Counts the instructions per operation with callgrind: `cargo xtask bench instructions`. There is
//! one file per group of operations.

// The macros generate items that have no documentation.
#![allow(missing_docs, unreachable_pub)]

mod call;
mod floor;
#[path = "../../../src/sign/requests.rs"]
mod requests;
mod sign;

use call::call_group;
use floor::floor_group;
use gungraun::main;
use sign::sign_group;

main!(library_benchmark_groups = [call_group, floor_group, sign_group]);
