//! Captures the calls of all operations of `aihc`, their responses and their errors. As many
//! members as possible are set, and the responses contain secrets wherever that is possible.

use std::fmt::Debug;

use aihc::jobs::JobSpecs;
use aihc::services::ServiceConf;
use bce_auth::Credentials;
use bce_http::{Body, ClientBuilder};
use bce_testing::{Script, Scripted};
use proofs::calls::{self, Description, Refusal, Witness};
use serde_json::{Value, json};

use crate::capture::Capture;
use crate::echo::{Echo, QuotedIn};
use crate::scenes::{ACCESS_KEY, Scenes};
use crate::{MISPLACED, PASSWORD, SECRET_KEY};

/// A [`Witness`] that captures the values it observes: calls and their responses.
struct Seen<'a>(&'a Capture);

impl Witness for Seen<'_> {
    fn see<T: Debug>(&self, value: &T) {
        self.0.debug(value);
    }
}

pub(crate) async fn show_all(stage: &Scenes) {
    let description = Description::load().unwrap();
    let credentials = Credentials::session(ACCESS_KEY, SECRET_KEY, MISPLACED).unwrap();
    stage.wire.know(&credentials);
    let builder = || ClientBuilder::new().credentials(credentials.clone());
    for operation in description.operations() {
        let answer = description.answer(operation, PASSWORD).to_string();
        let answers = Scripted::<Body>::new([
            Script::Answer(200, answer.clone().leak()),
            // A response that cannot be read must not be quoted.
            Script::Answer(200, answer.replace(':', ":[").leak()),
        ]);
        let client: aihc::Client = builder().build_with_transport(answers).unwrap();
        stage.capture.debug(&client);
        assert!(
            call(stage, &description, &client, operation).await,
            "{operation}"
        );
        assert!(
            !call(stage, &description, &client, operation).await,
            "{operation}"
        );
        for place in QuotedIn::ALL {
            let refusing = Echo {
                echo: |sent| {
                    format!(
                        "session token '{}' rejected; body was {}",
                        sent.token, sent.body
                    )
                },
                place,
                wire: stage.wire.clone(),
            };
            let client: aihc::Client = builder().build_with_transport(refusing).unwrap();
            assert!(
                !call(stage, &description, &client, operation).await,
                "{operation}"
            );
        }
    }
    show_models(&stage.capture, &description);
    show_waits(&stage.capture, &description).await;
}

/// Makes a call, and captures the call itself and its response or its error. Returns whether the
/// call succeeded.
async fn call(
    stage: &Scenes,
    description: &Description,
    client: &aihc::Client,
    operation: &str,
) -> bool {
    let arguments = description.sample(operation, PASSWORD);
    match calls::call(client, operation, arguments, None, &Seen(&stage.capture)).await {
        Ok(()) => true,
        Err(Refusal::Error(error)) => {
            stage.capture.client_error(error);
            false
        }
        Err(Refusal::Arguments(problem)) => panic!("{operation}: {problem}"),
    }
}

/// Captures configurations of jobs and services, also in the formats in which programs store them.
fn show_models(capture: &Capture, description: &Description) {
    let job = Value::from(description.sample("CreateJob", PASSWORD));
    let spec = &job["jobSpec"];
    for form in [spec.clone(), json!({"Head": spec}), json!([PASSWORD])] {
        let specs: JobSpecs = serde_json::from_value(form).unwrap();
        capture.debug(&specs);
        capture.serialized(&specs);
    }
    let service = Value::from(description.sample("CreateService", PASSWORD));
    let conf: ServiceConf = serde_json::from_value(service).unwrap();
    capture.debug(&conf);
    capture.serialized(&conf);
}

/// Captures the `Debug` output and the errors of two helpers that send several requests: one waits
/// until a job runs, the other follows the log of a pod of the job. Both of them fail here.
async fn show_waits(capture: &Capture, description: &Description) {
    let mut job = description.answer("DescribeJob", PASSWORD);
    job["status"] = json!("Failed");
    let events = description.answer("DescribeJobEvents", PASSWORD);
    let answers = [job, events].map(|answer| Script::Answer(200, answer.to_string().leak()));
    let client = aihc::Client::from_service(Scripted::<Body>::new(answers)).unwrap();
    let wait = client.wait_until_job_running("p", "q", "j");
    capture.debug(&wait);
    let wait = wait.on_progress(|progress| capture.debug(progress));
    capture.error(wait.await.unwrap_err());
    let mut logs = client.follow_job_logs("p", "q", "j", "pod");
    capture.debug(&logs);
    capture.client_error(logs.try_next().await.unwrap_err());
    capture.debug(&logs);
}
