//! The population as its users see it: the same in any order, plausible as a whole, nobody real, odd where it says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan, civil::Date, civil::date};
use proptest::prelude::*;
use sim_card::population::{
    ADDRESS_LIMIT, CheckDigit, Citizen, NAME_LIMIT, Oddity, Population, PopulationError,
    REFERENCE_DAY, SIZE, Sex, Spelling, card_expiry, has_valid_check_digit,
};

/// What family names begin with; no family is called so.
const ROOTS: [&str; 20] = [
    "架空", "見本", "仮名", "試験", "模擬", "例示", "想像", "雛形", "仮想", "虚構", "検証", "試作",
    "標本", "練習", "演習", "空想", "仮設", "模造", "匿名", "例題",
];

fn citizen(index: u64) -> Citizen {
    Population::new(1).citizen(index).unwrap()
}

fn some_with(oddity: Oddity) -> Vec<Citizen> {
    Population::new(1).with(oddity).take(20).map(citizen).collect()
}

/// Everything a citizen says, secrets included. The marks of 代替文字 are no digits of anything, so they are left out.
fn all_text(citizen: &Citizen) -> String {
    let mut shown = citizen.clone();
    shown.name.name.substitutes.clear();
    shown.address.address.substitutes.clear();
    let secrets = [&citizen.security_code, &citizen.user_pin, &citizen.signature_password];
    let number = citizen.individual_number.digits();
    format!("{shown:?} {number} {secrets:?} {} {}", citizen.holder, citizen.face)
}

#[test]
fn order_does_not_matter() {
    let indices = [0, 1, 124_999_999, 77, 1_000_000, 77, 0];
    let ahead: Vec<_> = indices.iter().map(|index| citizen(*index)).collect();
    let mut back: Vec<_> = indices.iter().rev().map(|index| citizen(*index)).collect();
    back.reverse();
    assert_eq!(ahead, back);
    assert_ne!(citizen(5), Population::new(2).citizen(5).unwrap());
}

/// The bytes must not change with the machine or the version of a dependency: somebody may have written them down.
#[test]
fn the_first_citizen_is_known() {
    let first = citizen(0);
    let told = [
        first.name.name.written.as_str(),
        first.name.kana.as_str(),
        first.address.address.written.as_str(),
        &first.birthdate.to_string(),
        first.individual_number.digits(),
    ];
    let known = [
        "空想橋\u{3000}直美",
        "クウソウバシ\u{3000}ナオミ",
        "仮想県虚構町見本台５丁目２５番２４号",
        "1975-05-17",
        "928713316247",
    ];
    assert_eq!(told, known);
}

#[test]
fn who_is_not_there_is_refused() {
    for index in [SIZE, u64::MAX] {
        let refused = Population::new(1).citizen(index);
        assert_eq!(refused, Err(PopulationError::NoSuchCitizen { index }));
        assert!(refused.unwrap_err().to_string().ends_with("numbered 0 to 124999999"));
    }
    for today in [date(2024, 12, 31), date(2041, 1, 1), Date::MIN, Date::MAX] {
        let refused = Population::new(1).seen_on(today);
        assert_eq!(refused, Err(PopulationError::DayOutOfRange { today }));
    }
}

#[test]
fn check_digits_are_wrong_unless_asked_for() {
    let (wrong, valid) =
        (Population::new(9), Population::new(9).with_check_digits(CheckDigit::Valid));
    let mut last_digits = BTreeSet::new();
    for index in (0..SIZE).step_by(12_347) {
        let number = wrong.citizen(index).unwrap().individual_number;
        assert!(!has_valid_check_digit(number.digits()), "citizen {index}");
        last_digits.insert(number.digits().as_bytes()[11]);
        let number = valid.citizen(index).unwrap().individual_number;
        assert!(has_valid_check_digit(number.digits()), "citizen {index}");
    }
    assert_eq!(last_digits.len(), 10, "wrong digits must not follow a pattern");
}

