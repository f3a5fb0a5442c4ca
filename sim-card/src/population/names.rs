//! Names of citizens, all visibly fictitious.

use super::draw::Draw;
use super::kana::half_width;
use super::life::Sex;
use super::oddity::Oddity;
use super::spelling::{BEYOND, OUTSIDE, PRIVATE_USE, Rare, SUPPLEMENTARY, Spelling, VARIATIONS};
use super::words::{ENDINGS, FOREIGN_GIVEN, FOREIGN_ROOTS, MEN, ROOTS, UNEXPECTED, WOMEN, Word};

/// Between the parts of a name.
const SPACE: &str = "\u{3000}";
/// Most characters a name has (bench profile; no published limit).
pub const NAME_LIMIT: usize = 100;

/// How a citizen is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitizenName {
    /// 氏名, parts separated by U+3000; a name of one word has no separator.
    pub name: Spelling,
    /// 氏名の振り仮名 in katakana of full width, parts separated by U+3000.
    pub kana: String,
    /// The reading other registers hold, when it differs.
    pub kana_elsewhere: Option<String>,
    /// The name in Latin capitals, of those whose name is written so.
    pub romaji: Option<String>,
    /// 通称, registered beside a foreign name.
    pub common_name: Option<String>,
    /// 旧氏, registered beside the name.
    pub former_surname: Option<String>,
}

impl CitizenName {
    /// The reading in half width, a space between the parts.
    pub fn half_width_kana(&self) -> String {
        half_width(&self.kana)
    }

    /// The name as the card's front shows it: 旧氏 behind the family name and 通称 behind the name, in brackets (bench profile for the latter).
    pub fn printed(&self) -> String {
        let written = &self.name.written;
        match (&self.former_surname, &self.common_name, written.split_once(SPACE)) {
            (Some(former), _, Some((family, given))) => {
                format!("{family}［{former}］{SPACE}{given}")
            }
            (_, Some(common), _) => format!("{written}［{common}］"),
            _ => written.clone(),
        }
    }

    fn plain(name: Spelling, kana: String) -> Self {
        Self {
            name,
            kana,
            kana_elsewhere: None,
            romaji: None,
            common_name: None,
            former_surname: None,
        }
    }
}

/// The name of a citizen with at most one oddity.
pub(super) fn name(draw: Draw, oddity: Option<Oddity>, birth_year: i16, sex: Sex) -> CitizenName {
    let given = given(draw, birth_year, sex);
    let ordinary = || japanese(family(draw), given);
    let rare = |pool: &[Rare]| with_rare(draw, draw.pick("rare kanji", pool), given);
    match oddity {
        Some(Oddity::VariationSelector) => rare(&VARIATIONS),
        Some(Oddity::OutsideJis) => rare(&OUTSIDE),
        Some(Oddity::SupplementaryKanji) => rare(&SUPPLEMENTARY),
        Some(Oddity::BeyondBasicPlane) => rare(&BEYOND),
        Some(Oddity::PrivateUse) => rare(&PRIVATE_USE),
        Some(Oddity::ForeignName) => foreign(draw, 1 + draw.below("given names", 3)),
        Some(Oddity::SingleName) => foreign(draw, 0),
        Some(Oddity::CommonName) => {
            let (family, _) = family(draw);
            let common_name = Some(format!("{family}{SPACE}{}", given.0));
            CitizenName { common_name, ..foreign(draw, 1) }
        }
        Some(Oddity::LongName) if draw.below("long name", 2) == 0 => long_foreign(draw),
        Some(Oddity::LongName) => long_japanese(draw, given),
        Some(Oddity::FormerSurname) => {
            let (root, ending) =
                (draw.pick("former root", &ROOTS), draw.pick("former end", &ENDINGS));
            let former_surname = Some(format!("{}{}", root.0, ending.0));
            CitizenName { former_surname, ..ordinary() }
        }
        Some(Oddity::KanaMismatch) => unexpected(draw),
        Some(
            Oddity::AddressOutsideJis
            | Oddity::LongAddress
            | Oddity::LeapDay
            | Oddity::FirstOfApril
            | Oddity::LastDayOfTaisho
            | Oddity::FirstDayOfShowa
            | Oddity::LastDayOfShowa
            | Oddity::FirstDayOfHeisei
            | Oddity::LastDayOfHeisei
            | Oddity::FirstDayOfReiwa
            | Oddity::Centenarian
            | Oddity::Newborn,
        )
        | None => ordinary(),
    }
}

