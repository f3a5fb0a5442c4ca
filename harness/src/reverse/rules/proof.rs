//! How a card proves itself to the backend: challenges, proofs, tickets.

use std::collections::BTreeSet;

use reports::evidence::Seam;

use super::{Found, Material, Oqs, Rule, at, each};

const NO_VISIT: &str = "no qualification was answered upon a ticket";

/// The rules of this file.
pub const RULES: &[Rule] = &[
    at(
        Seam::Backend,
        "backend/challenges-differ",
        &["OQS-CERT-03"],
        ("チャレンジが毎回異なる", "no challenge is handed out twice"),
        challenges_differ,
    ),
    at(
        Seam::Backend,
        "backend/proof-once",
        &["OQS-CERT-03"],
        ("使った署名は二度通らない", "a challenge is accepted once"),
        proof_once,
    ),
    at(
        Seam::Backend,
        "backend/ticket-once",
        &["OQS-CERT-22"],
        ("証明書を確かめるごとに一度だけ答える", "a ticket is answered once"),
        ticket_once,
    ),
    at(
        Seam::Backend,
        "backend/refusal-is-one",
        &["OQS-CERT-04"],
        ("拒否とともに認証を渡さない", "a refused certificate is given no ticket"),
        refusal_is_one,
    ),
    at(
        Seam::Backend,
        "backend/nothing-after-refusal",
        &["OQS-CERT-04", "OQS-QUAL-03"],
        (
            "拒否された証明書では資格を答えない",
            "a refused certificate is followed by no qualification",
        ),
        nothing_after_refusal,
    ),
];

/// Goes through values in order; the second of two alike is broken.
fn no_two_alike<'a>(
    values: impl Iterator<Item = &'a str>,
    what: &'static str,
) -> impl Iterator<Item = Result<(), String>> {
    let mut known = BTreeSet::new();
    values.map(
        move |value| {
            if known.insert(value.to_owned()) { Ok(()) } else { Err(what.to_owned()) }
        },
    )
}

fn challenges_differ(material: &Material) -> Found {
    let given = material.oqs.iter().filter(|oqs| oqs.is("SIMchalng01"));
    let values: Vec<&str> = given.filter_map(|oqs| oqs.answered("Challenge")).collect();
    if values.len() < 2 {
        return Found::NotSeen("fewer than two challenges were handed out");
    }
    each(no_two_alike(values.into_iter(), "a challenge was handed out a second time"), "")
}

/// Accepted proofs by their challenge.
fn proof_once(material: &Material) -> Found {
    let accepted = material.oqs.iter().filter(|oqs| oqs.is("SIMcertif01") && oqs.is_normal());
    let values = accepted.filter_map(|oqs| oqs.asked("ChallengeIdentifier"));
    let told = "a challenge that had been accepted was accepted again";
    each(no_two_alike(values, told), "no certificate was accepted")
}

/// Qualifications that were answered upon a ticket.
fn visits(material: &Material) -> impl Iterator<Item = (&Oqs, &str)> {
    let answered = material.oqs.iter().filter(|oqs| oqs.is("SIMqualif01") && oqs.is_normal());
    answered.filter_map(|oqs| Some((oqs, oqs.asked("AuthenticationTicket")?)))
}

fn ticket_once(material: &Material) -> Found {
    let tickets = visits(material).map(|(_, ticket)| ticket);
    each(no_two_alike(tickets, "a ticket was answered a second time"), NO_VISIT)
}

fn refusal_is_one(material: &Material) -> Found {
    let refused = material.oqs.iter().filter(|oqs| oqs.is("SIMcertif01") && oqs.is_error());
    let look = |oqs: &Oqs| match oqs.answered("AuthenticationTicket") {
        None => Ok(()),
        Some(_) => Err("a refusal bears a ticket".to_owned()),
    };
    each(refused.map(look), "no certificate was refused")
}

/// After a refusal only tickets that were seen handed out may be answered; one from before the tap's time is none of them only
/// as long as nothing was refused.
fn nothing_after_refusal(material: &Material) -> Found {
    let (mut tickets, mut refused, mut looked) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for oqs in &material.oqs {
        let institution = oqs.asked("MedicalInstitutionCode");
        if oqs.is("SIMcertif01") {
            tickets.extend(oqs.answered("AuthenticationTicket").filter(|_| oqs.is_normal()));
            if oqs.is_error() {
                refused.insert(institution);
            }
        } else if oqs.is("SIMqualif01") && oqs.is_normal() && refused.contains(&institution) {
            let known = oqs.asked("AuthenticationTicket").is_some_and(|it| tickets.contains(it));
            let told =
                "a qualification was answered after a refusal, upon no ticket that was handed out";
            looked.push(if known { Ok(()) } else { Err(told.to_owned()) });
        }
    }
    match (looked.is_empty(), refused.is_empty()) {
        (true, true) => Found::NotSeen("no certificate was refused"),
        (true, false) => Found::Holds(refused.len()),
        (false, _) => each(looked, ""),
    }
}
