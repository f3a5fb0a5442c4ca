//! What is known after the events so far. Rules live in the files of their stage; here is only what they remember.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{
    CardFacts, ConsentKind, Coverage, ElectronicPrescription, FeedRecord, Numbers, Occasion,
    Record, World,
};

use super::{calendar, feed};

/// Everything that an event can change. No two events meet anywhere else.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    /// The virtual clock.
    pub now: Timestamp,
    /// The status responder accepts requests and says nothing.
    pub responder_silent: bool,
    /// Counters of each card, by holder; they outlive a visit and know no institution.
    pub cards: BTreeMap<String, CardMemory>,
    /// Tries left for the PIN in a holder's Android phone.
    pub phone_tries: BTreeMap<String, u8>,
    /// The certificate on each card, by holder. Absent: the card has none.
    pub certificates: BTreeMap<String, Certificate>,
    /// The certificates in a holder's phones, by holder; both kinds of phone share one fate.
    pub phones: BTreeMap<String, Certificate>,
    /// From when it is known whose the certificate on a card is, by holder; without an entry it is known.
    pub unlinked: BTreeMap<String, Timestamp>,
    /// Who was registered, and on which day last. By person and not by serial, so that a renewal needs no new registration
    /// (OQS-CERT-17).
    pub registered: BTreeMap<String, Date>,
    /// The coverages that follow from what insurers have fed, by person.
    pub coverages: BTreeMap<String, Vec<Coverage>>,
    /// The feed records taken, by `record_id`.
    pub feed_records: BTreeMap<String, FeedRecord>,
    /// The reports of electronic prescriptions taken, by person, in the order of their records.
    pub prescriptions: BTreeMap<String, Vec<ElectronicPrescription>>,
    /// The consents of the newest completed visit, by institution and person.
    pub consents: BTreeMap<(String, String), Consents>,
    /// The consents of the newest examination outside the institution, by institution, person and occasion.
    pub care: BTreeMap<(String, String, Occasion), Consents>,
    /// Examinations outside the institution, with and without card, oldest first.
    pub examinations: Vec<Examination>,
    /// Where the emergency function of an outage stands, by institution.
    pub emergencies: BTreeMap<String, Emergency>,
    /// Disaster modes by prefecture: first and last day.
    pub disasters: BTreeMap<String, (Date, Date)>,
    /// The numbers that an institution was told of a person last, by institution and person.
    pub told: BTreeMap<(String, String), Numbers>,
    /// The numbers of each valid qualification that was taken in, by institution, chart and day; the last of a day counts.
    pub confirmations: BTreeMap<(String, String, Date), Numbers>,
    /// Reference numbers, by institution and person (OQS-REF-01, 02).
    pub references: BTreeMap<(String, String), String>,
    /// Reference numbers with the numbers of the insurance under which each was registered, oldest first.
    pub registered_under: Vec<RegisteredUnder>,
    /// Who made the last bulk query that was taken.
    pub last_bulk: Option<String>,
    /// Result files that no one has taken in, by institution, oldest first.
    pub waiting: BTreeMap<String, Vec<Waiting>>,
}

/// What a card and the readers remember about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CardMemory {
    /// Tries left for the PIN, counted by the card.
    pub pin_tries: u8,
    /// Face failures in a row.
    pub face_failures: u8,
}

/// The certificate that is on a card now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Certificate {
    /// notBefore.
    pub issued: Timestamp,
    /// What the authority says of it.
    pub status: Status,
}

/// Status of a certificate at the authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Neither held nor revoked.
    Good,
    /// 一時停止, until released.
    Held,
    /// For good.
    Revoked,
}

/// What a patient agreed to at one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Consents {
    /// When.
    pub given: Timestamp,
    /// To what.
    pub kinds: BTreeSet<ConsentKind>,
}

/// A reference number as it was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RegisteredUnder {
    /// By whom.
    pub institution: String,
    /// For whom.
    pub person: String,
    /// Under which insurance.
    pub numbers: Numbers,
    /// 照会番号.
    pub reference_number: String,
}

/// One examination outside the institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Examination {
    /// Who examined.
    pub institution: String,
    /// Whom.
    pub person: String,
    /// Where.
    pub occasion: Occasion,
    /// The day.
    pub on: Date,
    /// When the patient had consented.
    pub given: Timestamp,
}

/// Where the emergency function stands. Closed where nothing is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emergency {
    /// The institution has telephoned.
    Requested,
    /// It was called back.
    CalledBack,
    /// So many queries were answered.
    Open(u32),
    /// So many uses are to be reported.
    ReportDue(u32),
}

/// A result file in an institution's `face` folder.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Waiting {
    /// Whose card was used.
    pub holder: String,
    /// The record in it, if any.
    pub record: Option<Record>,
    /// QualificationValidity.
    pub validity: u8,
    /// The day it is told for.
    pub day: Date,
}

impl State {
    /// What is known before the first event: fresh counters, good certificates, and the coverages of the world.
    pub fn before(world: &World) -> Self {
        let mut state = Self {
            now: world.now,
            responder_silent: false,
            cards: BTreeMap::new(),
            phone_tries: BTreeMap::new(),
            certificates: BTreeMap::new(),
            phones: BTreeMap::new(),
            unlinked: BTreeMap::new(),
            registered: BTreeMap::new(),
            coverages: BTreeMap::new(),
            feed_records: BTreeMap::new(),
            prescriptions: BTreeMap::new(),
            consents: BTreeMap::new(),
            care: BTreeMap::new(),
            examinations: Vec::new(),
            emergencies: BTreeMap::new(),
            disasters: BTreeMap::new(),
            told: BTreeMap::new(),
            confirmations: BTreeMap::new(),
            references: BTreeMap::new(),
            registered_under: Vec::new(),
            last_bulk: None,
            waiting: BTreeMap::new(),
        };
        for (name, person) in &world.people {
            let coverages = feed::coverages(world, &state, name);
            state.coverages.insert(name.clone(), coverages);
            if let Some(card) = &person.card {
                state.take_card(name, card);
            }
        }
        state
    }

    fn take_card(&mut self, holder: &str, card: &CardFacts) {
        self.cards.insert(holder.to_owned(), CardMemory { pin_tries: 3, face_failures: 0 });
        if card.certificate {
            let certificate = Certificate { issued: card.issued, status: Status::Good };
            self.certificates.insert(holder.to_owned(), certificate);
            self.phones.insert(holder.to_owned(), certificate);
        }
        if card.registered {
            self.registered.insert(holder.to_owned(), calendar::day(card.issued.min(self.now)));
        }
    }
}