fn family(draw: Draw) -> (String, String) {
    let (root, ending) = (draw.pick("root", &ROOTS), draw.pick("ending", &ENDINGS));
    (format!("{}{}", root.0, ending.0), format!("{}{}", root.1, ending.1))
}

fn given(draw: Draw, birth_year: i16, sex: Sex) -> Word {
    let [old, middle, young] = match sex {
        Sex::Male => &MEN,
        Sex::Female => &WOMEN,
    };
    let generation = match birth_year {
        ..1950 => old,
        1950..1990 => middle,
        1990.. => young,
    };
    draw.pick("given name", generation)
}

fn japanese((family, family_kana): (String, String), given: Word) -> CitizenName {
    let name = Spelling::from(format!("{family}{SPACE}{}", given.0).as_str());
    CitizenName::plain(name, format!("{family_kana}{SPACE}{}", given.1))
}

fn with_rare(draw: Draw, rare: Rare, given: Word) -> CitizenName {
    let root = draw.pick("root", &ROOTS);
    let mut name = Spelling::from(root.0);
    name.push_rare(rare);
    name.push(SPACE);
    name.push(given.0);
    CitizenName::plain(name, format!("{}{}{SPACE}{}", root.1, rare.kana, given.1))
}

/// A foreign name: the family's first, then so many given ones; with none it is a single word.
fn foreign(draw: Draw, given: u64) -> CitizenName {
    let words = (0..given).map(|at| draw.pick(&format!("given {at}"), &FOREIGN_GIVEN));
    let parts: Vec<Word> =
        std::iter::once(draw.pick("root", &FOREIGN_ROOTS)).chain(words).collect();
    in_capitals(&parts)
}

fn in_capitals(parts: &[Word]) -> CitizenName {
    let join = |of: fn(&Word) -> &str| parts.iter().map(of).collect::<Vec<_>>().join(SPACE);
    let name = join(|word| word.0);
    let romaji = Some(name.replace(SPACE, " "));
    CitizenName { romaji, ..CitizenName::plain(Spelling::from(name.as_str()), join(|word| word.1)) }
}

/// Given names until no further one fits into the limit; the last is a run of one letter that fills it.
fn long_foreign(draw: Draw) -> CitizenName {
    let mut parts = vec![draw.pick("root", &FOREIGN_ROOTS)];
    let length = |parts: &[Word]| parts.iter().map(|word| word.0.len() + 1).sum::<usize>();
    for at in 0..NAME_LIMIT {
        let next = draw.pick(&format!("given {at}"), &FOREIGN_GIVEN);
        if length(&parts) + next.0.len() + 2 > NAME_LIMIT {
            break;
        }
        parts.push(next);
    }
    let mut filled = in_capitals(&parts);
    let rest = NAME_LIMIT.saturating_sub(length(&parts));
    let tail = "O".repeat(rest);
    filled.name.push(&format!("{SPACE}{tail}"));
    filled.kana.push_str(&format!("{SPACE}{}", "オ".repeat(rest)));
    filled.romaji = Some(filled.name.written.replace(SPACE, " "));
    filled
}

/// Eleven kanji of family and three given names in one.
fn long_japanese(draw: Draw, given: Word) -> CitizenName {
    let (mut family, mut kana) = (String::new(), String::new());
    for at in 0..5 {
        let root = draw.pick(&format!("root {at}"), &ROOTS);
        family.push_str(root.0);
        kana.push_str(root.1);
    }
    let ending = draw.pick("ending", &ENDINGS);
    let name = format!("{family}{}{SPACE}{}", ending.0, given.0.repeat(3));
    let kana = format!("{kana}{}{SPACE}{}", ending.1, given.1.repeat(3));
    CitizenName::plain(Spelling::from(name.as_str()), kana)
}

fn unexpected(draw: Draw) -> CitizenName {
    let (given, chosen, expected) = draw.pick("unexpected", &UNEXPECTED);
    let (family, kana) = family(draw);
    let kana_elsewhere = Some(format!("{kana}{SPACE}{expected}"));
    CitizenName { kana_elsewhere, ..japanese((family, kana), (given, chosen)) }
}
