//! The operations that an access key may call.

use super::pattern;

/// The operations that a key may and may not call, as patterns of their names; `*` stands for any
/// characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permissions {
    pub(crate) allow: Vec<String>,
    pub(crate) deny: Vec<String>,
}

impl Default for Permissions {
    fn default() -> Self {
        Self {
            allow: vec!["*".into()],
            deny: vec![],
        }
    }
}

impl Permissions {
    /// Returns whether an operation is allowed: its name must match a pattern in `allow` and none
    /// in `deny`.
    pub(crate) fn allow(&self, operation: &str) -> bool {
        let named = |patterns: &[String]| patterns.iter().any(|one| pattern::fits(one, operation));
        named(&self.allow) && !named(&self.deny)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_wins_and_silence_denies() {
        let permissions = Permissions {
            allow: vec!["Describe*".into(), "StopDevInstance".into()],
            deny: vec!["*Events".into()],
        };
        assert!(permissions.allow("DescribeDevInstance"));
        assert!(permissions.allow("StopDevInstance"));
        assert!(!permissions.allow("DescribeDevInstanceEvents"));
        assert!(!permissions.allow("DeleteDevInstance"));
        assert!(Permissions::default().allow("DeleteDevInstance"));
    }
}
