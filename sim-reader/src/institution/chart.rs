//! Which chart a result belongs to: none, one, or a question to staff. Never a guess.
//!
//! A face file is tied to the patient at the counter by its content only, so neither the time of a file nor the chart
//! that happens to be open decides (OQS-MSG-19).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::kana::normal_name;
use super::messages::{FaceResult, ResultRecord};

/// What the institution has on file about one patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// 診察券番号.
    pub id: String,
    /// 氏名.
    pub name: String,
    /// カナ氏名; may be empty.
    pub kana: String,
    /// 生年月日.
    pub birthdate: Date,
    /// 性別: 1 male, 2 female, 3 not set (CD007).
    pub sex: u8,
    /// Insurance on file.
    #[serde(default)]
    pub insurance: Option<Insurance>,
    /// 照会番号 that this institution registered for the patient.
    #[serde(default)]
    pub reference_number: Option<String>,
}

/// The numbers of one insurance (保険者番号, 記号, 番号, 枝番).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insurance {
    /// 保険者番号; pads do not matter.
    pub insurer_number: String,
    /// 記号; absent for 後期高齢者.
    #[serde(default)]
    pub symbol: Option<String>,
    /// 番号.
    pub number: String,
    /// 枝番; absent for 後期高齢者 and on old cards.
    #[serde(default)]
    pub branch: Option<String>,
}

/// What the institution makes of one result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// Exactly one chart is meant, and birth date and name agree.
    Opened {
        /// The chart's id.
        chart: String,
    },
    /// A person has to look.
    AskStaff {
        /// The charts that may be meant.
        candidates: Vec<String>,
        /// What does not fit.
        why: Doubt,
    },
    /// No chart, or a result without a person.
    Unknown,
}

/// Why a result opens no chart by itself (OQS-QUAL-27).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// More than one chart may be meant.
    SeveralCharts,
    /// 氏名 differs.
    NameDiffers,
    /// 生年月日 differs.
    BirthdateDiffers,
    /// The records of one result name different persons.
    RecordsDisagree,
}

/// Matches one result: by reference number first, then by numbers, then by person.
pub fn match_result(charts: &[Chart], result: &FaceResult) -> Match {
    let Some(person) = result.person() else { return Match::Unknown };
    if result.records.iter().any(|record| !same_holder(person, record)) {
        return Match::AskStaff { candidates: Vec::new(), why: Doubt::RecordsDisagree };
    }
    let by_reference = |chart: &Chart| {
        person.reference_number.is_some() && chart.reference_number == person.reference_number
    };
    by_key(charts, person, by_reference)
        .or_else(|| by_key(charts, person, |chart| same_numbers(chart, person)))
        .or_else(|| by_person(charts, person))
        .unwrap_or(Match::Unknown)
}

/// Of the charts with this key, the one whose birth date and name agree opens. Otherwise staff are asked; no chart
/// with this key is no answer yet.
fn by_key(
    charts: &[Chart],
    person: &ResultRecord,
    has_key: impl Fn(&Chart) -> bool,
) -> Option<Match> {
    let found: Vec<&Chart> = charts.iter().filter(|chart| has_key(chart)).collect();
    let agreeing: Vec<&Chart> =
        found.iter().copied().filter(|chart| doubt(chart, person).is_none()).collect();
    match (agreeing.as_slice(), found.as_slice()) {
        ([one], _) => Some(opened(one)),
        ([], found) => ask(found, person),
        (several, _) => ask(several, person),
    }
}

/// Somebody whose insurance is new here: birth date, reading and sex find charts (bench choice), and a single one with
/// the same name opens. The reading only helps to find: it never stands in for the name (OQS-QUAL-31).
fn by_person(charts: &[Chart], person: &ResultRecord) -> Option<Match> {
    let alike: Vec<&Chart> = charts.iter().filter(|chart| is_alike(chart, person)).collect();
    match alike.as_slice() {
        [one] if doubt(one, person).is_none() => Some(opened(one)),
        alike => ask(alike, person),
    }
}

fn opened(chart: &Chart) -> Match {
    Match::Opened { chart: chart.id.clone() }
}

/// The question to staff which of these charts is meant; `None` when there is none.
fn ask(candidates: &[&Chart], person: &ResultRecord) -> Option<Match> {
    let [first, others @ ..] = candidates else { return None };
    let why = if others.is_empty() { doubt(first, person) } else { None };
    let candidates = candidates.iter().map(|chart| chart.id.clone()).collect();
    Some(Match::AskStaff { candidates, why: why.unwrap_or(Doubt::SeveralCharts) })
}

