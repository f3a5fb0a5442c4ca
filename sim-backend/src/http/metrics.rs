//! What is counted, and its text for Prometheus. No label names a person or an institution.

use std::sync::atomic::AtomicI64;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

use crate::store::Census;

/// Media type of [`Metrics::text`]. Source: OpenMetrics 1.0.
pub const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Open connections of a listener.
pub(super) type OpenConnections = Gauge;

/// Upper ends of the latency buckets: 250 µs, doubling up to 8 s.
fn histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.000_25, 2.0, 16))
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    family: String,
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FamilyLabel {
    family: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ListenerLabel {
    listener: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConnectionLabels {
    listener: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RecordLabel {
    outcome: &'static str,
}

/// What became of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connected {
    /// It was served.
    Served,
    /// The handshake failed or took too long.
    Handshake,
    /// Its peer holds too many.
    Crowded,
}

impl Connected {
    fn word(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Handshake => "handshake-failed",
            Self::Crowded => "too-many",
        }
    }
}

/// The counters of one backend.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<FamilyLabel, Histogram, fn() -> Histogram>,
    open: Family<ListenerLabel, Gauge>,
    connections: Family<ConnectionLabels, Counter>,
    records: Family<RecordLabel, Counter>,
    persons: Gauge<i64, AtomicI64>,
    kept: Gauge<i64, AtomicI64>,
    bytes: Gauge<i64, AtomicI64>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut all = Self {
            registry: Registry::with_prefix("madoguchi"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(histogram as fn() -> Histogram),
            open: Family::default(),
            connections: Family::default(),
            records: Family::default(),
            persons: Gauge::default(),
            kept: Gauge::default(),
            bytes: Gauge::default(),
        };
        all.register();
        all
    }
}

impl Metrics {
    fn register(&mut self) {
        let Self { registry, requests, seconds, open, connections, records, .. } = self;
        registry.register("requests", "Requests by family and outcome", requests.clone());
        registry.register(
            "request_seconds",
            "From request head to answer, by family",
            seconds.clone(),
        );
        registry.register("connections_open", "Connections served now", open.clone());
        registry.register("connections", "Connections by what became of them", connections.clone());
        registry.register("feed_records", "Feed records by what became of them", records.clone());
        registry.register("store_persons", "Persons in the store", self.persons.clone());
        registry.register("store_feed_records", "Feed records in the store", self.kept.clone());
        registry.register("store_bytes", "Size of the store", self.bytes.clone());
    }

    /// Counts one request.
    pub(super) fn request(&self, family: &str, outcome: &str, seconds: f64) {
        let (family, outcome) = (family.to_owned(), outcome.to_owned());
        self.seconds.get_or_create(&FamilyLabel { family: family.clone() }).observe(seconds);
        self.requests.get_or_create(&RequestLabels { family, outcome }).inc();
    }

    /// Counts what became of feed records.
    pub(super) fn feed(&self, accepted: u64, rejected: u64) {
        for (outcome, count) in [("accepted", accepted), ("rejected", rejected)] {
            self.records.get_or_create(&RecordLabel { outcome }).inc_by(count);
        }
    }

    /// Counts what became of a connection.
    pub(super) fn connection(&self, listener: &'static str, became: Connected) {
        let labels = ConnectionLabels { listener, outcome: became.word() };
        self.connections.get_or_create(&labels).inc();
    }

    /// How many connections of a listener are open; the caller counts up and down.
    pub(super) fn open(&self, listener: &'static str) -> OpenConnections {
        self.open.get_or_create_owned(&ListenerLabel { listener })
    }

    /// All of it as text, with the store as it is now.
    #[must_use]
    pub fn text(&self, census: &Census) -> String {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.persons.set(number(census.persons));
        self.kept.set(number(census.records));
        self.bytes.set(number(census.bytes));
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::default();
        metrics.request("OQSsiquc01req", "answered", 0.001);
        metrics.feed(3, 1);
        metrics.connection("institutions", Connected::Crowded);
        metrics.open("institutions").inc();
        let text = metrics.text(&Census { persons: 7, records: 9, bytes: 11 });
        for line in [
            "madoguchi_requests_total{family=\"OQSsiquc01req\",outcome=\"answered\"} 1",
            "madoguchi_request_seconds_count{family=\"OQSsiquc01req\"} 1",
            "madoguchi_feed_records_total{outcome=\"accepted\"} 3",
            "madoguchi_feed_records_total{outcome=\"rejected\"} 1",
            "madoguchi_connections_total{listener=\"institutions\",outcome=\"too-many\"} 1",
            "madoguchi_connections_open{listener=\"institutions\"} 1",
            "madoguchi_store_persons 7",
            "madoguchi_store_feed_records 9",
            "madoguchi_store_bytes 11",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} in\n{text}");
        }
    }
}
