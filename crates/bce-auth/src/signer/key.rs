//! The signing key. It is derived from the secret, the access key id, the time stamp and the
//! expiry. The latest key is kept for further signatures with the same time stamp and expiry.

use std::fmt;

use http::HeaderValue;
use time::OffsetDateTime;

use crate::encode::push_encoded;
use crate::mac::{self, Wiped};
use crate::protocol::VERSION;
use crate::secret::Secret;
use crate::sync::RwLock;
use crate::timestamp;

/// Derives the signing key for all signatures whose authorization begins with `prefix`.
pub(crate) fn derive(secret: &Secret, prefix: &[u8]) -> mac::Key {
    let tag = Wiped(mac::Key::new(secret.expose().as_bytes()).tag(prefix));
    // The key consists of the hex digits of the first digest, not of its bytes.
    let text = Wiped(mac::lower_hex(&tag.0));
    mac::Key::new(&text.0)
}

/// The data that signatures share if they have the same credentials, the same second and the same
/// expiry.
pub(crate) struct SigningKey {
    second: i64,
    expire_seconds: i64,
    /// The time stamp as a header value.
    pub(super) date: HeaderValue,
    pub(super) encoded_stamp: Vec<u8>,
    /// The authorization up to and including the expiry.
    pub(super) prefix: Vec<u8>,
    pub(super) key: mac::Key,
}

impl SigningKey {
    /// Derives a signing key. Returns `None` if the instant cannot be written as a time stamp.
    fn derive(id: &str, secret: &Secret, at: OffsetDateTime, expire_seconds: i64) -> Option<Self> {
        let stamp = timestamp::format(at)?;
        let mut prefix = Vec::with_capacity(VERSION.len() + id.len() + stamp.len() + 24);
        for part in [VERSION.as_bytes(), id.as_bytes(), &stamp] {
            prefix.extend_from_slice(part);
            prefix.push(b'/');
        }
        push_decimal(&mut prefix, expire_seconds);
        let mut encoded_stamp = Vec::with_capacity(stamp.len() + 4);
        push_encoded(&mut encoded_stamp, &stamp);
        Some(Self {
            second: at.unix_timestamp(),
            expire_seconds,
            date: HeaderValue::from_bytes(&stamp).ok()?,
            encoded_stamp,
            key: derive(secret, &prefix),
            prefix,
        })
    }
}

/// A slot for the latest signing key of some credentials. The key changes once a second, but a busy
/// client signs far more often. The slot is part of the credentials, so its key cannot be used with
/// other credentials, and is dropped when the credentials are dropped.
///
/// No thread ever waits for another: readers share the lock, and a thread that cannot get the lock
/// derives a key of its own.
#[derive(Default)]
pub(crate) struct KeySlot(RwLock<Option<SigningKey>>);

impl KeySlot {
    /// Calls `work` with the key for this instant, and returns its result. If the slot does not
    /// contain this key, the key is derived from `id` and `secret`. Returns `None` if the instant
    /// cannot be written as a time stamp.
    pub(crate) fn with<T>(
        &self,
        id: &str,
        secret: &Secret,
        at: OffsetDateTime,
        expire_seconds: i64,
        work: impl FnOnce(&SigningKey) -> T,
    ) -> Option<T> {
        let Self(slot) = self;
        if let Ok(kept) = slot.try_read()
            && let Some(key) = &*kept
            && key.second == at.unix_timestamp()
            && key.expire_seconds == expire_seconds
        {
            return Some(work(key));
        }
        let key = SigningKey::derive(id, secret, at, expire_seconds)?;
        let result = work(&key);
        if let Ok(mut kept) = slot.try_write() {
            *kept = Some(key);
        }
        Some(result)
    }
}

/// Returns an empty slot. A copy of the stored key might be wrong, because the credentials that are
/// cloned together with the slot may be changed afterwards.
impl Clone for KeySlot {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for KeySlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySlot")
    }
}

