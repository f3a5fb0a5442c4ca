//! The cards of a story as they misbehave: which faults a visit's trouble switches on, and what is put right after it.

use std::sync::{Arc, Mutex, PoisonError};

use sim_card::apdu::StatusWord;
use sim_card::{Card, CertificateName, Damage, Fault};

use super::stage::Stage;
use crate::error::BenchError;
use crate::model::{CardFault, Presented, Trouble, Visit};
use crate::sut::middleware::OnceRecognised;

/// Commands in which a reader recognises a card.
const RECOGNITION: u32 = 6;
const VERIFY: u8 = 0x20;
const READ_BINARY: u8 = 0xB0;
const COMPUTE_DIGITAL_SIGNATURE: u8 = 0x2A;

impl Stage {
    /// Spoils a card before it is put on the reader.
    pub(super) fn spoil(
        &mut self,
        card: &Arc<Mutex<Card>>,
        fault: &CardFault,
    ) -> Result<(), BenchError> {
        let other = if let CardFault::SwappedFor(other) = fault { self.card(other)? } else { None };
        let other = other
            .filter(|other| !Arc::ptr_eq(other, card))
            .map(|other| other.lock().unwrap_or_else(PoisonError::into_inner).persistent().clone());
        let mut card = card.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = other {
            card.lay_under(other);
        }
        card.set_faults(vec![switched_on(fault)]);
        Ok(())
    }

    /// Has a card that goes once it is recognised go then, however many commands that takes: those of a product are its own.
    /// Whoever recognises it tells how many there were.
    pub(super) fn goes_once_recognised(
        &mut self,
        visit: &Visit,
    ) -> Result<Option<OnceRecognised>, BenchError> {
        let (Presented::CardOf(holder), Some(Trouble::Card(fault))) =
            (&visit.presented, &visit.trouble)
        else {
            return Ok(None);
        };
        let (Some(not_yet), Some(card)) = (going(fault, u32::MAX), self.card(holder)?) else {
            return Ok(None);
        };
        let switch = move |card: &Mutex<Card>, fault| {
            card.lock().unwrap_or_else(PoisonError::into_inner).set_faults(vec![fault]);
        };
        switch(&card, not_yet);
        let fault = fault.clone();
        Ok(Some(Box::new(move |commands| {
            going(&fault, commands).into_iter().for_each(|goes| switch(&card, goes));
        })))
    }

    /// After a swap each card is with its holder again, with what was done to it.
    pub(super) fn sort_out(&mut self, visit: &Visit) {
        let (Presented::CardOf(holder), Some(Trouble::Card(CardFault::SwappedFor(other)))) =
            (&visit.presented, &visit.trouble)
        else {
            return;
        };
        let mut card = |person: &String| self.card(person).ok().flatten();
        let (Some(card), Some(other)) = (card(holder), card(other)) else { return };
        let used = card.lock().unwrap_or_else(PoisonError::into_inner).take_from_under();
        if let Some(used) = used {
            other.lock().unwrap_or_else(PoisonError::into_inner).restore(used);
        }
    }
}

fn switched_on(fault: &CardFault) -> Fault {
    let corrupt = |damage| Fault::CorruptCertificate {
        certificate: CertificateName::UserAuthentication,
        damage,
    };
    let late = |milliseconds| Fault::Delayed { ins: COMPUTE_DIGITAL_SIGNATURE, milliseconds };
    match fault {
        CardFault::Mute => Fault::MuteAfter { commands: RECOGNITION / 2 },
        CardFault::CutAnswers => Fault::Truncated { ins: READ_BINARY, keep: 16 },
        CardFault::WrongStatus => {
            Fault::WrongStatus { ins: READ_BINARY, status: StatusWord::NO_DIAGNOSIS }
        }
        CardFault::FirstCommandFails => Fault::FirstCommandFails,
        CardFault::PutBack => put_back_after(RECOGNITION),
        CardFault::SwappedFor(_) => Fault::SwappedAfter { commands: RECOGNITION },
        CardFault::TornInVerify => Fault::TornInside { ins: VERIFY, written: false },
        CardFault::StaleCounter => Fault::StaleCounter,
        CardFault::CertificateGarbled => corrupt(Damage::Der),
        CardFault::CertificateForged => corrupt(Damage::Signature),
        CardFault::WrongKey => Fault::WrongKey,
        CardFault::OpenKey => Fault::OpenKey,
        CardFault::Slow => late(2_000),
        CardFault::Stalled => late(60_000),
    }
}

fn put_back_after(commands: u32) -> Fault {
    Fault::PutBackAfter { commands, missed: 1 }
}

/// The fault of a card that goes after so many commands; `None` for one that stays.
fn going(fault: &CardFault, commands: u32) -> Option<Fault> {
    match fault {
        CardFault::PutBack => Some(put_back_after(commands)),
        CardFault::SwappedFor(_) => Some(Fault::SwappedAfter { commands }),
        CardFault::Mute
        | CardFault::CutAnswers
        | CardFault::WrongStatus
        | CardFault::FirstCommandFails
        | CardFault::TornInVerify
        | CardFault::StaleCounter
        | CardFault::CertificateGarbled
        | CardFault::CertificateForged
        | CardFault::WrongKey
        | CardFault::OpenKey
        | CardFault::Slow
        | CardFault::Stalled => None,
    }
}
