//! How much memory may be taken for what a document holds.
//!
//! A list of empty objects takes a hundred times its text, so the length of a body bounds nothing by
//! itself. Whatever is made of a document is therefore counted, by its size in memory, and refused when
//! it is too much. Deserializers hand nothing of ours through to the values, which is why the count is
//! in a variable of the thread, for as long as a document is read.

use std::cell::Cell;
use std::marker::PhantomData;

use serde::de::Error;

/// What may be taken at most while a body is read, the body itself included: so many times its length,
/// and so much besides.
const TIMES: usize = 8;
const BESIDES: usize = 16 << 20;

/// Of that, what is left for everything that is not counted.
const UNCOUNTED: usize = 1 << 20;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Counts what is taken until it is dropped.
pub(super) struct Room {
    before: usize,
    /// The count is that of this thread.
    _not_send: PhantomData<*const ()>,
}

impl Room {
    /// The room for what is made of a body of this length, when so much is there already.
    pub(super) fn beside(taken: usize, body: usize) -> Self {
        let all = body.saturating_mul(TIMES).saturating_add(BESIDES);
        let left = all.saturating_sub(UNCOUNTED).saturating_sub(taken);
        Self {
            before: LEFT.replace(left),
            _not_send: PhantomData,
        }
    }

    /// Whether something did not fit.
    pub(super) fn is_exceeded(&self) -> bool {
        LEFT.get() == 0
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        LEFT.set(self.before);
    }
}

/// Counts bytes that are about to be allocated.
pub(super) fn take<E: Error>(bytes: usize) -> Result<(), E> {
    match LEFT.get().checked_sub(bytes) {
        Some(left) => {
            LEFT.set(left);
            Ok(())
        }
        None => {
            LEFT.set(0);
            Err(E::custom(TOO_MUCH))
        }
    }
}

const TOO_MUCH: &str = "more elements than fit into 8 times the size of the body and 16 MiB of memory; \
                        ask for fewer at a time";

/// Makes room for one more element; for `first` of them at first. While a list moves to a larger place,
/// both places are there.
pub(super) fn grow<T, E: Error>(list: &mut Vec<T>, first: usize) -> Result<(), E> {
    if list.len() < list.capacity() {
        return Ok(());
    }
    let size = |elements: usize| elements.saturating_mul(size_of::<T>());
    let before = list.capacity();
    let capacity = before.saturating_mul(2).max(first);
    take(size(capacity))?;
    list.reserve_exact(capacity - list.len());
    give_back(size(before));
    Ok(())
}

fn give_back(bytes: usize) {
    LEFT.set(LEFT.get().saturating_add(bytes));
}

/// Counts an entry that comes to so many others in a map, without what its name and its value point to.
/// A node of a `BTreeMap` has room for eleven entries, and the first is there for one. Of many nodes each
/// holds five entries or more. Name and value have places of their own as a rule, which take longer to
/// make and to free than they are long: so they count for more.
pub(super) fn take_entry<K, V, E: Error>(others: usize) -> Result<(), E> {
    let node = if others == 0 {
        size_of::<(K, V)>() * 11 + 16
    } else {
        0
    };
    const PLACES: usize = 256;
    take(node + size_of::<(K, V)>() * 9 / 4 + 8 + PLACES)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), serde_json::Error>;

    #[test]
    fn what_does_not_fit_is_refused_and_the_count_ends_with_the_document() {
        let room = Room::beside(BESIDES + 8 * 10 - UNCOUNTED - 100, 10);
        assert!(Outcome::is_ok(&take(60)) && Outcome::is_ok(&take(39)));
        assert!(!room.is_exceeded());
        let refused: Outcome = take(2);
        assert!(
            refused
                .unwrap_err()
                .to_string()
                .starts_with("more elements")
        );
        assert!(room.is_exceeded());
        drop(room);
        assert!(Outcome::is_ok(&take(usize::MAX / 2)));
        LEFT.set(usize::MAX);
    }

    #[test]
    fn a_list_is_counted_with_the_place_that_it_leaves() {
        let _room = Room::beside(BESIDES - UNCOUNTED - 240, 0);
        let mut list: Vec<u64> = Vec::new();
        let mut push = |element| {
            let grown: Outcome = grow(&mut list, 10);
            grown.map(|()| list.push(element))
        };
        assert!((0..20).all(|element| push(element).is_ok()));
        // 160 bytes are there, and 320 would have to come beside them.
        assert!(push(20).is_err());
    }
}
