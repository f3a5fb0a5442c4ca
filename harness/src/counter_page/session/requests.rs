//! Requests to a session, from JSON to acts.

use serde_json::Value;

use super::acts::PLAIN;
use super::{Act, Capture};
use crate::counter_page::fields::{Fields, Table, chosen, pointer, wrong};
use crate::counter_page::problem::Problem;
use crate::counter_page::request::Names;
use crate::model::Presented;

/// What a request asks of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Move to the reader of this institution.
    UseReader(String),
    /// Place something on the reader.
    Place(Placed),
    /// Do something within the visit.
    Do(Act),
}

/// What is placed, by the name the session tells it under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// A persona, `foreign` or `blank`.
    pub name: String,
    /// The same for the model; a card without a chip is nothing to it.
    pub presented: Presented,
}

/// The acts that are more than an answer by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    UseReader,
    Place,
    Look,
    Type,
    TakeCard,
    Continue,
}

const KINDS: &Table<Kind> = &[
    ("use-reader", Kind::UseReader),
    ("place-card", Kind::Place),
    ("look", Kind::Look),
    ("type", Kind::Type),
    ("take-card", Kind::TakeCard),
    ("continue", Kind::Continue),
];

/// `POST /api/session/acts`.
///
/// # Errors
/// [`Problem`] that names the place; what stood there is not repeated.
pub fn wanted(names: &Names, body: &Value) -> Result<Wanted, Problem> {
    let all =
        Fields::of(body, &["act", "institution", "card", "phone", "capture", "person", "pin"])?;
    let name = all.text("act")?;
    if let Some((_, reply)) = PLAIN.iter().find(|(plain, _)| *plain == name) {
        Fields::of(body, &["act"])?;
        return Ok(Wanted::Do(Act::Answer(reply.clone())));
    }
    let kind = KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
    Ok(match kind.ok_or_else(unknown)? {
        Kind::UseReader => {
            let fields = Fields::of(body, &["act", "institution"])?;
            Wanted::UseReader(names.institution("/institution", fields.text("institution")?)?)
        }
        Kind::Place => Wanted::Place(placed(names, &Fields::of(body, &["act", "card", "phone"])?)?),
        Kind::Look => Wanted::Do(look(names, &Fields::of(body, &["act", "capture", "person"])?)?),
        Kind::Type => Wanted::Do(typed(&Fields::of(body, &["act", "pin"])?)?),
        Kind::TakeCard => Fields::of(body, &["act"]).map(|_| Wanted::Do(Act::TakeCard))?,
        Kind::Continue => Fields::of(body, &["act"]).map(|_| Wanted::Do(Act::Continue))?,
    })
}

fn unknown() -> Problem {
    let names: Vec<&str> =
        KINDS.iter().map(|(name, _)| *name).chain(PLAIN.iter().map(|(name, _)| *name)).collect();
    wrong(
        &pointer("act"),
        &format!("{} のいずれか", names.join("、")),
        &format!("one of {}", names.join(", ")),
    )
}

fn placed(names: &Names, fields: &Fields<'_>) -> Result<Placed, Problem> {
    let name = fields.text("card")?;
    let presented = match (names.phone(fields)?, name) {
        (Some(phone), _) => phone,
        (None, "foreign") => Presented::ForeignCard,
        (None, "blank") => Presented::Nothing,
        (None, holder) => Presented::CardOf(names.holder("/card", holder)?),
    };
    Ok(Placed { name: presented.holder().unwrap_or(name).to_owned(), presented })
}

fn look(names: &Names, fields: &Fields<'_>) -> Result<Act, Problem> {
    let capture = chosen(&pointer("capture"), fields.text("capture")?, Capture::NAMES)?;
    let person = fields
        .optional("person")
        .map(|_| fields.text("person").and_then(|name| names.person(&pointer("person"), name)));
    Ok(Act::Look { capture, person: person.transpose()? })
}

/// Four digits; whatever else was typed is not repeated.
fn typed(fields: &Fields<'_>) -> Result<Act, Problem> {
    let pin = fields.text("pin")?;
    let four = pin.len() == 4 && pin.bytes().all(|byte| byte.is_ascii_digit());
    four.then(|| Act::typed(pin))
        .ok_or_else(|| wrong(&pointer("pin"), "数字 4 桁の文字列", "a text of four digits"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sim_reader::session::Reply;

    use super::*;
    use crate::catalogue::Catalogue;
    use crate::counter_page::request::PHONES;

    fn names() -> Names {
        Names {
            catalogue: Catalogue::embedded().unwrap(),
            nearest: |_, known| known.first().map(|&name| name.to_owned()),
        }
    }

    #[test]
    fn every_act_is_read_by_its_own_name() {
        let more = |name: &str| match name {
            "use-reader" => json!({"act": name, "institution": "1319999999"}),
            "place-card" => json!({"act": name, "card": "hanako"}),
            "look" => json!({"act": name, "capture": "poor", "person": "taro"}),
            "type" => json!({"act": name, "pin": "0042"}),
            _ => json!({"act": name}),
        };
        let all = KINDS.iter().map(|(name, _)| *name).chain(PLAIN.iter().map(|(name, _)| *name));
        for name in all {
            match wanted(&names(), &more(name)).unwrap() {
                Wanted::Do(act) => assert_eq!(act.name(), name),
                Wanted::UseReader(code) => assert_eq!((name, &*code), ("use-reader", "1319999999")),
                Wanted::Place(placed) => {
                    assert_eq!(
                        (name, placed.presented),
                        ("place-card", Presented::CardOf("hanako".into()))
                    );
                }
            }
        }
        assert_eq!(
            wanted(&names(), &json!({"act": "start-visual"})).unwrap(),
            Wanted::Do(Act::Answer(Reply::StaffStart))
        );
    }

    #[test]
    fn a_phone_is_placed_in_the_name_of_its_holder() {
        for (name, phone) in PHONES {
            let body = json!({"act": "place-card", "card": "hanako", "phone": name});
            let Wanted::Place(placed) = wanted(&names(), &body).unwrap() else { panic!("{name}") };
            assert_eq!((placed.presented.phone(), &*placed.name), (Some(*phone), "hanako"));
            assert_eq!(placed.presented.holder(), Some("hanako"));
        }
    }

    #[test]
    fn complaints_name_the_place_and_repeat_nothing() {
        for (place, body) in [
            ("/act", json!({})),
            ("/act", json!({"act": "secret-1234"})),
            ("/card", json!({"act": "place-card", "card": "secret-1234"})),
            ("/card", json!({"act": "place-card", "card": "nanako"})),
            ("/card", json!({"act": "place-card", "card": "foreign", "phone": "android"})),
            ("/phone", json!({"act": "place-card", "card": "hanako", "phone": "secret-1234"})),
            ("/phone", json!({"act": "look", "capture": "clean", "phone": "iphone"})),
            ("/card", json!({"act": "face", "card": "hanako"})),
            ("/capture", json!({"act": "look", "capture": "secret-1234"})),
            ("/person", json!({"act": "look", "capture": "clean", "person": "secret-1234"})),
            ("/pin", json!({"act": "type", "pin": "secret-1234"})),
            ("/pin", json!({"act": "type", "pin": 1234})),
            ("/institution", json!({"act": "use-reader", "institution": "secret-1234"})),
            ("/secret", json!({"act": "yes", "secret": "1234"})),
        ] {
            let problem = format!("{:?}", wanted(&names(), &body).unwrap_err());
            assert!(problem.contains(place), "{place}: {problem}");
            assert!(!problem.contains("1234"), "{problem}");
        }
    }
}
