//! `madoguchi.yaml`: the product, the positions it fills, and how each is reached.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use reports::model::ProductInfo;
use serde::Deserialize;

use crate::error::BenchError;

/// A product under test.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SutConfig {
    /// What it is.
    pub product: Product,
    /// The positions it fills; the bench simulates the rest.
    pub positions: Positions,
    /// How scenarios are kept apart.
    #[serde(default)]
    pub isolation: Isolation,
    /// Folder of the file; commands run there.
    #[serde(skip)]
    pub folder: PathBuf,
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

/// The positions of the chain that a product can fill.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Positions {
    /// レセコン.
    #[serde(rename = "receipt-computer")]
    pub receipt_computer: Adapter,
}

/// How a position is reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "adapter", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Adapter {
    /// A program that speaks JSON lines on standard input and output.
    Process(ProcessAdapter),
    /// A server that takes each request by HTTP.
    Http(HttpAdapter),
}

/// A server that is running already.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpAdapter {
    /// Where each request is posted, `http://…`.
    pub url: String,
    /// How long one operation may take, in milliseconds.
    #[serde(default = "five_seconds")]
    pub timeout_ms: u64,
}

/// A program that is started for the run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessAdapter {
    /// Program and arguments; run in the folder of `madoguchi.yaml`.
    pub command: Vec<String>,
    /// How long one operation may take, in milliseconds.
    #[serde(default = "five_seconds")]
    pub timeout_ms: u64,
    /// Environment variables beside the bench's own.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

const fn five_seconds() -> u64 {
    5_000
}

/// How scenarios are kept apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// A new process for each scenario; of a server a new session.
    #[default]
    FreshProcess,
}

impl Adapter {
    /// What is wrong with it, although it can be read.
    fn fault(&self) -> Option<&'static str> {
        let (reached, timeout_ms) = match self {
            Self::Process(adapter) => (!adapter.command.is_empty(), adapter.timeout_ms),
            Self::Http(adapter) => (adapter.url.starts_with("http://"), adapter.timeout_ms),
        };
        match self {
            Self::Process(_) if !reached => {
                Some("`command` is empty: it needs at least the program to start")
            }
            Self::Http(_) if !reached => Some("`url` must begin with http://"),
            Self::Process(_) | Self::Http(_) => {
                (timeout_ms == 0).then_some("`timeout_ms` is 0: nothing can be answered in no time")
            }
        }
    }
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
            Some(fault) => {
                Err(BenchError::Config { path: path.to_owned(), reason: fault.to_owned() })
            }
        }
    }

    /// Reads the text of a `madoguchi.yaml`.
    ///
    /// # Errors
    /// The place and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, serde_yaml::Error> {
        serde_yaml::from_str(text)
    }

    fn fault(&self) -> Option<&'static str> {
        let Product { name, version, vendor } = &self.product;
        let is_blank = [name, version, vendor].iter().any(|text| text.trim().is_empty());
        let blank = "`product` needs a name, a version and a vendor that are not empty";
        is_blank.then_some(blank).or_else(|| self.positions.receipt_computer.fault())
    }

    /// The product as reports show it.
    pub fn info(&self) -> ProductInfo {
        ProductInfo {
            name: self.product.name.clone(),
            version: self.product.version.clone(),
            vendor: self.product.vendor.clone(),
            positions: vec!["receipt-computer".to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use arbitrary::{Arbitrary, Unstructured};
    use proptest::prelude::*;

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
        let Adapter::Process(adapter) = config.positions.receipt_computer else { panic!() };
        assert_eq!((adapter.command.len(), adapter.timeout_ms), (2, 5_000));
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
        ] {
            let error = read(&GOOD.replace(right, wrong)).unwrap_err();
            assert!(matches!(error, BenchError::Config { .. }), "{error}");
            assert!(error.to_string().contains(word), "{error}");
        }
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
