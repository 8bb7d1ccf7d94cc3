//! Name resolution, which distinguishes permanent from transient failures.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::{Semaphore, oneshot};
use tower_service::Service;

use crate::error::BoxError;

/// Resolves the host name of the endpoint or of a proxy to addresses.
///
/// The default is the resolver of the operating system; [`lookup`](Self::lookup) replaces it.
///
/// The operating system may take much longer than a call if its name servers do not respond, and
/// nothing can interrupt it. It therefore runs in separate threads, which delay neither the end of
/// the call nor that of the runtime or of the process. If it finds the name after the attempt has
/// ended, the attempts of the next 30 seconds use that.
#[derive(Clone, Default)]
pub struct Resolver(Option<Arc<Lookup>>);

type Lookup = dyn Fn(String) -> Resolving + Send + Sync;

type Resolving<E = io::Error> =
    Pin<Box<dyn Future<Output = Result<vec::IntoIter<SocketAddr>, E>> + Send>>;

impl Resolver {
    /// Creates the resolver of the operating system, which is the default.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::Resolver;
    ///
    /// let resolver = Resolver::system();
    /// # let _ = resolver;
    /// ```
    pub const fn system() -> Self {
        Self(None)
    }

    /// Creates a resolver from a function. The function gets a host name, never an address, and
    /// returns the addresses in the order in which they are to be tried. A port in an address is
    /// used only if it is not 0 and the URI contains no port; otherwise, the port of the URI is
    /// used.
    ///
    /// An error of the kind [`io::ErrorKind::NotFound`] means that the name does not exist; a call
    /// that fails because of it is not retried. Every other error counts as transient.
    ///
    /// ```
    /// use bce_http::connect::Resolver;
    /// use std::net::SocketAddr;
    ///
    /// let resolver = Resolver::lookup(|_name| async {
    ///     Ok([SocketAddr::from(([192, 0, 2, 7], 0)), SocketAddr::from(([192, 0, 2, 8], 0))])
    /// });
    /// # drop(resolver);
    /// ```
    pub fn lookup<F, R, A>(lookup: F) -> Self
    where
        F: Fn(String) -> R + Send + Sync + 'static,
        R: Future<Output = io::Result<A>> + Send + 'static,
        A: IntoIterator<Item = SocketAddr>,
    {
        Self(Some(Arc::new(move |name| {
            let found = lookup(name);
            Box::pin(async move {
                let addresses: Vec<_> = found.await?.into_iter().collect();
                Ok(addresses.into_iter())
            })
        })))
    }
}

/// A resolver in the form that hyper-util expects.
#[derive(Clone, Debug)]
pub(crate) struct ResolverService(pub(crate) Resolver);

impl Service<Name> for ResolverService {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = Noted<Resolving<BoxError>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolving: Resolving<BoxError> = match &self.0.0 {
            Some(lookup) => {
                let found = lookup(name.as_str().to_owned());
                Box::pin(async move {
                    found.await.map_err(|error| match error.kind() {
                        io::ErrorKind::NotFound => UnknownHostError::saying(&error),
                        _ => error.into(),
                    })
                })
            }
            None => {
                let found = lookup(name.as_str().to_owned(), |name| {
                    Ok((name, 0).to_socket_addrs()?.collect())
                });
                Box::pin(async move {
                    match found.await {
                        Ok(addresses) => Ok(addresses.into_iter()),
                        Err(error) if means_no_such_name(&error) => {
                            Err(UnknownHostError::saying(&error))
                        }
                        Err(error) => Err(error.into()),
                    }
                })
            }
        };
        Noted(resolving)
    }
}

thread_local! {
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

/// A future that resolves a name, and tells [`was_waiting`] when it waits.
#[derive(Debug)]
pub(crate) struct Noted<F>(F);

impl<F: Future + Unpin> Future for Noted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let polled = Pin::new(&mut self.0).poll(cx);
        WAITS.set(polled.is_pending());
        polled
    }
}

