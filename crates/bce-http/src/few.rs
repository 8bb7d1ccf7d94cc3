//! A list that usually has one element.

/// Elements in the order in which they were added. The latest is stored in place, and earlier ones
/// in a separate allocation.
#[derive(Debug)]
pub(crate) struct Few<T> {
    before: Vec<T>,
    last: Option<T>,
}

impl<T> Few<T> {
    pub(crate) fn push(&mut self, element: T) {
        self.before.extend(self.last.replace(element));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.before.iter().chain(&self.last)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.before.iter_mut().chain(&mut self.last)
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.last.as_ref()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.last.is_none()
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.before.retain(&keep);
        self.last = self.last.take().filter(&keep).or_else(|| self.before.pop());
    }

    /// Removes the oldest element if there are more than `most`.
    pub(crate) fn keep_latest(&mut self, most: usize) {
        if self.before.len() >= most {
            self.before.remove(0);
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self {
            before: Vec::new(),
            last: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn few(elements: &[u8]) -> Few<u8> {
        let mut few = Few::default();
        elements.iter().for_each(|element| few.push(*element));
        few
    }

    #[test]
    fn elements_stay_in_order_whichever_go() {
        for gone in 1..=3 {
            let mut few = few(&[1, 2, 3]);
            few.retain(|element| *element != gone);
            let left: Vec<u8> = few.iter().copied().collect();
            let expected: Vec<u8> = [1, 2, 3].into_iter().filter(|it| *it != gone).collect();
            assert_eq!(left, expected);
            assert_eq!(few.last(), expected.last());
        }
        let mut few = few(&[1]);
        few.retain(|_| false);
        assert!(few.is_empty());
    }

    #[test]
    fn the_oldest_goes_first() {
        let mut few = few(&[1, 2, 3]);
        few.keep_latest(3);
        assert_eq!(few.iter().count(), 3);
        few.keep_latest(2);
        assert_eq!(few.iter().copied().collect::<Vec<u8>>(), [2, 3]);
    }
}
