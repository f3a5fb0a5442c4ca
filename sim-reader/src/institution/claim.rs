//! The monthly claim (レセプト) of one patient, as far as eligibility goes: records IR, RE, HO, SN and one SI.
//!
//! Comma-separated lines in Shift_JIS, as in the electronic claim (レセプト電算). Fields without meaning here stay empty.
//! Of the treatment there is one first consultation, because its SI record is what tells the day of the visit.

use jiff::civil::Date;

use super::chart::{Chart, Insurance};
use super::messages::{eight_digits, padded};
use crate::terminal::encoding::{Encoding, EncodingError};

/// What a claim is made of.
#[derive(Debug, Clone)]
pub struct ClaimLines<'a> {
    /// Ten digits: prefecture 2, score table 1, institution 7.
    pub institution: &'a str,
    /// 医療機関名称.
    pub name: &'a str,
    /// Whose claim.
    pub chart: &'a Chart,
    /// 診療日.
    pub day: Date,
    /// The insurance claimed.
    pub insurance: &'a Insurance,
    /// 1 insured, 2 family, where it is known.
    pub relation: Option<u8>,
    /// Whether the insurance was confirmed online. The old flow has no SN record.
    pub confirmed: bool,
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
/// Its points, and the claim's.
const POINTS: &str = "291";

impl ClaimLines<'_> {
    /// The claim as bytes.
    ///
    /// # Errors
    /// [`ClaimError`]; nothing is replaced silently.
    pub fn write(&self) -> Result<Vec<u8>, ClaimError> {
        let sn = self.confirmed.then(|| self.sn());
        let records = [Some(self.ir()), Some(self.re()), Some(self.ho()), sn, Some(self.si())];
        let lines =
            records.iter().flatten().map(|record| line(record)).collect::<Result<String, _>>()?;
        Ok(Encoding::ShiftJis.encode(&lines)?)
    }

    /// 医療機関情報レコード.
    fn ir(&self) -> Vec<String> {
        let part = |range: std::ops::Range<usize>| self.institution.get(range).unwrap_or_default();
        let agency = if self.is_national() { "2" } else { "1" };
        record(&[
            "IR",
            agency,
            part(0..2),
            part(2..3),
            part(3..10),
            "",
            self.name,
            &self.month(),
            "00",
        ])
    }

    /// レセプト共通レコード. Fields 8 to 13 are for stays; field 14 holds the chart's number.
    fn re(&self) -> Vec<String> {
        let Chart { id, name, sex, birthdate, .. } = self.chart;
        let (kind, month, born) = (self.kind(), self.month(), eight_digits(*birthdate));
        record(&[
            "RE",
            "1",
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
            "1",
            POINTS,
        ])
    }

    /// 資格確認レコード of a first claim: burden class 1 (insurance), check class 01, branch (OQS-CLM-06).
    fn sn(&self) -> Vec<String> {
        let branch = self.insurance.branch.as_deref().unwrap_or_default();
        record(&["SN", "1", "01", "", "", "", branch, "", ""])
    }

    /// 診療行為レコード: six fields for comments, then the 31 days of the month with the number of times.
    fn si(&self) -> Vec<String> {
        let mut fields =
            record(&["SI", "11", "1", FIRST_CONSULTATION, "", POINTS, "1", "", "", "", "", "", ""]);
        fields.extend((1..=31).map(|day| if day == self.day.day() { "1" } else { "" }.to_owned()));
        fields
    }

    /// レセプト種別: score table, scheme, single, insured or family as outpatient.
    fn kind(&self) -> String {
        let table = self.institution.get(2..3).unwrap_or("1");
        match (self.is_elderly(), self.relation) {
            (true, _) => format!("{table}318"),
            (false, Some(2)) => format!("{table}116"),
            (false, _) => format!("{table}112"),
        }
    }

    fn month(&self) -> String {
        self.day.strftime("%Y%m").to_string()
    }

    /// 後期高齢者医療: insurer numbers that begin with 39.
    fn is_elderly(&self) -> bool {
        let number = self.insurance.insurer_number.trim();
        number.len() == 8 && number.starts_with("39")
    }

    /// Claims of 国保 (six digits, or 67 in front) and 後期高齢者 go to 国保連合会.
    fn is_national(&self) -> bool {
        let number = self.insurance.insurer_number.trim();
        number.len() <= 6 || number.starts_with("67") || self.is_elderly()
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
        let (day, chart) = ("2026-04-03".parse().unwrap(), chart("P1"));
        let (institution, name, relation) = ("1319999999", "架空医療機関", Some(2));
        let claim =
            ClaimLines { institution, name, chart: &chart, day, insurance, relation, confirmed };
        Encoding::ShiftJis.decode(&claim.write().unwrap()).unwrap()
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

    #[test]
    fn a_separator_in_a_field_is_refused() {
        assert!(line(&["HO".into(), "1,2".into()]).is_err());
    }
}
