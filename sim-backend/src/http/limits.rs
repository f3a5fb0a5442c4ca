//! What one sender may take of the server: time, connections and bytes. Bench profile.

use std::time::Duration;

/// Limits of a listener. The defaults are for a service; a test takes short times. How large a body may be is for its route to
/// say (`DefaultBodyLimit`): 4 MiB for messages, 16 MiB for deliveries, 64 MiB for claim files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// For the TLS handshake. 10 s.
    pub handshake: Duration,
    /// For one request head, from the end of the answer before it: so it also ends idle connections. 30 s; then the connection is
    /// closed without an answer.
    pub head: Duration,
    /// For a request, until it is answered or [`Self::progress_bytes`] more of its body came. 60 s; then the answer is 408 and the
    /// connection is closed.
    pub request: Duration,
    /// What counts as progress of a long body. 256 KiB: a sender keeps at least 4 KiB/s.
    pub progress_bytes: u64,
    /// For a pause of a client that should take an answer. 30 s; then the connection is closed.
    pub taking: Duration,
    /// For open requests after the shutdown. 5 s; then their connections are closed.
    pub grace: Duration,
    /// Connections served at once. 1,024; more wait in the queue of the operating system.
    pub connections: usize,
    /// Connections of one IP address, handshake included. 256; more are closed at once.
    pub connections_of_address: usize,
    /// Connections of one institution, by its certificate. 64; more are closed after the handshake.
    pub connections_of_institution: usize,
    /// Bytes of path and query. 2,048; more are answered 414.
    pub address_bytes: usize,
    /// Header fields. 64; more are answered 431, beyond 100 without a body.
    pub header_fields: usize,
    /// Bytes of all header fields together. 16 KiB; more are answered 431, beyond some 64 KiB without a body.
    pub head_bytes: usize,
    /// Bytes of a refused body that are still taken and thrown away, so that a sender who is not listening yet sees the refusal.
    /// 64 MiB; beyond that the connection is closed.
    pub discarded_bytes: u64,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(30),
            request: Duration::from_secs(60),
            progress_bytes: 256 * 1_024,
            taking: Duration::from_secs(30),
            grace: Duration::from_secs(5),
            connections: 1_024,
            connections_of_address: 256,
            connections_of_institution: 64,
            address_bytes: 2_048,
            header_fields: 64,
            head_bytes: 16 * 1_024,
            discarded_bytes: 64 * 1_024 * 1_024,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // the table of docs/backend.md, and the two lines below the counters
    fn the_defaults_are_those_that_are_documented() {
        let seconds = Duration::from_secs;
        let documented = HttpLimits {
            handshake: seconds(10),
            head: seconds(30),
            request: seconds(60),
            progress_bytes: 262_144,
            taking: seconds(30),
            grace: seconds(5),
            connections: 1_024,
            connections_of_address: 256,
            connections_of_institution: 64,
            address_bytes: 2_048,
            header_fields: 64,
            head_bytes: 16_384,
            discarded_bytes: 67_108_864,
        };
        assert_eq!(HttpLimits::default(), documented);
    }
}
