//! Who a person is and what else was told of them, from the records that stand: and whether the register agrees. Row OQS-INS-07.

use super::{
    fold::Effective,
    record::{Cancellation, Change, IdentityConfirmation},
};
use crate::service::{
    days::cancellation_from,
    records::{Holder, PersonState},
    register::{RegisterItem, differences},
};

/// What single records say of a person beside qualifications.
pub(super) fn describe(state: &mut PersonState, effective: &[Effective<'_>]) {
    state.holder = described_by(effective).map(|(_, holder)| holder.clone());
    for one in effective {
        match one.change {
            Change::Medicine(medicine) => state.medicines.push(medicine.clone()),
            Change::HealthCheck(check) => state.health_checks.push(check.clone()),
            Change::Cancellation(Cancellation { requested }) => {
                state.cancelled_from.extend(cancellation_from(*requested));
            }
            Change::Proof(proof) => state.proofs.push(proof.clone()),
            Change::Person(_)
            | Change::Gain(_)
            | Change::Loss(_)
            | Change::Limit(_)
            | Change::Care(_)
            | Change::Operation(_)
            | Change::MedicalCost(_)
            | Change::Prescription(_)
            | Change::Register(_)
            | Change::Identity(_)
            | Change::Tickets(_)
            | Change::Correction(_) => {}
        }
    }
    state.medicines.sort();
    state.health_checks.sort();
    state.proofs.sort();
    state.register_mismatch = mismatch(effective);
}

/// The record that says who the person is: the highest rank.
fn described_by<'e, 'a>(effective: &'e [Effective<'a>]) -> Option<(&'e Effective<'a>, &'a Holder)> {
    let said = effective.iter().filter_map(|one| {
        let Change::Person(holder) = one.change else { return None };
        Some((one, holder))
    });
    said.max_by_key(|(one, _)| one.rank)
}

/// In what the newest word of the register is another than the insurer's, unless that was confirmed after it was said.
/// Row OQS-INS-07.
fn mismatch(effective: &[Effective<'_>]) -> Vec<RegisterItem> {
    let Some((said, holder)) = described_by(effective) else { return Vec::new() };
    let entries = effective.iter().filter_map(|one| {
        let Change::Register(entry) = one.change else { return None };
        Some((one.rank, entry))
    });
    let Some((_, entry)) = entries.max_by_key(|(rank, _)| *rank) else { return Vec::new() };
    let confirmed = effective.iter().any(|one| {
        let Change::Identity(IdentityConfirmation { confirms }) = one.change else { return false };
        confirms.as_str() == said.id && one.insurer == said.insurer && said.rank <= one.rank
    });
    if confirmed { Vec::new() } else { differences(holder, entry) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        feed::{Correction, FeedRecord, fold},
        messages::codes::Sex,
        service::{
            records::PersonCode,
            register::RegisterEntry,
            samples::{day, holder, insurer, text},
        },
    };

    const A: &str = "99990013";
    const B: &str = "99990021";

    fn person() -> PersonCode {
        PersonCode::new("P-1").unwrap()
    }

    fn record(id: &str, of: &str, change: Change) -> FeedRecord {
        FeedRecord {
            record_id: text(id),
            insurer_number: insurer(of),
            person: person(),
            revision: 0,
            change,
        }
    }

    fn correction(id: &str, corrects: &str, replacement: Change) -> FeedRecord {
        let corrects = text(corrects);
        let replacement = Some(Box::new(replacement));
        record(id, A, Change::Correction(Correction { corrects, replacement }))
    }

    #[test] // row OQS-INS-07: hidden until the insurer corrects or confirms, and only it can
    fn a_mismatch_stands_until_it_is_corrected_or_confirmed() {
        let entry = |name: &str| RegisterEntry {
            name: text(name),
            name_kana: None,
            birthdate: day("1985-05-05"),
            sex: Sex::Female,
            address: None,
        };
        let ranked = |mut record: FeedRecord, revision| {
            record.revision = revision;
            record
        };
        let who = |id: &str| record(id, A, Change::Person(holder("1985-05-05")));
        let checked = |name: &str| record("5", A, Change::Register(entry(name)));
        let confirms = |id: &str, of: &str, confirms: &str| {
            let confirms = text(confirms);
            record(id, of, Change::Identity(IdentityConfirmation { confirms }))
        };
        let married = {
            let mut holder = holder("1985-05-05");
            holder.name = text("仮名　花子");
            Change::Person(holder)
        };
        for (row, records, mismatch) in [
            ("never checked", vec![who("1")], 0),
            ("the same", vec![who("1"), checked("架空　花子")], 0),
            ("another name", vec![who("1"), checked("仮名　花子")], 1),
            ("confirmed", vec![who("1"), checked("仮名　花子"), confirms("9", A, "1")], 0),
            (
                "confirmed by another",
                vec![who("1"), checked("仮名　花子"), confirms("9", B, "1")],
                1,
            ),
            (
                "another record confirmed",
                vec![who("1"), checked("仮名　花子"), confirms("9", A, "2")],
                1,
            ),
            ("corrected", vec![who("1"), checked("仮名　花子"), correction("9", "1", married)], 0),
            (
                "described anew after the confirmation",
                vec![who("1"), checked("仮名　花子"), confirms("9", A, "1"), ranked(who("2"), 1)],
                1,
            ),
            (
                "changed after the confirmation",
                vec![
                    who("1"),
                    checked("仮名　花子"),
                    confirms("8", A, "1"),
                    correction("9", "1", Change::Person(holder("1985-05-05"))),
                ],
                1,
            ),
            (
                "the register has the name now",
                vec![
                    who("1"),
                    checked("仮名　花子"),
                    ranked(record("6", B, Change::Register(entry("架空　花子"))), 1),
                ],
                0,
            ),
        ] {
            let state = fold(&person(), &records);
            assert_eq!(state.register_mismatch.len(), mismatch, "{row}");
            let mut turned = records;
            turned.reverse();
            assert_eq!(fold(&person(), &turned), state, "{row}, in the other order");
        }
    }
}
