//! From the lines of a claim file to claims: an RE and what follows it.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};

use crate::messages::{
    InstitutionCode,
    claim::{
        BurdenKind, ClaimError, ConfirmationKind, InsurerRecord, QualificationRecord,
        ReceiptRecord, Record, Row, parse_rows,
    },
};

/// Records of treatment whose last 31 fields count the units of each day of the month: the thirteenth field is day 1.
const DAY_RECORDS: [&str; 3] = ["SI", "IY", "TO"];
/// Fields before the count of day 1.
const FIELDS_BEFORE_DAYS: usize = 12;

/// One claim file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFile {
    /// Who claims, from the IR record.
    pub institution: InstitutionCode,
    /// One for each RE record.
    pub claims: Vec<Claim>,
}

/// One claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Line of the RE record, from 1.
    pub row: usize,
    /// The RE record; `None` when it cannot be read.
    pub receipt: Option<ReceiptRecord>,
    /// The HO record, if there is one.
    pub insurer: Option<InsurerRecord>,
    /// The SN record about insurance, if there is one.
    pub checked: Option<QualificationRecord>,
    /// The first line of the claim that cannot be read.
    pub unreadable: Option<ClaimError>,
    /// Days of the month with treatment, as far as the file tells them.
    pub visits: BTreeSet<i8>,
}

/// Why a file as a whole is not judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Too large.
    #[error("{0}")]
    Whole(ClaimError),
    /// It does not say who claims.
    #[error("the file does not begin with an IR record that names the institution{}", .0.as_ref().map(|error| format!(": {error}")).unwrap_or_default())]
    NoInstitution(Option<ClaimError>),
}

/// Reads a claim file from a sender we do not trust.
///
/// # Errors
/// [`FileError`] when the file is too large or does not begin with IR. A bad line later spoils its own claim only.
pub fn read(bytes: &[u8]) -> Result<ClaimFile, FileError> {
    let mut rows = parse_rows(bytes).map_err(FileError::Whole)?.into_iter();
    let institution = match rows.next() {
        Some(Ok(Row { record: Record::Institution(record), .. })) => record.institution_code(),
        Some(Err(error)) => return Err(FileError::NoInstitution(Some(error))),
        Some(Ok(_)) | None => return Err(FileError::NoInstitution(None)),
    };
    let institution =
        InstitutionCode::new(&institution).map_err(|_| FileError::NoInstitution(None))?;
    let mut claims: Vec<Claim> = Vec::new();
    for row in rows {
        match row {
            Ok(Row { line, record: Record::Receipt(receipt) }) => {
                claims.push(Claim::new(line, Some(*receipt)))
            }
            Ok(Row { record, .. }) => {
                claims.iter_mut().next_back().into_iter().for_each(|claim| claim.add(&record))
            }
            Err(error) => refuse(&mut claims, bytes, error),
        }
    }
    Ok(ClaimFile { institution, claims })
}

/// A bad RE begins a claim of its own; any other bad line belongs to the claim before it.
fn refuse(claims: &mut Vec<Claim>, bytes: &[u8], error: ClaimError) {
    let line =
        bytes.split(|byte| *byte == b'\n').nth(error.line.saturating_sub(1)).unwrap_or_default();
    if line.starts_with(b"RE,") || claims.is_empty() {
        claims.push(Claim::new(error.line, None));
    }
    if let Some(claim) = claims.last_mut() {
        claim.unreadable.get_or_insert(error);
    }
}

impl Claim {
    fn new(row: usize, receipt: Option<ReceiptRecord>) -> Self {
        Self {
            row,
            receipt,
            insurer: None,
            checked: None,
            unreadable: None,
            visits: BTreeSet::new(),
        }
    }

