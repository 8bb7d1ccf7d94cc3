//! The `configure` command: saves an access key and a region in a profile.

use std::io::{self, IsTerminal as _, Read as _};

use aihc_dev::{Client, Endpoint};
use bce_auth::{Credentials, CredentialsErrorKind, EnvironmentProvider};
use bce_http::rt::ServiceClient as _;
use clap::{Args, ValueEnum};

use crate::client::Context;
use crate::config::{Listed, ProfileFile};
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::options::not_empty;
use crate::output::note;
use crate::terminal;
use crate::terminal::question::{ask, ask_hidden};

/// At most this many bytes are read from standard input. No secret is that long.
const LONGEST_INPUT: u64 = 64 * 1024;

/// Save an access key and a region in a profile of ~/.bce/config.json, as `bce configure set` does.
#[derive(Args)]
#[command(after_help = "\
Asks for values that are not given; an empty answer keeps the old value. The secret is never \
shown and is not an argument, which other users could see. The profile is that of --profile, or \
else of BCE_PROFILE, or else the current one, or else default. Only you can read the file \
afterwards; its other contents are kept.

Keys in the environment take precedence over a profile: unset BCE_ACCESS_KEY_ID, or name the \
profile with --profile. The `bce` tool does the opposite. `aihc-dev whoami` shows which key is \
used.

Examples:
  aihc-dev configure
  aihc-dev configure --profile work --region gz
  aihc-dev configure --profile ci --access-key-id \"$ID\" --secret-from-stdin <secret.txt
  aihc-dev configure --profile tmp --mode StsToken        # temporary: also asks for the token")]
pub(crate) struct Configure {
    /// Access key id.
    #[arg(long, value_name = "ID", value_parser = not_empty)]
    access_key_id: Option<String>,
    /// Read the secret access key from standard input; with mode StsToken, the session token from
    /// the second line.
    #[arg(long)]
    secret_from_stdin: bool,
    /// Kind of the keys: AK for long-term ones, StsToken for temporary ones [default: that of the
    /// profile, or else AK].
    #[arg(long, value_name = "MODE", ignore_case = true)]
    mode: Option<Mode>,
}

/// A kind of keys, as the official tool `bce` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    #[value(name = "AK")]
    Ak,
    #[value(name = "StsToken")]
    StsToken,
}

impl Mode {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ak => "AK",
            Self::StsToken => "StsToken",
        }
    }
}

/// The values to save. A value that is `None` is not changed in the profile, except that a session
/// token is removed when long-term keys are saved.
#[derive(Default)]
struct Answers {
    id: Option<String>,
    secret: Option<String>,
    token: Option<String>,
    region: Option<String>,
}

