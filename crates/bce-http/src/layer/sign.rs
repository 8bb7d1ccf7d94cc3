//! Fetching credentials and signing, again for every attempt.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bce_auth::{
    Clock, Credentials, CredentialsError, ProvideCredentials, Signer, SigningOptions, SystemClock,
};
use http::Request;
use http::header::AUTHORIZATION;
use tower_layer::Layer;
use tower_service::Service;

use super::maybe_boxed::MaybeBoxed;
use crate::context::CallRecord;
use crate::error::{BoxError, Error, ErrorKind};

/// A layer that gets credentials and signs the request.
///
/// This layer works with any service over `http::Request`, so it can add signatures to any HTTP
/// client. Place it inside everything that repeats requests, because the signature contains the
/// time of the attempt.
///
/// ```
/// use bce_auth::Credentials;
/// use bce_http::layer::Sign;
/// use tower::{Layer, ServiceExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let transport = tower::service_fn(|request: http::Request<&'static str>| async move {
///     assert!(request.headers().contains_key("authorization"));
///     Ok::<_, std::io::Error>(http::Response::new("sent"))
/// });
/// let signed = Sign::new(Credentials::new("ak", "sk")?).layer(transport);
/// let request = http::Request::get("https://bcc.bj.baidubce.com/v2/instance").body("")?;
/// assert_eq!(signed.oneshot(request).await?.into_body(), "sent");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sign {
    shared: Arc<Shared>,
}

struct Shared {
    credentials: Arc<dyn ProvideCredentials>,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl Sign {
    /// Creates a layer that signs with these credentials, the default options and the system clock.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_auth::Credentials;
    /// use bce_http::layer::Sign;
    ///
    /// let layer = Sign::new(Credentials::new("my-access-key-id", "my-secret")?);
    /// # let _ = layer;
    /// # Ok::<(), bce_auth::CredentialsError>(())
    /// ```
    pub fn new(credentials: impl ProvideCredentials) -> Self {
        Self::with(
            Arc::new(credentials),
            SigningOptions::default(),
            Arc::new(SystemClock),
        )
    }

    /// Creates a layer that signs with these credentials, options and clock.
    pub fn with(
        credentials: Arc<dyn ProvideCredentials>,
        options: SigningOptions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                credentials,
                signer: Signer::new(options),
                clock,
            }),
        }
    }
}

impl Shared {
    /// Returns the signed request. If the request belongs to a call, adds the credentials and the
    /// signature to the record of the call.
    fn sign<B>(&self, request: Request<B>, credentials: Credentials) -> Result<Request<B>, Error> {
        let (mut head, body) = request.into_parts();
        let signed = (self.signer).sign(&mut head, &credentials, self.clock.now());
        signed.map_err(|cause| {
            Error::new(ErrorKind::InvalidInput, "the request cannot be signed").with_cause(cause)
        })?;
        if let Some(record) = head.extensions.get::<CallRecord>() {
            let authorization = head.headers.get(AUTHORIZATION).cloned();
            record.secrets().add_signed(credentials, authorization);
        }
        Ok(Request::from_parts(head, body))
    }
}

fn unusable(cause: CredentialsError) -> Error {
    Error::new(ErrorKind::Credentials, "no usable credentials").with_cause(cause)
}

impl fmt::Debug for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sign")
            .field("credentials", &self.shared.credentials)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for Sign {
    type Service = SignService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SignService {
            inner,
            sign: self.clone(),
        }
    }
}

/// The service of [`Sign`].
#[derive(Clone, Debug)]
pub struct SignService<S> {
    inner: S,
    sign: Sign,
}

impl<S, B> Service<Request<B>> for SignService<S>
where
    S: Service<Request<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = S::Response;
    type Error = Error;
    type Future = MaybeBoxed<S::Future, S::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx).map_err(Error::from_inner)
    }

    #[inline]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = &self.sign.shared;
        // Most credentials are available at once, and then no future is needed to get them.
        match shared.credentials.ready_credentials() {
            None => self.ask(request),
            Some(credentials) => match shared.sign(request, credentials) {
                Ok(request) => MaybeBoxed::in_place(self.inner.call(request)),
                Err(error) => MaybeBoxed::boxed(async { Err(error) }),
            },
        }
    }
}

impl<S> SignService<S> {
    /// Waits for the credentials, and then signs the request and calls the inner service.
    fn ask<B>(&mut self, request: Request<B>) -> MaybeBoxed<S::Future, S::Response>
    where
        S: Service<Request<B>> + Clone + Send + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: Send + 'static,
    {
        // The service that was polled until it was ready moves into the future, and its clone stays
        // here.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let shared = Arc::clone(&self.sign.shared);
        MaybeBoxed::boxed(async move {
            let record = CallRecord::of(request.extensions());
            let queued = record.as_ref().map(CallRecord::enter_queue);
            let credentials = shared.credentials.provide_credentials().await;
            let request = shared.sign(request, credentials.map_err(unusable)?)?;
            let response = inner.call(request);
            // The transport has the request: from now on, its connection tells how far the request
            // has got.
            drop(queued);
            response.await.map_err(Error::from_inner)
        })
    }
}
