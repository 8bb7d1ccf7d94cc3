//! Configuration from a string, as in the variable `BCE_LOG`.

use std::str::FromStr;

use crate::builder::Builder;
use crate::error::Error;
use crate::format::Part;
use crate::level::Level;
use crate::logger::{Handle, Logger};
use crate::output::{FileOutput, Rotation, Stream};

/// The variable that [`init_from_env`] reads.
const VARIABLE: &str = "BCE_LOG";

const WORDS: &str = "is unknown; known words are levels (trace, debug, info, warn, error, fatal, \
     panic, off), outputs (stdout, stderr, file), rotations (none, day, hour, minute, size), json, utc, \
     panics, and dir=, name=, keep=, size=, format=, TARGET=LEVEL";

/// Sets up the logger of the whole program according to the variable `BCE_LOG`, for example
/// `BCE_LOG=info,file,day`; the [`FromStr`] implementation of [`Builder`] describes the syntax.
/// Returns `None`, and does nothing, if the variable is unset or blank.
///
/// # Errors
///
/// If [`Builder::init`] would fail, if the variable is not valid Unicode, or if a word is wrong.
/// For a wrong word, [`Error::Setting`] states the word, and what is wrong with it.
pub fn init_from_env() -> Result<Option<Handle>, Error> {
    match std::env::var(VARIABLE) {
        Ok(text) if !text.trim().is_empty() => text.parse::<Builder>()?.init().map(Some),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Error::setting(VARIABLE, "is not valid Unicode"))
        }
        _ => Ok(None),
    }
}

/// Parses words separated by commas. The threshold, the rotation, the format (`json` or `format=`),
/// `dir`, `name` and `keep` may each be set only once:
///
/// | word | |
/// |---|---|
/// | `trace` `debug` `info` `warn` `error` `fatal` `panic` `off` | the threshold, `debug` by default |
/// | `TARGET=LEVEL` | the threshold of a target: `bce_http=debug`, `hyper=off`; may be repeated for several targets |
/// | `stdout` `stderr` `file` | one or more outputs; `stderr` by default |
/// | `none` `day` `hour` `minute` `size` | the rotation of files, `hour` by default |
/// | `size=64M` | rotation by a size other than 1 GiB: in bytes, or with K, M or G for powers of 1024 |
/// | `dir=/var/log/app` | the directory of the files, by default `bce-log-UID` (on Windows, `bce-log`) in the directory for temporary files |
/// | `name=app` | the beginning of the file names, `bce` by default |
/// | `keep=10` | the number of files to keep, by default all |
/// | `json` | JSON instead of text |
/// | `format=level+time` | the parts of a line: `level`, `time`, `longtime`, `location`, `message`, `fields` |
/// | `utc` | UTC instead of local time |
/// | `panics` | records panics |
///
/// The words about files can only be used together with `file`. Only targets, directories and names
/// are case-sensitive.
impl FromStr for Builder {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut words = Words {
            builder: Logger::builder(),
            file: false,
            output: FileOutput::new(),
            seen: Vec::new(),
            about_files: None,
        };
        for word in text
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
        {
            match word.split_once('=') {
                Some((key, value)) => words.setting(word, key.trim(), value.trim())?,
                None => words.word(word)?,
            }
        }
        words.finish()
    }
}

/// The settings from the words that have been parsed so far.
struct Words {
    builder: Builder,
    file: bool,
    output: FileOutput,
    /// The settings found so far that may be set only once, each with the word that set it.
    seen: Vec<(&'static str, String)>,
    /// The first word found that can be used only together with `file`.
    about_files: Option<String>,
}

impl Words {
    fn word(&mut self, word: &str) -> Result<(), Error> {
        let lower = word.to_ascii_lowercase();
        let builder = std::mem::take(&mut self.builder);
        self.builder = match lower.as_str() {
            "stdout" => builder.stream(Stream::Stdout),
            "stderr" => builder.stream(Stream::Stderr),
            "file" => {
                self.file = true;
                builder
            }
            "none" | "day" | "hour" | "minute" | "size" => {
                self.rotate(word, lower.parse()?)?;
                builder
            }
            "json" => {
                self.once("format", word)?;
                builder.json()
            }
            "utc" => builder.utc(),
            "panics" => builder.panics(),
            _ => {
                let level = threshold(word).map_err(|_| Error::setting(word, WORDS))?;
                self.once("level", word)?;
                let mut builder = builder;
                builder.filter.set_general(level);
                builder
            }
        };
        Ok(())
    }

