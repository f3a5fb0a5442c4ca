//! Orders as the store keeps them, and the questions that answers depend on.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    messages::InstitutionCode,
    service::{
        disaster::DisasterOrder,
        emergency::{Act, Emergency, NotNow},
    },
    store::{OrderKind, Store, StoreError},
};

/// An order that is a switch: it stands, or it is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    /// Whether it stands.
    pub on: bool,
}

/// An order with its subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Named<T> {
    /// What the order is about.
    pub name: String,
    /// The order.
    #[serde(flatten)]
    pub order: T,
}

/// All orders of a kind, by subject.
pub(super) async fn all<T: DeserializeOwned>(
    store: &dyn Store,
    kind: OrderKind,
) -> Result<Vec<Named<T>>, StoreError> {
    let orders = store.orders(kind).await?;
    orders.into_iter().map(|(name, body)| Ok(Named { name, order: read(&body)? })).collect()
}

/// Keeps an order.
pub(super) async fn keep<T: Serialize>(
    store: &dyn Store,
    kind: OrderKind,
    subject: &str,
    order: &T,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(order).map_err(unusable)?;
    store.keep_order(kind, subject, Some(&body)).await
}

/// Lets a switch stand, or drops it.
pub(super) async fn switch(
    store: &dyn Store,
    kind: OrderKind,
    subject: &str,
    on: bool,
) -> Result<(), StoreError> {
    if on {
        keep(store, kind, subject, &Switch { on }).await
    } else {
        store.keep_order(kind, subject, None).await
    }
}

/// Whether disaster mode is open at an institution on a day. Rows OQS-DIS-01, OQS-DIS-04.
pub(crate) async fn is_disaster(
    store: &dyn Store,
    institution: &InstitutionCode,
    day: Date,
) -> Result<bool, StoreError> {
    let orders = all::<DisasterOrder>(store, OrderKind::Disaster).await?;
    Ok(orders.iter().any(|named| named.order.opens(institution, day)))
}

/// Whether an institution has authority in emergency care. Row OQS-DIS-06.
pub(crate) async fn has_emergency_authority(
    store: &dyn Store,
    institution: &InstitutionCode,
) -> Result<bool, StoreError> {
    Ok(store.order(OrderKind::EmergencyCare, institution.as_str()).await?.is_some())
}

/// Insurers whose feed is stopped. Row OQS-INS-12.
pub(crate) async fn stopped_feeds(store: &dyn Store) -> Result<BTreeSet<String>, StoreError> {
    let orders = store.orders(OrderKind::FeedStop).await?;
    Ok(orders.into_iter().map(|(insurer, _)| insurer).collect())
}

/// Where the emergency function stands at an institution.
pub(super) async fn emergency(
    store: &dyn Store,
    institution: &InstitutionCode,
) -> Result<Emergency, StoreError> {
    let order = store.order(OrderKind::Emergency, institution.as_str()).await?;
    order.map_or_else(|| Ok(Emergency::default()), |body| read(&body))
}

/// Carries out an act of the emergency function. Row OQS-FALL-12.
///
/// Two acts at one instant are one behind the other only as far as the caller sees to it.
pub(crate) async fn emergency_act(
    store: &dyn Store,
    institution: &InstitutionCode,
    act: Act,
) -> Result<Result<Emergency, NotNow>, StoreError> {
    let after = emergency(store, institution).await?.after(act);
    if let Ok(after) = &after {
        keep(store, OrderKind::Emergency, institution.as_str(), after).await?;
    }
    Ok(after)
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(unusable)
}

fn unusable(error: serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "an order", detail: error.to_string() }
}
