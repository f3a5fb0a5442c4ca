//! The world of one scenario: steps shape it, things happen in it, assertions look at it.
//!
//! Each thing that happens is done by the actors and, apart from them, judged by the oracle. An assertion is held against
//! both: where the actors differ it fails, where the oracle differs the scenario itself is wrong and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

use cucumber::gherkin::Step;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use reports::model::{Blame, Check, ClaimSeen, Judgement, Level, Verdict};

use crate::catalogue::{Case, Catalogue};
use crate::checks::seams::Seen;
use crate::clock::at_jst;
use crate::error::BenchError;
use crate::judge;
use crate::model::{
    AnswerTrouble, Chart, ConsentKind, Coverage, Event, Mode, Outcome, Prescription, Trouble, World,
};
use crate::oracle;
use crate::relative::Move;
use crate::steps::params::Requirements;
use crate::sut::codes::Grade;
use crate::taps::FileSeen;
use crate::world::{Stage, Workshop};

mod claims;
mod many;
mod own_clock;
mod rehearsal;
mod shares;
mod told;
mod vocabulary;
mod without_card;

pub use claims::Knowing;
pub use many::AskingMany;
pub use rehearsal::{Unread, read_back};

/// What a step fails with; cucumber shows the message and skips the rest of the scenario.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StepError(String);

impl From<BenchError> for StepError {
    fn from(error: BenchError) -> Self {
        Self(error.to_string())
    }
}

impl From<jiff::Error> for StepError {
    fn from(error: jiff::Error) -> Self {
        Self(error.to_string())
    }
}

/// When a story begins, unless its scenario says otherwise: 1 April 2026, 9:30 in Japan.
pub const STORY_BEGINS: DateTime = jiff::civil::date(2026, 4, 1).at(9, 30, 0, 0);

/// What somebody intends at the reader.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// What is tried when the first way does not succeed.
    pub then: Vec<Mode>,
    /// Consents, when asked.
    pub consents: BTreeSet<ConsentKind>,
    /// Answer to the offer to register.
    pub register: bool,
    /// Form of the prescription.
    pub prescription: Option<Prescription>,
    /// What goes wrong.
    pub trouble: Option<Trouble>,
}

impl Default for Wishes {
    fn default() -> Self {
        let consents = ConsentKind::ALL.into();
        Self { then: Vec::new(), consents, register: true, prescription: None, trouble: None }
    }
}

/// How a number query differs from one with all the numbers of the certificate, for today.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking {
    /// For another day.
    pub on: Option<Date>,
    /// Leaves the branch out.
    pub without_branch: bool,
    /// With another birth date.
    pub birthdate: Option<Date>,
    /// With oral consent to the limit information.
    pub limit_consent: bool,
}

/// One thing that happened, by the actors and by the oracle.
#[derive(Debug)]
struct Happening {
    actual: Outcome,
    expected: Outcome,
}

