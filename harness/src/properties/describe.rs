//! Puts a world and a story into words, for the message of a comparison that failed.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::{Offset, offset};

use crate::model::{
    AuthorityAct, BulkQuery, CardFacts, Change, Claim, Coverage, DisasterMode, Event, Institution,
    Issuer, Mode, NumberQuery, Numbers, Person, Presented, Registration, Trouble, Visit, World,
};

/// Japanese time, in which everything is told.
const JAPAN: Offset = offset(9);

/// Who exists, and what happens, one line each. PIN entries are told as right or wrong, never in digits.
pub fn describe(world: &World, story: &[Event]) -> String {
    let mut out = format!("A world of seed {} at {}:\n", world.seed, local(world.now));
    for (name, person) in &world.people {
        line(&mut out, &format!("{name}: {}", person_in_words(person)));
        person
            .coverages
            .iter()
            .for_each(|coverage| line(&mut out, &format!("  {}", coverage_in_words(coverage))));
    }
    for (code, institution) in &world.institutions {
        line(&mut out, &format!("{code}: {}", institution_in_words(institution)));
    }
    out.push_str("In it:\n");
    for (event, nth) in story.iter().zip(1..) {
        line(&mut out, &format!("{nth}. {}", event_in_words(world, event)));
    }
    out
}

fn line(out: &mut String, text: &str) {
    let _ = writeln!(out, "  {text}"); // a String takes every write
}

fn local(at: Timestamp) -> String {
    format!("{} JST", JAPAN.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S"))
}

fn person_in_words(person: &Person) -> String {
    let mut words =
        vec![format!("{} ({})", person.name, person.kana), format!("born {}", person.birthdate)];
    words.push(format!("sex {}, face {}", person.sex, person.face));
    words.push(person.card.as_ref().map_or_else(|| "no card".to_owned(), card_in_words));
    words.extend(person.address_withheld.then(|| "address withheld".to_owned()));
    words.extend(person.disclosure_barred.then(|| "disclosure barred".to_owned()));
    words.push(format!("{} medicines", person.medicines.len()));
    words.join(", ")
}

fn card_in_words(card: &CardFacts) -> String {
    let flags = [
        (card.pin.is_some(), "no PIN"),
        (card.photo, "no photo"),
        (card.registered, "not registered"),
        (card.certificate, "no certificate"),
        (card.issuer == Issuer::Trusted, "foreign issuer"),
    ];
    let flags = flags.iter().filter(|(usual, _)| !usual).map(|(_, word)| format!(", {word}"));
    format!(
        "card until {} with a certificate issued {}{}",
        card.expiry,
        local(card.issued),
        flags.collect::<String>()
    )
}

fn coverage_in_words(coverage: &Coverage) -> String {
    let mut words = format!(
        "{} {:?} from {}",
        numbers_in_words(
            &coverage.insurer_number,
            &coverage.symbol,
            &coverage.number,
            &coverage.branch
        ),
        coverage.relation,
        coverage.gained
    );
    if let Some(lost) = coverage.lost {
        let _ = write!(
            words,
            ", lost {lost} for {}",
            coverage.loss_reason.as_deref().unwrap_or("no stated reason")
        );
    }
    if let Some(last) = coverage.valid_until {
        let _ = write!(words, ", certificate until {last}");
    }
    if let Some(limit) = &coverage.limit {
        let _ = write!(words, ", limit {} from {} to {}", limit.flag, limit.from, limit.to);
    }
    words
}

fn numbers_in_words(
    insurer: &str,
    symbol: &Option<String>,
    number: &str,
    branch: &Option<String>,
) -> String {
    let part = |value: &Option<String>| value.as_deref().unwrap_or("-").to_owned();
    format!("[{insurer} {} {number} {}]", part(symbol), part(branch))
}

fn typed(numbers: &Numbers) -> String {
    numbers_in_words(&numbers.insurer_number, &numbers.symbol, &numbers.number, &numbers.branch)
}

fn institution_in_words(institution: &Institution) -> String {
    let mut words = format!("{} asks {:?}", institution.name, institution.offers);
    if institution.electronic_prescriptions {
        words.push_str(", hands out electronic prescriptions");
    }
    let _ = write!(words, ", files in {:?}", institution.encoding);
    for chart in &institution.charts {
        let insurance = chart.insurance.as_ref().map_or_else(|| "no insurance".to_owned(), typed);
        let _ = write!(
            words,
            "\n    chart {}: {} ({}), born {}, sex {}, {insurance}",
            chart.id, chart.name, chart.kana, chart.birthdate, chart.sex
        );
    }
    words
}

fn event_in_words(world: &World, event: &Event) -> String {
    match event {
        Event::Clock(to) => format!("it becomes {}", local(*to)),
        Event::Authority { person, act } => {
            format!("the authority: {person}'s certificate is {}", act_in_words(*act))
        }
        Event::Responder { silent: true } => "the status responder falls silent".to_owned(),
        Event::Responder { silent: false } => "the status responder answers".to_owned(),
        Event::Disaster(mode) => {
            let DisasterMode { prefecture, from, to } = mode;
            format!("disaster mode is opened in prefecture {prefecture} from {from} to {to}")
        }
        Event::Emergency(step) => {
            format!("the emergency function of {}: {:?}", step.institution, step.act)
        }
        Event::Feed(record) => {
            format!(
                "the insurer feeds {} about {}: {}",
                record.record_id,
                record.person,
                change_in_words(&record.change)
            )
        }
        Event::Visit(visit) => visit_in_words(world, visit),
        Event::Replay { institution } => format!("{institution} sends the last proof once more"),
        Event::NumberQuery(query) => query_in_words(query),
        Event::Repeat(repeat) => {
            let (numbers, occasion) = (typed(&repeat.numbers), repeat.occasion);
            format!("{} asks without the card by {numbers} ({occasion:?})", repeat.institution)
        }
        Event::PersonQuery(query) => {
            format!("{} asks by name ({:?}): {}", query.institution, query.function, query.name)
        }
        Event::Finding(finding) => {
            format!("{} asks for whoever there is: {:?}", finding.institution, finding.whom)
        }
        Event::Information(request) => {
            let (who, whose) = (&request.institution, &request.person);
            let occasion = request.occasion.map_or_else(String::new, |at| format!(" ({at:?})"));
            format!("{who} asks for the {:?} information of {whose}{occasion}", request.kind)
        }
        Event::BulkQuery(query) => bulk_in_words(query),
        Event::BulkFetch { institution } => {
            format!("{institution} asks for the last bulk result by its reception number")
        }
        Event::Register(registration) => registration_in_words(registration),
        Event::Collect { institution, waiting } => {
            let chart = waiting.as_deref().unwrap_or("none");
            format!("{institution} takes in its results, chart open at the counter: {chart}")
        }
        Event::Oddity { institution, what } => format!("{what:?} in the folders of {institution}"),
        Event::Claim(claim) => claim_in_words(claim),
        Event::Portal(used) => {
            let does = if used.register { "registers and looks" } else { "looks" };
            let card = world.people.get(&used.person).and_then(|person| person.card.as_ref());
            let entry = entry_in_words(&used.pin, card.and_then(|card| card.pin.as_deref()));
            format!("{} {does} at the portal, PIN ({entry})", used.person)
        }
    }
}

const fn act_in_words(act: AuthorityAct) -> &'static str {
    match act {
        AuthorityAct::Revoke => "revoked",
        AuthorityAct::Died => "revoked because its holder died",
        AuthorityAct::Hold => "held",
        AuthorityAct::Release => "released",
        AuthorityAct::Renew => "renewed",
        AuthorityAct::RenewUnlinked => "renewed, its serial unknown for two days",
        AuthorityAct::Moved => "left as it is, its holder moved",
    }
}

