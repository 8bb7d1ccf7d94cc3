//! Random UUIDs, as text.

/// As many bytes as the text of a UUID has.
const LENGTH: usize = 36;

/// The text of a UUID of version 4 with these random bits.
pub(crate) fn v4(random: u128) -> [u8; LENGTH] {
    const VERSION: u128 = 0x4 << 76;
    const VARIANT: u128 = 0b10 << 62;
    let random = random & !(0xf << 76) & !(0b11 << 62) | VERSION | VARIANT;
    let mut text = *b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    let places = text.iter_mut().filter(|place| **place == b'x');
    for (place, nibble) in places.zip((0..u128::BITS).step_by(4).rev()) {
        *place = hex_digit((random >> nibble & 0xf) as u8);
    }
    text
}

const fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' + (nibble - 10),
    }
}
