//! Paging of lists.

use crate::error::ApiError;
use crate::state::Window;
use crate::validate::Arguments;

/// The default number of items on a page. It is documented, except for the events of dev instances,
/// for which the Python SDK sends the same number.
const DEFAULT_SIZE: i64 = 10;

/// One page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    skip: usize,
    size: usize,
}

impl Page {
    /// Parses `pageNumber`, counted from 1, and `pageSize`, which has no documented maximum.
    pub(super) fn of(arguments: &Arguments) -> Result<Self, ApiError> {
        Self::new(
            arguments.integer("pageNumber").unwrap_or(1),
            arguments.integer("pageSize").unwrap_or(DEFAULT_SIZE),
        )
    }

    /// Parses `pageNumber` and `pageSize`. Without `pageSize`, the page contains all items of the
    /// list, whatever `pageNumber` is.
    pub(super) fn of_all(arguments: &Arguments) -> Result<Self, ApiError> {
        let size = arguments.integer("pageSize");
        match size {
            Some(_) => Self::of(arguments),
            None => Self::new(1, i64::MAX),
        }
    }

    /// Returns the number of the page, counted from 1.
    pub(super) fn number(self) -> usize {
        self.skip.checked_div(self.size).unwrap_or_default() + 1
    }

    /// Returns the maximum number of items on the page.
    pub(super) fn size(self) -> usize {
        self.size
    }

    fn new(number: i64, size: i64) -> Result<Self, ApiError> {
        let positive = |name: &str, value: i64| {
            usize::try_from(value)
                .ok()
                .filter(|value| *value >= 1)
                .ok_or_else(|| ApiError::invalid_parameter(format!("{name} must be at least 1")))
        };
        let (number, size) = (positive("pageNumber", number)?, positive("pageSize", size)?);
        Ok(Self {
            skip: (number - 1).saturating_mul(size),
            size,
        })
    }

    /// Returns the window of a sorted list that this page shows; `ascending` tells whether the
    /// oldest item comes first.
    pub(super) fn window(self, ascending: bool) -> Window {
        Window {
            skip: self.skip,
            size: self.size,
            ascending,
        }
    }

    /// Returns the items on this page, and the number of items on all pages.
    pub(super) fn cut<T>(self, items: impl Iterator<Item = T>) -> (Vec<T>, usize) {
        let mut total = 0;
        let mut page = Vec::new();
        for item in items {
            if total >= self.skip && page.len() < self.size {
                page.push(item);
            }
            total += 1;
        }
        (page, total)
    }
}

/// Returns whether the request member `order` is `desc`, in upper or lower case; returns `default`
/// if the member is missing.
pub(super) fn is_descending(arguments: &Arguments, default: bool) -> bool {
    match arguments.filled("order") {
        None => default,
        Some(order) => order.eq_ignore_ascii_case("desc"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(number: i64, size: i64) -> (Vec<i32>, usize) {
        Page::new(number, size).unwrap().cut(0..25)
    }

    #[test]
    fn pages_are_counted_from_one_and_the_last_may_be_short() {
        assert_eq!(cut(1, 10), ((0..10).collect(), 25));
        assert_eq!(cut(3, 10), ((20..25).collect(), 25));
        assert_eq!(cut(4, 10), (vec![], 25));
        assert_eq!(cut(1, 25).0.len(), 25);
    }

    #[test]
    fn extreme_pages_are_empty_or_refused() {
        assert_eq!(cut(i64::MAX, i64::MAX), (vec![], 25));
        assert_eq!(cut(1, i64::MAX).0.len(), 25);
        for (number, size) in [(0, 10), (-1, 10), (1, 0), (1, i64::MIN)] {
            assert_eq!(
                Page::new(number, size).unwrap_err().code,
                "InvalidParameter"
            );
        }
    }
}
