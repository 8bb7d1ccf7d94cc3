//! How literally the documentation is taken.

use http::StatusCode;

use crate::error::ApiError;

/// How literally the documentation is taken where its sources disagree.
///
/// | | `Documented` | `Usual` | `Lenient` |
/// |---|---|---|---|
/// | `delaySec` of a timed stop | above 3600, as the table says | 3600 too, as the example sends | as `Usual` |
/// | events without `startTime` and `endTime` | refused | refused | the whole history |
/// | `name` of a new machine | letters, digits, Chinese, `-_ /.`; a letter first, a letter or digit last; at most 256 | not empty | not empty |
/// | `status` with several codes, as in `3,5` | refused | refused | any of them |
/// | `queryKey=devName`, from a sample URL | refused | refused | as `devInstanceName` |
/// | header `X-API-Version: v2` for `version: v2` | refused | refused | accepted |
/// | `volumeType`, `visisbleScope`, `cpu`, spelled as in some tables | missing `volumnType` and so on | the same | accepted |
/// | `"true"` where a boolean belongs | `MalformedJSON` | `MalformedJSON` | accepted |
/// | Modify without `resourcePool`, as in the page's outline | refused | refused | keeps the pool |
/// | Stop in states 11 and 19, as an older copy of the page has it | refused | refused | accepted: nothing in 11, stops in 19 |
/// | status of `SignatureDoesNotMatch` | 400, by the page of dev machines | 400 | 401, by the common page |
/// | `devInstanceId` beside `imagePackJobId` in the answer | no | no | yes, as the Go SDK reads it |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Profile {
    /// The tables of the documentation to the letter. Code that passes here asks for nothing that
    /// is not promised.
    Documented,
    /// The documentation, except where its own examples break its tables. The default.
    #[default]
    Usual,
    /// Whatever any source shows.
    Lenient,
}

impl Profile {
    /// The profile of a name in lower case.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "documented" => Some(Self::Documented),
            "usual" => Some(Self::Usual),
            "lenient" => Some(Self::Lenient),
            _ => None,
        }
    }

    /// The error with the status that this profile gives it where pages name two.
    pub(crate) fn with_its_status(self, mut error: ApiError) -> ApiError {
        if self.is_lenient() && error.code == "SignatureDoesNotMatch" {
            error.status = StatusCode::UNAUTHORIZED;
        }
        error
    }

    pub(crate) fn is_lenient(self) -> bool {
        self == Self::Lenient
    }

    pub(crate) fn is_documented(self) -> bool {
        self == Self::Documented
    }
}
