//! From the records about one person to what is known of that person. A pure function of the *set* of records, so that
//! repeated and reordered deliveries end in the same state. Rows OQS-INS-10, OQS-INS-11.

mod tickets;

use std::collections::BTreeMap;

use super::{
    describe::describe,
    record::{Change, Correction, FeedRecord},
};
use crate::{
    messages::{InsurerNumber, record::CardText},
    service::records::{Certificates, Coverage, CoverageDetails, Loss, PersonCode, PersonState},
};

/// What decides between records about the same thing.
pub(super) type Rank<'a> = (u32, &'a str);

/// One record after its corrections.
pub(super) struct Effective<'a> {
    pub id: &'a str,
    pub rank: Rank<'a>,
    pub insurer: &'a InsurerNumber,
    pub change: &'a Change,
}

/// What is known of a person. Records about others are left out.
#[must_use]
pub fn fold<'a>(
    person: &PersonCode,
    records: impl IntoIterator<Item = &'a FeedRecord>,
) -> PersonState {
    let effective = standing(person, records);
    let mut state =
        PersonState { coverages: gains(&effective), ..PersonState::unknown(person.clone()) };
    end(&mut state.coverages, &effective);
    certify(&mut state.coverages, &effective);
    tickets::entrust(&mut state.coverages, &effective);
    describe(&mut state, &effective);
    state
}

/// The records about a person that stand, each as its corrections leave it.
pub(super) fn standing<'a>(
    person: &PersonCode,
    records: impl IntoIterator<Item = &'a FeedRecord>,
) -> Vec<Effective<'a>> {
    let mut own: Vec<_> = records.into_iter().filter(|record| record.person == *person).collect();
    own.sort_by_key(|record| rank(record));
    own.dedup_by(|one, other| one.record_id == other.record_id);
    own.iter().filter_map(|record| effective(record, &own)).collect()
}

fn rank(record: &FeedRecord) -> Rank<'_> {
    (record.revision, record.record_id.as_str())
}

/// The record as its highest correction leaves it; `None` for a withdrawn one and for corrections themselves.
fn effective<'a>(record: &'a FeedRecord, own: &[&'a FeedRecord]) -> Option<Effective<'a>> {
    let corrected = own
        .iter()
        .filter_map(|other| Some((rank(other), correction_of(other, record)?)))
        .max_by_key(|(rank, _)| *rank);
    let (rank, change) = match corrected {
        Some((rank, correction)) => (rank, correction.replacement.as_deref()?),
        None => (rank(record), &record.change),
    };
    let insurer = &record.insurer_number;
    let id = record.record_id.as_str();
    (!change.is_correction()).then_some(Effective { id, rank, insurer, change })
}

/// Only the insurer that sent a record corrects it, and corrections are not corrected: a later one outranks them.
fn correction_of<'a>(other: &'a FeedRecord, record: &FeedRecord) -> Option<&'a Correction> {
    let Change::Correction(correction) = &other.change else { return None };
    let applies = !record.change.is_correction()
        && correction.corrects == record.record_id
        && other.insurer_number == record.insurer_number;
    applies.then_some(correction)
}

