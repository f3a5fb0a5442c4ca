//! `madoguchi card script`: replays a script of APDUs against a card and says where an answer is not as expected.

use std::path::Path;

use sim_card::Card;
use sim_card::apdu::{Describer, ResponseApdu};
use sim_card::link::{CardSlot, Event};
use sim_card::script::{self, Act, Expected, Step};

use super::card_faults::Misbehaviour;
use super::card_holder::{HeldCard, Holder};
use super::card_state::keep;
use super::{CONFIGURATION, Failure, say};

/// Exit code when an answer is not as expected.
const UNEXPECTED: u8 = 1;

/// Replays the script on a card that has power.
pub fn script(
    file: &Path,
    (holder, misbehaviour): (&Holder, &Misbehaviour),
    state: Option<&Path>,
) -> Result<u8, Failure> {
    let steps = read(file)?;
    let HeldCard { name, contents, .. } = holder.card()?;
    let mut card = Card::new(contents);
    misbehaviour.lay_on(&mut card)?;
    let mut card: Box<dyn CardSlot> = match state {
        Some(path) => Box::new(keep(card, &name, path)?),
        None => Box::new(card),
    };
    say(format_args!("card of {name}"));
    let unexpected = play(card.as_mut(), &steps);
    let commands = steps.iter().filter(|step| matches!(step.act, Act::Send { .. })).count();
    let (told, code) = match unexpected {
        0 => ("every answer as expected".to_owned(), 0),
        1 => ("1 answer not as expected".to_owned(), UNEXPECTED),
        count => (format!("{count} answers not as expected"), UNEXPECTED),
    };
    say(format_args!("{commands} commands, {told}"));
    Ok(code)
}

fn read(file: &Path) -> Result<Vec<Step>, Failure> {
    let text = std::fs::read(file).map_err(|error| {
        let message = format!("cannot read {}: {error}", file.display());
        Failure::told(CONFIGURATION, message, "check the path of the script")
    })?;
    script::parse(&String::from_utf8_lossy(&text)).map_err(|error| {
        let message = format!("{}: {error}", file.display());
        Failure::told(
            CONFIGURATION,
            message,
            "correct this line; `madoguchi card script --help` shows the form",
        )
    })
}

/// Carries out every step, says what happens, and counts the answers that are not as expected.
fn play(card: &mut dyn CardSlot, steps: &[Step]) -> usize {
    let mut words = Describer::default();
    card.power_on();
    let mut unexpected = 0;
    for Step { line, act } in steps {
        let (told, fault) = carry_out(card, act, &mut words);
        say(format_args!("{line:>5}  {told}"));
        if let Some(fault) = fault {
            say(format_args!("       line {line}: {fault}"));
            unexpected += 1;
        }
    }
    unexpected
}

/// What happened, in words, and what is wrong with it.
fn carry_out(
    card: &mut dyn CardSlot,
    act: &Act,
    words: &mut Describer,
) -> (String, Option<String>) {
    let event = match act {
        Act::PowerOn => {
            card.power_on();
            Event::PowerOn
        }
        Act::PowerOff => {
            card.power_off();
            Event::PowerOff
        }
        Act::Reset => {
            card.reset();
            Event::Reset
        }
        Act::Send { command, expected } => {
            let outcome = card.exchange(command);
            let fault = expected.as_ref().and_then(|wanted| judge(wanted, outcome.as_deref().ok()));
            let told = match &outcome {
                Ok(answer) => words.event(&Event::Exchange { command, answer }),
                Err(silence) => words.event(&Event::Silence { command, silence: *silence }),
            };
            return (told, fault);
        }
    };
    (words.event(&event), None)
}

/// The answer is told by its length: it may hold what nobody should read over one's shoulder.
fn judge(wanted: &Expected, answer: Option<&[u8]>) -> Option<String> {
    let Some(answer) = answer else { return Some(format!("expected {wanted}, got no answer")) };
    if wanted.fits(answer) {
        return None;
    }
    let got = match ResponseApdu::parse(answer) {
        Ok(response) if response.data.is_empty() => format!("no data, {}", response.sw),
        Ok(response) => format!("{} bytes of data, {}", response.data.len(), response.sw),
        Err(_) => "no status word".to_owned(),
    };
    Some(format!("expected {wanted}, got {got}"))
}