/// The first thing about the person that does not fit (OQS-QUAL-27). The reading is none: it may be missing and has
/// many spellings.
fn doubt(chart: &Chart, person: &ResultRecord) -> Option<Doubt> {
    if chart.birthdate != person.birthdate {
        Some(Doubt::BirthdateDiffers)
    } else if normal_name(&chart.name) != normal_name(&person.name) {
        Some(Doubt::NameDiffers)
    } else {
        None
    }
}

fn is_alike(chart: &Chart, person: &ResultRecord) -> bool {
    let kana = person.kana.as_deref().unwrap_or_default();
    chart.birthdate == person.birthdate
        && Some(chart.sex) == person.sex
        && normal_name(&chart.kana) == normal_name(kana)
}

fn same_numbers(chart: &Chart, person: &ResultRecord) -> bool {
    match (&chart.insurance, &person.insurance) {
        (Some(ours), Some(theirs)) => ours.agrees_with(theirs),
        (None, _) | (_, None) => false,
    }
}

fn same_holder(one: &ResultRecord, other: &ResultRecord) -> bool {
    one.birthdate == other.birthdate && normal_name(&one.name) == normal_name(&other.name)
}

impl Insurance {
    /// Same insurance: no number differs.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.differences(other).is_empty()
    }

    /// The names of the numbers that differ, in the order of the card (OQS-CLM-04): pads of the insurer number aside
    /// (OQS-MSG-09), everything as it stands, lead zeros and full-width letters included (OQS-QUAL-23). A branch counts
    /// only when both have one; empty is missing.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let branches = said(&self.branch).zip(said(&other.branch));
        let (ours, theirs) = (&self.insurer_number, &other.insurer_number);
        let agreements = [
            ("insurer_number", ours.trim_matches(' ') == theirs.trim_matches(' ')),
            ("symbol", said(&self.symbol) == said(&other.symbol)),
            ("number", self.number == other.number),
            ("branch", branches.is_none_or(|(ours, theirs)| ours == theirs)),
        ];
        agreements.into_iter().filter_map(|(name, agrees)| (!agrees).then_some(name)).collect()
    }
}