/// What kept the bench from going on: verdict, whose fault, what happened, what to do.
pub type Hindrance = (Verdict, Blame, String, &'static str);

/// An error as the report tells it.
pub fn trouble(error: &BenchError) -> Hindrance {
    (error.verdict(), error.blame(), error.to_string(), error.help())
}

/// What a scenario leaves behind for the report.
#[derive(Debug, Default)]
pub struct Leavings {
    /// Assertions.
    pub checks: Vec<Check>,
    /// The oracle's judgements.
    pub judgements: Vec<Judgement>,
    /// Claims of both flows that the agency judged.
    pub claims: Vec<ClaimSeen>,
    /// What kept the bench from going on.
    pub trouble: Option<Hindrance>,
}

/// The world of one scenario.
#[derive(Debug, Default, cucumber::World)]
pub struct Bench {
    workshop: Option<Arc<Workshop>>,
    case: String,
    world: Option<World>,
    wishes: BTreeMap<String, Wishes>,
    bulk_trouble: Option<AnswerTrouble>,
    stage: Option<Stage>,
    story: Vec<Event>,
    happenings: Vec<Happening>,
    left: Leavings,
    /// Whether the scenario has told people or institutions of its own.
    tells_its_own: bool,
    /// Without actors: what the oracle expects is what happens.
    rehearsed: bool,
    /// How it is told relative to now, if it is.
    moved: Option<Move>,
}

impl Bench {
    /// Sets the world up as the scenario finds it: the people it names, and every institution.
    ///
    /// # Errors
    /// [`BenchError`] when the catalogue cannot be read.
    pub fn prepare(&mut self, workshop: Arc<Workshop>, case: &Case) -> Result<(), BenchError> {
        let catalogue = workshop.catalogue()?;
        let seed = case.seed().unwrap_or_else(|| workshop.seed_of(&case.id).0);
        let world = world_of(catalogue, case, seed);
        let (world, moved) = match workshop.relative() {
            Some(relative) => own_clock::moved(relative, &case.id, world)?,
            None => (world, None),
        };
        (self.world, self.moved) = (Some(world), moved);
        self.case.clone_from(&case.id);
        self.workshop = Some(workshop);
        Ok(())
    }

    /// What keeps the scenario from beginning.
    pub fn hinder(&mut self, error: &BenchError) {
        self.left.trouble = Some(trouble(error));
    }

    /// The run was stopped before this scenario began.
    pub fn give_up(&mut self) {
        let why = "the run was interrupted before this scenario began".to_owned();
        self.left.trouble =
            Some((Verdict::NotRun, Blame::Environment, why, "run again, without Ctrl-C"));
    }

    /// What the scenario leaves, and the actors with their evidence.
    pub fn leave(&mut self) -> (Leavings, Option<Stage>) {
        let claims = self.claims_seen();
        (Leavings { claims, ..std::mem::take(&mut self.left) }, self.stage.take())
    }

    /// When the story began.
    pub fn began(&self) -> Option<Timestamp> {
        self.world.as_ref().map(|world| world.now)
    }

    fn world(&self) -> Result<&World, StepError> {
        self.world.as_ref().ok_or_else(|| StepError("the world was not prepared".to_owned()))
    }

    /// The world as it may still be shaped: before anything happened.
    fn shapable(&mut self) -> Result<&mut World, StepError> {
        if self.has_begun() {
            return Err(StepError("this can only be said before anything happens".to_owned()));
        }
        self.world.as_mut().ok_or_else(|| StepError("the world was not prepared".to_owned()))
    }

    /// Whether anything has happened yet, or was to happen.
    fn has_begun(&self) -> bool {
        self.stage.is_some() || !self.story.is_empty()
    }

    /// What the scenario is told from.
    fn catalogue(&self) -> Result<&'static Catalogue, BenchError> {
        match &self.workshop {
            Some(workshop) => Ok(workshop.catalogue()?),
            None => Ok(Catalogue::embedded()?),
        }
    }

    /// Lets one thing happen.
    ///
    /// # Errors
    /// [`StepError`] when the bench cannot carry it out or cannot see what came of it.
    pub async fn happen(&mut self, event: Event) -> Result<(), StepError> {
        self.keep_up()?;
        let expected = oracle::judge(self.world()?, &self.story, &event);
        let done = if self.rehearsed { Ok(expected.clone()) } else { self.carry_out(&event).await };
        let actual = match done {
            Ok(actual) => actual,
            Err(error) => {
                self.left.trouble = Some(trouble(&error));
                return Err(error.into());
            }
        };
        let actual = self.by_own_clock(self.grade().sees(actual, &expected), &expected);
        let last_seq = self.stage.as_ref().and_then(|stage| stage.taps().last_seq());
        self.left.judgements.push(judge::compare(&event, &expected, &actual, last_seq));
        self.happenings.push(Happening { actual, expected });
        self.story.push(event);
        Ok(())
    }

    /// How finely the product's refusals are told apart.
    fn grade(&self) -> Grade {
        self.workshop.as_ref().map(|workshop| workshop.grade()).unwrap_or_default()
    }

    async fn carry_out(&mut self, event: &Event) -> Result<Outcome, BenchError> {
        if self.stage.is_none() {
            let workshop =
                self.workshop.clone().ok_or_else(|| BenchError::setup("world", "no workshop"))?;
            let world =
                self.world.clone().ok_or_else(|| BenchError::setup("world", "not prepared"))?;
            self.stage = Some(Stage::start(workshop, world).await?);
        }
        let Some(stage) = self.stage.as_mut() else {
            return Err(BenchError::setup("world", "no stage"));
        };
        stage.perform(event).await
    }

    /// Holds what `look` sees against `wanted`, in what the actors did and in what the oracle expects.
    ///
    /// # Errors
    /// [`StepError`] when nothing has happened yet that the assertion could speak of.
    pub fn expect<T: PartialEq + Debug>(
        &mut self,
        step: &Step,
        bears: &Requirements,
        look: impl Fn(&Outcome) -> Option<T>,
        wanted: &T,
    ) -> Result<(), StepError> {
        let found = self.happenings.iter().rev().find_map(|happening| {
            // What the oracle expects decides whether this is the kind of outcome spoken of: it is always of one kind.
            look(&happening.expected).map(|expected| (expected, look(&happening.actual)))
        });
        let (expected, actual) = found
            .ok_or_else(|| StepError("nothing has happened that this speaks of".to_owned()))?;
        let (verdict, note) = if expected != *wanted {
            (
                Verdict::BenchError,
                Some(format!("the scenario disagrees with the oracle, which expects {expected:?}")),
            )
        } else if actual.as_ref() == Some(wanted) {
            (Verdict::Pass, None)
        } else {
            (Verdict::Fail, None)
        };
        let actual = actual.map_or_else(|| "nothing".to_owned(), |actual| format!("{actual:?}"));
        self.assert(step, bears, verdict, (format!("{wanted:?}"), actual), note);
        Ok(())
    }

    /// Makes an assertion on what crossed the seams.
    ///
    /// # Errors
    /// [`StepError`] when nothing has happened yet.
    pub fn expect_seen(
        &mut self,
        step: &Step,
        bears: &Requirements,
        look: impl FnOnce(&Seen) -> Result<(), String>,
    ) -> Result<(), StepError> {
        // Without actors nothing crosses a seam.
        if self.rehearsed {
            return Ok(());
        }
        let stage =
            self.stage.as_ref().ok_or_else(|| StepError("nothing has happened yet".to_owned()))?;
        let (verdict, actual) = match stage.taps().with_seen(look) {
            Ok(()) => (Verdict::Pass, "as expected".to_owned()),
            Err(actual) => (Verdict::Fail, actual),
        };
        self.assert(step, bears, verdict, ("as the step says".to_owned(), actual), None);
        Ok(())
    }

    /// Makes an assertion on the files that crossed the folder seam: requests, then answers and results.
    ///
    /// # Errors
    /// [`StepError`] when nothing has happened yet.
    pub fn expect_files(
        &mut self,
        step: &Step,
        bears: &Requirements,
        look: impl FnOnce(&[FileSeen], &[FileSeen]) -> Result<(), String>,
    ) -> Result<(), StepError> {
        // Without actors nothing crosses a seam.
        if self.rehearsed {
            return Ok(());
        }
        let stage =
            self.stage.as_ref().ok_or_else(|| StepError("nothing has happened yet".to_owned()))?;
        let (verdict, actual) = match stage.taps().with_files(look) {
            Ok(()) => (Verdict::Pass, "as expected".to_owned()),
            Err(actual) => (Verdict::Fail, actual),
        };
        self.assert(step, bears, verdict, ("as the step says".to_owned(), actual), None);
        Ok(())
    }

    /// One check for the MUSTs among the requirements and one for the SHOULDs.
    fn assert(
        &mut self,
        step: &Step,
        bears: &Requirements,
        verdict: Verdict,
        values: (String, String),
        note: Option<String>,
    ) {
        let binding = self.workshop.as_ref().map(|workshop| workshop.binding.clone());
        let binding = binding.unwrap_or_default();
        let catalogue = self.catalogue();
        let level_of = |id: &str| {
            catalogue.as_ref().map_or(Level::Must, |catalogue| binding.level(catalogue, id))
        };
        for level in [Level::Must, Level::Should] {
            let requirement: Vec<String> =
                bears.0.iter().filter(|id| level_of(id) == level).cloned().collect();
            if !requirement.is_empty() {
                let (expected, actual) = values.clone();
                let step = step.value.clone();
                self.left.checks.push(Check {
                    requirement,
                    level,
                    step,
                    verdict,
                    expected,
                    actual,
                    note: note.clone(),
                });
            }
        }
    }
}