#[test]
fn no_twelve_digits_of_a_citizen_are_a_valid_number() {
    for index in (0..SIZE).step_by(61_043) {
        let text = all_text(&citizen(index));
        let runs = text.split(|letter: char| !letter.is_ascii_digit());
        for run in runs.filter(|run| run.len() == 12) {
            assert!(!has_valid_check_digit(run), "citizen {index}: {run}");
        }
    }
}

#[test]
fn debug_tells_no_secret() {
    let citizen = citizen(3);
    let shown = format!("{citizen:?}");
    for secret in [citizen.individual_number.digits(), &citizen.signature_password] {
        assert!(!shown.contains(secret));
    }
    for secret in ["user_pin", "security_code", "challenge"] {
        assert!(!shown.contains(secret));
    }
}

#[test]
fn everybody_is_visibly_fictitious() {
    for index in (0..SIZE).step_by(40_009) {
        let citizen = citizen(index);
        let name = &citizen.name;
        let family_is_invented = ROOTS.iter().any(|root| name.name.written.starts_with(root));
        assert!(family_is_invented || name.romaji.is_some(), "{}", name.name.written);
        for other in [&name.common_name, &name.former_surname].into_iter().flatten() {
            assert!(ROOTS.iter().any(|root| other.starts_with(root)), "{other}");
        }
        let prefecture: u8 = citizen.address.municipality_code[..2].parse().unwrap();
        assert!(prefecture > 47, "{}", citizen.address.municipality_code);
    }
}

#[test]
fn the_age_pyramid_is_plausible() {
    let people: Vec<_> = (0..SIZE).step_by(6_007).map(citizen).collect();
    let share = |fits: &dyn Fn(&Citizen) -> bool| {
        100.0 * people.iter().filter(|one| fits(one)).count() as f64 / people.len() as f64
    };
    let age = |one: &Citizen| one.age(REFERENCE_DAY);
    for (what, share, from, to) in [
        ("under 15", share(&|one| age(one) < 15), 9.5, 13.5),
        ("65 and older", share(&|one| age(one) >= 65), 27.0, 32.0),
        ("75 and older", share(&|one| age(one) >= 75), 14.5, 19.0),
        ("women", share(&|one| one.sex == Sex::Female), 49.5, 53.5),
        ("latin letters", share(&|one| one.name.romaji.is_some()), 2.0, 3.6),
    ] {
        assert!((from..to).contains(&share), "{what}: {share} %");
    }
    let old: Vec<_> = people.iter().filter(|one| age(one) >= 90).collect();
    let women = old.iter().filter(|one| one.sex == Sex::Female).count();
    assert!(women * 10 > old.len() * 6, "{women} of {} above 90", old.len());
}

#[test]
fn cards_are_valid_on_the_day() {
    for today in [date(2025, 1, 1), date(2028, 2, 29), REFERENCE_DAY, date(2040, 12, 31)] {
        let population = Population::new(4).seen_on(today).unwrap();
        for index in (0..SIZE).step_by(250_007) {
            let one = population.citizen(index).unwrap();
            assert!(one.birthdate <= one.card_issued && one.card_issued <= today, "{one:?}");
            assert!(today <= one.card_expiry, "{one:?}");
            assert_eq!(one.card_expiry, card_expiry(one.birthdate, one.card_issued));
        }
    }
}

