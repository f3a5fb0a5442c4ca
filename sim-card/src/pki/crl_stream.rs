//! Writes a signed revocation list entry by entry, so a list of a million needs no more memory than one of ten. Source: RFC 5280 §5.1.
//!
//! DER states each length before its content, so the entries are walked twice: once to count their bytes, once to write them. Both walks are cheap
//! beside what `x509-cert`'s builder does, which holds every entry as a tree; for small lists its output is the same byte for byte.

use std::io::{self, BufWriter, Write};

use der::{
    DateTime, Encode,
    asn1::{GeneralizedTime, UtcTime},
};
use jiff::Timestamp;
use rsa::{
    pkcs1v15::Signature,
    signature::{SignatureEncoding, hazmat::PrehashSigner},
};
use sha2::{Digest, Sha256};
use x509_cert::{
    ext::{Extension, pkix::CrlReason},
    spki::DynSignatureAlgorithmIdentifier,
};

use super::{authority::AuthorityError, ca::Ca, validity::asn1_time};

/// SEQUENCE { reasonCode extension }, but for its last byte: the code.
const REASON: [u8; 13] =
    [0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01];

/// One line of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Serial number.
    pub serial: u64,
    /// Since when.
    pub since: Timestamp,
    /// Why; none for "unspecified".
    pub reason: Option<CrlReason>,
}

/// What a list says beside its entries.
pub(crate) struct Frame {
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Timestamp,
    pub(crate) extensions: Vec<Extension>,
}

/// Writes the list that `ca` signs. `entries` come by rising serial number.
pub(crate) fn write(
    ca: &Ca,
    frame: &Frame,
    entries: impl Iterator<Item = Entry> + Clone,
    out: impl Write,
) -> Result<(), AuthorityError> {
    let algorithm = ca.signer.signature_algorithm_identifier()?.to_der()?;
    let mut head = vec![0x02, 0x01, 0x01];
    head.extend_from_slice(&algorithm);
    head.extend_from_slice(&ca.certificate.tbs_certificate().subject().to_der()?);
    head.extend_from_slice(&time(frame.this_update)?);
    head.extend_from_slice(&time(frame.next_update)?);
    let body = entries.clone().try_fold(0_u64, |sum, entry| {
        Line::of(&entry).map(|line| sum.saturating_add(line.bytes().len() as u64))
    })?;
    // An empty list must be absent, not empty (RFC 5280 §5.1.2.6).
    let body_header = if body == 0 { Vec::new() } else { header(0x30, body) };
    let tail = explicit_extensions(&frame.extensions)?;

    let inside = [head.len(), body_header.len(), tail.len()].iter().map(|n| *n as u64).sum::<u64>();
    let tbs_length = inside.saturating_add(body);
    let tbs_header = header(0x30, tbs_length);
    let signature_length = 1 + ca.certificate.signature().raw_bytes().len() as u64;
    let signature_header = header(0x03, signature_length);
    let after = algorithm.len() as u64 + signature_header.len() as u64 + signature_length;
    let whole = header(0x30, tbs_length.saturating_add(tbs_header.len() as u64 + after));

    let mut out = BufWriter::with_capacity(1 << 16, out);
    out.write_all(&whole)?;
    let mut hashed = Hashed { out, hash: Sha256::new() };
    for part in [&tbs_header, &head, &body_header] {
        hashed.write_all(part)?;
    }
    write_lines(entries, &mut hashed)?;
    hashed.write_all(&tail)?;
    let Hashed { mut out, hash } = hashed;
    let signature: Signature =
        ca.signer.sign_prehash(&hash.finalize()).map_err(x509_cert::builder::Error::Signature)?;
    out.write_all(&algorithm)?;
    out.write_all(&signature_header)?;
    out.write_all(&[0])?;
    out.write_all(&signature.to_vec())?;
    Ok(out.flush()?)
}

/// Entries go out in large pieces: a hash is slow on crumbs.
fn write_lines(
    entries: impl Iterator<Item = Entry>,
    out: &mut impl Write,
) -> Result<(), AuthorityError> {
    let mut piece = Vec::with_capacity(1 << 15);
    for entry in entries {
        piece.extend_from_slice(Line::of(&entry)?.bytes());
        if piece.len() > (1 << 15) - 64 {
            out.write_all(&piece)?;
            piece.clear();
        }
    }
    Ok(out.write_all(&piece)?)
}

/// What is written and hashed alike.
struct Hashed<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// DER of one entry, on the stack: at most 2 + 11 + 17 + 14 bytes.
struct Line {
    bytes: [u8; 48],
    used: usize,
}

impl Line {
    fn of(entry: &Entry) -> Result<Self, AuthorityError> {
        let mut line = Self { bytes: [0; 48], used: 2 };
        line.serial(entry.serial);
        line.moment(asn1_time(entry.since)?)?;
        if let Some(reason) = entry.reason {
            line.push(&REASON);
            line.push(&[reason as u8]);
        }
        let length = u8::try_from(line.used.saturating_sub(2)).unwrap_or_default();
        let [tag, first, ..] = &mut line.bytes;
        (*tag, *first) = (0x30, length);
        Ok(line)
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or_default()
    }

    fn push(&mut self, bytes: &[u8]) {
        let end = self.used.saturating_add(bytes.len());
        if let Some(place) = self.bytes.get_mut(self.used..end) {
            place.copy_from_slice(bytes);
            self.used = end;
        }
    }

