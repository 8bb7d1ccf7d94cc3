//! Macros for the common parts of generated operation builders.

/// Implements call options and `IntoFuture` for a generated operation builder.
///
/// The type must have a field `call: Call` and a method `async fn send(self) -> Result<Response,
/// Error>`.
#[doc(hidden)]
#[macro_export]
macro_rules! __operation {
    ($builder:ident => $response:ty) => {
        impl $builder {
            /// Returns the client of the call.
            pub fn client(&self) -> &$crate::Client {
                self.call.client()
            }

            /// Sets the time limit of this call, including retries. Overrides that of the client.
            pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.call.options_mut().timeout = ::std::option::Option::Some(timeout);
                self
            }

            /// Sets whether this call may be retried after an ambiguous failure, such as a
            /// connection that broke before the response.
            pub fn with_idempotent(mut self, idempotent: bool) -> Self {
                self.call.options_mut().idempotent = ::std::option::Option::Some(idempotent);
                self
            }

            /// Sets the retry policy of this call. Overrides that of the client.
            pub fn with_retry(
                mut self,
                policy: impl ::std::convert::Into<$crate::RetryPolicy>,
            ) -> Self {
                self.call.options_mut().retry = ::std::option::Option::Some(policy.into());
                self
            }

            /// Sets the pace of this call. If the service throttles one of the calls that share a
            /// pace, all of them slow down. `None` means that the call has no pace.
            pub fn with_pace<'p>(
                mut self,
                pace: impl ::std::convert::Into<::std::option::Option<&'p $crate::Pace>>,
            ) -> Self {
                self.call.options_mut().pace = pace.into().cloned();
                self
            }

            /// Adds a header to the request. Headers that the client sets itself, such as `host`
            /// and `authorization`, are refused when the call is sent.
            pub fn with_header(
                mut self,
                name: impl ::std::convert::AsRef<str>,
                value: impl ::std::convert::AsRef<str>,
            ) -> Self {
                self.call = self.call.header(name, value);
                self
            }
        }

        impl ::std::future::IntoFuture for $builder {
            type Output = ::std::result::Result<$response, $crate::Error>;
            type IntoFuture = ::std::pin::Pin<
                ::std::boxed::Box<dyn ::std::future::Future<Output = Self::Output> + Send>,
            >;

            fn into_future(self) -> Self::IntoFuture {
                ::std::boxed::Box::pin(self.send())
            }
        }
    };
}
