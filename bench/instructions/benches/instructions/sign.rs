//! Benchmarks that count the instructions of signing, percent-encoding and verifying.

use std::hint::black_box;

use bce_auth::encode::uri_encode;
use bce_auth::{Credentials, Signature, Signer, Verified, Verifier};
use http::request::Parts;

use crate::requests::{NOW, Request, long_term, session, usable};
use crate::{Operation, counted};

pub(crate) const OPERATIONS: &[Operation] = &[
    ("sign", || drop(counted(sign, list()))),
    ("sign, first of a second", || {
        drop(counted(sign, list_first_of_second()));
    }),
    ("sign, with token", || drop(counted(sign, create()))),
    ("encode", || drop(counted(encode, CHINESE))),
    ("verify", || drop(counted(verify, signed()))),
];

const CHINESE: &str = "北京-开发机-测试环境 第一组/队列=默认&优先级+高";

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

fn sign((signer, credentials, mut head): Work) -> (Signature, Work) {
    let signature = usable(signer.sign(&mut head, &credentials, NOW));
    (signature, (signer, credentials, head))
}

fn encode(text: &str) -> String {
    uri_encode(black_box(text))
}

fn verify((credentials, head): (Credentials, Parts)) -> (Verified, Parts) {
    let find = |_: &str| Some(credentials);
    let verified = usable(Verifier::new().verify(&head, NOW, find));
    (verified, head)
}
