//! A minimal HMAC: it calls the compression function of sha2 on whole blocks, and caches the two
//! states of SHA-256 that depend only on the key. It does not wipe memory, although a signer has to
//! do so.

use sha2::block_api::compress256;

const BLOCK_LEN: usize = 64;

/// The initial state of SHA-256.
const START: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

type State = [u32; 8];

/// The states of SHA-256 after the first block of the two hashes of which an HMAC consists. They
/// depend only on the key, so they are computed once. The key is one block long.
#[derive(Debug)]
pub(super) struct Midstates {
    inner: State,
    outer: State,
}

impl Midstates {
    pub(super) fn new(key: &[u8; BLOCK_LEN]) -> Self {
        let after = |pad: u8| {
            let mut state = START;
            compress256(&mut state, &[key.map(|byte| byte ^ pad)]);
            state
        };
        Self {
            inner: after(0x36),
            outer: after(0x5c),
        }
    }

    pub(super) fn tag(&self, text: &[u8]) -> [u8; 32] {
        finish(self.outer, &finish(self.inner, text))
    }
}

/// Returns the SHA-256 digest of a message that consists of one block and then `text`. `state` is
/// the state of SHA-256 after that block.
fn finish(mut state: State, text: &[u8]) -> [u8; 32] {
    let (blocks, rest) = text.as_chunks::<BLOCK_LEN>();
    compress256(&mut state, blocks);
    let mut last = [[0; BLOCK_LEN]; 2];
    let bytes = last.as_flattened_mut();
    bytes[..rest.len()].copy_from_slice(rest);
    bytes[rest.len()] = 0x80;
    // The end mark and the length take up nine bytes.
    let blocks = 1 + usize::from(rest.len() > BLOCK_LEN - 9);
    let bits = 8 * (BLOCK_LEN + text.len()) as u64;
    bytes[blocks * BLOCK_LEN - 8..blocks * BLOCK_LEN].copy_from_slice(&bits.to_be_bytes());
    compress256(&mut state, &last[..blocks]);
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}
