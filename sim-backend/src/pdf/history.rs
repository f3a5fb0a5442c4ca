//! What a history says, line by line.

use jiff::civil::{Date, DateTime};

use super::sheet::{self, Line};
use crate::messages::{
    InstitutionCode, Message,
    codes::Sex,
    history::HistoryOutcome,
    tkk::{HealthCheckHistory, HealthCheckupResultAndQuestionInfo, SpecificHealthCheckupInfo},
    yzk::{DiDateInf, DrugHistory, DrugInf, MeTrMonthInf},
};

/// The answer as a document; `None` for refusals and for families without one.
pub(crate) fn render(answer: &Message) -> Option<Vec<u8>> {
    if let Message::DrugAnswer(answer) = answer
        && let HistoryOutcome::History(history) = &answer.outcome
    {
        let made = (answer.process_execution_time, &answer.medical_institution_code);
        return Some(sheet::write("薬剤情報", drugs(history, made)));
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
    let mut lines = head("薬剤情報", &person, made);
    if history.months.is_empty() {
        lines.push(Line::Text(0, "該当する薬剤情報はありません。".to_owned()));
    }
    for month in &history.months {
        lines.push(Line::Head(month_head(month)));
        lines.extend(month.days.iter().flat_map(drug_day));
        lines.push(Line::Gap);
    }
    lines
}

fn month_head(month: &MeTrMonthInf) -> String {
    let first = month.me_tr_month.first_day();
    let mut head = format!("{}年{}月診療分", first.year(), first.month());
    for (word, name) in [("", &month.me_tr_di_h_nm), ("処方 ", &month.prls_h_nm)] {
        if let Some(name) = name {
            head.push_str(&format!("　{word}{name}"));
        }
    }
    head
}

fn drug_day(of: &DiDateInf) -> Vec<Line> {
    let prescribed = of.pr_date.map(|date| format!("（処方 {}）", day(date))).unwrap_or_default();
    let first = Line::Text(1, format!("調剤 {}{prescribed}", day(of.di_date)));
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
