//! A feed beside a story: insurers tell of people whom nobody in it names, for as long as it goes on. Nothing in the story may depend on it.

use std::time::Duration;

use jiff::civil::{Date, date};
use serde_json::Value;
use tokio::task::JoinHandle;

use super::actors::plain_client;
use super::feeding;
use super::stage::Stage;
use crate::clock::jst_day;
use crate::error::BenchError;
use crate::model::{Change, Coverage, FeedRecord, Person, Relation, Reports};
use crate::properties::generate::individual_number;

/// Between two deliveries.
const PACE: Duration = Duration::from_millis(25);
/// Their insurer. No number under it is one of a drawn story.
const INSURER: &str = "99990020";

/// The feed; it ends with the value.
#[derive(Debug)]
pub struct Beside(JoinHandle<()>);

impl Drop for Beside {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Stage {
    /// Lets insurers feed beside the story. What becomes of it is not looked at: it is there to be in the way.
    ///
    /// # Errors
    /// [`BenchError`] when there is no HTTP client to be had.
    pub fn feed_beside(&self) -> Result<Beside, BenchError> {
        let (client, url) = (plain_client()?, self.feed_url());
        let today = jst_day(self.world().now);
        Ok(Beside(tokio::spawn(async move {
            for nth in 0_u32.. {
                let records = Value::Array(of_bystander(nth, today));
                let _ = client.post(&url).json(&records).send().await;
                tokio::time::sleep(PACE).await;
            }
        })))
    }
}

/// Somebody is insured, and every other time loses that on the same day.
fn of_bystander(nth: u32, today: Date) -> Vec<Value> {
    let slug = format!("bystander-{nth}");
    let coverage = coverage(nth, today);
    let record = |kind: &str, change| FeedRecord {
        record_id: format!("beside-{nth}-{kind}"),
        person: slug.clone(),
        change,
    };
    let loss =
        Change::Loss { numbers: coverage.numbers(), date: today, reason: Some("02".to_owned()) };
    let ends = (nth % 2 == 1).then(|| record("loss", loss));
    let gain = record("gain", Change::Gain(coverage));
    let person = person(&slug);
    let records = std::iter::once(gain).chain(ends);
    records.flat_map(|record| feeding::in_story(&record, Some(&person))).collect()
}

fn coverage(nth: u32, today: Date) -> Coverage {
    Coverage {
        insurer_number: INSURER.to_owned(),
        insurer_name: "模擬共済組合".to_owned(),
        symbol: Some("傍".to_owned()),
        number: format!("5{nth:06}"),
        branch: Some("00".to_owned()),
        relation: Relation::Insured,
        gained: today,
        lost: None,
        loss_reason: None,
        valid_until: None,
        limit: None,
    }
}

fn person(slug: &str) -> Person {
    Person {
        name: "模擬　傍観".to_owned(),
        kana: "ﾓｷﾞ ﾎﾞｳｶﾝ".to_owned(),
        birthdate: date(1970, 1, 1),
        sex: 1,
        address: "架空県見本市".to_owned(),
        postcode: "999-9999".to_owned(),
        individual_number: individual_number(slug),
        face: 0,
        address_withheld: false,
        disclosure_barred: false,
        card: None,
        coverages: Vec::new(),
        medicines: Vec::new(),
        health_checks: Vec::new(),
        reports: Reports::default(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalogue::Catalogue;
    use crate::model::World;
    use crate::seed::Seed;
    use crate::world::Workshop;

    #[tokio::test]
    async fn what_is_fed_beside_is_taken_and_goes_on_until_it_is_dropped() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let workshop = Arc::new(Workshop::new(Seed(1), None).unwrap());
        let world = World {
            seed: 1,
            now: "2026-04-01T00:30:00Z".parse().unwrap(),
            people: std::collections::BTreeMap::new(),
            institutions: Catalogue::embedded().unwrap().institutions.clone(),
        };
        let stage = Stage::start(workshop, world).await.unwrap();
        let beside = stage.feed_beside().unwrap();
        let fed = || stage.taps().entries().len();
        while fed() < 4 {
            tokio::time::sleep(PACE).await;
        }
        let text = format!("{:?}", stage.taps().entries());
        assert!(!text.contains("rejected"), "{text}");
        drop(beside);
        tokio::time::sleep(PACE * 4).await;
        let before = fed();
        tokio::time::sleep(PACE * 8).await;
        assert_eq!(fed(), before);
    }
}
