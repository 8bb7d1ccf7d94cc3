//! Benchmarks that count the instructions of signing, percent-encoding and verifying.

use std::hint::black_box;

use bce_auth::encode::uri_encode;
use bce_auth::{Credentials, Signature, Signer, Verified, Verifier};
use gungraun::{library_benchmark, library_benchmark_group};
use http::request::Parts;

use crate::requests::{NOW, Request, long_term, session, usable};

type Work = (Signer, Credentials, Parts);

/// Returns a signer that has already derived its key for the current second, and the request that
/// it is to sign.
fn kept(request: &Request, credentials: Credentials) -> Work {
    let signer = Signer::default();
    usable(signer.sign(&mut request.head(), &credentials, NOW));
    (signer, credentials, request.head())
}

fn list() -> Work {
    kept(&Request::list(), long_term())
}

fn list_first_of_second() -> Work {
    (Signer::default(), long_term(), Request::list().head())
}

fn create() -> Work {
    kept(&Request::create(), session())
}

fn signed() -> (Credentials, Parts) {
    let (signer, credentials, mut head) = list();
    usable(signer.sign(&mut head, &credentials, NOW));
    (credentials, head)
}

#[library_benchmark]
#[bench::get(list())]
#[bench::first_of_second(list_first_of_second())]
#[bench::post_with_token(create())]
fn sign_head((signer, credentials, mut head): Work) -> (Signature, Work) {
    let signature = usable(signer.sign(&mut head, &credentials, NOW));
    (signature, (signer, credentials, head))
}

#[library_benchmark]
#[bench::chinese("北京-开发机-测试环境 第一组/队列=默认&优先级+高")]
fn encode(text: &str) -> String {
    uri_encode(black_box(text))
}

#[library_benchmark]
#[bench::get(signed())]
fn verify((credentials, head): (Credentials, Parts)) -> (Verified, Parts) {
    let find = |_: &str| Some(credentials);
    let verified = usable(Verifier::new().verify(&head, NOW, find));
    (verified, head)
}

library_benchmark_group!(name = sign_group, benchmarks = [sign_head, encode, verify]);
