//! A reader that is the product, at the counter of one institution: started there, with what the bench builds into it.

use jiff::Timestamp;
use sim_reader::{Camera, CardChannel};

use super::actors::account;
use super::fittings::Fittings;
use super::stage::Stage;
use super::visiting::reader_consent;
use crate::error::BenchError;
use crate::model::Institution;
use crate::sut::adapter::Adapter;
use crate::sut::config::SutConfig;
use crate::sut::reader::ReaderProduct;
use crate::sut::reader::protocol::{Consent, ReaderReset, VisitOrder, VisitTold};

/// The product with its camera and its key.
pub struct ReaderAtCounter {
    product: ReaderProduct,
    fittings: Fittings,
}

impl ReaderAtCounter {
    /// Starts the product at the counter of an institution, which is open.
    ///
    /// # Errors
    /// [`BenchError`].
    pub(super) async fn start(
        stage: &Stage,
        code: &str,
        (sut, adapter): (&SutConfig, &Adapter),
    ) -> Result<Self, BenchError> {
        let institution = stage.world().institutions.get(code);
        let institution = institution.ok_or_else(|| BenchError::setup("reader", code))?;
        let fittings = Fittings::build_in(stage.terminal()).await?;
        let reset = reset(stage, (code, institution), &fittings)?;
        Ok(Self { product: ReaderProduct::start(sut, adapter, reset).await?, fittings })
    }

    /// Has it lead a visit of somebody who stands before `camera`.
    ///
    /// # Errors
    /// [`BenchError`] when it does not tell how the visit ended.
    pub(super) async fn visit(
        &mut self,
        (card, camera): (Option<&mut dyn CardChannel>, Box<dyn Camera>),
        visit: VisitOrder,
        now: Timestamp,
    ) -> Result<VisitTold, BenchError> {
        self.product.tell_time(now).await?;
        self.fittings.look(Some(camera));
        let told = self.product.visit(card, visit).await;
        self.fittings.look(None);
        told
    }
}

fn reset(
    stage: &Stage,
    (code, institution): (&str, &Institution),
    fittings: &Fittings,
) -> Result<ReaderReset, BenchError> {
    let offers = institution.offers.iter().map(|kind| Consent(reader_consent(*kind)));
    Ok(ReaderReset {
        institution: code.to_owned(),
        account: account(code),
        terminal_url: stage.terminal_url(code)?,
        camera_url: fittings.camera_url(),
        offers: offers.collect(),
        electronic_prescriptions: institution.electronic_prescriptions,
        phones: institution.phones,
        approval: institution.approved.then(|| fittings.approval()),
        now: stage.clock().now(),
    })
}