/// What each oddity means, told by the citizen's data alone.
fn is_so(oddity: Oddity, one: &Citizen) -> bool {
    let name = &one.name.name;
    let any = |fits: &dyn Fn(char) -> bool| name.written.chars().any(fits);
    let born = |year, month, day| one.birthdate == date(year, month, day);
    match oddity {
        Oddity::VariationSelector => any(&|letter| ('\u{E0100}'..='\u{E01EF}').contains(&letter)),
        Oddity::OutsideJis => {
            name.substitutes.contains('1')
                && any(&|letter| !in_jis(&letter.to_string()) && u32::from(letter) < 0x1_0000)
        }
        Oddity::SupplementaryKanji => {
            !name.substitutes.contains('1')
                && any(&|letter| !in_jis_208(letter))
                && in_jis(&name.written)
        }
        Oddity::BeyondBasicPlane => {
            any(&|letter| u32::from(letter) >= 0x2_0000 && u32::from(letter) < 0x3_0000)
        }
        Oddity::PrivateUse => any(&|letter| ('\u{E000}'..='\u{F8FF}').contains(&letter)),
        Oddity::AddressOutsideJis => one.address.address.substitutes.contains('1'),
        Oddity::LongName => {
            let count = name.written.chars().count();
            count == NAME_LIMIT || one.name.romaji.is_none() && count >= 15
        }
        Oddity::LongAddress => one.address.address.certificate.chars().count() == ADDRESS_LIMIT,
        Oddity::ForeignName => one.name.romaji.is_some() && name.written.contains('\u{3000}'),
        Oddity::SingleName => one.name.romaji.is_some() && !name.written.contains('\u{3000}'),
        Oddity::CommonName => {
            let common = one.name.common_name.as_ref().unwrap();
            one.name.romaji.is_some() && one.name.printed().contains(&format!("［{common}］"))
        }
        Oddity::FormerSurname => {
            let former = one.name.former_surname.as_ref().unwrap();
            one.name.printed().contains(&format!("［{former}］\u{3000}"))
        }
        Oddity::KanaMismatch => {
            one.name.kana_elsewhere.as_ref().is_some_and(|kana| *kana != one.name.kana)
        }
        Oddity::LeapDay => (one.birthdate.month(), one.birthdate.day()) == (2, 29),
        Oddity::FirstOfApril => (one.birthdate.month(), one.birthdate.day()) == (4, 1),
        Oddity::LastDayOfTaisho => born(1926, 12, 24),
        Oddity::FirstDayOfShowa => born(1926, 12, 25),
        Oddity::LastDayOfShowa => born(1989, 1, 7),
        Oddity::FirstDayOfHeisei => born(1989, 1, 8),
        Oddity::LastDayOfHeisei => born(2019, 4, 30),
        Oddity::FirstDayOfReiwa => born(2019, 5, 1),
        Oddity::Centenarian => one.birthdate <= REFERENCE_DAY - 100.years(),
        Oddity::Newborn => one.birthdate > REFERENCE_DAY - 1.year() && !one.photo,
    }
}

#[test]
fn every_oddity_is_found_and_so() {
    for (oddity, name, _) in Oddity::TABLE {
        let found = some_with(oddity);
        assert_eq!(found.len(), 20, "{name}");
        assert!(found.windows(2).all(|pair| pair[0].index < pair[1].index), "{name}");
        for one in found {
            assert_eq!(one.oddity, Some(oddity));
            assert!(is_so(oddity, &one), "{name}: {one:?}");
        }
    }
}

#[test]
fn an_oddity_comes_as_often_as_it_says() {
    let last = Population::new(3).with(Oddity::FirstDayOfReiwa);
    assert_eq!(last.count() as u64, SIZE / 10_000);
    let first_block =
        Population::new(3).with(Oddity::ForeignName).take_while(|index| *index < 10_000);
    assert_eq!(first_block.count(), usize::from(Oddity::ForeignName.per_ten_thousand()));
}

/// JIS X 0208 and JIS X 0212 without the vendors' rows, by another's tables.
fn in_jis(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_ascii() || in_jis_208(letter) || jis(&[0x8F]).contains(&letter))
}

fn in_jis_208(letter: char) -> bool {
    jis(&[]).contains(&letter)
}

