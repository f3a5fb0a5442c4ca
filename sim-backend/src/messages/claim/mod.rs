//! Claims (レセプト): the records about insurance, as Shift_JIS lines of comma-separated fields.
//!
//! Read and written are IR, RE, HO, KO and SN; records of treatment (SY, SI, IY …) pass through
//! untouched. Fields are never quoted, so a field holds neither comma nor line break.
//!
//! Source: OQS messages, claim side, and the public record layout of electronic claims
//! (レセプト電算処理システム 記録条件仕様, 医科).

mod field;
mod records;

use std::fmt;

use field::Fields;
pub use records::{
    BurdenKind, ConfirmationKind, DISASTER_INSURER, InstitutionRecord, InsurerRecord,
    PublicExpenseRecord, QualificationRecord, ReceiptRecord, UNKNOWN_INSURERS,
};

use super::encoding::{Encoding, EncodingError};

/// The largest claim file that is read, in bytes. Bench profile.
pub const MAX_FILE: usize = 64 * 1024 * 1024;
/// The longest line that is read, in bytes: far more than any record needs. Bench profile.
pub const MAX_LINE: usize = 64 * 1024;

/// One line of a claim file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// `IR` 医療機関情報.
    Institution(InstitutionRecord),
    /// `RE` レセプト共通.
    Receipt(Box<ReceiptRecord>),
    /// `HO` 保険者.
    Insurer(InsurerRecord),
    /// `KO` 公費.
    PublicExpense(PublicExpenseRecord),
    /// `SN` 資格確認.
    Qualification(QualificationRecord),
    /// Any other record, as it came.
    Other {
        /// The two letters.
        identifier: String,
        /// The fields after them.
        fields: Vec<String>,
    },
}

/// A record and the line it stood in, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line, from 1.
    pub line: usize,
    /// What stands there.
    pub record: Record,
}

/// A claim file or line that cannot be read or written. Never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimError {
    /// Line, from 1; 0 when the file as a whole is at fault.
    pub line: usize,
    /// Column in characters, from 1: where the field starts; 0 when there is none.
    pub column: usize,
    /// What is wrong.
    pub kind: ClaimErrorKind,
}

/// The faults of a claim line, by kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message names each field")]
pub enum ClaimErrorKind {
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the line is longer than {limit} bytes")]
    LineTooLong { limit: usize },
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    #[error("the line does not begin with the two letters of a record")]
    NoIdentifier,
    #[error("field {field} of record {record} is missing")]
    Missing { record: &'static str, field: &'static str },
    #[error("field {field} of record {record} is not {expected}")]
    Value { record: &'static str, field: &'static str, expected: String },
    #[error("record {record} has more than {count} fields")]
    TooManyFields { record: &'static str, count: usize },
    #[error("a field holds a comma or a line break")]
    Separator,
    #[error("the record belongs to no claim: no RE record stands before it")]
    NoClaim,
}

impl fmt::Display for ClaimError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(out, "{}", self.kind),
            (line, 0) => write!(out, "{} in line {line}", self.kind),
            (line, column) => write!(out, "{} at line {line}, column {column}", self.kind),
        }
    }
}

impl std::error::Error for ClaimError {}

/// End-of-file mark some programs put at the end.
const END_MARK: u8 = 0x1A;

/// Reads a claim file; the first bad line ends it.
///
/// # Errors
/// [`ClaimError`] with line, column and field.
pub fn parse(bytes: &[u8]) -> Result<Vec<Row>, ClaimError> {
    parse_rows(bytes)?.into_iter().collect()
}

/// Reads a claim file line by line, so that a bad line does not spoil the others.
///
/// # Errors
/// [`ClaimError`] when the file as a whole is too large; everything else is an error of its line.
pub fn parse_rows(bytes: &[u8]) -> Result<Vec<Result<Row, ClaimError>>, ClaimError> {
    Ok(rows(bytes)?.collect())
}

