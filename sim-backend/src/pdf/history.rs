//! What a history says, line by line.

use jiff::civil::{Date, DateTime};

use super::sheet::{self, Line};
use crate::messages::{
    InstitutionCode, Message,
    codes::Sex,
    history::HistoryOutcome,
    tkk::{HealthCheckHistory, HealthCheckupResultAndQuestionInfo, SpecificHealthCheckupInfo},
    yzk::{DiDateInf, DrugHistory, DrugInf, MeTrMonthInf, SimCareInf},
};

/// Title of what YZKsiquc01req asks for.
const DRUGS_AND_CARE: &str = "薬剤・診療情報";

/// The answer as a document; `None` for refusals and for families without one.
pub(crate) fn render(answer: &Message) -> Option<Vec<u8>> {
    if let Message::DrugAnswer(answer) = answer
        && let HistoryOutcome::History(history) = &answer.outcome
    {
        let made = (answer.process_execution_time, &answer.medical_institution_code);
        return Some(sheet::write(DRUGS_AND_CARE, drugs(history, made)));
    }
    if let Message::HealthCheckAnswer(answer) = answer
        && let HistoryOutcome::History(history) = &answer.outcome
    {
        let made = (answer.process_execution_time, &answer.medical_institution_code);
        return Some(sheet::write("特定健診情報", health_checks(history, made)));
    }
    None
}

type Made<'a> = (DateTime, &'a InstitutionCode);

/// Who the document is about.
struct Person<'a> {
    name: &'a str,
    kana: Option<&'a str>,
    birth: Date,
    sex: Sex,
}

fn head(title: &str, person: &Person<'_>, (time, institution): Made<'_>) -> Vec<Line> {
    let Person { name, kana, birth, sex } = person;
    let kana = kana.map(|kana| format!("（{kana}）")).unwrap_or_default();
    vec![
        Line::Title(title.to_owned()),
        Line::Gap,
        Line::Text(0, format!("氏名　　　{name}{kana}")),
        Line::Text(0, format!("生年月日　{}　　性別　{}", day(*birth), sex.word())),
        Line::Text(
            0,
            format!(
                "作成　　　{} {:02}:{:02}　　医療機関コード　{institution}",
                day(time.date()),
                time.hour(),
                time.minute()
            ),
        ),
        Line::Gap,
    ]
}

fn drugs(history: &DrugHistory, made: Made<'_>) -> Vec<Line> {
    let person = Person {
        name: history.person.name.as_str(),
        kana: history.person.kana_name.as_deref(),
        birth: history.person.birth,
        sex: history.person.adm_gend_code,
    };
    let mut lines = head(DRUGS_AND_CARE, &person, made);
    let parts: Vec<Line> = history
        .months
        .iter()
        .flat_map(|month| drug_month("診療分", "調剤", month))
        .chain(history.prescribed.iter().flat_map(|one| drug_month("電子処方箋", "処方", one)))
        .chain(history.dispensed.iter().flat_map(|one| drug_month("電子処方箋の調剤", "調剤", one)))
        .chain(acts("診療情報", &history.care))
        .chain(acts("手術情報", &history.operations))
        .collect();
    if parts.is_empty() {
        lines.push(Line::Text(0, "該当する薬剤・診療情報はありません。".to_owned()));
    }
    lines.extend(parts);
    lines
}

/// What was prescribed or handed out in a month; `done` says which of both its days tell.
fn drug_month(of_what: &str, done: &str, month: &MeTrMonthInf) -> Vec<Line> {
    let head = Line::Head(month_head(of_what, month));
    let days = month.days.iter().flat_map(|day| drug_day(done, day));
    std::iter::once(head).chain(days).chain([Line::Gap]).collect()
}

/// Care or operations, a line each.
fn acts(title: &str, acts: &[SimCareInf]) -> Vec<Line> {
    if acts.is_empty() {
        return Vec::new();
    }
    let act = |act: &SimCareInf| {
        let SimCareInf { me_tr_date, me_tr_di_h_nm, sim_act_name, sim_act_code, .. } = act;
        Line::Text(
            1,
            format!("{}　{me_tr_di_h_nm}　{sim_act_name}（{sim_act_code}）", day(*me_tr_date)),
        )
    };
    let head = Line::Head(title.to_owned());
    std::iter::once(head).chain(acts.iter().map(act)).chain([Line::Gap]).collect()
}

fn month_head(of_what: &str, month: &MeTrMonthInf) -> String {
    let first = month.me_tr_month.first_day();
    let mut head = format!("{}年{}月{of_what}", first.year(), first.month());
    for (word, name) in [("", &month.me_tr_di_h_nm), ("処方 ", &month.prls_h_nm)] {
        if let Some(name) = name {
            head.push_str(&format!("　{word}{name}"));
        }
    }
    head
}

fn drug_day(done: &str, of: &DiDateInf) -> Vec<Line> {
    let earlier = of.pr_date.filter(|date| *date != of.di_date);
    let prescribed = earlier.map(|date| format!("（処方 {}）", day(date))).unwrap_or_default();
    let first = Line::Text(1, format!("{done} {}{prescribed}", day(of.di_date)));
    std::iter::once(first).chain(of.drugs.iter().map(drug)).collect()
}

fn drug(drug: &DrugInf) -> Line {
    let mut text = drug.drug_n.to_string();
    if let Some(ingredient) = &drug.ingre_n {
        text.push_str(&format!("【{ingredient}】"));
    }
    if let Some(quantity) = &drug.qua1 {
        text.push_str(&format!("　{quantity}{}", drug.unit.as_deref().unwrap_or_default()));
    }
    for more in [drug.usage_n.as_deref(), drug.sp_inst.as_deref()].into_iter().flatten() {
        text.push_str(&format!("　{more}"));
    }
    if let Some(times) = drug.times {
        text.push_str(&format!("　{times}回（日）分"));
    }
    Line::Text(2, text)
}

fn health_checks(history: &HealthCheckHistory, made: Made<'_>) -> Vec<Line> {
    let person = Person {
        name: history.person.name.as_str(),
        kana: history.person.kanas_name.as_deref(),
        birth: history.person.birthday,
        sex: history.person.administrative_gender_code,
    };
    let mut lines = head("特定健診情報", &person, made);
    if history.checks.is_empty() {
        lines.push(Line::Text(0, "該当する特定健診情報はありません。".to_owned()));
    }
    for SpecificHealthCheckupInfo { effective_time, items } in &history.checks {
        lines.push(Line::Head(format!("受診日　{}", day(*effective_time))));
        lines.extend(items.iter().map(item));
        lines.push(Line::Gap);
    }
    lines
}

fn item(item: &HealthCheckupResultAndQuestionInfo) -> Line {
    let unit = item.unit.as_deref().unwrap_or_default();
    let words = item.data_value_name.as_deref().map(|name| format!("（{name}）"));
    let words = words.unwrap_or_default();
    Line::Text(1, format!("{}　{}{unit}{words}", item.item_name, item.data_value))
}

fn day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}
