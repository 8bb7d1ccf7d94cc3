//! The error type of the small programs.

use std::error::Error;
use std::fmt;

/// An error that `main` returns. `?` converts any error to it, and it is printed by `Display` with
/// its causes, while `Box<dyn Error>` would be printed by `Debug`.
///
/// # Examples
///
/// ```
/// fn port(text: &str) -> Result<u16, examples::Failure> {
///     Ok(text.parse()?)
/// }
///
/// let failure = port("many").unwrap_err();
/// assert_eq!(format!("{failure:?}"), "invalid digit found in string");
/// ```
pub struct Failure(Box<dyn Error>);

impl<E: Into<Box<dyn Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
