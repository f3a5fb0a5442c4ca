//! Whether a reader means what it says: one that lets every card through, or none, cannot be judged.

use rsa::Pkcs1v15Sign;
use sha2::{Digest as _, Sha256};
use sim_card::CardContents;
use sim_reader::CardChannel;
use sim_reader::consent::{ConsentKind, flags};

use super::Finding;
use super::desk::{CHALLENGE, Desk};
use super::line::{self, Patient, Placed};
use super::table::{OnTable, Other, contents};
use crate::catalogue::Position;
use crate::clock::wall;
use crate::error::BenchError;
use crate::model::VisitEnd;
use crate::sut::adapter::Adapter;
use crate::sut::config::SutConfig;
use crate::sut::reader::ReaderProduct;
use crate::sut::reader::protocol::{self, Consent, ReaderReset, VisitOrder, VisitTold, Way};
use crate::world::{CardPress, Fittings, account};

const CONTRACT: &str =
    "docs/reader-protocol.md shows each order with its reply, and how the card is reached";
const INSTITUTION: &str = "1319999999";
/// What is asked here, and what of it is agreed to.
const ASKED: [ConsentKind; 2] = [ConsentKind::Limit, ConsentKind::Drugs];
const AGREED: ConsentKind = ConsentKind::Drugs;

/// Looks at the product.
pub(super) async fn examine(sut: &SutConfig, adapter: &Adapter) -> Vec<Result<(), Finding>> {
    line::examine(sut, Counter::admit(sut, adapter).await).await
}

/// The product between a card and a terminal; the second copy of it begins with the first visit.
struct Counter<'a> {
    patient: Patient,
    sut: &'a SutConfig,
    adapter: &'a Adapter,
    desk: Desk,
    fittings: Fittings,
    contents: CardContents,
    reader: Option<ReaderProduct>,
}

impl Placed for Counter<'_> {
    fn patient(&mut self) -> &mut Patient {
        &mut self.patient
    }

    /// It leads a visit by PIN to its end: a product that refuses all fails here.
    async fn echo(&mut self) -> Result<(), Finding> {
        let started = ReaderProduct::start(self.sut, self.adapter, self.reset()).await;
        self.reader = Some(started.map_err(|error| self.said_no(error))?);
        let mut card = OnTable::lay(self.contents.clone());
        let told = self.visit(Some(&mut card)).await?;
        self.must_end(&told, VisitEnd::Completed, "a visit with a card and a PIN that are right")?;
        let asked: Vec<_> = told.asked.iter().map(|Consent(kind)| *kind).collect();
        if asked != ASKED {
            return Err(self.patient.fault("does not ask the consents that are switched on"));
        }
        self.proof_is_the_cards()?;
        self.consent_is_the_patients()
    }

    /// What the terminal refuses, and a card of another kind, get nowhere: a product that accepts all fails here.
    async fn known_bad(&mut self) -> Result<(), Finding> {
        self.desk.said().refuses = true;
        let mut card = OnTable::lay(self.contents.clone());
        let told = self.visit(Some(&mut card)).await?;
        let what = "a visit whose certificate the terminal refuses";
        self.must_end(&told, VisitEnd::CertificateRefused, what)?;
        let told = self.visit(Some(&mut Other)).await?;
        self.must_end(&told, VisitEnd::NotMyNumberCard, "a visit with a card of another kind")?;
        self.must_not_ask("of a card of another kind")
    }

    /// Where no card lies, nobody is asked anything.
    async fn nothing_from_nothing(&mut self) -> Result<(), Finding> {
        let told = self.visit(None).await?;
        self.must_end(&told, VisitEnd::NoCard, "a visit without a card")?;
        self.must_not_ask("where no card lies")
    }
}

