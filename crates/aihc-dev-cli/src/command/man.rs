//! The `man` command: prints or installs the pages of the manual.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::cli;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{self, Language, text, tr};
use crate::manual::{Page, pages};
use crate::output::note;

/// Print a page of the manual, or install all of them.
#[derive(Args)]
#[command(after_help = "\
A page is printed as its source. Installed pages are in the folder man1 of DIR, and the Chinese \
ones in zh_CN/man1; man searches the user's folder if ~/.local/bin is on PATH, and that of \
MANPATH otherwise.

Examples:
  aihc-dev man --install
  aihc-dev man --install /usr/local/share/man
  aihc-dev man jobs logs | man -l -")]
pub(crate) struct Man {
    /// Command whose page is printed [default: aihc-dev itself].
    #[arg(value_name = "COMMAND", conflicts_with = "install")]
    words: Vec<String>,
    /// Write all pages to DIR [default: $XDG_DATA_HOME/man, ~/.local/share/man].
    #[arg(long, value_name = "DIR", num_args = 0..=1, value_hint = ValueHint::DirPath)]
    install: Option<Option<PathBuf>>,
}

impl Man {
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        if let Some(folder) = self.install {
            let folder = match folder {
                Some(folder) => folder,
                None => folder_of_user()?,
            };
            install(&pages(cli::manual())?, &folder.join("man1"))?;
            return install(&in_chinese()?, &folder.join("zh_CN").join("man1"));
        }
        let pages = match language::current() {
            Language::English => pages(cli::manual())?,
            Language::Chinese => in_chinese()?,
        };
        let page = pages.iter().find(|page| page.words == self.words);
        let page = page.ok_or_else(|| {
            Failure::usage(text!(
                "there is no page about `{words}`; `aihc-dev --help` lists the commands",
                words = self.words.join(" ")
            ))
        })?;
        if io::stdout().is_terminal() {
            note(&tr!(
                "this is the source of the page; `| man -l -` formats it"
            ));
        }
        context.output.text(&page.text)?;
        Ok(())
    }
}

fn in_chinese() -> io::Result<Vec<Page>> {
    let pages = pages(language::in_chinese(cli::manual()))?;
    Ok(pages.into_iter().map(Page::in_chinese).collect())
}

fn folder_of_user() -> Result<PathBuf, Failure> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let data = variable("XDG_DATA_HOME").filter(|path| path.is_absolute());
    let data = data.or_else(|| {
        let home = variable("HOME").filter(|home| !home.as_os_str().is_empty())?;
        Some(home.join(".local/share"))
    });
    let data = data.ok_or_else(|| {
        Failure::usage(text!(
            "HOME is not set: pass a folder, as in `aihc-dev man --install DIR`"
        ))
    })?;
    Ok(data.join("man"))
}

fn install(pages: &[Page], folder: &Path) -> Result<(), Failure> {
    let about = |path: &Path, error: io::Error| {
        io::Error::new(error.kind(), format!("{}: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| about(folder, error))?;
    for page in pages {
        let path = folder.join(&page.file);
        fs::write(&path, &page.text).map_err(|error| about(&path, error))?;
    }
    note(&tr!(
        "{count} pages are in {folder}",
        count = pages.len(),
        folder = folder.display()
    ));
    Ok(())
}
