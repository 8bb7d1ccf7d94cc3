//! The query of a canonical request: its parameters, sorted by their encoded text.

use std::cmp::Ordering;

use crate::encode::{is_plain_query, push_normalised};
use crate::protocol::{AUTHORIZATION, SECURITY_TOKEN};

use super::compare;
use super::pieces::{INLINE, Pieces};

/// Appends the canonical query, which is sorted and has no `authorization` parameter, and then a
/// line end. Returns whether the query contains a session token that is not empty.
pub(crate) fn push_query(out: &mut Vec<u8>, query: &str) -> bool {
    let has_token =
        push_plain_query(out, query.as_bytes()).unwrap_or_else(|| push_any_query(out, query));
    out.push(b'\n');
    has_token
}

/// Appends a usual query: a few pairs `key=value` without any escapes, which are signed unchanged.
/// Returns whether it contains a session token that is not empty. For any other query, returns
/// `None` and appends nothing.
fn push_plain_query(out: &mut Vec<u8>, query: &[u8]) -> Option<bool> {
    if !is_plain_query(query) {
        return None;
    }
    // In a usual query, every second mark is an equals sign, and the others are ampersands.
    let mut places = [0; 2 * INLINE];
    let marks = find_marks(query, &mut places)?;
    let mut pairs = Pairs::default();
    let mut start = 0;
    for marks in marks.chunks(2) {
        let (equals, end) = match *marks {
            [equals, end] if query.get(end) == Some(&b'&') => (equals, end),
            [equals] => (equals, query.len()),
            _ => return None,
        };
        if query.get(equals) != Some(&b'=') {
            return None;
        }
        pairs.insert(query.get(start..end)?, equals - start)?;
        start = end + 1;
    }
    // What follows the last mark would be a key without a value.
    if start < query.len() {
        return None;
    }
    for (index, pair) in pairs.sorted.iter().take(pairs.len).enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(pair);
    }
    Some(pairs.has_token)
}

/// The pairs of a usual query.
#[derive(Default)]
struct Pairs<'a> {
    sorted: [&'a [u8]; INLINE],
    len: usize,
    /// Whether one of them is a session token that is not empty.
    has_token: bool,
}

impl<'a> Pairs<'a> {
    /// Inserts a pair at its place in the order, which costs less for so few pairs than sorting
    /// them with the general algorithm. Returns `None` if there is no room, or if the pair is an
    /// authorization.
    fn insert(&mut self, pair: &'a [u8], key_len: usize) -> Option<()> {
        let (key, value) = pair.split_at_checked(key_len)?;
        if key.eq_ignore_ascii_case(AUTHORIZATION.as_bytes()) {
            return None;
        }
        self.has_token |= key == SECURITY_TOKEN.as_bytes() && value.len() > 1;
        let sorted = self.sorted.get_mut(..=self.len)?;
        let mut place = self.len;
        while place > 0 && compare(sorted[place - 1], pair) == Ordering::Greater {
            sorted[place] = sorted[place - 1];
            place -= 1;
        }
        sorted[place] = pair;
        self.len += 1;
        Some(())
    }
}

/// Writes the positions of every `&` and `=` in ASCII text to `places`, and returns that part of
/// it. Returns `None` if there are more. Examines eight bytes at a time, because this search is a
/// large part of the work on a usual query. It only collects the positions, and leaves to the
/// caller what they mean, so that the loop needs few registers.
#[inline]
fn find_marks<'p>(text: &[u8], places: &'p mut [usize]) -> Option<&'p [usize]> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, rest) = text.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let mut len = 0;
    for (index, word) in words.iter().chain([&last]).enumerate() {
        let word = u64::from_le_bytes(*word);
        // ASCII bytes are below 0x80, so the exclusive or of a byte and a mark is 0 if they are
        // equal, and between 1 and 0x7F otherwise. Adding 0x7F sets the top bit of every byte that
        // is not equal to the mark, and never carries into another byte.
        let others = |mark: u8| (word ^ (ONES * u64::from(mark))) + ONES * 0x7F;
        let mut found = !(others(b'&') & others(b'=')) & (ONES * 0x80);
        while found != 0 {
            *places.get_mut(len)? = index * 8 + found.trailing_zeros() as usize / 8;
            len += 1;
            found &= found - 1;
        }
    }
    places.get(..len)
}