/// Returns whether a name was being resolved in the poll that has just ended on this thread. The
/// time limit around a connector learns in this way what the connector waits for: a connector can
/// return nothing before it has a connection or has failed.
pub(super) fn was_waiting() -> bool {
    WAITS.take()
}

/// The operating system resolves at most this many names at the same time; further ones wait. This
/// is the default number of tokio's threads for such work.
static THREADS: Semaphore = Semaphore::const_new(512);

/// An address that was found too late is used for this long: an idle connection to it would be
/// kept for as long by default.
const LATE_FOR: Duration = Duration::from_secs(30);

/// What the operating system found when nobody was waiting any more.
///
/// If the first of several name servers does not respond, the usual resolvers ask the next one
/// after five seconds, every time. Without its late result, no attempt would ever get further.
static LATE: Mutex<Vec<Late>> = Mutex::new(Vec::new());

struct Late {
    name: String,
    addresses: Vec<SocketAddr>,
    found: Instant,
}

/// Returns the late results, without those that are too old.
fn late() -> MutexGuard<'static, Vec<Late>> {
    let mut late = LATE.lock().unwrap_or_else(PoisonError::into_inner);
    late.retain(|late| late.found.elapsed() < LATE_FOR);
    late
}

/// Looks up a name with a function that blocks, unless the previous lookup of this name has found
/// it in the meantime.
async fn lookup<F>(name: String, work: F) -> io::Result<Vec<SocketAddr>>
where
    F: FnOnce(&str) -> io::Result<Vec<SocketAddr>> + Send + 'static,
{
    if let Some(late) = late().iter().find(|late| late.name == name) {
        return Ok(late.addresses.clone());
    }
    let permit = THREADS.acquire().await.map_err(io::Error::other)?;
    let (done, result) = oneshot::channel();
    in_own_thread(move || {
        let found = done.send(work(&name));
        drop(permit);
        if let Err(Ok(addresses)) = found {
            let mut late = late();
            late.retain(|late| late.name != name);
            late.push(Late {
                name,
                addresses,
                found: Instant::now(),
            });
        }
    })?;
    result.await.map_err(io::Error::other)?
}

/// Runs a function that blocks in a new thread.
///
/// hyper-util's resolver uses `spawn_blocking`, and a runtime that ends waits for such functions:
/// with name servers that do not respond, a program would end up to a minute after its last call.
fn in_own_thread(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let thread = thread::Builder::new().name("bce-resolver".to_owned());
    thread.spawn(work).map(drop)
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            None => "Resolver(system)",
            Some(_) => "Resolver(custom)",
        })
    }
}

/// The error for a host name that, according to the resolver, does not exist or has no address.
#[derive(Debug)]
pub struct UnknownHostError(String);

impl UnknownHostError {
    fn saying(error: &io::Error) -> BoxError {
        Self(error.to_string()).into()
    }
}

/// Writes the message of the resolver.
impl fmt::Display for UnknownHostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownHostError {}

/// The messages of operating systems for `EAI_NONAME` and `EAI_NODATA`. Except on Windows, the
/// standard library passes on only the message of `getaddrinfo`, not the number of the error. A
/// message that is not listed here counts as a transient failure.
const NO_SUCH_NAME: [&str; 9] = [
    // glibc. Android and one BSD also use the second message.
    "Name or service not known",
    "No address associated with hostname",
    // musl, FreeBSD.
    "Name does not resolve",
    "Name has no usable address",
    // macOS.
    "nodename nor servname provided, or not known",
    "No address associated with nodename",
    // Other BSDs.
    "hostname nor servname provided, or not known",
    "name or service is not known",
    "no address associated with name",
];

/// The numbers of `WSAHOST_NOT_FOUND` and `WSANO_DATA`.
const NO_SUCH_NAME_ON_WINDOWS: [i32; 2] = [11001, 11004];

