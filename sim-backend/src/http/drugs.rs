//! YZKsiquc01req: drug and care information of a patient who agreed here.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};

use super::{
    fault::Fault,
    history::{candidates, grounds, on_any, search},
    reported::Asked,
};
use crate::{
    backend::Desk,
    messages::{
        InstitutionCode, Message, Name, YearMonth,
        codes::PartShown,
        history::HistoryOutcome,
        yzk::{
            DiDateInf, DrugAnswer, DrugHistory, DrugInf, DrugRequest, DrugRequestBody,
            MeTrMonthInf, QuaInf,
        },
    },
    service::{
        days::day_of,
        information::{Days, Drugs, drugs, history},
        records::{Holder, Medicine},
    },
};

/// Answers a request for drug information. Whoever writes the answer makes a document of it when that was asked for.
pub(super) async fn answer(
    desk: &Desk,
    request: DrugRequest,
    now: Timestamp,
) -> Result<Message, Fault> {
    let DrugRequest { header, body } = request;
    let search = search(&header);
    let institution = &header.medical_institution_code;
    let candidates = candidates(desk, institution, &search, body.medical_treatment_flag).await?;
    let grounds = grounds(desk, institution, body.medical_treatment_flag, now).await?;
    let (days, today) = (days(&body), day_of(now));
    let wants_drugs = body.pr_di_inf_classification != Some(PartShown::Hidden);
    let given = on_any(&grounds, |access| {
        let opened = history(&search, &candidates, wants_drugs, access)?;
        let drugs = wants_drugs.then(|| drugs(&search, &candidates, days, access)).transpose()?;
        Ok((opened, drugs))
    });
    let (opened, given) = given?;
    let months = given.as_ref().map(months).unwrap_or_default();
    let reported = desk.store.care_history(&opened.state.person).await?;
    let asked = Asked { days, today, wants_drugs };
    Ok(Message::DrugAnswer(DrugAnswer {
        process_execution_time: super::execution_time(now),
        medical_institution_code: header.medical_institution_code,
        arbitrary_file_identifier: header.arbitrary_file_identifier,
        outcome: HistoryOutcome::History(DrugHistory {
            person: person(opened.holder),
            months,
            prescribed: asked.prescribed(&reported),
            dispensed: asked.dispensed(&reported),
            care: asked.care(opened.care, &reported),
            operations: asked.operations(opened.operations, &reported),
        }),
    }))
}

fn days(body: &DrugRequestBody) -> Days {
    let last =
        body.end_date.first_day().checked_add(1.month()).and_then(|next| next.yesterday()).ok();
    (Some(body.start_date.first_day()), last)
}

fn person(holder: &Holder) -> QuaInf {
    QuaInf {
        name: holder.name.clone(),
        kana_name: holder.name_kana.clone(),
        birth: holder.birthdate,
        adm_gend_code: holder.sex1,
    }
}

type MonthOf<'a> = (YearMonth, Option<&'a InstitutionCode>, Option<&'a Name>);

/// One entry a month and prescriber, one a day within it.
fn months(given: &Drugs<'_>) -> Vec<MeTrMonthInf> {
    let mut months: BTreeMap<MonthOf<'_>, BTreeMap<_, Vec<DrugInf>>> = BTreeMap::new();
    for medicine in &given.medicines {
        let month = (
            YearMonth::of(medicine.dispensed),
            medicine.prescriber.as_ref(),
            medicine.prescriber_name.as_ref(),
        );
        let day = (medicine.dispensed, medicine.prescribed);
        months.entry(month).or_default().entry(day).or_default().push(drug(medicine));
    }
    months.into_iter().map(|(of, days)| month(of, days)).collect()
}

fn month(
    (month, prescriber, name): MonthOf<'_>,
    days: BTreeMap<(jiff::civil::Date, Option<jiff::civil::Date>), Vec<DrugInf>>,
) -> MeTrMonthInf {
    let day = |((di_date, pr_date), drugs)| DiDateInf { di_date, pr_date, drugs };
    MeTrMonthInf {
        di_org: None,
        me_tr_di_h_cd: None,
        prls_h_cd: prescriber.cloned(),
        me_tr_di_h_nm: None,
        me_tr_month: month,
        prls_h_nm: name.cloned(),
        pr_is_org: None,
        in_out: None,
        days: days.into_iter().map(day).collect(),
    }
}

fn drug(medicine: &Medicine) -> DrugInf {
    DrugInf {
        drug_c: medicine.code.clone(),
        drug_n: medicine.name.clone(),
        ingre_n: medicine.ingredient.clone(),
        qua1: Some(medicine.quantity.clone()),
        unit: medicine.unit.clone(),
        usage_n: medicine.usage.clone(),
        sp_inst: None,
        times: medicine.times.map(u32::from),
        me_tr_id_cl: None,
    }
}