/// Gains of the same numbers from the same day are one qualification; the highest rank tells its details.
fn gains(effective: &[Effective<'_>]) -> Vec<Coverage> {
    let mut found: BTreeMap<_, (Rank<'_>, &CoverageDetails)> = BTreeMap::new();
    for Effective { rank, insurer, change, .. } in effective {
        let Change::Gain(details) = change else { continue };
        let identity =
            (details.gained, *insurer, &details.symbol, &details.number, &details.branch);
        let entry = found.entry(identity).or_insert((*rank, details));
        if *rank >= entry.0 {
            *entry = (*rank, details);
        }
    }
    let coverage =
        |(identity, (_, details)): ((_, &InsurerNumber, _, _, _), (_, &CoverageDetails))| {
            Coverage {
                insurer_number: identity.1.clone(),
                details: details.clone(),
                lost: None,
                certificates: Certificates::default(),
                tickets: Vec::new(),
            }
        };
    found.into_iter().map(coverage).collect()
}

/// A loss without its gain waits: it ends nothing until the gain arrives. Of two about the same qualification the
/// highest rank counts, so a backdated loss sent later takes the place of the first. Row OQS-INS-09.
fn end(coverages: &mut [Coverage], effective: &[Effective<'_>]) {
    let mut losses: Vec<_> = effective
        .iter()
        .filter_map(|one| Some((one.rank, one.insurer, ending(one.change)?)))
        .collect();
    losses.sort_by_key(|(rank, ..)| *rank);
    for (_, insurer, (number, loss)) in losses {
        if let Some(coverage) = ended_by(coverages, insurer, number, loss) {
            coverage.lost = Some(loss);
        }
    }
}

fn ending(change: &Change) -> Option<(Option<&CardText>, Loss)> {
    let Change::Loss(ending) = change else { return None };
    Some((ending.number.as_ref(), ending.loss))
}

/// The newest that began before the loss day; only without such a one the one that began that very day, which then
/// covers no day at all.
fn ended_by<'c>(
    coverages: &'c mut [Coverage],
    insurer: &InsurerNumber,
    number: Option<&CardText>,
    loss: Loss,
) -> Option<&'c mut Coverage> {
    coverages
        .iter_mut()
        .filter(|coverage| {
            is_meant(coverage, insurer, number) && coverage.details.gained <= loss.on
        })
        .max_by_key(|coverage| (coverage.details.gained < loss.on, coverage.details.gained))
}

fn is_meant(coverage: &Coverage, insurer: &InsurerNumber, number: Option<&CardText>) -> bool {
    coverage.insurer_number == *insurer
        && number.is_none_or(|number| *number == coverage.details.number)
}

fn certify(coverages: &mut [Coverage], effective: &[Effective<'_>]) {
    let mut all: Vec<_> = effective
        .iter()
        .filter_map(|one| Some((one.rank, one.insurer, certificates(one.change)?)))
        .collect();
    all.sort_by_key(|(rank, ..)| *rank);
    for (_, insurer, (number, certificates)) in all {
        coverages
            .iter_mut()
            .filter(|coverage| is_meant(coverage, insurer, number))
            .for_each(|coverage| add(coverage, certificates));
    }
}

fn certificates(change: &Change) -> Option<(Option<&CardText>, &Certificates)> {
    let Change::Limit(of) = change else { return None };
    Some((of.number.as_ref(), &of.certificates))
}

/// Each list is told whole by the highest rank that has one; being in arrears is told by the highest rank alone.
fn add(coverage: &mut Coverage, new: &Certificates) {
    let held = &mut coverage.certificates;
    replace(&mut held.limits, &new.limits);
    replace(&mut held.elderly, &new.elderly);
    replace(&mut held.specific_diseases, &new.specific_diseases);
    held.limit_withheld = new.limit_withheld;
}

fn replace<T: Clone>(held: &mut Vec<T>, new: &[T]) {
    if !new.is_empty() {
        *held = new.to_vec();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        feed::record::{Cancellation, Ending, IdentityConfirmation},
        messages::codes::Sex,
        service::{
            qualify::overlaps,
            register::RegisterEntry,
            samples::{day, details, holder, insurer, text},
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

    fn gain(id: &str, insurer: &str, on: &str) -> FeedRecord {
        record(id, insurer, Change::Gain(details(on)))
    }

    fn loss(id: &str, insurer: &str, on: &str) -> FeedRecord {
        record(
            id,
            insurer,
            Change::Loss(Ending {
                number: None,
                loss: Loss { on: day(on), reason: None, certificate_returned: None },
            }),
        )
    }

    fn correction(id: &str, corrects: &str, replacement: Option<Change>) -> FeedRecord {
        record(
            id,
            A,
            Change::Correction(Correction {
                corrects: text(corrects),
                replacement: replacement.map(Box::new),
            }),
        )
    }

    fn spans(state: &PersonState) -> Vec<String> {
        let span = |coverage: &Coverage| {
            let lost = coverage.lost.map_or_else(String::new, |loss| loss.on.to_string());
            format!("{} {}..{lost}", coverage.insurer_number, coverage.details.gained)
        };
        state.coverages.iter().map(span).collect()
    }

    #[test]
    fn changes_add_up() {
        for (row, records, expected) in [
            ("gain", vec![gain("1", A, "2024-04-01")], vec!["99990013 2024-04-01.."]),
            (
                "gain and loss",
                vec![gain("1", A, "2024-04-01"), loss("2", A, "2026-01-01")],
                vec!["99990013 2024-04-01..2026-01-01"],
            ),
            ("loss alone", vec![loss("2", A, "2026-01-01")], vec![]),
            (
                "another insurer's loss",
                vec![gain("1", A, "2024-04-01"), loss("2", B, "2026-01-01")],
                vec!["99990013 2024-04-01.."],
            ),
            (
                "OQS-INS-09 backdated loss",
                vec![
                    gain("1", A, "2024-04-01"),
                    loss("2", A, "2026-04-01"),
                    loss("3", A, "2026-02-01"),
                ],
                vec!["99990013 2024-04-01..2026-02-01"],
            ),
            (
                "regained on the day of the loss",
                vec![
                    gain("1", A, "2024-04-01"),
                    loss("2", A, "2026-01-01"),
                    gain("3", A, "2026-01-01"),
                ],
                vec!["99990013 2024-04-01..2026-01-01", "99990013 2026-01-01.."],
            ),
            (
                "OQS-INS-08 withdrawn",
                vec![gain("1", A, "2024-04-01"), correction("2", "1", None)],
                vec![],
            ),
            (
                "gain corrected",
                vec![
                    gain("1", A, "2024-04-01"),
                    correction("2", "1", Some(Change::Gain(details("2024-05-01")))),
                ],
                vec!["99990013 2024-05-01.."],
            ),
            (
                "the last correction counts",
                vec![
                    gain("1", A, "2024-04-01"),
                    correction("2", "1", None),
                    correction("3", "1", Some(Change::Gain(details("2024-06-01")))),
                ],
                vec!["99990013 2024-06-01.."],
            ),
            (
                "another insurer's correction",
                vec![gain("1", B, "2024-04-01"), correction("2", "1", None)],
                vec!["99990021 2024-04-01.."],
            ),
        ] {
            assert_eq!(spans(&fold(&person(), &records)), expected, "{row}");
        }
    }

    #[test] // row OQS-INS-10
    fn gain_before_loss_overlaps_and_loss_before_gain_leaves_a_gap() {
        let overlap = fold(&person(), &[gain("1", A, "2024-04-01"), gain("2", B, "2026-01-01")]);
        assert_eq!(overlaps(&overlap).count(), 1);
        let gap = fold(
            &person(),
            &[gain("1", A, "2024-04-01"), loss("2", A, "2025-12-01"), gain("3", B, "2026-01-01")],
        );
        assert_eq!(overlaps(&gap).count(), 0);
    }

    #[test]
    fn the_highest_revision_describes_the_person() {
        let named = |id: &str, revision, name: &str| {
            let mut record = record(id, A, Change::Person(holder("1985-05-05")));
            record.revision = revision;
            if let Change::Person(holder) = &mut record.change {
                holder.name = text(name);
            }
            record
        };
        let state = fold(&person(), &[named("2", 1, "新しい　名前"), named("9", 0, "古い　名前")]);
        assert_eq!(state.holder.unwrap().name.as_str(), "新しい　名前");
    }

    #[test]
    fn others_stay_out() {
        let other = PersonCode::new("P-2").unwrap();
        assert_eq!(fold(&other, &[gain("1", A, "2024-04-01")]), PersonState::unknown(other));
    }

    fn life() -> Vec<FeedRecord> {
        let mut again = gain("8", A, "2024-04-01");
        again.revision = 2;
        vec![
            record("0", A, Change::Person(holder("1985-05-05"))),
            gain("1", A, "2024-04-01"),
            loss("2", A, "2026-04-01"),
            loss("3", A, "2026-02-01"),
            gain("4", B, "2026-02-01"),
            correction(
                "5",
                "3",
                Some(Change::Loss(Ending {
                    number: None,
                    loss: Loss { on: day("2026-03-01"), reason: None, certificate_returned: None },
                })),
            ),
            record("6", B, Change::Person(holder("1985-05-06"))),
            record("7", A, Change::Cancellation(Cancellation { requested: day("2026-01-10") })),
            again,
            correction("9", "7", None),
            record("a", A, Change::Identity(IdentityConfirmation { confirms: text("6") })),
            record(
                "b",
                A,
                Change::Register(RegisterEntry {
                    name: text("仮名　花子"),
                    name_kana: None,
                    birthdate: day("1985-05-05"),
                    sex: Sex::Female,
                    address: None,
                }),
            ),
        ]
    }

    proptest! {
        #[test] // row OQS-INS-11
        fn repeated_and_reordered_deliveries_end_in_the_same_state(
            shuffled in Just(life()).prop_shuffle(),
            repeats in prop::collection::vec(0..12_usize, 0..6),
        ) {
            let mut delivered = shuffled;
            for place in repeats {
                let again = delivered[place].clone();
                delivered.push(again);
            }
            prop_assert_eq!(fold(&person(), &delivered), fold(&person(), &life()));
        }
    }
}
