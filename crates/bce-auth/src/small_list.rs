//! A list of small values that allocates only when it gets long.
//!
//! `smallvec` offers much more, but contains unsafe code, and would be an additional dependency for
//! everyone who only signs.

/// A list of values. Up to `N` values are stored in place; if there are more, all of them are
/// stored in a `Vec`.
#[derive(Debug)]
pub(crate) struct SmallList<T, const N: usize> {
    inline: [T; N],
    inline_len: usize,
    spilled: Vec<T>,
}

impl<T: Copy + Default, const N: usize> Default for SmallList<T, N> {
    fn default() -> Self {
        Self {
            inline: [T::default(); N],
            inline_len: 0,
            spilled: Vec::new(),
        }
    }
}

impl<T: Copy + Default, const N: usize> SmallList<T, N> {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub(crate) fn push(&mut self, value: T) {
        if self.spilled.is_empty() {
            if let Some(free) = self.inline.get_mut(self.inline_len) {
                *free = value;
                self.inline_len += 1;
                return;
            }
            self.spilled.extend_from_slice(&self.inline);
        }
        self.spilled.push(value);
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[T] {
        if self.spilled.is_empty() {
            self.inline.get(..self.inline_len).unwrap_or_default()
        } else {
            &self.spilled
        }
    }

    #[inline]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        if self.spilled.is_empty() {
            self.inline.get_mut(..self.inline_len).unwrap_or_default()
        } else {
            &mut self.spilled
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_content_survive_the_step_out_of_the_inline_space() {
        let mut list = SmallList::<usize, 3>::new();
        assert!(list.as_slice().is_empty());
        for value in 0..7 {
            list.push(value);
            let expected: Vec<_> = (0..=value).collect();
            assert_eq!(list.as_slice(), expected);
            assert_eq!(list.as_mut_slice(), expected);
        }
    }
}