/// The rows of a claim file one after the other, so that a large file is not held twice. Empty lines are passed over but
/// counted.
///
/// # Errors
/// As [`parse_rows`].
pub fn rows(
    bytes: &[u8],
) -> Result<impl Iterator<Item = Result<Row, ClaimError>> + '_, ClaimError> {
    if bytes.len() > MAX_FILE {
        let kind = ClaimErrorKind::TooLarge { limit: MAX_FILE };
        return Err(ClaimError { line: 0, column: 0, kind });
    }
    let bytes = bytes.strip_suffix(&[END_MARK]).unwrap_or(bytes);
    let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
    let lines = lines.map(|(line, n)| (n, line.strip_suffix(b"\r").unwrap_or(line)));
    Ok(lines.filter(|(_, line)| !line.is_empty()).map(|(n, line)| row(n, line)))
}

fn row(line: usize, bytes: &[u8]) -> Result<Row, ClaimError> {
    let fail = |(column, kind)| ClaimError { line, column, kind };
    if bytes.len() > MAX_LINE {
        return Err(fail((0, ClaimErrorKind::LineTooLong { limit: MAX_LINE })));
    }
    let text = Encoding::ShiftJis
        .decode(bytes)
        .map_err(|error| fail((column_of(bytes, &error), error.into())))?;
    Ok(Row { line, record: record(&text).map_err(fail)? })
}

/// Where the text ends that can be read.
fn column_of(bytes: &[u8], error: &EncodingError) -> usize {
    let EncodingError::Malformed { offset, .. } = error else { return 0 };
    let read = bytes.get(..*offset).map(|before| Encoding::ShiftJis.decode(before));
    read.and_then(Result::ok).map_or(0, |text| text.chars().count() + 1)
}

fn record(text: &str) -> Result<Record, (usize, ClaimErrorKind)> {
    let (identifier, rest) = text.split_once(',').unwrap_or((text, ""));
    let is_identifier = identifier.len() == 2
        && identifier.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !is_identifier || text.contains('\r') {
        return Err((1, ClaimErrorKind::NoIdentifier));
    }
    let mut fields = Fields::new(rest);
    Ok(match identifier {
        "IR" => Record::Institution(InstitutionRecord::read(&mut fields)?),
        "RE" => Record::Receipt(Box::new(ReceiptRecord::read(&mut fields)?)),
        "HO" => Record::Insurer(InsurerRecord::read(&mut fields)?),
        "KO" => Record::PublicExpense(PublicExpenseRecord::read(&mut fields)?),
        "SN" => Record::Qualification(QualificationRecord::read(&mut fields)?),
        _ => Record::Other { identifier: identifier.to_owned(), fields: fields.all() },
    })
}

/// Writes a claim file: Shift_JIS, CR LF after each line.
///
/// # Errors
/// [`ClaimError`] with the line of a record whose field holds a comma or line break, or a
/// character Shift_JIS lacks.
pub fn write(records: &[Record]) -> Result<Vec<u8>, ClaimError> {
    let mut out = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let fail = |kind| ClaimError { line: at + 1, column: 0, kind };
        let (identifier, fields) = cells(record);
        let broken = |cell: &String| cell.contains([',', '\r', '\n']);
        if broken(&identifier) || fields.iter().any(broken) {
            return Err(fail(ClaimErrorKind::Separator));
        }
        let line = [vec![identifier], fields].concat().join(",");
        let bytes = Encoding::ShiftJis.encode(&line).map_err(|error| fail(error.into()))?;
        out.extend(bytes);
        out.extend(b"\r\n");
    }
    Ok(out)
}