fn push_decimal(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    let start = out.len();
    let mut rest = number.unsigned_abs();
    loop {
        out.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.get_mut(start..).unwrap_or_default().reverse();
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::credentials::Credentials;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn digest(key: &mac::Key) -> Vec<u8> {
        key.tag(b"text").to_vec()
    }

    fn kept(credentials: &Credentials) -> Option<i64> {
        let KeySlot(slot) = credentials.key_slot();
        slot.read().unwrap().as_ref().map(|key| key.second)
    }

    fn check(credentials: &Credentials, second: i64, expire_seconds: i64) {
        let at = NOW + Duration::seconds(second);
        let stamp = String::from_utf8(timestamp::format(at).unwrap().to_vec()).unwrap();
        let id = credentials.access_key_id();
        let prefix = format!("bce-auth-v1/{id}/{stamp}/{expire_seconds}");
        let fresh = derive(credentials.secret_access_key(), prefix.as_bytes());
        credentials
            .with_signing_key(at, expire_seconds, |key| {
                assert_eq!(key.prefix, prefix.as_bytes());
                assert_eq!(key.date, stamp);
                assert_eq!(key.encoded_stamp, stamp.replace(':', "%3A").as_bytes());
                assert_eq!(digest(&key.key), digest(&fresh));
            })
            .unwrap();
    }

    #[test]
    fn a_key_is_kept_for_the_same_second_and_expiry_and_for_no_others() {
        let credentials = Credentials::new("ak", "secret").unwrap();
        assert_eq!(kept(&credentials), None);
        for (second, expiry) in [(0, 9), (0, 9), (0, 8), (1, 8), (-1, 8), (0, -1)] {
            check(&credentials, second, expiry);
            assert_eq!(kept(&credentials), Some(second));
        }
        let half = NOW + Duration::milliseconds(1500);
        credentials.with_signing_key(half, 1, |_| ()).unwrap();
        assert_eq!(kept(&credentials), Some(1), "cut to the second");
    }

    #[test]
    fn the_key_is_shared_with_clones_but_not_with_changed_credentials() {
        let credentials = Credentials::new("ak", "secret").unwrap();
        check(&credentials, 5, 1800);
        assert_eq!(kept(&credentials.clone()), Some(5));
        assert_eq!(kept(&credentials.with_expires_at(NOW)), Some(5), "moved");
        let credentials = Credentials::new("ak", "secret").unwrap();
        check(&credentials, 5, 1800);
        assert_eq!(kept(&credentials.clone().with_expires_at(NOW)), None);
    }

    #[test]
    fn a_slot_that_is_being_written_keeps_nobody_waiting() {
        let credentials = Credentials::new("ak", "secret").unwrap();
        let KeySlot(slot) = credentials.key_slot();
        let held = slot.write().unwrap();
        check(&credentials, 3, 1800);
        drop(held);
        assert_eq!(kept(&credentials), None);
        let held = slot.read().unwrap();
        check(&credentials, 3, 1800);
        drop(held);
        assert_eq!(kept(&credentials), None);
        check(&credentials, 3, 1800);
        assert_eq!(kept(&credentials), Some(3));
    }

    #[test]
    fn threads_with_several_credentials_never_mix_keys() {
        // The access key ids are the same, so that only the secrets differ.
        let all = ["one", "two", "three"].map(|secret| Credentials::new("ak", secret).unwrap());
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let all = &all;
                scope.spawn(move || {
                    for turn in 0..300 {
                        let credentials = &all[(turn + thread) % all.len()];
                        let second = i64::try_from(turn / 7 % 3).unwrap();
                        check(credentials, second, if turn % 11 == 0 { -1 } else { 1800 });
                    }
                });
            }
        });
    }

    #[test]
    fn every_expiry_is_written_as_display_writes_it() {
        for number in [0, 7, 10, 1800, -1, -60, i64::MAX, i64::MIN] {
            let mut out = b"x/".to_vec();
            push_decimal(&mut out, number);
            assert_eq!(out, format!("x/{number}").into_bytes());
        }
    }
}

/// Model checks with shuttle, which tries many thread schedules: see `sync.rs`.
#[cfg(all(test, shuttle))]
#[allow(clippy::unwrap_used, reason = "helpers of tests may fail the test")]
mod model {
    use std::sync::Arc;

    use shuttle::thread;
    use time::Duration;

    use super::*;
    use crate::credentials::Credentials;

    #[test]
    fn whoever_signs_gets_the_key_of_the_right_second_and_nobody_waits() {
        let check = || {
            let credentials = Credentials::new("ak", "secret").unwrap();
            let expected: Arc<[_]> = [0, 1].map(|second| tag(&own(), second)).into();
            let threads: Vec<_> = [[0, 0], [0, 1], [1, 0]]
                .into_iter()
                .map(|seconds| {
                    let (credentials, expected) = (credentials.clone(), Arc::clone(&expected));
                    thread::spawn(move || {
                        for second in seconds {
                            assert_eq!(tag(&credentials, second), expected[second as usize]);
                        }
                    })
                })
                .collect();
            threads
                .into_iter()
                .for_each(|thread| thread.join().unwrap());
        };
        shuttle::check_random(check, 3_000);
        shuttle::check_pct(check, 3_000, 3);
    }

    /// Returns new credentials, always with the same parts, but with a slot of their own for the
    /// signing key.
    fn own() -> Credentials {
        Credentials::new("ak", "secret").unwrap()
    }

    fn tag(credentials: &Credentials, second: i64) -> [u8; mac::LEN] {
        let at = OffsetDateTime::UNIX_EPOCH + Duration::seconds(second);
        credentials
            .with_signing_key(at, 1800, |key| {
                assert_eq!(key.second, second);
                key.key.tag(b"text")
            })
            .unwrap()
    }
}