fn means_no_such_name(error: &io::Error) -> bool {
    if let Some(code) = error.raw_os_error() {
        return cfg!(windows) && NO_SUCH_NAME_ON_WINDOWS.contains(&code);
    }
    let text = error.to_string();
    NO_SUCH_NAME.iter().any(|known| text.ends_with(known))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::runtime::Builder;

    use super::*;

    async fn resolve(resolver: Resolver, name: &str) -> Result<Vec<SocketAddr>, BoxError> {
        let mut service = ResolverService(resolver);
        let found = service.call(name.parse().unwrap()).await?;
        Ok(found.collect())
    }

    #[tokio::test]
    async fn the_system_knows_this_machine_and_says_which_names_cannot_exist() {
        let found = resolve(Resolver::system(), "localhost").await.unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback()));
        // An empty label: no server has to be asked.
        let error = resolve(Resolver::system(), "a..b").await.unwrap_err();
        assert!(error.is::<UnknownHostError>(), "{error:?}");
        assert!(error.to_string().contains("lookup"), "{error}");
    }

    #[test]
    fn a_runtime_ends_although_the_system_is_still_resolving() {
        let (started, starts) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let runtime = Builder::new_multi_thread().build().unwrap();
        runtime.spawn(lookup("stalled.test".to_owned(), move |_| {
            started.send(()).unwrap();
            let _ = released.recv();
            Err(io::ErrorKind::TimedOut.into())
        }));
        starts.recv().unwrap();
        let (ended, ends) = mpsc::channel();
        thread::spawn(move || {
            drop(runtime);
            ended.send(()).unwrap();
        });
        let result = ends.recv_timeout(Duration::from_secs(20));
        drop(release);
        result.unwrap();
    }

    #[tokio::test]
    async fn what_is_found_too_late_is_what_the_next_attempt_uses() {
        let address = SocketAddr::from(([192, 0, 2, 7], 0));
        let (started, starts) = oneshot::channel();
        let (release, released) = mpsc::channel::<()>();
        let slow = tokio::spawn(lookup("slow.test".to_owned(), move |_| {
            started.send(()).unwrap();
            let _ = released.recv();
            Ok(vec![address])
        }));
        starts.await.unwrap();
        slow.abort();
        assert!(slow.await.unwrap_err().is_cancelled());
        drop(release);
        let denied = |_: &str| Err(io::ErrorKind::TimedOut.into());
        let attempts = async {
            loop {
                if let Ok(found) = lookup("slow.test".to_owned(), denied).await {
                    break found;
                }
            }
        };
        let found = tokio::time::timeout(Duration::from_secs(20), attempts).await;
        assert_eq!(found.unwrap(), [address]);
        let other = lookup("other.test".to_owned(), denied).await;
        assert_eq!(other.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_lookup_that_panics_is_an_error() {
        let found = lookup("panics.test".to_owned(), |_| {
            std::panic::resume_unwind(Box::new(()))
        });
        let error = found.await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Other);
    }

    #[test]
    fn only_what_denies_the_name_is_permanent() {
        let said = |text: &str| {
            means_no_such_name(&io::Error::other(format!(
                "failed to lookup address information: {text}"
            )))
        };
        for text in NO_SUCH_NAME {
            assert!(said(text), "{text}");
        }
        for text in [
            "Temporary failure in name resolution",
            "Non-recoverable failure in name resolution",
            "Try again",
            "System error",
            "Name or service not known yet",
            "",
        ] {
            assert!(!said(text), "{text}");
        }
        let no_memory = io::Error::from_raw_os_error(12);
        assert!(!means_no_such_name(&no_memory));
    }

    #[tokio::test]
    async fn a_lookup_of_ones_own_denies_a_name_by_the_kind_of_its_error() {
        for (kind, denied) in [
            (io::ErrorKind::NotFound, true),
            (io::ErrorKind::TimedOut, false),
            (io::ErrorKind::Other, false),
        ] {
            let resolver = Resolver::lookup(move |name| async move {
                assert_eq!(name, "zoo.test");
                Err::<[SocketAddr; 0], _>(io::Error::new(kind, "no zoo"))
            });
            let error = resolve(resolver, "zoo.test").await.unwrap_err();
            assert_eq!(error.is::<UnknownHostError>(), denied, "{kind:?}");
            assert_eq!(error.to_string(), "no zoo");
        }
    }
}
