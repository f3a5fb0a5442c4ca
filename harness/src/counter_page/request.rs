//! Requests of the counter's interface, from JSON to events of the model.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use reports::Text2;
use serde_json::Value;

use super::fields::{Fields, Table, pointer, wrong};
use super::problem::Problem;
use crate::catalogue::Catalogue;
use crate::clock::{at_jst, jst_day};
use crate::model::{
    AuthorityAct, ConsentKind, Event, Mode, PhoneKind, Prescription, Presented, Trouble, Visit,
};

/// PIN entries of one visit at most: a card takes three, and a bench may go on trying.
const ENTRIES: usize = 10;
/// Last day the virtual clock may show; every card of the catalogue has long ended then.
const LAST_DAY: Date = date(2099, 12, 31);

const CONSENTS: &Table<ConsentKind> = &[
    ("limit", ConsentKind::Limit),
    ("specific-diseases", ConsentKind::SpecificDiseases),
    ("health-check", ConsentKind::HealthCheck),
    ("drugs", ConsentKind::Drugs),
    ("care", ConsentKind::Care),
    ("operations", ConsentKind::Operations),
    ("diagnosis-names", ConsentKind::DiagnosisNames),
    ("infections", ConsentKind::Infections),
    ("allergies", ConsentKind::Allergies),
    ("contraindications", ConsentKind::Contraindications),
    ("tests", ConsentKind::Tests),
    ("prescriptions", ConsentKind::Prescriptions),
];

const PRESCRIPTIONS: &Table<Prescription> =
    &[("electronic", Prescription::Electronic), ("paper", Prescription::Paper)];

const ACTS: &Table<AuthorityAct> = &[
    ("revoke", AuthorityAct::Revoke),
    ("died", AuthorityAct::Died),
    ("hold", AuthorityAct::Hold),
    ("release", AuthorityAct::Release),
    ("renew", AuthorityAct::Renew),
    ("moved", AuthorityAct::Moved),
];

pub(super) const PHONES: &Table<PhoneKind> =
    &[("android", PhoneKind::Android), ("iphone", PhoneKind::Iphone)];

/// The three ways; what each needs beside its name is read with it.
#[derive(Debug, Clone, Copy)]
enum Way {
    Face,
    Pin,
    Visual,
}

const WAYS: &Table<Way> = &[("face", Way::Face), ("pin", Way::Pin), ("visual", Way::Visual)];

/// Troubles that name nobody.
#[derive(Debug, Clone, Copy)]
enum Plain {
    BeforeCertificate,
    BeforeSignature,
    PhotoTampered,
    CameraDead,
    NoAnswer,
}

const TROUBLES: &Table<Plain> = &[
    ("pulled-before-certificate", Plain::BeforeCertificate),
    ("pulled-before-signature", Plain::BeforeSignature),
    ("photo-tampered", Plain::PhotoTampered),
    ("camera-dead", Plain::CameraDead),
    ("no-answer", Plain::NoAnswer),
];
const SIGNED_BY: &str = "signed-by-card-of";

/// A body that is JSON and says so.
#[derive(Debug)]
pub struct Body(pub Value);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let declared =
            request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let essence = declared.and_then(|kind| kind.split(';').next()).map(str::trim);
        if !essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
            return Err(Problem::no_json());
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::body(&rejection))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Problem::unreadable(&error))
    }
}

/// Offers the known name that is nearest to an unknown one.
pub type Nearest = fn(&str, &[&str]) -> Option<String>;

/// Whom and what a request may name.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// Personas and institutions.
    pub catalogue: &'static Catalogue,
    /// Offers a known name for an unknown one.
    pub nearest: Nearest,
}

impl Names {
    /// The reader that asks for the most, at which a session begins.
    pub fn first_reader(&self) -> String {
        let readers = self.catalogue.institutions.iter();
        let most = readers.max_by_key(|(_, institution)| institution.offers.len());
        most.map(|(code, _)| code.clone()).unwrap_or_default()
    }

    /// The persona of this name, who has a card.
    pub(super) fn holder(&self, place: &str, name: &str) -> Result<String, Problem> {
        let person = self.person(place, name)?;
        if self.catalogue.personas.get(&person).is_none_or(|person| person.card.is_none()) {
            let detail = Text2::new(
                "マイナンバーカードを持っていません。",
                "this persona has no My Number Card",
            );
            return Err(Problem::unprocessable(place, detail));
        }
        Ok(person)
    }

