//! The calls of readers: only where a pair speaks the bench's own protocol, since the real one is not public.

use std::collections::BTreeSet;

use reports::evidence::Seam;
use serde::de::DeserializeOwned;
use sim_reader::reader_link::{
    CERTIFICATE_PATH, CHALLENGE_PATH, CertifyAnswer, CertifyRequest, ChallengeAnswer,
    ChallengeRequest, QUALIFICATION_PATH, QualifyAnswer, QualifyRequest,
};

use super::{Found, Material, Rule, at, each};
use crate::reverse::heard::Call;
use crate::taps::http::Place;

const NO_CALL: &str = "no call of docs/terminal-protocol.md passed between reader and terminal";

/// The rules of this file.
pub const RULES: &[Rule] = &[
    at(
        Seam::Reader,
        "reader/layout",
        &[],
        ("電文が型のとおりである", "each call has the form of docs/terminal-protocol.md"),
        layout,
    ),
    at(
        Seam::Reader,
        "reader/nothing-after-refusal",
        &["OQS-CERT-04"],
        (
            "受け取った認証だけで資格を尋ねる",
            "a qualification is asked for only upon a ticket that was handed out",
        ),
        only_tickets,
    ),
    at(
        Seam::Reader,
        "reader/challenge-once",
        &["OQS-CERT-03"],
        ("同じチャレンジを二度使わない", "a challenge is signed and handed over once"),
        challenge_once,
    ),
];

/// The answered calls of one path, both sides read.
pub fn read<Q: DeserializeOwned, A: DeserializeOwned>(
    material: &Material,
    path: &'static str,
) -> Vec<(Q, A)> {
    let calls = material.calls(Place::Reader).filter(|call| call.request.target().1 == path);
    let both = |call: &Call| {
        let asked = serde_json::from_slice(&call.request.body).ok()?;
        Some((asked, serde_json::from_slice(&call.answer.body).ok()?))
    };
    calls.filter_map(both).collect()
}

fn layout(material: &Material) -> Found {
    let look = |call: &Call| {
        let (asked, given) = (&call.request.body, &call.answer.body);
        let fits = match call.request.target().1 {
            CHALLENGE_PATH => both::<ChallengeRequest, ChallengeAnswer>(asked, given),
            CERTIFICATE_PATH => both::<CertifyRequest, CertifyAnswer>(asked, given),
            QUALIFICATION_PATH => both::<QualifyRequest, QualifyAnswer>(asked, given),
            _ => return None,
        };
        // Without an answer of the backend there is none to the reader but a status.
        let is_silence = matches!(call.answer.status(), Some(502..=504));
        let path = call.request.target().1.to_owned();
        Some(if is_silence { Ok(()) } else { fits.map_err(|why| format!("{path}: {why}")) })
    };
    each(material.calls(Place::Reader).filter_map(look), NO_CALL)
}

/// Says which side cannot be read; the reason may repeat a value, so it is not told.
fn both<Q: DeserializeOwned, A: DeserializeOwned>(
    asked: &[u8],
    given: &[u8],
) -> Result<(), &'static str> {
    serde_json::from_slice::<Q>(asked).map_err(|_| "the request has another form")?;
    serde_json::from_slice::<A>(given).map(drop).map_err(|_| "the answer has another form")
}

/// A ticket from before the tap's time counts as handed out until a refusal was seen.
fn only_tickets(material: &Material) -> Found {
    let certified = read::<CertifyRequest, CertifyAnswer>(material, CERTIFICATE_PATH);
    let (mut tickets, mut refusals) = (BTreeSet::new(), 0);
    for (_, answer) in certified {
        match answer {
            CertifyAnswer::Accepted(certified) => drop(tickets.insert(certified.ticket)),
            CertifyAnswer::Refused { .. } => refusals += 1,
        }
    }
    let asked = read::<QualifyRequest, QualifyAnswer>(material, QUALIFICATION_PATH);
    let told = || "a qualification was asked for upon no ticket that was handed out".to_owned();
    let look = |(request, _): &(QualifyRequest, QualifyAnswer)| {
        if refusals == 0 || tickets.contains(&request.ticket) { Ok(()) } else { Err(told()) }
    };
    match (asked.is_empty(), refusals) {
        (true, 0) => Found::NotSeen("no certificate was refused to a reader"),
        (true, refused) => Found::Holds(refused),
        (false, _) => each(asked.iter().map(look), ""),
    }
}

fn challenge_once(material: &Material) -> Found {
    let mut known = BTreeSet::new();
    let certified = read::<CertifyRequest, CertifyAnswer>(material, CERTIFICATE_PATH);
    let look = |(request, _): (CertifyRequest, CertifyAnswer)| {
        let told = || "a challenge was handed over a second time".to_owned();
        if known.insert(request.challenge_id) { Ok(()) } else { Err(told()) }
    };
    each(certified.into_iter().map(look), "no certificate was handed over by a reader")
}
