//! Whether a card means what it says: one that takes every PIN, or none, cannot be judged.

use reports::model::Blame;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest as _, Sha256};
use sim_card::CardContents;
use sim_card::link::CardSlot;
use sim_card::pki::{Authority, AuthorityConfig, OnCard};
use sim_reader::CardChannel as _;
use sim_reader::card_client::{
    CardClient, CardError, CardMiddleware as _, Pin, PinAnswer, PinCounter, Recognised,
};

use super::Finding;
use crate::catalogue::Catalogue;
use crate::error::BenchError;
use crate::seed::Seed;
use crate::sut::card::{
    CardAdapter, CardWay, InSlot, LyingCard, PcscReader, VirtualCard, VpcdCard, open,
};
use crate::sut::config::SutConfig;
use crate::sut::troubles::Troubles;
use crate::world::{CardPress, Order, Workshop};

const CONTRACT: &str =
    "docs/card-protocol.md tells what the folder holds and which commands a card answers";
/// Whose card a product is that plays any card.
const ANYBODY: &str = "hanako";
/// What is signed.
const CHALLENGE: &[u8] = b"doctor";

/// What is looked at, in order.
pub(super) const CHECKS: [&str; 5] =
    ["answer to reset", "an echo", "a known-bad step", "an unknown step", "nothing from nothing"];

/// Looks at the product, in the order of [`CHECKS`]; the first that is the matter is the last.
pub(super) fn examine(sut: &SutConfig, adapter: &CardAdapter) -> Vec<Result<(), Finding>> {
    let steps: [Step; 5] = [
        Table::answer_to_reset,
        Table::echo,
        Table::known_bad,
        Table::unknown,
        Table::nothing_from_nothing,
    ];
    let mut table = match Table::lay(sut, adapter) {
        Ok(table) => table,
        Err(finding) => return vec![Err(finding)],
    };
    let mut found = Vec::new();
    for step in steps {
        if found.iter().all(Result::is_ok) {
            found.push(table.settled(step));
        }
    }
    found
}

/// One of [`CHECKS`].
type Step = fn(&mut Table) -> Result<(), Finding>;

/// The product's card on a table, and what is known of it.
struct Table {
    product: String,
    card: InSlot,
    certificate: Vec<u8>,
    key: RsaPublicKey,
    pin: Pin,
    troubles: Troubles,
}

impl Table {
    fn lay(sut: &SutConfig, adapter: &CardAdapter) -> Result<Self, Finding> {
        let troubles = Troubles::default();
        let (card, certificate, pin) = match adapter.way() {
            Some(CardWay::Vpcd(vpcd)) => made(sut, vpcd, &troubles)?,
            Some(CardWay::Pcsc(reader)) => lying(sut, reader, &troubles)?,
            None => return Err(BenchError::setup("card", "no way to it").into()),
        };
        let key = OnCard::read(&certificate).map_err(|error| BenchError::setup("card", error))?.key;
        let product = sut.product.name.clone();
        Ok(Self { product, card: InSlot(card), certificate, key, pin, troubles })
    }

    /// Each step begins with a card that was powered up anew. Silence is not the card's answer to anything.
    fn settled(&mut self, step: Step) -> Result<(), Finding> {
        self.card.power_up();
        let found = step(self);
        self.troubles.settle()?;
        found
    }

    fn answer_to_reset(&mut self) -> Result<(), Finding> {
        match self.card.0.atr().first() {
            Some(0x3B | 0x3F) => Ok(()),
            _ => Err(self.fault("has to begin its answer to reset with 3B or 3F")),
        }
    }

    /// It is the card that was ordered, and signs after the right PIN: a card that refuses all fails here.
    fn echo(&mut self) -> Result<(), Finding> {
        match self.client().recognise() {
            Ok(Recognised::MyNumberCard { .. }) => self.hands_out_its_certificate()?,
            Ok(Recognised::Phone { .. } | Recognised::Foreign) => {
                return Err(self.fault("does not show itself as a My Number Card"));
            }
            Err(error) => return Err(self.unfit("does not show what it is", &error)),
        }
        let pin = self.pin.clone();
        match self.client().verify_pin(&pin) {
            Ok(PinAnswer::Right) => self.signs(),
            Ok(PinAnswer::Wrong { .. } | PinAnswer::Blocked) => {
                Err(self.fault("refuses the right PIN"))
            }
            Err(error) => Err(self.unfit("refuses the right PIN", &error)),
        }
    }

    fn hands_out_its_certificate(&mut self) -> Result<(), Finding> {
        let read = self.client().certificate();
        match read {
            Ok(Some(certificate)) if certificate == self.certificate => Ok(()),
            Ok(_) => Err(self.fault("holds another certificate than it was given")),
            Err(error) => Err(self.unfit("does not hand out its certificate", &error)),
        }
    }