fn said(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::institution::samples::{chart, insurance, result};

    fn opened(id: &str) -> Match {
        Match::Opened { chart: id.to_owned() }
    }

    fn doubts(charts: &[Chart], result: &FaceResult) -> Option<Doubt> {
        match match_result(charts, result) {
            Match::AskStaff { why, .. } => Some(why),
            Match::Opened { .. } | Match::Unknown => None,
        }
    }

    #[test]
    fn one_chart_that_agrees_opens_whatever_the_spelling() {
        let wide = Chart {
            kana: "カクウ　ハナコ".into(), name: "架空花子".into(), ..chart("P1")
        };
        assert_eq!(match_result(&[wide, chart_of_another()], &result()), opened("P1"));
    }

    fn chart_of_another() -> Chart {
        let birthdate = "1970-01-01".parse().unwrap();
        Chart {
            name: "仮想　太郎".into(),
            kana: "ｶｿｳ ﾀﾛｳ".into(),
            birthdate,
            insurance: None,
            ..chart("P9")
        }
    }

    #[test]
    fn nothing_that_fits_is_unknown() {
        assert_eq!(match_result(&[chart_of_another()], &result()), Match::Unknown);
        let nobody = FaceResult { records: Vec::new(), validity: 4, ..result() };
        assert_eq!(match_result(&[chart("P1")], &nobody), Match::Unknown);
    }

    #[test]
    fn each_difference_goes_to_staff() {
        let base = chart("P1");
        let other_day = "1985-05-06".parse().unwrap();
        let other_insurance = Some(Insurance { number: "9".into(), ..insurance() });
        for (expected, chart) in [
            (Doubt::NameDiffers, Chart { name: "架空　華子".into(), ..base.clone() }),
            (Doubt::BirthdateDiffers, Chart { birthdate: other_day, ..base.clone() }),
            (
                Doubt::NameDiffers,
                Chart {
                    name: "架空　華子".into(), insurance: other_insurance, ..base.clone()
                },
            ),
        ] {
            assert_eq!(doubts(&[chart], &result()), Some(expected));
        }
        assert_eq!(doubts(&[base.clone(), chart("P2")], &result()), Some(Doubt::SeveralCharts));
    }

    #[test]
    fn twins_on_one_card_number_are_told_apart_by_name() {
        let mut first = chart("P1");
        let mut second = Chart {
            name: "架空　月子".into(), kana: "ｶｸｳ ﾂｷｺ".into(), ..chart("P2")
        };
        for twin in [&mut first, &mut second] {
            twin.insurance = Some(Insurance { branch: None, ..insurance() });
        }
        assert_eq!(match_result(&[first, second], &result()), opened("P1"));
    }

    #[test]
    fn a_relative_with_another_branch_is_somebody_else() {
        let birthdate = "1958-02-03".parse().unwrap();
        let insured = Insurance { branch: Some("01".into()), ..insurance() };
        let parent =
            Chart {
                name: "架空　一郎".into(), birthdate, insurance: Some(insured), ..chart("P2")
            };
        assert_eq!(match_result(&[parent], &result()), Match::Unknown);
    }

    #[test]
    fn the_reference_number_outlives_the_insurance() {
        let moved = Some(Insurance { insurer_number: "999998".into(), ..insurance() });
        let known = Chart { insurance: moved, reference_number: Some("R-1".into()), ..chart("P1") };
        let mut result = result();
        result.records[0].reference_number = Some("R-1".into());
        assert_eq!(match_result(std::slice::from_ref(&known), &result), opened("P1"));
        let wrong = Chart { name: "仮想　花子".into(), ..known };
        assert_eq!(doubts(&[wrong], &result), Some(Doubt::NameDiffers));
    }

    #[test]
    fn a_new_insurance_opens_by_person() {
        let other = Some(Insurance { number: "9".into(), ..insurance() });
        for insurance in [None, other] {
            let known = Chart { insurance, ..chart("P1") };
            assert_eq!(match_result(std::slice::from_ref(&known), &result()), opened("P1"));
            let other_sex = Chart { sex: 1, ..known.clone() };
            assert_eq!(match_result(&[other_sex], &result()), Match::Unknown);
            let namesake = Chart { id: "P2".into(), ..known.clone() };
            assert_eq!(doubts(&[known, namesake], &result()), Some(Doubt::SeveralCharts));
        }
    }

    #[test]
    fn the_reading_finds_charts_and_decides_nothing() {
        let misread = Chart { kana: "ｶｸｳ ﾊﾅﾖ".into(), ..chart("P1") };
        assert_eq!(match_result(std::slice::from_ref(&misread), &result()), opened("P1"));
        let unread = Chart { kana: String::new(), ..chart("P1") };
        assert_eq!(match_result(std::slice::from_ref(&unread), &result()), opened("P1"));
        for chart in [misread, unread] {
            let new_here = Chart { insurance: None, ..chart };
            assert_eq!(match_result(&[new_here], &result()), Match::Unknown);
        }
    }

    #[test]
    fn a_wrong_chart_beside_the_right_one_does_not_matter_where_numbers_agree() {
        let renamed = Chart { name: "仮名　花子".into(), ..chart("P1") };
        assert_eq!(match_result(&[renamed.clone(), chart("P2")], &result()), opened("P2"));
        let other = Chart { insurance: None, ..chart("P2") };
        assert_eq!(doubts(&[renamed.clone(), other], &result()), Some(Doubt::NameDiffers));
        let [one, two] = [renamed, chart("P2")].map(|chart| Chart { insurance: None, ..chart });
        assert_eq!(doubts(&[one, two], &result()), Some(Doubt::SeveralCharts));
    }

    #[test]
    fn numbers_are_compared_as_they_stand() {
        let base = insurance();
        for (other, agrees) in [
            (Insurance { insurer_number: "  999999".into(), ..base.clone() }, true),
            (Insurance { branch: Some(String::new()), ..base.clone() }, true),
            (Insurance { branch: Some("2".into()), ..base.clone() }, false),
            (Insurance { symbol: Some("０１".into()), ..base.clone() }, false),
            (Insurance { symbol: None, ..base.clone() }, false),
            (Insurance { number: "1234".into(), ..base.clone() }, false),
        ] {
            assert_eq!(base.agrees_with(&other), agrees, "{other:?}");
        }
    }

    #[test]
    fn numbers_on_a_relatives_chart_are_for_staff() {
        let birthdate = "1958-02-03".parse().unwrap();
        let insured = Some(Insurance { branch: None, ..insurance() });
        let parent =
            Chart { name: "架空　一郎".into(), birthdate, insurance: insured, ..chart("P2") };
        assert_eq!(doubts(&[parent], &result()), Some(Doubt::BirthdateDiffers));
    }

    #[test]
    fn two_persons_in_one_result_open_nothing() {
        let mut result = result();
        let other = ResultRecord { name: "仮想　太郎".into(), ..result.records[0].clone() };
        result.records.push(other);
        assert_eq!(doubts(&[chart("P1")], &result), Some(Doubt::RecordsDisagree));
    }

    #[test]
    fn typing_errors_are_named() {
        let typed = Insurance { number: "0001243".into(), branch: None, ..insurance() };
        assert_eq!(typed.differences(&insurance()), ["number"]);
        let branch = Insurance { branch: Some("98".into()), ..insurance() };
        assert_eq!(branch.differences(&insurance()), ["branch"]);
    }
}
