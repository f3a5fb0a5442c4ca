//! What differs between the day of the photo and the day at the counter, before any camera sees it.

use rand_chacha::ChaCha8Rng;

use super::Conditions;
use super::likeness::glasses;
use super::portrait::{Appearance, Mask, Sex};
use super::uniform::uniform;

/// The person as they stand at the counter.
pub(super) fn changed(
    face: &Appearance,
    conditions: &Conditions,
    rng: &mut ChaCha8Rng,
) -> Appearance {
    let mut face = face.clone();
    dress(&mut face, conditions.day, rng);
    grow_older(&mut face, conditions.years, rng);
    let mut pick = |low: f32, high: f32| uniform(rng, low, high);
    if conditions.glasses {
        face.glasses = if face.glasses.is_some() { None } else { Some(glasses(&mut pick)) };
    }
    if conditions.mask {
        face.mask = Some(Mask { drop: pick(12.0, 20.0), tone: pick(190.0, 240.0) });
    }
    face
}

/// Another room, other clothes, the hair as it happens to be, another mood.
fn dress(face: &mut Appearance, strength: f32, rng: &mut ChaCha8Rng) {
    let mut around = |reach: f32| uniform(rng, -reach, reach) * strength;
    let Appearance { tones, hair, eyes, brows, mouth, .. } = face;
    tones.background += (around(70.0) + 165.0 - tones.background) * strength;
    tones.clothes += (around(75.0) + 100.0 - tones.clothes) * strength;
    hair.volume = (hair.volume + around(5.0)).max(2.0);
    hair.side += around(16.0);
    hair.line += around(5.0);
    hair.slant += around(0.08);
    eyes.half_height *= 1.0 + around(0.1);
    brows.lift += around(1.0);
    mouth.curve += around(2.5);
    mouth.half_width += around(1.2);
    if tones.beard > 0.0 {
        tones.beard = (tones.beard + around(0.08)).max(0.0);
    }
}

/// Hair turns grey and recedes, lines deepen, the face gains or loses weight, the lips thin.
fn grow_older(face: &mut Appearance, years: f32, rng: &mut ChaCha8Rng) {
    let mut pick = |low: f32, high: f32| uniform(rng, low, high);
    let (greying, receding, weight) = (pick(0.5, 2.5), pick(0.0, 0.9), pick(-0.35, 0.45));
    let Appearance { tones, head, hair, mouth, eyes, .. } = face;
    let late = ((face.age + years - 40.0) / 10.0).clamp(0.0, years / 10.0);
    tones.hair += 10.0 * greying * late;
    if face.sex == Sex::Male {
        hair.line += receding * years;
    }
    face.lines = (face.lines + years / 60.0).min(1.0);
    head.half_width += weight * years;
    head.taper = (head.taper - 0.006 * weight * years).max(0.0);
    mouth.lip = (mouth.lip - 0.05 * years).max(1.0);
    eyes.half_height = (eyes.half_height - 0.03 * years).max(4.6);
    eyes.shadow += 0.006 * years;
    face.age += years;
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    fn at_counter(conditions: &Conditions) -> (Appearance, Appearance) {
        let face = Appearance::from_seed(3);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let then = changed(&face, conditions, &mut rng);
        (face, then)
    }

    #[test]
    fn nothing_changes_without_a_condition() {
        let (face, then) = at_counter(&Conditions::none(1));
        assert_eq!(face, then);
    }

    #[test]
    fn each_condition_changes_its_own() {
        let (face, then) = at_counter(&Conditions { day: 1.0, ..Conditions::none(1) });
        assert_ne!(face.tones.clothes, then.tones.clothes);
        assert_eq!((&face.nose, face.lines), (&then.nose, then.lines));
        let (face, then) = at_counter(&Conditions { years: 10.0, ..Conditions::none(1) });
        assert!(then.age - face.age > 9.9 && then.lines > face.lines && then.nose == face.nose);
        let (face, then) = at_counter(&Conditions { glasses: true, ..Conditions::none(1) });
        assert_ne!(face.glasses.is_some(), then.glasses.is_some());
        let (_, then) = at_counter(&Conditions { mask: true, ..Conditions::none(1) });
        assert!(then.mask.is_some());
    }
}
