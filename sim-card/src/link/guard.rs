//! The guard before a relay: is this card one of ours? Real cards stay out of a test bench.

use der::{Decode as _, Encode as _};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;

use super::CardSlot;
use crate::apdu::{CommandApdu, ResponseApdu, StatusWord};
use crate::apps::JPKI_AID;
use crate::apps::jpki::{USER_CA_CERTIFICATE, USER_CERTIFICATE};
use crate::faults::Silence;
use crate::pki::{Authority, AuthorityConfig, AuthorityError, CaKind, Generation};

/// Largest certificate read; those of real cards have some 1,600 bytes.
const LONGEST: usize = 8 * 1024;

/// Why a card is not taken for one of ours. No variant holds what was read: it may be somebody's.
#[derive(Debug, thiserror::Error)]
pub enum NotOurs {
    /// No answer.
    #[error("the card gave no answer: {0}")]
    Silent(#[from] Silence),
    /// A certificate was not handed out.
    #[error("the card does not hand out {what}: {status}")]
    Refused {
        /// What was asked for.
        what: &'static str,
        /// The card's refusal in words.
        status: String,
    },
    /// What was handed out is no certificate.
    #[error("what the card hands out as {0} is no certificate")]
    Malformed(&'static str),
    /// A certificate leads to no test root.
    #[error("{0} does not lead to a root of the test authority")]
    Foreign(&'static str),
    /// The roots to compare with are damaged.
    #[error("cannot make the test roots: {0}")]
    Roots(#[from] AuthorityError),
}

const JPKI: &str = "the JPKI application";
const CERTIFICATE: &str = "the user authentication certificate";
const CA_CERTIFICATE: &str = "the user authentication CA certificate";

/// Reads the user authentication certificate and its CA's, which every card hands out freely, and demands that the second is
/// a root of the test authority and has signed the first. The card is left without power.
///
/// Names prove nothing: the signature is verified. The bench's foreign authority is none of the roots.
///
/// # Errors
/// [`NotOurs`] for every other card, and for one that cannot be asked.
pub fn demand_test_card(card: &mut dyn CardSlot) -> Result<(), NotOurs> {
    card.power_on();
    let read = read_both(card);
    card.power_off();
    let (certificate, ca) = read?;
    let root = roots()?.into_iter().find(|root| ca.starts_with(root));
    let root = root.ok_or(NotOurs::Foreign(CA_CERTIFICATE))?;
    if is_signed_by(&certificate, &root)? { Ok(()) } else { Err(NotOurs::Foreign(CERTIFICATE)) }
}

/// The certificates of the authorities that sign for cards and smartphones, of today's keys and the former ones.
fn roots() -> Result<Vec<Vec<u8>>, AuthorityError> {
    let mut roots = Vec::new();
    for generation in [Generation::Current, Generation::Former] {
        let authority =
            Authority::new(AuthorityConfig { generation, ..AuthorityConfig::default() })?;
        for ca in [CaKind::UserAuthentication, CaKind::MobileUserAuthentication] {
            roots.push(authority.certificate_of(ca).to_vec());
        }
    }
    Ok(roots)
}

fn read_both(card: &mut dyn CardSlot) -> Result<(Vec<u8>, Vec<u8>), NotOurs> {
    ask(card, &CommandApdu::select_application(&JPKI_AID), JPKI)?;
    let certificate = read_file(card, USER_CERTIFICATE, CERTIFICATE)?;
    let ca = read_file(card, USER_CA_CERTIFICATE, CA_CERTIFICATE)?;
    Ok((certificate, ca))
}

/// An EF in pieces of 256 bytes, to its end or to [`LONGEST`].
fn read_file(card: &mut dyn CardSlot, id: u16, what: &'static str) -> Result<Vec<u8>, NotOurs> {
    ask(card, &CommandApdu::select_file(id), what)?;
    let mut file = Vec::new();
    while file.len() < LONGEST {
        let offset = u16::try_from(file.len()).unwrap_or(u16::MAX);
        let command = CommandApdu::read_binary(offset, 256);
        let piece = match answer(card, &command, what)? {
            ResponseApdu { data, sw: StatusWord::SUCCESS } => data,
            ResponseApdu { sw: StatusWord::OFFSET_OUTSIDE, .. } if !file.is_empty() => break,
            ResponseApdu { sw, .. } => return Err(refused(what, sw)),
        };
        file.extend_from_slice(&piece);
        if piece.len() < 256 {
            break;
        }
    }
    Ok(file)
}

fn ask(card: &mut dyn CardSlot, command: &CommandApdu, what: &'static str) -> Result<(), NotOurs> {
    let sw = answer(card, command, what)?.sw;
    if sw.is_success() { Ok(()) } else { Err(refused(what, sw)) }
}

fn answer(
    card: &mut dyn CardSlot,
    command: &CommandApdu,
    what: &'static str,
) -> Result<ResponseApdu, NotOurs> {
    let bytes = card.exchange(&command.to_bytes())?;
    ResponseApdu::parse(&bytes).map_err(|_| NotOurs::Malformed(what))
}

fn refused(what: &'static str, sw: StatusWord) -> NotOurs {
    NotOurs::Refused { what, status: sw.in_words() }
}

/// Whether a certificate, with or without filler after it, carries a signature of the root's key.
fn is_signed_by(certificate: &[u8], root: &[u8]) -> Result<bool, NotOurs> {
    let malformed = NotOurs::Malformed;
    let (certificate, _) =
        Certificate::from_der_partial(certificate).map_err(|_| malformed(CERTIFICATE))?;
    let root = Certificate::from_der(root).map_err(|_| malformed(CA_CERTIFICATE))?;
    let key = root.tbs_certificate().subject_public_key_info().to_der();
    let key = key.map_err(|_| malformed(CA_CERTIFICATE))?;
    let key = RsaPublicKey::from_public_key_der(&key).map_err(|_| malformed(CA_CERTIFICATE))?;
    let signed = certificate.tbs_certificate().to_der().map_err(|_| malformed(CERTIFICATE))?;
    let (hash, signature) = (Sha256::digest(&signed), certificate.signature().raw_bytes());
    Ok(key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, signature).is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Card;
    use crate::contents::{CardContents, Token};
    use crate::population::{Population, REFERENCE_DAY};

    fn contents(generation: Generation) -> CardContents {
        let mut authority =
            Authority::new(AuthorityConfig { generation, ..AuthorityConfig::default() }).unwrap();
        let at = jiff::tz::Offset::UTC.to_timestamp(REFERENCE_DAY.at(3, 0, 0, 0)).unwrap();
        let citizen = Population::new(1).citizen(42).unwrap();
        citizen.card(&mut authority, at, |_| Vec::new()).unwrap().contents
    }

    fn judged(contents: CardContents) -> Result<(), String> {
        let mut card = Card::new(contents);
        let judged = demand_test_card(&mut card).map_err(|error| error.to_string());
        assert!(!card.has_power());
        judged
    }

    #[test]
    fn cards_of_the_test_authority_pass_and_no_others() {
        assert_eq!(judged(contents(Generation::Current)), Ok(()));
        assert_eq!(judged(contents(Generation::Former)), Ok(()));
        let mut filled = contents(Generation::Current);
        filled.open_questions.certificate_filler = 300;
        assert_eq!(judged(filled), Ok(()));
        let foreign = judged(contents(Generation::Foreign)).unwrap_err();
        assert!(foreign.contains("CA certificate does not lead"), "{foreign}");
    }

    #[test]
    fn a_certificate_of_another_under_our_root_is_found_out() {
        let foreign = contents(Generation::Foreign).user_authentication.unwrap();
        let mut mixed = contents(Generation::Current);
        let pair = mixed.user_authentication.as_mut().unwrap();
        pair.certificate = foreign.certificate;
        let told = judged(mixed).unwrap_err();
        assert!(told.contains("user authentication certificate does not lead"), "{told}");
        let mut turned = contents(Generation::Current);
        let certificate = &mut turned.user_authentication.as_mut().unwrap().certificate;
        let last = certificate.len() - 1;
        certificate[last] ^= 1;
        assert!(judged(turned).is_err());
    }

    #[test]
    fn who_cannot_be_asked_is_refused() {
        let mut locked = contents(Generation::Current);
        locked.token = Token::Android;
        assert!(judged(locked).unwrap_err().contains("6982"));
        let mut empty = contents(Generation::Current);
        empty.user_authentication = None;
        assert!(judged(empty).unwrap_err().contains("6B00"));
        let mut mute = Card::new(contents(Generation::Current));
        mute.set_faults(vec![crate::Fault::MuteAfter { commands: 3 }]);
        assert!(matches!(demand_test_card(&mut mute), Err(NotOurs::Silent(Silence::Mute))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let root = &roots().unwrap()[0];
            prop_assert!(!is_signed_by(&bytes, root).unwrap_or(false));
        }
    }
}