impl<'a> Counter<'a> {
    async fn admit(sut: &'a SutConfig, adapter: &'a Adapter) -> Result<Self, Finding> {
        let (desk, contents) = (Desk::open().await?, contents()?);
        let fittings = Fittings::build_in(CardPress::new()?.terminal()).await?;
        let patient = Patient::admit(sut, (Position::Reader, adapter), CONTRACT)?;
        Ok(Self { patient, sut, adapter, desk, fittings, contents, reader: None })
    }

    fn reset(&self) -> ReaderReset {
        ReaderReset {
            institution: INSTITUTION.to_owned(),
            account: account(INSTITUTION),
            terminal_url: self.desk.url(),
            camera_url: self.fittings.camera_url(),
            offers: ASKED.map(Consent).into(),
            electronic_prescriptions: false,
            phones: false,
            approval: Some(self.fittings.approval()),
            now: wall(),
        }
    }

    /// One visit by PIN with what lies on the reader.
    async fn visit(&mut self, card: Option<&mut dyn CardChannel>) -> Result<VisitTold, Finding> {
        self.desk.forget();
        let order = order(&self.contents, card.is_some());
        let reader = self.reader.as_mut();
        let reader = reader.ok_or_else(|| BenchError::setup("reader", "not started"))?;
        reader.visit(card, order).await.map_err(|error| self.said_no(error))
    }

    /// A no, where everybody has to say yes.
    fn said_no(&self, error: BenchError) -> Finding {
        if let BenchError::ProductUnsupported { what: said, .. }
        | BenchError::ProductError { reason: said, .. } = &error
        {
            return self.patient.fault(format!("has to do what is asked of it here: {said}"));
        }
        error.into()
    }

    fn must_end(&self, told: &VisitTold, end: VisitEnd, what: &str) -> Result<(), Finding> {
        if told.end == end {
            return Ok(());
        }
        let [said, right] = [told.end, end].map(word);
        Err(self.patient.fault(format!("says that {what} ended in `{said}`, and not `{right}`")))
    }

    fn must_not_ask(&self, when: &str) -> Result<(), Finding> {
        match self.desk.said().certificate {
            Some(_) => Err(self.patient.fault(format!("hands over a certificate {when}"))),
            None => Ok(()),
        }
    }

    /// What reached the terminal is the certificate on the card, and what its key made of the challenge.
    fn proof_is_the_cards(&self) -> Result<(), Finding> {
        let sent = self.desk.said().certificate.clone();
        let sent = sent.ok_or_else(|| self.patient.fault("ends a visit that it did not prove"))?;
        let user = self.contents.user_authentication.as_ref();
        let own = user.and_then(|user| Some((&user.certificate, user.key.rsa()?)));
        let (certificate, key) = own.ok_or_else(|| BenchError::setup("card", "no RSA key"))?;
        let (scheme, hash) = (Pkcs1v15Sign::new::<Sha256>(), Sha256::digest(CHALLENGE));
        let is_signed = key.to_public_key().verify(scheme, &hash, &sent.signature.0).is_ok();
        if is_signed && sent.certificate.0 == *certificate {
            return Ok(());
        }
        Err(self.patient.fault("hands over another certificate or signature than the card's"))
    }

    fn consent_is_the_patients(&self) -> Result<(), Finding> {
        let sent = self.desk.said().consents.clone();
        match sent {
            Some(sent) if sent.consents == flags(&[AGREED].into()) => Ok(()),
            Some(_) => Err(self.patient.fault("hands on other consents than the patient's")),
            None => Err(self.patient.fault("ends a visit without asking for the qualification")),
        }
    }
}

fn order(contents: &CardContents, is_placed: bool) -> VisitOrder {
    let entries = contents.user_pin.iter().cloned().collect();
    VisitOrder {
        placed: if is_placed { protocol::Placed::Card } else { protocol::Placed::Nothing },
        front: None,
        ways: vec![Way::Pin { entries }],
        consents: vec![Consent(AGREED)],
        register: false,
        prescription: None,
        occasion: None,
        silent: false,
    }
}

/// As it is spelt in replies.
fn word(end: VisitEnd) -> String {
    serde_json::to_value(end)
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}
