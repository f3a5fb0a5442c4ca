//! From the lines of a claim file to claims: an RE and what follows it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};

use crate::messages::{
    InstitutionCode, InsurerNumber,
    claim::{
        BurdenKind, ClaimError, ClaimErrorKind, ConfirmationKind, InstitutionRecord, InsurerRecord,
        PublicExpenseRecord, QualificationRecord, ReceiptRecord, Record, Row, rows,
    },
};

/// Records of treatment whose last 31 fields count the units of each day of the month: the thirteenth field is day 1.
const DAY_RECORDS: [&str; 3] = ["SI", "IY", "TO"];
/// Fields before the count of day 1.
const FIELDS_BEFORE_DAYS: usize = 12;

/// Place of the text (文字データ) among the fields of a comment record CO.
const COMMENT_TEXT: usize = 3;

/// One claim file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFile {
    /// Who claims, from the first IR record.
    pub institution: InstitutionCode,
    /// One for each RE record.
    pub claims: Vec<Claim>,
    /// Lines that belong to no claim, so that nothing is lost in silence.
    pub strays: Vec<ClaimError>,
}

/// One claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Line of the RE record, from 1.
    pub row: usize,
    /// Who claims, from the IR record above it.
    pub institution: InstitutionCode,
    /// The RE record; `None` when it cannot be read.
    pub receipt: Option<ReceiptRecord>,
    /// The HO record, if there is one.
    pub insurer: Option<InsurerRecord>,
    /// Line after which an SN record belongs: of the last HO or KO, else of the RE.
    pub payer_row: usize,
    /// Whether the insurer number takes its eight places. Row OQS-CLM-08.
    pub padded: bool,
    /// The KO records: 第１公費 to 第４公費 in their order.
    pub public: Vec<PublicExpenseRecord>,
    /// The first SN record of each payer, with its line.
    pub checks: BTreeMap<BurdenKind, (usize, QualificationRecord)>,
    /// Texts of the comment records (摘要欄), in their order.
    pub remarks: Vec<String>,
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
    let mut rows = rows(bytes).map_err(FileError::Whole)?;
    let institution = match rows.next() {
        Some(Ok(Row { record: Record::Institution(record), .. })) => code(&record),
        Some(Err(error)) => return Err(FileError::NoInstitution(Some(error))),
        Some(Ok(_)) | None => None,
    };
    let institution = institution.ok_or(FileError::NoInstitution(None))?;
    let mut reading = Reading::of(bytes, institution);
    rows.for_each(|row| reading.take(row));
    Ok(reading.file)
}

fn code(record: &InstitutionRecord) -> Option<InstitutionCode> {
    InstitutionCode::new(&record.institution_code()).ok()
}

/// A file as far as it is read.
struct Reading<'a> {
    /// Its lines, for what a record no longer tells: how it was written.
    lines: Vec<&'a [u8]>,
    /// From the IR record above.
    institution: InstitutionCode,
    file: ClaimFile,
}

impl<'a> Reading<'a> {
    fn of(bytes: &'a [u8], institution: InstitutionCode) -> Self {
        Self {
            lines: bytes.split(|byte| *byte == b'\n').collect(),
            institution: institution.clone(),
            file: ClaimFile { institution, claims: Vec::new(), strays: Vec::new() },
        }
    }

    fn take(&mut self, row: Result<Row, ClaimError>) {
        match row {
            Ok(Row { line, record: Record::Receipt(receipt) }) => self.begin(line, Some(*receipt)),
            Ok(Row { record: Record::Institution(record), .. }) => {
                self.institution = code(&record).unwrap_or_else(|| self.institution.clone());
            }
            Ok(Row { line, record }) => self.add(line, &record),
            Err(error) => self.refuse(error),
        }
    }

    fn begin(&mut self, line: usize, receipt: Option<ReceiptRecord>) {
        self.file.claims.push(Claim::new(line, self.institution.clone(), receipt));
    }

    fn line(&self, line: usize) -> &'a [u8] {
        self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default()
    }

    fn add(&mut self, line: usize, record: &Record) {
        let padded = is_padded(self.line(line));
        match (self.file.claims.last_mut(), record) {
            (Some(claim), _) => claim.add(line, record, padded),
            // Other records above the first claim are the agency's or the file's own.
            (None, Record::Other { .. }) => {}
            (None, _) => {
                let kind = ClaimErrorKind::NoClaim;
                self.file.strays.push(ClaimError { line, column: 0, kind });
            }
        }
    }

    /// A bad RE begins a claim of its own; any other bad line belongs to the claim before it.
    fn refuse(&mut self, error: ClaimError) {
        if self.line(error.line).starts_with(b"RE,") {
            self.begin(error.line, None);
        }
        match self.file.claims.last_mut() {
            Some(claim) => {
                claim.unreadable.get_or_insert(error);
            }
            None => self.file.strays.push(error),
        }
    }
}

