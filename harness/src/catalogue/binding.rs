//! Which rows bind a product in a run, and how strongly.

use std::collections::BTreeSet;

use reports::model::Level;

use super::Catalogue;

/// Rows that bind: those down to a tier, and of these only the chosen ones if some were chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The weakest tier that binds.
    pub tier: u8,
    /// The rows chosen; all when `None`.
    pub rows: Option<BTreeSet<String>>,
}

impl Default for Binding {
    fn default() -> Self {
        Self { tier: 1, rows: None }
    }
}

impl Binding {
    /// How strongly a row binds. One that was not chosen only warns; one that nobody knows binds: it must not slip through.
    pub fn level(&self, catalogue: &Catalogue, id: &str) -> Level {
        if self.rows.as_ref().is_some_and(|rows| !rows.contains(id)) {
            return Level::Should;
        }
        catalogue.requirements.get(id).map_or(Level::Must, |row| row.level_at(self.tier))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_tier_warns_unless_it_is_switched_on_and_what_was_not_chosen_warns() {
        let catalogue = Catalogue::embedded().unwrap();
        let chosen = Some(BTreeSet::from(["OQS-CERT-16".to_owned(), "OQS-CERT-07".to_owned()]));
        for (tier, rows, id, level) in [
            (1, None, "OQS-CERT-07", Level::Must),
            (1, None, "OQS-CERT-16", Level::Should),
            (2, None, "OQS-CERT-16", Level::Must),
            (1, None, "OQS-NOBODY-01", Level::Must),
            (2, chosen.clone(), "OQS-CERT-16", Level::Must),
            (2, chosen.clone(), "OQS-CERT-08", Level::Should),
            (1, chosen, "OQS-CERT-07", Level::Must),
        ] {
            assert_eq!(Binding { tier, rows }.level(catalogue, id), level, "{id} at {tier}");
        }
    }
}
