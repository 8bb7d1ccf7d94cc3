//! Counts the allocations of signing a GET and a POST with a cached key, and prints one number per
//! line. It is a separate program, because its counting allocator is slower than that of the
//! system.

// The command prints to a terminal.
#![allow(clippy::print_stdout)]

#[path = "../sign/requests.rs"]
mod requests;

use std::hint::black_box;

use bce_auth::Signer;
use requests::{NOW, Request, long_term, session, usable};

fn main() {
    let signer = Signer::default();
    for (request, credentials) in [
        (Request::list(), long_term()),
        (Request::create(), session()),
    ] {
        let sign = |mut parts| usable(signer.sign(&mut parts, &credentials, NOW));
        sign(request.head());
        let mut parts = request.head();
        let counted = allocation_counter::measure(|| {
            black_box(usable(signer.sign(&mut parts, &credentials, NOW)));
        });
        println!("{}", counted.count_total);
    }
}
