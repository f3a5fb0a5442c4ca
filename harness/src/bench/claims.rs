//! The words of the step vocabulary about claims, and how many came back in each flow.

use cucumber::gherkin::Step;
use jiff::civil::Date;
use reports::model::{ClaimSeen, Flow, Verdict};

use super::{Bench, StepError};
use crate::model::{Change, Claim, Declared, Event, Numbers, Outcome, Unclear};
use crate::steps::params::{Name, Requirements};

/// How the insurance becomes known in an unclear case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowing {
    /// By the present number, found out after the visit; the old qualification is known too.
    Current,
    /// By the old qualification.
    Old,
    /// Not at all; the patient declares where to ask.
    Declared,
    /// Not at all, in a disaster.
    Disaster,
}

impl Bench {
    fn claim_of(&self, at: &Name, who: &Name, days: &[Date]) -> Result<Claim, StepError> {
        let (day, also) =
            days.split_first().ok_or_else(|| StepError("a claim needs a day".to_owned()))?;
        Ok(Claim {
            institution: self.institution(at)?,
            person: self.person(who)?,
            day: *day,
            also: also.to_vec(),
            typed: None,
            unclear: None,
            on_paper: false,
        })
    }

    /// A claim on the confirmed data of these days of one month.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn claim_confirmed(
        &mut self,
        at: &Name,
        who: &Name,
        days: &[Date],
    ) -> Result<(), StepError> {
        let claim = self.claim_of(at, who, days)?;
        self.happen(Event::Claim(claim)).await
    }

    /// A claim on the numbers of the card that was shown, one of them mistyped or none.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn claim_typed(
        &mut self,
        at: &Name,
        who: &Name,
        days: &[Date],
        mistyped: Option<String>,
    ) -> Result<(), StepError> {
        let typed = Some(self.as_typed(who, mistyped)?);
        let claim = Claim { typed, ..self.claim_of(at, who, days)? };
        self.happen(Event::Claim(claim)).await
    }

    /// The repeat of a returned claim, sent on paper.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn claim_on_paper(
        &mut self,
        at: &Name,
        who: &Name,
        day: Date,
    ) -> Result<(), StepError> {
        let typed = Some(self.as_typed(who, None)?);
        let claim = Claim { typed, on_paper: true, ..self.claim_of(at, who, &[day])? };
        self.happen(Event::Claim(claim)).await
    }

    fn as_typed(&self, who: &Name, mistyped: Option<String>) -> Result<Numbers, StepError> {
        let mut numbers = self.certificate_of(&self.person(who)?)?.numbers();
        if let Some(number) = mistyped {
            numbers.number = number;
        }
        Ok(numbers)
    }

    /// A claim after somebody showed another's card: staff take the bearer for the holder, so all that is typed is the holder's.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn claim_on_card_of(
        &mut self,
        at: &Name,
        bearer: &Name,
        day: Date,
        holder: &Name,
    ) -> Result<(), StepError> {
        self.person(bearer)?;
        self.claim_typed(at, holder, &[day], None).await
    }

    /// A claim where nothing was confirmed and no card was shown.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn claim_unclear(
        &mut self,
        at: &Name,
        who: &Name,
        day: Date,
        knowing: Knowing,
    ) -> Result<(), StepError> {
        let person = self.person(who)?;
        let unclear = match knowing {
            Knowing::Current => Unclear {
                current: Some(self.fed_last(&person)?),
                old: Some(self.certificate_of(&person)?.numbers()),
                declared: Some(self.declared(&person)?),
            },
            Knowing::Old => Unclear {
                current: None,
                old: Some(self.certificate_of(&person)?.numbers()),
                declared: Some(self.declared(&person)?),
            },
            Knowing::Declared => {
                Unclear { declared: Some(self.declared(&person)?), ..Unclear::default() }
            }
            Knowing::Disaster => Unclear::default(),
        };
        let claim = Claim { unclear: Some(unclear), ..self.claim_of(at, who, &[day])? };
        self.happen(Event::Claim(claim)).await
    }

    fn declared(&self, person: &str) -> Result<Declared, StepError> {
        let address = self.world()?.people.get(person).map(|person| person.address.clone());
        Ok(Declared {
            address: address.unwrap_or_default(),
            employer: "架空商事".to_owned(),
            contact: "000-0000-0000".to_owned(),
        })
    }

    /// The numbers of the qualification that was fed last about somebody in this story.
    fn fed_last(&self, person: &str) -> Result<Numbers, StepError> {
        let gained = self.story.iter().rev().find_map(|event| {
            let Event::Feed(record) = event else { return None };
            let Change::Gain(coverage) = &record.change else { return None };
            (record.person == person).then(|| coverage.numbers())
        });
        gained.ok_or_else(|| StepError(format!("no insurer has told of {person} in this story")))
    }

    /// The claims of both flows that the agency judged in this story.
    pub fn claims_seen(&self) -> Vec<ClaimSeen> {
        self.claims(|happening| &happening.actual)
    }

    fn claims(&self, of: impl Fn(&super::Happening) -> &Outcome) -> Vec<ClaimSeen> {
        let pairs = self.story.iter().zip(&self.happenings);
        let judged = pairs.filter_map(|(event, happening)| match (event, of(happening)) {
            (Event::Claim(claim), Outcome::Claim(outcome)) => Some((flow(claim)?, outcome)),
            _ => None,
        });
        let seen = judged.flat_map(|(flow, outcome)| {
            outcome.ends().map(move |end| ClaimSeen { flow, returned: end.is_returned() })
        });
        seen.collect()
    }

    /// Holds the returned claims of both flows in this story against `wanted`: (returned, all) of the old flow and of the new.
    ///
    /// # Errors
    /// [`StepError`] when no claim was made.
    pub fn expect_returned(
        &mut self,
        step: &Step,
        bears: &Requirements,
        wanted: [(usize, usize); 2],
    ) -> Result<(), StepError> {
        let shares = |claims: Vec<ClaimSeen>| {
            [Flow::Old, Flow::New].map(|flow| {
                let own = claims.iter().filter(|claim| claim.flow == flow);
                (own.clone().filter(|claim| claim.returned).count(), own.count())
            })
        };
        let (actual, expected) =
            (shares(self.claims_seen()), shares(self.claims(|happening| &happening.expected)));
        if actual.iter().all(|(_, all)| *all == 0) {
            return Err(StepError("no claim was made that this speaks of".to_owned()));
        }
        let (verdict, note) = if expected != wanted {
            let note =
                format!("the scenario disagrees with the oracle, which expects {expected:?}");
            (Verdict::BenchError, Some(note))
        } else if actual == wanted {
            (Verdict::Pass, None)
        } else {
            (Verdict::Fail, None)
        };
        self.assert(step, bears, verdict, (format!("{wanted:?}"), format!("{actual:?}")), note);
        Ok(())
    }
}

/// The flow a claim belongs to; an unclear case belongs to neither.
fn flow(claim: &Claim) -> Option<Flow> {
    match (&claim.typed, &claim.unclear) {
        (Some(_), _) => Some(Flow::Old),
        (None, None) => Some(Flow::New),
        (None, Some(_)) => None,
    }
}
