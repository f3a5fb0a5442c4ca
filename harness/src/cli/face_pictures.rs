//! `madoguchi face draw`: the chip photo, each condition and each attack of some people, as PNG, and all on one sheet.

use std::path::Path;

use image::ImageEncoder as _;
use sim_reader::face::capture::capture;
use sim_reader::face::portrait::draw;
use sim_reader::face::{Appearance, Attack, Company, Conditions, GreyImage, Setting};

use super::{Failure, say, write};
use crate::error::BenchError;

/// Draws `people` members of the company of `seed` into the folder `out`.
pub fn draw_all(seed: u64, people: u64, out: &Path) -> Result<u8, Failure> {
    let company = Company::from_seed(seed);
    let mut rows = Vec::new();
    for nth in 0..people {
        let face = company.person(seed.wrapping_add(nth));
        let pictures = pictures(&company, &face, seed.wrapping_add(nth));
        for (name, picture) in &pictures {
            write(&out.join(format!("person-{nth:02}-{name}.png")), &png(picture)?)?;
        }
        rows.push(pictures.into_iter().map(|(_, picture)| picture).collect::<Vec<_>>());
    }
    write(&out.join("sheet.png"), &png(&sheet(&rows))?)?;
    say(format_args!("written to {}; sheet.png shows them all, one person a row", out.display()));
    Ok(0)
}

/// The portrait, then every condition, then every attack.
fn pictures(company: &Company, face: &Appearance, seed: u64) -> Vec<(&'static str, GreyImage)> {
    let mut pictures = vec![("photo", draw(face))];
    for setting in Setting::ALL {
        let twin = company.twin(seed, 1);
        let shown = if setting == Setting::Twins { &twin } else { face };
        pictures.push((setting.name(), capture(shown, &setting.conditions(seed))));
    }
    for attack in Attack::ALL {
        let conditions = Conditions { attack: Some(attack), ..Conditions::clean(seed) };
        pictures.push((attack.name(), capture(face, &conditions)));
    }
    pictures
}

/// Rows of pictures side by side.
fn sheet(rows: &[Vec<GreyImage>]) -> GreyImage {
    let all = || rows.iter().flatten();
    let width = all().map(|picture| picture.width).max().unwrap_or(0);
    let height = all().map(|picture| picture.height).max().unwrap_or(0);
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut pixels = Vec::new();
    for row in rows {
        for y in 0..i64::from(height) {
            for picture in row {
                pixels.extend((0..i64::from(width)).map(|x| picture.at(x, y)));
            }
        }
    }
    let count = |length: usize| u32::try_from(length).unwrap_or(0);
    GreyImage { width: width * count(columns), height: height * count(rows.len()), pixels }
}

fn png(picture: &GreyImage) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(&picture.pixels, picture.width, picture.height, image::ExtendedColorType::L8)
        .map_err(|error| BenchError::setup("pictures", error))?;
    Ok(bytes)
}
