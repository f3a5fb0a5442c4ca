//! The cards of a story as they misbehave: which faults a visit's trouble switches on, and what is put right after it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sim_card::apdu::StatusWord;
use sim_card::{Card, CertificateName, Damage, Fault};
use sim_reader::CardChannel;

use super::channels::{Moved, OnReader};
use super::plastic::Plastic;
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
    pub(super) fn spoil(&mut self, plastic: &Plastic, fault: &CardFault) -> Result<(), BenchError> {
        if self.moves_by_hand(fault) {
            return Ok(());
        }
        let Some(card) = plastic.ours() else {
            return Err(self.not_of_a_product("a card that misbehaves"));
        };
        let other = if let CardFault::SwappedFor(other) = fault { self.card(other)? } else { None };
        let other = other.filter(|other| !other.is(plastic));
        let other = other.as_ref().and_then(Plastic::ours);
        let other = other.map(|other| locked(other).persistent().clone());
        let mut card = locked(card);
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
        if self.moves_by_hand(fault) {
            let after = self.moves_after().clone();
            after.set(u32::MAX);
            return Ok(Some(Box::new(move |commands| after.set(commands))));
        }
        let (Some(not_yet), Some(card)) = (going(fault, u32::MAX), self.card(holder)?) else {
            return Ok(None);
        };
        let Some(card) = card.ours().cloned() else { return Ok(None) };
        let switch = move |card: &Mutex<Card>, fault| locked(card).set_faults(vec![fault]);
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
        let mut card = |person: &String| self.card(person).ok().flatten()?.ours().cloned();
        let (Some(card), Some(other)) = (card(holder), card(other)) else { return };
        let used = locked(&card).take_from_under();
        if let Some(used) = used {
            locked(&other).restore(used);
        }
    }

    /// A hand at the reader moves cards where one of them is a product, which knows nothing of it.
    fn moves_by_hand(&self, fault: &CardFault) -> bool {
        self.card_is_product() && going(fault, RECOGNITION).is_some()
    }

    /// A card that lies on the reader, within reach of the hand that will move it.
    pub(super) fn moved(
        &mut self,
        card: OnReader,
        fault: &CardFault,
    ) -> Result<Box<dyn CardChannel>, BenchError> {
        if !self.moves_by_hand(fault) {
            return Ok(Box::new(card));
        }
        let other = if let CardFault::SwappedFor(other) = fault { self.card(other)? } else { None };
        let other = other.map(|other| OnReader::place(&other, self.clock()));
        let after = self.moves_after().clone();
        after.set(RECOGNITION);
        Ok(Box::new(Moved::new(card, other, after)))
    }
}

fn locked(card: &Mutex<Card>) -> MutexGuard<'_, Card> {
    card.lock().unwrap_or_else(PoisonError::into_inner)
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
