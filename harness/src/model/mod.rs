//! World → visit → outcome, as plain data: what steps build, properties generate, the oracle maps and the actors produce.
//!
//! Nothing here acts. Instants are `jiff::Timestamp`; days are Japanese calendar days (UTC+9). No field ever holds key material.

mod bulk;
mod care;
mod fault;
mod outcome;
mod people;
mod portal;
mod shares;
mod story;
mod without_card;

pub use bulk::{
    AnswerTrouble, BULK_SECONDS, BulkAnswer, BulkEntry, BulkOutcome, BulkQuery, ReferenceEntry,
    Registration, RegistrationOutcome, UnitOutcome,
};
pub use care::{Act, Cost, Dispensed, ElectronicPrescription, Place, Reports};
pub use fault::CardFault;
pub use outcome::{
    Answer, ClaimEnd, ClaimOutcome, InboxDecision, InformationOutcome, Notice, NumberName, Outcome,
    QueryOutcome, Record, VisitEnd, VisitOutcome,
};
pub use people::{
    CardFacts, Chart, Coverage, FileEncoding, HealthCheck, Institution, Issuer, Limit, Numbers,
    Person, Relation, World,
};
pub use portal::{PortalEnd, PortalOutcome, PortalSeen, PortalUse};
pub use shares::{Certificates, DiseaseCertificate, ElderlyShare};
pub use story::{
    AuthorityAct, Change, Claim, ConsentKind, Declared, DisasterMode, Event, FeedRecord,
    FolderOddity, InformationKind, InformationRequest, Mode, NumberQuery, Occasion, PhoneKind,
    Prescription, Presented, Trouble, Unclear, Visit,
};
pub use without_card::{
    CareDay, EmergencyAct, EmergencyStep, Finding, FindingOutcome, FoundPerson, PersonQuery,
    Repeat, SpecialFunction, Whom,
};
