//! Opening a citizen's card: two certificates are signed; all else is at hand or made later.

use std::sync::{Arc, OnceLock};

use jiff::{Timestamp, civil::Date};
use rsa::RsaPublicKey;

use super::certificates::CitizenCertificate;
use super::citizen::Citizen;
use super::draw::Draw;
use crate::contents::{
    CardContents, Deferred, FaceIssuer, FaceRecord, Holder, KeyAndCertificate, OpenQuestions,
    OtherPins, Token,
};
use crate::face_info::{card_verifiable_certificate, key_id};
use crate::pki::{
    Authority, AuthorityError, CaKind, FixtureKey, IssueRequest, Issued, PERSONA_KEYS, POOL_SIZE,
    SignatureIssueRequest, fixture_key, keys::KeyError, pooled_key, validity::japanese_day,
};
use crate::rsa_signing::RsaSigner;

/// Why a card was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The citizen does not hold this card at that time.
    #[error("the card is valid from {from} to {to}, and not on {day}")]
    NotValid {
        /// The Japanese day asked for.
        day: Date,
        /// Day of issue.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// The authority refused.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// An embedded key is damaged.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A card with its certificates, and what the authority calls them.
#[derive(Debug, Clone)]
pub struct OpenedCard {
    /// What [`Card::new`](crate::Card::new) takes. The photo is made when it is first read.
    pub contents: CardContents,
    /// Serial number of the 利用者証明用電子証明書.
    pub user_authentication_serial: Vec<u8>,
    /// Serial number of the 署名用電子証明書; `None` on cards of those under 15.
    pub digital_signature_serial: Option<Vec<u8>>,
}

impl Citizen {
    /// Opens this citizen's card as it is at `at`, with keys of the pool: many citizens share a key.
    ///
    /// Its certificates are those of [`Citizen::certificates`], issued at the counter of the citizen's municipality with 代替文字 marked, so opening a
    /// card again, in any order and as often as one likes, gives the same bytes. The authority gets to know the population and keeps no record of what
    /// is opened; what it is told of these certificates later (revocation and the like) it keeps.
    ///
    /// `photo` makes the photo of an appearance, as JP2, when it is first read: whoever has a camera draws the faces, so that both fit.
    ///
    /// # Errors
    /// [`OpenError::NotValid`] outside of the card's days; those of the authority, which knows one population.
    pub fn card(
        &self,
        issuer: &mut Authority,
        at: Timestamp,
        photo: impl FnOnce(u64) -> Vec<u8> + Send + 'static,
    ) -> Result<OpenedCard, OpenError> {
        let day = japanese_day(at);
        let (from, to) = (self.card_issued, self.card_expiry);
        let not_valid = || OpenError::NotValid { day, from, to };
        if !(from..=to).contains(&day) {
            return Err(not_valid());
        }
        issuer.introduce(self.population)?;
        let on_card = |ca| self.certificate_on(ca, day);
        let user = on_card(CaKind::UserAuthentication).ok_or_else(not_valid)?;
        let (user, user_serial) = self.certified(issuer, &user)?;
        let signature = match on_card(CaKind::DigitalSignature) {
            Some(signature) => Some(self.certified(issuer, &signature)?),
            None => None,
        };
        let (digital_signature, digital_signature_serial) = signature.unzip();
        let face = self.face;
        let photo = self.photo.then(|| Deferred::of(move || photo(face)));
        let contents = self.contents(user, digital_signature, photo)?;
        Ok(OpenedCard {
            contents,
            user_authentication_serial: user_serial,
            digital_signature_serial,
        })
    }

    /// Key and certificate; costs one signature of the authority.
    fn certified(
        &self,
        issuer: &mut Authority,
        certificate: &CitizenCertificate,
    ) -> Result<(KeyAndCertificate, Vec<u8>), OpenError> {
        let signs = certificate.ca.tells_name_and_address();
        let key = self.key(usize::from(signs))?;
        let public = key.key().to_public_key();
        let request = self.request(&public, certificate.issued);
        let office = issuer.office(self.municipality()).with_substitutes(self.substitutes());
        let mut office = office.under(certificate.serial);
        let issued = if signs {
            office.issue_digital_signature(SignatureIssueRequest {
                issue: request,
                name: self.name.name.certificate.clone(),
                address: self.address.address.certificate.clone(),
                sex: self.sex.digit(),
            })?
        } else {
            office.issue_user_authentication(request)?
        };
        Ok(bound(key, issued, issuer.certificate_of(certificate.ca)))
    }

    fn request<'k>(&self, key: &'k RsaPublicKey, at: Timestamp) -> IssueRequest<'k> {
        IssueRequest {
            holder: self.holder.clone(),
            birthdate: self.birthdate,
            at,
            card_expiry: self.card_expiry,
            key,
            not_after: None,
        }
    }

    fn contents(
        &self,
        user: KeyAndCertificate,
        digital_signature: Option<KeyAndCertificate>,
        photo: Option<Deferred<Vec<u8>>>,
    ) -> Result<CardContents, KeyError> {
        let signature_password =
            digital_signature.is_some().then(|| self.signature_password.clone());
        Ok(CardContents {
            token: Token::Card,
            user_authentication: Some(user),
            digital_signature,
            user_pin: Some(self.user_pin.clone()),
            other_pins: OtherPins::all(Some(&self.user_pin)),
            holder: self.in_letters(),
            open_questions: OpenQuestions::default(),
            signature_password,
            face: FaceRecord {
                birthdate: self.birthdate,
                sex: self.sex.digit(),
                expiry: self.card_expiry,
                security_code: self.security_code.clone(),
                photo,
                images: None,
            },
            individual_number: self.individual_number.digits().to_owned(),
            issuer: Arc::clone(face_issuer()?),
            terminal_authority: Some(terminal_authority()?.clone()),
            challenge_seed: self.challenge_seed,
        })
    }

    fn in_letters(&self) -> Holder {
        Holder {
            name: self.name.name.written.clone(),
            kana: Some(self.name.kana.clone()),
            address: self.address.address.written.clone(),
        }
    }

    /// The key of one of the two purposes. Both of a card are different ones, and no persona has either.
    fn key(&self, purpose: usize) -> Result<&'static Arc<RsaSigner>, KeyError> {
        let pairs = u64::try_from((POOL_SIZE - PERSONA_KEYS) / 2).unwrap_or_default();
        let pair = Draw::new(self.face, self.index).below("keys", pairs);
        pool(PERSONA_KEYS + 2 * usize::try_from(pair).unwrap_or_default() + purpose)
    }
}