    /// The persona of this name, 氏名 or short name.
    pub(super) fn person(&self, place: &str, name: &str) -> Result<String, Problem> {
        let found = self.catalogue.persona(name).map(|(slug, _)| slug.to_owned());
        found.ok_or_else(|| {
            let known: Vec<&str> = self.catalogue.personas.keys().map(String::as_str).collect();
            let what = Text2::new("そのペルソナ", "persona");
            Problem::unknown(place, what, "/api/personas", (self.nearest)(name, &known))
        })
    }

    pub(super) fn institution(&self, place: &str, name: &str) -> Result<String, Problem> {
        let found = self.catalogue.institution(name).map(|(code, _)| code.to_owned());
        found.ok_or_else(|| {
            let known: Vec<&str> = self.catalogue.institutions.keys().map(String::as_str).collect();
            let what = Text2::new("その医療機関", "institution");
            Problem::unknown(place, what, "/api/institutions", (self.nearest)(name, &known))
        })
    }

    /// `POST /api/visits`.
    ///
    /// # Errors
    /// [`Problem`] that names the place.
    pub fn visit(&self, body: &Value) -> Result<Visit, Problem> {
        let fields = Fields::of(
            body,
            &[
                "person",
                "institution",
                "card",
                "phone",
                "mode",
                "pin_entries",
                "staff_confirms",
                "consents",
                "register",
                "prescription",
                "trouble",
            ],
        )?;
        Ok(Visit {
            person: self.person("/person", fields.text("person")?)?,
            institution: self.institution("/institution", fields.text("institution")?)?,
            presented: self.presented(&fields)?,
            mode: mode(&fields)?,
            then: Vec::new(),
            occasion: None,
            consents: fields.choices("consents", CONSENTS)?,
            register: fields.flag("register")?,
            prescription: fields
                .optional("prescription")
                .map(|_| fields.choice("prescription", PRESCRIPTIONS))
                .transpose()?,
            trouble: fields
                .optional("trouble")
                .map(|trouble| self.trouble(&fields, trouble))
                .transpose()?,
        })
    }

    fn presented(&self, fields: &Fields<'_>) -> Result<Presented, Problem> {
        Ok(match (self.phone(fields)?, fields.text("card")?) {
            (Some(phone), _) => phone,
            (None, "none") => Presented::Nothing,
            (None, "foreign") => Presented::ForeignCard,
            (None, holder) => Presented::CardOf(self.person("/card", holder)?),
        })
    }

    /// With `phone`: the phone of whoever `card` names.
    pub(super) fn phone(&self, fields: &Fields<'_>) -> Result<Option<Presented>, Problem> {
        if fields.optional("phone").is_none() {
            return Ok(None);
        }
        let phone = fields.choice("phone", PHONES)?;
        let holder = self.holder("/card", fields.text("card")?)?;
        Ok(Some(Presented::PhoneOf { holder, phone }))
    }

    fn trouble(&self, fields: &Fields<'_>, trouble: &Value) -> Result<Trouble, Problem> {
        if let Some(object) = trouble.as_object() {
            let place = pointer("trouble") + &pointer(SIGNED_BY);
            let [(SIGNED_BY, Some(other))] = object
                .iter()
                .map(|(name, other)| (name.as_str(), other.as_str()))
                .collect::<Vec<_>>()[..]
            else {
                return Err(wrong(&place, "ペルソナの名前", "the name of a persona"));
            };
            return Ok(Trouble::SignedByCardOf(self.person(&place, other)?));
        }
        Ok(match fields.choice("trouble", TROUBLES)? {
            Plain::BeforeCertificate => Trouble::PulledBeforeCertificate,
            Plain::BeforeSignature => Trouble::PulledBeforeSignature,
            Plain::PhotoTampered => Trouble::PhotoTampered,
            Plain::CameraDead => Trouble::CameraDead,
            Plain::NoAnswer => Trouble::NoAnswer,
        })
    }

    /// `POST /api/authority`.
    ///
    /// # Errors
    /// [`Problem`] that names the place; also for somebody who has no card, on whose certificate nothing can be done.
    pub fn authority(&self, body: &Value) -> Result<(String, AuthorityAct), Problem> {
        let fields = Fields::of(body, &["person", "act"])?;
        let act = fields.choice("act", ACTS)?;
        let person = self.holder("/person", fields.text("person")?)?;
        Ok((person, act))
    }
}

