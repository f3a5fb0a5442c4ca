//! The grey of eight pixels of a face that lie side by side. Layers from back to front; coordinates from the centre, y down.
//!
//! Each layer is left out where it surely covers nothing, by a box around it: that saves most of the square roots.

use super::lanes::{Lanes, cover, mix, only, remainder, ripple, unit, within};
use super::portrait::{Appearance, Brows, Eyes, Glasses, Mask, Mouth, Nose};

/// The greys at points, 0 to 255, before light, lens and sensor.
pub(super) fn shade(face: &Appearance, x: Lanes, y: Lanes) -> Lanes {
    let skull = head_coverage(face, x, y);
    let grey = only(skull.simd_lt(1.0), Lanes::ZERO, |_| behind(face, x, y));
    let mut grey = only(skull.simd_gt(0.0), grey, |grey| mix(grey, front(face, x, y), skull));
    if let Some(mask) = &face.mask {
        grey = masked(face, mask, x, y, grey);
    }
    if let Some(glasses) = &face.glasses {
        grey = mix(grey, 40.0, glasses_coverage(glasses, &face.eyes, x, y));
    }
    grey
}

/// Background, shoulders, neck, hair behind the head and ears.
fn behind(face: &Appearance, x: Lanes, y: Lanes) -> Lanes {
    let (head, hair) = (&face.head, &face.hair);
    let background = Lanes::splat(face.tones.background);
    let grey = only(y.simd_gt(19.0), background, |grey| body(face, x, y, grey));
    let (a, b) = (head.half_width + hair.volume * 0.7, head.half_height + hair.volume);
    let near = y.simd_lt(hair.side + 1.0) & within(x, a + 1.0) & within(y, b + 2.0);
    let grey = only(near, grey, |grey| {
        let mane = covered(x, y, a.into(), b, 0.2) * cover((y - hair.side) * 0.5);
        only(mane.simd_gt(0.0), grey, |grey| mix(grey, strands(face, x, y), mane))
    });
    let (dx, dy) = (x.abs() - head.half_width, y - face.eyes.y - 12.0);
    let (a, b) = (head.ear * 0.7, head.ear * 1.4);
    only(within(dx, a + 1.0) & within(dy, b + 2.0), grey, |grey| {
        let ear = mix(grey, face.tones.skin * 0.86, cover(oval(dx, dy, a, b)));
        mix(ear, face.tones.skin * 0.7, cover(oval(dx, dy, a * 0.5, b * 0.6)))
    })
}

/// Shoulders and neck over the background, from the middle of the face down.
fn body(face: &Appearance, x: Lanes, y: Lanes, background: Lanes) -> Lanes {
    let (head, side) = (&face.head, x.abs());
    let shoulders = head.half_height + 18.0 + side * side * 0.003;
    let grey = mix(background, face.tones.clothes, cover(shoulders - y));
    let neckline = shoulders + 16.0 - 0.55 * side;
    let collar = cover((y - neckline).abs() - 1.4) * cover(side - head.half_width * 0.5 - 3.0);
    let grey = mix(grey, face.tones.clothes * 0.7, collar);
    let neck = cover(side - head.half_width * 0.5) * cover(20.0 - y) * cover(y - neckline);
    let shadow = unit((y - head.half_height) / 26.0);
    mix(grey, face.tones.skin * (0.66 + 0.2 * shadow), neck)
}

/// Hair falls from the parting to both sides.
fn strands(face: &Appearance, x: Lanes, y: Lanes) -> Lanes {
    let along = x * 0.4 + x * y * 0.0012;
    let shine = 1.0 - ((y + face.hair.line + 22.0) / 14.0).abs();
    face.tones.hair * (0.75 + 0.5 * ripple(along, face.grain)) + 14.0 * shine.fast_max(Lanes::ZERO)
}

fn head_coverage(face: &Appearance, x: Lanes, y: Lanes) -> Lanes {
    let head = &face.head;
    let near = within(x, head.half_width + 1.0) & within(y, head.half_height + 4.0);
    only(near, Lanes::ZERO, |_| {
        let down = (y / head.half_height).fast_max(Lanes::ZERO);
        let narrow = (1.0 - head.taper * down * down).fast_max(Lanes::splat(0.3));
        covered(x, y, head.half_width * narrow, head.half_height, head.squareness)
    })
}

