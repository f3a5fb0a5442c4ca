//! OQSmutic01req: whose tickets of a month name this institution (医療扶助)?

use jiff::Timestamp;

use super::{bulk, bulk_query::without_certificates, card, fault::Fault, record::result_of};
use crate::{
    backend::Desk,
    messages::{
        Answer, InstitutionCode, Message, Outcome, YearMonth,
        mutic::{FoundUnit, MedicalAidBody, MedicalAidQuery},
    },
    service::{
        aid::{day_in, tickets_for},
        days::day_of,
        disclose::{Answer as Given, Record, Route, disclose},
        qualify::{Qualification, Standing, holding},
        records::{Coverage, PersonState},
    },
};

/// Takes a query for the medical aid of a month. Rows OQS-AID-01, OQS-AID-03.
pub(super) async fn receive(
    desk: &Desk,
    query: MedicalAidQuery,
    now: Timestamp,
) -> Result<Message, Fault> {
    let MedicalAidQuery { header, body } = query;
    let month = body.qualification_confirm_search_info.medical_treatment_month;
    let institution = header.medical_institution_code.clone();
    let mut units = Vec::new();
    for state in desk.store.ticketed(&institution, month).await? {
        let given = given(&state, &institution, month, now);
        if given.is_empty() || state.is_barred() {
            continue;
        }
        let numbers = desk.store.reference_numbers(&institution, &state.person).await?;
        let unit = |given: Given| unit(given, &institution, numbers.clone());
        units.extend(given.into_iter().map(unit));
    }
    let header = card::answer_header(header, now);
    let body = MedicalAidBody { units };
    let outcome = Outcome::Normal(bulk::take_in(desk, header.clone(), body, now).await?);
    Ok(Message::MedicalAidReception(Answer { header, outcome }))
}

/// One answer a qualification with such a ticket; as a rule a person has one.
fn given(
    state: &PersonState,
    institution: &InstitutionCode,
    month: YearMonth,
    now: Timestamp,
) -> Vec<Given> {
    let day = day_in(month, day_of(now));
    let of = |coverage| {
        let tickets = tickets_for(state, coverage, institution, (month, day));
        let found = standing(state, coverage, day).filter(|_| !tickets.is_empty())?;
        let given = disclose(&found, &Route::Numbers { limit: false }, day, now);
        Some(Given { record: given.record.map(|record| Record { tickets, ..record }), ..given })
    };
    state.coverages.iter().filter_map(of).collect()
}

fn standing<'a>(
    state: &'a PersonState,
    coverage: &'a Coverage,
    day: jiff::civil::Date,
) -> Option<Qualification<'a>> {
    match coverage.standing(day) {
        Standing::NotYet => None,
        Standing::Active => Some(holding(state, coverage, day)),
        Standing::Ended => Some(Qualification::Invalid(state, coverage)),
    }
}

fn unit(
    given: Given,
    institution: &InstitutionCode,
    numbers: Vec<crate::messages::Identifier>,
) -> FoundUnit {
    let validity = given.validity;
    let result = |record| without_certificates(result_of(record, institution, None));
    FoundUnit::normal(validity, given.into_records().map(result).collect(), numbers)
}
