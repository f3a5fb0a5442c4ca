//! People from a seed: companies whose members are of like age, sex and colouring, and twins.
//!
//! Telling strangers apart is easy when one is old and fair and the other young and dark. Whoever
//! measures a comparison takes both from one company.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::portrait::{
    Appearance, Brows, Eyes, Glasses, Hair, Head, Mole, Mouth, Nose, Sex, Tones,
};
use super::uniform::uniform;

/// How far a twin is on the way to a stranger of the same company.
const TWIN: f32 = 0.12;

/// What people of like age, sex, colouring and hairdress have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    sex: Sex,
    age: f32,
    skin: f32,
    hair_tone: f32,
    iris_tone: f32,
    beard: f32,
    hair: Hair,
    glasses: bool,
}

impl Appearance {
    /// The face of a seed; the same seed is the same face.
    pub fn from_seed(seed: u64) -> Self {
        Company::from_seed(seed).person(seed)
    }
}

impl Company {
    /// The company of a seed.
    pub fn from_seed(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x636f_6d70_616e_7900);
        let mut pick = |low: f32, high: f32| uniform(&mut rng, low, high);
        let sex = if pick(0.0, 1.0) < 0.5 { Sex::Female } else { Sex::Male };
        let age = pick(18.0, 90.0);
        let grey = ((age - 45.0) / 45.0).max(0.0) * pick(0.0, 1.0);
        let (side, beard, receding) = match sex {
            Sex::Female => (pick(20.0, 110.0), pick(-1.0, 0.0), 0.0),
            Sex::Male => (pick(-30.0, 25.0), pick(-0.3, 0.3), ((age - 35.0) / 55.0).max(0.0)),
        };
        Self {
            sex,
            age,
            skin: pick(178.0, 222.0),
            hair_tone: pick(15.0, 75.0) + 120.0 * grey,
            iris_tone: pick(15.0, 60.0),
            beard: beard.max(0.0),
            hair: Hair {
                line: pick(38.0, 62.0) + 14.0 * receding,
                slant: pick(-0.22, 0.22),
                bow: pick(-0.003, 0.008),
                volume: pick(6.0, 22.0) * (1.0 - 0.5 * receding),
                side,
            },
            glasses: pick(0.0, 1.0) < 0.22,
        }
    }

    /// A member; the same seed is the same member.
    pub fn person(&self, seed: u64) -> Appearance {
        let mut rng = stream(seed);
        self.member(&mut |low, high| uniform(&mut rng, low, high))
    }

    /// One of the identical twins (triplets, …) who share the seed `birth`.
    pub fn twin(&self, birth: u64, which: u64) -> Appearance {
        let (mut shared, mut own) = (stream(birth), stream(birth.rotate_left(32) ^ which));
        self.member(&mut |low, high| {
            let (shared, own) = (uniform(&mut shared, low, high), uniform(&mut own, low, high));
            shared + TWIN * (own - shared)
        })
    }

    /// A member whose features `pick` draws from their ranges.
    fn member(&self, pick: &mut dyn FnMut(f32, f32) -> f32) -> Appearance {
        let age = self.age + pick(-3.0, 3.0);
        Appearance {
            sex: self.sex,
            age,
            lines: ((age - 28.0) / 55.0).clamp(0.0, 1.0) * pick(0.6, 1.0),
            #[expect(clippy::cast_possible_truncation, reason = "any whole number will do")]
            grain: pick(0.0, 65_000.0) as u32,
            tones: Tones {
                background: pick(225.0, 245.0),
                skin: self.skin + pick(-8.0, 8.0),
                hair: self.hair_tone + pick(-8.0, 8.0),
                clothes: pick(30.0, 170.0),
                beard: if self.beard > 0.0 { self.beard + pick(-0.05, 0.05) } else { 0.0 },
            },
            head: head(self.sex, pick),
            hair: hair(&self.hair, pick),
            eyes: eyes(self.iris_tone, pick),
            brows: brows(self.sex, pick),
            nose: Nose {
                length: pick(24.0, 42.0),
                half_width: pick(6.5, 13.5),
                ridge: pick(0.03, 0.22),
            },
            mouth: Mouth {
                drop: pick(13.0, 26.0),
                half_width: pick(14.0, 28.0),
                lip: pick(2.0, 7.0),
                curve: pick(-6.0, 7.0),
                tone: pick(0.5, 0.85),
            },
            moles: [(); 2].map(|()| Mole {
                x: pick(-45.0, 45.0),
                y: pick(10.0, 60.0),
                radius: pick(-2.5, 2.6),
            }),
            glasses: self.glasses.then(|| glasses(pick)),
            mask: None,
        }
    }
}

