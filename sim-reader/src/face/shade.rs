//! The grey of one point of a face. Layers from back to front; coordinates from the centre, y down.
//!
//! Each layer is left out where it surely covers nothing, by a box around it: that saves most of the square roots.

use super::portrait::{Appearance, Brows, Eyes, Glasses, Mask, Mouth, Nose};
use super::uniform::ripple;

/// The grey at a point, 0 to 255, before light, lens and sensor.
pub(super) fn shade(face: &Appearance, x: f32, y: f32) -> f32 {
    let skull = head_coverage(face, x, y);
    let mut grey = if skull < 1.0 { behind(face, x, y) } else { 0.0 };
    if skull > 0.0 {
        grey = mix(grey, front(face, x, y), skull);
    }
    if let Some(mask) = &face.mask {
        grey = masked(face, mask, x, y, grey);
    }
    if let Some(glasses) = &face.glasses {
        grey = mix(grey, 40.0, glasses_coverage(glasses, &face.eyes, x, y));
    }
    grey
}

/// Background, shoulders, neck, hair behind the head and ears.
fn behind(face: &Appearance, x: f32, y: f32) -> f32 {
    let (head, hair) = (&face.head, &face.hair);
    let mut grey = if y > 19.0 { body(face, x, y) } else { face.tones.background };
    let (a, b) = (head.half_width + hair.volume * 0.7, head.half_height + hair.volume);
    if y < hair.side + 1.0 && within(x, a + 1.0) && within(y, b + 2.0) {
        let mane = covered(x, y, a, b, 0.2) * cover((y - hair.side) * 0.5);
        if mane > 0.0 {
            grey = mix(grey, strands(face, x, y), mane);
        }
    }
    let (dx, dy) = (x.abs() - head.half_width, y - face.eyes.y - 12.0);
    let (a, b) = (head.ear * 0.7, head.ear * 1.4);
    if within(dx, a + 1.0) && within(dy, b + 2.0) {
        grey = mix(grey, face.tones.skin * 0.86, cover(oval(dx, dy, a, b)));
        grey = mix(grey, face.tones.skin * 0.7, cover(oval(dx, dy, a * 0.5, b * 0.6)));
    }
    grey
}

/// Background, shoulders and neck, from the middle of the face down.
fn body(face: &Appearance, x: f32, y: f32) -> f32 {
    let (head, side) = (&face.head, x.abs());
    let shoulders = head.half_height + 18.0 + side * side * 0.003;
    let mut grey = mix(face.tones.background, face.tones.clothes, cover(shoulders - y));
    let neckline = shoulders + 16.0 - 0.55 * side;
    let collar = cover((y - neckline).abs() - 1.4) * cover(side - head.half_width * 0.5 - 3.0);
    grey = mix(grey, face.tones.clothes * 0.7, collar);
    let neck = cover(side - head.half_width * 0.5) * cover(20.0 - y) * cover(y - neckline);
    let shadow = ((y - head.half_height) / 26.0).clamp(0.0, 1.0);
    mix(grey, face.tones.skin * (0.66 + 0.2 * shadow), neck)
}

/// Hair falls from the parting to both sides.
fn strands(face: &Appearance, x: f32, y: f32) -> f32 {
    let along = x * 0.4 + x * y * 0.0012;
    let shine = 1.0 - ((y + face.hair.line + 22.0) / 14.0).abs();
    face.tones.hair * (0.75 + 0.5 * ripple(along, face.grain)) + 14.0 * shine.max(0.0)
}

fn head_coverage(face: &Appearance, x: f32, y: f32) -> f32 {
    let head = &face.head;
    if !within(x, head.half_width + 1.0) || !within(y, head.half_height + 4.0) {
        return 0.0;
    }
    let down = (y / head.half_height).max(0.0);
    let width = head.half_width * (1.0 - head.taper * down * down).max(0.3);
    covered(x, y, width, head.half_height, head.squareness)
}

/// Everything inside the outline of the head.
fn front(face: &Appearance, x: f32, y: f32) -> f32 {
    let mut grey = lines(face, x, y, skin(face, x, y));
    let hairline = -face.hair.line + face.hair.slant * x + face.hair.bow * x * x;
    if y < hairline + 0.5 {
        grey = mix(grey, strands(face, x, y), cover(y - hairline));
    }
    for mole in &face.moles {
        let (dx, dy) = (x - mole.x, y - mole.y);
        if mole.radius > 0.8 && within(dx, mole.radius + 1.0) && within(dy, mole.radius + 1.0) {
            grey = mix(grey, 70.0, cover(oval(dx, dy, mole.radius, mole.radius)));
        }
    }
    let eyes = &face.eyes;
    if (y - eyes.y).abs() < 48.0 {
        grey = brow(&face.brows, eyes, face.tones.hair, x, y, grey);
        grey = eye(eyes, x, y, grey);
    }
    let tip = eyes.y + face.nose.length;
    if y > eyes.y && y < tip + 8.0 {
        grey = nose(&face.nose, x, y - tip, grey);
    }
    let lips = tip + face.mouth.drop;
    if (y - lips).abs() < 28.0 {
        grey = mouth(&face.mouth, x, y - lips, grey);
    }
    grey
}

