//! Presses cards: from a person's data and the authority's certificates to a virtual My Number Card.

use std::sync::{Arc, OnceLock};

use rsa::{RsaPrivateKey, RsaPublicKey};
use sim_card::face_info::{card_verifiable_certificate, key_id};
use sim_card::pki::{
    Authority, AuthorityConfig, CaKind, FixtureKey, Generation, IssueRequest, Issued, Municipality,
    SignatureIssueRequest, Substitutes, fixture_key, pooled_key,
};
use sim_card::population::Spelling;
use sim_card::{
    CardContents, CardKey, FaceIssuer, FaceRecord, Holder, KeyAndCertificate, OpenQuestions,
    OtherPins, Token,
};
use sim_reader::card_client::TerminalCredential;

use super::workshop::Workshop;
use crate::error::BenchError;
use crate::model::{CardFacts, Issuer, Person};
use crate::seed::Seed;

/// Makes cards of one hierarchy. The keys of named personas are fixtures of their own; others come from the pool.
pub struct CardPress {
    fixtures: Fixtures,
    foreign: Authority,
}

/// Who signs what stands on a card, and who may talk to it: the same for every press.
#[derive(Clone)]
struct Fixtures {
    issuer: Arc<FaceIssuer>,
    terminal_authority: RsaPublicKey,
    terminal: TerminalCredential,
}

/// Made once, since that takes three signatures.
fn fixtures() -> Result<&'static Fixtures, BenchError> {
    static MADE: OnceLock<Fixtures> = OnceLock::new();
    match MADE.get() {
        Some(fixtures) => Ok(fixtures),
        None => Fixtures::make().map(|made| MADE.get_or_init(|| made)),
    }
}

impl Fixtures {
    fn make() -> Result<Self, BenchError> {
        let key = |name| fixture_key(name).map_err(|error| BenchError::setup("card keys", error));
        let (issuer, authority) =
            (key(FixtureKey::FaceIssuer)?, key(FixtureKey::TerminalAuthority)?);
        let terminal = key(FixtureKey::Terminal)?;
        let certificate = |id, subject: &RsaPrivateKey, issuer| {
            let (of, by) = (key_id(id, "002"), key_id(id, "001"));
            card_verifiable_certificate(&by, &of, &subject.to_public_key(), issuer)
        };
        let terminal_certificate = certificate("9000001", &terminal, &authority);
        Ok(Self {
            issuer: Arc::new(FaceIssuer {
                certificate: certificate("9900023", &issuer, &issuer),
                text_certificate: certificate("9900033", &issuer, &issuer),
                key: issuer,
            }),
            terminal_authority: authority.to_public_key(),
            terminal: TerminalCredential::new(terminal, terminal_certificate),
        })
    }
}

/// What a card is made from, with what the authority knows of it.
pub struct Pressed {
    /// What goes onto the card.
    pub contents: CardContents,
    /// Serial of its user-authentication certificate, if it has one.
    pub serial: Option<Vec<u8>>,
}

impl CardPress {
    /// A press with the fixture keys.
    ///
    /// # Errors
    /// [`BenchError`] when a fixture is damaged.
    pub fn new() -> Result<Self, BenchError> {
        let config =
            AuthorityConfig { generation: Generation::Foreign, ..AuthorityConfig::default() };
        let foreign = Authority::new(config)
            .map_err(|error| BenchError::setup("foreign authority", error))?;
        Ok(Self { fixtures: fixtures()?.clone(), foreign })
    }

    /// What makes a card sign for this bench's readers without PIN (bench profile).
    pub fn terminal(&self) -> TerminalCredential {
        self.fixtures.terminal.clone()
    }

