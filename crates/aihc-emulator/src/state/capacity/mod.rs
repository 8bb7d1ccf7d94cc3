//! Resources taken from queues, and holders that wait for them.

mod amount;
mod board;
mod ledger;
mod priority;

pub(crate) use self::amount::{Amount, GIB, Limit, MILLI};
pub(crate) use self::board::Board;
pub(crate) use self::ledger::{Claim, Holder, Kind, QueueNumber, Standing};
pub(crate) use self::priority::Priority;
