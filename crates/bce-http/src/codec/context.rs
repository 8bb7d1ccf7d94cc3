//! The context of reading a document: the memory that is left and, once an error has occurred, its
//! location and its reason.
//!
//! A list of empty objects can take up a hundred times as much memory as its text, so a limit on
//! the length of a body does not limit memory. Values that are built from a document are therefore
//! counted by their size in memory, and the document is refused once the total exceeds a limit.

use std::fmt::Write as _;

use super::value::Missing;

/// Reading a body may take up `TIMES` times the length of the body plus `BESIDES` bytes of memory,
/// including the body itself.
const TIMES: usize = 8;
/// The part of the memory limit that does not depend on the length of the body, in bytes.
const BESIDES: usize = 16 << 20;

/// The part of the memory limit, in bytes, that is reserved for allocations that are not counted.
const UNCOUNTED: usize = 1 << 20;

/// The maximum length of a location in errors, in characters; a longer one is truncated, and `…` is
/// appended. The names in a location come from the document, so anyone may have chosen them.
const LONGEST_PLACE: usize = 200;

const TOO_MUCH: &str = "more elements than fit into 8 times the size of the body and 16 MiB of memory; \
                        ask for fewer at a time";

/// The state that all values of a document share while they are read.
pub(super) struct Context {
    /// The number of bytes that may still be allocated.
    left: usize,
    is_exceeded: bool,
    /// The location of an error: the names and indexes that lead to it, innermost first. It is
    /// recorded while the error is passed up, so reading a document without errors costs nothing
    /// extra.
    place: Vec<Step>,
    /// The reason for the error; `None` if there is no error, or if the deserializer itself
    /// reported the error.
    problem: Option<Problem>,
    /// The reason for the error if it is [`Problem::Inner`]; empty otherwise.
    pub(super) inner: String,
    /// A buffer for the name of a member, used if the deserializer cannot provide the name in one
    /// piece.
    pub(super) name: String,
}

enum Step {
    Member(String),
    Element(usize),
}

/// The reason for refusing a value that the deserializer has read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Problem {
    Missing(Missing),
    Other(&'static str),
    /// An error in a value that was first extracted as JSON text, and then read from this text. The
    /// field `inner` of the context has the reason.
    Inner,
}

impl Context {
    /// Creates a context without a memory limit.
    pub(super) fn unbounded() -> Self {
        Self::with_room(usize::MAX)
    }

    /// Creates a context for reading a body of length `body`, with `taken` bytes already allocated.
    pub(super) fn beside(taken: usize, body: usize) -> Self {
        let all = body.saturating_mul(TIMES).saturating_add(BESIDES);
        Self::with_room(all.saturating_sub(UNCOUNTED).saturating_sub(taken))
    }

    /// Creates a context with `left` bytes of memory.
    pub(super) fn with_room(left: usize) -> Self {
        Self {
            left,
            is_exceeded: false,
            place: Vec::new(),
            problem: None,
            inner: String::new(),
            name: String::new(),
        }
    }

