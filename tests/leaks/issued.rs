//! Captures the errors and the `Debug` output that result if STS issues credentials that cannot be
//! used.

use bce_auth::{Credentials, CredentialsError, ProvideCredentials};
use bce_http::{Body, ClientBuilder};
use bce_sts::SessionTokenProvider;
use bce_testing::{Script, Scripted};

use crate::scenes::Scenes;
use crate::{MISPLACED, SECRET_KEY};

/// Captures the results of requests to STS whose responses contain credentials of which one part is
/// empty or unusable.
pub(crate) async fn show_all(stage: &Scenes) {
    let capture = &stage.capture;
    let broken = format!("{MISPLACED}\n");
    for (id, secret, token) in [
        ("", SECRET_KEY, MISPLACED),
        ("id", "", MISPLACED),
        ("id", SECRET_KEY, ""),
        ("id", SECRET_KEY, &broken),
        // The id and the secret key are swapped.
        (SECRET_KEY, "id", MISPLACED),
    ] {
        let body = serde_json::json!({
            "accessKeyId": id, "secretAccessKey": secret, "sessionToken": token,
        });
        // A script has to be static. There are few of them, so leaking does not matter.
        let answer = Script::Answer(200, body.to_string().leak());
        let sts: bce_sts::Client = ClientBuilder::new()
            .credentials(stage.emulator.credentials().clone())
            .build_with_transport(Scripted::<Body>::new([answer.clone(), answer]))
            .unwrap();
        let issued = sts.get_session_token().await.unwrap();
        // An id is not a secret, even if STS returns it in the place of one.
        if id != SECRET_KEY {
            capture.debug(&issued);
        }
        let refused: Result<Credentials, CredentialsError> = issued.try_into();
        capture.error(refused.unwrap_err());
        let provider = SessionTokenProvider::new(sts.get_session_token());
        capture.error(provider.provide_credentials().await.unwrap_err());
        capture.debug(&provider);
    }
}
