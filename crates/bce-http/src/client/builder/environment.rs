//! A builder with what the environment says.

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
    /// Creates a builder with what the environment says.
    ///
    /// | item | from |
    /// |---|---|
    /// | credentials | the variables of [`EnvironmentProvider`]: `BCE_ACCESS_KEY_ID`, `BCE_SECRET_ACCESS_KEY`, `BCE_SECURITY_TOKEN` or `BCE_SESSION_TOKEN`; else `BAIDUCLOUD_ACCESS_KEY` and its kin |
    /// | | else the file of [`ProfileProvider`], `~/.bce/config.json`: the profile that `BCE_PROFILE` names, or its current one |
    /// | endpoint | the variable of the service, such as `AIHC_ENDPOINT` |
    /// | region | `BCE_REGION`; else, when the endpoint is not given either, that of the profile whose credentials are used |
    ///
    /// Variables with credentials must not be empty, and neither must that of the endpoint: without
    /// a value, requests would go to the service of the region. An endpoint that cannot be used is an
    /// error of [`build`](Self::build), unless the program sets another one. An empty region counts as
    /// unset.
    /// The endpoint of a profile is not used: it does not say which service it belongs to.
    ///
    /// Credentials from variables stay as they are now. A profile is read now, and again, by its
    /// name, when a service has refused its credentials.
    ///
    /// # Errors
    ///
    /// If there are no credentials, or none that can be used: [`ErrorKind::Credentials`]. If another
    /// variable is not text: [`ErrorKind::Config`].
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

    /// As [`from_env`](Self::from_env), from variables that `lookup` knows: for tests, and for
    /// programs that keep their settings elsewhere. The home directory is such a variable, too:
    /// without `HOME` (on Windows `USERPROFILE`) no file is looked for.
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
        // By its name: whoever makes another profile current must not change who signs here.
        let same = ProfileProvider::new()
            .path(profile.path())
            .name(profile.name());
        self.credentials(CachedCredentials::new(same))
    }
}

/// Returns the endpoint that a variable holds; errors name the variable and nothing of its value.
fn endpoint(variable: &str, value: &str) -> Result<Endpoint, Error> {
    if value.trim().is_empty() {
        return Err(Error::config(format!(
            "{variable} is empty: unset the variable to use the endpoint of the region, or name a host"
        )));
    }
    Endpoint::read(value)
        .map_err(|rule| Error::config(format!("the endpoint in {variable} {rule}")))
}

/// Where [`ClientBuilder::from_lookup`] found credentials.
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
