//! What the operator of the backend orders, over HTTP and by a door that is open no longer than the order takes.

use std::sync::Arc;

use serde_json::json;
use sim_backend::http::Metrics;

use super::Stage;
use super::actors::plain_client;
use super::serving::plain;
use crate::error::BenchError;
use crate::model::{DisasterMode, EmergencyAct, EmergencyStep, Outcome};

impl Stage {
    /// Disaster mode of an area, under the area's own name: a later order takes the place of the one before. Row OQS-DIS-01.
    pub(super) async fn disaster(&self, mode: &DisasterMode) -> Result<Outcome, BenchError> {
        let failed = |error: reqwest::Error| BenchError::setup("operator seam", error);
        let metrics = Arc::<Metrics>::default();
        let backend = &self.reference_backend("orders of its operator")?.backend;
        let door = plain(backend.operator_router(&metrics)).await?;
        let url = format!("{}/operator/disasters/{}", door.url(), mode.prefecture);
        let order = json!({"prefectures": [mode.prefecture], "from": mode.from, "to": mode.to});
        let answer = plain_client()?.put(url).json(&order).send().await.map_err(failed)?;
        answer.error_for_status().map_err(failed)?;
        Ok(Outcome::Done)
    }

    /// One step of the emergency function of an outage; a step that has no place now is a conflict. Row OQS-FALL-12.
    pub(super) async fn emergency(&self, step: &EmergencyStep) -> Result<Outcome, BenchError> {
        let failed = |error: reqwest::Error| BenchError::setup("operator seam", error);
        let act = match step.act {
            EmergencyAct::Request => json!({"act": "request"}),
            EmergencyAct::CallBack => json!({"act": "call_back"}),
            EmergencyAct::Release => json!({"act": "release"}),
            EmergencyAct::Close => json!({"act": "close"}),
            EmergencyAct::Report(queries) => json!({"act": "report", "queries": queries}),
        };
        let metrics = Arc::<Metrics>::default();
        let backend = &self.reference_backend("orders of its operator")?.backend;
        let door = plain(backend.operator_router(&metrics)).await?;
        let url = format!("{}/operator/emergency/{}", door.url(), step.institution);
        let answer = plain_client()?.post(url).json(&act).send().await.map_err(failed)?;
        if answer.status() == reqwest::StatusCode::CONFLICT {
            return Ok(Outcome::Emergency { taken: false });
        }
        answer.error_for_status().map_err(failed)?;
        Ok(Outcome::Emergency { taken: true })
    }
}
