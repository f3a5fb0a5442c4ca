//! Profiles: which rows of the catalogue a kind of product is held against, for which time, and with which parameters.

use std::collections::BTreeSet;

use jiff::civil::Date;
use reports::Text2;
use reports::scope::ProfileInfo;
use serde::Deserialize;

use super::{Catalogue, Position, Requirement, Statement};

/// One profile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What it is for.
    pub title: Statement,
    /// The days for which its rules are written, both included.
    pub in_force: Period,
    /// The weakest tier that binds: 1, or 2 where the bench's own recommendations shall fail a product too.
    #[serde(default = "first")]
    pub tier: u8,
    /// Which rows.
    pub choose: Selection,
    /// Rows left out of those chosen, by id.
    #[serde(default)]
    pub except: BTreeSet<String>,
    /// Parameters of the run, unless the command line says otherwise.
    #[serde(default)]
    pub parameters: Parameters,
}

const fn first() -> u8 {
    1
}

/// From one day to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

/// Which rows: those that fit any of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Rows that bind one of these positions of a product.
    #[serde(default)]
    pub positions: BTreeSet<Position>,
    /// Rows that bind one of these actors.
    #[serde(default)]
    pub actors: BTreeSet<String>,
    /// Rows of these groups: `CERT` of `OQS-CERT-07`.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// Rows by id.
    #[serde(default)]
    pub ids: BTreeSet<String>,
}

/// Parameters of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Seed of everything that looks random.
    pub seed: Option<u64>,
    /// Forms of the backend's answers, as `--answers` takes them.
    #[serde(default)]
    pub answers: Vec<String>,
}

impl Selection {
    fn fits(&self, row: &Requirement) -> bool {
        self.ids.contains(&row.id)
            || self.groups.contains(row.group())
            || self.actors.contains(&row.actor)
            || !self.positions.is_disjoint(&row.positions())
    }
}

impl Profile {
    /// The rows it chooses, by id.
    pub fn rows<'a>(&'a self, catalogue: &'a Catalogue) -> impl Iterator<Item = &'a Requirement> {
        let chosen = |row: &&Requirement| self.choose.fits(row) && !self.except.contains(&row.id);
        catalogue.requirements.values().filter(chosen)
    }

    /// The profile as reports name it.
    pub fn info(&self, name: &str, tier: u8, catalogue: &Catalogue) -> ProfileInfo {
        let Period { from, until } = self.in_force;
        let title = Text2::new(
            format!("{}（{from}～{until}）", self.title.ja),
            format!("{} ({from} to {until})", self.title.en),
        );
        ProfileInfo { name: name.to_owned(), title, tier, rows: self.rows(catalogue).count() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_chooses_known_rows_and_takes_known_parameters() {
        let catalogue = Catalogue::embedded().unwrap();
        assert!(catalogue.profiles.len() >= 6, "{:?}", catalogue.profiles.keys());
        for (name, profile) in &catalogue.profiles {
            for id in profile.choose.ids.iter().chain(&profile.except) {
                assert!(catalogue.requirements.contains_key(id), "{name}: {id}");
            }
            for group in &profile.choose.groups {
                let known = catalogue.requirements.values().any(|row| row.group() == group);
                assert!(known, "{name}: {group}");
            }
            let Period { from, until } = profile.in_force;
            assert!(from <= until, "{name}");
            assert!(profile.rows(catalogue).count() >= 10, "{name}");
            assert!((1..=2).contains(&profile.tier), "{name}");
        }
    }

    #[test]
    fn rows_are_chosen_by_position_group_actor_or_id_and_left_out_by_id() {
        let catalogue = Catalogue::embedded().unwrap();
        let profile = |choose: &str| -> Vec<String> {
            let text = format!(
                "title: {{ja: 架空, en: made up}}\nin_force: {{from: 2026-01-01, until: 2026-12-31}}\nchoose: {choose}\nexcept: [OQS-CERT-01]\n"
            );
            let profile: Profile = serde_yaml::from_str(&text).unwrap();
            profile.rows(catalogue).map(|row| row.id.clone()).collect()
        };
        assert_eq!(profile("{ids: [OQS-CERT-01, OQS-CERT-07]}"), ["OQS-CERT-07"]);
        let certificates = profile("{groups: [CERT]}");
        assert!(certificates.iter().all(|id| id.starts_with("OQS-CERT-")));
        assert_eq!(certificates.len(), 22);
        assert!(profile("{positions: [authority-client]}").contains(&"OQS-CERT-07".to_owned()));
        assert!(!profile("{positions: [card]}").contains(&"OQS-CERT-07".to_owned()));
        assert!(profile("{actors: [review-agency]}").contains(&"OQS-CLM-02".to_owned()));
    }
}
