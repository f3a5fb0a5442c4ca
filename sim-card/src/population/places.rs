//! Addresses in prefectures and municipalities that are on no map.

use super::draw::Draw;
use super::oddity::Oddity;
use super::spelling::{OUTSIDE, Spelling};

/// Most characters of an address in a certificate.
pub const ADDRESS_LIMIT: usize = 200;

/// Name, Latin letters, two-digit code. Real prefectures end at 47.
const PREFECTURES: [(&str, &str, u8); 8] = [
    ("架空県", "Kaku-ken", 91),
    ("見本県", "Mihon-ken", 92),
    ("仮名府", "Kamei-fu", 93),
    ("試験都", "Shiken-to", 94),
    ("模擬道", "Mogi-do", 95),
    ("例示県", "Reiji-ken", 96),
    ("想像県", "Sozo-ken", 97),
    ("仮想県", "Kaso-ken", 98),
];

/// Stems of municipalities.
const STEMS: [(&str, &str); 10] = [
    ("見本", "Mihon"),
    ("架空", "Kaku"),
    ("試験", "Shiken"),
    ("模擬", "Mogi"),
    ("例示", "Reiji"),
    ("想像", "Sozo"),
    ("雛形", "Hinagata"),
    ("虚構", "Kyoko"),
    ("標本", "Hyohon"),
    ("練習", "Renshu"),
];

/// Kind, Latin letters, and where its codes begin.
const KINDS: [(&str, &str, u16); 4] =
    [("市", "shi", 201), ("区", "ku", 101), ("町", "cho", 301), ("村", "mura", 401)];

const TOWNS: [&str; 8] =
    ["仮町", "例町", "見本台", "試し丘", "架空ヶ原", "幻通り", "模型坂", "空き地前"];

/// Where a citizen is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The whole address, prefecture first.
    pub address: Spelling,
    /// Prefecture in Latin letters, as certificates name places.
    pub prefecture_romaji: String,
    /// Municipality in Latin letters.
    pub municipality_romaji: String,
    /// Five digits; the first two are those of no prefecture.
    pub municipality_code: String,
}

/// The address of a citizen.
pub(super) fn address(draw: Draw, oddity: Option<Oddity>) -> Address {
    let (prefecture, prefecture_romaji, number) = draw.pick("prefecture", &PREFECTURES);
    let at = draw.below("municipality", 10);
    let (stem, stem_romaji) =
        usize::try_from(at).ok().and_then(|at| STEMS.get(at)).copied().unwrap_or_default();
    let (kind, kind_romaji, first) = draw.pick("kind", &KINDS);
    let mut address = Spelling::from(format!("{prefecture}{stem}{kind}").as_str());
    if oddity == Some(Oddity::AddressOutsideJis) {
        address.push_rare(draw.pick("rare kanji of the town", &OUTSIDE));
    }
    address.push(draw.pick("town", &TOWNS));
    let place = |label, most| 1 + draw.below(label, most);
    address.push(&format!(
        "{}丁目{}番{}号",
        full_width(place("block", 9)),
        full_width(place("lot", 40)),
        full_width(place("house", 30))
    ));
    if oddity == Some(Oddity::LongAddress) {
        lengthen(&mut address);
    }
    Address {
        address,
        prefecture_romaji: prefecture_romaji.to_owned(),
        municipality_romaji: format!("{stem_romaji}-{kind_romaji}"),
        municipality_code: format!("{number:02}{:03}", u64::from(first) + at),
    }
}

/// Whether there is a municipality of these names in Latin letters.
pub(super) fn has(prefecture: &str, name: &str) -> bool {
    let (stem, kind) = name.split_once('-').unwrap_or_default();
    PREFECTURES.iter().any(|(_, romaji, _)| *romaji == prefecture)
        && STEMS.iter().any(|(_, romaji)| *romaji == stem)
        && KINDS.iter().any(|(_, romaji, _)| *romaji == kind)
}

/// A building whose name never ends, up to the limit.
fn lengthen(address: &mut Spelling) {
    let rest = ADDRESS_LIMIT.saturating_sub(address.certificate.chars().count());
    let building: String =
        "\u{3000}グランド見本マンション架空ヶ原壱番館".chars().cycle().take(rest).collect();
    address.push(&building);
}

/// Digits of full width, as registers write house numbers.
fn full_width(number: u64) -> String {
    let wide = |digit: char| char::from_u32(u32::from(digit) + 0xFEE0).unwrap_or(digit);
    number.to_string().chars().map(wide).collect()
}
