//! Tickets of medical aid among the records: each month is told whole by the highest rank that is about it.

use super::{Effective, is_meant};
use crate::{feed::record::Change, service::records::Coverage};

/// Puts the tickets to the medical aid they belong to; tickets for an insurance, or for an aid that is not known yet, wait.
pub(super) fn entrust(coverages: &mut [Coverage], effective: &[Effective<'_>]) {
    let mut all: Vec<_> = effective
        .iter()
        .filter_map(|one| match one.change {
            Change::Tickets(tickets) => Some((one.rank, one.insurer, tickets)),
            Change::Gain(_)
            | Change::Loss(_)
            | Change::Correction(_)
            | Change::Limit(_)
            | Change::Person(_)
            | Change::Medicine(_)
            | Change::HealthCheck(_)
            | Change::Care(_)
            | Change::Operation(_)
            | Change::MedicalCost(_)
            | Change::Prescription(_)
            | Change::Cancellation(_)
            | Change::Register(_)
            | Change::Identity(_)
            | Change::Proof(_) => None,
        })
        .collect();
    all.sort_by_key(|(rank, ..)| *rank);
    for (_, office, tickets) in all {
        let meant = |coverage: &&mut Coverage| {
            coverage.is_medical_aid() && is_meant(coverage, office, tickets.number.as_ref())
        };
        for coverage in coverages.iter_mut().filter(meant) {
            coverage.tickets.retain(|held| held.month != tickets.of.month);
            coverage.tickets.push(tickets.of.clone());
        }
    }
    coverages.iter_mut().for_each(|coverage| coverage.tickets.sort_by_key(|held| held.month));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fold;
    use crate::{
        feed::{
            FeedRecord,
            record::{Change, Correction, TicketsOf},
        },
        messages::YearMonth,
        service::{
            records::{PersonCode, PersonState},
            samples::{self, day, holder, insurer, text, ticket},
            ticket::TicketMonth,
        },
    };

    const OFFICE: &str = "12990001";
    const HERE: &str = "1319999999";
    const ELSEWHERE: &str = "1319999998";

    fn record(id: &str, of: &str, revision: u32, change: Change) -> FeedRecord {
        let person = PersonCode::new("P-1").unwrap();
        FeedRecord { record_id: text(id), insurer_number: insurer(of), person, revision, change }
    }

    fn month(first: &str, institutions: &[&str]) -> Change {
        let tickets = institutions.iter().map(|code| ticket(code)).collect();
        let of = TicketMonth { month: YearMonth::of(day(first)), tickets };
        Change::Tickets(TicketsOf { number: None, of })
    }

    fn gain() -> FeedRecord {
        record("1", OFFICE, 0, Change::Gain(samples::aid("2026-02-01", vec![]).details))
    }

    fn told(records: &[FeedRecord]) -> Vec<String> {
        let state: PersonState = fold(&PersonCode::new("P-1").unwrap(), records);
        let month = |held: &TicketMonth| {
            let named: Vec<_> =
                held.tickets.iter().map(|ticket| ticket.institution.as_str()).collect();
            format!("{} {}", held.month.first_day(), named.join(" "))
        };
        state.coverages.iter().flat_map(|coverage| coverage.tickets.iter().map(month)).collect()
    }

    #[test]
    fn each_month_is_told_by_the_highest_rank() {
        let april =
            |id, revision, to: &[&str]| record(id, OFFICE, revision, month("2026-04-01", to));
        let withdrawn = record(
            "9",
            OFFICE,
            0,
            Change::Correction(Correction { corrects: text("2"), replacement: None }),
        );
        for (row, records, expected) in [
            ("one", vec![gain(), april("2", 0, &[HERE])], vec!["2026-04-01 1319999999"]),
            ("no aid yet", vec![april("2", 0, &[HERE])], vec![]),
            (
                "replaced",
                vec![gain(), april("2", 1, &[ELSEWHERE]), april("3", 0, &[HERE])],
                vec!["2026-04-01 1319999998"],
            ),
            (
                "taken back",
                vec![gain(), april("2", 0, &[HERE]), april("3", 0, &[])],
                vec!["2026-04-01 "],
            ),
            ("withdrawn", vec![gain(), april("2", 0, &[HERE]), withdrawn], vec![]),
            (
                "another office",
                vec![gain(), record("2", "12990002", 0, month("2026-04-01", &[HERE]))],
                vec![],
            ),
            (
                "two months",
                vec![
                    gain(),
                    record("2", OFFICE, 0, month("2026-05-01", &[ELSEWHERE])),
                    april("3", 0, &[HERE]),
                ],
                vec!["2026-04-01 1319999999", "2026-05-01 1319999998"],
            ),
        ] {
            assert_eq!(told(&records), expected, "{row}");
        }
    }

    #[test]
    fn an_insurance_has_no_tickets() {
        let insurance = record("1", OFFICE, 0, Change::Gain(samples::details("2024-04-01")));
        let tickets = record("2", OFFICE, 0, month("2026-04-01", &[HERE]));
        assert!(told(&[insurance, tickets]).is_empty());
    }

    fn life() -> Vec<FeedRecord> {
        vec![
            record("0", OFFICE, 0, Change::Person(holder("1985-05-05"))),
            gain(),
            record("2", OFFICE, 0, month("2026-04-01", &[HERE])),
            record("3", OFFICE, 1, month("2026-04-01", &[HERE, ELSEWHERE])),
            record("4", OFFICE, 0, month("2026-05-01", &[])),
            record("5", OFFICE, 1, month("2026-05-01", &[HERE])),
        ]
    }

    proptest! {
        #[test] // row OQS-INS-11
        fn order_of_arrival_never_decides(shuffled in Just(life()).prop_shuffle()) {
            prop_assert_eq!(told(&shuffled), told(&life()));
        }
    }
}
