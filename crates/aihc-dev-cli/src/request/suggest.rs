//! Suggestions for mistyped names.

/// Returns the name that is most similar to `wrong`; `None` if none is similar. Two paths are also
/// similar if their last parts are.
pub(crate) fn similar<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_lowercase();
    let (lower, end) = (wrong.to_lowercase(), last(wrong));
    let score = |name: &&str| {
        let whole = strsim::jaro_winkler(&lower, &name.to_lowercase());
        let part = strsim::jaro_winkler(&end, &last(name));
        // A match of only the last name in a path counts almost as much as one of the whole path.
        whole.max(part * 0.99)
    };
    names
        .map(|name| (score(&name), name))
        .filter(|(score, _)| *score > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_and_missing_parents_are_recognised() {
        let names = [
            "name",
            "conf.resources.cpus",
            "conf.resources.memory",
            "conf.startCmd",
        ];
        let similar = |wrong| similar(wrong, names.into_iter());
        assert_eq!(similar("conf.resources.cpu"), Some("conf.resources.cpus"));
        assert_eq!(similar("memory"), Some("conf.resources.memory"));
        assert_eq!(similar("conf.startcmd"), Some("conf.startCmd"));
        assert_eq!(similar("zebra"), None);
    }
}
