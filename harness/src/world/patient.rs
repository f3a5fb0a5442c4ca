//! A log-in at the patient's portal: the own card at home, the portal's own interface over HTTP, and what one sees there.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::actors::plain_client;
use super::channels::OnReader;
use super::stage::Stage;
use crate::error::BenchError;
use crate::model::{Numbers, Outcome, PortalEnd, PortalOutcome, PortalSeen, PortalUse};
use crate::portal_page::{NoProof, Proof, prove};
use crate::taps::card::TappedCard;

/// A patient's browser: where the portal is, and the token once there is one.
struct Browser {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
}

/// An answer of the portal: the body, or the kind of the problem.
type Told = Result<Value, String>;

impl Stage {
    /// Logs somebody in, registers the card if wanted, and looks at everything.
    pub(super) async fn at_portal(&mut self, used: &PortalUse) -> Result<Outcome, BenchError> {
        let mut browser = Browser { client: plain_client()?, url: self.portal_url()?, token: None };
        let end = self.log_in(&mut browser, used).await?;
        let seen = match end {
            Ok(()) => browser.look().await?,
            Err(end) => Err(end),
        };
        if browser.token.is_some() {
            drop(browser.send(Method::DELETE, "/portal/session", None).await?);
        }
        Ok(Outcome::Portal(PortalOutcome {
            end: seen.as_ref().err().copied().unwrap_or(PortalEnd::Seen),
            pin_tries_left: self.pin_tries_left(&used.person),
            seen: seen.ok().map(Box::new),
        }))
    }

    async fn log_in(
        &mut self,
        browser: &mut Browser,
        used: &PortalUse,
    ) -> Result<Result<(), PortalEnd>, BenchError> {
        let asked = match browser.send(Method::POST, "/portal/challenges", None).await? {
            Ok(asked) => asked,
            Err(kind) => return Ok(Err(ending(&kind)?)),
        };
        let challenge = STANDARD.decode(text(&asked, "/challenge")?);
        let challenge = challenge.map_err(|error| unreadable(&error))?;
        let proof = match self.prove(used, &challenge)? {
            Ok(proof) => proof,
            Err(end) => return Ok(Err(end)),
        };
        let body = json!({
            "challenge_identifier": text(&asked, "/challenge_identifier")?,
            "certificate": STANDARD.encode(proof.certificate),
            "signature": STANDARD.encode(proof.signature),
            "identification": "pin",
        });
        match browser.send(Method::POST, "/portal/sessions", Some(body)).await? {
            Ok(session) => browser.token = Some(text(&session, "/token")?.to_owned()),
            Err(kind) => return Ok(Err(ending(&kind)?)),
        }
        if used.register {
            let done = browser.send(Method::POST, "/portal/registration", None).await?;
            if let Err(kind) = done {
                return Ok(Err(ending(&kind)?));
            }
        }
        Ok(Ok(()))
    }

    /// The own card on a reader at home.
    fn prove(
        &mut self,
        used: &PortalUse,
        challenge: &[u8],
    ) -> Result<Result<Proof, PortalEnd>, BenchError> {
        let Some(card) = self.card(&used.person)? else { return Ok(Err(PortalEnd::NoCard)) };
        let mut on_reader = OnReader::place(&card, self.clock());
        let mut tapped = TappedCard::new(&mut on_reader, self.taps().clone());
        let proof = prove(&mut tapped, &used.pin, challenge);
        card.with(|card| card.power_off());
        let holder = self.world().people.get(&used.person);
        let has_pin = holder.and_then(|one| one.card.as_ref()?.pin.as_ref()).is_some();
        Ok(proof.map_err(|reason| match reason.to_holder(has_pin) {
            NoProof::NotMyNumberCard => PortalEnd::NoCard,
            NoProof::NoCertificate => PortalEnd::NoCertificate,
            NoProof::NoPin => PortalEnd::NoPin,
            NoProof::NotFourDigits | NoProof::WrongPin { .. } => PortalEnd::WrongPin,
            NoProof::Blocked => PortalEnd::PinLocked,
            NoProof::Card(_) => PortalEnd::SystemError,
        }))
    }
}

