//! Measures two threads that sign at the same time.

use std::sync::Barrier;

use bce_auth::{Credentials, Signer};

use super::requests::Request;

/// Returns the mean nanoseconds per signature while two threads sign at the same time. `of_each` is
/// the signer and the credentials of each thread.
pub(super) fn two(request: &Request, of_each: [(&Signer, &Credentials); 2]) -> f64 {
    let barrier = Barrier::new(of_each.len());
    let figures = std::thread::scope(|scope| {
        let threads = of_each.map(|(signer, credentials)| {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                super::signing(request, signer, credentials, || super::NOW)
            })
        });
        threads.map(|thread| thread.join().unwrap_or(f64::NAN))
    });
    figures.iter().sum::<f64>() / 2.0
}
