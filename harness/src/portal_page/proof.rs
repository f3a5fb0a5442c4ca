//! What a card does for a log-in at the portal: read the certificate, take the PIN, sign the challenge. The card itself
//! counts wrong PINs.

use sim_reader::CardChannel;
use sim_reader::card_client::{
    CardClient, CardError, CardMiddleware as _, Pin, PinAnswer, PinCounter, Recognised,
};

/// Certificate and signature of a card whose holder knew the PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// DER.
    pub certificate: Vec<u8>,
    /// RSASSA-PKCS1-v1_5 with SHA-256 over the challenge.
    pub signature: Vec<u8>,
}

/// Why there is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoProof {
    /// Something else lies there.
    #[error("this is no My Number Card")]
    NotMyNumberCard,
    /// The card carries no user-authentication certificate.
    #[error("the card carries no user-authentication certificate")]
    NoCertificate,
    /// A card without PIN (顔認証マイナンバーカード): the portal cannot take it. Row OQS-REG-03.
    #[error("the card has no PIN")]
    NoPin,
    /// Not four digits; the card was not asked.
    #[error("a PIN is four digits")]
    NotFourDigits,
    /// Wrong; the card has counted it.
    #[error("the PIN is wrong, {left} tries are left")]
    WrongPin {
        /// Tries left, at least one.
        left: u8,
    },
    /// The card takes no PIN any more.
    #[error("the PIN is blocked")]
    Blocked,
    /// The card does not answer as it should.
    #[error(transparent)]
    Card(#[from] CardError),
}

impl NoProof {
    /// A card without a PIN answers as one whose PIN is locked. Its holder knows the difference.
    #[must_use]
    pub fn to_holder(self, has_pin: bool) -> Self {
        if !has_pin && matches!(self, Self::Blocked) { Self::NoPin } else { self }
    }
}

/// Has the card sign the challenge for this PIN.
///
/// # Errors
/// [`NoProof`].
pub fn prove(channel: &mut dyn CardChannel, pin: &str, challenge: &[u8]) -> Result<Proof, NoProof> {
    let mut card = CardClient::new(channel);
    match card.recognise()? {
        Recognised::MyNumberCard { .. } | Recognised::Phone { .. } => {}
        Recognised::Foreign => return Err(NoProof::NotMyNumberCard),
    }
    if !card.has_user_certificate()? {
        return Err(NoProof::NoCertificate);
    }
    let certificate = card.certificate()?.ok_or(NoProof::NoCertificate)?;
    match card.pin_counter()? {
        PinCounter::Left(_) => {}
        PinCounter::Blocked => return Err(NoProof::Blocked),
        PinCounter::NoPin => return Err(NoProof::NoPin),
    }
    let pin = Pin::new(pin).ok_or(NoProof::NotFourDigits)?;
    match card.verify_pin(&pin)? {
        PinAnswer::Right => {}
        PinAnswer::Wrong { left } => return Err(NoProof::WrongPin { left }),
        PinAnswer::Blocked => return Err(NoProof::Blocked),
    }
    Ok(Proof { certificate, signature: card.sign(challenge)? })
}