/// Whether the second field is eight wide, as an insurer number must be. Row OQS-CLM-08.
fn is_padded(line: &[u8]) -> bool {
    let field = line.split(|byte| *byte == b',').nth(1);
    field.is_some_and(|field| field.len() == InsurerNumber::WIDTH)
}

impl Claim {
    fn new(row: usize, institution: InstitutionCode, receipt: Option<ReceiptRecord>) -> Self {
        Self {
            row,
            institution,
            receipt,
            insurer: None,
            payer_row: row,
            padded: true,
            public: Vec::new(),
            checks: BTreeMap::new(),
            remarks: Vec::new(),
            unreadable: None,
            visits: BTreeSet::new(),
        }
    }

    fn add(&mut self, line: usize, record: &Record, padded: bool) {
        match record {
            Record::Insurer(insurer) => {
                self.insurer.get_or_insert_with(|| insurer.clone());
                (self.payer_row, self.padded) = (line, self.padded && padded);
            }
            Record::PublicExpense(payer) => {
                self.public.push(payer.clone());
                (self.payer_row, self.padded) = (line, self.padded && padded);
            }
            Record::Qualification(checked) => {
                self.checks.entry(checked.burden_kind).or_insert_with(|| (line, checked.clone()));
            }
            Record::Other { identifier, fields } if DAY_RECORDS.contains(&identifier.as_str()) => {
                self.visits.extend(days(fields))
            }
            Record::Other { identifier, fields } if identifier == "CO" => {
                self.remarks.extend(fields.get(COMMENT_TEXT).cloned())
            }
            Record::Other { .. } | Record::Institution(_) | Record::Receipt(_) => {}
        }
    }

    /// The SN record about insurance, if there is one.
    #[must_use]
    pub fn checked(&self) -> Option<&QualificationRecord> {
        self.checks.get(&BurdenKind::Insurance).map(|(_, record)| record)
    }

    /// Whether the institution says it checked at the counter. Row OQS-CLM-06.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        self.checked()
            .is_some_and(|checked| checked.confirmation == ConfirmationKind::CheckedAtCounter)
    }

    /// Whether it is the repeat (再請求) of a returned claim: it bears the search number (検索番号).
    #[must_use]
    pub fn is_repeat(&self) -> bool {
        self.receipt.as_ref().is_some_and(|receipt| receipt.search_number.is_some())
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
    fn what_belongs_to_no_claim_is_named() {
        let text = format!("{HEAD}HO,99990013,,1,1,1\r\nSN,9\r\nMN,1\r\n{RE}HO,990001,,1,1,1\r\n");
        let read = file(&text).unwrap();
        assert_eq!(read.strays.iter().map(|stray| stray.line).collect::<Vec<_>>(), [2, 3]);
        let [claim] = read.claims.as_slice() else { panic!("one claim") };
        assert_eq!((claim.row, claim.payer_row, claim.padded), (5, 6, false));
    }

    #[test]
    fn payers_checks_and_remarks_are_kept_apart() {
        let text = format!(
            "{HEAD}{RE}HO,  990001,,1,1,1\r\nKO,12990012,9999999,,1,100\r\nSN,1,01,,,,02,,\r\n\
             SN,2,01,,,,,,\r\nCO,01,1,820000001,不詳　住所：架空県\r\n"
        );
        let claim = file(&text).unwrap().claims.remove(0);
        assert_eq!((claim.payer_row, claim.padded, claim.public.len()), (4, true, 1));
        let lines: Vec<_> = claim.checks.iter().map(|(kind, (line, _))| (*kind, *line)).collect();
        assert_eq!(lines, [(BurdenKind::Insurance, 5), (BurdenKind::FirstPublic, 6)]);
        assert_eq!(claim.remarks, ["不詳　住所：架空県"]);
    }

    #[test]
    fn a_second_ir_names_who_claims_below() {
        let text = format!("{HEAD}{RE}IR,1,13,1,9999998,,架空病院,202604,00,\r\n{RE}");
        let read = file(&text).unwrap();
        let codes: Vec<_> = read.claims.iter().map(|claim| claim.institution.as_str()).collect();
        assert_eq!(codes, ["1319999999", "1319999998"]);
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
