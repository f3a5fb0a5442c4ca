//! The monthly claim (レセプト) of one patient, as far as eligibility goes: records IR, RE, HO, SN, one CO and one SI.
//!
//! Comma-separated lines in Shift_JIS, as in the electronic claim (レセプト電算). Fields without meaning here stay empty.
//! Of the treatment there is one first consultation, because its SI record is what tells the day of the visit.

use jiff::civil::Date;

use super::chart::{Chart, Insurance};
use super::messages::{eight_digits, padded};
use crate::terminal::encoding::{Encoding, EncodingError};

/// Who claims.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'a> {
    /// Ten digits: prefecture 2, score table 1, institution 7.
    pub institution: &'a str,
    /// 医療機関名称.
    pub name: &'a str,
}

/// What one claim is made of.
#[derive(Debug, Clone)]
pub struct ClaimLines<'a> {
    /// Who claims.
    pub by: Claimant<'a>,
    /// Whose claim.
    pub chart: &'a Chart,
    /// 診療日, all in one month.
    pub days: Vec<Date>,
    /// The insurance claimed.
    pub insurance: &'a Insurance,
    /// 1 insured, 2 family, where it is known.
    pub relation: Option<u8>,
    /// Whether the insurance was confirmed online. The old flow has no SN record.
    pub confirmed: bool,
    /// 摘要, where there is something to remark.
    pub remark: Option<String>,
}

/// Why no claim can be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// A field with a comma, a quote or a line end would shift the fields behind it.
    #[error("the claim field {0:?} holds a separator")]
    Separator(String),
    /// A character that Shift_JIS lacks.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
}

/// 初診料, whatever was done. Bench profile.
const FIRST_CONSULTATION: &str = "111000110";
/// Its points.
const POINTS: usize = 291;
/// Code of a comment in free words.
const REMARK: &str = "810000001";

/// A claim file; each claim goes under an IR record of the agency that takes it.
///
/// # Errors
/// [`ClaimError`]; nothing is replaced silently.
pub fn write(claims: &[ClaimLines<'_>]) -> Result<Vec<u8>, ClaimError> {
    let mut records = Vec::new();
    let mut agency = None;
    for (claim, number) in claims.iter().zip(1..) {
        if agency != Some(claim.agency()) {
            records.push(claim.ir());
            agency = Some(claim.agency());
        }
        records.extend(claim.records(number));
    }
    let lines = records.iter().map(|record| line(record)).collect::<Result<String, _>>()?;
    Ok(Encoding::ShiftJis.encode(&lines)?)
}

impl ClaimLines<'_> {
    fn records(&self, number: usize) -> Vec<Vec<String>> {
        let sn = self.confirmed.then(|| self.sn());
        let co = self.remark.as_ref().map(|remark| record(&["CO", "01", "1", REMARK, remark]));
        [Some(self.re(number)), Some(self.ho()), sn, co, Some(self.si())]
            .into_iter()
            .flatten()
            .collect()
    }

    /// 医療機関情報レコード.
    fn ir(&self) -> Vec<String> {
        let Claimant { institution, name } = self.by;
        let part = |range: std::ops::Range<usize>| institution.get(range).unwrap_or_default();
        record(&[
            "IR",
            self.agency(),
            part(0..2),
            part(2..3),
            part(3..10),
            "",
            name,
            &self.month(),
            "00",
        ])
    }

    /// レセプト共通レコード. Fields 8 to 13 are for stays; field 14 holds the chart's number.
    fn re(&self, number: usize) -> Vec<String> {
        let Chart { id, name, sex, birthdate, .. } = self.chart;
        let (kind, month, born) = (self.kind(), self.month(), eight_digits(*birthdate));
        record(&[
            "RE",
            &number.to_string(),
            &kind,
            &month,
            name,
            &sex.to_string(),
            &born,
            "",
            "",
            "",
            "",
            "",
            "",
            id,
        ])
    }

    /// 保険者レコード; the insurer number keeps its eight places (OQS-CLM-08).
    fn ho(&self) -> Vec<String> {
        let Insurance { insurer_number, symbol, number, .. } = self.insurance;
        record(&[
            "HO",
            &padded(insurer_number),
            symbol.as_deref().unwrap_or_default(),
            number,
            &self.days.len().to_string(),
            &self.points(),
        ])
    }

    /// 資格確認レコード of a first claim: burden class 1 (insurance), check class 01, branch (OQS-CLM-06).
    fn sn(&self) -> Vec<String> {
        let branch = self.insurance.branch.as_deref().unwrap_or_default();
        record(&["SN", "1", "01", "", "", "", branch, "", ""])
    }

    /// 診療行為レコード: six fields for comments, then the 31 days of the month with the number of times.
    fn si(&self) -> Vec<String> {
        let (points, times) = (POINTS.to_string(), self.days.len().to_string());
        let fixed =
            ["SI", "11", "1", FIRST_CONSULTATION, "", &points, &times, "", "", "", "", "", ""];
        let treated = |day: i8| self.days.iter().any(|treated| treated.day() == day);
        let times = (1..=31).map(|day| if treated(day) { "1" } else { "" }.to_owned());
        record(&fixed).into_iter().chain(times).collect()
    }

    fn points(&self) -> String {
        (POINTS * self.days.len()).to_string()
    }

    /// レセプト種別: score table, scheme, single, insured or family as outpatient.
    fn kind(&self) -> String {
        let table = self.by.institution.get(2..3).unwrap_or("1");
        match (self.is_elderly(), self.relation) {
            (true, _) => format!("{table}318"),
            (false, Some(2)) => format!("{table}116"),
            (false, _) => format!("{table}112"),
        }
    }

    fn month(&self) -> String {
        self.days.first().map(|day| day.strftime("%Y%m").to_string()).unwrap_or_default()
    }

    /// 後期高齢者医療: insurer numbers that begin with 39.
    fn is_elderly(&self) -> bool {
        let number = self.insurance.insurer_number.trim();
        number.len() == 8 && number.starts_with("39")
    }

    /// Claims of 国保 (six digits, or 67 in front) and 後期高齢者 go to 国保連合会 (2), the others to 支払基金 (1).
    fn agency(&self) -> &'static str {
        let number = self.insurance.insurer_number.trim();
        let national = number.len() <= 6 || number.starts_with("67") || self.is_elderly();
        if national { "2" } else { "1" }
    }
}

