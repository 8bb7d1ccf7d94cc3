//! The error type that the small programs share.

use std::error::Error;
use std::fmt;

/// An error that `main` can return. `?` converts any error to it. When it ends the program, it is
/// printed with `Display` and with its causes, whereas `Box<dyn Error>` would be printed with
/// `Debug`.
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
