//! Which insurance covers a citizen of the population, as feed records (bench profile): computed from the citizen, so that everybody
//! who knows seed and number knows the insurance too.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use sim_card::population::{Citizen, Sex};

/// Insurers of citizens; each has the next citizen in turn.
const INSURERS: u64 = 50;
/// Age at which late-elderly care begins.
const LATE_ELDERLY: i16 = 75;
/// Nobody is insured longer than this.
const FIRST_DAY: Date = date(2020, 4, 1);
/// Length of an insured number: under one insurer everybody has another.
const DIGITS: usize = 8;

/// The numbers by which a citizen is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insurance {
    /// 保険者番号, eight digits; its check digit is wrong, so it is nobody's.
    pub insurer_number: String,
    /// 記号; none in late-elderly care.
    pub symbol: Option<String>,
    /// 番号.
    pub number: String,
    /// 枝番; none in late-elderly care.
    pub branch: Option<String>,
    /// First day covered.
    pub gained: Date,
    /// Who the insurer is.
    insurer_name: String,
}

impl Insurance {
    /// The insurance of a citizen on a day.
    #[must_use]
    pub fn of(citizen: &Citizen, on: Date) -> Self {
        let late = citizen.age(on) >= LATE_ELDERLY;
        let insurer = 1 + citizen.index % INSURERS;
        let head = if late { format!("3999{insurer:03}") } else { format!("9999{insurer:03}") };
        let kind = if late { "後期高齢者医療広域連合" } else { "健康保険組合" };
        Self {
            insurer_number: format!("{head}{}", nobodys_check_digit(&head)),
            symbol: (!late).then(|| "架空".to_owned()),
            number: format!("{:0DIGITS$}", citizen.index / INSURERS),
            branch: (!late).then(|| "00".to_owned()),
            gained: if late {
                birthday(citizen, LATE_ELDERLY)
            } else {
                citizen.birthdate.max(FIRST_DAY)
            },
            insurer_name: format!("架空第{insurer}{kind}"),
        }
    }
}

/// Who a citizen is, and the qualification: two records, as an insurer sends them.
#[must_use]
pub fn records(citizen: &Citizen, on: Date) -> [Value; 2] {
    let insurance = Insurance::of(citizen, on);
    let record = |part: &str, kind: &str, data: Value| {
        json!({
            "record_id": format!("{}-{part}", citizen.holder),
            "insurer_number": insurance.insurer_number,
            "person": citizen.holder,
            "kind": kind,
            "data": data,
        })
    };
    [record("who", "person", holder(citizen)), record("gain", "gain", gain(citizen, &insurance))]
}

fn holder(citizen: &Citizen) -> Value {
    let sex = if citizen.sex == Sex::Male { "1" } else { "2" };
    let mut data = json!({
        "name": citizen.name.name.written,
        "name_kana": citizen.name.half_width_kana(),
        "sex1": sex,
        "birthdate": citizen.birthdate,
        "address": citizen.address.address.written,
        "post_number": "000-0000",
    });
    if let (Some(common), Some(fields)) = (&citizen.name.common_name, data.as_object_mut()) {
        fields.insert("name_of_other".to_owned(), json!(common));
    }
    data
}

fn gain(citizen: &Citizen, insurance: &Insurance) -> Value {
    let mut data = json!({
        "insurer_name": insurance.insurer_name,
        "number": insurance.number,
        "own_or_family": "1",
        "insured_name": citizen.name.name.written,
        "gained": insurance.gained,
    });
    if let Some(fields) = data.as_object_mut() {
        match (&insurance.symbol, &insurance.branch) {
            (Some(symbol), Some(branch)) => {
                fields.insert("symbol".to_owned(), json!(symbol));
                fields.insert("branch".to_owned(), json!(branch));
            }
            (_, _) => drop(fields.insert("contribution_ratio".to_owned(), json!("010"))),
        }
    }
    data
}

fn birthday(citizen: &Citizen, age: i16) -> Date {
    citizen.birthdate.checked_add(i64::from(age).years()).unwrap_or(citizen.birthdate)
}

/// A check digit that is not the right one. Source: 保険者番号等設定要領, modulus 10 with weights 2 and 1 from the right.
fn nobodys_check_digit(head: &str) -> u32 {
    let digits = head.chars().rev().filter_map(|digit| digit.to_digit(10));
    let weighed = digits.zip([2, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight);
    let sum: u32 = weighed.map(|product| product / 10 + product % 10).sum();
    ((10 - sum % 10) % 10 + 1) % 10
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sim_backend::feed::FeedRecord;
    use sim_card::population::{Oddity, Population, REFERENCE_DAY, SIZE};

    use super::*;

    fn citizen(index: u64) -> Citizen {
        Population::new(1).citizen(index).unwrap()
    }

    #[test]
    fn a_number_is_one_citizen_s_at_each_insurer() {
        let numbers: BTreeSet<_> = (0..2_000)
            .map(|index| Insurance::of(&citizen(index), REFERENCE_DAY))
            .map(|insurance| (insurance.insurer_number, insurance.number))
            .collect();
        assert_eq!(numbers.len(), 2_000);
    }

    #[test]
    fn insurance_follows_age() {
        let mut late = 0;
        for index in 0..500 {
            let citizen = citizen(index);
            let insurance = Insurance::of(&citizen, REFERENCE_DAY);
            let elderly = citizen.age(REFERENCE_DAY) >= 75;
            late += i32::from(elderly);
            assert_eq!(insurance.insurer_number.starts_with("39"), elderly);
            assert_eq!(
                (insurance.symbol.is_none(), insurance.branch.is_none()),
                (elderly, elderly)
            );
            assert!(insurance.gained <= REFERENCE_DAY, "{insurance:?}");
        }
        assert!((1..499).contains(&late), "both kinds occur");
    }

    /// 99990013: the right digit would be 2.
    #[test]
    fn the_check_digit_is_wrong() {
        assert_eq!(nobodys_check_digit("9999001"), 3);
    }

    #[test]
    fn the_backend_takes_every_oddity() {
        let odd = Oddity::TABLE.iter().filter_map(|row| Population::new(1).with(row.0).next());
        for index in odd.chain([0, SIZE - 1]) {
            for record in records(&citizen(index), REFERENCE_DAY) {
                let read = serde_json::from_value::<FeedRecord>(record);
                assert!(read.is_ok(), "citizen {index}: {:?}", read.err());
            }
        }
    }
}