fn skin(face: &Appearance, x: f32, y: f32) -> f32 {
    let (across, along) = (x / face.head.half_width, y / face.head.half_height);
    let round = 1.0 - 0.22 * across * across - 0.10 * along * along;
    let chin = ((y - face.eyes.y - face.nose.length) / 30.0).clamp(0.0, 1.0);
    let (dx, dy) = (x.abs() - 30.0, y - 22.0);
    let cheek = if within(dx, 44.0) && within(dy, 36.0) {
        (1.0 - oval(dx, dy, 22.0, 18.0) / 18.0).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let spots = ripple(x * 0.21, face.grain) + ripple(y * 0.19, face.grain ^ 77) - 1.0;
    let light = round + 0.02 * cheek + 0.012 * spots;
    face.tones.skin * light * (1.0 - face.tones.beard * chin)
}

/// Across the forehead, from the nose to the corners of the mouth, and below the eyes.
fn lines(face: &Appearance, x: f32, y: f32, grey: f32) -> f32 {
    let Appearance { eyes, nose, mouth, brows, .. } = face;
    let (side, deep) = (x.abs(), 0.3 * face.lines);
    let brow = eyes.y - brows.lift - 9.0;
    if y < brow {
        let fold = (brow - y + 0.006 * x * x) % 7.5;
        let across = cover((fold - 4.0).abs() - 0.7) * ((30.0 - side) / 8.0).clamp(0.0, 1.0);
        return mix(grey, grey * (1.0 - deep), across);
    }
    let tip = eyes.y + nose.length;
    let down = (y - tip + 4.0) / (mouth.drop + 6.0);
    if (0.0..1.0).contains(&down) {
        let start = nose.half_width + 3.0;
        let fold = start + (mouth.half_width + 5.0 - start).max(2.0) * down;
        let fade = (4.0 * down.min(1.0 - down)).min(1.0);
        return mix(grey, grey * (0.97 - deep), cover((side - fold).abs() - 0.9) * fade);
    }
    let (dx, dy) = (side - eyes.half_distance, y - eyes.y - eyes.half_height);
    if dy > 1.0 && dy < 10.0 && within(dx, eyes.half_width) {
        let bag = (oval(dx, dy, eyes.half_width, 7.0)).abs() - 0.6;
        return mix(grey, grey * (1.0 - deep), cover(bag));
    }
    grey
}

/// The mask over whatever is drawn, its bands to the ears too.
fn masked(face: &Appearance, mask: &Mask, x: f32, y: f32, grey: f32) -> f32 {
    let head = &face.head;
    let top = face.eyes.y + mask.drop + 0.006 * x * x;
    if y < top - 1.0 || !within(x, head.half_width + 2.0) {
        return grey;
    }
    let bottom = head.half_height + 3.0 - 0.012 * x * x;
    let width = head.half_width * (0.93 - 0.25 * ((y - top) / (bottom - top)).clamp(0.0, 1.0));
    let cloth = cover(top - y) * cover(y - bottom) * cover(x.abs() - width);
    let pleat = 1.0 - 0.12 * cover(((y - top) % 15.0 - 12.0).abs() - 0.8);
    let round = 1.0 - 0.16 * (x / head.half_width) * (x / head.half_width);
    let grey = mix(grey, mask.tone * pleat * round, cloth);
    let band = (y - top - 5.0 + (x.abs() - width) * 0.5).abs() - 0.9;
    mix(grey, mask.tone * 0.9, cover(band) * cover(width - x.abs()))
}

fn brow(brows: &Brows, eyes: &Eyes, hair: f32, x: f32, y: f32, grey: f32) -> f32 {
    let along = x.abs() - eyes.half_distance - 1.0;
    if !within(along, brows.half_width + 0.5) {
        return grey;
    }
    let across = along / brows.half_width;
    let spine = eyes.y - brows.lift + brows.tilt * along + brows.arch * across * across;
    let band = (y - spine).abs() - brows.thickness * (1.2 - 0.6 * across);
    mix(grey, hair + 15.0, cover(band) * cover(along.abs() - brows.half_width))
}

fn eye(eyes: &Eyes, x: f32, y: f32, grey: f32) -> f32 {
    let side = x.abs() - eyes.half_distance;
    let (dx, dy) = (side, y - eyes.y);
    let tilted = dy + eyes.tilt * dx;
    if !within(dx, eyes.half_width + 12.0) || !within(tilted, eyes.half_height + 10.0) {
        return grey;
    }
    let socket = oval(dx, tilted, eyes.half_width + 6.0, eyes.half_height + 7.0);
    let mut grey = mix(grey, grey * (1.0 - eyes.shadow), cover(socket / 5.0));
    if !within(dx, eyes.half_width * 1.4) || !within(tilted, eyes.half_height + 2.0) {
        return grey;
    }
    let slit = oval(dx, tilted, eyes.half_width, eyes.half_height);
    grey = mix(grey, 60.0, cover(slit - if tilted < 0.0 { 2.2 } else { 1.2 }));
    let white = cover(slit);
    grey = mix(grey, 235.0, white);
    let iris = oval(dx, dy, eyes.iris, eyes.iris);
    mix(grey, eyes.iris_tone, cover(iris) * white.max(cover(slit - 1.4)))
}

/// `y` from the tip of the nose.
fn nose(nose: &Nose, x: f32, y: f32, grey: f32) -> f32 {
    if !within(x, nose.half_width + 6.0) {
        return grey;
    }
    let rise = (1.0 + y / nose.length).clamp(0.0, 1.0);
    let flank = (x.abs() - 2.5 - nose.half_width * 0.7 * rise).abs() / 3.0;
    let mut grey = grey * (1.0 - nose.ridge * (1.0 - flank).clamp(0.0, 1.0) * rise);
    let nostril = oval(x.abs() - nose.half_width * 0.55, y, nose.half_width * 0.32, 2.2);
    grey = mix(grey, 75.0, cover(nostril));
    let wing = oval(x, y + 1.0, nose.half_width, 6.0).abs() - 0.7;
    mix(grey, grey * 0.7, cover(wing) * cover(-y - 1.0))
}

/// `y` from the middle of the mouth.
fn mouth(mouth: &Mouth, x: f32, y: f32, grey: f32) -> f32 {
    if !within(x, mouth.half_width + 0.5) {
        return grey;
    }
    let across = x / mouth.half_width;
    let spine = mouth.curve * (0.5 - across * across);
    let thick = mouth.lip * (1.0 - across * across).max(0.0);
    let lips = (y - spine).abs() - thick;
    let between = cover(x.abs() - mouth.half_width);
    let lower = if y > spine { 0.06 } else { 0.0 };
    let grey = mix(grey, grey * (mouth.tone + lower), cover(lips) * between);
    let gap = (y - spine).abs() - 0.9;
    mix(grey, 60.0, cover(gap) * between)
}

fn glasses_coverage(glasses: &Glasses, eyes: &Eyes, x: f32, y: f32) -> f32 {
    let (dx, dy) = (x.abs() - eyes.half_distance, y - eyes.y - 2.0);
    if !within(dy, 26.0) || dx > glasses.half_width + 4.0 {
        return 0.0;
    }
    let width = glasses.half_width.min(eyes.half_distance - 3.0);
    let lens = ellipse(dx, dy, width, glasses.half_height, glasses.squareness);
    let rim = cover(lens.abs() - glasses.rim * 0.5);
    let bridge = cover((dy + 4.0).abs() - glasses.rim * 0.5) * cover(lens.min(0.0) - lens + 0.5);
    rim.max(bridge * cover(x.abs() - (eyes.half_distance - width)))
}

/// About the signed distance from a rounded shape with half axes `a` and `b`; negative inside.
fn ellipse(x: f32, y: f32, a: f32, b: f32, squareness: f32) -> f32 {
    let (u, v) = ((x / a) * (x / a), (y / b) * (y / b));
    let round = (u + v).sqrt();
    let boxy = (u * u + v * v).sqrt().sqrt();
    (round + (boxy - round) * squareness - 1.0) * a.min(b)
}

/// How much of a pixel lies inside a large [`ellipse`], half axes of 18 pixels and more; its roots are left out where they decide nothing.
fn covered(x: f32, y: f32, a: f32, b: f32, squareness: f32) -> f32 {
    let (u, v) = (x / a, y / b);
    // A boxy shape reaches from the round one at most by the fourth root of 2: within 0.9 is inside of any, beyond 1.6 outside.
    match u * u + v * v {
        ..0.9 => 1.0,
        1.6.. => 0.0,
        _ => cover(ellipse(x, y, a, b, squareness)),
    }
}

/// About the signed distance from a shape that is not square at all.
fn oval(x: f32, y: f32, a: f32, b: f32) -> f32 {
    let (u, v) = (x / a, y / b);
    ((u * u + v * v).sqrt() - 1.0) * a.min(b)
}

fn within(position: f32, reach: f32) -> bool {
    position.abs() <= reach
}

/// How much of a pixel lies inside when its centre is `distance` outside the edge.
fn cover(distance: f32) -> f32 {
    (0.5 - distance).clamp(0.0, 1.0)
}

fn mix(below: f32, above: f32, coverage: f32) -> f32 {
    below + (above - below) * coverage
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is left out of the roots must be what they would have said, also for the narrowest chin.
        #[test]
        fn a_large_shape_is_covered_as_its_roots_say(
            (a, b) in (18.0f32..130.0, 60.0f32..130.0),
            (x, y) in (-2.0f32..2.0, -2.0f32..2.0),
            squareness in 0.0f32..=1.0,
        ) {
            let (x, y) = (x * a, y * b);
            prop_assert_eq!(covered(x, y, a, b, squareness), cover(ellipse(x, y, a, b, squareness)));
        }
    }
}
