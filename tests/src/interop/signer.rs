//! Runs the signer of an SDK in a separate process. It receives lists of requests, and returns
//! lists of authorizations.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::Value;

use super::sdk::Sdk;

/// The running process that signs requests with an official SDK. Dropping the value ends the
/// process.
#[derive(Debug)]
pub(super) struct SdkSigner {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl SdkSigner {
    pub(super) fn start(sdk: &Sdk) -> Result<Self, String> {
        let mut process = sdk
            .program("sign")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the signer of {} does not start: {error}", sdk.name()))?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(requests), Some(answers)) => Ok(Self {
                process,
                requests,
                answers: BufReader::new(answers),
            }),
            _ => Err("the signer of the SDK has no pipes".to_owned()),
        }
    }

    /// Returns the authorization that the SDK computes for each request. The requests have the
    /// format that the programs `sign.py` and `sign.js` read.
    pub(super) fn sign(&mut self, requests: &[Value]) -> Result<Vec<String>, String> {
        let failed = |error: &dyn std::fmt::Display| format!("the signer of the SDK: {error}");
        let mut line = serde_json::to_string(requests).map_err(|error| failed(&error))?;
        line.push('\n');
        let sent = self.requests.write_all(line.as_bytes());
        sent.map_err(|error| failed(&error))?;
        line.clear();
        let read = self.answers.read_line(&mut line);
        if read.map_err(|error| failed(&error))? == 0 {
            return Err(failed(&"it has ended; what it says is above"));
        }
        let answers: Vec<String> = serde_json::from_str(&line).map_err(|error| failed(&error))?;
        match answers.len() == requests.len() {
            true => Ok(answers),
            false => Err(failed(&"it did not answer every request")),
        }
    }
}

impl Drop for SdkSigner {
    fn drop(&mut self) {
        // The process may already have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
