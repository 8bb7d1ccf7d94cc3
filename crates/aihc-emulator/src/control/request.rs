//! The requests that the emulator received, as JSON.

use std::collections::BTreeMap;

use http::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use crate::date::iso8601;
use crate::handle::Handle;
use crate::journal::RequestRecord;

#[derive(Serialize)]
pub(super) struct Requests {
    counts: BTreeMap<&'static str, u64>,
    requests: Vec<RequestDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestDocument {
    received_at: String,
    service: Option<&'static str>,
    operation: Option<&'static str>,
    method: String,
    target: String,
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    status: u16,
    code: Option<&'static str>,
    request_id: String,
    fault: Option<u64>,
}

/// Returns the recorded requests for `operation`, or all recorded requests if it is `None`. The
/// result also contains the request counts of all operations. Only the latest requests are
/// recorded.
pub(super) fn requests(handle: &Handle, operation: Option<&str>) -> Requests {
    let wanted = |record: &RequestRecord| operation.is_none() || record.operation == operation;
    let records = handle.requests().into_iter();
    Requests {
        counts: handle.request_counts(),
        requests: records.filter(wanted).map(RequestDocument::from).collect(),
    }
}

impl From<RequestRecord> for RequestDocument {
    fn from(record: RequestRecord) -> Self {
        Self {
            received_at: iso8601(record.received_at),
            service: record.service,
            operation: record.operation,
            method: record.method.to_string(),
            target: record.target,
            headers: texts(&record.headers),
            body: record
                .body
                .and_then(|body| serde_json::from_str(&body).ok()),
            status: record.status,
            code: record.code,
            request_id: record.request_id,
            fault: record.fault,
        }
    }
}

fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let text = texts.entry(name.to_string()).or_default();
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&value);
    }
    texts
}
