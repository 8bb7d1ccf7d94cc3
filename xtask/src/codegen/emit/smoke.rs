//! Generates the test of a generated crate. It calls every operation for which valid arguments are
//! known, with a service in memory.

use super::files::File;
use super::sample::Samples;
use crate::codegen::api::{Api, BodyKind, Member, Operation, Place};
use crate::codegen::source::Source;

/// The path of the test in the crate.
pub(crate) const PATH: &str = "tests/smoke.rs";

const MEMORY: &str = r##"
/// A service in memory that keeps the first request and refuses all of them.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Option<Request<Body>>>>);

impl tower_service::Service<Request<Body>> for Memory {
    type Response = Response<&'static str>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.0.lock().unwrap().get_or_insert(request);
        let mut response = Response::new(r#"{"requestId":"r","code":"OnlyATest","message":"no"}"#);
        *response.status_mut() = StatusCode::BAD_REQUEST;
        ready(Ok(response))
    }
}

impl Memory {
    fn client(&self) -> Client {
        Client::from_service(self.clone()).unwrap()
    }

    /// Asserts that the operation's signed request arrived here. If it did not, the message
    /// contains `error`, the outcome of the operation.
    fn assert_sent(&self, method: &str, path: &str, error: Option<Error>) {
        let sent = self.0.lock().unwrap().take();
        let request = sent.unwrap_or_else(|| panic!("nothing was sent: {error:?}"));
        assert_eq!(request.method().as_str(), method);
        assert_eq!(request.uri().path(), path);
        let signature = request.headers()["authorization"].to_str().unwrap();
        assert!(signature.starts_with("bce-auth-v1/"));
    }
}

mod operation {
use super::Memory;
"##;

/// Returns the test. It lists the operations for which no valid arguments are known.
pub(super) fn emit(api: &Api) -> File {
    let mut tests = Source::default();
    let mut without = Vec::new();
    let mut samples = Samples::new(api);
    for operation in &api.operations {
        match test(&mut samples, operation) {
            Some(text) => tests.raw(&text),
            None => without.push(operation.wire.as_str()),
        }
    }
    let tests = tests.into_text();
    let mut source = Source::by_path();
    source.module_docs(&[
        "Checks that every operation sends one signed request with its method and \
            path.",
    ]);
    if !without.is_empty() {
        source.module_text(&format!("//!\n//! Not checked: {}.\n", without.join(", ")));
    }
    if tests.is_empty() {
        return File::rust(api, PATH, source);
    }
    for (path, name) in [
        ("std::convert", "Infallible"),
        ("std::future", "Ready"),
        ("std::future", "ready"),
        ("std::sync", "Arc"),
        ("std::sync", "Mutex"),
        ("std::task", "Context"),
        ("std::task", "Poll"),
        ("bce_http", "Body"),
        ("bce_http", "Error"),
        ("http", "Request"),
        ("http", "Response"),
        ("http", "StatusCode"),
    ] {
        source.import(path, name);
    }
    let library = api.service.crate_name.replace('-', "_");
    source.import(&library, "Client");
    source.raw(MEMORY);
    source.raw(&tests);
    source.line("}");
    File::rust(api, PATH, source)
}

fn test<'a>(samples: &mut Samples<'a>, operation: &'a Operation) -> Option<String> {
    let known = matches!(
        operation.body,
        BodyKind::None
            | BodyKind::Object
            | BodyKind::ObjectOrEmpty
            | BodyKind::Form
            | BodyKind::Raw
    );
    if !known {
        return None;
    }
    let mut values = Vec::new();
    for member in operation.members.iter().filter(|member| member.argument) {
        values.push(samples.member(member)?);
    }
    if operation.body == BodyKind::Raw {
        values.push("\"content\"".to_owned());
    }
    let method = &operation.method;
    let mut call = format!("memory.client().{method}({})", values.join(", "));
    let must_be_set = |member: &&Member| {
        let is_chosen = operation.rules.iter().any(|rule| rule.chooses(member));
        is_chosen || member.must_be_set() || member.is_unset_when_empty()
    };
    for member in operation.members.iter().filter(|member| !member.argument) {
        if must_be_set(&member) {
            call.push_str(&format!(".{}({})", member.name, samples.member(member)?));
        }
    }
    Some(format!(
        "
    #[tokio::test]
    async fn {method}() {{
        let memory = Memory::default();
        let answer = {call}.send().await;
        memory.assert_sent({:?}, {:?}, answer.err());
    }}
",
        operation.http_method,
        path(samples, operation)?
    ))
}

/// Returns the path of the request that the test expects; `None` if it cannot be predicted.
fn path(samples: &Samples<'_>, operation: &Operation) -> Option<String> {
    let mut path = operation.uri.clone();
    let of_url = operation.members.iter().filter(|it| it.place == Place::Url);
    for member in of_url {
        let value = samples.on_the_wire(member)?;
        // This test does not cover encoding, so values that would have to be encoded are left out.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if !value.chars().all(plain) {
            return None;
        }
        path = path.replace(&format!("{{{}}}", member.wire), &value);
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
    path.chars().all(plain).then_some(path)
}