impl Configure {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let options = &context.options;
        if options.endpoint.is_some() {
            return Err(Failure::usage(text!(
                "an endpoint is not saved in a profile, where it would apply to every service; \
                 use AIHC_ENDPOINT for dev instances"
            )));
        }
        // An error in the file is reported before the user answers questions.
        let file = ProfileFile::of_user()?;
        let name = match &options.profile {
            Some(name) => name.clone(),
            None => ProfileFile::chosen(file.as_ref()),
        };
        let old = match &file {
            Some(file) => file.find(&name)?,
            None => None,
        };
        let old = old.unwrap_or_default();
        let region_alone = options.region.is_some()
            && self.access_key_id.is_none()
            && !self.secret_from_stdin
            && self.mode.is_none();
        if region_alone && has_keys(&old) {
            let region = options.region.clone();
            let answers = Answers {
                region,
                ..Answers::default()
            };
            return save(&name, None, &answers);
        }
        if region_alone && !terminal::can_ask() {
            return Err(Failure::usage(text!(
                "profile {name} has no keys, and this is not a terminal to ask for them; pass \
                 --access-key-id and --secret-from-stdin; nothing was written",
                name = name
            )));
        }
        let mode = self.mode_of(&old, &name)?;
        let mut answers = Answers {
            id: self.access_key_id.clone(),
            region: options.region.clone(),
            ..Answers::default()
        };
        if self.secret_from_stdin {
            read_secrets(&mut answers, mode).await?;
        }
        self.ask_for_the_rest(&mut answers, &old, mode).await?;
        check(&answers, &old, mode)?;
        save(&name, Some((mode, &old)), &answers)
    }

    fn mode_of(&self, old: &Listed, name: &str) -> Result<Mode, Failure> {
        if let Some(mode) = self.mode {
            return Ok(mode);
        }
        match old.mode.as_deref() {
            None => Ok(match old.has_token {
                true => Mode::StsToken,
                false => Mode::Ak,
            }),
            Some(text) => Mode::from_str(text, true).map_err(|_| {
                Failure::usage(text!(
                    "profile {name} has keys of a mode that only `bce` knows; use --mode AK or \
                     --mode StsToken to replace them, or --profile for another profile",
                    name = name
                ))
            }),
        }
    }

    /// Asks for the missing values on the terminal. If options provide the access key id or the
    /// secret, asks at most for the secret and the session token. If there is no terminal, asks for
    /// nothing, and fails if options provide neither the access key id nor the secret.
    async fn ask_for_the_rest(
        &self,
        answers: &mut Answers,
        old: &Listed,
        mode: Mode,
    ) -> Result<(), Failure> {
        let by_options = self.access_key_id.is_some() || self.secret_from_stdin;
        if !terminal::can_ask() {
            // The error names the options that are missing.
            return match by_options {
                true => Ok(()),
                false => Err(nobody_to_ask()),
            };
        }
        if !by_options {
            let question = match &old.access_key_id {
                Some(id) => tr!("Access key id [{id}]", id = id),
                None => tr!("Access key id"),
            };
            answers.id = answer(ask(question).await?)?;
        }
        // A secret belongs to one access key id, so it is kept only together with the id.
        let same_key = match (&answers.id, &old.access_key_id) {
            (None, there) => there.is_some(),
            (Some(id), there) => there.as_ref() == Some(id),
        };
        let keeps = |has: bool| has && same_key;
        if answers.secret.is_none() && !(by_options && keeps(old.has_secret)) {
            let question = tr!("Secret access key");
            answers.secret = hidden(question, keeps(old.has_secret)).await?;
        }
        let keeps_token = keeps(old.has_token) && answers.secret.is_none();
        if mode == Mode::StsToken && answers.token.is_none() && !(by_options && keeps_token) {
            answers.token = hidden(tr!("Session token"), keeps_token).await?;
        }
        if answers.region.is_none() && !by_options {
            let there = old.region.as_deref();
            let region = there.unwrap_or(Client::SERVICE.default_region);
            let question = tr!("Region [{region}]", region = region);
            let given = answer(ask(question).await?)?;
            answers.region = given.or_else(|| there.is_none().then(|| region.to_owned()));
        }
        Ok(())
    }
}

fn nobody_to_ask() -> Failure {
    Failure::usage(text!(
        "cannot ask: not a terminal; pass --access-key-id, --secret-from-stdin and --region; nothing \
         was written"
    ))
}

/// Returns the line that was typed; `None` if it is empty. Fails at the end of the input, where
/// `line` is `None`.
fn answer(line: Option<String>) -> Result<Option<String>, Failure> {
    match line {
        Some(line) => Ok(Some(line).filter(|line| !line.is_empty())),
        None => Err(Failure::unfit(text!(
            "the input has ended; nothing was written"
        ))),
    }
}

async fn hidden(question: String, keeps: bool) -> Result<Option<String>, Failure> {
    let question = match keeps {
        true => tr!("{question} [unchanged]", question = question),
        false => question,
    };
    answer(ask_hidden(question).await?)
}

/// Reads the secret access key and, for temporary keys, the session token from standard input, one
/// per line. Does nothing if standard input is a terminal.
async fn read_secrets(answers: &mut Answers, mode: Mode) -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        // The secret is asked for later, without echo.
        return Ok(());
    }
    let read = tokio::task::spawn_blocking(|| {
        let mut text = String::new();
        let stdin = io::stdin().lock();
        stdin.take(LONGEST_INPUT).read_to_string(&mut text)?;
        Ok::<_, io::Error>(text)
    });
    let text = read.await.map_err(io::Error::other)?;
    let text = text.map_err(|error| {
        Failure::usage(text!("cannot read standard input: {error}", error = error))
    })?;
    let mut lines = text.strip_prefix('\u{feff}').unwrap_or(&text).lines();
    let mut line = || Some(lines.next()?.to_owned()).filter(|line| !line.is_empty());
    answers.secret = line();
    if answers.secret.is_none() {
        return Err(Failure::usage(text!(
            "standard input contains no secret access key; nothing was written"
        )));
    }
    if mode == Mode::StsToken {
        answers.token = line();
    }
    if lines.any(|line| !line.is_empty()) {
        return Err(Failure::usage(text!(
            "standard input contains too many lines: only the secret access key is expected, and \
             with --mode StsToken the session token; nothing was written"
        )));
    }
    Ok(())
}