/// Face needs nothing else, PIN its entries, the visual check the staff's word. What another way needs is refused rather
/// than passed over.
fn mode(fields: &Fields<'_>) -> Result<Mode, Problem> {
    let way = fields.choice("mode", WAYS)?;
    let strays: &[&str] = match way {
        Way::Face => &["pin_entries", "staff_confirms"],
        Way::Pin => &["staff_confirms"],
        Way::Visual => &["pin_entries"],
    };
    if let Some(stray) = strays.iter().find(|name| fields.optional(name).is_some()) {
        let detail = Text2::new(
            "この確認方法では使いません。",
            "this way of identification does not take it",
        );
        return Err(Problem::unprocessable(pointer(stray), detail));
    }
    Ok(match way {
        Way::Face => Mode::Face,
        Way::Pin => Mode::Pin(
            fields.texts("pin_entries", ENTRIES)?.into_iter().map(str::to_owned).collect(),
        ),
        Way::Visual => Mode::Visual(fields.flag("staff_confirms")?),
    })
}

/// `POST /api/clock`: an instant with its offset, or what a clock on the wall in Japan shows.
///
/// # Errors
/// [`Problem`] when it is neither, lies in the clock's past or after [`LAST_DAY`].
pub fn clock(body: &Value, now: Timestamp) -> Result<Event, Problem> {
    let text = Fields::of(body, &["to"])?.text("to")?;
    let civil = || text.parse::<DateTime>().ok().and_then(|civil| at_jst(civil).ok());
    let to = text.parse::<Timestamp>().ok().or_else(civil);
    let to = to.filter(|to| jst_day(*to) <= LAST_DAY).ok_or_else(|| {
        wrong(
            "/to",
            "2099 年までの日時（例: 2026-04-10T09:30、日本時間）",
            "a time until 2099, such as 2026-04-10T09:30 in Japan",
        )
    })?;
    if to < now { Err(Problem::backwards()) } else { Ok(Event::Clock(to)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    fn names() -> Names {
        Names {
            catalogue: Catalogue::embedded().unwrap(),
            nearest: |_, known| known.first().map(|&name| name.to_owned()),
        }
    }

    fn by_face() -> Value {
        json!({"person": "hanako", "institution": "1319999999", "card": "hanako", "mode": "face", "consents": ["drugs"], "register": false})
    }

    fn with(name: &str, value: Value) -> Value {
        let mut body = by_face();
        body[name] = value;
        body
    }

    /// The problem of a body, as its receiver sees it.
    fn told(problem: Problem) -> String {
        format!("{problem:?}")
    }

    fn same_names<T: Serialize>(table: &Table<T>) {
        for (name, value) in table {
            assert_eq!(serde_json::to_value(value).unwrap(), json!(name));
        }
    }

    #[test]
    fn names_are_those_of_the_model() {
        same_names(CONSENTS);
        same_names(PHONES);
        same_names(PRESCRIPTIONS);
        same_names(ACTS);
        for (name, _) in TROUBLES {
            let visit = names().visit(&with("trouble", json!(name))).unwrap();
            assert_eq!(serde_json::to_value(visit.trouble).unwrap(), json!(name));
        }
    }

    #[test]
    fn a_visit_is_read_whole() {
        let visit = names().visit(&by_face()).unwrap();
        assert_eq!(
            (visit.person.as_str(), visit.presented, visit.mode),
            ("hanako", Presented::CardOf("hanako".into()), Mode::Face)
        );
        assert_eq!(visit.consents, [ConsentKind::Drugs].into());
        assert_eq!(
            names().visit(&with("card", json!("none"))).unwrap().presented,
            Presented::Nothing
        );
        assert_eq!(
            names().visit(&with("phone", json!("iphone"))).unwrap().presented,
            Presented::PhoneOf { holder: "hanako".into(), phone: PhoneKind::Iphone }
        );
        assert_eq!(
            names().visit(&with("card", json!("foreign"))).unwrap().presented,
            Presented::ForeignCard
        );
        assert_eq!(names().visit(&with("person", json!("架空花子"))).unwrap().person, "hanako");
        let signed = names().visit(&with("trouble", json!({"signed-by-card-of": "taro"}))).unwrap();
        assert_eq!(signed.trouble, Some(Trouble::SignedByCardOf("taro".into())));
        let mut pin = with("mode", json!("pin"));
        pin["pin_entries"] = json!(["0000", "12a"]);
        assert_eq!(names().visit(&pin).unwrap().mode, Mode::Pin(vec!["0000".into(), "12a".into()]));
        let mut visual = with("mode", json!("visual"));
        visual["staff_confirms"] = json!(true);
        assert_eq!(names().visit(&visual).unwrap().mode, Mode::Visual(true));
    }

    /// Each complaint names the place, and what stood there is not repeated.
    #[test]
    fn complaints_name_the_place() {
        for (place, body) in [
            ("\"\"", json!([])),
            ("/persn", with("persn", json!("hanako"))),
            ("/person", with("person", Value::Null)),
            ("/person", with("person", json!("secret-1234"))),
            ("/institution", with("institution", json!(1_319_999_999))),
            ("/card", with("card", json!("secret-1234"))),
            ("/mode", with("mode", json!("secret-1234"))),
            ("/pin_entries", with("mode", json!("pin"))),
            ("/pin_entries", with("pin_entries", json!("secret-1234"))),
            ("/staff_confirms", with("mode", json!("visual"))),
            ("/consents/1", with("consents", json!(["drugs", "secret-1234"]))),
            ("/consents", with("consents", json!("drugs"))),
            ("/register", with("register", json!("yes"))),
            ("/prescription", with("prescription", json!("secret-1234"))),
            ("/trouble", with("trouble", json!("secret-1234"))),
            (
                "/trouble/signed-by-card-of",
                with("trouble", json!({"signed-by-card-of": "secret-1234"})),
            ),
            ("/trouble/signed-by-card-of", with("trouble", json!({}))),
        ] {
            let problem = told(names().visit(&body).unwrap_err());
            assert!(problem.contains(place), "{place}: {problem}");
            assert!(!problem.contains("secret-1234"), "{problem}");
        }
        let mut entries = with("mode", json!("pin"));
        entries["pin_entries"] = json!(["secret-1234", 1234]);
        let problem = told(names().visit(&entries).unwrap_err());
        assert!(problem.contains("/pin_entries/1") && !problem.contains("1234"), "{problem}");
    }

    #[test]
    fn the_clock_takes_instants_and_japanese_wall_time() {
        let now = at_jst(date(2026, 4, 1).at(9, 30, 0, 0)).unwrap();
        let wanted = Event::Clock(at_jst(date(2026, 4, 10).at(9, 30, 0, 0)).unwrap());
        for text in ["2026-04-10T09:30", "2026-04-10T09:30:00+09:00", "2026-04-10T00:30:00Z"] {
            assert_eq!(clock(&json!({"to": text}), now).unwrap(), wanted, "{text}");
        }
        for text in ["2026-03-31T09:30", "2100-01-01T00:00", "tomorrow", ""] {
            assert!(clock(&json!({"to": text}), now).is_err(), "{text}");
        }
    }

    #[test]
    fn the_authority_acts_on_cards_only() {
        let read = |person, act| names().authority(&json!({"person": person, "act": act}));
        assert_eq!(read("hanako", "hold").unwrap(), ("hanako".to_owned(), AuthorityAct::Hold));
        assert!(told(read("nanako", "hold").unwrap_err()).contains("no My Number Card"));
        assert!(told(read("hanako", "forgive").unwrap_err()).contains("/act"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            prop::sample::select(vec!["hanako", "pin", "drugs", "none", "signed-by-card-of"])
                .prop_map(Value::from),
        ];
        leaf.prop_recursive(2, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,8}|signed-by-card-of", inner, 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(
            name in prop::sample::select(vec!["person", "institution", "card", "phone", "mode", "pin_entries", "staff_confirms", "consents", "register", "prescription", "trouble", "to", "act", "x/~y"]),
            value in any_json(),
        ) {
            let body = with(name, value.clone());
            let _ = names().visit(&body);
            let _ = names().authority(&body);
            let _ = clock(&json!({name: value.clone()}), Timestamp::UNIX_EPOCH);
            let _ = names().visit(&value);
        }
    }
}
