//! Whether the endpoint can be reached, and through what.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bce_http::connect::{Proxy, ProxyConnector};
use bce_http::{BoxError, Endpoint};
use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::{Service as _, service_fn};

/// How the way to the endpoint looks.
pub(super) struct Path {
    /// The proxy, without its login.
    pub(super) proxy: Option<String>,
    /// How long it took to open, or why it does not.
    pub(super) result: Result<Duration, String>,
}

/// Opens a connection as the client does, without TLS.
pub(super) async fn open(endpoint: &Endpoint, proxy: Proxy, limit: Duration) -> Path {
    let target = match format!("{endpoint}/").parse::<Uri>() {
        Ok(target) => target,
        Err(error) => {
            return Path {
                proxy: None,
                result: Err(error.to_string()),
            };
        }
    };
    // The connector is asked for the proxy's address where there is one.
    let dialled = Arc::new(Mutex::new(None));
    let note = Arc::clone(&dialled);
    let dial = service_fn(move |uri: Uri| {
        *note.lock().unwrap_or_else(PoisonError::into_inner) = Some(uri.clone());
        async move {
            let stream = TcpStream::connect((host(&uri), port(&uri))).await?;
            Ok::<_, BoxError>(TokioIo::new(stream))
        }
    });
    let started = Instant::now();
    let mut connector = ProxyConnector::new(dial, proxy);
    let opening = tokio::time::timeout(limit, connector.call(target.clone()));
    let result = match opening.await {
        Ok(Ok(_)) => Ok(started.elapsed()),
        Ok(Err(error)) => Err(explained(error)),
        Err(_) => Err(format!("no connection after {} s", limit.as_secs())),
    };
    let dialled = dialled
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let proxy = dialled.filter(|uri| uri.authority() != target.authority());
    Path {
        proxy: proxy.map(|uri| format!("{}:{}", host(&uri), port(&uri))),
        result,
    }
}

fn explained(error: BoxError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text += &format!(": {cause_text}");
        }
        source = cause.source();
    }
    text
}

fn host(uri: &Uri) -> &str {
    let host = uri.host().unwrap_or_default();
    host.trim_start_matches('[').trim_end_matches(']')
}

fn port(uri: &Uri) -> u16 {
    let default = match uri.scheme_str() {
        Some("https") => 443,
        _ => 80,
    };
    uri.port_u16().unwrap_or(default)
}
