//! What of the found record is given, by route and consent.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};

use super::{
    aid::{self, ShownTicket},
    consent::{Consent, MedicalKind},
    days::preschool_until,
    insurer::is_late_elderly,
    medical::medical,
    qualify::Qualification,
    records::{Coverage, ElderlyShare, Holder, Limit, Loss, PersonState, SpecificDisease},
    shares::{elderly, has_normal_share, limit, specific_diseases},
};
use crate::messages::codes::QualificationValidity as Validity;

/// How the answer was asked for. Rows OQS-QUAL-01, OQS-QUAL-04.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// A card with an identity check; the patient consented at the reader.
    Card(CardConsents),
    /// Numbers typed by staff.
    Numbers {
        /// The patient agreed orally that the limit is given. Row OQS-LIM-04.
        limit: bool,
    },
    /// Name, birth date, sex and address, in disaster mode or by the emergency function. Row OQS-DIS-02.
    FourItems,
}

/// What the patient agreed to at the reader. Rows OQS-CONS-02, OQS-CONS-13.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardConsents {
    /// Limit information.
    pub limit: bool,
    /// Specific-disease certificates.
    pub specific_diseases: bool,
    /// Medical information, by kind.
    pub medical: BTreeSet<MedicalKind>,
    /// The certificate is in its grace: medical information stays closed. Row OQS-CERT-14.
    pub grace: bool,
    /// Until when the medical consents live, where that is no day: home visits and online care. Row OQS-VISIT-03.
    pub until: Option<Timestamp>,
}

/// Something that is given only by consent, with the time of the consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByConsent<T> {
    /// `…ConsTime`; `None` is flag 0. Row OQS-CONS-08.
    pub given: Option<Timestamp>,
    /// What there is to give; empty without consent.
    pub content: T,
}

/// One record of the answer: nothing in it that the asker may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The person, without address when that is withheld.
    pub holder: Holder,
    /// The coverage, without its certificates.
    pub coverage: Coverage,
    /// The loss as registered, also when it lies ahead of the day. Row OQS-QUAL-17.
    pub loss: Option<Loss>,
    /// `PreschoolClassification` 1. Row OQS-QUAL-20.
    pub preschool: bool,
    /// `ElderlyRecipientCertificateInfo` of the day. Rows OQS-LIM-11, OQS-LIM-12.
    pub elderly: Option<ElderlyShare>,
    /// `LimitApplicationCertificateRelatedInfo` of the day.
    pub limit: ByConsent<Option<Limit>>,
    /// `SpecificDiseasesCertificateList` of the day.
    pub specific_diseases: ByConsent<Vec<SpecificDisease>>,
    /// Tickets of medical aid that hold on the day. Row OQS-AID-01.
    pub tickets: Vec<ShownTicket>,
    /// Consents to medical information; `None` by numbers, where no such flag exists. Row OQS-QUAL-32.
    pub medical: Option<Vec<Consent>>,
}

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `QualificationValidity`.
    pub validity: Validity,
    /// The record; absent for 4 and 5. Rows OQS-QUAL-11, OQS-QUAL-12.
    pub record: Option<Record>,
    /// Medical aid beside the insurance of the record (併用); by card only, for numbers name one of the two.
    pub beside: Option<Record>,
}

impl Answer {
    /// All records, the one that decides the validity first.
    pub fn into_records(self) -> impl Iterator<Item = Record> {
        self.record.into_iter().chain(self.beside)
    }
}

/// What is given of a qualification on a day, asked now. Table "what is given".
#[must_use]
pub fn disclose(found: &Qualification<'_>, route: &Route, day: Date, now: Timestamp) -> Answer {
    let (validity, source) = match *found {
        Qualification::Valid(state, coverage) => (Validity::Valid, Some((state, coverage))),
        Qualification::Invalid(state, coverage) => (Validity::Invalid, Some((state, coverage))),
        Qualification::Superseded(state, coverage) => {
            (Validity::InvalidNewerExists, Some((state, coverage)))
        }
        Qualification::Unregistered(state, coverage) => {
            (Validity::ValidUnregistered, Some((state, coverage)))
        }
        Qualification::Nothing => (Validity::NoMatch, None),
        Qualification::Several => (Validity::SeveralMatch, None),
    };
    let told = |(state, coverage)| record(state, coverage, validity, route, day, now);
    Answer { validity, record: source.and_then(told), beside: beside(source, route, day, now) }
}

fn beside(
    source: Option<(&PersonState, &Coverage)>,
    route: &Route,
    day: Date,
    now: Timestamp,
) -> Option<Record> {
    let (state, told) = source?;
    let aid = match route {
        Route::Card(_) => aid::beside(state, told, day)?,
        Route::Numbers { .. } | Route::FourItems => return None,
    };
    record(state, aid, Validity::Valid, route, day, now)
}

fn record(
    state: &PersonState,
    coverage: &Coverage,
    validity: Validity,
    route: &Route,
    day: Date,
    now: Timestamp,
) -> Option<Record> {
    let holder = state.holder.as_ref()?;
    let valid = validity == Validity::Valid;
    Some(Record {
        holder: shown_holder(holder),
        coverage: shown_coverage(coverage),
        loss: coverage.lost,
        preschool: preschool_until(holder.birthdate).is_some_and(|last| day <= last),
        elderly: elderly(coverage, holder, day),
        limit: limit(coverage, route, valid, day, now),
        specific_diseases: specific_diseases(coverage, route, valid, day, now),
        tickets: aid::tickets_on(state, coverage, day),
        medical: medical(state, coverage, route, now),
    })
}

