//! `configure`

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

/// Secrets are shorter.
const LONGEST_INPUT: u64 = 64 * 1024;

/// Keep an access key and a region in a profile of ~/.bce/config.json, as `bce configure set` does.
#[derive(Args)]
#[command(after_help = "\
Asks for what is not given; what is left empty stays as it is. The secret is never shown and is no \
argument, for other users can see those. The profile is that of --profile, or else of BCE_PROFILE, \
or else the current one, or else default. Only you may read the file afterwards; what else it holds \
stays.

Keys in the environment count before a profile: unset BCE_ACCESS_KEY_ID, or name the profile with \
--profile. The `bce` tool has it the other way round. `aihc-dev whoami` says which key is used.

Examples:
  aihc-dev configure
  aihc-dev configure --profile work --region gz
  aihc-dev configure --profile ci --access-key-id \"$ID\" --secret-from-stdin <secret.txt
  aihc-dev configure --profile tmp --mode StsToken        # temporary: asks for the token as well")]
pub(crate) struct Configure {
    /// Access key id.
    #[arg(long, value_name = "ID", value_parser = not_empty)]
    access_key_id: Option<String>,
    /// Read the secret access key from standard input; with mode StsToken the session token, too, from
    /// the second line.
    #[arg(long)]
    secret_from_stdin: bool,
    /// Kind of the keys: AK for long-term ones, StsToken for temporary ones [default: that of the
    /// profile, AK].
    #[arg(long, value_name = "MODE", ignore_case = true)]
    mode: Option<Mode>,
}

/// How the official tool calls the kinds of keys.
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

/// What is to be kept; `None` leaves what is there.
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
                "an endpoint is not kept in a profile: there it would be for every service; \
                 AIHC_ENDPOINT names that of dev instances"
            )));
        }
        // What is wrong with the file is said before anybody answers questions.
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
                "profile {name} has no keys, and nobody can be asked for them: this is no terminal. \
                 --access-key-id and --secret-from-stdin say them beforehand; nothing was written",
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
                    "profile {name} has keys of a mode that only `bce` knows; --mode AK or --mode \
                     StsToken replaces them, --profile keeps others",
                    name = name
                ))
            }),
        }
    }

    /// Asks on the terminal, if there is anything to ask for.
    async fn ask_for_the_rest(
        &self,
        answers: &mut Answers,
        old: &Listed,
        mode: Mode,
    ) -> Result<(), Failure> {
        let by_options = self.access_key_id.is_some() || self.secret_from_stdin;
        if !terminal::can_ask() {
            // What is missing then is named.
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
        // A secret belongs to an id.
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

/// What was typed, unless it is nothing.
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

/// Reads the secret, and the token where there is one, from standard input: a line for each.
async fn read_secrets(answers: &mut Answers, mode: Mode) -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        // It is asked for, without being shown.
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
        Failure::usage(text!(
            "standard input cannot be read: {error}",
            error = error
        ))
    })?;
    let mut lines = text.strip_prefix('\u{feff}').unwrap_or(&text).lines();
    let mut line = || Some(lines.next()?.to_owned()).filter(|line| !line.is_empty());
    answers.secret = line();
    if answers.secret.is_none() {
        return Err(Failure::usage(text!(
            "standard input holds no secret access key; nothing was written"
        )));
    }
    if mode == Mode::StsToken {
        answers.token = line();
    }
    if lines.any(|line| !line.is_empty()) {
        return Err(Failure::usage(text!(
            "standard input holds more lines than expected: the secret access key, and with --mode \
             StsToken the session token; nothing was written"
        )));
    }
    Ok(())
}

/// Whether the keys are complete and can be used. Nothing of them is repeated.
fn check(answers: &Answers, old: &Listed, mode: Mode) -> Result<(), Failure> {
    let id = answers.id.as_ref().or(old.access_key_id.as_ref());
    let same_key = id == old.access_key_id.as_ref();
    let missing =
        |what: String| Failure::usage(text!("{what} is missing; nothing was written", what = what));
    let id = id.ok_or_else(|| missing(tr!("the access key id")))?;
    let has_secret = answers.secret.is_some() || (same_key && old.has_secret);
    if !has_secret {
        return Err(missing(tr!("the secret access key of this id")));
    }
    let keeps_token = same_key && answers.secret.is_none() && old.has_token;
    if mode == Mode::StsToken && answers.token.is_none() && !keeps_token {
        return Err(missing(tr!("the session token of mode StsToken")));
    }
    // What is kept has stood in the file already.
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

/// Whether it is more than a name and a region. Keys of a mode that only `bce` knows are others.
fn has_keys(profile: &Listed) -> bool {
    let is_known = |mode: &str| Mode::from_str(mode, true).is_ok();
    let is_of_bce = profile.mode.as_deref().is_some_and(|mode| !is_known(mode));
    is_of_bce || (profile.access_key_id.is_some() && profile.has_secret)
}

/// Writes the answers; with the mode where there are keys among them, and what was there before.
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
    // It was that of other keys.
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

/// Says so if commands will not use the profile without being told.
fn tell_what_counts(name: &str) {
    let no_variables = EnvironmentProvider::new()
        .load()
        .is_err_and(|error| error.kind() == CredentialsErrorKind::NotFound);
    if !no_variables {
        note(&tr!(
            "keys in the environment count before profiles: unset them, or name the profile with \
             --profile {name}",
            name = name
        ));
        return;
    }
    let file = ProfileFile::of_user().ok().flatten();
    let chosen = ProfileFile::chosen(file.as_ref());
    if chosen != name {
        note(&tr!(
            "profile {chosen} is in use; `aihc-dev profiles use {name}` uses this one from now on",
            chosen = chosen,
            name = name
        ));
    }
}
