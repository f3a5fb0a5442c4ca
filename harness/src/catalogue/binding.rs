//! Which rows bind a product in a run, and how strongly.

use std::collections::BTreeSet;

use reports::model::Level;
use reports::scope::NotClaimed;

use super::{Catalogue, Position, Requirement};

/// Rows that bind: those down to a tier that bind a position of the product, and of these only the chosen ones if some were chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The weakest tier that binds.
    pub tier: u8,
    /// The rows chosen; all when `None`.
    pub rows: Option<BTreeSet<String>>,
    /// The positions that the product fills; none for the reference stack, which is bound by every row.
    pub positions: BTreeSet<Position>,
    /// What the product claims to meet, by id or by the beginning of ids; all that binds it when `None`.
    pub claims: Option<Vec<String>>,
}

impl Default for Binding {
    fn default() -> Self {
        Self { tier: 1, rows: None, positions: BTreeSet::new(), claims: None }
    }
}

impl Binding {
    /// How strongly a row binds. One that was not chosen, or binds other positions only, just warns; one that nobody knows binds:
    /// it must not slip through.
    pub fn level(&self, catalogue: &Catalogue, id: &str) -> Level {
        if self.rows.as_ref().is_some_and(|rows| !rows.contains(id)) {
            return Level::Should;
        }
        let binding = |row: &Requirement| {
            if self.binds(row) { row.level_at(self.tier) } else { Level::Should }
        };
        catalogue.requirements.get(id).map_or(Level::Must, binding)
    }

    /// Whether a row binds one of the product's positions. A row of people and offices binds whoever serves them.
    fn binds(&self, row: &Requirement) -> bool {
        let bound = row.positions();
        self.positions.is_empty() || bound.is_empty() || !bound.is_disjoint(&self.positions)
    }

    /// Whether the product claims to meet a row.
    pub fn claims(&self, row: &Requirement) -> bool {
        self.claims.as_ref().is_none_or(|claims| claims.iter().any(|claim| row.is_under(claim)))
    }

    /// The rows whose scenarios are to be run: those chosen, of them those that are claimed and bind; all when `None`.
    pub fn wanted(&self, catalogue: &Catalogue) -> Option<BTreeSet<String>> {
        if self.claims.is_none() {
            return self.rows.clone();
        }
        let chosen = |row: &&Requirement| {
            self.rows.as_ref().is_none_or(|rows| rows.contains(&row.id))
                && self.claims(row)
                && self.binds(row)
        };
        Some(catalogue.requirements.values().filter(chosen).map(|row| row.id.clone()).collect())
    }

    /// The rows that bind a position of the product, and that it does not claim.
    pub fn not_claimed(&self, catalogue: &Catalogue) -> Vec<NotClaimed> {
        let left_out =
            |row: &&Requirement| !self.claims(row) && !row.positions().is_disjoint(&self.positions);
        let told = |row: &Requirement| NotClaimed {
            requirement: row.id.clone(),
            reason: "not among the `claims` of madoguchi.yaml".to_owned(),
        };
        catalogue.requirements.values().filter(left_out).map(told).collect()
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
            let binding = Binding { tier, rows, ..Binding::default() };
            assert_eq!(binding.level(catalogue, id), level, "{id} at {tier}");
        }
    }

    fn of(positions: &[Position], claims: Option<&[&str]>) -> Binding {
        let owned = |claims: &[&str]| claims.iter().map(|claim| (*claim).to_owned()).collect();
        let (positions, claims) = (positions.iter().copied().collect(), claims.map(owned));
        Binding { positions, claims, ..Binding::default() }
    }

    #[test]
    fn a_row_binds_a_product_in_one_of_its_positions_and_what_concerns_nobody_else_binds_everybody()
    {
        let catalogue = Catalogue::embedded().unwrap();
        let (matcher, desk) = (Position::Matcher, Position::ReceiptComputer);
        for (positions, id, level) in [
            (&[matcher][..], "OQS-FACE-04", Level::Must),
            (&[matcher], "OQS-MSG-19", Level::Should),
            (&[desk], "OQS-MSG-19", Level::Must),
            (&[desk], "OQS-FACE-04", Level::Should),
            (&[desk, matcher], "OQS-FACE-04", Level::Must),
            // Of the institution, where nobody else could stand for it.
            (&[desk], "OQS-FALL-01", Level::Must),
            (&[], "OQS-FACE-04", Level::Must),
        ] {
            assert_eq!(of(positions, None).level(catalogue, id), level, "{id} {positions:?}");
        }
    }

    #[test]
    fn what_is_not_claimed_is_told_and_only_what_is_claimed_is_run() {
        let catalogue = Catalogue::embedded().unwrap();
        let claiming = of(&[Position::Matcher], Some(&["OQS-FACE-04"]));
        assert_eq!(claiming.wanted(catalogue), Some(BTreeSet::from(["OQS-FACE-04".to_owned()])));
        let left_out = claiming.not_claimed(catalogue);
        assert!(left_out.iter().any(|row| row.requirement == "OQS-FACE-02"), "{left_out:?}");
        assert!(left_out.iter().all(|row| row.requirement.starts_with("OQS-FACE-")));
        let all = of(&[Position::Matcher], None);
        assert_eq!((all.wanted(catalogue), all.not_claimed(catalogue)), (None, Vec::new()));
    }
}