    /// Presses one card. `place` is the person's place among all people, which chooses the keys.
    ///
    /// # Errors
    /// [`BenchError`] when a certificate cannot be issued or the photo not encoded.
    pub fn press(
        &mut self,
        workshop: &Workshop,
        authority: &mut Authority,
        order: &Order<'_>,
    ) -> Result<Pressed, BenchError> {
        let failed = |error: &dyn std::fmt::Display| BenchError::setup("card", error);
        let key = pooled_key(2 * order.place).map_err(|error| failed(&error))?;
        let signature_key = pooled_key(2 * order.place + 1).map_err(|error| failed(&error))?;
        let issuing = match order.facts.issuer {
            Issuer::Trusted => authority,
            Issuer::Foreign => &mut self.foreign,
        };
        let (public, signature_public) = (key.to_public_key(), signature_key.to_public_key());
        let request = order.request(&public);
        let issued = issuing.issue_user_authentication(request).map_err(|error| failed(&error))?;
        let (name, address) =
            (Spelling::of(&order.person.name), Spelling::of(&order.person.address));
        let substitutes = Substitutes { name: name.substituted(), address: address.substituted() };
        let request = SignatureIssueRequest {
            issue: order.request(&signature_public),
            name: name.certificate,
            address: address.certificate,
            sex: sex(order.person),
        };
        let mut office = issuing.office(Municipality::default()).with_substitutes(substitutes);
        let signature = office.issue_digital_signature(request).map_err(|error| failed(&error))?;
        let photo = if order.facts.photo {
            Some(workshop.photo(order.person.face)?.to_vec().into())
        } else {
            None
        };
        let contents = CardContents {
            token: Token::Card,
            user_authentication: order
                .facts
                .certificate
                .then(|| bound(&key, &issued, issuing.ca_certificate())),
            digital_signature: Some(bound(
                &signature_key,
                &signature,
                issuing.signature_ca_certificate(),
            )),
            user_pin: order.facts.pin.clone(),
            signature_password: Some("ABC123".to_owned()),
            face: FaceRecord {
                birthdate: order.person.birthdate,
                sex: sex(order.person),
                expiry: order.facts.expiry,
                security_code: order.facts.security_code.clone(),
                photo,
                images: None,
            },
            other_pins: OtherPins::all(order.facts.pin.as_deref()),
            holder: Holder {
                name: order.person.name.clone(),
                kana: None,
                address: order.person.address.clone(),
            },
            individual_number: order.person.individual_number.clone(),
            issuer: Arc::clone(&self.fixtures.issuer),
            terminal_authority: Some(self.fixtures.terminal_authority.clone()),
            challenge_seed: order.seed.bytes(&format!("card challenges of {}", order.holder)),
            open_questions: OpenQuestions::default(),
        };
        let serial = order.facts.certificate.then_some(issued.serial);
        Ok(Pressed { contents, serial })
    }
}

/// Puts a certificate of the same holder into a phone (bench profile: how a phone gets it is not shown). It has the card's PIN,
/// and no face record to be opened.
///
/// # Errors
/// [`BenchError`] when the certificate cannot be issued.
pub fn into_phone(
    card: &CardContents,
    token: Token,
    authority: &mut Authority,
    order: &Order<'_>,
) -> Result<Pressed, BenchError> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("phone", error);
    // The key of the card's signature certificate does for a phone of the bench; keys are few and dear.
    let key = pooled_key(2 * order.place + 1).map_err(|error| failed(&error))?;
    let public = key.to_public_key();
    let mut office = authority.office(Municipality::default());
    let issued = office.issue_mobile_user_authentication(order.request(&public));
    let issued = issued.map_err(|error| failed(&error))?;
    let ca_certificate = authority.certificate_of(CaKind::MobileUserAuthentication);
    let contents = CardContents {
        token,
        user_authentication: Some(bound(&key, &issued, ca_certificate)),
        digital_signature: None,
        challenge_seed: order.seed.bytes(&format!("{} of {}", token.label(), order.holder)),
        ..card.clone()
    };
    Ok(Pressed { contents, serial: Some(issued.serial) })
}

/// One card to be pressed.
pub struct Order<'a> {
    /// Opaque person code.
    pub holder: &'a str,
    /// The person.
    pub person: &'a Person,
    /// The card.
    pub facts: &'a CardFacts,
    /// The person's place among all people.
    pub place: usize,
    /// The scenario's seed.
    pub seed: Seed,
}

impl Order<'_> {
    fn request<'k>(&self, key: &'k RsaPublicKey) -> IssueRequest<'k> {
        IssueRequest {
            holder: self.holder.to_owned(),
            birthdate: self.person.birthdate,
            at: self.facts.issued,
            card_expiry: self.facts.expiry,
            key,
            not_after: None,
        }
    }
}

fn bound(key: &RsaPrivateKey, issued: &Issued, ca_certificate: &[u8]) -> KeyAndCertificate {
    KeyAndCertificate {
        key: CardKey::from(key.clone()),
        certificate: issued.certificate.clone(),
        ca_certificate: ca_certificate.to_vec(),
    }
}

fn sex(person: &Person) -> char {
    if person.sex == 1 { '1' } else { '2' }
}