fn change_in_words(change: &Change) -> String {
    match change {
        Change::Gain(coverage) => format!("gain of {}", coverage_in_words(coverage)),
        Change::Loss { numbers, date, reason } => {
            format!(
                "loss of {} on {date} for {}",
                typed(numbers),
                reason.as_deref().unwrap_or("no stated reason")
            )
        }
        Change::ElderlyShares { numbers, shares } => {
            format!("shares of {} as an elderly recipient: {shares:?}", typed(numbers))
        }
        Change::Diseases { numbers, certificates } => {
            format!("certificates of {} for specific diseases: {certificates:?}", typed(numbers))
        }
        Change::Aid(coverage) => format!("medical aid {}", coverage_in_words(coverage)),
        Change::Tickets { numbers, month, institutions } => {
            format!("tickets of {} for {month}: {institutions:?}", typed(numbers))
        }
        Change::Register { name } => format!("the resident register says {name}"),
        Change::Confirmed => "the insurer confirms who it is".to_owned(),
        Change::Withdrawal { record, .. } => format!("{record} is taken back"),
        Change::Prescription(one) => {
            format!("electronic prescription {} of {:?}", one.number, one.drugs)
        }
        Change::Cancellation { requested } => {
            format!("cancellation of the registration, asked for on {requested}")
        }
        Change::Limit { numbers, limit } => {
            format!(
                "limit {} for {} from {} to {}",
                limit.flag,
                typed(numbers),
                limit.from,
                limit.to
            )
        }
    }
}

fn visit_in_words(world: &World, visit: &Visit) -> String {
    let presented = match &visit.presented {
        Presented::Nothing => "nothing".to_owned(),
        Presented::ForeignCard => "some other IC card".to_owned(),
        Presented::CardOf(holder) if *holder == visit.person => "the own card".to_owned(),
        Presented::CardOf(holder) => format!("the card of {holder}"),
        Presented::PhoneOf { holder, phone } => format!("the {phone:?} phone of {holder}"),
    };
    let mut words = format!(
        "{} visits {} with {presented}, by {}, agrees to {:?}",
        visit.person,
        visit.institution,
        mode_in_words(world, visit, &visit.mode),
        visit.consents
    );
    for mode in &visit.then {
        let _ = write!(words, ", else by {}", mode_in_words(world, visit, mode));
    }
    words.push_str(if visit.register { ", registers if asked" } else { ", declines registration" });
    if let Some(form) = visit.prescription {
        let _ = write!(words, ", chooses a prescription in {form:?} form");
    }
    if let Some(occasion) = visit.occasion {
        let _ = write!(words, ", outside the institution ({occasion:?})");
    }
    if let Some(trouble) = &visit.trouble {
        let _ = write!(words, "; {}", trouble_in_words(trouble));
    }
    words
}