/// Everything inside the outline of the head.
fn front(face: &Appearance, x: Lanes, y: Lanes) -> Lanes {
    let mut grey = lines(face, x, y, skin(face, x, y));
    let hairline = -face.hair.line + face.hair.slant * x + face.hair.bow * x * x;
    grey = only(y.simd_lt(hairline + 0.5), grey, |grey| {
        mix(grey, strands(face, x, y), cover(y - hairline))
    });
    for mole in face.moles.iter().filter(|mole| mole.radius > 0.8) {
        let (dx, dy) = (x - mole.x, y - mole.y);
        let near = within(dx, mole.radius + 1.0) & within(dy, mole.radius + 1.0);
        grey =
            only(near, grey, |grey| mix(grey, 70.0, cover(oval(dx, dy, mole.radius, mole.radius))));
    }
    let eyes = &face.eyes;
    grey = only((y - eyes.y).abs().simd_lt(48.0), grey, |grey| {
        eye(eyes, x, y, brow(&face.brows, eyes, face.tones.hair, x, y, grey))
    });
    let tip = eyes.y + face.nose.length;
    let near = y.simd_gt(eyes.y) & y.simd_lt(tip + 8.0);
    grey = only(near, grey, |grey| nose(&face.nose, x, y - tip, grey));
    let lips = tip + face.mouth.drop;
    only((y - lips).abs().simd_lt(28.0), grey, |grey| mouth(&face.mouth, x, y - lips, grey))
}

fn skin(face: &Appearance, x: Lanes, y: Lanes) -> Lanes {
    let (across, along) = (x / face.head.half_width, y / face.head.half_height);
    let round = 1.0 - 0.22 * across * across - 0.10 * along * along;
    let chin = unit((y - face.eyes.y - face.nose.length) / 30.0);
    let (dx, dy) = (x.abs() - 30.0, y - 22.0);
    let cheek = only(within(dx, 44.0) & within(dy, 36.0), Lanes::ZERO, |_| {
        unit(1.0 - oval(dx, dy, 22.0, 18.0) / 18.0)
    });
    let spots = ripple(x * 0.21, face.grain) + ripple(y * 0.19, face.grain ^ 77) - 1.0;
    let light = round + 0.02 * cheek + 0.012 * spots;
    face.tones.skin * light * (1.0 - face.tones.beard * chin)
}

/// Across the forehead, from the nose to the corners of the mouth, and below the eyes: one of them at any point.
fn lines(face: &Appearance, x: Lanes, y: Lanes, grey: Lanes) -> Lanes {
    let Appearance { eyes, nose, mouth, brows, .. } = face;
    let (side, deep) = (x.abs(), 0.3 * face.lines);
    let brow = eyes.y - brows.lift - 9.0;
    let forehead = y.simd_lt(brow);
    let lined = only(forehead & side.simd_lt(30.0), grey, |grey| {
        let fold = remainder(brow - y + 0.006 * x * x, 7.5);
        let across = cover((fold - 4.0).abs() - 0.7) * unit((30.0 - side) / 8.0);
        mix(grey, grey * (1.0 - deep), across)
    });
    let tip = eyes.y + nose.length;
    let down = (y - tip + 4.0) / (mouth.drop + 6.0);
    let cheeks = down.simd_ge(0.0) & down.simd_lt(1.0) & !forehead;
    let lined = only(cheeks, lined, |grey| {
        let start = nose.half_width + 3.0;
        let fold = start + (mouth.half_width + 5.0 - start).max(2.0) * down;
        let fade = (4.0 * down.fast_min(1.0 - down)).fast_min(Lanes::ONE);
        mix(grey, grey * (0.97 - deep), cover((side - fold).abs() - 0.9) * fade)
    });
    let (dx, dy) = (side - eyes.half_distance, y - eyes.y - eyes.half_height);
    let below = dy.simd_gt(1.0) & dy.simd_lt(10.0) & within(dx, eyes.half_width);
    only(below & !(forehead | cheeks), lined, |grey| {
        let bag = oval(dx, dy, eyes.half_width, 7.0).abs() - 0.6;
        mix(grey, grey * (1.0 - deep), cover(bag))
    })
}

