//! What a claim is made on: a confirmed qualification, typed numbers, or the best that is known of an unclear case.

use jiff::civil::Date;

use super::claim::{ClaimLines, Claimant};
use super::protocol::{Declared, Unclear};
use super::{Chart, Confirmation, Insurance};

/// 保険者番号 of an unknown insurance (不詳). Row OQS-CLM-11.
const UNKNOWN: &str = "77777777";
/// 保険者番号 of an unknown insurance in a disaster. Row OQS-DIS-05.
const DISASTER: &str = "99999999";
/// What symbol and number of an unknown insurance are filled with.
const FILL: &str = "7777777";

/// What one claim is made on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Basis {
    insurance: Insurance,
    relation: Option<u8>,
    confirmed: bool,
    remark: Option<String>,
    days: Vec<Date>,
}

/// One basis for each qualification, in the order of their first days: a change within the month gives separate claims.
/// Row OQS-CLM-10.
pub(super) fn by_qualification(told: Vec<(Date, &Confirmation)>) -> Vec<Basis> {
    let mut bases: Vec<Basis> = Vec::new();
    for (day, known) in told {
        match bases.iter_mut().find(|basis| basis.insurance == known.insurance) {
            Some(basis) => basis.days.push(day),
            None => bases.push(Basis {
                insurance: known.insurance.clone(),
                relation: known.relation,
                confirmed: true,
                remark: None,
                days: vec![day],
            }),
        }
    }
    bases
}

impl Basis {
    /// The old flow: what staff typed, and no SN record.
    pub(super) fn typed(typed: &Insurance, relation: Option<u8>, days: Vec<Date>) -> Self {
        Self { insurance: typed.clone(), relation, confirmed: false, remark: None, days }
    }

    /// The order of unclear cases: present number, old qualification, unknown. Row OQS-CLM-12.
    pub(super) fn unclear(unclear: &Unclear, days: Vec<Date>) -> Self {
        let (insurance, remark) = match (&unclear.current, &unclear.old, &unclear.declared) {
            (Some(current), _, _) => (current.clone(), None),
            (None, Some(old), _) => (old.clone(), Some("旧資格情報".to_owned())),
            (None, None, Some(declared)) => (filled(), Some(told(declared))),
            (None, None, None) => (disaster(), Some("不詳".to_owned())),
        };
        Self { insurance, relation: None, confirmed: false, remark, days }
    }

    /// The claim on it.
    pub(super) fn lines<'a>(&'a self, by: Claimant<'a>, chart: &'a Chart) -> ClaimLines<'a> {
        ClaimLines {
            by,
            chart,
            days: self.days.clone(),
            insurance: &self.insurance,
            relation: self.relation,
            confirmed: self.confirmed,
            remark: self.remark.clone(),
        }
    }
}

/// Row OQS-CLM-11.
fn filled() -> Insurance {
    Insurance {
        insurer_number: UNKNOWN.into(),
        symbol: Some(FILL.into()),
        number: FILL.into(),
        branch: None,
    }
}

/// Row OQS-DIS-05.
fn disaster() -> Insurance {
    Insurance { insurer_number: DISASTER.into(), symbol: None, number: String::new(), branch: None }
}

fn told(Declared { address, employer, contact }: &Declared) -> String {
    format!("不詳　住所：{address}　事業所：{employer}　連絡先：{contact}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::institution::samples::insurance;

    fn declared() -> Declared {
        Declared {
            address: "架空県見本市１".into(),
            employer: "架空商事".into(),
            contact: "000-0000-0000".into(),
        }
    }

    #[test] // row OQS-CLM-12: current number, old qualification, unknown; rows OQS-CLM-11, OQS-DIS-05
    fn the_first_that_is_known_is_claimed_on() {
        let current = || Some(Insurance { insurer_number: "11111111".into(), ..insurance() });
        let old = || Some(Insurance { insurer_number: "22222222".into(), ..insurance() });
        let remark = "不詳　住所：架空県見本市１　事業所：架空商事　連絡先：000-0000-0000";
        for (current, old, declared, insurer, expected) in [
            (current(), old(), Some(declared()), "11111111", None),
            (current(), None, None, "11111111", None),
            (None, old(), Some(declared()), "22222222", Some("旧資格情報")),
            (None, None, Some(declared()), "77777777", Some(remark)),
            (None, None, None, "99999999", Some("不詳")),
        ] {
            let basis = Basis::unclear(&Unclear { current, old, declared }, vec![]);
            assert_eq!(basis.insurance.insurer_number, insurer);
            assert_eq!(basis.remark.as_deref(), expected, "{insurer}");
            assert!(!basis.confirmed);
        }
        let unknown =
            Basis::unclear(&Unclear { declared: Some(declared()), ..Unclear::default() }, vec![]);
        assert_eq!(
            (unknown.insurance.symbol.as_deref(), unknown.insurance.number.as_str()),
            (Some("7777777"), "7777777")
        );
    }
}
