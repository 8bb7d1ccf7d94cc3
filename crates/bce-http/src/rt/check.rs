//! Checks of input before anything is sent, used by generated request types.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;

use bce_auth::Secret;

use crate::error::Error;

/// The location of a value in a request, with the names that the API uses:
/// `conf.volumnConfs[0].mountPath`.
#[derive(Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    segment: Segment<'a>,
    sent_back: bool,
}

#[derive(Debug)]
enum Segment<'a> {
    Member(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// Creates the path of a member of the request itself.
    pub const fn new(name: &'a str) -> Self {
        Self {
            parent: None,
            segment: Segment::Member(name),
            sent_back: false,
        }
    }

    /// Creates the path of a member whose value is an object that was read from the service and is
    /// now sent back in an update request. [`set`] accepts unset members below this path, because
    /// the service may have omitted them. It still refuses the member itself if it is unset.
    pub const fn sent_back(name: &'a str) -> Self {
        Self {
            parent: None,
            segment: Segment::Member(name),
            sent_back: true,
        }
    }

    /// Returns the path of a member of the object at this path.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::rt::check::Path;
    ///
    /// let conf = Path::new("conf");
    /// assert_eq!(conf.member("cpus").to_string(), "conf.cpus");
    /// ```
    pub const fn member(&'a self, name: &'a str) -> Path<'a> {
        Path {
            parent: Some(self),
            segment: Segment::Member(name),
            sent_back: self.sent_back,
        }
    }

    /// Returns the path of an element of the list at this path.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::rt::check::Path;
    ///
    /// let disks = Path::new("disks");
    /// assert_eq!(disks.index(0).to_string(), "disks[0]");
    /// ```
    pub const fn index(&'a self, index: usize) -> Path<'a> {
        Path {
            parent: Some(self),
            segment: Segment::Index(index),
            sent_back: self.sent_back,
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match &self.segment {
            Segment::Member(name) if self.parent.is_none() => f.write_str(name),
            Segment::Member(name) => write!(f, ".{name}"),
            Segment::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A request type, or the type of a value in a request, that can check its members.
pub trait Check {
    /// Checks this value, which is located at `path`, and its members.
    ///
    /// # Errors
    ///
    /// If a member breaks a rule: [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput), with
    /// a message that names the first such member.
    fn check(&self, path: &Path<'_>) -> Result<(), Error>;
}

impl<T: Check> Check for Option<T> {
    fn check(&self, path: &Path<'_>) -> Result<(), Error> {
        self.as_ref().map_or(Ok(()), |value| value.check(path))
    }
}

impl<T: Check + ?Sized> Check for Box<T> {
    fn check(&self, path: &Path<'_>) -> Result<(), Error> {
        (**self).check(path)
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, path: &Path<'_>) -> Result<(), Error> {
        self.iter()
            .enumerate()
            .try_for_each(|(index, value)| value.check(&path.index(index)))
    }
}

impl<T: Check> Check for BTreeMap<String, T> {
    fn check(&self, path: &Path<'_>) -> Result<(), Error> {
        self.iter()
            .try_for_each(|(key, value)| value.check(&path.member(key)))
    }
}

/// Refuses `***`, which is never meant as a secret: it comes from data that was written with its
/// secrets masked.
impl Check for Secret {
    fn check(&self, path: &Path<'_>) -> Result<(), Error> {
        if self.expose() == Self::MASK {
            return Err(Error::invalid_input(
                path,
                "must not be `***`, which is shown in the place of a secret: \
                 leave the member out, or give the value",
            ));
        }
        Ok(())
    }
}

/// Refuses infinity and NaN, which JSON cannot represent.
impl Check for f64 {
    fn check(&self, path: &Path<'_>) -> Result<(), Error> {
        match self.is_finite() {
            true => Ok(()),
            false => Err(Error::invalid_input(path, "must be a finite number")),
        }
    }
}

/// Creates the error for a call that is refused as a whole, before anything is sent.
///
/// # Examples
///
/// ```
/// use bce_http::rt::check;
///
/// let error = check::refused("the body is not an object");
/// assert!(error.to_string().contains("the body is not an object"));
/// ```
pub fn refused(why: impl fmt::Display) -> Error {
    Error::new(crate::ErrorKind::InvalidInput, why.to_string())
}

/// Refuses a member that is not set, unless it is part of an object that was read and [is sent
/// back](Path::sent_back).
///
/// # Errors
///
/// If there is no value: [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
///
/// # Examples
///
/// ```
/// use bce_http::rt::check::{self, Path};
///
/// assert!(check::set(&Path::new("name"), Some(&1)).is_ok());
/// assert!(check::set::<i64>(&Path::new("name"), None).is_err());
/// ```
pub fn set<T>(path: &Path<'_>, value: Option<&T>) -> Result<(), Error> {
    match value {
        Some(_) => Ok(()),
        None if path.sent_back && path.parent.is_some() => Ok(()),
        None => Err(Error::invalid_input(path, "must be set")),
    }
}

/// Refuses an empty value.
///
/// # Errors
///
/// If the value is empty: [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
///
/// # Examples
///
/// ```
/// use bce_http::rt::check::{self, Path};
///
/// assert!(check::non_empty(&Path::new("name"), "a").is_ok());
/// assert!(check::non_empty(&Path::new("name"), "").is_err());
/// ```
pub fn non_empty(path: &Path<'_>, value: &str) -> Result<(), Error> {
    if value.is_empty() {
        Err(Error::invalid_input(path, "must not be empty"))
    } else {
        Ok(())
    }
}

/// Refuses an id that is empty or contains control characters such as a line break.
///
/// # Errors
///
/// If the id is empty or contains a control character:
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
///
/// # Examples
///
/// ```
/// use bce_http::rt::check::{self, Path};
///
/// assert!(check::identifier(&Path::new("id"), "dv-1").is_ok());
/// assert!(check::identifier(&Path::new("id"), "").is_err());
/// ```
pub fn identifier(path: &Path<'_>, value: &str) -> Result<(), Error> {
    non_empty(path, value)?;
    if value.contains(char::is_control) {
        return Err(Error::invalid_input(
            path,
            "must not contain control characters",
        ));
    }
    Ok(())
}

/// Refuses a number less than `min` or greater than `max`.
///
/// # Errors
///
/// If the number is less than `min` or greater than `max`:
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
///
/// # Examples
///
/// ```
/// use bce_http::rt::check::{self, Path};
///
/// let path = Path::new("pageSize");
/// assert!(check::limits(&path, 100, Some(1), Some(100)).is_ok());
/// let error = check::limits(&path, 101, Some(1), Some(100)).unwrap_err();
/// assert_eq!(error.member(), Some("pageSize"));
/// ```
pub fn limits(
    path: &Path<'_>,
    value: i64,
    min: Option<i64>,
    max: Option<i64>,
) -> Result<(), Error> {
    if let Some(min) = min.filter(|min| value < *min) {
        return Err(Error::invalid_input(
            path,
            format_args!("must be at least {min}, not {value}"),
        ));
    }
    if let Some(max) = max.filter(|max| value > *max) {
        return Err(Error::invalid_input(
            path,
            format_args!("must be at most {max}, not {value}"),
        ));
    }
    Ok(())
}

/// Refuses members of which some are set and others are not; `true` means that a member is set.
///
/// # Errors
///
/// If some of them are set and others are not:
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
///
/// # Examples
///
/// ```
/// use bce_http::rt::check::{self, Path};
///
/// let (a, b) = (Path::new("start"), Path::new("end"));
/// assert!(check::together(&[(&a, true), (&b, true)]).is_ok());
/// assert!(check::together(&[(&a, true), (&b, false)]).is_err());
/// ```
pub fn together(members: &[(&Path<'_>, bool)]) -> Result<(), Error> {
    let set = members.iter().find(|(_, is_set)| *is_set);
    let missing = members.iter().find(|(_, is_set)| !is_set);
    match (set, missing) {
        (Some((set, _)), Some((missing, _))) => Err(Error::invalid_input(
            missing,
            format_args!("must be set, since `{set}` is"),
        )),
        _ => Ok(()),
    }
}

/// Refuses members unless exactly one of them is set; `true` means that a member is set.
///
/// # Errors
///
/// If none of them is set, or more than one:
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
///
/// # Examples
///
/// ```
/// use bce_http::rt::check::{self, Path};
///
/// let (a, b) = (Path::new("id"), Path::new("name"));
/// assert!(check::exactly_one(&[(&a, true), (&b, false)]).is_ok());
/// assert!(check::exactly_one(&[(&a, true), (&b, true)]).is_err());
/// ```
pub fn exactly_one(members: &[(&Path<'_>, bool)]) -> Result<(), Error> {
    let mut set = members.iter().filter(|(_, is_set)| *is_set);
    let problem = match (set.next(), set.next(), members.first()) {
        (Some((one, _)), Some((other, _)), _) => {
            Error::invalid_input(other, format_args!("must not be set, since `{one}` is"))
        }
        (None, _, Some((first, _))) => {
            Error::invalid_input(first, "must be set, or one of its alternatives")
        }
        _ => return Ok(()),
    };
    Err(problem)
}

/// Refuses numbers that are all 0. If one of the numbers is not set, none is refused, because the
/// service's default for that number is not 0.
///
/// # Errors
///
/// If all of them are 0: [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
///
/// # Examples
///
/// ```
/// use bce_http::rt::check::{self, Path};
///
/// let (cpus, cards) = (Path::new("cpus"), Path::new("cards"));
/// assert!(check::not_all_zero(&[(&cpus, Some(4)), (&cards, None)]).is_ok());
/// assert!(check::not_all_zero(&[(&cpus, Some(0)), (&cards, Some(0))]).is_err());
/// ```
pub fn not_all_zero(members: &[(&Path<'_>, Option<i64>)]) -> Result<(), Error> {
    match members {
        [(first, _), ..] if members.iter().all(|(_, number)| *number == Some(0)) => Err(
            Error::invalid_input(first, "must not be 0 together with the others"),
        ),
        _ => Ok(()),
    }
}

/// Refuses a number outside the bounds.
///
/// # Errors
///
/// If the number is outside the bounds:
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
///
/// # Examples
///
/// ```
/// use std::ops::Bound;
///
/// use bce_http::rt::check::{self, Path};
///
/// let path = Path::new("ratio");
/// let bounds = (Bound::Excluded(0.0), Bound::Included(1.0));
/// assert!(check::within(&path, 0.5, bounds).is_ok());
/// assert!(check::within(&path, 0.0, bounds).is_err());
/// ```
pub fn within(path: &Path<'_>, value: f64, bounds: (Bound<f64>, Bound<f64>)) -> Result<(), Error> {
    let (rule, limit) = match bounds {
        (Bound::Included(min), _) if value < min => ("at least", min),
        (Bound::Excluded(min), _) if value <= min => ("greater than", min),
        (_, Bound::Included(max)) if value > max => ("at most", max),
        (_, Bound::Excluded(max)) if value >= max => ("less than", max),
        _ => return Ok(()),
    };
    let problem = format_args!("must be {rule} {limit}, not {value}");
    Err(Error::invalid_input(path, problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    struct Mount(&'static str);

    impl Check for Mount {
        fn check(&self, path: &Path<'_>) -> Result<(), Error> {
            non_empty(&path.member("mountPath"), self.0)
        }
    }

    #[test]
    fn the_error_names_the_place_in_the_api_s_spelling() {
        let root = Path::new("conf");
        let mounts = vec![Mount("/a"), Mount("")];
        let error = mounts.check(&root.member("volumnConfs")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.member(), Some("conf.volumnConfs[1].mountPath"));
        assert_eq!(
            error.to_string(),
            "conf.volumnConfs[1].mountPath must not be empty"
        );
    }

    #[test]
    fn the_mask_is_no_secret_and_is_refused_where_it_stands() {
        let root = Path::new("conf");
        let envs = |value: &str| {
            let envs = [("TOKEN", value)].map(|(k, v)| (k.to_owned(), vec![Some(Secret::new(v))]));
            Some(BTreeMap::from(envs))
        };
        let error = envs("***").check(&root.member("envs")).unwrap_err();
        assert_eq!(error.member(), Some("conf.envs.TOKEN[0]"));
        assert!(error.to_string().contains("give the value"), "{error}");
        for value in ["", "**", "****", "secret"] {
            assert!(envs(value).check(&root.member("envs")).is_ok(), "{value}");
        }
    }

    #[test]
    fn limits_are_inclusive() {
        let path = Path::new("port");
        assert!(limits(&path, 1, Some(1), Some(65_535)).is_ok());
        assert!(limits(&path, 65_535, Some(1), Some(65_535)).is_ok());
        assert!(limits(&path, 0, Some(1), None).is_err());
        assert!(limits(&path, 65_536, None, Some(65_535)).is_err());
    }

    #[test]
    fn rules_about_several_members_name_the_one_that_breaks_them() {
        let (one, other) = (Path::new("orderBy"), Path::new("order"));
        let broken = |result: Result<(), Error>| result.err().map(|error| error.to_string());
        let pair = |first, second| [(&one, first), (&other, second)];
        assert_eq!(
            broken(together(&pair(true, false))).as_deref(),
            Some("order must be set, since `orderBy` is")
        );
        assert!(together(&pair(true, true)).is_ok() && together(&pair(false, false)).is_ok());
        assert_eq!(
            broken(exactly_one(&pair(true, true))).as_deref(),
            Some("order must not be set, since `orderBy` is")
        );
        assert!(exactly_one(&pair(false, false)).is_err());
        assert!(exactly_one(&pair(false, true)).is_ok());
        let numbers = |first, second| not_all_zero(&[(&one, first), (&other, second)]);
        assert!(numbers(Some(0), Some(0)).is_err());
        assert!(numbers(Some(0), None).is_ok() && numbers(Some(0), Some(25)).is_ok());
    }

    #[test]
    fn a_number_is_finite_and_within_its_bounds() {
        let path = Path::new("resources");
        let doubles = vec![Some(0.5), Some(f64::NAN)];
        let error = doubles.check(&path).unwrap_err();
        assert_eq!(error.member(), Some("resources[1]"));
        assert!(f64::INFINITY.check(&path).is_err() && f64::MAX.check(&path).is_ok());
        let within = |value, min, max| within(&path, value, (min, max)).is_ok();
        use Bound::{Excluded, Included, Unbounded};
        assert!(within(0.5, Included(0.5), Included(0.5)));
        assert!(!within(0.5, Excluded(0.5), Unbounded));
        assert!(!within(0.5, Unbounded, Excluded(0.5)));
        assert!(!within(0.4, Included(0.5), Unbounded));
        assert!(within(-1e300, Unbounded, Included(0.5)) && !within(0.6, Unbounded, Included(0.5)));
    }

    #[test]
    fn an_identifier_holds_no_line_break() {
        let path = Path::new("devInstanceId");
        assert!(identifier(&path, "dv-1").is_ok());
        assert!(identifier(&path, "dv-1\r\nx: y").is_err());
    }
}
