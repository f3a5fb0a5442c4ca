//! Medical information: which message asks for a kind, and what its answer brings.

use std::time::Duration;

use super::exchange::{DeskError, Fetched, Outgoing, six_digits};
use super::messages::{InformationSearch, ResultError, history_of, information_request, text};
use super::protocol::{Information, Informed};
use super::{Institution, health_checks, messages};
use crate::terminal::Encoding;
use crate::terminal::xml::Element;

/// Kinds of medical information that this receipt computer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Drugs,
    /// Drugs as a document.
    Document,
    /// Care and operations.
    Care,
    HealthChecks,
}

impl Kind {
    fn of(word: &str) -> Result<Self, DeskError> {
        match word {
            "drugs" => Ok(Self::Drugs),
            "drugs-document" => Ok(Self::Document),
            "care" => Ok(Self::Care),
            "health-checks" => Ok(Self::HealthChecks),
            other => Err(DeskError::Unsupported(format!("information of kind {other}"))),
        }
    }

    fn family(self) -> &'static str {
        match self {
            Self::Drugs | Self::Document | Self::Care => "YZKsiquc01",
            Self::HealthChecks => "TKKsiquc01",
        }
    }

    fn request(
        self,
        institution: &str,
        asked: &Information,
        identifier: &str,
    ) -> Result<Element, DeskError> {
        if self == Self::HealthChecks {
            return Ok(health_checks::request(institution, asked, identifier));
        }
        let search = InformationSearch {
            insurance: &asked.insurance,
            from: six_digits(&asked.from)?,
            to: six_digits(&asked.to)?,
            flag: &asked.medical_treatment_flag,
            drugs: self != Self::Care,
            document: self == Self::Document,
        };
        Ok(information_request(institution, &search, identifier))
    }

    fn read(self, answer: &Element) -> Result<Informed, ResultError> {
        let informed = Informed { result_code: "1".to_owned(), ..Informed::default() };
        Ok(match self {
            Self::Drugs | Self::Document => {
                Informed { medicines: messages::medicines(answer)?, ..informed }
            }
            Self::Care => {
                history_of(answer)?;
                let (care, operations) =
                    (acts(answer, "SimCareInf"), acts(answer, "SimOperationInf"));
                Informed { care, operations, ..informed }
            }
            Self::HealthChecks => Informed { checks: health_checks::read(answer)?, ..informed },
        })
    }
}

/// Names of what was done, in the order of the file. The elements are the bench's own.
fn acts(answer: &Element, group: &str) -> Vec<String> {
    let done = answer.descendants(group).into_iter();
    done.filter_map(|act| text(act, "SimActName")).collect()
}

impl Institution {
    /// Asks for medical information of a consented patient.
    ///
    /// # Errors
    /// [`DeskError`]; without a living consent to this kind it is [`DeskError::Rejected`].
    pub async fn information(&mut self, asked: &Information) -> Result<Informed, DeskError> {
        let kind = Kind::of(&asked.kind)?;
        let identifier = self.exchange.identifier();
        let message = kind.request(&self.code, asked, &identifier)?;
        let family = kind.family();
        let outgoing = Outgoing { family, message, identifier, encoding: Encoding::Utf8 };
        let limit = Duration::from_millis(asked.timeout_ms);
        match self.exchange.fetch(&outgoing, limit).await? {
            Fetched::Message(answer) => Ok(kind.read(&answer)?),
            Fetched::Document(file) => Ok(Informed {
                result_code: "1".to_owned(),
                document: Some(file),
                ..Informed::default()
            }),
        }
    }
}
