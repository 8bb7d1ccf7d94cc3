//! The command line as a whole.

use clap::{CommandFactory as _, Parser};

use crate::command::Command;
use crate::completion;
use crate::language::in_language;
use crate::options::GlobalOptions;

const AFTER_HELP: &str = "\
Environment:
  BCE_ACCESS_KEY_ID, BCE_SECRET_ACCESS_KEY  the access key; a temporary one also has
  BCE_SECURITY_TOKEN                        its session token
  BCE_PROFILE                               profile of ~/.bce/config.json, when the keys are not set
  BCE_REGION, AIHC_ENDPOINT                 where the service is; options win
  BCE_STS_ENDPOINT                          where session-token asks
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY         proxies
  AIHC_CA_FILE, SSL_CERT_FILE               roots in addition; roots instead of the system's
  AIHC_CREATOR, AIHC_CREATOR_ID             owner of what create makes
  AIHC_CONTEXT, AIHC_CONTEXTS_FILE          context in use; file that contexts are kept in
  AIHC_REGISTRY_PASSWORD                    password for pack-image
  BCE_LANGUAGE, LC_ALL, LC_MESSAGES, LANG   language of help and messages: en or zh
  NO_COLOR, COLUMNS                         no colours; width of tables

Exit codes:
  0    done
  1    the service, or a gateway before it, refused; or what was waited for failed
  2    wrong usage; nothing was sent
  3    no credentials, or the service does not accept them
  4    the service cannot be reached
  5    timed out
  6    a change was sent, and what became of it is unknown or could not be written
  130  interrupted by Ctrl-C; 129 ended by SIGHUP, 143 by SIGTERM

Examples:
  aihc-dev pools
  aihc-dev queues
  aihc-dev list --mine
  aihc-dev create --file instance.yaml --wait
  aihc-dev stop --mine --yes
  aihc-dev doctor";

/// AIHC dev instances: list, create, change, start, stop, delete, watch and pack them; with the pools,
/// queues, datasets, jobs and services beside them.
#[derive(Parser)]
#[command(name = "aihc-dev", version, max_term_width = 100, after_help = AFTER_HELP)]
#[command(subcommand_required = true, arg_required_else_help = true)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
}

/// Answers a shell that completes a command line, and ends, if one asks.
pub(crate) fn answer_shell() {
    completion::answer(|| in_language(Cli::command()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
