//! BER-TLV as the card's files use it: tags of one to three bytes (`91`, `FF20`, `DF21`), definite lengths.
//!
//! Source: ISO/IEC 8825-1 §8.1; ISO/IEC 7816-4:2020 §6.3.

/// Why bytes are no BER-TLV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum TlvError {
    #[error("the data end inside a tag or length")]
    HeaderCut,
    #[error("a tag of more than three bytes")]
    TagTooLong,
    #[error("indefinite lengths, or lengths of more than three bytes, are not used here")]
    LengthForm,
    #[error("{expected} value bytes announced, {present} present")]
    ValueCut { expected: usize, present: usize },
}

/// One data object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag's bytes as one number: `0xFF20`, `0x91`.
    pub tag: u32,
    /// The value.
    pub value: &'a [u8],
    /// The whole object as it stands in the file: tag, length and value.
    pub raw: &'a [u8],
}

/// Tag and length of an object whose value may not be there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The tag's bytes as one number.
    pub tag: u32,
    /// Bytes of tag and length together.
    pub size: usize,
    /// Bytes of the value.
    pub length: usize,
}

impl Header {
    /// Reads tag and length; seven bytes always suffice, which is why clients read seven first.
    ///
    /// # Errors
    /// [`TlvError`] when the header is cut or of a form the card does not use.
    pub fn read(bytes: &[u8]) -> Result<Self, TlvError> {
        let (tag, rest) = read_tag(bytes)?;
        let (length, rest) = read_length(rest)?;
        Ok(Self { tag, size: bytes.len() - rest.len(), length })
    }

    /// Bytes of the whole object.
    pub fn total(&self) -> usize {
        self.size + self.length
    }
}

/// Reads one object and gives what follows it.
///
/// # Errors
/// [`TlvError`] when the object is cut or of a form the card does not use.
pub fn read(bytes: &[u8]) -> Result<(Tlv<'_>, &[u8]), TlvError> {
    let header = Header::read(bytes)?;
    let present = bytes.len() - header.size;
    let cut = TlvError::ValueCut { expected: header.length, present };
    let (raw, rest) = bytes.split_at_checked(header.total()).ok_or(cut)?;
    let value = raw.get(header.size..).ok_or(cut)?;
    Ok((Tlv { tag: header.tag, value, raw }, rest))
}

/// The objects of a template, in order. After the first error the iteration ends.
pub fn items(bytes: &[u8]) -> Items<'_> {
    Items { rest: bytes }
}

/// The first object with this tag.
///
/// # Errors
/// [`TlvError`] when an object before it is malformed.
pub fn find(bytes: &[u8], tag: u32) -> Result<Option<Tlv<'_>>, TlvError> {
    items(bytes).find(|item| item.as_ref().map_or(true, |tlv| tlv.tag == tag)).transpose()
}

/// Iterator of [`items`].
#[derive(Debug, Clone)]
pub struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Tlv<'a>, TlvError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let outcome = read(self.rest);
        self.rest = outcome.as_ref().map_or(&[], |(_, rest)| rest);
        Some(outcome.map(|(tlv, _)| tlv))
    }
}

/// Appends one object with the shortest length form.
pub fn write(out: &mut Vec<u8>, tag: u32, value: &[u8]) {
    write_tag(out, tag);
    write_length(out, value.len());
    out.extend_from_slice(value);
}

/// Appends one object whose length takes the three-byte form `82 xx xx`, as the outer templates of
/// the card-face files have it whatever their size. Longer values take the form they need.
pub fn write_wide(out: &mut Vec<u8>, tag: u32, value: &[u8]) {
    write_tag(out, tag);
    match u16::try_from(value.len()) {
        Ok(length) => {
            out.push(0x82);
            out.extend_from_slice(&length.to_be_bytes());
        }
        Err(_) => write_length(out, value.len()),
    }
    out.extend_from_slice(value);
}

