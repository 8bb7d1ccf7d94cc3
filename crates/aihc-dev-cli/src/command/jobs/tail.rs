//! What of a log has been read.

/// Where the next look begins. The log names no marker at its end, so the last one that it has named
/// stays, and what was read after it is left out when it comes again.
#[derive(Debug, Default)]
pub(super) struct Tail {
    marker: Option<String>,
    /// Records that have been read after the marker.
    after: usize,
}

impl Tail {
    pub(super) fn marker(&self) -> Option<&str> {
        self.marker.as_deref()
    }

    /// Takes a part that begins at the marker: its new records, and whether more follow at once.
    pub(super) fn take(&mut self, records: Vec<String>, next: String) -> (Vec<String>, bool) {
        // A log that is shorter than before has begun anew.
        let known = match records.len() < self.after {
            true => 0,
            false => self.after,
        };
        let count = records.len();
        let new: Vec<_> = records.into_iter().skip(known).collect();
        if next.is_empty() || self.marker.as_ref() == Some(&next) {
            self.after = count;
            return (new, false);
        }
        self.marker = Some(next);
        self.after = 0;
        // A part without a record is the end for now, whatever it names.
        (new, count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(tail: &mut Tail, records: &[&str], next: &str) -> (Vec<String>, bool) {
        let records = records.iter().map(|&record| record.to_owned()).collect();
        tail.take(records, next.to_owned())
    }

    #[test]
    fn each_record_comes_once_though_the_last_marker_is_asked_for_again() {
        let mut tail = Tail::default();
        assert_eq!(taken(&mut tail, &["a", "b"], "m1").0, ["a", "b"]);
        assert_eq!(tail.marker(), Some("m1"));
        assert_eq!(taken(&mut tail, &["c"], ""), (vec!["c".to_owned()], false));
        assert_eq!(tail.marker(), Some("m1"));
        assert_eq!(taken(&mut tail, &["c"], "").0, [""; 0]);
        assert_eq!(taken(&mut tail, &["c", "d"], "m2").0, ["d"]);
        assert_eq!(taken(&mut tail, &["e"], "").0, ["e"]);
    }

    #[test]
    fn a_log_without_markers_is_followed_by_its_length() {
        let mut tail = Tail::default();
        assert_eq!(taken(&mut tail, &["a"], "").0, ["a"]);
        assert_eq!(taken(&mut tail, &["a", "b"], "").0, ["b"]);
        assert_eq!(taken(&mut tail, &["x"], "").0, ["x"], "it has begun anew");
    }

    #[test]
    fn a_marker_at_the_end_is_no_busy_loop() {
        let mut tail = Tail::default();
        assert!(taken(&mut tail, &["a"], "m1").1);
        assert!(!taken(&mut tail, &[], "m2").1);
        assert!(!taken(&mut tail, &[], "m2").1);
        assert_eq!(taken(&mut tail, &["b"], "m3"), (vec!["b".to_owned()], true));
        assert!(!taken(&mut tail, &[], "m3").1);
    }
}
