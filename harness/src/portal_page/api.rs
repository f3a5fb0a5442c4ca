//! What the page asks of the bench and not of the portal: who is there, and to put a card on (bench profile). A browser
//! cannot speak to a card, so the bench does it; the portal never sees one.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reports::Text2;
use serde::Serialize;
use serde_json::{Value, json};

use super::drawer::Drawer;
use super::proof::NoProof;
use crate::catalogue::Catalogue;
use crate::counter_page::{Body, Fields, Problem};

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct Helper {
    /// The cards.
    pub drawer: Drawer,
    /// The people.
    pub catalogue: &'static Catalogue,
}

/// A persona without anything secret.
#[derive(Debug, Serialize)]
pub struct PersonaTold {
    id: &'static str,
    name: &'static str,
    kana: &'static str,
    /// Whether there is a card.
    card: bool,
    /// Whether it has a PIN.
    pin: bool,
    /// Tries left for the PIN.
    tries_left: Option<u8>,
}

/// `GET /bench/personas`.
pub async fn personas(State(helper): State<Helper>) -> Json<Vec<PersonaTold>> {
    let told = helper.catalogue.personas.iter().map(|(id, person)| {
        let pin = person.card.as_ref().is_some_and(|card| card.pin.is_some());
        PersonaTold {
            id,
            name: &person.name,
            kana: &person.kana,
            card: person.card.is_some(),
            pin,
            tries_left: helper.drawer.tries_left(id).filter(|_| pin),
        }
    });
    Json(told.collect())
}

/// `POST /bench/cards/{persona}/signature`: puts the card on, with a PIN, and has it sign a challenge.
pub async fn signature(
    State(helper): State<Helper>,
    Path(persona): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let fields = Fields::of(&body, &["challenge", "pin"])?;
    let challenge = STANDARD.decode(fields.text("challenge")?).map_err(|_| {
        let words = Text2::new("Base64 ではありません。", "this is not Base64");
        Problem::unprocessable("/challenge", words)
    })?;
    let pin = fields.text("pin")?;
    match helper.drawer.sign(&persona, pin, &challenge) {
        None => Err(no_card()),
        Some(Err(reason)) => Err(refused(reason)),
        Some(Ok(proof)) => Ok(Json(json!({
            "certificate": STANDARD.encode(proof.certificate),
            "signature": STANDARD.encode(proof.signature),
            "identification": "pin",
        }))),
    }
}

fn no_card() -> Problem {
    let words = Text2::new(
        "カードを持つペルソナは /bench/personas にあります。",
        "/bench/personas tells who has a card",
    );
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-card",
        ("そのカードはありません", "there is no such card"),
        words,
    )
}

/// The card's refusal in words. The PIN that was typed is not repeated.
fn refused(reason: NoProof) -> Problem {
    let problem = |kind, title, ja: &str, en: &str| {
        Problem::new(StatusCode::FORBIDDEN, kind, title, Text2::new(ja, en))
    };
    match reason {
        NoProof::NotMyNumberCard | NoProof::NoCertificate => problem(
            "no-certificate",
            (
                "利用者証明用電子証明書がありません",
                "no user-authentication certificate on the card",
            ),
            "市区町村の窓口で発行を受けてください。",
            "the municipality issues one",
        ),
        NoProof::NoPin => problem(
            "no-pin",
            ("暗証番号のないカードです", "the card has no PIN"),
            "ここではログインできません。保険証としての利用登録は、医療機関の窓口のリーダーで顔認証か目視確認によりできます。",
            "it cannot log in here; it is registered as insurance card at the reader of an institution, by face or visual check",
        ),
        NoProof::NotFourDigits => problem(
            "not-four-digits",
            ("暗証番号は数字四桁です", "a PIN is four digits"),
            "カードには送っていません。回数は減っていません。",
            "it was not sent to the card; no try was lost",
        ),
        NoProof::WrongPin { left } => {
            let plural = if left == 1 { "try is" } else { "tries are" };
            problem(
                "wrong-pin",
                ("暗証番号が違います", "the PIN is wrong"),
                &format!("カードが数えました。あと{left}回でロックされます。"),
                &format!("the card has counted it; {left} {plural} left"),
            )
        }
        NoProof::Blocked => problem(
            "pin-blocked",
            ("暗証番号がロックされています", "the PIN is blocked"),
            "解除は市区町村の窓口です。このベンチでは、起動し直すとカードは元に戻ります。",
            "only the municipality unlocks it; in this bench the cards are as new when the command starts again",
        ),
        NoProof::Card(_) => problem(
            "card-fault",
            ("カードを読み取れません", "the card cannot be read"),
            "置き直してください。",
            "put it on again",
        ),
    }
}
