//! The strictness with which the documentation is taken.

use std::fmt;
use std::str::FromStr;

use http::StatusCode;

use crate::error::ApiError;
use crate::scenario::SettingError;

/// The strictness with which the documentation is taken where its sources disagree.
///
/// | | `Documented` | `Usual` | `Lenient` |
/// |---|---|---|---|
/// | `delaySec` of a timed stop | above 3600, as the table says | 3600 too, as the example sends | as `Usual`; also as text |
/// | events without `startTime` and `endTime` | refused | refused | the whole history |
/// | form of these two | `2025-06-04T05:30:23.337Z` | any of RFC 3339 | also `2025-06-4T05:30:23.337Z` |
/// | `name` of a new instance | letters, digits, Chinese, `-_ /.`; a letter first, a letter or digit last; at most 256 | not empty | not empty |
/// | capacity of a cloud disk | above 100, as the table says | above 0 | above 0 |
/// | `imageType` | 1 or 2, as the table says | any number | any number |
/// | `volumnType`, `priority`, `visibleScope.type` | the values of their tables | any | any |
/// | `orderBy` of a list | refused: no page knows it | `createdAt`, which was recorded from the Go SDK, and no other value | as `Usual` |
/// | `order` of a list | refused: no page knows it | `desc`, recorded from the Go SDK, and `asc`; no other value | as `Usual` |
/// | `queryKey` with an empty `queryVal`, as in a sample URL, or without one, as the Go SDK sends an empty one | refused | no filter, whatever the key | as `Usual` |
/// | `status` with several codes, as in `3,5` | refused | refused | any of them |
/// | `queryKey=devName`, from a sample URL | refused | refused | as `devInstanceName` |
/// | `valueKey` for `queryKey`, `resourcePoolID` for `resourcePoolId`, `instanceId` of events | ignored | ignored | accepted |
/// | header `X-API-Version: v2` for `version: v2` | refused | refused | accepted |
/// | `volumeType`, `visisbleScope`, `cpu`, `Version`, `CacheLimitSize`, spelled as in some tables | not known by these names | the same | accepted |
/// | `srcPath` under `bos`, `sourcePath` under `dataset.bos` | not known by these names | the same | accepted |
/// | `"true"` where a boolean belongs | `MalformedJSON` | `MalformedJSON` | accepted |
/// | Modify without `resourcePool`, as in the page's outline | refused | refused | keeps the pool |
/// | Modify with the id in the query, as the Python SDK sends it | refused | refused | accepted |
/// | Create with the members of the Python SDK (`instanceType`, `storageSize`) | refused | refused | refused: no source says what they would mean |
/// | Stop in states 11 and 19, as an older copy of the page has it | refused | refused | accepted: nothing in 11, stops in 19 |
/// | actions `CreateDevInstanceImage`, `DescribeImagePackJob` of a third party | refused | refused | as the official ones |
/// | `accessControlList` of a session as a JSON text, as the official tool `bce` sends it, since its metadata calls it a String | `MalformedJSON` | accepted | accepted |
/// | the whole document of a session as a JSON text in `acl`, as the page of STS has it | ignored | ignored | accepted |
/// | the times in Authorization and `x-bce-date` | equal | at most 2 s apart, since the Go SDK takes the clock twice | as `Usual` |
/// | status of `SignatureDoesNotMatch` | 400, by the page of dev instances | 400 | 401, by the common page |
/// | a pool, a queue or a mounted dataset that there is not | `NotFound` | taken, without limits | as `Usual` |
/// | values outside the enumerations, but for dev instances | refused; capitals count | refused; capitals do not count | any |
/// | names of datasets, models and services | small letters, digits and `-`; a letter first, no `-` last; at most 50 | not empty | not empty |
/// | the version header of jobs | `version` or `x-api-version` | neither, too, as one SDK sends it | as `Usual` |
/// | `queue` of CreateJob left out, as one SDK does | refused | as `queueID` | as `Usual` |
/// | page number and size 0 of datasets and models, as the Go SDK sends it | refused | everything | as `Usual` |
/// | `True` for `true` in the query, as the Python SDK sends it | refused | accepted | accepted |
/// | a number for a text with one, a text for a number, as `quantity` | `MalformedJSON` | accepted | accepted |
/// | `orderBy` of services without `order` | refused | accepted | accepted |
/// | `devInstanceId` beside `imagePackJobId` in the response | no | no | yes, as the Go SDK reads it |
///
/// Where sources disagree about answers, see [`Quirk`](crate::Quirk).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Profile {
    /// The tables of the documentation to the letter, in everything that is listed above.
    Documented,
    /// The documentation, except where its own examples break its tables. The default.
    #[default]
    Usual,
    /// Accepts whatever any source shows, in everything listed above.
    Lenient,
}

/// Writes the name that [`FromStr`] reads, and the program's `--profile`.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Profile {
    type Err = SettingError;

    fn from_str(name: &str) -> Result<Self, SettingError> {
        let named = |profile: &Self| profile.name() == name;
        Self::ALL.into_iter().find(named).ok_or_else(|| {
            SettingError(format!(
                "there is no profile {name:?}; profiles are documented, usual and lenient"
            ))
        })
    }
}

impl Profile {
    const ALL: [Self; 3] = [Self::Documented, Self::Usual, Self::Lenient];

    fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Usual => "usual",
            Self::Lenient => "lenient",
        }
    }

    /// Returns the error with the status that this profile gives it where pages name two.
    pub(crate) fn with_its_status(self, mut error: ApiError) -> ApiError {
        if self.is_lenient() && error.code == "SignatureDoesNotMatch" {
            error.status = StatusCode::UNAUTHORIZED;
        }
        error
    }

    /// Returns how far the two times of a request may lie apart. Live reports say that they must be
    /// equal.
    pub(crate) fn times_apart(self) -> time::Duration {
        match self {
            Self::Documented => time::Duration::ZERO,
            Self::Usual | Self::Lenient => time::Duration::seconds(2),
        }
    }

    pub(crate) fn is_lenient(self) -> bool {
        self == Self::Lenient
    }

    pub(crate) fn is_documented(self) -> bool {
        self == Self::Documented
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_as_it_is_shown() {
        for profile in Profile::ALL {
            assert_eq!(profile.to_string().parse(), Ok(profile));
        }
        assert!("strict".parse::<Profile>().is_err());
    }
}
