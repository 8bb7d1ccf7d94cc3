//! Records the resources that instances, jobs and pods take from queues, and which of them wait for
//! resources.

mod amount;
mod board;
mod ledger;
mod priority;

pub(crate) use self::amount::{Amount, GIB, Limit, MILLI};
pub(crate) use self::board::Board;
pub(crate) use self::ledger::{Claim, Holder, Kind, QueueNumber, Standing};
pub(crate) use self::priority::Priority;
