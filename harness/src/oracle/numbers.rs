//! When two sets of insurance numbers (保険者番号, 記号, 番号, 枝番) name the same thing.

use std::collections::BTreeSet;

use crate::model::{Coverage, NumberName, Numbers};

/// The four numbers of a coverage.
pub(super) fn of(coverage: &Coverage) -> Numbers {
    Numbers {
        insurer_number: coverage.insurer_number.clone(),
        symbol: coverage.symbol.clone(),
        number: coverage.number.clone(),
        branch: coverage.branch.clone(),
    }
}

/// All four agree: how an insurer's feed names one of its own coverages.
pub(super) fn same(one: &Numbers, other: &Numbers) -> bool {
    without_branch(one, other) && said(&one.branch) == said(&other.branch)
}

/// Insurer and number agree, whatever symbol and branch say.
pub(super) fn same_number(one: &Numbers, other: &Numbers) -> bool {
    insurer(one) == insurer(other) && one.number == other.number
}

/// What a claim of the old flow names: it has no place for a branch number. Row OQS-OPS-03.
pub(super) fn claimed(typed: &Numbers, held: &Numbers) -> bool {
    without_branch(typed, held)
}

/// What was asked fits what is held. A branch number counts only when it was asked for. Row OQS-QUAL-13.
pub(super) fn answers(asked: &Numbers, held: &Numbers) -> bool {
    without_branch(asked, held)
        && said(&asked.branch).is_none_or(|branch| said(&held.branch) == Some(branch))
}

/// A chart and a result speak of the same insurance. A branch number counts only when both have one.
pub(super) fn agree(chart: &Numbers, result: &Numbers) -> bool {
    let branches = said(&chart.branch).zip(said(&result.branch));
    without_branch(chart, result) && branches.is_none_or(|(one, other)| one == other)
}

/// The numbers of which the two do not agree. A branch number counts only when both have one.
pub(super) fn differing(typed: &Numbers, told: &Numbers) -> BTreeSet<NumberName> {
    let branches = said(&typed.branch).zip(said(&told.branch));
    [
        (NumberName::InsurerNumber, insurer(typed) == insurer(told)),
        (NumberName::Symbol, said(&typed.symbol) == said(&told.symbol)),
        (NumberName::Number, typed.number == told.number),
        (NumberName::Branch, branches.is_none_or(|(one, other)| one == other)),
    ]
    .into_iter()
    .filter_map(|(name, agrees)| (!agrees).then_some(name))
    .collect()
}

/// Padding of the insurer number is no difference (row OQS-MSG-09); everything else is compared exactly,
/// lead zeros and full-width characters included (row OQS-QUAL-23).
fn without_branch(one: &Numbers, other: &Numbers) -> bool {
    same_number(one, other) && said(&one.symbol) == said(&other.symbol)
}

fn insurer(numbers: &Numbers) -> &str {
    numbers.insurer_number.trim_matches(' ')
}

/// Empty and missing mean the same. Row OQS-MSG-07.
fn said(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(insurer: &str, symbol: Option<&str>, number: &str, branch: Option<&str>) -> Numbers {
        Numbers {
            insurer_number: insurer.into(),
            symbol: symbol.map(Into::into),
            number: number.into(),
            branch: branch.map(Into::into),
        }
    }

    #[test]
    fn what_counts_as_the_same_numbers() {
        let held = numbers("999901", Some("見本"), "0012", Some("02"));
        for (case, other, is_same, is_answer, does_agree) in [
            ("as held", held.clone(), true, true, true),
            (
                "padded insurer",
                numbers("  999901", Some("見本"), "0012", Some("02")),
                true,
                true,
                true,
            ),
            ("no branch", numbers("999901", Some("見本"), "0012", None), false, true, true),
            ("empty branch", numbers("999901", Some("見本"), "0012", Some("")), false, true, true),
            (
                "other branch",
                numbers("999901", Some("見本"), "0012", Some("01")),
                false,
                false,
                false,
            ),
            (
                "lead zeros lost",
                numbers("999901", Some("見本"), "12", Some("02")),
                false,
                false,
                false,
            ),
            ("no symbol", numbers("999901", None, "0012", Some("02")), false, false, false),
            (
                "other insurer",
                numbers("999902", Some("見本"), "0012", Some("02")),
                false,
                false,
                false,
            ),
        ] {
            assert_eq!(same(&other, &held), is_same, "same: {case}");
            assert_eq!(answers(&other, &held), is_answer, "answers: {case}");
            assert_eq!(agree(&other, &held), does_agree, "agree: {case}");
        }
    }

    #[test]
    fn what_a_typing_error_differs_in() {
        use NumberName::{Branch, InsurerNumber, Number, Symbol};
        let told = numbers("999901", Some("見本"), "0012", Some("02"));
        for (typed, expected) in [
            (told.clone(), vec![]),
            (numbers("  999901", Some("見本"), "0012", None), vec![]),
            (numbers("999901", Some("見本"), "0021", Some("")), vec![Number]),
            (
                numbers("999910", None, "０012", Some("01")),
                vec![InsurerNumber, Symbol, Number, Branch],
            ),
        ] {
            assert_eq!(differing(&typed, &told), expected.into_iter().collect(), "{typed:?}");
        }
    }

    #[test]
    fn an_asked_branch_is_not_answered_by_a_coverage_without_one() {
        let late_elderly = numbers("39999901", None, "00000017", None);
        assert!(answers(&numbers("39999901", Some(""), "00000017", None), &late_elderly));
        assert!(!answers(&numbers("39999901", None, "00000017", Some("01")), &late_elderly));
        assert!(agree(&numbers("39999901", None, "00000017", Some("01")), &late_elderly));
    }
}
