//! What happens to bulk results between backend and terminals: while one is in process time goes by, and a story may have
//! one spoiled on its way. Everything else passes untouched.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use sim_reader::terminal::xml::{self, Element};

use crate::clock::VirtualClock;
use crate::model::AnswerTrouble;

/// Between two questions for a result that is in process. It makes a client ask more than twice.
const STEP: SignedDuration = SignedDuration::from_secs(1);

/// A reception number that no backend gave.
const NOBODYS_NUMBER: &str = "MADOGUCHI-OTHER";

/// A layer around the backend.
#[derive(Debug, Clone)]
pub struct BulkSeam {
    clock: VirtualClock,
    trouble: Arc<Mutex<Option<AnswerTrouble>>>,
}

impl BulkSeam {
    /// A seam at which time is that of `clock`.
    pub fn new(clock: VirtualClock) -> Self {
        Self { clock, trouble: Arc::default() }
    }

    /// What happens to results from now on.
    pub fn set_trouble(&self, trouble: Option<AnswerTrouble>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Puts the layer around a router.
    pub fn around(&self, router: Router) -> Router {
        let seam = self.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let seam = seam.clone();
            async move { seam.pass(next.run(request).await).await }
        }))
    }

    async fn pass(&self, response: Response) -> Response {
        let family = response.headers().get("x-oqs-message").and_then(|name| name.to_str().ok());
        if !family.is_some_and(|name| name.starts_with("OQSmu") && name.ends_with("02res")) {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        let bytes = body.collect().await.map(http_body_util::Collected::to_bytes);
        let bytes = bytes.unwrap_or_default();
        let bytes = match self.meddle(&bytes) {
            Some(spoiled) => {
                parts.headers.remove(CONTENT_LENGTH);
                Bytes::from(spoiled)
            }
            None => bytes,
        };
        Response::from_parts(parts, Body::from(bytes))
    }

    /// The result as it arrives, where that is another than was sent.
    fn meddle(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (mut root, encoding) = xml::parse(bytes).ok()?;
        if root.anywhere("SegmentOfResult") == Some("2") {
            self.clock.advance(self.clock.now() + STEP);
            return None;
        }
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        spoil(&mut root, &trouble);
        xml::write(&root, encoding).ok()
    }
}

fn spoil(root: &mut Element, trouble: &AnswerTrouble) {
    let part = match trouble {
        AnswerTrouble::OtherReceptionNumber => "MessageHeader",
        AnswerTrouble::UnitsReversed | AnswerTrouble::OtherReferenceNumber(_) => "MessageBody",
    };
    let Some(part) = root.children.iter_mut().find(|child| child.name == part) else { return };
    match trouble {
        AnswerTrouble::UnitsReversed => part.children.reverse(),
        AnswerTrouble::OtherReceptionNumber => part.set("ReceptionNumber", NOBODYS_NUMBER),
        AnswerTrouble::OtherReferenceNumber(number) => {
            let normal = |unit: &&mut Element| unit.text_of("ProcessingResultStatus") == Some("1");
            for unit in part.children.iter_mut().filter(normal) {
                unit.set("ReferenceNumber", number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(segment: &str) -> Vec<u8> {
        let unit = |identifier: &str, status: &str| {
            format!(
                "<BulkConfirmUnit><ArbitraryIdentifier>{identifier}</ArbitraryIdentifier><ProcessingResultStatus>{status}</ProcessingResultStatus></BulkConfirmUnit>"
            )
        };
        let header = format!(
            "<MessageHeader><ReceptionNumber>7</ReceptionNumber><SegmentOfResult>{segment}</SegmentOfResult></MessageHeader>"
        );
        let body = format!("<MessageBody>{}{}</MessageBody>", unit("a", "1"), unit("b", "2"));
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><XmlMsg>{header}{body}</XmlMsg>").into()
    }

    fn seam() -> BulkSeam {
        BulkSeam::new(VirtualClock::new("2026-04-01T00:30:00Z".parse().unwrap()))
    }

    fn spoiled(trouble: AnswerTrouble) -> Element {
        let seam = seam();
        seam.set_trouble(Some(trouble));
        xml::parse(&seam.meddle(&result("1")).unwrap()).unwrap().0
    }

    #[test]
    fn time_goes_by_only_while_a_result_is_in_process() {
        let seam = seam();
        let before = seam.clock.now();
        assert_eq!(seam.meddle(&result("1")), None);
        assert_eq!(seam.clock.now(), before);
        assert_eq!(seam.meddle(&result("2")), None);
        assert_eq!(seam.clock.now(), before + STEP);
    }

    #[test]
    fn each_trouble_changes_one_thing() {
        let order = |root: &Element| -> Vec<String> {
            let found = root.descendants("ArbitraryIdentifier").into_iter();
            found.map(|leaf| leaf.text.clone()).collect()
        };
        let reversed = spoiled(AnswerTrouble::UnitsReversed);
        assert_eq!(order(&reversed), ["b", "a"]);
        assert_eq!(reversed.anywhere("ReceptionNumber"), Some("7"));
        let other = spoiled(AnswerTrouble::OtherReceptionNumber);
        assert_eq!(
            (order(&other), other.anywhere("ReceptionNumber")),
            (order(&reversed).into_iter().rev().collect(), Some(NOBODYS_NUMBER))
        );
        let numbered = spoiled(AnswerTrouble::OtherReferenceNumber("P-9".into()));
        let numbers = numbered.descendants("ReferenceNumber");
        assert_eq!(numbers.iter().map(|leaf| leaf.text.as_str()).collect::<Vec<_>>(), ["P-9"]);
    }
}
