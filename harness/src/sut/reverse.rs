//! Where the bench stands between two products that work together already: the seams of `madoguchi tap`, each with what it
//! listens on and what is behind it. Bench profile.

use std::path::PathBuf;

use serde::Deserialize;

/// The seams that are tapped; at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct TapPlaces {
    /// Reader to terminal: HTTP, JSON.
    pub reader: Option<HttpTap>,
    /// Terminal to backend: HTTP in TLS, OQS XML.
    pub backend: Option<HttpTap>,
    /// Backend to authority: HTTP, OCSP and revocation lists.
    pub authority: Option<HttpTap>,
    /// Terminal to receipt computer: files.
    pub folders: Option<FolderTap>,
    /// Card to the virtual reader: vpcd's messages.
    pub card: Option<CardTap>,
}

/// A tap in a connection that speaks HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTap {
    /// Where whoever asks connects to from now on: `http://HOST:PORT` or `https://HOST:PORT`.
    pub listen: String,
    /// Where they connected to before.
    pub to: String,
    /// For `https` on either side.
    pub tls: Option<TapTls>,
}

/// The files of a tap in TLS, all PEM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TapTls {
    /// Certificates of the authorities behind both sides.
    pub ca: PathBuf,
    /// Key and certificate that the asking side sees.
    pub server: Option<PathBuf>,
    /// Key and certificate that the answering side sees. A folder: `NAME.pem` in it, by the common name of the certificate with
    /// which the asking side came.
    pub client: Option<PathBuf>,
}

/// A tap at shared folders. It only looks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderTap {
    /// The folder in which `req`, `res` and `face` are.
    pub at: PathBuf,
    /// Milliseconds between two looks.
    #[serde(default = "often")]
    pub poll_ms: u64,
}

/// A tap in the connection from a card, or a relay of one, to the virtual reader.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardTap {
    /// Where the card connects to from now on: `HOST:PORT`.
    pub listen: String,
    /// Where vpcd listens: `HOST:PORT`.
    pub to: String,
}

/// Short enough to see a request before a quick terminal has taken it.
const fn often() -> u64 {
    10
}

/// One end of a tap: whether in TLS, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// `https`.
    pub tls: bool,
    /// Name or address of the host.
    pub host: String,
    /// `HOST:PORT`.
    pub address: String,
}

impl End {
    /// Reads `http://HOST:PORT` or `https://HOST:PORT`; a path would have to be altered in every message, so there is none.
    pub fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let tls = match scheme {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let address = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = address.rsplit_once(':')?;
        port.parse::<u16>().ok().filter(|_| !host.is_empty() && !host.contains('/'))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Self { tls, host, address: address.to_owned() })
    }
}

impl TapPlaces {
    /// What is wrong with them, although they can be read.
    pub(super) fn fault(&self) -> Option<String> {
        let Self { reader, backend, authority, folders, card } = self;
        let https = [("reader", reader), ("backend", backend), ("authority", authority)];
        if https.iter().all(|(_, tap)| tap.is_none()) && folders.is_none() && card.is_none() {
            let known = "reader, backend, authority, folders, card";
            return Some(format!("`taps` names no seam: give one of {known}"));
        }
        let of = |(seam, tap): (&str, &Option<HttpTap>)| {
            tap.as_ref().and_then(HttpTap::fault).map(|fault| format!("taps: {seam}: {fault}"))
        };
        https.into_iter().find_map(of)
    }
}

