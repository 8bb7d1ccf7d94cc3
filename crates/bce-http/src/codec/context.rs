//! The context of reading a document: room in memory, the place of an error, and why it failed.
//!
//! A list of empty objects takes a hundred times its text, so the length of a body bounds nothing by
//! itself. Whatever is made of a document is therefore counted, by its size in memory, and refused when
//! it is too much.

use std::fmt::Write as _;

use super::value::Missing;

/// What may be taken at most while a body is read, the body itself included: so many times its length,
/// and so much besides.
const TIMES: usize = 8;
const BESIDES: usize = 16 << 20;

/// Of that, what is left for everything that is not counted.
const UNCOUNTED: usize = 1 << 20;

/// So much of a place is shown, in characters: names in it may come from anybody.
const LONGEST_PLACE: usize = 200;

const TOO_MUCH: &str = "more elements than fit into 8 times the size of the body and 16 MiB of memory; \
                        ask for fewer at a time";

/// What all values of one document share while they are read.
pub(super) struct Context {
    /// How many bytes may still be taken.
    left: usize,
    is_exceeded: bool,
    /// Where reading failed, from the inside out: noted while the error goes up, so that a document
    /// without one pays nothing.
    place: Vec<Step>,
    /// Why it failed, where the error is not the format's.
    problem: Option<Problem>,
    /// Why a part of the document that was read by itself could not be read.
    pub(super) inner: String,
    /// A name of a member that the format has not got in one piece.
    pub(super) name: String,
}

enum Step {
    Member(String),
    Element(usize),
}

/// Why a value is refused that the format has read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Problem {
    Missing(Missing),
    Other(&'static str),
    /// The context has the text of it.
    Inner,
}

impl Context {
    /// Creates a document of which anything may be made.
    pub(super) fn unbounded() -> Self {
        Self::with_room(usize::MAX)
    }

    /// Creates the room for what is made of a body of this length, when so much is there already.
    pub(super) fn beside(taken: usize, body: usize) -> Self {
        let all = body.saturating_mul(TIMES).saturating_add(BESIDES);
        Self::with_room(all.saturating_sub(UNCOUNTED).saturating_sub(taken))
    }

    /// Creates a document of which no more than so many bytes may be made.
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

    /// Returns whether something did not fit.
    pub(super) fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }

    /// Counts bytes that are about to be allocated.
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

    /// Makes room for one more element; for `first` of them at first. While a list moves to a larger
    /// place, both places are there.
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

    /// Counts an entry that comes to so many others in a map, with its name and without what its value
    /// points to. A node of a `BTreeMap` has room for eleven entries, and the first is there for one. Of
    /// many nodes each holds five entries or more. Name and value have places of their own as a rule,
    /// which take longer to make and to free than they are long: so they count for more.
    pub(super) fn take_entry<V>(&mut self, name: &str, others: usize) -> Result<(), Problem> {
        const PLACES: usize = 256;
        let entry = size_of::<(String, V)>();
        let node = if others == 0 { entry * 11 + 16 } else { 0 };
        self.take(name.len())?;
        self.take(node + entry * 9 / 4 + 8 + PLACES)
    }

    /// Keeps why a value is refused, until there is an error to say it.
    pub(super) fn refuse(&mut self, problem: Problem) {
        self.problem = Some(problem);
    }

    /// Why a value was refused.
    pub(super) fn problem(&mut self) -> Problem {
        let unsaid = Problem::Other("the value cannot be read");
        self.problem.take().unwrap_or(unsaid)
    }

    /// Notes that an error comes out of a member.
    #[cold]
    pub(super) fn leave_member(&mut self, name: &str) {
        let kept = name.chars().take(LONGEST_PLACE + 1).collect();
        self.place.push(Step::Member(kept));
    }

    /// Notes that an error comes out of an element of a list.
    #[cold]
    pub(super) fn leave_element(&mut self, index: usize) {
        self.place.push(Step::Element(index));
    }

    /// Returns where reading failed: `devInstances[1].conf`. Empty for the document itself.
    pub(super) fn place(&self) -> String {
        let mut place = String::new();
        for step in self.place.iter().rev() {
            // A text takes whatever is written.
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
        // 160 bytes are there, and 320 would have to come beside them.
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
