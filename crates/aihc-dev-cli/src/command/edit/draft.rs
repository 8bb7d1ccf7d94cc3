//! The temporary file with the text that the user edits. On Unix, only the user can read it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::exit::Failure;
use crate::language::{text, tr};
use crate::request::whole;
use crate::terminal::one_line;

/// A file in its own private folder, in which an editor may create further files. The folder is
/// removed when this value is dropped.
pub(super) struct Draft {
    folder: TempDir,
    path: PathBuf,
    /// The comments at the beginning of the file, above the text to edit.
    head: String,
}

impl Draft {
    /// Creates the private folder, but not yet the file. The name of the file will be made from
    /// `name`. `head` contains the comments at the beginning of the file.
    pub(super) fn new(name: &str, head: String) -> Result<Self, Failure> {
        let mut folder = tempfile::Builder::new();
        folder.prefix("aihc-dev-edit-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;

            folder.permissions(fs::Permissions::from_mode(0o700));
        }
        let folder = folder.tempdir()?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let name: String = name.chars().filter(|c| is_plain(*c)).collect();
        let path = folder.path().join(format!("{name}.yaml"));
        Ok(Self { folder, path, head })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file: first the comments, then an error message if the text is wrong, then the
    /// text. `wrong` contains the message and the number of the wrong line in `text`, or 0 if no
    /// particular line is wrong. The file shows this number plus the number of lines above the
    /// text.
    pub(super) fn write(&self, text: &str, wrong: Option<(&str, usize)>) -> Result<(), Failure> {
        let mut head = self.head.clone();
        if let Some((what, line)) = wrong {
            let line = match line {
                0 => String::new(),
                // The comments, the line of the description and an empty comment precede the text.
                line => tr!("line {line}: ", line = line + head.lines().count() + 2),
            };
            head += &format!(
                "# {}\n#\n",
                tr!(
                    "NOT ACCEPTED: {line}{what}",
                    line = line,
                    what = one_line(what)
                )
            );
        }
        // A new file takes the place of the old one: the editor may have saved that with other
        // permissions, and it must not be lost if there is no room for the new one.
        let mut file = tempfile::NamedTempFile::new_in(self.folder.path())?;
        file.write_all(head.as_bytes())?;
        file.write_all(text.as_bytes())?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Returns the text that the user has saved, without the comments above it.
    pub(super) async fn read(&self) -> Result<String, Failure> {
        // A read from a pipe would block, and no signal could interrupt it.
        if fs::metadata(&self.path).is_ok_and(|found| !found.is_file()) {
            return Err(Failure::usage(text!(
                "{path} is no longer a regular file",
                path = self.path.display()
            )));
        }
        Ok(below_comments(&whole(&self.path).await?).to_owned())
    }

    /// Returns whether there is a regular file at the path that the editor was given.
    pub(super) fn is_file(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|found| found.is_file())
    }

    /// Keeps the file as the editor has saved it, and returns its path.
    pub(super) fn keep_file(self) -> PathBuf {
        let _ = self.folder.keep();
        self.path
    }

    /// Writes the file with `text` alone, without comments. Keeps the file, and returns its path. If
    /// there is no room, the file keeps the comments above the text.
    pub(super) fn keep(self, text: &str) -> Result<PathBuf, Failure> {
        let bare = Self {
            head: String::new(),
            ..self
        };
        match bare.write(text, None) {
            Err(failure) if !bare.is_file() => Err(failure),
            // If it could not be written, the file has the text as the editor has saved it.
            _ => Ok(bare.keep_file()),
        }
    }
}

fn below_comments(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    let mut rest = text;
    while rest.starts_with('#') {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn comments_above_the_text_go_and_an_error_has_its_line_in_the_file() {
        let draft = Draft::new("dv-1/../x", "# head\n#\n".to_owned()).unwrap();
        assert!(draft.path().ends_with("dv-1x.yaml"), "{:?}", draft.path());
        draft
            .write("a: 1\nb: 2\n# own\n", Some(("b is wrong", 2)))
            .unwrap();
        let shown = fs::read_to_string(draft.path()).unwrap();
        assert_eq!(
            shown.lines().nth(2),
            Some("# NOT ACCEPTED: line 6: b is wrong")
        );
        assert_eq!(shown.lines().nth(5), Some("b: 2"));
        assert_eq!(draft.read().await.unwrap(), "a: 1\nb: 2\n# own\n");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_is_no_file_any_more_is_not_read() {
        let draft = Draft::new("dv-1", String::new()).unwrap();
        draft.write("a: 1\n", None).unwrap();
        fs::remove_file(draft.path()).unwrap();
        std::os::unix::fs::symlink("/dev/zero", draft.path()).unwrap();
        let failure = draft.read().await.unwrap_err();
        let text = format!("{failure:?}");
        assert!(text.contains("is no longer a regular file"), "{text}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_can_read_it_and_it_goes_unless_it_is_kept() {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let draft = Draft::new("dv-1", "# head\n".to_owned()).unwrap();
        draft.write("a: 1\n", None).unwrap();
        let path = draft.path().to_owned();
        let folder = path.parent().unwrap().to_owned();
        assert_eq!((mode(&path), mode(&folder)), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let kept = draft.keep("a: 2\n").unwrap();
        assert_eq!(fs::read_to_string(&kept).unwrap(), "a: 2\n");
        assert_eq!(mode(&kept), 0o600);
        fs::remove_dir_all(&folder).unwrap();

        let draft = Draft::new("dv-1", String::new()).unwrap();
        draft.write("a: 1\n", None).unwrap();
        let folder = draft.path().parent().unwrap().to_owned();
        drop(draft);
        assert!(!folder.exists());
    }
}