fn push_any_query(out: &mut Vec<u8>, query: &str) -> bool {
    let mut has_token = false;
    let mut pieces = Pieces::new(out, b'&');
    for (key, value) in query_pieces(query) {
        pieces.add(out, |out| {
            let start = out.len();
            push_normalised(out, key);
            let key = out.get(start..).unwrap_or_default();
            if key.eq_ignore_ascii_case(AUTHORIZATION.as_bytes()) {
                return false;
            }
            has_token |= key == SECURITY_TOKEN.as_bytes() && !value.is_empty();
            out.push(b'=');
            push_normalised(out, value);
            true
        });
    }
    pieces.sort(out);
    has_token
}

/// Returns the keys and the values of a query without decoding them. A `key` without `=` has an
/// empty value.
pub(crate) fn query_pieces(query: &str) -> impl Iterator<Item = (&[u8], &[u8])> {
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    pieces.map(|piece| {
        let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
        (key.as_bytes(), value.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pushed(query: &str) -> String {
        let mut out = Vec::new();
        push_query(&mut out, query);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_query_is_sorted_by_the_encoded_pairs() {
        assert_eq!(
            pushed("text&text1=%e6%b5%8b&text10=test"),
            "text10=test&text1=%E6%B5%8B&text=\n"
        );
        assert_eq!(pushed("&b=1&&=x&a=1=2&a=+&"), "=x&a=%2B&a=1%3D2&b=1\n");
    }

    #[test]
    fn the_query_parameter_authorization_is_left_out_in_any_spelling() {
        assert_eq!(pushed("authorization=x"), "\n");
        assert_eq!(
            pushed("z=1&AUTHORIZATION&%61uthorization=x&a=1"),
            "a=1&z=1\n"
        );
        assert_eq!(pushed("authorization2=x"), "authorization2=x\n");
    }

    #[test]
    fn a_session_token_in_the_query_counts_only_with_a_value() {
        let has_token = |query| push_query(&mut Vec::new(), query);
        assert!(has_token("a=1&x%2Dbce-security-token=t"));
        assert!(!has_token("x-bce-security-token"));
        assert!(!has_token("x-bce-security-token=&a=x-bce-security-token"));
    }

    #[test]
    fn many_pairs_are_sorted_like_few() {
        for count in [INLINE - 1, INLINE, INLINE + 1, 100] {
            let pairs: Vec<_> = (0..count).rev().map(|i| format!("k{i:03}=v")).collect();
            let mut sorted = pairs.clone();
            sorted.sort();
            let sorted = format!("{}\n", sorted.join("&"));
            assert_eq!(pushed(&pairs.join("&")), sorted);
            assert_eq!(pushed(&format!("{}&", pairs.join("&"))), sorted);
        }
    }

    #[test]
    fn a_query_is_plain_only_if_every_piece_is_one_pair() {
        let plain = |query: &str| push_plain_query(&mut Vec::new(), query.as_bytes()).is_some();
        for query in [
            "",
            "a=1",
            "=",
            "=1&b=",
            "a=1&",
            "authorization2=x",
            "x=authorization",
        ] {
            assert!(plain(query), "{query}");
        }
        for query in [
            "a",
            "a=1&b",
            "a&b=1",
            "a=1=2",
            "a==",
            "&a=1",
            "a=1&&b=2",
            "a=%41",
            "a=+",
            "a=\u{f6}",
            "authorization=x",
            "a=1&AUTHORIZATION=",
        ] {
            assert!(!plain(query), "{query}");
        }
    }

    proptest! {
        /// Tests that the fast path for queries that need no encoding writes the same as the path
        /// for arbitrary queries.
        #[test]
        fn a_plain_query_is_written_as_any_query_is(
            pieces in proptest::collection::vec(
                "(x-bce-security-token=[ab]?|Authorization=|[a-c~.-]{0,12}={0,2}[A-C0-2_]{0,20})",
                0..12,
            ),
        ) {
            let query = pieces.join("&");
            let (mut short, mut general) = (Vec::new(), Vec::new());
            if let Some(has_token) = push_plain_query(&mut short, query.as_bytes()) {
                prop_assert_eq!(has_token, push_any_query(&mut general, &query));
                prop_assert_eq!(short, general);
            }
        }
    }
}