    fn setting(&mut self, word: &str, key: &str, value: &str) -> Result<(), Error> {
        if value.is_empty() {
            return Err(Error::setting(word, "has no value"));
        }
        let output = self.output.clone();
        match key.to_ascii_lowercase().as_str() {
            "dir" => {
                self.about_files("dir", word)?;
                self.output = output.dir(value);
            }
            "name" => {
                self.about_files("name", word)?;
                self.output = output.name(value);
            }
            "keep" => {
                self.about_files("keep", word)?;
                let files = value.parse().ok().filter(|files| *files > 0);
                let files = files.ok_or_else(|| {
                    Error::setting(word, "must be the number of files to keep, at least 1")
                })?;
                self.output = output.keep(files);
            }
            "size" => {
                let rotation = Rotation::by_size(value).ok_or_else(|| {
                    Error::setting(word, "is not a size, such as 1048576, 64M or 1G")
                })?;
                self.rotate(word, rotation)?;
            }
            "format" => {
                self.once("format", word)?;
                let parts = value.split('+').map(|name| part(word, name.trim()));
                let parts = parts.collect::<Result<Vec<_>, _>>()?;
                self.builder = std::mem::take(&mut self.builder).format(parts);
            }
            _ => {
                let level = threshold(value).map_err(|_| {
                    let problem = format!(
                        "sets the threshold of `{key}`, but `{value}` is not one of trace, debug, \
                         info, warn, error, fatal, panic, off; settings are dir, name, keep, size, format"
                    );
                    Error::setting(word, problem)
                })?;
                let filter = std::mem::take(&mut self.builder.filter);
                self.builder.filter = filter.with(key.to_owned(), level);
            }
        }
        Ok(())
    }

    fn rotate(&mut self, word: &str, rotation: Rotation) -> Result<(), Error> {
        self.about_files("rotation", word)?;
        self.output = self.output.clone().rotation(rotation);
        Ok(())
    }

    fn about_files(&mut self, kind: &'static str, word: &str) -> Result<(), Error> {
        self.about_files.get_or_insert_with(|| word.to_owned());
        self.once(kind, word)
    }

    fn once(&mut self, kind: &'static str, word: &str) -> Result<(), Error> {
        if let Some((_, earlier)) = self.seen.iter().find(|(known, _)| *known == kind) {
            let problem = format!("sets the {kind} again; `{earlier}` has already set it");
            return Err(Error::setting(word, problem));
        }
        self.seen.push((kind, word.to_owned()));
        Ok(())
    }

    fn finish(self) -> Result<Builder, Error> {
        match self.about_files {
            _ if self.file => Ok(self.builder.file(self.output)),
            Some(word) => Err(Error::setting(word, "applies only to files; add `file`")),
            None if self.builder.streams.is_empty() => Ok(self.builder.stderr()),
            None => Ok(self.builder),
        }
    }
}

/// Parses a level. Returns `None` for `off`.
fn threshold(word: &str) -> Result<Option<Level>, Error> {
    if word.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    word.parse().map(Some)
}

fn part(word: &str, name: &str) -> Result<Part, Error> {
    name.parse().map_err(|_| {
        let parts = "level, time, longtime, location, message, fields, with + between them";
        let problem = format!("contains the unknown part `{name}`; known parts are {parts}");
        Error::setting(word, problem)
    })
}
