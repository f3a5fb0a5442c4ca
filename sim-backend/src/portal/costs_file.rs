//! The medical cost total as a file for a tax return. Row OQS-INFO-05. Bench profile: the layout is the bench's own and
//! not the one of the National Tax Agency (国税庁), which this project does not know; the file says so itself.

use serde::Serialize;

use super::answers::month;
use crate::service::portal::{InstitutionMonth, Sums};

/// Stands in every file, so that nobody takes it for the official one.
const NOTICE: &str = "ベンチ独自の様式による架空の医療費です。国税庁の医療費通知情報の様式ではなく、e-Tax には送れません。 \
    Fictitious costs in a layout of the bench's own; it is not the National Tax Agency's and e-Tax does not take it.";

/// The whole file. It names no person: neither the 12-digit number nor anything else of the holder is in it.
#[derive(Debug, Serialize)]
#[serde(rename = "MadoguchiMedicalCosts")]
struct File<'a> {
    #[serde(rename = "@profile")]
    profile: &'a str,
    #[serde(rename = "Notice")]
    notice: &'a str,
    #[serde(rename = "Year")]
    year: i16,
    #[serde(rename = "InstitutionMonth")]
    rows: Vec<Row<'a>>,
    #[serde(rename = "Totals")]
    totals: Amounts,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row<'a> {
    month: String,
    institution_code: &'a str,
    institution_name: &'a str,
    amounts: Amounts,
}

impl<'a> Row<'a> {
    fn new(row: &'a InstitutionMonth) -> Self {
        Self {
            month: month(row),
            institution_code: row.institution.code.as_str(),
            institution_name: row.institution.name.as_str(),
            amounts: row.sums.into(),
        }
    }
}

/// Whole yen.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Amounts {
    total: u64,
    insurer_share: u64,
    public_share: u64,
    paid: u64,
}

impl From<Sums> for Amounts {
    fn from(sums: Sums) -> Self {
        Self {
            total: sums.total,
            insurer_share: sums.insurer,
            public_share: sums.public,
            paid: sums.paid,
        }
    }
}

/// The file of a year in UTF-8: the same rows give the same bytes.
///
/// # Errors
/// An error of the writer; no row we know of causes one.
pub(super) fn write(year: i16, rows: &[InstitutionMonth]) -> Result<String, quick_xml::SeError> {
    let file = File {
        profile: "bench",
        notice: NOTICE,
        year,
        rows: rows.iter().map(Row::new).collect(),
        totals: Sums::of(rows).into(),
    };
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let mut writer = quick_xml::se::Serializer::new(&mut text);
    writer.indent(' ', 2);
    file.serialize(writer)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        messages::{Digits, YearMonth},
        service::{care_history::Place, samples::text},
    };

    fn row(month: i8, name: &str, [insurer, public, paid]: [u64; 3]) -> InstitutionMonth {
        InstitutionMonth {
            month: YearMonth::new(2025, month).unwrap(),
            institution: Place { code: Digits::new("1319999999").unwrap(), name: text(name) },
            sums: Sums { total: insurer + public + paid, insurer, public, paid },
        }
    }

    #[test]
    fn the_file_says_what_it_is_and_is_not() {
        let file = write(2025, &[row(3, "架空<病院>&", [7_000, 0, 3_000])]).unwrap();
        assert_eq!(
            file.replace(NOTICE, "…"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <MadoguchiMedicalCosts profile=\"bench\">\n  <Notice>…</Notice>\n  <Year>2025</Year>\n  \
             <InstitutionMonth>\n    <Month>2025-03</Month>\n    <InstitutionCode>1319999999</InstitutionCode>\n    \
             <InstitutionName>架空&lt;病院&gt;&amp;</InstitutionName>\n    <Amounts>\n      <Total>10000</Total>\n      \
             <InsurerShare>7000</InsurerShare>\n      <PublicShare>0</PublicShare>\n      <Paid>3000</Paid>\n    \
             </Amounts>\n  </InstitutionMonth>\n  <Totals>\n    <Total>10000</Total>\n    \
             <InsurerShare>7000</InsurerShare>\n    <PublicShare>0</PublicShare>\n    <Paid>3000</Paid>\n  \
             </Totals>\n</MadoguchiMedicalCosts>\n"
        );
        assert!(NOTICE.contains("国税庁") && NOTICE.contains("架空"));
    }

    /// The values of all elements of a name, read with plain text search and not with the writer's library.
    fn values(file: &str, name: &str) -> Vec<u64> {
        let tag = format!("<{name}>");
        let parts = file.split(&tag).skip(1);
        parts.map(|part| part.split('<').next().unwrap().parse().unwrap()).collect()
    }

    proptest! {
        #[test]
        fn the_totals_are_the_sums_of_the_rows(
            rows in prop::collection::vec((1i8..13, [0..99_000u64, 0..99_000u64, 0..99_000u64]), 0..30)
        ) {
            let rows: Vec<_> = rows.into_iter().map(|(month, shares)| row(month, "架空病院", shares)).collect();
            let file = write(2025, &rows).unwrap();
            for name in ["Total", "InsurerShare", "PublicShare", "Paid"] {
                let mut all = values(&file, name);
                let total = all.pop().unwrap();
                prop_assert_eq!(all.len(), rows.len());
                prop_assert_eq!(all.iter().sum::<u64>(), total, "{}", name);
            }
            prop_assert_eq!(write(2025, &rows).unwrap(), file);
        }
    }
}