    /// INTEGER: no needless zero in front, one where the first bit is set.
    fn serial(&mut self, serial: u64) {
        let [a, b, c, d, e, f, g, h] = serial.to_be_bytes();
        let padded = [0, a, b, c, d, e, f, g, h];
        let significant = 64_u32.saturating_sub(serial.leading_zeros()) / 8 + 1;
        let length = u8::try_from(significant).unwrap_or(9);
        self.push(&[0x02, length]);
        self.push(padded.get(9_usize.saturating_sub(usize::from(length))..).unwrap_or_default());
    }

    /// UTCTime before 2050, GeneralizedTime from then on.
    fn moment(&mut self, at: DateTime) -> Result<(), AuthorityError> {
        if at.year() >= 2050 {
            self.push(&GeneralizedTime::from_date_time(at).to_der()?);
            return Ok(());
        }
        self.push(&[0x17, 0x0D]);
        let year = u8::try_from(at.year() % 100).unwrap_or_default();
        for part in [year, at.month(), at.day(), at.hour(), at.minutes(), at.seconds()] {
            self.push(&[b'0' + part / 10, b'0' + part % 10]);
        }
        self.push(b"Z");
        Ok(())
    }
}

/// UTCTime before 2050, GeneralizedTime from then on. Source: RFC 5280 §5.1.2.4.
fn time(at: Timestamp) -> Result<Vec<u8>, AuthorityError> {
    let at = asn1_time(at)?;
    Ok(match UtcTime::from_date_time(at) {
        Ok(utc) => utc.to_der()?,
        Err(_) => GeneralizedTime::from_date_time(at).to_der()?,
    })
}

fn explicit_extensions(extensions: &[Extension]) -> der::Result<Vec<u8>> {
    let list = extensions.to_vec().to_der()?;
    let mut tail = header(0xA0, list.len() as u64);
    tail.extend_from_slice(&list);
    Ok(tail)
}

/// Tag and length.
fn header(tag: u8, length: u64) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let significant = bytes.get(zeros..).unwrap_or_default();
    match (significant, u8::try_from(length)) {
        (_, Ok(short)) if short < 0x80 => vec![tag, short],
        _ => {
            let count = u8::try_from(significant.len()).unwrap_or_default();
            [&[tag, 0x80 | count], significant].concat()
        }
    }
}

#[cfg(test)]
mod tests {
    use der::asn1::OctetString;
    use der::{Decode, oid::AssociatedOid};
    use proptest::prelude::*;
    use x509_cert::{
        builder::{Builder, CrlBuilder},
        crl::{CertificateList, RevokedCert},
        ext::pkix::CrlNumber,
        serial_number::SerialNumber,
        time::Time,
    };

    use super::*;
    use crate::pki::{
        CaKind, Generation, ListKind, ListOrder, RevocationReason, crl::frame,
        generation::Hierarchy,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::new(second, 0).unwrap()
    }

    fn order() -> ListOrder {
        let (this_update, next_update) = (at(1_790_000_000), at(1_790_086_400));
        ListOrder { ca: CaKind::UserAuthentication, kind: ListKind::Full, this_update, next_update }
    }

    fn streamed(entries: &[Entry]) -> Vec<u8> {
        let hierarchy = Hierarchy::of(Generation::Current).unwrap();
        let ca = hierarchy.ca(CaKind::UserAuthentication);
        let mut out = Vec::new();
        write(ca, &frame(ca, &order()).unwrap(), entries.iter().copied(), &mut out).unwrap();
        out
    }

    fn built(entries: &[Entry]) -> Vec<u8> {
        let hierarchy = Hierarchy::of(Generation::Current).unwrap();
        let ca = hierarchy.ca(CaKind::UserAuthentication);
        let time = |at| Time::from(asn1_time(at).unwrap());
        let number = CrlNumber::try_from(1_790_000_000_u64).unwrap();
        let from = time(order().this_update);
        let mut builder = CrlBuilder::<x509_cert::certificate::Rfc5280>::new_with_this_update(
            &ca.certificate,
            number,
            from,
        )
        .unwrap()
        .with_next_update(Some(time(order().next_update)));
        let revoked = |entry: &Entry| RevokedCert {
            serial_number: SerialNumber::from(entry.serial),
            revocation_date: time(entry.since),
            crl_entry_extensions: entry.reason.map(|reason| {
                let extn_value = OctetString::new(reason.to_der().unwrap()).unwrap();
                vec![Extension { extn_id: CrlReason::OID, critical: false, extn_value }]
            }),
        };
        if !entries.is_empty() {
            builder = builder.with_certificates(entries.iter().map(revoked));
        }
        builder.build::<_, Signature>(&ca.signer).unwrap().to_der().unwrap()
    }

    fn any_entry() -> impl Strategy<Value = Entry> {
        let serial = prop_oneof![any::<u64>(), 0..70_000_u64];
        let reason = prop::sample::select(RevocationReason::ALL.to_vec());
        // Up to the last second that UTCTime can say: beyond it the builder of `x509-cert` keeps UTCTime from the caller.
        (serial, 0..2_524_607_999_i64, reason).prop_map(|(serial, since, reason)| Entry {
            serial,
            since: at(since),
            reason: reason.code(),
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_bytes_are_those_of_the_builder(entries in prop::collection::vec(any_entry(), 0..40)) {
            prop_assert_eq!(streamed(&entries), built(&entries));
        }
    }

    #[test]
    fn a_long_list_is_read_again() {
        let reason = RevocationReason::KeyCompromise.code();
        let entry = |serial| Entry { serial, since: at(1_789_000_000), reason };
        let entries: Vec<_> = (1..=20_000).map(entry).collect();
        let list: CertificateList = CertificateList::from_der(&streamed(&entries)).unwrap();
        assert_eq!(list.tbs_cert_list.revoked_certificates.unwrap().len(), 20_000);
    }
}
