//! Identifiers and keys that look like those of the service.
//!
//! They only need to be unique, not hard to guess: the emulator protects nothing of value.

/// A stream of random identifiers; the same seed produces the same stream.
#[derive(Debug)]
pub(crate) struct Random(fastrand::Rng);

/// The purpose of a stream of random values. Each purpose has a stream of its own, so that, for
/// example, an additional request does not change the ids of instances that are created afterwards.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stream {
    Instances = 1,
    Sessions = 2,
    Requests = 3,
    Keys = 4,
    Faults = 5,
    Services = 6,
    ImagePackJobs = 7,
    Deployments = 8,
    Datasets = 9,
    Models = 10,
    Jobs = 11,
    InferenceServices = 12,
}

impl Random {
    /// Creates the stream for this purpose from `seed`; without a seed, all streams differ.
    pub(crate) fn new(seed: Option<u64>, stream: Stream) -> Self {
        Self(match seed {
            // The odd factor separates the streams of neighbouring seeds.
            Some(seed) => fastrand::Rng::with_seed(
                seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    .wrapping_add(stream as u64),
            ),
            None => fastrand::Rng::new(),
        })
    }

    /// Returns 32 lower-case hexadecimal digits: the form of access keys, secret keys and account
    /// ids.
    pub(crate) fn hex32(&mut self) -> String {
        format!("{:032x}", self.0.u128(..))
    }

    /// Returns `count` letters and digits, as in the ids of datasets, models and jobs.
    pub(crate) fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| self.0.alphanumeric()).collect()
    }

    /// Returns a request id in the form of a version 4 UUID.
    pub(crate) fn request_id(&mut self) -> String {
        let (high, low) = (self.0.u64(..), self.0.u64(..));
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0x0fff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff,
        )
    }

    /// Returns `true` with this probability; 0 means never and 1 means always.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.0.f64() < probability
    }
}

/// Identifiers of eight lower-case hexadecimal digits, as in `dv-f458ede5`. Their order looks
/// random, and they do not repeat.
#[derive(Debug)]
pub(crate) struct Ids {
    key: u64,
    next: u32,
}

impl Ids {
    pub(crate) fn new(seed: Option<u64>, stream: Stream) -> Self {
        Self {
            key: Random::new(seed, stream).0.u64(..),
            next: 0,
        }
    }

    pub(crate) fn next(&mut self) -> u32 {
        let [mut left, mut right] = [self.next >> 16, self.next & 0xffff];
        self.next = self.next.wrapping_add(1);
        // A Feistel network is a permutation, whatever its round function computes.
        for round in 0..4_u64 {
            let mixed = mix(self.key ^ (round << 32 | u64::from(right)));
            (left, right) = (right, left ^ mixed);
        }
        left << 16 | right
    }
}

/// Returns 16 bits, each of which depends on all bits of `value`.
fn mix(value: u64) -> u32 {
    let mut mixed = value;
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb_u64] {
        mixed = (mixed ^ mixed >> 30).wrapping_mul(factor);
    }
    (mixed >> 48) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_comes_twice() {
        let mut ids = Ids::new(Some(1), Stream::Instances);
        // Random 32-bit numbers would very probably repeat within this many.
        let seen: std::collections::HashSet<u32> = (0..200_000).map(|_| ids.next()).collect();
        assert_eq!(seen.len(), 200_000);
        let first = |seed| Ids::new(seed, Stream::Services).next();
        assert_eq!(first(Some(1)), first(Some(1)));
        assert_ne!(first(Some(1)), first(Some(2)));
    }

    #[test]
    fn identifiers_keep_their_form() {
        let mut random = Random::new(None, Stream::Requests);
        assert_eq!(random.hex32().len(), 32);
        let id = random.request_id();
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(id.as_bytes()[14], b'4', "{id}");
    }

    #[test]
    fn a_seed_decides_its_stream_and_streams_differ() {
        let first = |seed, stream| Random::new(seed, stream).hex32();
        let seeded = first(Some(7), Stream::Instances);
        assert_eq!(seeded, first(Some(7), Stream::Instances));
        assert_ne!(seeded, first(Some(8), Stream::Instances));
        assert_ne!(seeded, first(Some(7), Stream::Sessions));
        assert_ne!(
            first(None, Stream::Instances),
            first(None, Stream::Instances)
        );
    }

    #[test]
    fn chances_of_nought_and_one_are_certain() {
        let mut random = Random::new(Some(1), Stream::Instances);
        assert!((0..100).all(|_| !random.chance(0.0)));
        assert!((0..100).all(|_| random.chance(1.0)));
        let half = (0..1000).filter(|_| random.chance(0.5)).count();
        assert!((300..700).contains(&half), "{half}");
    }
}
