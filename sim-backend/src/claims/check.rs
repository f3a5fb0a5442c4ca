//! Is this claim good? A pure rule over what the store knows.

use jiff::civil::Date;
use serde::Serialize;

use super::file::Claim;
use crate::{
    messages::{
        claim::{ClaimErrorKind, InsurerRecord, ReceiptRecord},
        record::CardText,
    },
    service::{
        qualify::Standing,
        records::{Coverage, PersonState},
    },
    store::Confirmation,
};

/// What the store knows that bears on a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Whether anybody has or had a number with the insurer.
    pub insurer: bool,
    /// Who has or had the number.
    pub holders: Vec<PersonState>,
    /// Confirmations given to the institution about the number in the month.
    pub confirmations: Vec<Confirmation>,
}

/// What becomes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// Goes on to payment.
    Accepted,
    /// Goes back to the institution.
    Returned(ReturnReason),
}

/// Why a claim goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// A line of the claim cannot be read.
    Unreadable,
    /// The claim has no HO record.
    InsurerMissing,
    /// The insurer number is not one.
    InsurerNumberMalformed,
    /// No insurer of that number is known: a typing error.
    InsurerUnknown,
    /// The insurer does not know the number: a typing error.
    NumberUnknown,
    /// The symbol is not the one registered with the number.
    SymbolDiffers,
    /// Birth date or branch is another person's.
    HolderDiffers,
    /// The qualification had not begun on the day.
    NotYetQualified,
    /// The qualification was lost by the day.
    QualificationLost,
}

impl ReturnReason {
    /// For the institution, in Japanese.
    #[must_use]
    pub fn japanese(self) -> &'static str {
        match self {
            Self::Unreadable => "記録の形式に誤りがあります",
            Self::InsurerMissing => "保険者レコードがありません",
            Self::InsurerNumberMalformed => "保険者番号の形式に誤りがあります",
            Self::InsurerUnknown => "該当する保険者がありません",
            Self::NumberUnknown => "該当する被保険者番号がありません",
            Self::SymbolDiffers => "被保険者証記号が登録と異なります",
            Self::HolderDiffers => "生年月日または枝番が登録と異なります",
            Self::NotYetQualified => "資格取得前の受診です",
            Self::QualificationLost => "資格喪失後の受診です",
        }
    }

    /// For the bench, in English.
    #[must_use]
    pub fn english(self) -> &'static str {
        match self {
            Self::Unreadable => "a record cannot be read",
            Self::InsurerMissing => "there is no insurer record",
            Self::InsurerNumberMalformed => "the insurer number is malformed",
            Self::InsurerUnknown => "no such insurer is known",
            Self::NumberUnknown => "the insurer knows no such number",
            Self::SymbolDiffers => "the symbol differs from the registered one",
            Self::HolderDiffers => "birth date or branch differs from the registered one",
            Self::NotYetQualified => "treated before the qualification began",
            Self::QualificationLost => "treated after the qualification was lost",
        }
    }
}

/// Judges one claim.
pub(super) fn judge(claim: &Claim, known: &Known) -> ClaimOutcome {
    verdict(claim, known).map_or_else(ClaimOutcome::Returned, |()| ClaimOutcome::Accepted)
}

fn verdict(claim: &Claim, known: &Known) -> Result<(), ReturnReason> {
    if let Some(error) = &claim.unreadable {
        return Err(unreadable(&error.kind));
    }
    let receipt = claim.receipt.as_ref().ok_or(ReturnReason::Unreadable)?;
    let insurer = claim.insurer.as_ref().ok_or(ReturnReason::InsurerMissing)?;
    // Row OQS-CLM-11: a claim that says the insurance is unknown is looked up elsewhere.
    if insurer.is_unknown() || is_confirmed(claim, insurer, known) {
        return Ok(());
    }
    let coverages = named(receipt, insurer, claim, known)?;
    standing(claim, &coverages)
}

fn unreadable(kind: &ClaimErrorKind) -> ReturnReason {
    match kind {
        ClaimErrorKind::Value { record: "HO", field: "保険者番号", .. }
        | ClaimErrorKind::Missing { record: "HO", field: "保険者番号" } => {
            ReturnReason::InsurerNumberMalformed
        }
        ClaimErrorKind::Value { .. }
        | ClaimErrorKind::Missing { .. }
        | ClaimErrorKind::TooLarge { .. }
        | ClaimErrorKind::Encoding(_)
        | ClaimErrorKind::NoIdentifier
        | ClaimErrorKind::TooManyFields { .. }
        | ClaimErrorKind::Separator => ReturnReason::Unreadable,
    }
}

/// Rows OQS-CLM-02, OQS-CLM-03: what was confirmed as valid for the visit day is not returned later, whatever the
/// insurer reported since.
fn is_confirmed(claim: &Claim, insurer: &InsurerRecord, known: &Known) -> bool {
    let confirmed: Vec<_> = known
        .confirmations
        .iter()
        .filter(|given| is_about(given, claim, insurer))
        .map(|given| given.day)
        .collect();
    let mut days = claim.treatment_days().peekable();
    let month_only = days.peek().is_none();
    claim.is_checked()
        && !confirmed.is_empty()
        && (month_only || days.all(|day| confirmed.contains(&day)))
}

