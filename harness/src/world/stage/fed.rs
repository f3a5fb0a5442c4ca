//! What the backend is fed: before the story, and in it.

use serde::Deserialize;
use serde_json::Value;
use sim_backend::messages::InstitutionCode;
use sim_backend::service::records::PersonCode;
use sim_backend::store::Visit as StoredVisit;

use super::Stage;
use crate::clock::jst_day;
use crate::error::BenchError;
use crate::model::{FeedRecord, Outcome};
use crate::world::actors::plain_client;
use crate::world::feeding;

impl Stage {
    pub(super) async fn before_story(&mut self) -> Result<(), BenchError> {
        let today = jst_day(self.world.now);
        let records: Vec<Value> = self
            .world
            .people
            .iter()
            .flat_map(|(slug, person)| feeding::before_story(slug, person, today))
            .collect();
        if records.is_empty() {
            return self.register_before_story().await;
        }
        let results = self.deliver(&Value::Array(records)).await?;
        if let Some(rejected) = results.iter().find(|result| !result.accepted()) {
            let reason = rejected.reason.clone().unwrap_or_default();
            return Err(BenchError::Scenario(format!(
                "the backend rejects what was fed before the story: {reason}"
            )));
        }
        self.register_before_story().await
    }

    /// Cards that were registered before the story, each with the certificate it had then: the link service leads from
    /// today's certificate to the same person.
    async fn register_before_story(&self) -> Result<(), BenchError> {
        let failed = |error: &dyn std::fmt::Display| {
            BenchError::setup("registration before the story", error)
        };
        if self.backend.is_product() {
            return Ok(());
        }
        let store = self.reference_backend("cards registered before the story")?.backend.store();
        let Some(institution) = self.world.institutions.keys().next() else { return Ok(()) };
        let institution = InstitutionCode::new(institution).map_err(|error| failed(&error))?;
        let registered = self.world.people.iter().enumerate().filter(|(_, (_, person))| {
            !person.disclosure_barred && person.card.as_ref().is_some_and(|card| card.registered)
        });
        for (place, (slug, person)) in registered {
            let at =
                person.card.as_ref().map_or(self.world.now, |card| card.issued.min(self.world.now));
            let visit = StoredVisit {
                institution: institution.clone(),
                person: PersonCode::new(slug).map_err(|error| failed(&error))?,
                registration: Some((format!("{place:04x}"), at)),
                consents: None,
                care: None,
                confirmation: None,
            };
            store.keep_visit(&visit).await.map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    pub(super) async fn feed(&mut self, record: &FeedRecord) -> Result<Outcome, BenchError> {
        let person = self.world.people.get(&record.person);
        let results = self.deliver(&Value::Array(feeding::in_story(record, person))).await?;
        let accepted = results.last().is_some_and(Delivered::accepted);
        Ok(Outcome::Feed { accepted })
    }

    async fn deliver(&self, records: &Value) -> Result<Vec<Delivered>, BenchError> {
        let failed = |error: reqwest::Error| BenchError::setup("feed seam", error);
        let answer =
            plain_client()?.post(self.feed_url()).json(records).send().await.map_err(failed)?;
        let delivery: DeliveryAnswer = answer.json().await.map_err(failed)?;
        Ok(delivery.results)
    }
}

#[derive(Debug, Deserialize)]
struct DeliveryAnswer {
    results: Vec<Delivered>,
}

#[derive(Debug, Deserialize)]
struct Delivered {
    outcome: String,
    #[serde(default)]
    reason: Option<String>,
}

impl Delivered {
    fn accepted(&self) -> bool {
        self.outcome == "accepted"
    }
}
