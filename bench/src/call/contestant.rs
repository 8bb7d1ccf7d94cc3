//! Who lists dev instances: our client, and two that hold less.

use aihc_dev::model::ListDevInstancesResponse;
use bce_auth::{Credentials, Signer};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use time::OffsetDateTime;

use super::model::List;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How many instances a call asks for.
pub(crate) const PAGE_SIZE: usize = 10;

/// Makes one list call after another. A clone shares the connections.
#[derive(Clone)]
pub(crate) enum Contestant {
    /// Everything that is on by default: retry, budget, deadlines, skew, spans.
    Ours(aihc_dev::Client),
    /// hyper-util's client and nothing else: no signature, and the answer stays bytes.
    Bare(Bare),
    /// The same with a signature, and the answer read into derived types.
    Signed(Bare, Signer, Credentials),
}

/// hyper-util's pooled client and what it asks for.
#[derive(Clone)]
pub(crate) struct Bare {
    client: Client<HttpConnector, Empty<Bytes>>,
    endpoint: String,
}

impl Contestant {
    pub(crate) const NAMES: [&str; 3] = ["ours", "bare", "signed"];

    pub(crate) fn new(name: &str, endpoint: &str) -> Result<Self> {
        let credentials = Credentials::new("bench-access-key", "bench-secret-key")?;
        match name {
            "ours" => {
                let client = aihc_dev::Client::builder()
                    .endpoint(endpoint)
                    .credentials(credentials);
                Ok(Self::Ours(client.build()?))
            }
            "bare" => Ok(Self::Bare(Bare::new(endpoint))),
            "signed" => {
                let signer = Signer::default();
                Ok(Self::Signed(Bare::new(endpoint), signer, credentials))
            }
            _ => Err("ours, bare or signed".into()),
        }
    }

    /// One call; how many instances, or for the bare one how many bytes, came.
    pub(crate) async fn call(&self) -> Result<usize> {
        match self {
            Self::Ours(client) => Ok(list(client).await?.dev_instances.len()),
            Self::Bare(bare) => Ok(bare.send(bare.request()?).await?.len()),
            Self::Signed(bare, signer, credentials) => {
                let list = bare.list(signer, credentials).await?;
                Ok(list.dev_instances.len())
            }
        }
    }

    /// What the call came to, for those who read it.
    pub(crate) async fn answer(&self) -> Result<Option<serde_json::Value>> {
        Ok(match self {
            Self::Ours(client) => Some(serde_json::to_value(list(client).await?)?),
            Self::Bare(_) => None,
            Self::Signed(bare, signer, credentials) => {
                let list = bare.list(signer, credentials).await?;
                Some(serde_json::to_value(list)?)
            }
        })
    }
}

async fn list(client: &aihc_dev::Client) -> Result<ListDevInstancesResponse> {
    let call = client.list_dev_instances().page_number(1);
    Ok(call.page_size(PAGE_SIZE as i64).send().await?)
}

impl Bare {
    fn new(endpoint: &str) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new()).build(tcp),
            endpoint: endpoint.to_owned(),
        }
    }

    /// The request that our client sends, but for the signature.
    fn request(&self) -> Result<Request<Empty<Bytes>>> {
        let uri = format!(
            "{}/?action=DescribeDevInstances&pageNumber={}&pageSize={PAGE_SIZE}",
            self.endpoint, 1
        );
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = Uri::try_from(uri)?;
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, HeaderValue::from_static("bench/0.1.0 (linux)"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("version", HeaderValue::from_static("v2"));
        Ok(request)
    }

    async fn send(&self, request: Request<Empty<Bytes>>) -> Result<Bytes> {
        let response = self.client.request(request).await?;
        Ok(response.into_body().collect().await?.to_bytes())
    }

    async fn list(&self, signer: &Signer, credentials: &Credentials) -> Result<List> {
        let (mut head, body) = self.request()?.into_parts();
        signer.sign(&mut head, credentials, OffsetDateTime::now_utc())?;
        let answer = self.send(Request::from_parts(head, body)).await?;
        Ok(serde_json::from_slice(&answer)?)
    }
}