fn is_about(given: &Confirmation, claim: &Claim, insurer: &InsurerRecord) -> bool {
    let branch = claim.checked.as_ref().and_then(|checked| checked.branch_number.as_ref());
    given.symbol == insurer.symbol
        && branch.is_none_or(|branch| Some(branch) == given.branch.as_ref())
}

/// The coverages that the claim names, or the first thing that does not fit. Rows OQS-CLM-04, OQS-CLM-05.
fn named<'a>(
    receipt: &ReceiptRecord,
    insurer: &InsurerRecord,
    claim: &Claim,
    known: &'a Known,
) -> Result<Vec<&'a Coverage>, ReturnReason> {
    if !known.insurer {
        return Err(ReturnReason::InsurerUnknown);
    }
    let numbered: Vec<_> =
        known.holders.iter().flat_map(|state| numbered(state, insurer)).collect();
    let symboled: Vec<_> =
        numbered.iter().filter(|(_, coverage)| coverage.details.symbol == insurer.symbol).collect();
    let held = symboled
        .iter()
        .filter(|(state, coverage)| is_holder(state, coverage, receipt, claim))
        .map(|(_, coverage)| *coverage);
    match (numbered.is_empty(), symboled.is_empty(), held.collect::<Vec<_>>()) {
        (true, _, _) => Err(ReturnReason::NumberUnknown),
        (false, true, _) => Err(ReturnReason::SymbolDiffers),
        (false, false, held) if held.is_empty() => Err(ReturnReason::HolderDiffers),
        (false, false, held) => Ok(held),
    }
}

fn numbered<'a>(
    state: &'a PersonState,
    insurer: &InsurerRecord,
) -> impl Iterator<Item = (&'a PersonState, &'a Coverage)> {
    let named = |coverage: &&Coverage| {
        coverage.insurer_number == insurer.insurer_number
            && insurer.number.as_ref() == Some(&coverage.details.number)
    };
    state
        .coverages
        .iter()
        .filter(named)
        .map(move |coverage| (state, coverage))
        .collect::<Vec<_>>()
        .into_iter()
}

fn is_holder(
    state: &PersonState,
    coverage: &Coverage,
    receipt: &ReceiptRecord,
    claim: &Claim,
) -> bool {
    let branch = claim.checked.as_ref().and_then(|checked| checked.branch_number.as_ref());
    let born = state.holder.as_ref().is_some_and(|holder| holder.birthdate == receipt.birthdate);
    born && branch.is_none_or(|branch| Some(branch) == coverage.details.branch.as_ref())
}

/// On each day of treatment one of the coverages holds; when the file tells no days, on some day of the month.
fn standing(claim: &Claim, coverages: &[&Coverage]) -> Result<(), ReturnReason> {
    let days: Vec<_> = claim.treatment_days().collect();
    if days.is_empty() {
        return month(claim, coverages);
    }
    days.into_iter().try_for_each(|day| on(coverages, day))
}

fn on(coverages: &[&Coverage], day: Date) -> Result<(), ReturnReason> {
    let stands = |wanted| coverages.iter().any(|coverage| coverage.standing(day) == wanted);
    match (stands(Standing::Active), stands(Standing::Ended)) {
        (true, _) => Ok(()),
        (false, true) => Err(ReturnReason::QualificationLost),
        (false, false) => Err(ReturnReason::NotYetQualified),
    }
}

fn month(claim: &Claim, coverages: &[&Coverage]) -> Result<(), ReturnReason> {
    let (first, last) = claim.month().ok_or(ReturnReason::Unreadable)?;
    let begins = coverages
        .iter()
        .map(|coverage| coverage.details.gained)
        .filter(|gained| first <= *gained && *gained <= last);
    let mut days = begins.chain([first]);
    if days.any(|day| on(coverages, day).is_ok()) {
        Ok(())
    } else {
        on(coverages, last).and(Err(ReturnReason::QualificationLost))
    }
}

