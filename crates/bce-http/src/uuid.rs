//! Random UUIDs in their text form.

/// The length of a UUID in text form.
const LENGTH: usize = 36;

/// Returns a UUID of version 4 with these random bits, in text form.
pub(crate) fn v4(random: u128) -> [u8; LENGTH] {
    const VERSION: u128 = 0x4 << 76;
    const VARIANT: u128 = 0b10 << 62;
    let random = random & !(0xf << 76) & !(0b11 << 62) | VERSION | VARIANT;
    let [a, b, c, d] = [96, 64, 32, 0].map(|shift| hex((random >> shift) as u32));
    let mut text = [b'-'; LENGTH];
    text[..8].copy_from_slice(&a);
    text[9..13].copy_from_slice(&b[..4]);
    text[14..18].copy_from_slice(&b[4..]);
    text[19..23].copy_from_slice(&c[..4]);
    text[24..28].copy_from_slice(&c[4..]);
    text[28..].copy_from_slice(&d);
    text
}

/// Returns the eight hexadecimal digits of a number, all computed at once in the bytes of a `u64`.
const fn hex(number: u32) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Each step moves the upper half of every group of digits, until each digit has its own byte.
    let mut digits = number as u64;
    digits = (digits | digits << 16) & 0x0000_ffff_0000_ffff;
    digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ff;
    digits = (digits | digits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    // One in each byte whose digit is a letter.
    let letters = ((digits + 6 * ONES) >> 4) & ONES;
    let text = digits + b'0' as u64 * ONES + letters * (b'a' - b'0' - 10) as u64;
    text.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_standard_library() {
        for number in [
            0,
            1,
            9,
            10,
            15,
            0x0123_4567,
            0x89ab_cdef,
            0xa9f0_9f0a,
            u32::MAX,
        ] {
            assert_eq!(hex(number).as_slice(), format!("{number:08x}").as_bytes());
        }
    }

    #[test]
    fn a_uuid_has_its_random_bits_in_order_and_names_its_version() {
        let text = |random| String::from_utf8(v4(random).to_vec()).unwrap();
        let random = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;
        assert_eq!(text(random), "01234567-89ab-4def-8123-456789abcdef");
        assert_eq!(text(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(text(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
