//! Random UUIDs in their text form.

/// The length of a UUID in text form.
const LENGTH: usize = 36;

/// Returns a UUID of version 4 with these random bits, in text form.
pub(crate) fn v4(random: u128) -> [u8; LENGTH] {
    const VERSION: u128 = 0x4 << 76;
    const VARIANT: u128 = 0b10 << 62;
    let random = random & !(0xf << 76) & !(0b11 << 62) | VERSION | VARIANT;
    let mut text = *b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    // The positions of the digits are in a fixed table, so there is no need to search for them.
    for (byte, place) in random.to_be_bytes().into_iter().zip(PLACES) {
        if let Some([high, low]) = text.get_mut(place..place + 2) {
            *high = hex_digit(byte >> 4);
            *low = hex_digit(byte & 0xf);
        }
    }
    text
}

/// The position of the two digits of each byte in the text.
const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/// Returns the hexadecimal digit. There is no branch, because random digits would make it
/// unpredictable.
const fn hex_digit(nibble: u8) -> u8 {
    let letter = (nibble + 6) >> 4;
    b'0' + nibble + letter * (b'a' - b'0' - 10)
}