fn stream(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed ^ 0x6d61_646f_6775_6368)
}

fn head(sex: Sex, pick: &mut dyn FnMut(f32, f32) -> f32) -> Head {
    let (narrower, rounder) = match sex {
        Sex::Female => (2.0, 0.1),
        Sex::Male => (0.0, 0.0),
    };
    Head {
        half_width: pick(60.0, 76.0) - narrower,
        half_height: pick(82.0, 102.0),
        squareness: (pick(0.0, 0.55) - rounder).max(0.0),
        taper: pick(0.05, 0.34),
        ear: pick(7.0, 14.0),
    }
}

/// Near the hairdress of the company.
fn hair(common: &Hair, pick: &mut dyn FnMut(f32, f32) -> f32) -> Hair {
    Hair {
        line: common.line + pick(-4.0, 4.0),
        slant: common.slant + pick(-0.05, 0.05),
        bow: common.bow + pick(-0.001, 0.001),
        volume: common.volume + pick(-2.0, 2.0),
        side: common.side + pick(-6.0, 6.0),
    }
}

fn eyes(iris_tone: f32, pick: &mut dyn FnMut(f32, f32) -> f32) -> Eyes {
    Eyes {
        half_distance: pick(26.0, 33.0),
        y: pick(-16.0, -2.0),
        half_width: pick(11.0, 15.5),
        half_height: pick(5.2, 8.4),
        tilt: pick(-0.2, 0.2),
        iris: pick(4.8, 6.0),
        iris_tone,
        shadow: pick(0.0, 0.25),
    }
}

fn brows(sex: Sex, pick: &mut dyn FnMut(f32, f32) -> f32) -> Brows {
    let thinner = match sex {
        Sex::Female => 0.7,
        Sex::Male => 1.0,
    };
    Brows {
        lift: pick(13.0, 22.0),
        half_width: pick(12.0, 19.0),
        thickness: pick(2.0, 5.0) * thinner,
        tilt: pick(-0.28, 0.28),
        arch: pick(-1.0, 6.0),
    }
}

pub(super) fn glasses(pick: &mut dyn FnMut(f32, f32) -> f32) -> Glasses {
    Glasses {
        half_width: pick(18.0, 23.0),
        half_height: pick(12.0, 19.0),
        squareness: pick(0.0, 1.0),
        rim: pick(1.0, 2.6),
    }
}

#[cfg(test)]
mod tests {
    use super::super::portrait::draw;
    use super::*;

    /// Mean difference of two portraits in grey levels.
    fn difference(one: &Appearance, other: &Appearance) -> f64 {
        let (one, other) = (draw(one), draw(other));
        let sum: u64 =
            one.pixels.iter().zip(&other.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / one.pixels.len() as f64
    }

    #[test]
    fn members_of_a_company_are_of_like_age_sex_and_colouring() {
        for company in (0..20).map(Company::from_seed) {
            for person in (0..20).map(|seed| company.person(seed)) {
                assert_eq!(person.sex, company.sex);
                assert!((person.age - company.age).abs() <= 3.0);
                assert!((person.tones.skin - company.skin).abs() <= 8.0);
                assert!((person.tones.hair - company.hair_tone).abs() <= 8.0);
                assert_eq!(person.glasses.is_some(), company.glasses);
            }
        }
    }

    #[test]
    fn twins_are_nearer_than_companions_and_companions_than_strangers() {
        let mean = |other: &dyn Fn(u64) -> Appearance| {
            let pairs = (0..12).map(|n| difference(&Company::from_seed(n).twin(n, 0), &other(n)));
            pairs.sum::<f64>() / 12.0
        };
        let twins = mean(&|n| Company::from_seed(n).twin(n, 1));
        let companions = mean(&|n| Company::from_seed(n).person(n + 100));
        let strangers = mean(&|n| Appearance::from_seed(n + 100));
        assert!(0.2 < twins && twins < 0.8 * companions, "{twins} {companions}");
        assert!(companions < 0.8 * strangers, "{companions} {strangers}");
    }
}
