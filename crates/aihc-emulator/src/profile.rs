//! How strictly requests must follow the documentation.

use std::fmt;
use std::str::FromStr;

use http::StatusCode;

use crate::error::ApiError;
use crate::scenario::SettingError;

/// How strictly requests must follow the documentation where sources disagree: the pages of the
/// documentation, their examples, the SDKs and others. The table shows what each profile accepts.
///
/// | | `Documented` | `Usual` | `Lenient` |
/// |---|---|---|---|
/// | `delaySec` of a timed stop | above 3600, as the table says | also 3600, as in the example | as `Usual`; also as a string |
/// | events without `startTime` and `endTime` | refused | refused | the whole history |
/// | form of `startTime` and `endTime` | `2025-06-04T05:30:23.337Z` | any of RFC 3339 | also `2025-06-4T05:30:23.337Z` |
/// | `name` of a new instance | letters, digits, Chinese, `-_ /.`; the first a letter, the last a letter or a digit; at most 256 characters | not empty | not empty |
/// | capacity of a cloud disk | above 100, as the table says | above 0 | above 0 |
/// | `imageType` | 1 or 2, as the table says | any number | any number |
/// | `volumnType`, `priority`, `visibleScope.type` | the values of their tables | any | any |
/// | `orderBy` of a list | refused: undocumented | only `createdAt`, which was recorded from the Go SDK | as `Usual` |
/// | `order` of a list | refused: undocumented | only `desc`, which was recorded from the Go SDK, and `asc` | as `Usual` |
/// | `queryKey` with an empty `queryVal`, as in a sample URL, or without a `queryVal`, since the Go SDK omits an empty one | refused | no filter, whatever the key | as `Usual` |
/// | `status` with several codes, as in `3,5` | refused | refused | any of them |
/// | `queryKey=devName`, from a sample URL | refused | refused | as `devInstanceName` |
/// | `valueKey` for `queryKey`, `resourcePoolID` for `resourcePoolId`, `instanceId` of events | ignored | ignored | accepted |
/// | header `X-API-Version: v2` for `version: v2` | refused | refused | accepted |
/// | `volumeType`, `visisbleScope`, `cpu`, `Version`, `CacheLimitSize`, spelled as in some tables | unknown under these names | unknown under these names | accepted |
/// | `srcPath` under `bos`, `sourcePath` under `dataset.bos` | unknown under these names | unknown under these names | accepted |
/// | `"true"` in place of a boolean | `MalformedJSON` | `MalformedJSON` | accepted |
/// | Modify without `resourcePool`, as in the outline of the documentation | refused | refused | keeps the pool |
/// | Modify with the id in the query, as the Python SDK sends it | refused | refused | accepted |
/// | Create with the members of the Python SDK (`instanceType`, `storageSize`) | refused | refused | refused: their meaning is undocumented |
/// | Stop in states 11 and 19, as on an older copy of the documentation page | refused | refused | accepted: no effect in 11, stops in 19 |
/// | actions `CreateDevInstanceImage`, `DescribeImagePackJob`, from a third party's document | refused | refused | same as the official ones |
/// | `accessControlList` of a session as a string of JSON, as the official tool `bce` sends it, whose metadata defines it as a String | `MalformedJSON` | accepted | accepted |
/// | the whole document of a session as a string of JSON in `acl`, as on the page of STS | ignored | ignored | accepted |
/// | the times in Authorization and `x-bce-date` | equal | at most 2 s apart, since the Go SDK reads the clock twice | as `Usual` |
/// | status of `SignatureDoesNotMatch` | 400, as on the documentation page of dev instances | 400 | 401, as on the page of common error codes |
/// | a pool, a queue or a mounted dataset that does not exist | `NotFound` | accepted, without limits | as `Usual` |
/// | values outside the enumerations, except for dev instances | refused; case-sensitive | refused; case-insensitive | any |
/// | names of datasets, models and services | lower-case letters, digits and `-`; the first a letter, the last not `-`; at most 50 characters | not empty | not empty |
/// | the version header of jobs | `version` or `x-api-version` | also neither, since one SDK sends none | as `Usual` |
/// | CreateJob without `queue`, as one SDK sends it | refused | takes the value of `queueID` | as `Usual` |
/// | page number and size 0 of datasets and models, as the Go SDK sends it | refused | the whole list | as `Usual` |
/// | `True` for `true` in the query, as the Python SDK sends it | refused | accepted | accepted |
/// | a number in place of a string that contains a number, or the reverse, as for `quantity` | `MalformedJSON` | accepted | accepted |
/// | `orderBy` of services without `order` | refused | accepted | accepted |
/// | `devInstanceId` in addition to `imagePackJobId` in the response that creates an image pack job | no | no | yes, as the Go SDK reads it |
///
/// Where sources disagree about responses, see [`Quirk`](crate::Quirk).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Profile {
    /// Follows the tables of the documentation literally, in everything that the table of
    /// [`Profile`] lists.
    Documented,
    /// Follows the documentation, but also accepts much of what its examples contain and SDKs send,
    /// as the table of [`Profile`] shows. This is the default.
    #[default]
    Usual,
    /// Accepts nearly every form that occurs in the documentation, in an SDK or in another source,
    /// as the table of [`Profile`] shows.
    Lenient,
}

/// Writes the name in the form that [`FromStr`] and the program's `--profile` accept, for example
/// `usual`.
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
                "unknown profile {name:?}; profiles are documented, usual and lenient"
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

    /// Returns the error with the HTTP status that this profile uses for it. Profiles differ only
    /// in the status of `SignatureDoesNotMatch`, for which two statuses are documented.
    pub(crate) fn with_its_status(self, mut error: ApiError) -> ApiError {
        if self.is_lenient() && error.code == "SignatureDoesNotMatch" {
            error.status = StatusCode::UNAUTHORIZED;
        }
        error
    }

    /// Returns the maximum difference between the two times of a request: those in `Authorization`
    /// and in `x-bce-date`. Reports of live use say that they must be equal, but the Go SDK reads
    /// the clock twice, so only `Documented` requires that.
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
