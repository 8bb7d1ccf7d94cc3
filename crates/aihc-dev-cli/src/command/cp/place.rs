//! Parses the arguments of `cp`: local paths, and paths in an instance.

use std::ffi::{OsStr, OsString};

use crate::language::tr;
use crate::terminal::one_line;

/// A local path, or a path in an instance.
#[derive(Debug, PartialEq)]
pub(super) enum Place<'a> {
    Here(&'a OsStr),
    There { instance: String, path: String },
}

/// The arguments of `cp`: the paths, and the instance that some of them are in.
#[derive(Debug, PartialEq)]
pub(super) struct Copy<'a> {
    pub(super) instance: String,
    /// The sources, followed by the target.
    pub(super) places: Vec<Place<'a>>,
}

impl<'a> Place<'a> {
    /// Parses a path as scp does: the name of an instance ends at the first colon, if no slash
    /// precedes it.
    fn of(argument: &'a OsStr) -> Result<Self, String> {
        let text = argument.to_string_lossy();
        let Some((instance, path)) = text.split_once(':') else {
            return Ok(Self::Here(argument));
        };
        if instance.is_empty() || instance.contains(std::path::is_separator) || is_drive(instance) {
            return Ok(Self::Here(argument));
        }
        match argument.to_str() {
            Some(_) => Ok(Self::There {
                instance: instance.to_owned(),
                path: path.to_owned(),
            }),
            None => Err(tr!(
                "{path} is not UTF-8, which paths in an instance must be",
                path = one_line(&text)
            )),
        }
    }
}

/// Returns whether `name` is a drive letter; always `false` on systems other than Windows.
fn is_drive(name: &str) -> bool {
    cfg!(windows) && name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

impl<'a> Copy<'a> {
    /// Parses the arguments of `cp`. Either the target or the sources must be in an instance, and
    /// only one instance may occur.
    pub(super) fn of(arguments: &'a [OsString]) -> Result<Self, String> {
        let places = arguments.iter().map(|argument| Place::of(argument));
        let places: Vec<_> = places.collect::<Result<_, _>>()?;
        let Some((target, sources)) = places.split_last() else {
            return Err(tr!("nothing to copy"));
        };
        let mut there = sources.iter().filter_map(|source| match source {
            Place::There { instance, .. } => Some(instance),
            Place::Here(_) => None,
        });
        let instance = match (target, there.next()) {
            (Place::There { .. }, Some(_)) => {
                return Err(tr!(
                    "cannot copy between two instances; copy to this computer first"
                ));
            }
            (Place::There { instance, .. }, None) => instance.clone(),
            (Place::Here(_), Some(first)) => {
                let others = sources.len() - 1;
                if there.any(|instance| instance != first) {
                    return Err(tr!("the sources are in more than one instance"));
                }
                let here = sources
                    .iter()
                    .filter(|source| matches!(source, Place::Here(_)));
                if others > 0 && here.count() > 0 {
                    return Err(tr!("some sources are local and some in the instance"));
                }
                first.clone()
            }
            (Place::Here(_), None) => {
                return Err(tr!(
                    "no path is in an instance: write one as NAME:PATH; use `cp` for local copies"
                ));
            }
        };
        Ok(Self { instance, places })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str]) -> Result<String, String> {
        let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
        Copy::of(&arguments).map(|copy| copy.instance)
    }

    fn there(text: &str) -> Option<(String, String)> {
        match Place::of(OsStr::new(text)).unwrap() {
            Place::There { instance, path } => Some((instance, path)),
            Place::Here(_) => None,
        }
    }

    #[test]
    fn a_colon_before_any_slash_stands_behind_an_instance() {
        let is = |instance: &str, path: &str| Some((instance.to_owned(), path.to_owned()));
        assert_eq!(there("dv-1:/a"), is("dv-1", "/a"));
        assert_eq!(there("dv-1:"), is("dv-1", ""));
        assert_eq!(there("训练:a:b"), is("训练", "a:b"));
        for here in ["a", "./a:b", "/a:b", ":a", "dir/x:y", "-", ""] {
            assert_eq!(there(here), None, "{here}");
        }
        assert_eq!(there("C:/a").is_none(), cfg!(windows));
        assert_eq!(there(r"C:\a").is_none(), cfg!(windows));
    }

    #[test]
    fn one_side_is_an_instance_and_only_one() {
        assert_eq!(of(&["a", "dv-1:/x"]).as_deref(), Ok("dv-1"));
        assert_eq!(of(&["a", "b", "dv-1:"]).as_deref(), Ok("dv-1"));
        assert_eq!(of(&["dv-1:a", "dv-1:b", "."]).as_deref(), Ok("dv-1"));
        for (arguments, said) in [
            (&["a", "b"][..], "no path is in an instance"),
            (&["dv-1:a", "dv-1:b"], "between two instances"),
            (&["dv-1:a", "dv-2:b", "."], "more than one instance"),
            (&["dv-1:a", "b", "."], "some sources are local"),
            (&["b", "dv-1:a", "."], "some sources are local"),
        ] {
            let error = of(arguments).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_stay_as_they_are_here() {
        use std::os::unix::ffi::OsStrExt as _;

        let here = OsStr::from_bytes(b"a\xff");
        assert_eq!(Place::of(here), Ok(Place::Here(here)));
        let there = OsStr::from_bytes(b"dv-1:\xff");
        assert!(Place::of(there).unwrap_err().contains("not UTF-8"));
    }
}
