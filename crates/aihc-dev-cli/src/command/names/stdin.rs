//! Reads ids and names from standard input.

use std::io::{self, IsTerminal as _, Read as _};

use crate::client::Context;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::output::note;

/// The argument that stands for the contents of standard input.
pub(crate) const STDIN: &str = "-";
/// The maximum size of the contents of standard input, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Returns the arguments, with `-` replaced with the words on standard input. Tells the user if the
/// result is empty.
///
/// # Errors
///
/// If an argument is empty, if `-` is repeated, or if standard input is not a list of words.
pub(crate) async fn words(context: &Context, typed: Vec<String>) -> Result<Vec<String>, Failure> {
    if typed.iter().any(|word| word.trim().is_empty()) {
        return Err(Failure::usage(text!(
            "an id or a name is empty; nothing was sent"
        )));
    }
    match typed.iter().filter(|word| *word == STDIN).count() {
        0 => return Ok(typed),
        1 => {}
        _ => {
            return Err(Failure::usage(text!(
                "`-` is given twice; standard input can be read only once"
            )));
        }
    }
    let read = read(context).await?;
    let mut words = Vec::new();
    for word in typed {
        match word == STDIN {
            true => words.extend(read.iter().cloned()),
            false => words.push(word),
        }
    }
    if words.is_empty() {
        note(&tr!(
            "standard input contains no ids or names: nothing to do"
        ));
    }
    Ok(words)
}

/// Returns the argument of a command that takes a single one. If it is `-`, standard input must
/// contain exactly one word, which is returned.
pub(crate) async fn one_word(context: &Context, typed: &str) -> Result<String, Failure> {
    if typed != STDIN {
        return Ok(typed.to_owned());
    }
    let mut words = read(context).await?;
    match (words.pop(), words.len()) {
        (Some(word), 0) => Ok(word),
        (Some(_), more) => Err(Failure::usage(text!(
            "standard input contains {count} ids or names, but the command takes one; nothing was \
             sent",
            count = more + 1
        ))),
        (None, _) => Err(Failure::usage(text!(
            "standard input contains no id or name; nothing was sent"
        ))),
    }
}

/// Refuses `-` if the user has to be asked for confirmation (`agreed` is `false`), because the
/// answer would come from standard input.
pub(crate) fn must_not_ask(typed: &[String], agreed: bool) -> Result<(), Failure> {
    if agreed || !typed.iter().any(|word| word == STDIN) {
        return Ok(());
    }
    Err(Failure::usage(text!(
        "`-` uses standard input, so you cannot be asked there; pass --yes to agree beforehand; \
         nothing was sent"
    )))
}

async fn read(context: &Context) -> Result<Vec<String>, Failure> {
    if io::stdin().is_terminal() && context.output.look().live {
        note(&tr!(
            "reading ids or names from this terminal, until Ctrl-D on an empty line:"
        ));
    }
    // Read on a thread, so that Ctrl-C works while the program at the other end of a pipe writes
    // nothing.
    let bytes = tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        io::stdin()
            .lock()
            .take(LONGEST + 1)
            .read_to_end(&mut bytes)?;
        Ok::<_, io::Error>(bytes)
    });
    let bytes = bytes.await.map_err(io::Error::other)?;
    let bytes =
        bytes.map_err(|error| Failure::usage(text!("standard input: {error}", error = error)))?;
    parse(bytes).map_err(Failure::usage)
}

/// Returns the words, which are separated by white space or NUL. A word that begins with `#` starts
/// a comment, which ends at the end of the line. Fails if `bytes` is longer than [`LONGEST`], is
/// not UTF-8, looks like JSON, or contains the word `-`.
fn parse(bytes: Vec<u8>) -> Result<Vec<String>, String> {
    if bytes.len() as u64 > LONGEST {
        return Err(tr!(
            "standard input is longer than 1 MiB: it is not a list of ids"
        ));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| tr!("standard input is not UTF-8 text: it is not a list of ids"))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with(['{', '[']) {
        return Err(tr!(
            "standard input is JSON, but a list of ids or names is expected; `list --output id` \
             writes one"
        ));
    }
    let mut words = Vec::new();
    for line in text.lines() {
        // `find -print0` and similar tools separate names with NUL.
        let line = line.split(|c: char| c.is_whitespace() || c == '\0');
        let line = line.filter(|word| !word.is_empty());
        words.extend(
            line.take_while(|word| !word.starts_with('#'))
                .map(str::to_owned),
        );
    }
    match words.iter().any(|word| word == STDIN) {
        true => Err(tr!(
            "standard input contains `-`, which is neither an id nor a name"
        )),
        false => Ok(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        parse(text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn words_are_separated_by_white_space_of_any_kind() {
        let expected = ["dv-f458ede5", "训练", "train"];
        for text in [
            "dv-f458ede5\n训练\ntrain\n",
            "dv-f458ede5\r\n训练\r\ntrain",
            "\u{feff}dv-f458ede5 训练\ttrain",
            "\n\n  dv-f458ede5\n\n训练\u{3000}train\n",
            "dv-f458ede5\0训练\0train\0",
            "# mine\ndv-f458ede5  # the first\n训练 train\n#end",
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
        assert!(read("").is_empty() && read(" \r\n# nothing\n").is_empty());
        assert_eq!(read("a#b"), ["a#b"]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for bytes in [
            &b"[\n  {\"id\": \"dv-f458ede5\"}\n]"[..],
            b"{\"id\": 1}\n",
            b"\xff\xfe",
            b"dv-f458ede5\n-\n",
        ] {
            assert!(parse(bytes.to_vec()).is_err(), "{bytes:?}");
        }
        assert!(parse(vec![b'a'; 1024 * 1024 + 1]).is_err());
        assert!(parse(vec![b' '; 1024 * 1024]).is_ok());
    }
}
