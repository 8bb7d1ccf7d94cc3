//! The clients that `cargo xtask bench call` compares (the contestants): our client and three
//! others. Each of them can list dev instances.

mod bare;
mod fair;
pub(crate) mod model;
mod on_reqwest;

use aihc_dev::model::ListDevInstancesResponse;
use bce_auth::Credentials;
use serde_json::Value;

use self::bare::Bare;
use self::fair::Fair;
use self::on_reqwest::OnReqwest;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The number of instances that a call requests.
pub(crate) const PAGE_SIZE: usize = 10;

/// One of the clients that are compared, each of which can list dev instances. Clones share their
/// connections.
#[derive(Clone)]
pub(crate) enum Contestant {
    /// Our client with everything that is enabled by default, such as retries, deadlines, the
    /// correction of the clock, and tracing spans.
    Ours(aihc_dev::Client),
    /// The client of hyper-util alone: it does not sign requests or decode responses.
    Bare(Bare),
    /// The client of hyper-util with what a careful programmer would add, such as a signature and a
    /// time limit.
    Fair(Fair),
    /// reqwest, with our signature.
    OnReqwest(OnReqwest),
}

impl Contestant {
    pub(crate) const NAMES: [&str; 4] = ["ours", "bare", "fair", "reqwest"];

    pub(crate) fn new(name: &str, endpoint: &str) -> Result<Self> {
        let credentials = Credentials::new("bench-access-key", "bench-secret-key")?;
        Ok(match name {
            "ours" => {
                let client = aihc_dev::Client::builder()
                    .endpoint(endpoint)
                    .credentials(credentials);
                Self::Ours(client.build()?)
            }
            "bare" => Self::Bare(Bare::new(endpoint)),
            "fair" => Self::Fair(Fair::new(endpoint, credentials)),
            "reqwest" => Self::OnReqwest(OnReqwest::new(endpoint, credentials)?),
            _ => return Err("ours, bare, fair or reqwest".into()),
        })
    }

    /// Lists dev instances once. Returns the number of instances or, for [`Bare`](Self::Bare), the
    /// number of bytes in the response.
    pub(crate) async fn call(&self) -> Result<usize> {
        Ok(match self {
            Self::Ours(client) => list(client).await?.dev_instances.len(),
            Self::Bare(bare) => bare.bytes().await?.len(),
            Self::Fair(fair) => fair.list().await?.dev_instances.len(),
            Self::OnReqwest(client) => client.list().await?.dev_instances.len(),
        })
    }

    /// Lists dev instances once, and returns the decoded response as JSON; `None` for
    /// [`Bare`](Self::Bare), which does not decode the response.
    pub(crate) async fn answer(&self) -> Result<Option<Value>> {
        let answer = match self {
            Self::Ours(client) => serde_json::to_value(list(client).await?)?,
            Self::Bare(_) => return Ok(None),
            Self::Fair(fair) => serde_json::to_value(fair.list().await?)?,
            Self::OnReqwest(client) => serde_json::to_value(client.list().await?)?,
        };
        Ok(Some(answer))
    }
}

async fn list(client: &aihc_dev::Client) -> Result<ListDevInstancesResponse> {
    let call = client.list_dev_instances().page_number(1);
    Ok(call.page_size(PAGE_SIZE as i64).send().await?)
}
