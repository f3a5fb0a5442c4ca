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
    judge(&read?)
}

type Reading = (Vec<u8>, Vec<u8>);

fn judge((certificate, ca): &Reading) -> Result<(), NotOurs> {
    let root = roots()?.into_iter().find(|root| ca.starts_with(root));
    let root = root.ok_or(NotOurs::Foreign(CA_CERTIFICATE))?;
    if is_signed_by(certificate, &root)? { Ok(()) } else { Err(NotOurs::Foreign(CERTIFICATE)) }
}

/// A card that must stay the same: each time it gets power, its two certificates are read again before a command of anybody
/// passes, and compared byte for byte with the first reading. Another card is gone, and so is everything after it.
///
/// The slot must hold its card while it has power, also when power is given once more.
#[derive(Debug)]
pub struct Guarded<S> {
    slot: S,
    /// What the card handed out at first; `None` when it hands out nothing, as another kind of card may.
    first: Option<Reading>,
    gone: bool,
}

impl<S: CardSlot> Guarded<S> {
    /// Guards a card of the test authority. It is left without power.
    ///
    /// # Errors
    /// Those of [`demand_test_card`].
    pub fn test_card(mut slot: S) -> Result<Self, NotOurs> {
        slot.power_on();
        let read = read_both(&mut slot);
        slot.power_off();
        let read = read?;
        judge(&read)?;
        Ok(Self { slot, first: Some(read), gone: false })
    }

    /// Guards a card of anybody: only that it stays the same one. It is left without power.
    ///
    /// # Errors
    /// [`NotOurs::Silent`] when it does not answer.
    pub fn any_card(mut slot: S) -> Result<Self, NotOurs> {
        slot.power_on();
        let read = read_if_any(&mut slot);
        slot.power_off();
        Ok(Self { slot, first: read?, gone: false })
    }
}

fn read_if_any(slot: &mut dyn CardSlot) -> Result<Option<Reading>, NotOurs> {
    match read_both(slot) {
        Ok(read) => Ok(Some(read)),
        Err(NotOurs::Silent(silence)) => Err(NotOurs::Silent(silence)),
        Err(_) => Ok(None),
    }
}

impl<S: CardSlot> CardSlot for Guarded<S> {
    fn atr(&self) -> Vec<u8> {
        self.slot.atr()
    }

    fn is_present(&self) -> bool {
        !self.gone && self.slot.is_present()
    }

    fn has_power(&self) -> bool {
        !self.gone && self.slot.has_power()
    }

    fn power_on(&mut self) {
        self.slot.power_off();
        if self.gone {
            return;
        }
        self.slot.power_on();
        match read_if_any(&mut self.slot) {
            // Power once more, without letting go: the reading leaves no trace in the card.
            Ok(read) if read == self.first => self.slot.power_on(),
            Ok(_) => {
                self.slot.power_off();
                self.gone = true;
            }
            Err(_) => self.slot.power_off(),
        }
    }

    fn power_off(&mut self) {
        self.slot.power_off();
    }

    fn reset(&mut self) {
        if self.has_power() { self.slot.reset() } else { self.power_on() }
    }

    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence> {
        if self.gone { Err(Silence::Removed) } else { self.slot.exchange(command) }
    }

    fn delay(&self) -> std::time::Duration {
        self.slot.delay()
    }
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

    /// A slot whose card changes, and nothing tells of it.
    struct Changeable(std::sync::Arc<std::sync::Mutex<Card>>);

    impl CardSlot for Changeable {
        fn atr(&self) -> Vec<u8> {
            self.0.lock().unwrap().atr().to_vec()
        }
        fn is_present(&self) -> bool {
            true
        }
        fn has_power(&self) -> bool {
            self.0.lock().unwrap().has_power()
        }
        fn power_on(&mut self) {
            self.0.lock().unwrap().power_on();
        }
        fn power_off(&mut self) {
            self.0.lock().unwrap().power_off();
        }
        fn reset(&mut self) {
            self.0.lock().unwrap().reset();
        }
        fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence> {
            self.0.lock().unwrap().exchange(command)
        }
    }

    #[test]
    fn a_card_changed_unseen_is_gone_before_a_command_passes() {
        for (first, second) in
            [(Generation::Current, Generation::Former), (Generation::Foreign, Generation::Current)]
        {
            for switch in [CardSlot::power_on, CardSlot::reset] as [fn(&mut Guarded<Changeable>); 2]
            {
                let slot = std::sync::Arc::new(std::sync::Mutex::new(Card::new(contents(first))));
                let changeable = Changeable(std::sync::Arc::clone(&slot));
                let mut guarded = match first {
                    Generation::Foreign => Guarded::any_card(changeable).unwrap(),
                    Generation::Current | Generation::Former => {
                        Guarded::test_card(changeable).unwrap()
                    }
                };
                guarded.power_on();
                let trace = guarded.exchange(&CommandApdu::read_binary(0, 4).to_bytes()).unwrap();
                assert_eq!(trace.len(), 2, "the reading selected nothing that stays");
                guarded.power_off();
                *slot.lock().unwrap() = Card::new(contents(second));
                switch(&mut guarded);
                assert!(!guarded.has_power() && !guarded.is_present());
                *slot.lock().unwrap() = Card::new(contents(first));
                switch(&mut guarded);
                let select = CommandApdu::select_application(&JPKI_AID).to_bytes();
                assert_eq!(guarded.exchange(&select), Err(Silence::Removed), "gone for good");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let root = &roots().unwrap()[0];
            prop_assert!(!is_signed_by(&bytes, root).unwrap_or(false));
        }
    }
}