    /// Returns whether the memory limit was exceeded.
    pub(super) fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }

    /// Counts bytes that are about to be allocated. Fails if they exceed the memory limit.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Problem> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(self.exceed()),
        }
    }

    #[cold]
    fn exceed(&mut self) -> Problem {
        self.left = 0;
        self.is_exceeded = true;
        Problem::Other(TOO_MUCH)
    }

    /// Makes sure that a list has space for one more element; new space counts towards the memory
    /// limit. An empty list gets space for `first` elements. While a list moves to a larger
    /// allocation, both allocations count.
    #[inline]
    pub(super) fn grow<T>(&mut self, list: &mut Vec<T>, first: usize) -> Result<(), Problem> {
        match list.len() < list.capacity() {
            true => Ok(()),
            false => self.grow_full(list, first),
        }
    }

    fn grow_full<T>(&mut self, list: &mut Vec<T>, first: usize) -> Result<(), Problem> {
        let size = |elements: usize| elements.saturating_mul(size_of::<T>());
        let before = list.capacity();
        let capacity = before.saturating_mul(2).max(first);
        self.take(size(capacity))?;
        list.reserve_exact(capacity - list.len());
        self.left = self.left.saturating_add(size(before));
        Ok(())
    }

    /// Counts the memory of an entry that is added to a map with `others` entries. This includes
    /// the name of the entry, but not the memory that its value points to. A node of a `BTreeMap`
    /// has space for eleven entries. The first entry of a map allocates a whole node; in a large
    /// map, every node holds at least five entries. The name and the value usually have allocations
    /// of their own, which take time even if they are short. To limit this time, a fixed number of
    /// bytes is counted in addition for each entry.
    pub(super) fn take_entry<V>(&mut self, name: &str, others: usize) -> Result<(), Problem> {
        const PLACES: usize = 256;
        let entry = size_of::<(String, V)>();
        let node = if others == 0 { entry * 11 + 16 } else { 0 };
        self.take(name.len())?;
        self.take(node + entry * 9 / 4 + 8 + PLACES)
    }

    /// Stores the reason for refusing a value, until an error is created from it.
    pub(super) fn refuse(&mut self, problem: Problem) {
        self.problem = Some(problem);
    }

    /// Returns the reason for refusing a value, and removes it from the context. If there is none,
    /// returns a general one.
    pub(super) fn problem(&mut self) -> Problem {
        let unsaid = Problem::Other("the value cannot be read");
        self.problem.take().unwrap_or(unsaid)
    }

    /// Records that an error occurred in the member with this name.
    #[cold]
    pub(super) fn leave_member(&mut self, name: &str) {
        let kept = name.chars().take(LONGEST_PLACE + 1).collect();
        self.place.push(Step::Member(kept));
    }

    /// Records that an error occurred in the list element with this index.
    #[cold]
    pub(super) fn leave_element(&mut self, index: usize) {
        self.place.push(Step::Element(index));
    }

    /// Returns the location of the error, such as `devInstances[1].conf`, truncated if it is longer
    /// than `LONGEST_PLACE` characters. The location of the document itself is empty.
    pub(super) fn place(&self) -> String {
        let mut place = String::new();
        for step in self.place.iter().rev() {
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Member(name) if place.is_empty() => write!(place, "{name}"),
                Step::Member(name) => write!(place, ".{name}"),
                Step::Element(index) => write!(place, "[{index}]"),
            };
        }
        match place.char_indices().nth(LONGEST_PLACE) {
            Some((end, _)) => {
                place.truncate(end);
                place.push('…');
                place
            }
            None => place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut context = Context::beside(BESIDES + 8 * 10 - UNCOUNTED - 100, 10);
        assert!(context.take(60).is_ok() && context.take(39).is_ok());
        assert!(!context.is_exceeded());
        let refused = context.take(2).unwrap_err();
        assert!(matches!(refused, Problem::Other(text) if text.starts_with("more elements")));
        assert!(context.is_exceeded());
        assert!(Context::unbounded().take(usize::MAX / 2).is_ok());
    }

    #[test]
    fn a_list_is_counted_with_the_place_that_it_leaves() {
        let mut context = Context::beside(BESIDES - UNCOUNTED - 240, 0);
        let mut list: Vec<u64> = Vec::new();
        let mut push = |element| {
            let grown = context.grow(&mut list, 10);
            grown.map(|()| list.push(element))
        };
        assert!((0..20).all(|element| push(element).is_ok()));
        // The limit leaves room for the 160 bytes that are allocated, but not for another 320.
        assert!(push(20).is_err());
    }

    #[test]
    fn a_place_is_told_from_the_outside_in_and_no_longer_than_it_is_shown() {
        let mut context = Context::unbounded();
        assert_eq!(context.place(), "");
        context.leave_member("cpus");
        context.leave_element(1);
        context.leave_element(0);
        context.leave_member("all");
        assert_eq!(context.place(), "all[0][1].cpus");
        context.leave_member(&"机".repeat(1 << 20));
        let place = context.place();
        assert_eq!(place, format!("{}…", "机".repeat(LONGEST_PLACE)));
    }
}
