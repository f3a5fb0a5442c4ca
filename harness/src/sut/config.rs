//! `madoguchi.yaml`: the product, the positions it fills, and how each is reached.

use std::path::{Path, PathBuf};

use reports::model::ProductInfo;
use serde::Deserialize;

use super::codes::{Grade, VendorCodes};
use super::human::{Desk, HumanSettings};
use super::kept::Kept;
use super::positions::Positions;
use super::reverse::TapPlaces;
use crate::catalogue::{Catalogue, Position};
use crate::error::BenchError;

/// A product under test.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SutConfig {
    /// What it is.
    pub product: Product,
    /// The positions it fills; the bench simulates the rest.
    pub positions: Positions,
    /// The requirements it claims to meet, by id or by the beginning of ids (`OQS-MSG`); all that bind its positions when absent.
    pub claims: Option<Vec<String>>,
    /// The product's own codes, each with its class.
    #[serde(default)]
    pub codes: VendorCodes,
    /// How finely refusals are told apart.
    #[serde(default)]
    pub grade: Grade,
    /// How scenarios are kept apart.
    #[serde(default)]
    pub isolation: Isolation,
    /// Whose clock it goes by.
    #[serde(default)]
    pub clock: Clock,
    /// How the person is asked who operates the product, where one does.
    pub human: Option<HumanSettings>,
    /// Where that person is asked; clones share it.
    #[serde(skip)]
    pub desk: Desk,
    /// Where `madoguchi tap` stands, for positions whose adapter is `reverse`.
    pub taps: Option<TapPlaces>,
    /// Folder of the file; commands run there.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Its programs that wait for the next scenario.
    #[serde(skip)]
    pub kept: Kept,
}

/// Name, version and maker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Product name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Who makes it.
    pub vendor: String,
}

/// How scenarios are kept apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// A new process for each scenario; of a server a new session.
    #[default]
    FreshProcess,
    /// A process for scenario after scenario, which forgets by the order `reset`; a matcher has nothing to forget.
    Reset,
}

/// Whose clock the product goes by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// The bench's, which tells it.
    #[default]
    Told,
    /// Its own: worlds are told relative to now.
    Own,
}