impl Browser {
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Told, BenchError> {
        let failed = |error: reqwest::Error| BenchError::setup("portal seam", error);
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(failed)?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(Ok(Value::Null));
        }
        let good = answer.status().is_success();
        let bytes = answer.bytes().await.map_err(failed)?;
        if !good {
            let problem: Value =
                serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
            let kind = text(&problem, "/type")?;
            return Ok(Err(kind.rsplit('/').next().unwrap_or_default().to_owned()));
        }
        // The one file among the answers is no JSON.
        let as_text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        Ok(Ok(serde_json::from_slice(&bytes).unwrap_or_else(|_| as_text())))
    }

    async fn look(&self) -> Result<Result<PortalSeen, PortalEnd>, BenchError> {
        let screen = match self.send(Method::GET, "/portal/qualifications", None).await? {
            Ok(screen) => screen,
            Err(kind) => return Ok(Err(ending(&kind)?)),
        };
        let validity = screen.pointer("/validity").and_then(Value::as_u64).unwrap_or_default();
        Ok(Ok(PortalSeen {
            validity: u8::try_from(validity).unwrap_or(u8::MAX),
            numbers: numbers(&screen)?,
            medicines: self.texts("/portal/medicines", &["medicines", "*", "name"]).await?,
            health_checks: self
                .texts("/portal/health-checks", &["health_checks", "*", "made"])
                .await?,
            care: self.texts("/portal/care", &["care", "*", "name"]).await?,
            operations: self.texts("/portal/operations", &["operations", "*", "name"]).await?,
            prescribed: self
                .texts("/portal/prescriptions", &["prescriptions", "*", "drugs", "*", "name"])
                .await?,
            paid: self.paid().await?,
        }))
    }

    async fn told(&self, path: &str) -> Result<Value, BenchError> {
        let told = self.send(Method::GET, path, None).await?;
        told.map_err(|kind| BenchError::Reading {
            part: "portal",
            reason: format!("{path}: {kind}"),
        })
    }

    /// All texts at a place of an answer; `*` stands for every entry of a list.
    async fn texts(&self, path: &str, place: &[&str]) -> Result<BTreeSet<String>, BenchError> {
        let told = self.told(path).await?;
        let mut values = vec![&told];
        for name in place {
            values = match *name {
                "*" => values.iter().filter_map(|value| value.as_array()).flatten().collect(),
                name => values.iter().filter_map(|value| value.get(name)).collect(),
            };
        }
        Ok(values.iter().filter_map(|value| value.as_str()).map(str::to_owned).collect())
    }

    /// What was paid in each year, out of the file of the year.
    async fn paid(&self) -> Result<BTreeMap<i16, u64>, BenchError> {
        let told = self.told("/portal/costs").await?;
        let years = told.get("years").and_then(Value::as_array).into_iter().flatten();
        let mut paid = BTreeMap::new();
        for year in years.filter_map(|one| one.get("year")?.as_i64()) {
            let file = self.told(&format!("/portal/costs/{year}/file")).await?;
            let sum = total_paid(file.as_str().unwrap_or_default());
            let year = i16::try_from(year).map_err(|error| unreadable(&error))?;
            paid.insert(year, sum.ok_or_else(|| unreadable(&"the cost file has no total"))?);
        }
        Ok(paid)
    }
}

/// The number in `Totals/Paid` of a cost file.
fn total_paid(file: &str) -> Option<u64> {
    let (_, totals) = file.split_once("<Totals>")?;
    let (_, paid) = totals.split_once("<Paid>")?;
    paid.split('<').next()?.parse().ok()
}

/// The numbers of the period that runs, else of the one that was begun last.
fn numbers(screen: &Value) -> Result<Option<Numbers>, BenchError> {
    let periods = screen.get("periods").and_then(Value::as_array);
    let standing =
        |period: &&Value, wanted| text(period, "/standing").is_ok_and(|one| one == wanted);
    let of = |wanted| periods?.iter().find(|period| standing(period, wanted));
    let Some(period) = of("active").or_else(|| of("ended")) else { return Ok(None) };
    let optional = |name: &str| period.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Some(Numbers {
        insurer_number: text(period, "/insurer_number")?.to_owned(),
        symbol: optional("symbol"),
        number: text(period, "/number")?.to_owned(),
        branch: optional("branch"),
    }))
}

/// How a problem of the portal ends a log-in.
fn ending(kind: &str) -> Result<PortalEnd, BenchError> {
    match kind {
        "certificate-refused" => Ok(PortalEnd::CertificateRefused),
        "not-registered" => Ok(PortalEnd::NotRegistered),
        "barred" => Ok(PortalEnd::Barred),
        "status-unavailable" => Ok(PortalEnd::SystemError),
        other => Err(unreadable(&format!("the portal refuses with {other}"))),
    }
}

fn text<'v>(value: &'v Value, pointer: &str) -> Result<&'v str, BenchError> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.ok_or_else(|| unreadable(&format!("an answer has no {pointer}")))
}

fn unreadable(error: &dyn std::fmt::Display) -> BenchError {
    BenchError::Reading { part: "portal", reason: error.to_string() }
}