fn record(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

fn line(fields: &[String]) -> Result<String, ClaimError> {
    match fields.iter().find(|field| field.contains([',', '"', '\r', '\n'])) {
        Some(field) => Err(ClaimError::Separator(field.clone())),
        None => Ok(format!("{}\r\n", fields.join(","))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::institution::samples::{chart, insurance};

    fn lines(insurance: &Insurance, confirmed: bool) -> String {
        let chart = chart("P1");
        Encoding::ShiftJis.decode(&write(&[claim(&chart, insurance, confirmed)]).unwrap()).unwrap()
    }

    fn claim<'a>(chart: &'a Chart, insurance: &'a Insurance, confirmed: bool) -> ClaimLines<'a> {
        let by = Claimant { institution: "1319999999", name: "架空医療機関" };
        let days = vec!["2026-04-03".parse().unwrap()];
        ClaimLines { by, chart, days, insurance, relation: Some(2), confirmed, remark: None }
    }

    #[test]
    fn a_confirmed_claim() {
        let expected = "IR,2,13,1,9999999,,架空医療機関,202604,00\r\n\
             RE,1,1116,202604,架空　花子,2,19850505,,,,,,,P1\r\n\
             HO,  999999,01,0001234,1,291\r\n\
             SN,1,01,,,,02,,\r\n\
             SI,11,1,111000110,,291,1,,,,,,,,,1,,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n";
        let claim = lines(&insurance(), true);
        assert_eq!(claim, expected);
        assert_eq!(claim.lines().last().map(|si| si.split(',').count()), Some(44));
    }

    #[test]
    fn the_old_flow_has_no_sn_and_the_elderly_no_symbol() {
        assert!(!lines(&insurance(), false).contains("SN,"));
        let elderly = Insurance {
            insurer_number: "39999999".into(),
            symbol: None,
            branch: None,
            ..insurance()
        };
        let text = lines(&elderly, true);
        assert!(
            text.contains("RE,1,1318,")
                && text.contains("HO,39999999,,0001234")
                && text.contains("SN,1,01,,,,,,")
        );
    }

    #[test] // row OQS-CLM-10
    fn separate_claims_are_numbered_and_go_to_their_agencies() {
        let (chart, first) = (chart("P1"), insurance());
        let second = Insurance { insurer_number: "99999999".into(), ..first.clone() };
        let month = |insurance, days: &[i8]| {
            let days = days.iter().map(|day| Date::new(2026, 4, *day).unwrap()).collect();
            ClaimLines { days, ..claim(&chart, insurance, true) }
        };
        let written =
            write(&[month(&first, &[3, 4]), month(&second, &[20]), month(&second, &[30])]).unwrap();
        let text = Encoding::ShiftJis.decode(&written).unwrap();
        let heads: Vec<_> = text.lines().filter_map(|line| line.get(..4)).collect();
        assert_eq!(
            heads,
            [
                "IR,2", "RE,1", "HO, ", "SN,1", "SI,1", "IR,1", "RE,2", "HO,9", "SN,1", "SI,1",
                "RE,3", "HO,9", "SN,1", "SI,1"
            ]
        );
        assert!(text.contains("HO,  999999,01,0001234,2,582\r\n"), "{text}");
        assert!(text.contains("SI,11,1,111000110,,291,2,,,,,,,,,1,1,,"), "{text}");
    }

    #[test]
    fn a_remark_is_a_comment_record() {
        let (chart, insurance) = (chart("P1"), insurance());
        let remarked =
            ClaimLines { remark: Some("不詳".into()), ..claim(&chart, &insurance, false) };
        let text = Encoding::ShiftJis.decode(&write(&[remarked]).unwrap()).unwrap();
        assert!(text.contains("\r\nCO,01,1,810000001,不詳\r\nSI,"), "{text}");
    }

    #[test]
    fn a_separator_in_a_field_is_refused() {
        assert!(line(&["HO".into(), "1,2".into()]).is_err());
    }
}
