//! The credentials and the region of a command, and where they come from; and its context (named
//! settings).

use bce_auth::{Credentials, CredentialsErrorKind, EnvironmentProvider, Profile, ProfileProvider};
use bce_http::ClientBuilder;
use bce_http::rt::ServiceClient as _;

use super::Context;
use crate::config::{ContextFile, ContextSettings, ProfileFile};
use crate::exit::Failure;
use crate::language::text;

/// The name with which `--context` or `AIHC_CONTEXT` selects no context.
pub(crate) const NO_CONTEXT: &str = "none";

/// Where the credentials come from.
#[derive(Debug)]
pub(crate) enum Provider {
    Environment,
    Profile(Box<Profile>),
}

/// A setting, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sourced {
    pub(crate) value: String,
    /// The name of the option, variable or profile that sets the value; `default` if nothing sets
    /// it.
    pub(crate) from: String,
}

impl Context {
    /// Loads the credentials from the source that the clients would use, and returns them with that
    /// source.
    pub(crate) fn credentials(&self) -> Result<(Credentials, Provider), Failure> {
        let profile = self.options.profile.as_deref();
        if profile.is_none() {
            match EnvironmentProvider::new().load() {
                Ok(credentials) => return Ok((credentials, Provider::Environment)),
                Err(error) if error.kind() != CredentialsErrorKind::NotFound => {
                    return Err(error.into());
                }
                Err(_) => {}
            }
        }
        let provider = match profile {
            Some(name) => ProfileProvider::new().name(name),
            None => ProfileProvider::new(),
        };
        let profile = provider.load().map_err(|error| {
            // The error of a client names all places that were searched.
            match ClientBuilder::<aihc_dev::Client>::from_env() {
                Err(every_place) if profile.is_none() => Failure::from(every_place),
                _ => Failure::from(error),
            }
        })?;
        let credentials = profile.credentials().clone();
        Ok((credentials, Provider::Profile(Box::new(profile))))
    }

    /// Returns the name of the profile whose keys sign the requests; `None` if the environment
    /// contains keys, which take precedence.
    pub(crate) fn profile_name(&self) -> Option<String> {
        if let Some(name) = &self.options.profile {
            return Some(name.clone());
        }
        let no_variables = EnvironmentProvider::new()
            .load()
            .is_err_and(|error| error.kind() == CredentialsErrorKind::NotFound);
        let file = no_variables.then(ProfileFile::of_user)?;
        Some(ProfileFile::chosen(file.ok().flatten().as_ref()))
    }

    /// Returns the region, and where it comes from: the option, or else the variable `BCE_REGION`,
    /// or else the profile, or else the default. A profile that cannot be read is ignored.
    pub(crate) fn region(&self) -> Sourced {
        let sourced = |value: &str, from: String| Sourced {
            value: value.to_owned(),
            from,
        };
        if let Some(region) = &self.options.region {
            return sourced(region, "--region".to_owned());
        }
        let variable = std::env::var("BCE_REGION").unwrap_or_default();
        if !variable.is_empty() {
            return sourced(&variable, "BCE_REGION".to_owned());
        }
        let of_profile = self.profile_name().and_then(|name| {
            let profile = ProfileFile::of_user().ok()??.find(&name).ok()??;
            Some((profile.region?, name))
        });
        match of_profile {
            Some((region, name)) => sourced(&region, format!("profile {name}")),
            None => sourced(
                aihc_dev::Client::SERVICE.default_region,
                "default".to_owned(),
            ),
        }
    }

    /// Returns the settings of the context in use, which are defaults for creating instances and
    /// logging in; `None` if no context is in use. Fails if the context is limited to another
    /// region or profile.
    ///
    /// Must be called only if the caller needs a value that no option, file or variable has set.
    /// The caller must tell the user which values it takes from the context, with
    /// [`ContextSettings::name`] as the name of the context.
    pub(crate) fn settings(&self) -> Result<Option<ContextSettings>, Failure> {
        let option = self.options.context.as_deref();
        let file = match ContextFile::of_user() {
            Ok(file) => file,
            // If there is no home directory, there are no contexts; none was requested either.
            Err(_) if option.is_none() && ContextFile::is_nowhere() => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let chosen = file.chosen(option).map(|(name, _)| name);
        let Some(name) = chosen.filter(|name| name != NO_CONTEXT) else {
            return Ok(None);
        };
        let settings = file.get(&name)?;
        self.refuse_elsewhere(&settings)?;
        Ok(Some(settings))
    }

    /// Returns the name of the context in use; `None` if there is none, or if the file of contexts
    /// cannot be read.
    pub(crate) fn context_name(&self) -> Option<String> {
        let file = ContextFile::of_user().ok()?;
        let (name, _) = file.chosen(self.options.context.as_deref())?;
        Some(name).filter(|name| name != NO_CONTEXT)
    }

    /// Refuses a context that is limited to another region or profile: a pool exists in only one
    /// region, and a name may refer to something else in another account.
    fn refuse_elsewhere(&self, settings: &ContextSettings) -> Result<(), Failure> {
        let name = &settings.name;
        let here = self.region();
        if let Some(region) = &settings.region
            && *region != here.value
        {
            return Err(Failure::usage(text!(
                "context {name} is for region {region}, but this goes to {here} ({from}); use \
                 --region {region} to go there, or --context none for no context",
                name = name,
                region = region,
                here = here.value,
                from = here.from,
            )));
        }
        if let Some(profile) = &settings.profile
            && self.profile_name().as_ref() != Some(profile)
        {
            return Err(Failure::usage(text!(
                "context {name} is for profile {profile}, but another key signs this; use \
                 --profile {profile} for its key, or --context none for no context",
                name = name,
                profile = profile,
            )));
        }
        Ok(())
    }
}
