//! SIMperson01req: a person without card, in disaster mode or by the emergency function of an outage. Bench profile.

use jiff::Timestamp;

use super::{card::answer_header, fault::Fault, numbers::confirmation, record::result_of};
use crate::{
    backend::Desk,
    defect::{self, Defect},
    messages::{
        Answer, AnswerHeader, InstitutionCode, Message, Outcome, RequestHeader, SimError,
        codes::SpecialFunction,
        person::{PersonBody, PersonQuery, PersonQueryBody},
    },
    operator::{emergency_act, is_disaster},
    service::{
        days::day_of,
        disclose::{Route, disclose},
        emergency::{Act, NotNow},
        identify::Identified,
        qualify::{Qualification, by_card},
        records::PersonState,
        register::FourItems,
    },
};

/// Answers who is asked for by name, birth date, sex and address. Rows OQS-DIS-01, OQS-DIS-02, OQS-FALL-11, OQS-FALL-12.
pub(super) async fn answer(
    desk: &Desk,
    query: PersonQuery,
    now: Timestamp,
) -> Result<Message, Fault> {
    let PersonQuery { header, body } = query;
    let institution = header.medical_institution_code.clone();
    open(desk, &institution, body.special_function, now).await?;
    let day = header.qualification_confirmation_date;
    let items = items(body);
    let candidates = desk.store.born_on(items.birthdate).await?;
    let found = match named_by(desk.defect, &items, &candidates) {
        Identified::Nobody => Qualification::Nothing,
        Identified::Several => Qualification::Several,
        Identified::One(state) => by_card(state, day),
    };
    if let Some(confirmation) = confirmation(&found, &header) {
        desk.store.keep_confirmation(&confirmation).await?;
    }
    let given = disclose(&found, &Route::FourItems, day, now);
    let number = super::reference_number(desk, &institution, &found).await?;
    let results =
        given.record.map(|record| result_of(record, &institution, number)).into_iter().collect();
    let asked = RequestHeader {
        medical_institution_code: institution,
        arbitrary_file_identifier: header.arbitrary_file_identifier,
    };
    let header =
        AnswerHeader { qualification_confirmation_date: Some(day), ..answer_header(asked, now) };
    let body = PersonBody { qualification_validity: given.validity, results };
    Ok(Message::PersonAnswer(Box::new(Answer { header, outcome: Outcome::Normal(body) })))
}

/// Whether the function is open at the institution now; a query by the emergency function is counted for its report.
async fn open(
    desk: &Desk,
    institution: &InstitutionCode,
    function: SpecialFunction,
    now: Timestamp,
) -> Result<(), Fault> {
    let store = desk.store.as_ref();
    let open = match function {
        SpecialFunction::Disaster => is_disaster(store, institution, day_of(now)).await?,
        SpecialFunction::Emergency => {
            let _alone = desk.acting.lock().await;
            match emergency_act(store, institution, Act::Query).await? {
                Ok(_) => true,
                Err(NotNow::Step | NotNow::Count) => false,
            }
        }
    };
    let open = open || desk.defect == Some(Defect::EmergencyOpen);
    if open { Ok(()) } else { Err(SimError::FunctionClosed.into()) }
}

fn items(body: PersonQueryBody) -> FourItems {
    FourItems { name: body.name, birthdate: body.birthdate, sex: body.sex1, address: body.address }
}

/// Nobody, one or several: nobody is guessed.
fn named_by<'a>(
    mistaken: Option<Defect>,
    items: &FourItems,
    candidates: &'a [PersonState],
) -> Identified<'a> {
    let named = |state: &&PersonState| {
        let held = |holder| defect::addressed(mistaken, holder, &items.address);
        state.holder.as_ref().map(held).is_some_and(|holder| items.name_person(&holder))
    };
    Identified::of(candidates.iter().filter(named))
}
