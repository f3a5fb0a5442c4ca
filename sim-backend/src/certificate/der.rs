//! The outer form of signed objects, byte for byte.
//!
//! A signature covers the inside only. What stands around it (lengths, the second algorithm
//! identifier, unused bits) is compared with the one form DER allows, so that no byte of an accepted
//! object is free.

/// Tag of SEQUENCE.
const SEQUENCE: u8 = 0x30;
/// Tag of BIT STRING.
const BIT_STRING: u8 = 0x03;

/// One element: tag, length in the shortest form, contents.
pub(super) fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let digits: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    match digits.as_slice() {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(u8::MAX));
            out.extend(long);
        }
    }
    out.extend(contents);
    out
}

/// A SEQUENCE of elements.
pub(super) fn sequence(elements: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, &elements.concat())
}

/// A signed object: what is signed, the algorithm, the signature without unused bits.
pub(super) fn signed(inside: &[u8], algorithm: &[u8], signature: &[u8]) -> Vec<u8> {
    sequence(&[inside, algorithm, &element(BIT_STRING, &[&[0], signature].concat())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_their_shortest_form() {
        for (length, head) in [
            (0, &[0x04, 0][..]),
            (0x7F, &[0x04, 0x7F]),
            (0x80, &[0x04, 0x81, 0x80]),
            (0x100, &[0x04, 0x82, 1, 0]),
        ] {
            assert!(element(4, &vec![0; length]).starts_with(head));
        }
    }
}
