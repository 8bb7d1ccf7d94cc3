//! What `help TOPIC` explains.

use clap::Args as _;

use crate::cli;
use crate::concise::whole;
use crate::language::{self, paragraphs, tr};
use crate::options::GlobalOptions;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Environment,
    ExitCodes,
    Output,
    Credentials,
    Names,
    Options,
}

impl Topic {
    pub(super) const ALL: [Self; 6] = [
        Self::Environment,
        Self::ExitCodes,
        Self::Output,
        Self::Credentials,
        Self::Names,
        Self::Options,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::ExitCodes => "exit-codes",
            Self::Output => "output",
            Self::Credentials => "credentials",
            Self::Names => "names",
            Self::Options => "options",
        }
    }

    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == word)
    }

    pub(super) fn text(self) -> String {
        match self {
            Self::Environment => environment(),
            Self::ExitCodes => exit_codes(),
            Self::Output => output(),
            Self::Credentials => credentials(),
            Self::Names => names(),
            Self::Options => options(),
        }
    }
}

fn environment() -> String {
    paragraphs!(
        "\
Environment variables; options win over them:
  BCE_ACCESS_KEY_ID, BCE_SECRET_ACCESS_KEY  the access key; a temporary one also has
  BCE_SECURITY_TOKEN                        its session token
  BAIDUCLOUD_ACCESS_KEY,                    the same as Terraform has it, when those are not set
  BAIDUCLOUD_SECRET_KEY, BAIDUCLOUD_SESSION_TOKEN
  BCE_PROFILE                               profile of ~/.bce/config.json, when the keys are not set
  BCE_REGION, AIHC_ENDPOINT                 where the service is
  BCE_STS_ENDPOINT                          where session-token asks
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY         proxies
  AIHC_CA_FILE, SSL_CERT_FILE               roots in addition; roots instead of the system's
  AIHC_CREATOR, AIHC_CREATOR_ID             owner of what create makes
  AIHC_CONTEXT, AIHC_CONTEXTS_FILE          context in use; file that contexts are kept in
  AIHC_REGISTRY_PASSWORD                    password for pack-image
  BCE_LANGUAGE, LC_ALL, LC_MESSAGES, LANG   language of help and messages: en or zh
  VISUAL, EDITOR                            editor of the edit command
  TZ                                        time zone of the times of timed-stop
  NO_COLOR, COLUMNS                         no colours; width of tables
"
    )
}

fn exit_codes() -> String {
    paragraphs!(
        "\
Exit codes:
  0    done
  1    the service, or a gateway before it, refused; what was waited for failed; or a name is not
       that of exactly one
  2    wrong usage; nothing was sent
  3    no credentials, or the service does not accept them
  4    the service cannot be reached
  5    timed out
  6    a change was sent, and what became of it is unknown or could not be written
  7    somebody was asked, and did not say yes
  129  ended by SIGHUP
  130  interrupted by Ctrl-C
  143  ended by SIGTERM
  any  ssh, cp, port-forward, and emulator with a command: what the program has ended with; 127
       when there is none

diff ends with 1 if something differs, and with 2 where others end with 1.

6 goes before all others, and of several results the highest code counts. After a change that
failed, standard error says whether it was not made or may have been made.
"
    )
}

fn output() -> String {
    paragraphs!(
        "\
Results go to standard output, everything else to standard error. --output says in which form:
  table  for people; as wide as the terminal, or as COLUMNS says
  wide   the same with more columns
  name   names, one on a line; ids of what has no name
  id     ids, one on a line, as commands take them from standard input with `-`
  csv    comma-separated values by RFC 4180
  json   one document
  jsonl  a document on a line of its own for each result, as soon as it is there
  yaml   one document, as create --file and update --file take it
Every command's help lists the other forms. Documents have the members and the codes of the API.
Passwords and variables are *** in all of them; *** in a file keeps the value that is there.
"
    )
}

fn credentials() -> String {
    paragraphs!(
        "\
Where the access key comes from, the first that there is:
  --profile NAME          profile of ~/.bce/config.json; keys in the environment do not count then
  BCE_ACCESS_KEY_ID       with BCE_SECRET_ACCESS_KEY, and BCE_SECURITY_TOKEN for a temporary one
  BCE_PROFILE             profile of ~/.bce/config.json, when the keys are not set
  ~/.bce/config.json      the profile that is in use there
The official tool `bce` takes its profile first, and fills gaps from the environment.

`aihc-dev doctor` checks one thing after the other, and `aihc-dev session-token` issues temporary
credentials. No output and no error holds a secret.
"
    )
}

fn names() -> String {
    paragraphs!(
        "\
Commands that take an id take a name as well:
  aihc-dev stop train
  aihc-dev jobs logs nightly

What is shaped like an id is one, and is sent as it is: dv- and at least 8 of 0-9 and a-f for
instances, job- and at least 8 letters or digits for jobs, s- and at least 6 for services. If
something has such a name, the id wins.

Anything else is a name, and must be that of exactly one, letter by letter. If it is that of none
or of several, those that come near or share it are listed, nothing at all is done, and the exit
code is 1. Results and errors show the name and the id.

`-` reads ids or names from standard input, separated by white space; from a # at the beginning of
a word on, the rest of the line is a comment:
  aihc-dev list --status running -o id | aihc-dev stop - --yes
Commands that ask need --yes then. Nothing on standard input is nothing to do: exit code 0.
"
    )
}

fn options() -> String {
    let command = clap::Command::new(cli::NAME)
        .disable_help_flag(true)
        .max_term_width(100)
        .help_template("{options}");
    let command =
        GlobalOptions::augment_args(command).mut_args(|arg| whole(arg).help_heading(None::<&str>));
    let title = tr!("Options of every command, before or after it:");
    format!("{title}\n{}\n", language::rendered(command).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_fit_a_page_and_end_with_their_line() {
        for topic in Topic::ALL {
            let text = topic.text();
            assert_eq!(Topic::named(topic.name()), Some(topic));
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text}");
            let longest = text.lines().map(str::len).max();
            assert!(longest <= Some(100), "{text}");
        }
    }
}
