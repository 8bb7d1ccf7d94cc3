//! Generates the client, with a method for each operation.

use super::examples::Examples;
use super::files::File;
use super::operations::arguments;
use crate::codegen::api::{Api, BodyKind, Member, Operation};
use crate::codegen::docs;
use crate::codegen::source::Source;

const HEAD: &str = r#"#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) http: bce_http::Client,
}

impl ServiceClient for Client {
    const SERVICE: &'static ServiceInfo = &SERVICE;

    fn from_http(http: bce_http::Client) -> Self {
        Self { http }
    }
}

impl Client {
    /// Returns a builder that configures and creates a client.
    pub fn builder() -> ClientBuilder<Self> {
        ClientBuilder::new()
    }

    /// Creates a client with the credentials, the region and the endpoint that the environment
    /// variables specify. See [`ClientBuilder::from_env`] for the variables.
    ///
    /// # Errors
    ///
    /// If the credentials are missing, or if a variable has an invalid value.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Returns the endpoint to which the client sends its requests.
    pub fn endpoint(&self) -> &Endpoint {
        self.http.endpoint()
    }

    /// Creates a client for tests: it sends its signed requests to `service` instead of the
    /// network.
    ///
    /// # Errors
    ///
    /// If the client cannot be built; see [`ClientBuilder::build_with_transport`].
    pub fn from_service<S, B>(service: S) -> Result<Self, Error>
    where
        S: tower_service::Service<Request<Body>, Response = Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
        B: Into<Bytes> + 'static,
    {
        bce_http::from_service(service)
    }
"#;

/// Returns the file of the client.
pub(super) fn emit(api: &Api) -> File {
    let mut source = Source::defining("Client");
    for name in ["Body", "BoxError", "ClientBuilder", "Endpoint", "Error"] {
        source.import("bce_http", name);
    }
    source.import("bce_http::rt", "ServiceClient");
    source.import("bce_http::rt", "ServiceInfo");
    source.import("bytes", "Bytes");
    source.import("http", "Request");
    source.import("http", "Response");
    source.import("super::service", "SERVICE");
    source.raw(&docs::comment(
        "",
        &[
            format!(
                "A client of {}.",
                docs::escape(&super::with_article(&api.service.title))
            ),
            "Clones share their connections, so create one client and clone it.".to_owned(),
        ],
    ));
    source.raw(HEAD);
    let examples = Examples::new(api);
    for operation in &api.operations {
        method(&mut source, &examples, operation);
    }
    source.line("}");
    File::rust(api, "client.rs", source)
}

/// Returns the list item that documents an argument.
fn argument_docs(member: &Member) -> String {
    let name = member.name.trim_start_matches("r#");
    let rest: Vec<&str> = member.docs.iter().skip(1).map(String::as_str).collect();
    format!(
        "- `{name}`: {} {}",
        super::lower_first(&member.summary),
        rest.join(" ")
    )
}

/// Returns the text that names the required members that have setters, and links to the
/// documentation of the builder.
fn more(operation: &Operation) -> String {
    let name = &operation.name;
    let by_name = |demanded: bool| {
        let members = operation.members.iter();
        members
            .filter(move |it| !it.argument && it.demanded == demanded)
            .map(|it| format!("[`{0}`]({name}::{0})", it.name.trim_start_matches("r#")))
    };
    let required: Vec<String> = by_name(true).collect();
    let see = match by_name(false).next() {
        Some(_) => format!("See [`{name}`] for details and optional parameters."),
        None => format!("See [`{name}`] for details."),
    };
    match required.split_last() {
        None => see,
        Some((last, [])) => format!("Also set {last}, which is required. {see}"),
        Some((last, others)) => {
            let others = others.join(", ");
            format!("Set {others} and {last}, which are required. {see}")
        }
    }
}

fn method<'a>(source: &mut Source, examples: &Examples<'a>, operation: &'a Operation) {
    source.import_item(&operation.name);
    let (arguments, names) = arguments(source, operation);
    let summary = operation.docs.first().cloned().unwrap_or_default();
    let more = more(operation);
    source.line("");
    let mut paragraphs = vec![summary];
    let required: Vec<String> = operation
        .members
        .iter()
        .filter(|member| member.argument)
        .map(argument_docs)
        .collect();
    let body = (operation.body == BodyKind::Raw).then(|| {
        let kind = operation.content_type.as_deref().unwrap_or_default();
        format!(
            "- `body`: the content, sent with the content type `{}`. A call whose content is a \
             stream is not repeated, since the stream can be read only once.",
            docs::code(kind)
        )
    });
    let required: Vec<String> = required.into_iter().chain(body).collect();
    if !required.is_empty() {
        paragraphs.push(required.join("\n"));
    }
    paragraphs.push(more);
    source.raw(&docs::comment("    ", &paragraphs));
    source.raw(&examples.of_method(operation));
    let own = operation.method.trim_start_matches("r#");
    for alias in operation.aliases.iter().filter(|alias| *alias != own) {
        source.line(format!("#[doc(alias = {alias:?})]"));
    }
    let parameters: Vec<String> = std::iter::once("&self".to_owned())
        .chain(arguments)
        .collect();
    source.line(format!(
        "pub fn {}({}) -> {} {{",
        operation.method,
        parameters.join(", "),
        operation.name
    ));
    let values: Vec<String> = std::iter::once("&self.http".to_owned())
        .chain(names)
        .collect();
    source.line(format!("{}::new({})", operation.name, values.join(", ")));
    source.line("}");
}
