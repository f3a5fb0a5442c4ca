//! Which scenarios a run is about.

use std::collections::BTreeSet;

use cucumber::gherkin::tagexpr::TagOperation;

use super::Failure;
use crate::catalogue::{Case, Catalogue};

/// Which scenarios are wanted: those that fit all that is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// This scenario, or those that bear this requirement.
    pub only: Option<&'a str>,
    /// A tag expression.
    pub tags: Option<&'a str>,
    /// Those that bear one of these rows.
    pub rows: Option<&'a BTreeSet<String>>,
    /// Scenarios by id.
    pub ids: Option<&'a BTreeSet<String>>,
}

/// The cases that fit; all when nothing is said.
pub fn select(
    catalogue: &'static Catalogue,
    Wanted { only, tags, rows, ids }: &Wanted<'_>,
) -> Result<Vec<&'static Case>, Failure> {
    let expression = tags.map(parse).transpose()?;
    let chosen = |case: &&Case| {
        let borne = case.requirements();
        only.is_none_or(|id| case.id == id || borne.iter().any(|borne| borne == id))
            && expression.as_ref().is_none_or(|expression| fits(expression, case))
            && rows.is_none_or(|rows| borne.iter().any(|id| rows.contains(id)))
            && ids.is_none_or(|ids| ids.contains(&case.id))
    };
    let cases: Vec<&'static Case> = catalogue.cases.iter().filter(chosen).collect();
    if cases.is_empty() {
        return Err(Failure::Usage(nothing(catalogue, *only)));
    }
    Ok(cases)
}

fn parse(expression: &str) -> Result<TagOperation, Failure> {
    let wrong = |error| {
        Failure::Usage(format!("the tag expression `{expression}` cannot be read: {error}"))
    };
    expression.parse().map_err(wrong)
}

/// A tag names itself, or what stands before its colon: `@twin` fits `@twin:…`.
fn fits(expression: &TagOperation, case: &Case) -> bool {
    match expression {
        TagOperation::And(left, right) => fits(left, case) && fits(right, case),
        TagOperation::Or(left, right) => fits(left, case) || fits(right, case),
        TagOperation::Not(inner) => !fits(inner, case),
        TagOperation::Tag(wanted) => {
            let area = format!("area:{}", case.area);
            let mut tags = case.tags();
            tags.push(area);
            tags.iter().any(|tag| {
                tag == wanted || tag.split_once(':').is_some_and(|(kind, _)| kind == wanted)
            })
        }
    }
}

fn nothing(catalogue: &Catalogue, only: Option<&str>) -> String {
    let Some(id) = only else {
        return "no scenario fits; see `madoguchi list scenarios`".to_owned();
    };
    let nearest = nearest(
        id,
        catalogue
            .cases
            .iter()
            .map(|case| case.id.as_str())
            .chain(catalogue.requirements.keys().map(String::as_str)),
    );
    let hint = nearest.map_or_else(
        || "see `madoguchi list scenarios`".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("no scenario is called `{id}` or bears it; {hint}")
}

/// The known name that differs least from the one given, if any is near.
pub fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |name: &str| strsim(wanted, name);
    known
        .map(|name| (distance(name), name))
        .filter(|(distance, _)| *distance <= 1 + wanted.chars().count() / 3)
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein distance.
fn strsim(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (b, cell) in right.iter().zip(row.iter_mut().skip(1)) {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = *cell;
            *cell = substituted.min(before + 1).min(diagonal + 1);
            before = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered() {
        let known = ["certificate/revoked", "identity/wrong-pin"];
        assert_eq!(nearest("certificate/revokd", known.into_iter()), Some("certificate/revoked"));
        assert_eq!(nearest("something-else-entirely", known.into_iter()), None);
        assert_eq!(strsim("kitten", "sitting"), 3);
    }

    #[test]
    fn tag_expressions_choose() {
        let catalogue = Catalogue::embedded().unwrap();
        let tagged = |tags| select(catalogue, &Wanted { tags: Some(tags), ..Wanted::default() });
        let certificates = tagged("@area:certificate and @twin").unwrap();
        assert!(certificates.iter().all(|case| case.area == "certificate"));
        assert!(!certificates.is_empty());
        assert!(tagged("@nowhere").is_err());
        assert!(tagged("and and").is_err());
    }
}
