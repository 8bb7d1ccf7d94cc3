//! Creates a builder from environment variables and the profile file.

use std::ffi::OsString;

use bce_auth::{
    CachedCredentials, Credentials, CredentialsError, CredentialsErrorKind, EnvironmentProvider,
    Profile, ProfileProvider,
};

use super::ClientBuilder;
use crate::client::ServiceClient;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};

impl<C: ServiceClient> ClientBuilder<C> {
    /// Creates a builder that takes its settings from the environment.
    ///
    /// | setting | source |
    /// |---|---|
    /// | credentials | the variables of [`EnvironmentProvider`]: `BCE_ACCESS_KEY_ID`, `BCE_SECRET_ACCESS_KEY`, `BCE_SECURITY_TOKEN` or `BCE_SESSION_TOKEN`; else `BAIDUCLOUD_ACCESS_KEY` and related variables |
    /// | | else the file of [`ProfileProvider`], `~/.bce/config.json`: the profile that `BCE_PROFILE` names, or else the current profile of the file |
    /// | endpoint | the variable of the service, such as `AIHC_ENDPOINT` |
    /// | region | `BCE_REGION`; else, if there is no endpoint either, the region of the profile whose credentials are used |
    ///
    /// Neither the variables of the credentials nor the variable of the endpoint may be empty: if
    /// an empty endpoint were ignored, requests would silently go to the service of the region. An
    /// endpoint that cannot be used makes [`build`](Self::build) fail, unless the program sets
    /// another one. An empty region counts as unset.
    ///
    /// The endpoint of a profile is not used, because the profile does not say which service it
    /// belongs to.
    ///
    /// Credentials from variables are read once, by this function. A profile is read by this
    /// function as well. It is read again, by its name, for the first call, and after a service has
    /// refused its credentials.
    ///
    /// # Errors
    ///
    /// If no usable credentials are found: [`ErrorKind::Credentials`]. If the variable of the
    /// endpoint or of the region is not valid UTF-8: [`ErrorKind::Config`].
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::ClientBuilder;
    ///
    /// # fn example<Client: bce_http::rt::ServiceClient>() -> Result<(), bce_http::Error> {
    /// let client = ClientBuilder::<Client>::from_env()?.build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        Self::from_lookup(|name| std::env::var_os(name))
    }

    /// Does the same as [`from_env`](Self::from_env), but gets the variables from `lookup`: for
    /// tests, and for programs that keep their settings elsewhere. `lookup` also provides the home
    /// directory: if it returns nothing for `HOME` (on Windows, for `USERPROFILE`), no profile file
    /// is read.
    ///
    /// # Errors
    ///
    /// If [`from_env`](Self::from_env) would fail with these values.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::ClientBuilder;
    ///
    /// # fn example<Client: bce_http::rt::ServiceClient>() -> Result<(), bce_http::Error> {
    /// let settings = |name: &str| match name {
    ///     "BCE_ACCESS_KEY_ID" => Some("my-access-key-id".into()),
    ///     "BCE_SECRET_ACCESS_KEY" => Some("my-secret".into()),
    ///     _ => None,
    /// };
    /// let client = ClientBuilder::<Client>::from_lookup(settings)?.build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let read = |name: &str| {
            let text = lookup(name).unwrap_or_default().into_string();
            text.map_err(|_| Error::config(format!("{name} is not valid UTF-8")))
        };
        let mut builder = Self::new().region(read("BCE_REGION")?);
        let variable = C::SERVICE.endpoint_env;
        if lookup(variable).is_some() {
            builder.endpoint = Some(endpoint(variable, &read(variable)?));
        }
        match find_credentials(&lookup).map_err(unusable)? {
            Found::Variables(credentials) => Ok(builder.credentials(credentials)),
            Found::Profile(profile) => Ok(builder.profile(&profile)),
        }
    }

    fn profile(mut self, profile: &Profile) -> Self {
        if self.endpoint.is_none() && self.region.is_none() {
            self.region = profile.region().map(str::to_owned);
        }
        // The profile is selected by its name: making another profile current must not change the
        // identity with which this client signs.
        let same = ProfileProvider::new()
            .path(profile.path())
            .name(profile.name());
        self.credentials(CachedCredentials::new(same))
    }
}

/// Parses the value of an endpoint variable. Errors name the variable and never quote its value.
fn endpoint(variable: &str, value: &str) -> Result<Endpoint, Error> {
    if value.trim().is_empty() {
        return Err(Error::config(format!(
            "{variable} is empty: unset it to use the endpoint of the region, or set it to a host"
        )));
    }
    Endpoint::read(value)
        .map_err(|rule| Error::config(format!("the endpoint in {variable} {rule}")))
}

/// The source in which [`ClientBuilder::from_lookup`] found credentials.
enum Found {
    Variables(Credentials),
    Profile(Box<Profile>),
}

fn find_credentials(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Found, CredentialsError> {
    let is_missing = |error: &CredentialsError| error.kind() == CredentialsErrorKind::NotFound;
    let no_variables = match EnvironmentProvider::load_from(&lookup) {
        Err(error) if is_missing(&error) => error,
        answer => return answer.map(Found::Variables),
    };
    match ProfileProvider::new().load_from(&lookup) {
        Err(no_file) if is_missing(&no_file) => Err(CredentialsError::new(
            CredentialsErrorKind::NotFound,
            format!("{no_variables}; {no_file}"),
        )),
        answer => answer.map(|profile| Found::Profile(Box::new(profile))),
    }
}

fn unusable(cause: CredentialsError) -> Error {
    Error::new(ErrorKind::Credentials, "no usable credentials").with_cause(cause)
}
