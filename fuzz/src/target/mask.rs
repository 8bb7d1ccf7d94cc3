//! Checks that an error shows no secret of the request when the response quotes the secret, in any
//! of several encodings.
//!
//! The first four bytes of an input select the secret, the part of the response that quotes it, the
//! encoding, and the length of an addition to the secret. The addition follows, and then the text
//! that quotes the secret: each byte 0xff stands for the secret.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt::Write as _;

use aihc_dev::model::{DevInstanceConf, Image, ResourcePool, Resources};
use aihc_dev::{Client, Credentials};
use bce_http::{Body, ClientBuilder, RetryPolicy};
use bytes::Bytes;
use http::{HeaderValue, Request, Response};

/// The part of the request that the response quotes.
#[derive(Clone, Copy)]
enum Part {
    Key,
    Token,
    Authorization,
    Signature,
    Password,
    Variable,
}

const PARTS: [Part; 6] = [
    Part::Key,
    Part::Token,
    Part::Authorization,
    Part::Signature,
    Part::Password,
    Part::Variable,
];

thread_local! {
    /// The function that builds the response to a request.
    static ANSWER: RefCell<Box<dyn Fn(&Request<Body>) -> Response<Bytes>>> =
        RefCell::new(Box::new(|_| Response::default()));
    static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
}

/// Runs the checks of the fuzz target `mask` with one input.
pub fn run(data: &[u8]) {
    let [part, place, spelling, length, rest @ ..] = data else {
        return;
    };
    let part = PARTS[usize::from(*part) % PARTS.len()];
    let (place, spelling) = (*place, *spelling);
    let (more, text) = rest.split_at(usize::from(length % 64).min(rest.len()));
    // Characters of keys and tokens, and those that are escaped somewhere. The beginning occurs nowhere
    // else.
    let secret: String = more
        .iter()
        .map(|byte| char::from(b'!' + byte % 94))
        .collect();
    let secret = format!("q7Zx#{secret}~Kw9");
    let text = text.to_vec();
    let quoted = secret.clone();
    ANSWER.set(Box::new(move |request| {
        answer(&spell(&of(part, request, &quoted), spelling), &text, place)
    }));

    let credentials = Credentials::session("ak", &*secret, &*secret).unwrap();
    let client: Client = ClientBuilder::new()
        .credentials(credentials)
        .retry(RetryPolicy::none())
        .build_with_transport(tower::service_fn(|request: Request<Body>| {
            let answer = ANSWER.with_borrow(|answer| answer(&request));
            std::future::ready(Ok::<_, Infallible>(answer))
        }))
        .unwrap();
    let image = Image::new(0, "image").password(&*secret);
    let conf = DevInstanceConf::new()
        .resource_pool(ResourcePool::new("q"))
        .resources(Resources::new(1, 2))
        .image(image)
        .volume_confs([])
        .envs([("KEY", &*secret)]);
    let create = client
        .create_dev_instance()
        .name("a")
        .conf(conf)
        .creator("owner")
        .creator_id("owner-id");
    let Err(error) = RUNTIME.with(|runtime| runtime.block_on(create.into_future())) else {
        return;
    };

    let mut shown = format!(
        "{error}\n{error:?}\n{:?}\n{:?}",
        error.code(),
        error.request_id()
    );
    if let Some(answer) = error.last_service_error() {
        let _ = write!(shown, "\n{answer}\n{answer:?}\n{}", answer.message());
    }
    // Debug writes some characters differently.
    let escaped = format!("{secret:?}");
    for secret in [&*secret, escaped.trim_matches('"')] {
        assert!(!shown.contains(secret), "{secret:?} is shown: {shown}");
    }
    let mut words = shown.split(|c: char| !c.is_ascii_hexdigit());
    assert!(
        words.all(|word| word.len() < 64),
        "a signature is shown: {shown}"
    );
}

/// Returns the text that the response quotes. Depending on `part`, this is the `Authorization`
/// header of the request, the signature in that header, or `secret`.
fn of(part: Part, request: &Request<Body>, secret: &str) -> String {
    let authorization = request.headers()["authorization"]
        .to_str()
        .unwrap_or_default();
    match part {
        Part::Authorization => authorization.to_owned(),
        Part::Signature => authorization
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned(),
        Part::Key | Part::Token | Part::Password | Part::Variable => secret.to_owned(),
    }
}

fn spell(secret: &str, spelling: u8) -> String {
    let each = |write: fn(u8) -> String| secret.bytes().map(write).collect();
    match spelling % 7 {
        0 => secret.to_owned(),
        1 => each(|byte| format!("%{byte:02x}")),
        2 => each(|byte| format!("\\u{byte:04X}")),
        3 => each(|byte| format!("&#{byte};")),
        4 => bce_auth::encode::uri_encode(secret),
        5 => format!("{secret:?}").trim_matches('"').to_owned(),
        _ => each(|byte| format!("%25{byte:02X}")),
    }
}

/// Returns a response that contains `text` in the header or part of the body that `place` selects.
/// Each byte 0xff of the text is replaced by `secret`.
fn answer(secret: &str, text: &[u8], place: u8) -> Response<Bytes> {
    let mut quoting = Vec::new();
    for &byte in text {
        match byte {
            0xff => quoting.extend_from_slice(secret.as_bytes()),
            byte => quoting.push(byte),
        }
    }
    let lossy = String::from_utf8_lossy(&quoting).into_owned();
    let document = |code: &str, message: &str, id: &str| {
        let [code, message, id] = [code, message, id].map(|text| format!("{text:?}"));
        let [code, message, id] = [code, message, id].map(|text| text.replace("\\'", "'"));
        Bytes::from(format!(
            "{{\"code\":{code},\"message\":{message},\"requestId\":{id}}}"
        ))
    };
    let (status, name, body) = match place % 9 {
        0 => (400, None, document("Some", &lossy, "r")),
        1 => (400, None, document(&lossy, "m", "r")),
        2 => (403, None, document("Forbidden", "m", &lossy)),
        3 => (200, None, document("Some", &lossy, &lossy)),
        4 => (200, None, Bytes::from(quoting.clone())),
        5 => (502, Some("server"), Bytes::from(quoting.clone())),
        6 => (403, Some("x-bce-error-message"), Bytes::new()),
        7 => (403, Some("x-bce-error-code"), Bytes::new()),
        _ => (400, Some("x-bce-request-id"), Bytes::from(quoting.clone())),
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    if let (Some(name), Ok(value)) = (name, HeaderValue::from_bytes(&quoting)) {
        answer.headers_mut().insert(name, value);
    }
    answer
}
