//! The topics that `help TOPIC` explains.

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
Environment variables; options take precedence:
  BCE_ACCESS_KEY_ID, BCE_SECRET_ACCESS_KEY  access key; a temporary one also has
  BCE_SECURITY_TOKEN                        its session token
  BAIDUCLOUD_ACCESS_KEY,                    the same for Terraform, if those are not set
  BAIDUCLOUD_SECRET_KEY, BAIDUCLOUD_SESSION_TOKEN
  BCE_PROFILE                               profile of ~/.bce/config.json, if the keys are not set
  BCE_REGION, AIHC_ENDPOINT                 address of the service
  BCE_STS_ENDPOINT                          address of STS, for session-token
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY         proxies
  AIHC_CA_FILE                              additional root certificates
  SSL_CERT_FILE                             root certificates instead of the system's
  AIHC_CREATOR, AIHC_CREATOR_ID             owner for create
  AIHC_CONTEXT, AIHC_CONTEXTS_FILE          context in use; file of contexts
  AIHC_REGISTRY_PASSWORD                    password for pack-image
  BCE_LANGUAGE, LC_ALL, LC_MESSAGES, LANG   language of help and messages: en or zh
  VISUAL, EDITOR                            editor of the edit command
  TZ                                        time zone for timed-stop
  NO_COLOR, COLUMNS                         no colours; width of tables
"
    )
}

fn exit_codes() -> String {
    paragraphs!(
        "\
Exit codes:
  0    done
  1    the service, or a gateway in front of it, refused; a wait ended in failure; a name does not
       match exactly one thing; or something failed on this computer, such as writing a file
  2    wrong usage; nothing was sent
  3    no credentials, or the service does not accept them
  4    the service cannot be reached
  5    timed out
  6    a change was sent, and its outcome is unknown or could not be written
  7    the user was asked, and did not agree
  129  ended by SIGHUP
  130  interrupted by Ctrl-C
  143  ended by SIGTERM
  any  ssh, cp, port-forward, and emulator with a command: the exit code of the program; 127 if
       it does not exist

diff uses 1 if something differs, and 2 where other commands use 1.

If several codes apply, the last in this order counts: 0, 1, 2, 3, 4, 5, 7, 6, that of a signal,
that of the program. After a failed change, standard error tells whether it was not made or may
have been made.
"
    )
}

fn output() -> String {
    paragraphs!(
        "\
Results go to standard output, everything else to standard error. --output selects the format:
  table  for people; as wide as the terminal, or as COLUMNS
  wide   the same with more columns
  name   names, one per line; ids of unnamed things
  id     ids, one per line, as commands read them from standard input with `-`
  csv    comma-separated values by RFC 4180
  json   one document
  jsonl  one document per result, each on its own line as soon as it is available
  yaml   one document, in the format of create --file and update --file
The help of every command lists the other formats. Documents have the members and codes of the
API. Passwords and variables are shown as ***; *** in a file keeps the existing value.
"
    )
}

fn credentials() -> String {
    paragraphs!(
        "\
The access key comes from the first of these:
  --profile NAME          profile of ~/.bce/config.json; keys in the environment are then ignored
  BCE_ACCESS_KEY_ID       with BCE_SECRET_ACCESS_KEY, and BCE_SECURITY_TOKEN for a temporary key
  BCE_PROFILE             profile of ~/.bce/config.json, if the keys are not set
  ~/.bce/config.json      the profile in use there
The official tool `bce` uses its profile first, and fills gaps from the environment.

`aihc-dev doctor` checks everything step by step, and `aihc-dev session-token` issues temporary
credentials. No output and no error contains a secret.
"
    )
}

fn names() -> String {
    paragraphs!(
        "\
Commands that take an id also take a name:
  aihc-dev stop train
  aihc-dev jobs logs nightly

An argument with the form of an id is one, and is sent unchanged: dv- and at least 8 of 0-9
and a-f for instances, job- and at least 8 letters or digits for jobs, s- and at least 6 for
services. If something has such a name, the id takes precedence.

Anything else is a name, and must match exactly one thing, including case. If it matches none or
several, similar or matching names are listed, nothing is done, and the exit code is 1. Results
and errors show the name and the id.

`-` reads ids or names from standard input, separated by white space; a # at the beginning of a
word starts a comment to the end of the line:
  aihc-dev list --status running -o id | aihc-dev stop - --yes
Commands that ask then require --yes. If standard input is empty, there is nothing to do: exit
code 0.
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