    fn add(&mut self, record: &Record) {
        match record {
            Record::Insurer(insurer) => {
                self.insurer.get_or_insert_with(|| insurer.clone());
            }
            Record::Qualification(checked) if checked.burden_kind == BurdenKind::Insurance => {
                self.checked.get_or_insert_with(|| checked.clone());
            }
            Record::Other { identifier, fields } if DAY_RECORDS.contains(&identifier.as_str()) => {
                self.visits.extend(days(fields))
            }
            Record::Other { .. }
            | Record::Qualification(_)
            | Record::Institution(_)
            | Record::Receipt(_)
            | Record::PublicExpense(_) => {}
        }
    }

    /// Whether the institution says it checked at the counter. Row OQS-CLM-06.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        self.checked
            .as_ref()
            .is_some_and(|checked| checked.confirmation == ConfirmationKind::CheckedAtCounter)
    }

    /// First and last day of the treatment month.
    #[must_use]
    pub fn month(&self) -> Option<(Date, Date)> {
        let first = self.receipt.as_ref()?.treatment_month.first_day();
        let last = first.checked_add(1.month()).ok()?.yesterday().ok()?;
        Some((first, last))
    }

    /// The days of treatment; empty when the file does not tell them.
    pub fn treatment_days(&self) -> impl Iterator<Item = Date> {
        let month = self.month().map(|(first, _)| (first.year(), first.month()));
        self.visits.iter().filter_map(move |day| {
            month.and_then(|(year, month)| Date::new(year, month, *day).ok())
        })
    }
}

fn days(fields: &[String]) -> impl Iterator<Item = i8> {
    let counts = fields.iter().skip(FIELDS_BEFORE_DAYS).zip(1..=31_i8);
    counts
        .filter(|(count, _)| count.parse::<u32>().is_ok_and(|count| count > 0))
        .map(|(_, day)| day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::messages::Encoding;

    const HEAD: &str = "IR,1,13,1,9999999,,架空診療所,202604,00,0300000000\r\n";
    const RE: &str = "RE,1,1112,202604,架空　花子,2,19850505\r\n";

    fn file(text: &str) -> Result<ClaimFile, FileError> {
        read(&Encoding::ShiftJis.encode(text).unwrap())
    }

    #[test]
    fn a_claim_is_an_re_and_what_follows() {
        let text = format!(
            "{HEAD}{RE}HO,99990013,記号1,0001234,1,100\r\nSN,1,01,,,,00,,\r\n{RE}HO,99990021,,0001234,1,100\r\n"
        );
        let read = file(&text).unwrap();
        assert_eq!(read.institution.as_str(), "1319999999");
        assert_eq!(
            read.claims.iter().map(|claim| (claim.row, claim.is_checked())).collect::<Vec<_>>(),
            [(2, true), (5, false)]
        );
    }

    #[test]
    fn days_of_treatment_are_counted_from_the_thirteenth_field() {
        let mut cells = vec![""; 43];
        (cells[12], cells[26], cells[27]) = ("1", "2", "0");
        let text = format!("{HEAD}{RE}SI,{}\r\n", cells.join(","));
        let days: Vec<_> =
            file(&text).unwrap().claims[0].treatment_days().map(|day| day.day()).collect();
        assert_eq!(days, [1, 15]);
    }

    #[test]
    fn a_bad_line_spoils_its_own_claim() {
        let text = format!("{HEAD}{RE}HO,9999x,,1,1,1\r\n{RE}RE,x\r\n");
        let spoiled: Vec<_> = file(&text)
            .unwrap()
            .claims
            .iter()
            .map(|claim| (claim.row, claim.unreadable.is_some()))
            .collect();
        assert_eq!(spoiled, [(2, true), (4, false), (5, true)]);
    }

    #[test]
    fn a_file_names_its_institution_first() {
        assert!(matches!(file(RE), Err(FileError::NoInstitution(None))));
        assert!(matches!(file(""), Err(FileError::NoInstitution(None))));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut text = Encoding::ShiftJis.encode(HEAD).unwrap();
            text.extend(&bytes);
            let _ = (read(&bytes), read(&text));
        }
    }
}