fn jis(prefix: &'static [u8]) -> &'static BTreeSet<char> {
    static PLAIN: std::sync::OnceLock<BTreeSet<char>> = std::sync::OnceLock::new();
    static SUPPLEMENT: std::sync::OnceLock<BTreeSet<char>> = std::sync::OnceLock::new();
    let rows = || (0xA1..=0xFE).flat_map(|row| (0xA1..=0xFE).map(move |cell| [row, cell]));
    let read = move || {
        // The other rows of these tables are NEC's and IBM's: 13 and from 89 on of JIS X 0208, the last ones of JIS X 0212.
        let own = rows().filter(|[row, _]| match prefix {
            [] => (0xA1..=0xA8).contains(row) || (0xB0..=0xF4).contains(row),
            _ => *row < 0xA0 + 80,
        });
        own.filter_map(|code| {
            let bytes = [prefix, &code].concat();
            let (text, _, wrong) = encoding_rs::EUC_JP.decode(&bytes);
            (!wrong).then(|| text.chars().next()).flatten()
        })
        .collect()
    };
    if prefix.is_empty() { PLAIN.get_or_init(read) } else { SUPPLEMENT.get_or_init(read) }
}

#[test]
fn certificates_carry_nothing_outside_jis() {
    let odd = Oddity::TABLE.into_iter().flat_map(|(oddity, ..)| some_with(oddity));
    for one in odd.chain((0..SIZE).step_by(1_000_003).map(citizen)) {
        for Spelling { written, certificate, substitutes } in [&one.name.name, &one.address.address]
        {
            assert!(in_jis(certificate), "{certificate}");
            assert_eq!(certificate.chars().count(), substitutes.len(), "{certificate}");
            assert_eq!(written != certificate, substitutes.contains('1'), "{written}");
            assert!(certificate.chars().count() <= ADDRESS_LIMIT, "{certificate}");
        }
    }
}

/// Pages this process holds.
#[cfg(target_os = "linux")]
fn resident_pages() -> u64 {
    let told = std::fs::read_to_string("/proc/self/statm").unwrap();
    told.split(' ').nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_citizens() {
    let pass = |from: u64| (from..from + 120_000).for_each(|index| drop(citizen(index)));
    (0..1_000).for_each(|index| drop(citizen(index)));
    let before = resident_pages();
    pass(60_000_000);
    let grown = resident_pages().saturating_sub(before);
    assert!(size_of::<Population>() <= 32, "nothing is stored");
    // Kept citizens of at least 500 bytes would take 15,000 pages of 4,096; the tests beside this one take some, too.
    assert!(size_of::<Citizen>() >= 500);
    assert!(grown < 12_000, "{grown} pages");
}

proptest! {
    #[test]
    fn numbers_are_distinct(seed: u64, a in 0..SIZE, b in 0..SIZE) {
        let population = Population::new(seed);
        let number = |index| population.citizen(index).unwrap().individual_number;
        prop_assert_eq!(a == b, number(a).digits()[..11] == number(b).digits()[..11]);
        prop_assert_eq!(population.index_of(number(a).digits()), Some(a));
    }

    #[test]
    fn any_number_is_looked_up(text in "[0-9]{0,14}|\\PC{0,14}") {
        if let Some(index) = Population::new(1).index_of(&text) {
            let number = Population::new(1).citizen(index).unwrap().individual_number;
            prop_assert_eq!(number.digits(), text);
        }
    }

    #[test]
    fn anything_can_be_asked(seed: u64, index: u64, days in -40_000_i32..80_000, at: i64) {
        let today = REFERENCE_DAY.checked_add(days.days()).unwrap();
        let Ok(population) = Population::new(seed).seen_on(today) else { return Ok(()) };
        for index in [index, index % SIZE] {
            if let Ok(one) = population.citizen(index) {
                prop_assert_eq!(one.index, index);
                if let Ok(at) = Timestamp::from_second(at) {
                    let _ = one.age(at.to_zoned(jiff::tz::TimeZone::UTC).date());
                }
            }
        }
    }

    #[test]
    fn any_oddity_name_is_read(name in "\\PC{0,20}") {
        let _ = name.parse::<Oddity>();
    }
}
