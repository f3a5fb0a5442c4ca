//! Who is compared: companies of twelve, each with a photo, four captures a person, and attacks on some of them.

use super::super::capture::capture;
use super::super::photo::PhotoError;
use super::super::portrait::{Appearance, draw};
use super::super::uniform::mixed;
use super::super::{Attack, Company, Conditions, GreyImage, Setting};
use super::{ChipForm, Plan};

/// People of one company.
pub(super) const MEMBERS: usize = 12;
/// Captures of each.
pub(super) const CAPTURES: usize = 4;
/// Pairs of one company.
const GENUINE: usize = MEMBERS * CAPTURES;
const IMPOSTORS: usize = MEMBERS * (MEMBERS - 1) * CAPTURES;

/// The pictures of one company, and which of them are compared.
pub(super) struct Gathering {
    pub(super) photos: Vec<GreyImage>,
    pub(super) captures: Vec<GreyImage>,
    /// Places of photo and capture.
    pub(super) genuine: Vec<(usize, usize)>,
    pub(super) impostors: Vec<(usize, usize)>,
    pub(super) attacks: Vec<Attacked>,
}

/// One presentation attack.
pub(super) struct Attacked {
    pub(super) attack: Attack,
    /// Place of the photo of whom the attacker wants to be.
    pub(super) victim: usize,
    pub(super) picture: GreyImage,
}

/// How many companies give the pairs that are wanted.
pub(super) fn companies(plan: &Plan) -> usize {
    let attacks = plan.attacks.div_ceil(MEMBERS);
    plan.genuine.div_ceil(GENUINE).max(plan.impostors.div_ceil(IMPOSTORS)).max(attacks).max(1)
}

impl Gathering {
    /// The company of this place among all of them.
    pub(super) fn of(
        plan: &Plan,
        index: usize,
        companies: usize,
        chip: ChipForm<'_>,
    ) -> Result<Self, PhotoError> {
        let share = |total: usize| total * (index + 1) / companies - total * index / companies;
        let people = people(plan, index);
        let photos = people.iter().map(|face| chip(&draw(face))).collect::<Result<_, _>>()?;
        let seed = |part: usize| mixed(plan.seed, (index * 1_000 + part) as u64);
        let conditions = |place: usize| plan.setting.conditions(seed(place));
        let captures = (0..GENUINE).zip(people.iter().flat_map(|face| [face; CAPTURES]));
        let attacked = |attack: Attack, from: usize| {
            let victims = people.iter().enumerate().take(share(plan.attacks));
            victims.map(move |(victim, face)| {
                let conditions = Conditions { attack: Some(attack), ..conditions(from + victim) };
                Attacked { attack, victim, picture: capture(face, &conditions) }
            })
        };
        Ok(Self {
            photos,
            captures: captures.map(|(place, face)| capture(face, &conditions(place))).collect(),
            genuine: spread(pairs(true), share(plan.genuine)),
            impostors: spread(pairs(false), share(plan.impostors)),
            attacks: Attack::ALL
                .into_iter()
                .zip([100, 200, 300])
                .flat_map(|(attack, from)| attacked(attack, from).collect::<Vec<_>>())
                .collect(),
        })
    }
}

fn people(plan: &Plan, index: usize) -> Vec<Appearance> {
    let company = Company::from_seed(mixed(plan.seed, index as u64));
    let members = (0..MEMBERS).map(|member| {
        let birth = mixed(plan.seed ^ 0x70_656f_706c_6500, index as u64);
        if plan.setting == Setting::Twins {
            company.twin(birth, member as u64)
        } else {
            company.person(mixed(birth, member as u64))
        }
    });
    members.collect()
}

/// All genuine or all impostor pairs of a company.
fn pairs(genuine: bool) -> Vec<(usize, usize)> {
    let all = (0..MEMBERS).flat_map(|photo| (0..GENUINE).map(move |capture| (photo, capture)));
    all.filter(|(photo, capture)| (capture / CAPTURES == *photo) == genuine).collect()
}

/// So many of them, evenly spread.
fn spread(pairs: Vec<(usize, usize)>, wanted: usize) -> Vec<(usize, usize)> {
    let total = pairs.len();
    let places = (0..wanted).filter_map(|nth| pairs.get(nth * total / wanted.max(1)).copied());
    places.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn plan(genuine: usize, impostors: usize) -> Plan {
        let setting = Setting::Clean;
        Plan { genuine, impostors, attacks: 3, seed: 1, setting, target_fmr: 0.001 }
    }

    #[test]
    fn a_plan_gets_exactly_the_pairs_it_asks_for_each_once() {
        for (genuine, impostors) in [(1, 1), (60, 600), (10, 1_100), (100, 5)] {
            let plan = plan(genuine, impostors);
            let companies = companies(&plan);
            let (mut own, mut others, mut attacks) = (0, 0, 0);
            for index in 0..companies {
                let gathering = Gathering::of(&plan, index, companies, &|i| Ok(i.clone())).unwrap();
                assert!(
                    gathering.genuine.iter().all(|(photo, capture)| capture / CAPTURES == *photo)
                );
                assert!(
                    gathering.impostors.iter().all(|(photo, capture)| capture / CAPTURES != *photo)
                );
                assert_eq!(
                    gathering.impostors.iter().collect::<BTreeSet<_>>().len(),
                    gathering.impostors.len()
                );
                own += gathering.genuine.len();
                others += gathering.impostors.len();
                attacks += gathering.attacks.len();
            }
            assert_eq!((own, others, attacks), (genuine, impostors, 9));
        }
    }
}