fn mode_in_words(world: &World, visit: &Visit, mode: &Mode) -> String {
    match mode {
        Mode::Face => "face".to_owned(),
        Mode::Visual(true) => "visual check, staff confirm".to_owned(),
        Mode::Visual(false) => "visual check, staff refuse".to_owned(),
        Mode::Pin(entries) => {
            let right = right_pin(world, visit);
            let entries: Vec<_> =
                entries.iter().map(|entry| entry_in_words(entry, right)).collect();
            format!("PIN ({})", entries.join(", "))
        }
    }
}

fn right_pin<'a>(world: &'a World, visit: &Visit) -> Option<&'a str> {
    match &visit.presented {
        Presented::CardOf(holder) | Presented::PhoneOf { holder, .. } => {
            world.people.get(holder)?.card.as_ref()?.pin.as_deref()
        }
        Presented::Nothing | Presented::ForeignCard => None,
    }
}

fn entry_in_words(entry: &str, right: Option<&str>) -> &'static str {
    if Some(entry) == right {
        "right"
    } else if entry.len() == 4 && entry.bytes().all(|byte| byte.is_ascii_digit()) {
        "wrong"
    } else {
        "not four digits"
    }
}

fn trouble_in_words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::PulledBeforeCertificate => {
            "the card is pulled before its certificate is read".to_owned()
        }
        Trouble::PulledBeforeSignature => "the card is pulled before it signs".to_owned(),
        Trouble::SignedByCardOf(other) => format!("the card of {other} signs"),
        Trouble::PhotoTampered => "a byte of the photo is changed".to_owned(),
        Trouble::CameraDead => "the camera is dead".to_owned(),
        Trouble::NoAnswer => "the patient answers nothing".to_owned(),
        Trouble::Card(fault) => format!("the card is faulty: {fault:?}"),
    }
}

fn query_in_words(query: &NumberQuery) -> String {
    let consent = if query.limit_consent { "with" } else { "without" };
    format!(
        "{} asks by numbers {} born {} for {}, {consent} consent to the limit",
        query.institution,
        typed(&query.numbers),
        query.birthdate,
        query.date
    )
}

fn bulk_in_words(query: &BulkQuery) -> String {
    let mut words = format!("{} asks about many for {}:", query.institution, query.date);
    for entry in &query.entries {
        let _ = write!(
            words,
            " {} by {} born {}, limit known {}, on file as {};",
            entry.identifier,
            typed(&entry.numbers),
            entry.birthdate,
            entry.known_limit.as_deref().unwrap_or("-"),
            entry.reference_number.as_deref().unwrap_or("-")
        );
    }
    if let Some(trouble) = &query.trouble {
        let _ = write!(words, " on the way: {trouble:?}");
    }
    words
}

fn registration_in_words(registration: &Registration) -> String {
    let how = if registration.bulk { "in bulk" } else { "one by one" };
    let mut words = format!("{} registers {how}:", registration.institution);
    for entry in &registration.entries {
        let _ = write!(words, " {} for {};", entry.reference_number, typed(&entry.numbers));
    }
    words
}

fn claim_in_words(claim: &Claim) -> String {
    let basis = match (&claim.typed, &claim.unclear) {
        (Some(numbers), _) => format!("typed {}", typed(numbers)),
        (None, Some(_)) => "what is known of an unclear case".to_owned(),
        (None, None) => "confirmed data".to_owned(),
    };
    let also: String = claim.also.iter().map(|day| format!(" and {day}")).collect();
    let paper = if claim.on_paper { ", on paper" } else { "" };
    let Claim { institution, person, day, .. } = claim;
    format!("{institution} claims {day}{also} for {person} from {basis}{paper}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::generate::story;
    use super::*;

    proptest! {
        #[test]
        fn every_person_and_every_event_is_told((world, story) in story()) {
            let told = describe(&world, &story);
            for name in world.people.keys().chain(world.institutions.keys()) {
                let start = format!("\n  {name}: ");
                prop_assert!(told.contains(&start));
            }
            for nth in 1..=story.len() {
                let start = format!("\n  {nth}. ");
                prop_assert!(told.contains(&start));
            }
        }

        #[test]
        fn no_secret_is_told((world, story) in story()) {
            let told = describe(&world, &story);
            for person in world.people.values() {
                prop_assert!(!told.contains(&person.individual_number));
            }
            prop_assert!(!told.contains("5555") && !told.contains("9876"), "{told}");
        }
    }
}
