//! Counts the allocations per list call of each client that `cargo xtask bench call` compares, and
//! prints one number per line: `call-allocations ENDPOINT`. The numbers include the allocations of
//! the client's task that drives the connection. It is a separate program, because its counting
//! allocator is slower than that of the system.

// The command prints to a terminal.
#![allow(clippy::print_stdout)]

#[path = "../call/contestant/mod.rs"]
mod contestant;

use contestant::{Contestant, PAGE_SIZE, Result};

const CALLS: u64 = 300;

fn main() -> Result<()> {
    let endpoint = std::env::args().nth(1).ok_or("which endpoint?")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for name in Contestant::NAMES {
        let contestant = Contestant::new(name, &endpoint)?;
        // This also opens the connection.
        runtime.block_on(contestant.answer())?;
        let mut outcome = Ok(());
        let counted = allocation_counter::measure(|| {
            outcome = runtime.block_on(calls(&contestant));
        });
        outcome?;
        println!("{}", counted.count_total / CALLS);
    }
    Ok(())
}

async fn calls(contestant: &Contestant) -> Result<()> {
    for _ in 0..CALLS {
        if contestant.call().await? < PAGE_SIZE {
            return Err("the list is too short".into());
        }
    }
    Ok(())
}