impl HttpTap {
    fn fault(&self) -> Option<String> {
        let form = "must be http://HOST:PORT or https://HOST:PORT, without a path";
        let Some(listen) = End::parse(&self.listen) else {
            return Some(format!("`listen` {form}"));
        };
        let Some(to) = End::parse(&self.to) else { return Some(format!("`to` {form}")) };
        if listen.address == to.address {
            return Some("`listen` and `to` are one place: the tap would ask itself".to_owned());
        }
        let server = self.tls.as_ref().and_then(|tls| tls.server.as_ref());
        match (&self.tls, listen.tls, to.tls) {
            (None, false, false) => None,
            (None, _, _) => Some("`https` needs `tls` with `ca`".to_owned()),
            (Some(_), false, false) => {
                Some("`tls` is for `https`, and neither side has it".to_owned())
            }
            (Some(_), true, _) if server.is_none() => {
                Some("`listen: https://` needs `tls: server`, what the asking side sees".to_owned())
            }
            (Some(_), _, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::SutConfig;
    use crate::error::BenchError;

    const HEAD: &str = "product: {name: P, version: '1', vendor: V}\n";

    fn read(rest: &str) -> Result<SutConfig, BenchError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("{HEAD}{rest}")).unwrap();
        SutConfig::read(file.path())
    }

    const PAIR: &str = "positions: {terminal: {adapter: reverse}, backend: {adapter: reverse}}\n";

    #[test]
    fn a_pair_with_its_taps_is_read() {
        let taps = "taps:\n  backend: {listen: 'https://127.0.0.1:9443', to: 'https://127.0.0.1:8443', tls: {ca: ca.pem, server: server.pem, client: tls}}\n  folders: {at: oqs}\n";
        let config = read(&format!("{PAIR}{taps}")).unwrap();
        let taps = config.taps.unwrap();
        assert_eq!(taps.folders.unwrap().poll_ms, 10);
        assert_eq!(config.positions.reversed().len(), 2);
    }

    #[test]
    fn what_cannot_be_is_told_in_one_sentence() {
        let plain = "{listen: 'http://127.0.0.1:1', to: 'http://127.0.0.1:2'}";
        let tls = |keys: &str| {
            format!("{PAIR}taps: {{backend: {{listen: 'https://h:1', to: 'https://h:2'{keys}}}}}\n")
        };
        for (text, told) in [
            (PAIR.to_owned(), "needs `taps`"),
            (format!("{PAIR}taps: {{}}\n"), "names no seam"),
            (
                format!("{PAIR}taps: {{backend: {{listen: 'h:1', to: 'http://h:2'}}}}\n"),
                "`listen` must be",
            ),
            (
                format!(
                    "{PAIR}taps: {{backend: {{listen: 'http://h:1', to: 'http://h:2/oqs'}}}}\n"
                ),
                "`to` must be",
            ),
            (
                format!("{PAIR}taps: {{backend: {{listen: 'http://h:1', to: 'http://h:1'}}}}\n"),
                "ask itself",
            ),
            (tls(""), "needs `tls`"),
            (tls(", tls: {ca: a}"), "needs `tls: server`"),
            (format!("{PAIR}taps: {{bakend: {plain}}}\n"), "did you mean `backend`"),
            (
                format!(
                    "positions: {{backend: {{adapter: http, url: 'http://h'}}}}\ntaps: {{backend: {plain}}}\n"
                ),
                "there is none",
            ),
            (
                format!(
                    "positions: {{backend: {{adapter: reverse}}, terminal: {{adapter: http, url: 'http://h'}}}}\ntaps: {{backend: {plain}}}\n"
                ),
                "terminal takes orders",
            ),
            (
                format!(
                    "positions: {{backend: {{adapter: reverse, url: 'http://h'}}}}\ntaps: {{backend: {plain}}}\n"
                ),
                "unknown field",
            ),
        ] {
            let error = read(&text).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(told), "{text}\n{error}");
        }
    }

    #[test]
    fn every_position_that_can_be_listened_to_is_known_as_such() {
        let taps = "taps: {folders: {at: oqs}}\n";
        let names = [
            "card",
            "reader",
            "card-middleware",
            "terminal",
            "receipt-computer",
            "backend",
            "authority-client",
        ];
        for name in names {
            let text = format!("{HEAD}positions: {{{name}: {{adapter: reverse}}}}\n{taps}");
            let config = SutConfig::parse(&text).unwrap();
            let reversed = config.positions.reversed();
            assert_eq!(reversed, config.positions.filled(), "{name}");
        }
    }
}
