//! What follows a visit, as events of the model: the claim, and a change that insurers feed.

use jiff::Timestamp;

use crate::catalogue::Catalogue;
use crate::clock::jst_day;
use crate::model::{Change, Claim, Coverage, Event, FeedRecord, Relation};

/// Where somebody is insured after a change, and where instead whoever is insured there already.
const INSURERS: [(&str, &str); 2] =
    [("99060021", "仮名健康保険組合"), ("99010017", "架空協会けんぽ 見本支部")];

/// 喪失事由: insured elsewhere (CD008).
const ELSEWHERE: &str = "03";

/// The claim for today's visit, from confirmed data.
pub fn claim(person: String, institution: String, now: Timestamp) -> Event {
    Event::Claim(Claim {
        institution,
        person,
        day: jst_day(now),
        also: Vec::new(),
        typed: None,
        unclear: None,
        on_paper: false,
    })
}

/// The coverage that runs today ends, and another begins: one record of each insurer. A second change of the same day is the
/// same record once more, which the backend knows.
pub fn change_of_insurer(person: &str, catalogue: &Catalogue, now: Timestamp) -> Vec<Event> {
    let today = jst_day(now);
    let coverages = catalogue.personas.get(person).map(|person| person.coverages.as_slice());
    let runs = |coverage: &&Coverage| coverage.gained <= today && coverage.lost.is_none();
    let current = coverages.unwrap_or_default().iter().filter(runs).max_by_key(|one| one.gained);
    let loss = current.map(|coverage| Change::Loss {
        numbers: coverage.numbers(),
        date: today,
        reason: Some(ELSEWHERE.to_owned()),
    });
    let elsewhere = INSURERS
        .iter()
        .find(|(number, _)| current.is_none_or(|coverage| coverage.insurer_number != *number));
    let gain = elsewhere.map(|(number, name)| {
        Change::Gain(Coverage {
            insurer_number: (*number).to_owned(),
            insurer_name: (*name).to_owned(),
            symbol: Some("見本9".to_owned()),
            number: "0009001".to_owned(),
            branch: Some("01".to_owned()),
            relation: Relation::Insured,
            gained: today,
            lost: None,
            loss_reason: None,
            valid_until: None,
            limit: None,
        })
    });
    let record = |(place, change): (usize, Change)| {
        let record_id = format!("guide-{person}-{today}-{place}");
        Event::Feed(FeedRecord { record_id, person: person.to_owned(), change })
    };
    loss.into_iter().chain(gain).enumerate().map(record).collect()
}