/// Row OQS-PRIV-08: with the flag 不開示 the address is left out.
fn shown_holder(holder: &Holder) -> Holder {
    let mut shown = holder.clone();
    if holder.address_withheld {
        (shown.address, shown.post_number) = (None, None);
    }
    shown
}

/// Row OQS-QUAL-19: late-elderly care has neither symbol nor branch; row OQS-QUAL-21: class 05 has no share. Certificates
/// have their own rules.
fn shown_coverage(coverage: &Coverage) -> Coverage {
    let mut shown = coverage.clone();
    shown.certificates = super::records::Certificates::default();
    shown.tickets = Vec::new();
    if is_late_elderly(&coverage.insurer_number) {
        (shown.details.symbol, shown.details.branch) = (None, None);
    }
    if !has_normal_share(coverage.details.card_class) {
        shown.details.contribution_ratio = None;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        messages::Percent,
        service::samples::{all, coverage, day, given, person, rich, summary},
    };

    const INSURER: &str = "99990013";

    #[test] // the table "what is given"
    fn route_and_consent_decide_what_is_given() {
        let grace = CardConsents { grace: true, ..all() };
        for (row, route, expected) in [
            ("card, all consents", Route::Card(all()), (Some("A03"), 1, Some(4))),
            (
                "card, none: OQS-CONS-06, OQS-LIM-03",
                Route::Card(CardConsents::default()),
                (None, 0, Some(0)),
            ),
            ("card in grace: OQS-CERT-14", Route::Card(grace), (Some("A03"), 1, Some(0))),
            ("numbers: OQS-QUAL-32", Route::Numbers { limit: false }, (None, 0, None)),
            (
                "numbers, limit agreed: OQS-LIM-04",
                Route::Numbers { limit: true },
                (Some("A03"), 0, None),
            ),
            (
                "disaster mode: no limit, and no consent at the reader",
                Route::FourItems,
                (None, 0, None),
            ),
        ] {
            assert_eq!(summary(&given(&rich(), route, "2026-04-01")), expected, "{row}");
        }
    }

    #[test] // row OQS-CONS-02: all sixteen combinations
    fn each_kind_is_opened_by_its_own_consent() {
        for bits in 0..16_u8 {
            let wanted: BTreeSet<_> = MedicalKind::HISTORY
                .into_iter()
                .enumerate()
                .filter(|(place, _)| bits >> place & 1 == 1)
                .map(|(_, kind)| kind)
                .collect();
            let record = given(
                &rich(),
                Route::Card(CardConsents { medical: wanted.clone(), ..CardConsents::default() }),
                "2026-04-01",
            );
            let opened: BTreeSet<_> =
                record.medical.unwrap().iter().map(|consent| consent.kind).collect();
            assert_eq!(opened, wanted);
        }
    }

    #[test] // row OQS-CONS-08
    fn a_flag_of_one_has_its_time_and_a_flag_of_zero_has_none() {
        let record = given(&rich(), Route::Card(all()), "2026-04-01");
        assert_eq!(record.limit.given, "2026-04-01T00:30:15Z".parse().ok());
        assert_eq!(
            given(&rich(), Route::Card(CardConsents::default()), "2026-04-01").limit.given,
            None
        );
    }

    #[test] // row OQS-PRIV-08
    fn a_withheld_address_stays_here() {
        let mut state = rich();
        let open = given(&state, Route::Card(all()), "2026-04-01").holder;
        assert!(open.address.is_some() && open.post_number.is_some());
        state.holder.as_mut().unwrap().address_withheld = true;
        let closed = given(&state, Route::Card(all()), "2026-04-01").holder;
        assert!(closed.address.is_none() && closed.post_number.is_none());
    }

    #[test] // row OQS-QUAL-17
    fn a_record_tells_its_loss_also_ahead_of_the_day() {
        let lost = coverage(INSURER, "2024-04-01", Some("2026-04-01"));
        let state = person("P-1", "1985-05-05", vec![lost]);
        for on in ["2026-04-01", "2026-03-31"] {
            let loss = given(&state, Route::Card(all()), on).loss.unwrap();
            assert_eq!(loss.on, day("2026-04-01"), "{on}");
        }
    }

    #[test] // rows OQS-LIM-01, OQS-CONS-06: the limit belongs to the qualification, the consents to the patient
    fn a_lost_qualification_has_no_limit_and_keeps_the_consents() {
        let mut state = rich();
        state.coverages[0].lost =
            Some(Loss { on: day("2026-04-01"), reason: None, certificate_returned: None });
        let record = given(&state, Route::Card(all()), "2026-04-01");
        assert_eq!(summary(&record), (None, 0, Some(4)));
        assert!(record.limit.given.is_some());
    }

    #[test] // row OQS-QUAL-19
    fn late_elderly_records_have_neither_symbol_nor_branch() {
        let mut late = coverage("39999999", "2024-04-01", None);
        late.details.contribution_ratio = Percent::new(10);
        let shown =
            given(&person("P-1", "1945-05-05", vec![late]), Route::Card(all()), "2026-04-01")
                .coverage
                .details;
        assert_eq!(
            (shown.symbol, shown.branch, shown.contribution_ratio),
            (None, None, Percent::new(10))
        );
    }

    #[test] // row OQS-QUAL-20
    fn preschool_children_are_marked() {
        for (born, marked) in [("2020-04-01", false), ("2020-04-02", true)] {
            let state = person("P-1", born, vec![coverage(INSURER, "2024-04-01", None)]);
            assert_eq!(given(&state, Route::Card(all()), "2026-04-01").preschool, marked, "{born}");
        }
    }
}