fn bound(key: &Arc<RsaSigner>, issued: Issued, ca: &[u8]) -> (KeyAndCertificate, Vec<u8>) {
    let Issued { serial, certificate } = issued;
    let ca_certificate = ca.to_vec();
    (KeyAndCertificate { key: Arc::clone(key).into(), certificate, ca_certificate }, serial)
}

/// A key of the pool, decoded once per process: decoding costs as much as signing.
fn pool(index: usize) -> Result<&'static Arc<RsaSigner>, KeyError> {
    static POOL: [OnceLock<Arc<RsaSigner>>; POOL_SIZE] = [const { OnceLock::new() }; POOL_SIZE];
    static OTHER: OnceLock<Arc<RsaSigner>> = OnceLock::new();
    once(POOL.get(index).unwrap_or(&OTHER), || Ok(Arc::new(RsaSigner::new(pooled_key(index)?))))
}

fn terminal_authority() -> Result<&'static RsaPublicKey, KeyError> {
    static KEY: OnceLock<RsaPublicKey> = OnceLock::new();
    once(&KEY, || Ok(fixture_key(FixtureKey::TerminalAuthority)?.to_public_key()))
}

fn face_issuer() -> Result<&'static Arc<FaceIssuer>, KeyError> {
    static ISSUER: OnceLock<Arc<FaceIssuer>> = OnceLock::new();
    once(&ISSUER, || {
        let key = fixture_key(FixtureKey::FaceIssuer)?;
        let public = key.to_public_key();
        let certify =
            |id| card_verifiable_certificate(&key_id(id, "001"), &key_id(id, "002"), &public, &key);
        let (certificate, text_certificate) = (certify("9900023"), certify("9900033"));
        Ok(Arc::new(FaceIssuer { key, certificate, text_certificate }))
    })
}

fn once<T>(
    cell: &'static OnceLock<T>,
    make: impl FnOnce() -> Result<T, KeyError>,
) -> Result<&'static T, KeyError> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}