/// The number a claim is looked up by.
pub(super) fn number_of(claim: &Claim) -> Option<(&InsurerRecord, &CardText)> {
    let insurer = claim.insurer.as_ref()?;
    Some((insurer, insurer.number.as_ref()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        claims::file::read,
        messages::{Encoding, InstitutionCode},
        service::samples::{coverage, day, insurer, person, text},
    };

    const INSURER: &str = "99990013";
    const CHECKED: &str = "SN,1,01,,,,00,,\r\n";

    fn claim(insurance: &str, checked: &str, visits: &[usize]) -> Claim {
        let mut cells = vec![""; 43];
        visits.iter().for_each(|day| cells[11 + day] = "1");
        let treatment =
            if visits.is_empty() { String::new() } else { format!("SI,{}\r\n", cells.join(",")) };
        let head = "IR,1,13,1,9999999,,架空診療所,202604,00,\r\nRE,1,1112,202604,架空　花子,2,19850505\r\n";
        let bytes = Encoding::ShiftJis
            .encode(&format!("{head}{insurance}\r\n{checked}{treatment}"))
            .unwrap();
        read(&bytes).unwrap().claims.remove(0)
    }

    fn known(lost: Option<&str>, confirmed: &[&str]) -> Known {
        let confirmation = |on: &&str| Confirmation {
            institution: InstitutionCode::new("1319999999").unwrap(),
            day: day(on),
            person: crate::service::records::PersonCode::new("P-1").unwrap(),
            insurer_number: insurer(INSURER),
            symbol: Some(text("記号1")),
            number: text("0001234"),
            branch: crate::messages::BranchNumber::new("00").ok(),
        };
        Known {
            insurer: true,
            holders: vec![person("P-1", "1985-05-05", vec![coverage(INSURER, "2024-04-01", lost)])],
            confirmations: confirmed.iter().map(confirmation).collect(),
        }
    }

    const RIGHT: &str = "HO,99990013,記号1,0001234,1,100";

    #[test]
    fn what_is_claimed_is_what_is_known() {
        use ReturnReason as R;
        for (row, insurance, expected) in [
            ("right", RIGHT, Ok(())),
            ("OQS-CLM-04 typed number", "HO,99990013,記号1,0001243,1,100", Err(R::NumberUnknown)),
            ("typed symbol", "HO,99990013,記号2,0001234,1,100", Err(R::SymbolDiffers)),
            ("no insurer number", "HO,,記号1,0001234,1,100", Err(R::InsurerNumberMalformed)),
            ("letters in it", "HO,9999001X,記号1,0001234,1,100", Err(R::InsurerNumberMalformed)),
            ("other bad field", "HO,99990013,記号1,0001234,x,100", Err(R::Unreadable)),
            ("no HO", "CO,1", Err(R::InsurerMissing)),
            ("OQS-CLM-11 unknown insurance", "HO,77777777,,,1,100", Ok(())),
        ] {
            assert_eq!(
                verdict(&claim(insurance, CHECKED, &[]), &known(None, &[])),
                expected,
                "{row}"
            );
        }
    }

    #[test]
    fn the_holder_is_the_one_registered() {
        let other_branch = claim(RIGHT, "SN,1,01,,,,02,,\r\n", &[]);
        assert_eq!(verdict(&other_branch, &known(None, &[])), Err(ReturnReason::HolderDiffers));
        let mut another = known(None, &[]);
        another.holders[0].holder.as_mut().unwrap().birthdate = day("1985-05-06");
        assert_eq!(
            verdict(&claim(RIGHT, CHECKED, &[]), &another),
            Err(ReturnReason::HolderDiffers)
        );
    }

    #[test] // rows OQS-CLM-02, OQS-CLM-03, OQS-CLM-05
    fn a_lost_qualification_returns_the_claim_unless_it_was_confirmed() {
        use ReturnReason as R;
        for (row, lost, confirmed, checked, visits, expected) in [
            (
                "lost before, no days told",
                Some("2026-04-01"),
                vec![],
                CHECKED,
                vec![],
                Err(R::QualificationLost),
            ),
            ("lost within, no days told", Some("2026-04-10"), vec![], CHECKED, vec![], Ok(())),
            ("lost within, visit before", Some("2026-04-10"), vec![], CHECKED, vec![9], Ok(())),
            (
                "lost within, visit on the day",
                Some("2026-04-10"),
                vec![],
                CHECKED,
                vec![10],
                Err(R::QualificationLost),
            ),
            (
                "OQS-CLM-03 confirmed, then backdated",
                Some("2026-03-01"),
                vec!["2026-04-15"],
                CHECKED,
                vec![15],
                Ok(()),
            ),
            (
                "OQS-CLM-03 without days",
                Some("2026-03-01"),
                vec!["2026-04-15"],
                CHECKED,
                vec![],
                Ok(()),
            ),
            (
                "confirmed for another day",
                Some("2026-03-01"),
                vec!["2026-04-15"],
                CHECKED,
                vec![15, 20],
                Err(R::QualificationLost),
            ),
            (
                "confirmed, but not stated",
                Some("2026-03-01"),
                vec!["2026-04-15"],
                "",
                vec![15],
                Err(R::QualificationLost),
            ),
        ] {
            assert_eq!(
                verdict(&claim(RIGHT, checked, &visits), &known(lost, &confirmed)),
                expected,
                "{row}"
            );
        }
    }

    #[test]
    fn a_visit_before_the_gain_is_told_apart_from_one_after_the_loss() {
        let mut late = known(None, &[]);
        late.holders[0].coverages[0].details.gained = day("2026-04-10");
        assert_eq!(
            verdict(&claim(RIGHT, CHECKED, &[9]), &late),
            Err(ReturnReason::NotYetQualified)
        );
        assert_eq!(verdict(&claim(RIGHT, CHECKED, &[10]), &late), Ok(()));
        assert_eq!(verdict(&claim(RIGHT, CHECKED, &[]), &late), Ok(()));
    }
}
