//! Uses a single tower layer of this crate to sign the requests of another HTTP client.
//!
//! `cargo run -p bce-http --example sign_layer`

use bce_auth::Credentials;
use bce_http::layer::Sign;
use http::{Request, Response};
use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};

/// Stands for another HTTP client: anything that turns a request into a response.
async fn send(request: Request<String>) -> Result<Response<String>, std::io::Error> {
    let (head, body) = request.into_parts();
    let signed = head.headers.contains_key("authorization");
    Ok(Response::new(format!(
        "{} {} with {body:?}, signed: {signed}",
        head.method, head.uri
    )))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let credentials = Credentials::new("my-access-key-id", "my-secret-access-key")?;
    let client = ServiceBuilder::new()
        .layer(Sign::new(credentials))
        .service(service_fn(send));

    let request = Request::put("https://bcc.bj.baidubce.com/v2/instance/i-1?start")
        .header("content-type", "application/json")
        .body("{}".to_owned())?;
    eprintln!("{}", client.oneshot(request).await?.into_body());
    Ok(())
}
