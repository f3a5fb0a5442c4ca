//! Scenarios of somebody's own, and a planted defect by its name.

use std::path::Path;

use super::selection::nearest;
use super::{CONFIGURATION, Failure};
use crate::catalogue::Catalogue;
use crate::lint::Sources;
use crate::mutants::Mutant;

/// The catalogue with a folder's scenarios in the place of its own; the embedded one where no folder is named.
pub fn catalogue(folder: Option<&Path>) -> Result<&'static Catalogue, Failure> {
    let Some(folder) = folder else { return Ok(Catalogue::embedded()?) };
    let told = |what: String| {
        let next =
            "correct the folder: it is laid out like scenarios/, as scenarios/README.md tells";
        Failure::told(CONFIGURATION, format!("{}: {what}", folder.display()), next)
    };
    let sources = Sources::from_folder(folder).map_err(|error| told(error.to_string()))?;
    let catalogue = Catalogue::with(sources.scenarios).map_err(|error| told(error.to_string()))?;
    if catalogue.cases.is_empty() {
        return Err(told("there is no scenario in it".to_owned()));
    }
    // Read once and needed to the end of the command.
    Ok(Box::leak(Box::new(catalogue)))
}

/// The mutant of this name.
pub fn mutant(catalogue: &'static Catalogue, id: &str) -> Result<&'static Mutant, Failure> {
    let found = catalogue.mutants.iter().find(|mutant| mutant.id == id);
    found.ok_or_else(|| {
        let near = nearest(id, catalogue.mutants.iter().map(|mutant| mutant.id.as_str()));
        let hint = near.map_or_else(
            || "see `madoguchi list mutants`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::Usage(format!("there is no mutant `{id}`; {hint}"))
    })
}