fn read_tag(bytes: &[u8]) -> Result<(u32, &[u8]), TlvError> {
    match bytes {
        [] => Err(TlvError::HeaderCut),
        [a, rest @ ..] if a & 0x1F != 0x1F => Ok((u32::from(*a), rest)),
        [a, b, rest @ ..] if b & 0x80 == 0 => Ok((u32::from_be_bytes([0, 0, *a, *b]), rest)),
        [a, b, c, rest @ ..] if c & 0x80 == 0 => Ok((u32::from_be_bytes([0, *a, *b, *c]), rest)),
        [_, _, _, ..] => Err(TlvError::TagTooLong),
        _ => Err(TlvError::HeaderCut),
    }
}

fn read_length(bytes: &[u8]) -> Result<(usize, &[u8]), TlvError> {
    let (length, rest) = match bytes {
        [a @ 0x00..=0x7F, rest @ ..] => (u32::from(*a), rest),
        [0x81, a, rest @ ..] => (u32::from(*a), rest),
        [0x82, a, b, rest @ ..] => (u32::from_be_bytes([0, 0, *a, *b]), rest),
        [0x83, a, b, c, rest @ ..] => (u32::from_be_bytes([0, *a, *b, *c]), rest),
        [] | [0x81..=0x83, ..] => return Err(TlvError::HeaderCut),
        _ => return Err(TlvError::LengthForm),
    };
    usize::try_from(length).map(|length| (length, rest)).map_err(|_| TlvError::LengthForm)
}

fn write_tag(out: &mut Vec<u8>, tag: u32) {
    let bytes = tag.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    out.extend(bytes.iter().skip(zeros.min(3)));
}

fn write_length(out: &mut Vec<u8>, length: usize) {
    if length < 0x80 {
        out.extend(length.to_be_bytes().last());
        return;
    }
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let significant = bytes.len() - zeros;
    out.extend((significant | 0x80).to_be_bytes().last());
    out.extend(bytes.iter().skip(zeros));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_of_the_card() {
        for (bytes, tag, length) in [
            ("FF200100", 0xFF20, 1),
            ("DF2102FFFF", 0xDF21, 2),
            ("7F2181020000", 0x7F21, 2),
            ("9182000101", 0x91, 1),
            ("5F37830000010A", 0x5F37, 1),
        ] {
            let bytes = hex::decode(bytes).unwrap();
            let (tlv, rest) = read(&bytes).unwrap();
            assert_eq!((tlv.tag, tlv.value.len(), rest), (tag, length, &[][..]));
            assert_eq!(tlv.raw, bytes);
        }
    }

    #[test]
    fn malformed_objects() {
        for (bytes, error) in [
            ("", TlvError::HeaderCut),
            ("FF", TlvError::HeaderCut),
            ("FFFFFF0100", TlvError::TagTooLong),
            ("3080", TlvError::LengthForm),
            ("308400000000", TlvError::LengthForm),
            ("3082", TlvError::HeaderCut),
            ("3002AA", TlvError::ValueCut { expected: 2, present: 1 }),
        ] {
            assert_eq!(read(&hex::decode(bytes).unwrap()), Err(error), "{bytes}");
        }
    }

    #[test]
    fn the_wide_form_keeps_its_three_length_bytes() {
        let mut out = Vec::new();
        write_wide(&mut out, 0xFF30, &[1]);
        assert_eq!(out, [0xFF, 0x30, 0x82, 0x00, 0x01, 0x01]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            tag in prop::sample::select(vec![0x90u32, 0x91, 0xFF20, 0xDF2A, 0x7F21, 0x5F4E]),
            value in prop::collection::vec(any::<u8>(), 0..700),
        ) {
            let mut out = Vec::new();
            write(&mut out, tag, &value);
            write_wide(&mut out, tag, &value);
            let objects: Vec<_> = items(&out).collect::<Result<_, _>>().unwrap();
            prop_assert!(objects.iter().all(|tlv| tlv.tag == tag && tlv.value == value));
            prop_assert_eq!(objects.len(), 2);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = items(&bytes).count();
            let _ = find(&bytes, 0xDF27);
        }
    }
}
