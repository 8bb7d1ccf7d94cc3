//! The differences between two texts, line by line.

/// The number of unchanged lines that are shown before and after a difference.
const CONTEXT: usize = 2;

/// Returns the lines in which two texts differ, and the lines around them. A line of `old` that was
/// removed begins with `-`, and a line of `new` that was added with `+`.
pub(crate) fn lines(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let edits = edits(&old, &new);
    let changed: Vec<usize> = edits
        .iter()
        .enumerate()
        .filter(|(_, (mark, _))| *mark != ' ')
        .map(|(index, _)| index)
        .collect();
    let mut out = String::new();
    let mut last = None;
    for (index, (mark, line)) in edits.iter().enumerate() {
        if !changed.iter().any(|at| at.abs_diff(index) <= CONTEXT) {
            continue;
        }
        if last.is_some_and(|last| last + 1 != index) {
            out.push_str("    ...\n");
        }
        last = Some(index);
        out.push_str(&format!("    {mark} {line}\n"));
    }
    if out.is_empty() && old.len() == new.len() {
        out.push_str("    only line ends differ\n");
    }
    out
}

/// Returns the lines of both texts in order, each with `-`, `+` or a space. The lines between the
/// common beginning and the common end are matched by their longest common subsequence.
fn edits<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(char, &'t str)> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (
        &old_rest[..old_rest.len() - end],
        &new_rest[..new_rest.len() - end],
    );

    // common[i][j] is the length of the longest common subsequence of a[i..] and b[j..].
    let mut common = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let mut edits: Vec<(char, &str)> = old[..start].iter().map(|line| (' ', *line)).collect();
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            edits.push((' ', a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && common[i + 1][j] >= common[i][j + 1] {
            edits.push(('-', a[i]));
            i += 1;
        } else {
            edits.push(('+', b[j]));
            j += 1;
        }
    }
    edits.extend(
        old_rest[old_rest.len() - end..]
            .iter()
            .map(|line| (' ', *line)),
    );
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_shown_with_its_neighbours_only() {
        let old = "a\nb\nc\nd\ne\nf\ng\n";
        let new = "a\nb\nc\nX\ne\nf\ng\n";
        assert_eq!(
            lines(old, new),
            "      b\n      c\n    - d\n    + X\n      e\n      f\n"
        );
    }

    #[test]
    fn distant_changes_are_apart() {
        let old: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let new = old
            .join("\n")
            .replace("\n1\n", "\n")
            .replace("\n18\n", "\n18\nx\n");
        let diff = lines(&old.join("\n"), &new);
        assert!(diff.contains("    - 1\n"), "{diff}");
        assert!(diff.contains("    + x\n"), "{diff}");
        assert!(diff.contains("    ...\n"), "{diff}");
        assert!(!diff.contains("10"), "{diff}");
    }
}