/// The mask over whatever is drawn, its bands to the ears too.
fn masked(face: &Appearance, mask: &Mask, x: Lanes, y: Lanes, grey: Lanes) -> Lanes {
    let head = &face.head;
    let top = face.eyes.y + mask.drop + 0.006 * x * x;
    only(y.simd_ge(top - 1.0) & within(x, head.half_width + 2.0), grey, |grey| {
        let bottom = head.half_height + 3.0 - 0.012 * x * x;
        let width = head.half_width * (0.93 - 0.25 * unit((y - top) / (bottom - top)));
        let cloth = cover(top - y) * cover(y - bottom) * cover(x.abs() - width);
        let pleat = 1.0 - 0.12 * cover((remainder(y - top, 15.0) - 12.0).abs() - 0.8);
        let round = 1.0 - 0.16 * (x / head.half_width) * (x / head.half_width);
        let grey = mix(grey, mask.tone * pleat * round, cloth);
        let band = (y - top - 5.0 + (x.abs() - width) * 0.5).abs() - 0.9;
        mix(grey, mask.tone * 0.9, cover(band) * cover(width - x.abs()))
    })
}

fn brow(brows: &Brows, eyes: &Eyes, hair: f32, x: Lanes, y: Lanes, grey: Lanes) -> Lanes {
    let along = x.abs() - eyes.half_distance - 1.0;
    only(within(along, brows.half_width + 0.5), grey, |grey| {
        let across = along / brows.half_width;
        let spine = eyes.y - brows.lift + brows.tilt * along + brows.arch * across * across;
        let band = (y - spine).abs() - brows.thickness * (1.2 - 0.6 * across);
        mix(grey, hair + 15.0, cover(band) * cover(along.abs() - brows.half_width))
    })
}

fn eye(eyes: &Eyes, x: Lanes, y: Lanes, grey: Lanes) -> Lanes {
    let side = x.abs() - eyes.half_distance;
    let (dx, dy) = (side, y - eyes.y);
    let tilted = dy + eyes.tilt * dx;
    let near = within(dx, eyes.half_width + 12.0) & within(tilted, eyes.half_height + 10.0);
    let grey = only(near, grey, |grey| {
        let socket = oval(dx, tilted, eyes.half_width + 6.0, eyes.half_height + 7.0);
        mix(grey, grey * (1.0 - eyes.shadow), cover(socket / 5.0))
    });
    let at = near & within(dx, eyes.half_width * 1.4) & within(tilted, eyes.half_height + 2.0);
    only(at, grey, |grey| {
        let slit = oval(dx, tilted, eyes.half_width, eyes.half_height);
        let rim = tilted.simd_lt(0.0).bitselect(Lanes::splat(2.2), Lanes::splat(1.2));
        let white = cover(slit);
        let grey = mix(mix(grey, 60.0, cover(slit - rim)), 235.0, white);
        let iris = oval(dx, dy, eyes.iris, eyes.iris);
        mix(grey, eyes.iris_tone, cover(iris) * white.fast_max(cover(slit - 1.4)))
    })
}

/// `y` from the tip of the nose.
fn nose(nose: &Nose, x: Lanes, y: Lanes, grey: Lanes) -> Lanes {
    only(within(x, nose.half_width + 6.0), grey, |grey| {
        let rise = unit(1.0 + y / nose.length);
        let flank = (x.abs() - 2.5 - nose.half_width * 0.7 * rise).abs() / 3.0;
        let grey = grey * (1.0 - nose.ridge * unit(1.0 - flank) * rise);
        let nostril = oval(x.abs() - nose.half_width * 0.55, y, nose.half_width * 0.32, 2.2);
        let grey = mix(grey, 75.0, cover(nostril));
        let wing = oval(x, y + 1.0, nose.half_width, 6.0).abs() - 0.7;
        mix(grey, grey * 0.7, cover(wing) * cover(-y - 1.0))
    })
}

/// `y` from the middle of the mouth.
fn mouth(mouth: &Mouth, x: Lanes, y: Lanes, grey: Lanes) -> Lanes {
    only(within(x, mouth.half_width + 0.5), grey, |grey| {
        let across = x / mouth.half_width;
        let spine = mouth.curve * (0.5 - across * across);
        let thick = mouth.lip * (1.0 - across * across).fast_max(Lanes::ZERO);
        let lips = (y - spine).abs() - thick;
        let between = cover(x.abs() - mouth.half_width);
        let lower = y.simd_gt(spine).bitselect(Lanes::splat(0.06), Lanes::ZERO);
        let grey = mix(grey, grey * (mouth.tone + lower), cover(lips) * between);
        let gap = (y - spine).abs() - 0.9;
        mix(grey, 60.0, cover(gap) * between)
    })
}

