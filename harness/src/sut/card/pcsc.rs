//! How a card in a PC/SC reader is reached: guarded, so that no real card lies in a test bench. Needs the feature `pcsc`.

use sim_card::link::CardSlot;
use sim_reader::card_client::{CardClient, CardMiddleware as _};

use super::{InSlot, PcscReader};
use crate::error::BenchError;

/// Takes the card in the reader, if it is one of the test authority's, and reads its user-authentication certificate, DER.
///
/// # Errors
/// [`BenchError::NoCard`] with the reason: no reader, no card, or not one of ours.
pub fn open(adapter: &PcscReader) -> Result<(Box<dyn CardSlot>, Vec<u8>), BenchError> {
    let failed = |reason: String| BenchError::NoCard { reader: adapter.reader.clone(), reason };
    let mut card = InSlot(guarded(&adapter.reader).map_err(failed)?);
    card.0.power_on();
    let mut client = CardClient::new(&mut card);
    let certificate = client.select_jpki().and_then(|()| client.certificate());
    card.0.power_off();
    let certificate = certificate.map_err(|error| failed(error.to_string()))?;
    let certificate = certificate.ok_or_else(|| failed("it bears no certificate".to_owned()))?;
    Ok((card.0, certificate))
}

#[cfg(feature = "pcsc")]
fn guarded(reader: &str) -> Result<Box<dyn CardSlot>, String> {
    use sim_card::link::guard::Guarded;
    use sim_card::link::pcsc::PcscCard;

    let card = PcscCard::open(reader).map_err(|error| error.to_string())?;
    let guarded = Guarded::test_card(card).map_err(|error| error.to_string())?;
    Ok(Box::new(guarded))
}

#[cfg(not(feature = "pcsc"))]
fn guarded(_reader: &str) -> Result<Box<dyn CardSlot>, String> {
    Err("this madoguchi was built without PC/SC; build it with `--features pcsc`".to_owned())
}
