//! What is asked without a card at hand, over the institution's own TLS and past every receipt computer: a later visit at home or
//! online, a person by name, and whoever is found by month or day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sim_reader::terminal::Encoding;
use sim_reader::terminal::messages::message;
use sim_reader::terminal::xml::{self, Element};

use super::desk::flag;
use super::reading;
use super::stage::Stage;
use crate::clock::jst_day;
use crate::error::BenchError;
use crate::model::{
    CareDay, Finding, FindingOutcome, FoundPerson, Occasion, Outcome, PersonQuery, QueryOutcome,
    Repeat, SpecialFunction, Whom,
};

/// How often a result is asked for before the bench gives up: it is its own clock that goes by.
const QUESTIONS: usize = 20;

fn leaf(name: &str, text: impl Into<String>) -> Element {
    Element::leaf(name, text)
}

fn eight_digits(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

impl Stage {
    async fn ask_backend(
        &mut self,
        institution: &str,
        family: &str,
        asked: Element,
    ) -> Result<Vec<u8>, BenchError> {
        let bytes = xml::write(&asked, Encoding::Utf8)
            .map_err(|error| BenchError::setup("backend seam", error))?;
        let backend = self.counter(institution).await?.backend.clone();
        let answer = backend.send(family, bytes).await;
        answer.map(|answer| answer.bytes).map_err(|error| BenchError::setup("backend seam", error))
    }

    fn knows(&self, institution: &str) -> bool {
        self.world().institutions.contains_key(institution)
    }

    /// Today's question of an institution: the header that names the day.
    fn header_of_today(&self, institution: &str) -> Vec<Element> {
        let today = eight_digits(jst_day(self.clock().now()));
        vec![
            leaf("QualificationConfirmationDate", today),
            leaf("MedicalInstitutionCode", institution),
        ]
    }

    /// A later visit without card.
    pub(super) async fn repeat(&mut self, repeat: &Repeat) -> Result<Outcome, BenchError> {
        let Repeat { institution, numbers, birthdate, occasion } = repeat;
        if !self.knows(institution) {
            return Ok(Outcome::Query(QueryOutcome::Refused));
        }
        let mut info = vec![leaf("InsurerNumber", format!("{:>8}", numbers.insurer_number.trim()))];
        info.extend(numbers.symbol.as_ref().map(|symbol| leaf("InsuredCardSymbol", symbol)));
        info.push(leaf("InsuredIdentificationNumber", &numbers.number));
        info.extend(numbers.branch.as_ref().map(|branch| leaf("InsuredBranchNumber", branch)));
        info.push(leaf("Birthdate", eight_digits(*birthdate)));
        let body = vec![
            Element::group("QualificationConfirmSearchInfo", info),
            leaf("MedicalTreatmentFlag", flag(Some(*occasion))),
        ];
        let asked = message(self.header_of_today(institution), body);
        let answer = self.ask_backend(institution, "SIMrepeat01req", asked).await?;
        reading::answer(&answer).map(Outcome::Query)
    }

    /// A person by what stands on the front of a card.
    pub(super) async fn person_query(
        &mut self,
        query: &PersonQuery,
    ) -> Result<Outcome, BenchError> {
        if !self.knows(&query.institution) {
            return Ok(Outcome::Query(QueryOutcome::Refused));
        }
        let function = match query.function {
            SpecialFunction::Disaster => "1",
            SpecialFunction::Emergency => "2",
        };
        let body = vec![
            leaf("SpecialFunction", function),
            leaf("Name", &query.name),
            leaf("Birthdate", eight_digits(query.birthdate)),
            leaf("Sex1", query.sex.to_string()),
            leaf("Address", &query.address),
        ];
        let asked = message(self.header_of_today(&query.institution), body);
        let answer = self.ask_backend(&query.institution, "SIMperson01req", asked).await?;
        reading::answer(&answer).map(Outcome::Query)
    }

    /// Whoever is found, in two steps: a reception number, then the result.
    pub(super) async fn finding(&mut self, finding: &Finding) -> Result<Outcome, BenchError> {
        let institution = &finding.institution;
        if !self.knows(institution) {
            return Ok(Outcome::Finding(FindingOutcome::Refused));
        }
        let begin = self.clock().now();
        let (family, info) = asked_for(&finding.whom);
        let header = vec![leaf("MedicalInstitutionCode", institution)];
        let body = vec![Element::group("QualificationConfirmSearchInfo", info)];
        let asked = message(header.clone(), body);
        let taken = self.ask_backend(institution, &format!("{family}01req"), asked).await?;
        let taken = parsed(&taken)?;
        let Some(number) = taken.anywhere("ReceptionNumber") else {
            return Ok(Outcome::Finding(FindingOutcome::Refused));
        };
        let asked = message(header, vec![leaf("ReceptionNumber", number)]);
        let mut outcome = FindingOutcome::Refused;
        for _ in 0..QUESTIONS {
            let result =
                self.ask_backend(institution, &format!("{family}02req"), asked.clone()).await?;
            let result = parsed(&result)?;
            match result.anywhere("SegmentOfResult") {
                Some("2") => {}
                Some("1") => {
                    outcome = FindingOutcome::Found(found(&result)?);
                    break;
                }
                Some(_) | None => break,
            }
        }
        self.time_was_taken(begin);
        Ok(Outcome::Finding(outcome))
    }
}

fn asked_for(whom: &Whom) -> (&'static str, Vec<Element>) {
    match whom {
        Whom::Ticketed { month } => {
            let month = month.strftime("%Y%m").to_string();
            ("OQSmutic", vec![leaf("MedicalTreatmentMonth", month)])
        }
        Whom::CaredFor { occasion, by, from, to } => {
            let family = match occasion {
                Occasion::HomeVisit => "OQSmuhvq",
                Occasion::Online => "OQSmuonq",
            };
            let day = match by {
                CareDay::Consent => "Consent",
                CareDay::Examination => "Examination",
            };
            let info = vec![
                leaf(&format!("{day}DateFrom"), eight_digits(*from)),
                leaf(&format!("{day}DateTo"), eight_digits(*to)),
                leaf("MedicalTreatmentFlag", flag(Some(*occasion))),
            ];
            (family, info)
        }
    }
}

fn parsed(bytes: &[u8]) -> Result<Element, BenchError> {
    let unreadable = |reason: String| BenchError::Reading { part: "backend", reason };
    xml::parse(bytes).map(|(root, _)| root).map_err(|error| unreadable(error.to_string()))
}

/// The units of a result by 氏名. One without a record tells nobody's name, so it stands under none.
fn found(result: &Element) -> Result<BTreeMap<String, FoundPerson>, BenchError> {
    let units = result.descendants("BulkConfirmUnit").into_iter();
    units
        .map(|unit| Ok((unit.anywhere("Name").unwrap_or_default().to_owned(), told(unit)?)))
        .collect()
}

fn told(unit: &Element) -> Result<FoundPerson, BenchError> {
    let validity = unit.text_of("QualificationValidity").and_then(|text| text.trim().parse().ok());
    let numbers = unit.children.iter().filter(|child| child.name == "ReferenceNumber");
    let record = reading::record(unit)?;
    Ok(FoundPerson {
        validity: validity.unwrap_or_default(),
        insurer_number: record.map(|record| record.numbers.insurer_number).unwrap_or_default(),
        tickets: reading::tickets(unit),
        reference_numbers: numbers.map(|number| number.text.clone()).collect(),
        consents: reading::disclosed(unit).1,
    })
}
