//! Whether a matcher means what it says: one that takes everybody for the same person, or nobody, cannot be judged.

use std::sync::Arc;

use reports::model::Blame;
use sim_reader::GreyImage;
use sim_reader::face::capture::capture;
use sim_reader::face::portrait::draw;
use sim_reader::face::{Company, Conditions, Matcher, NoScore};

use super::Finding;
use crate::sut::config::SutConfig;
use crate::sut::matcher::{MatcherAdapter, matcher, trouble};

const CONTRACT: &str = "docs/faces.md shows each request with its reply; `madoguchi face evaluate` tells the threshold for a false match rate";

/// How many people are looked at: no matcher is right with every picture.
const PEOPLE: u64 = 3;

/// What is looked at, in order.
pub(super) const CHECKS: [&str; 4] =
    ["a first answer", "the same person", "somebody else", "no face"];

/// Looks at the product, in the order of [`CHECKS`]; the first that is the matter is the last.
pub(super) fn examine(sut: &SutConfig, adapter: &MatcherAdapter) -> Vec<Result<(), Finding>> {
    let matcher = match matcher(sut) {
        Ok(Some(matcher)) => matcher,
        Ok(None) => return Vec::new(),
        Err(error) => return vec![Err(error.into())],
    };
    let (threshold, _) = adapter.thresholds();
    let bench = Bench { matcher, threshold, name: &sut.product.name };
    let steps: [&dyn Fn() -> Result<(), Finding>; 4] =
        [&|| bench.first_answer(), &|| bench.same_person(), &|| bench.somebody_else(), &|| {
            bench.no_face()
        }];
    let mut found = Vec::new();
    for step in steps {
        if found.iter().all(Result::is_ok) {
            found.push(step());
        }
    }
    found
}

/// The matcher before drawn people of one company, who are of like age, sex and colouring.
struct Bench<'a> {
    matcher: Arc<dyn Matcher>,
    threshold: f64,
    name: &'a str,
}

impl Bench<'_> {
    fn first_answer(&self) -> Result<(), Finding> {
        let (photo, own) = (photo(0), seen(0));
        self.heard(self.matcher.attack(&own)).map(drop)?;
        self.score(&photo, &own).map(drop)
    }

    /// Of several people one at least is known again: a matcher that takes nobody fails here.
    fn same_person(&self) -> Result<(), Finding> {
        let known = self.matches(|person| person)?;
        (known > 0).then_some(()).ok_or_else(|| {
            self.fault(format!(
                "knows none of {PEOPLE} people again, at threshold {}",
                self.threshold
            ))
        })
    }

    /// Of several people one at least is told from another: a matcher that takes everybody fails here.
    fn somebody_else(&self) -> Result<(), Finding> {
        let taken = self.matches(|person| (person + 1) % PEOPLE)?;
        (taken < PEOPLE).then_some(()).ok_or_else(|| {
            self.fault(format!(
                "takes each of {PEOPLE} people for another, at threshold {}; its match would mean nothing",
                self.threshold
            ))
        })
    }

    /// A blank sheet is nobody.
    fn no_face(&self) -> Result<(), Finding> {
        let photo = photo(0);
        let blank = GreyImage { pixels: vec![128; photo.pixels.len()], ..photo.clone() };
        let score = self.score(&photo, &blank)?;
        score
            .is_none_or(|score| score < self.threshold)
            .then_some(())
            .ok_or_else(|| self.fault("takes a blank sheet for a person".to_owned()))
    }

    /// How many people match the photo of whom `whose` names.
    fn matches(&self, whose: impl Fn(u64) -> u64) -> Result<u64, Finding> {
        (0..PEOPLE).try_fold(0, |matches, person| {
            let score = self.score(&photo(whose(person)), &seen(person))?;
            let is_match = score.is_some_and(|score| score >= self.threshold);
            Ok(matches + u64::from(is_match))
        })
    }

    fn score(&self, photo: &GreyImage, capture: &GreyImage) -> Result<Option<f64>, Finding> {
        self.heard(self.matcher.score(photo, capture))
    }

    /// What it says; that it can use neither picture is an answer too.
    fn heard<T>(&self, said: Result<T, NoScore>) -> Result<Option<T>, Finding> {
        match said {
            Ok(said) => Ok(Some(said)),
            Err(why) => trouble(self.name, &why).map_or(Ok(None), |error| Err(error.into())),
        }
    }

    fn fault(&self, what: String) -> Finding {
        Finding::new(Blame::Product, format!("{} {what}", self.name), CONTRACT)
    }
}

fn photo(person: u64) -> GreyImage {
    draw(&Company::from_seed(1).person(person))
}

fn seen(person: u64) -> GreyImage {
    capture(&Company::from_seed(1).person(person), &Conditions::steady(person))
}