/// Checks that the keys are complete and valid. Errors never contain any part of the keys.
fn check(answers: &Answers, old: &Listed, mode: Mode) -> Result<(), Failure> {
    let id = answers.id.as_ref().or(old.access_key_id.as_ref());
    let same_key = id == old.access_key_id.as_ref();
    let missing =
        |what: String| Failure::usage(text!("{what} is missing; nothing was written", what = what));
    let id = id.ok_or_else(|| missing(tr!("the access key id")))?;
    let has_secret = answers.secret.is_some() || (same_key && old.has_secret);
    if !has_secret {
        return Err(missing(tr!("the secret access key for this id")));
    }
    let keeps_token = same_key && answers.secret.is_none() && old.has_token;
    if mode == Mode::StsToken && answers.token.is_none() && !keeps_token {
        return Err(missing(tr!("the session token for mode StsToken")));
    }
    // A secret that is kept is already in the file; a placeholder is sufficient for the check.
    let secret = answers.secret.as_deref().unwrap_or("kept");
    let credentials = match mode {
        Mode::Ak => Credentials::new(id, secret),
        Mode::StsToken => {
            Credentials::session(id, secret, answers.token.as_deref().unwrap_or("kept"))
        }
    };
    credentials
        .map_err(|error| Failure::usage(text!("{error}; nothing was written", error = error)))?;
    Ok(())
}

/// Returns whether the profile has keys, or a mode that only the official tool `bce` supports.
fn has_keys(profile: &Listed) -> bool {
    let is_known = |mode: &str| Mode::from_str(mode, true).is_ok();
    let is_of_bce = profile.mode.as_deref().is_some_and(|mode| !is_known(mode));
    is_of_bce || (profile.access_key_id.is_some() && profile.has_secret)
}

/// Saves `answers` in the profile `name`. `keys` contains the mode to save, and the profile as it
/// was before; `None` means that only the region is saved.
fn save(name: &str, keys: Option<(Mode, &Listed)>, answers: &Answers) -> Result<(), Failure> {
    if let Some(region) = &answers.region {
        Endpoint::for_region(Client::SERVICE.endpoint_template, region)?;
    }
    let mut changes = Vec::new();
    if let Some((mode, _)) = keys {
        changes.push(("mode", Some(mode.as_str())));
    }
    for (key, value) in [
        ("access_key_id", &answers.id),
        ("secret_access_key", &answers.secret),
        ("security_token", &answers.token),
        ("region", &answers.region),
    ] {
        if value.is_some() {
            changes.push((key, value.as_deref()));
        }
    }
    // The token belonged to the previous keys.
    if keys.is_some_and(|(mode, old)| mode == Mode::Ak && old.has_token) {
        changes.push(("security_token", None));
    }
    let path = ProfileFile::save(name, &changes)?;
    note(&tr!(
        "profile {name} saved to {path}",
        name = name,
        path = path.display()
    ));
    tell_what_counts(name);
    Ok(())
}

/// Tells the user if commands do not use this profile by default.
fn tell_what_counts(name: &str) {
    let no_variables = EnvironmentProvider::new()
        .load()
        .is_err_and(|error| error.kind() == CredentialsErrorKind::NotFound);
    if !no_variables {
        note(&tr!(
            "keys in the environment take precedence over profiles: unset them, or name the \
             profile with --profile {name}",
            name = name
        ));
        return;
    }
    let file = ProfileFile::of_user().ok().flatten();
    let chosen = ProfileFile::chosen(file.as_ref());
    if chosen != name {
        note(&tr!(
            "profile {chosen} is in use; to use this one from now on: \
             `aihc-dev profiles use {name}`",
            chosen = chosen,
            name = name
        ));
    }
}