impl SutConfig {
    /// Reads `madoguchi.yaml`.
    ///
    /// # Errors
    /// [`BenchError::ConfigRead`], [`BenchError::ConfigYaml`] with line and column, [`BenchError::Config`].
    pub fn read(path: &Path) -> Result<Self, BenchError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| BenchError::ConfigRead { path: path.to_owned(), source })?;
        let mut config = Self::parse(&text)
            .map_err(|source| BenchError::ConfigYaml { path: path.to_owned(), source })?;
        config.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        match config.fault() {
            None => Ok(config),
            Some(reason) => Err(BenchError::Config { path: path.to_owned(), reason }),
        }
    }

    /// Reads the text of a `madoguchi.yaml`.
    ///
    /// # Errors
    /// The place and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, serde_yaml::Error> {
        serde_yaml::from_str(text)
    }

    fn fault(&self) -> Option<String> {
        let Product { name, version, vendor } = &self.product;
        let is_blank = [name, version, vendor].iter().any(|text| text.trim().is_empty());
        let blank = "`product` needs a name, a version and a vendor that are not empty";
        let fault = is_blank.then(|| blank.to_owned());
        fault
            .or_else(|| self.positions.fault())
            .or_else(|| self.human_fault())
            .or_else(|| self.taps_fault())
            .or_else(|| self.claims_fault())
    }

    /// What is set for a person whom nobody asks would be set in vain.
    fn human_fault(&self) -> Option<String> {
        let idle = self.human.is_some() && !self.positions.one_at_a_time();
        idle.then(|| "`human` is for positions whose adapter is `human` or `folder`".into())
    }

    /// Taps belong to products that are listened to, and those have nothing else.
    fn taps_fault(&self) -> Option<String> {
        let (filled, reversed) = (self.positions.filled(), self.positions.reversed());
        let ordered: Vec<&str> = filled.difference(&reversed).map(|it| it.name()).collect();
        match (&self.taps, reversed.is_empty(), ordered.is_empty()) {
            (None, true, _) => None,
            (Some(_), true, _) => {
                Some("`taps` is for positions with `adapter: reverse`, and there is none".into())
            }
            (None, false, _) => {
                Some("`adapter: reverse` needs `taps`: which seams to listen at".into())
            }
            (Some(_), false, false) => Some(format!(
                "{} takes orders: a product is listened to in all of its positions or in none",
                ordered.join(", ")
            )),
            (Some(taps), false, true) => taps.fault(),
        }
    }

    /// A claim must name something that binds the product; one that is misspelt would claim nothing, silently.
    fn claims_fault(&self) -> Option<String> {
        let claims = self.claims.as_ref()?;
        if claims.is_empty() {
            return Some("`claims` is empty: name what the product claims, or leave it out".into());
        }
        let (catalogue, filled) = (Catalogue::embedded().ok()?, self.positions.filled());
        let binds = |claim: &str| {
            let rows = catalogue.requirements.values().filter(|row| row.is_under(claim));
            rows.into_iter().any(|row| !row.positions().is_disjoint(&filled))
        };
        let idle = claims.iter().find(|claim| !binds(claim))?;
        let filled: Vec<&str> = filled.into_iter().map(Position::name).collect();
        let filled = filled.join(", ");
        Some(format!("`claims` names {idle}, and no requirement under it binds {filled}"))
    }

    /// The product as reports show it.
    pub fn info(&self) -> ProductInfo {
        ProductInfo {
            name: self.product.name.clone(),
            version: self.product.version.clone(),
            vendor: self.product.vendor.clone(),
            positions: self.positions.filled().into_iter().map(|it| it.name().to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use arbitrary::{Arbitrary, Unstructured};
    use proptest::prelude::*;

    use super::super::adapter::Adapter;
    use super::*;

    fn read(text: &str) -> Result<SutConfig, BenchError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        SutConfig::read(file.path())
    }

    const GOOD: &str = "product: {name: P, version: '1', vendor: V}\npositions:\n  receipt-computer:\n    adapter: process\n    command: [python3, p.py]\n";

    #[test]
    fn the_published_shape_is_read() {
        let config = read(GOOD).unwrap();
        let Some(Adapter::Process(adapter)) = &config.positions.receipt_computer else { panic!() };
        assert_eq!((adapter.command.len(), adapter.timeout_ms), (2, 5_000));
        assert_eq!(config.info().positions, ["receipt-computer"]);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place() {
        let error =
            read(&GOOD.replace("vendor: V", "vendor: V, vendr: W")).unwrap_err().to_string();
        assert!(error.contains("vendr") && error.contains("line 1"), "{error}");
    }

    /// A document that is nearly right: known keys in wrong places, odd values, deep nesting.
    #[derive(Debug, Arbitrary)]
    enum Node {
        Text(String),
        Number(i64),
        List(Vec<Node>),
        Map(Vec<(Key, Node)>),
    }

    #[derive(Debug, Arbitrary)]
    enum Key {
        Product,
        Name,
        Positions,
        ReceiptComputer,
        Adapter,
        Command,
        Other(String),
    }

    impl Node {
        fn value(self) -> serde_yaml::Value {
            match self {
                Self::Text(text) => text.into(),
                Self::Number(number) => number.into(),
                Self::List(nodes) => nodes.into_iter().map(Self::value).collect::<Vec<_>>().into(),
                Self::Map(pairs) => {
                    let pairs =
                        pairs.into_iter().map(|(key, node)| (key.text().into(), node.value()));
                    serde_yaml::Value::Mapping(pairs.collect())
                }
            }
        }
    }

    impl Key {
        fn text(self) -> String {
            let known = match self {
                Self::Product => "product",
                Self::Name => "name",
                Self::Positions => "positions",
                Self::ReceiptComputer => "receipt-computer",
                Self::Adapter => "adapter",
                Self::Command => "command",
                Self::Other(text) => return text,
            };
            known.to_owned()
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_configuration_or_an_error(text in ".{0,400}") {
            drop(SutConfig::parse(&text));
        }

        #[test]
        fn a_right_document_with_one_line_changed_is_a_configuration_or_an_error_with_words(
            line in 0_usize..6, text in ".{0,60}",
        ) {
            let mut lines = [
                "product: {name: P, version: '1', vendor: V}",
                "positions:",
                "  receipt-computer:",
                "    adapter: process",
                "    command: [p]",
                "    timeout_ms: 5000",
            ];
            lines[line] = &text;
            if let Err(error) = SutConfig::parse(&lines.join("\n")) {
                prop_assert!(!error.to_string().is_empty());
            }
        }

        #[test]
        fn any_document_is_a_configuration_or_an_error_with_words(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let Ok(node) = Node::arbitrary(&mut Unstructured::new(&bytes)) else { return Ok(()) };
            let text = serde_yaml::to_string(&node.value()).unwrap();
            if let Err(error) = SutConfig::parse(&text) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }

    #[test]
    fn what_can_be_read_and_cannot_be_is_refused() {
        for (right, wrong, word) in [
            ("[python3, p.py]", "[]", "command"),
            ("[python3, p.py]", "[p]\n    timeout_ms: 0", "timeout_ms"),
            ("name: P", "name: ' '", "name"),
            ("process\n    command: [python3, p.py]", "http\n    url: localhost:1", "http://"),
            (
                "\n  receipt-computer:\n    adapter: process\n    command: [python3, p.py]",
                " {}",
                "receipt-computer",
            ),
            (
                "  receipt-computer:",
                "  reader: {adapter: process, command: [r]}\n  card-middleware:",
                "leave `card-middleware` or `reader` out",
            ),
            // The one would never be asked.
            (
                "positions:",
                "positions:\n  backend: {adapter: http, url: 'http://a'}\n  authority-client: {adapter: http, url: 'http://a'}",
                "leave `authority-client` or `backend` out",
            ),
            ("[python3, p.py]", "[p]\nclaims: []", "claims"),
            ("[python3, p.py]", "[p]\nclaims: [OQS-MGS]", "OQS-MGS"),
            ("[python3, p.py]", "[p]\nclaims: [OQS-MSG-1]", "OQS-MSG-1,"),
            // It binds the reader, and nobody else.
            ("[python3, p.py]", "[p]\nclaims: [OQS-CARD-01]", "binds receipt-computer"),
        ] {
            let error = read(&GOOD.replace(right, wrong)).unwrap_err();
            assert!(matches!(error, BenchError::Config { .. }), "{error}");
            assert!(error.to_string().contains(word), "{error}");
        }
    }

    #[test]
    fn claims_are_ids_and_beginnings_of_ids() {
        let claims = |claims: &str| read(&format!("{GOOD}claims: {claims}\n"));
        assert_eq!(claims("[OQS-MSG, OQS-PRIV-09]").unwrap().claims.unwrap().len(), 2);
        assert_eq!(read(GOOD).unwrap().claims, None);
    }

    #[test]
    fn what_was_meant_is_named() {
        for (right, wrong, meant) in [
            ("vendor", "vendr", "did you mean `vendor`?"),
            ("receipt-computer", "receipt_computer", "did you mean `receipt-computer`?"),
            ("process", "proces", "did you mean `process`?"),
            ("product", "qqqqqqqq", ""),
        ] {
            let error = read(&GOOD.replace(right, wrong)).unwrap_err().to_string();
            assert!(error.contains(meant), "{error}");
            assert_eq!(error.contains("did you mean"), !meant.is_empty(), "{error}");
        }
    }
}