/// The people a scenario names, and every institution with a chart of each of them.
fn world_of(catalogue: &Catalogue, case: &Case, seed: u64) -> World {
    let text: String = case.steps().map(|step| format!("{}\n", step.value)).collect();
    let named = |slug: &str, name: &str| {
        let short = name.replace('　', "");
        let quoted = |name: &str| [format!("「{name}」"), format!("\"{name}\"")];
        [short.as_str(), slug].iter().flat_map(|name| quoted(name)).any(|name| text.contains(&name))
    };
    let people: BTreeMap<_, _> = catalogue
        .personas
        .iter()
        .filter(|(slug, person)| named(slug, &person.name))
        .map(|(slug, person)| (slug.clone(), person.clone()))
        .collect();
    let mut institutions = catalogue.institutions.clone();
    for institution in institutions.values_mut() {
        institution.charts = people.iter().map(|(slug, person)| chart(slug, person)).collect();
    }
    World { seed, now: at_jst(STORY_BEGINS).unwrap_or_default(), people, institutions }
}

/// The chart an institution keeps of a person: right, and with the insurance of the last visit.
pub fn chart(slug: &str, person: &crate::model::Person) -> Chart {
    Chart {
        id: Bench::chart_id(slug),
        name: person.name.clone(),
        kana: person.kana.clone(),
        birthdate: person.birthdate,
        sex: person.sex,
        insurance: person.coverages.first().map(Coverage::numbers),
    }
}