fn glasses_coverage(glasses: &Glasses, eyes: &Eyes, x: Lanes, y: Lanes) -> Lanes {
    let (dx, dy) = (x.abs() - eyes.half_distance, y - eyes.y - 2.0);
    only(within(dy, 26.0) & dx.simd_le(glasses.half_width + 4.0), Lanes::ZERO, |_| {
        let width = glasses.half_width.min(eyes.half_distance - 3.0);
        let lens = ellipse(dx, dy, width.into(), glasses.half_height, glasses.squareness);
        let rim = cover(lens.abs() - glasses.rim * 0.5);
        let gap = cover(lens.fast_min(Lanes::ZERO) - lens + 0.5);
        let bridge = cover((dy + 4.0).abs() - glasses.rim * 0.5) * gap;
        rim.fast_max(bridge * cover(x.abs() - (eyes.half_distance - width)))
    })
}

/// About the signed distance from a rounded shape with half axes `a` and `b`; negative inside.
fn ellipse(x: Lanes, y: Lanes, a: Lanes, b: f32, squareness: f32) -> Lanes {
    let (u, v) = ((x / a) * (x / a), (y / b) * (y / b));
    let round = (u + v).sqrt();
    let boxy = (u * u + v * v).sqrt().sqrt();
    (round + (boxy - round) * squareness - 1.0) * a.fast_min(b.into())
}

/// How much of a pixel lies inside a large [`ellipse`], half axes of 18 pixels and more; its roots are left out where they decide nothing.
fn covered(x: Lanes, y: Lanes, a: Lanes, b: f32, squareness: f32) -> Lanes {
    let (u, v) = (x / a, y / b);
    let square = u * u + v * v;
    // A boxy shape reaches from the round one at most by the fourth root of 2: within 0.9 is inside of any, beyond 1.6 outside.
    let inside = square.simd_lt(0.9).bitselect(Lanes::ONE, Lanes::ZERO);
    let edge = square.simd_ge(0.9) & square.simd_lt(1.6);
    only(edge, inside, |_| cover(ellipse(x, y, a, b, squareness)))
}

/// About the signed distance from a shape that is not square at all.
fn oval(x: Lanes, y: Lanes, a: f32, b: f32) -> Lanes {
    let (u, v) = (x / a, y / b);
    ((u * u + v * v).sqrt() - 1.0) * a.min(b)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;

    use super::super::{Conditions, change::changed};
    use super::*;

    proptest! {
        /// No pixel may come out otherwise because of who its neighbours are.
        #[test]
        fn a_pixel_is_the_same_beside_any_others(
            seed: u64,
            (glasses, mask, years) in (any::<bool>(), any::<bool>(), 0.0f32..60.0),
            x in prop::array::uniform8(-130.0f32..130.0),
            y in prop::array::uniform8(-170.0f32..170.0),
        ) {
            let conditions = Conditions { glasses, mask, years, ..Conditions::poor(seed) };
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let face = changed(&Appearance::from_seed(seed), &conditions, &mut rng);
            let together = shade(&face, x.into(), y.into()).to_array();
            for ((x, y), grey) in x.into_iter().zip(y).zip(together) {
                prop_assert_eq!(shade(&face, x.into(), y.into()).to_array()[0], grey, "{}, {}", x, y);
            }
        }

        /// Whatever is left out of the roots must be what they would have said, also for the narrowest chin.
        #[test]
        fn a_large_shape_is_covered_as_its_roots_say(
            (a, b) in (18.0f32..130.0, 60.0f32..130.0),
            (x, y) in (prop::array::uniform8(-2.0f32..2.0), -2.0f32..2.0),
            squareness in 0.0f32..=1.0,
        ) {
            let (x, y, a) = (Lanes::from(x) * a, Lanes::splat(y * b), Lanes::splat(a));
            prop_assert_eq!(covered(x, y, a, b, squareness), cover(ellipse(x, y, a, b, squareness)));
        }
    }
}