    fn signs(&mut self) -> Result<(), Finding> {
        let signature = self.client().sign(CHALLENGE);
        let signature = signature.map_err(|error| self.unfit("does not sign", &error))?;
        let hash = Sha256::digest(CHALLENGE);
        let right = self.key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, &signature);
        right.map_err(|_| self.fault("signs with another key than its certificate's"))
    }

    /// A wrong PIN is refused and costs a try, and without the PIN nothing is signed: a card that accepts all fails here. The right PIN puts
    /// things straight.
    fn known_bad(&mut self) -> Result<(), Finding> {
        self.select()?;
        let before = self.client().pin_counter();
        let Ok(PinCounter::Left(before @ 2..)) = before else {
            return Err(self.fault("has to tell two tries left at least before a wrong PIN"));
        };
        let pin = self.pin.clone();
        let answer = self.client().verify_pin(&wrong(&pin));
        let refused = matches!(answer, Ok(PinAnswer::Wrong { left }) if left < before);
        let signed = self.client().sign(CHALLENGE).is_ok();
        self.client().verify_pin(&pin).ok();
        match (refused, signed) {
            (true, false) => Ok(()),
            (false, _) => Err(self.fault("has to refuse a wrong PIN by 63Cx, x less than before")),
            (true, true) => Err(self.fault("signs without the PIN")),
        }
    }

    /// An instruction that nobody knows.
    fn unknown(&mut self) -> Result<(), Finding> {
        self.select()?;
        self.refuses(&[0x00, 0xEE, 0x00, 0x00], "an instruction that nobody knows")
    }

    /// An application that is not there.
    fn nothing_from_nothing(&mut self) -> Result<(), Finding> {
        const NOBODYS: [u8; 10] = [0x00, 0xA4, 0x04, 0x0C, 0x05, 0xF0, 0x99, 0x99, 0x99, 0x99];
        self.refuses(&NOBODYS, "the selection of an application that is not there")
    }

    fn refuses(&mut self, command: &[u8], what: &str) -> Result<(), Finding> {
        match self.card.transmit(command).as_deref() {
            Ok([.., 0x90 | 0x61 | 0x9F, _]) => {
                Err(self.fault(format!("says that it carried out {what}")))
            }
            Ok(_) => Ok(()),
            Err(error) => Err(self.fault(format!("does not answer {what}: {error}"))),
        }
    }

    fn select(&mut self) -> Result<(), Finding> {
        let selected = self.client().select_jpki();
        selected.map_err(|error| self.unfit("does not know the JPKI application", &error))
    }

    fn client(&mut self) -> CardClient<'_> {
        CardClient::new(&mut self.card)
    }

    fn unfit(&self, what: &str, error: &CardError) -> Finding {
        self.fault(format!("{what}: {error}"))
    }

    fn fault(&self, what: impl std::fmt::Display) -> Finding {
        Finding::new(Blame::Product, format!("{} {what}", self.product), CONTRACT)
    }
}

/// A card, its certificate and its PIN.
type Laid = (Box<dyn CardSlot>, Vec<u8>, Pin);

/// One that the product is to make.
fn made(sut: &SutConfig, vpcd: &VpcdCard, troubles: &Troubles) -> Result<Laid, Finding> {
    let contents = contents(ANYBODY)?;
    let (certificate, pin) = on(&contents)?;
    let card = VirtualCard::insert(sut, vpcd, (ANYBODY, &contents), troubles)?;
    Ok((Box::new(card), certificate, pin))
}

/// One that is there already: the persona's, and no other.
fn lying(sut: &SutConfig, reader: &PcscReader, troubles: &Troubles) -> Result<Laid, Finding> {
    let (certificate, pin) = on(&contents(&reader.persona)?)?;
    let (slot, read) = open(reader)?;
    let valid = |certificate: &[u8]| OnCard::read(certificate).map(|read| read.valid).ok();
    if valid(&certificate) != valid(&read) {
        return Err(Finding::new(
            Blame::Configuration,
            format!("the card in {} is not the one of {}", reader.reader, reader.persona),
            "put in the card that `madoguchi card issue` makes for this persona, or correct `persona` in madoguchi.yaml",
        ));
    }
    let name = &sut.product.name;
    let card = LyingCard::take(name, slot, Some(pin.digits()), (None, troubles))?;
    Ok((Box::new(card), read, pin))
}

fn on(contents: &CardContents) -> Result<(Vec<u8>, Pin), BenchError> {
    let lacks = || BenchError::setup("card", "the persona's card lacks certificate or PIN");
    let user = contents.user_authentication.as_ref().ok_or_else(lacks)?;
    let pin = contents.user_pin.as_deref().and_then(Pin::new).ok_or_else(lacks)?;
    Ok((user.certificate.clone(), pin))
}

/// A PIN that differs in its first digit.
fn wrong(pin: &Pin) -> Pin {
    let (first, rest) = pin.digits().split_at(1);
    let other = if first == "0" { "1" } else { "0" };
    Pin::new(&format!("{other}{rest}")).unwrap_or_else(|| pin.clone())
}

/// What is on the card of a persona.
fn contents(persona: &str) -> Result<CardContents, BenchError> {
    let failed = |error: &dyn std::fmt::Display| BenchError::setup("card", error);
    let (holder, person) = Catalogue::embedded()?
        .persona(persona)
        .ok_or_else(|| failed(&format!("no persona is called {persona}")))?;
    let facts = person.card.as_ref().ok_or_else(|| failed(&"the persona has no card"))?;
    let mut authority =
        Authority::new(AuthorityConfig::default()).map_err(|error| failed(&error))?;
    let order = Order { holder, person, facts, place: 0, seed: Seed(1) };
    let workshop = Workshop::new(Seed(1), None)?;
    Ok(CardPress::new()?.press(&workshop, &mut authority, &order)?.contents)
}
