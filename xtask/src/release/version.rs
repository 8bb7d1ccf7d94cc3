//! Versions, as this workspace uses them: three numbers.

use std::fmt;

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Version {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let number = |part: &str| {
            let plain = part.chars().all(|c| c.is_ascii_digit());
            let leading = part.len() > 1 && part.starts_with('0');
            (plain && !leading).then(|| part.parse().ok()).flatten()
        };
        let parts: Option<Vec<u64>> = text.split('.').map(number).collect();
        match parts.as_deref() {
            Some([major, minor, patch]) => Ok(Self {
                major: *major,
                minor: *minor,
                patch: *patch,
            }),
            _ => Err(format!("`{text}` is no version of the form X.Y.Z")),
        }
    }

    /// The name of its tag.
    pub(super) fn tag(&self) -> String {
        format!("v{self}")
    }

    /// What users write to get it and all that is compatible: `0.1`, or `2`.
    pub(super) fn requirement(&self) -> String {
        match self.major {
            0 => format!("0.{}", self.minor),
            major => major.to_string(),
        }
    }

    /// A version that nothing has yet.
    pub(super) fn next(&self) -> Self {
        Self {
            minor: self.minor + 1,
            patch: 0,
            ..*self
        }
    }

    /// How much users of `earlier` may notice. Below 1.0.0, the last number may add things.
    pub(super) fn kind(&self, earlier: &Self) -> &'static str {
        match self.major > 0 && self.minor == earlier.minor {
            true => "patch",
            false => "minor",
        }
    }

    /// Whether this release may break users of `earlier`.
    pub(super) fn may_break(&self, earlier: &Self) -> bool {
        self.requirement() != earlier.requirement()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn only_three_plain_numbers_are_a_version() {
        for bad in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "v1.2.3",
            "1.2.x",
            "1.02.3",
            "1.2.3-rc.1",
            "1..3",
        ] {
            assert!(Version::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(version("10.0.3").to_string(), "10.0.3");
    }

    #[test]
    fn order_is_that_of_numbers() {
        assert!(version("0.10.0") > version("0.9.9"));
        assert!(version("0.1.0").next() == version("0.2.0"));
    }

    #[test]
    fn below_one_a_minor_release_may_break() {
        assert!(version("0.2.0").may_break(&version("0.1.9")));
        assert!(!version("0.1.1").may_break(&version("0.1.0")));
        assert!(!version("1.2.0").may_break(&version("1.1.0")));
        assert_eq!(version("1.2.3").requirement(), "1");
        assert_eq!(version("1.2.3").kind(&version("1.2.2")), "patch");
        assert_eq!(version("0.1.1").kind(&version("0.1.0")), "minor");
    }
}