fn cells(record: &Record) -> (String, Vec<String>) {
    match record {
        Record::Institution(record) => ("IR".to_owned(), record.cells()),
        Record::Receipt(record) => ("RE".to_owned(), record.cells()),
        Record::Insurer(record) => ("HO".to_owned(), record.cells()),
        Record::PublicExpense(record) => ("KO".to_owned(), record.cells()),
        Record::Qualification(record) => ("SN".to_owned(), record.cells()),
        Record::Other { identifier, fields } => (identifier.clone(), fields.clone()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::messages::{BranchNumber, InsurerNumber};

    fn bytes(text: &str) -> Vec<u8> {
        Encoding::ShiftJis.encode(text).unwrap()
    }

    const FILE: &str = "IR,1,13,1,9999999,,架空診療所,202604,00,0300000000\r\n\
        RE,1,1112,202604,架空　花子,2,19800217,,,,,,,P0001,,,,,,,,,,,,,,,,,,,,,,,ｶｸｳ ﾊﾅｺ,\r\n\
        HO,  990001,０１,0001234,2,1234,,,,,,,,,\r\n\
        SN,1,01,,,,02,,\r\n\
        SI,11,1,111000110,,288,1\r\n";

    #[test]
    fn a_claim_file_comes_back_as_it_was() {
        let rows = parse(&bytes(FILE)).unwrap();
        let records: Vec<_> = rows.into_iter().map(|row| row.record).collect();
        assert_eq!(write(&records).unwrap(), bytes(FILE));
        let Record::Insurer(insurer) = &records[2] else { panic!("no HO") };
        assert_eq!(insurer.insurer_number, InsurerNumber::new("990001").unwrap());
        let Record::Qualification(checked) = &records[3] else { panic!("no SN") };
        assert!(checked.is_first_claim());
    }

    #[test]
    fn the_first_claim_has_three_fields() {
        let branch = BranchNumber::new("02").unwrap();
        let record = QualificationRecord::first_claim(BurdenKind::Insurance, Some(branch));
        let written = write(&[Record::Qualification(record)]).unwrap();
        assert_eq!(written, b"SN,1,01,,,,02,,\r\n");
    }

    #[test]
    fn faults_are_placed() {
        for (text, line, column) in [
            ("SN,1,01,,,,02,,\nSN,6,01,,,,02,,", 2, 4),
            ("SN,1,10,,,,02,,", 1, 6),
            ("HO,,01,0001234,2,1234,,,,,,,,,", 1, 4),
            ("\r\nHO,  990001,０１,0001234,x,1234", 2, 24),
            ("SN,1,01,,,,02,,,", 1, 17),
            ("hello", 1, 1),
            ("", 0, 0),
        ] {
            let found = parse(&bytes(text)).err().map_or((0, 0), |e| (e.line, e.column));
            assert_eq!(found, (line, column), "{text}");
        }
    }

    #[test]
    fn a_byte_that_is_no_text_is_placed_by_characters() {
        let text =
            [&bytes("CO,01,1,820000001,予定表")[..], b"\xFF", b",\r\nSN,1,01,,,,02,,\r\n"].concat();
        let rows = parse_rows(&text).unwrap();
        let [Err(error), Ok(_)] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((error.line, error.column), (1, 22));
    }

    #[test]
    fn a_line_without_end_is_named_and_the_next_is_read() {
        let text = format!("CO,{}\r\nSN,1,01,,,,02,,\r\n", "a".repeat(MAX_LINE));
        let rows = parse_rows(text.as_bytes()).unwrap();
        let [Err(error), Ok(_)] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(error.kind, ClaimErrorKind::LineTooLong { limit: MAX_LINE });
        assert_eq!(error.line, 1);
    }

    #[test]
    fn a_file_too_large_is_not_read_at_all() {
        let error = parse_rows(&vec![b'\n'; MAX_FILE + 1]).unwrap_err();
        assert_eq!(error.kind, ClaimErrorKind::TooLarge { limit: MAX_FILE });
    }

    #[test]
    fn a_bad_line_leaves_the_others_alone() {
        let rows = parse_rows(&bytes("SN,9,01\nSN,1,01,,,,02,,\n")).unwrap();
        assert!(matches!(rows.as_slice(), [Err(_), Ok(_)]));
    }

    #[test]
    fn separators_and_strange_characters_are_not_written() {
        for (field, kind) in [
            ("a,b", ClaimErrorKind::Separator),
            ("𠮷", EncodingError::Unmappable { character: '𠮷' }.into()),
        ] {
            let record =
                Record::Other { identifier: "CO".to_owned(), fields: vec![field.to_owned()] };
            assert_eq!(write(&[record]).unwrap_err().kind, kind);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn what_is_read_is_written_and_read_again(
            text in "((IR|RE|HO|KO|SN|SI)(,([0-9]{0,8}|[ぁ-んｱ-ﾝ]{0,3})){0,14}\r\n){0,4}",
        ) {
            for row in parse_rows(&bytes(&text)).unwrap().into_iter().flatten() {
                let written = write(std::slice::from_ref(&row.record)).unwrap();
                prop_assert_eq!(&parse(&written).unwrap()[0].record, &row.record);
            }
        }
    }
}
