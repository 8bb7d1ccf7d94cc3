//! Helpers of several tests of this crate.

use std::future::{Ready, ready};
use std::task::{Context, Poll};

use aihc_dev::model::{
    Cds, DevInstanceConf, Image, ImageType, ResourcePool, Resources, VolumeConf, VolumeType,
};
use aihc_dev::{Client, Credentials};
use bce_http::Body;
use http::{Request, Response};
use serde_json::Value;

/// Returns a client that calls a server on this machine.
pub(crate) fn client(server: &mockito::ServerGuard) -> Client {
    Client::builder()
        .endpoint(server.url())
        .credentials(Credentials::new("test-access-key", "test-secret-key").unwrap())
        .build()
        .unwrap()
}

/// Returns the smallest configuration that the API accepts.
pub(crate) fn conf() -> DevInstanceConf {
    DevInstanceConf::new()
        .resource_pool(ResourcePool::new("default"))
        .resources(Resources::new(1, 2))
        .image(Image::new(
            ImageType::Unspecified,
            "registry.example/ubuntu:22.04",
        ))
        .volume_confs([VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100))])
}

/// Returns [`conf`] as JSON, in the form in which requests contain it.
pub(crate) fn conf_json() -> Value {
    serde_json::from_str(bce_testing::fixtures::INSTANCE_CONF).unwrap()
}

/// A transport that returns the same response to every request.
#[derive(Clone)]
pub(crate) struct Answer(pub &'static [u8]);

impl tower_service::Service<Request<Body>> for Answer {
    type Response = Response<&'static [u8]>;
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(self.0)))
    }
}

/// Returns a client that receives this body as the response to every call.
pub(crate) fn answered_with(body: &'static str) -> Client {
    answered_with_bytes(body.as_bytes())
}

/// Returns a client that receives this body, which need not be text, as the response to every call.
pub(crate) fn answered_with_bytes(body: &'static [u8]) -> Client {
    Client::from_service(Answer(body)).unwrap()
}

/// Returns a client that calls an emulator.
pub(crate) fn emulated(emulator: &aihc_emulator::Emulator) -> Client {
    Client::builder()
        .endpoint(emulator.endpoint())
        .credentials(emulator.credentials().clone())
        .build()
        .unwrap()
}
