//! A card in a real reader, through PC/SC: a slot like any other. Needs the feature `pcsc`.

use std::cell::Cell;
use std::ffi::CString;
use std::time::Duration;

use pcsc::{Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};

use super::CardSlot;
use crate::faults::Silence;

/// Why a reader is of no use.
#[derive(Debug, thiserror::Error)]
pub enum PcscError {
    /// The PC/SC service cannot be reached.
    #[error("the PC/SC service does not answer: {0}")]
    Service(#[source] Error),
    /// No reader fits the name.
    #[error("no PC/SC reader is called {wanted:?}; there is {}", told(readers))]
    NoSuchReader {
        /// What was asked for.
        wanted: String,
        /// What there is.
        readers: Vec<String>,
    },
    /// No card in the reader.
    #[error("no card can be used in {reader:?}: {source}")]
    NoCard {
        /// The reader.
        reader: String,
        /// What PC/SC says.
        source: Error,
    },
}

fn told(readers: &[String]) -> String {
    if readers.is_empty() { "none".to_owned() } else { readers.join(", ") }
}

/// The card that lies in a reader now, held for this process alone while it has power.
///
/// A card that is taken out is gone for good, also when one is put in again: nobody has looked at that one yet.
pub struct PcscCard {
    context: Context,
    reader: CString,
    card: Option<pcsc::Card>,
    atr: Vec<u8>,
    /// How often cards were put in and taken out before.
    moves: u32,
    /// Whether the card was seen taken out: the count begins anew with a reader plugged in again.
    gone: Cell<bool>,
}

impl PcscCard {
    /// Takes the card in the one reader whose name begins so. It gets no power yet.
    ///
    /// # Errors
    /// [`PcscError`] when there is no service, reader or card.
    pub fn open(wanted: &str) -> Result<Self, PcscError> {
        let context = Context::establish(Scope::User).map_err(PcscError::Service)?;
        let known = match context.list_readers_owned() {
            Ok(known) => known,
            Err(Error::NoReadersAvailable) => Vec::new(),
            Err(error) => return Err(PcscError::Service(error)),
        };
        let name = |reader: &CString| reader.to_string_lossy().into_owned();
        let fits: Vec<&CString> = match known.iter().find(|reader| name(reader) == wanted) {
            Some(exact) => vec![exact],
            None => known.iter().filter(|reader| name(reader).starts_with(wanted)).collect(),
        };
        let [reader] = fits.as_slice() else {
            let readers = known.iter().map(name).collect();
            return Err(PcscError::NoSuchReader { wanted: wanted.to_owned(), readers });
        };
        let reader = CString::clone(reader);
        let failed = |source| PcscError::NoCard { reader: name(&reader), source };
        let card = connect(&context, &reader).map_err(failed)?;
        let atr = atr_of(&card).map_err(failed)?;
        let (_, moves) = look(&context, &reader).map_err(failed)?;
        release(card);
        Ok(Self { context, reader, card: None, atr, moves, gone: Cell::new(false) })
    }
}

/// Nobody else may use the card meanwhile: commands of two clients would mix.
fn connect(context: &Context, reader: &CString) -> Result<pcsc::Card, Error> {
    context.connect(reader, ShareMode::Exclusive, Protocols::ANY)
}

/// Whether there is a card, and how often cards were moved.
fn look(context: &Context, reader: &CString) -> Result<(bool, u32), Error> {
    let mut state = [ReaderState::new(reader.clone(), State::UNAWARE)];
    context.get_status_change(Duration::ZERO, &mut state)?;
    let [state] = state;
    Ok((state.event_state().contains(State::PRESENT), state.event_count()))
}

fn atr_of(card: &pcsc::Card) -> Result<Vec<u8>, Error> {
    Ok(card.status2_owned()?.atr().to_vec())
}

/// Takes the power away. A card that is gone has none.
fn release(card: pcsc::Card) {
    if let Err((card, _)) = card.disconnect(Disposition::UnpowerCard) {
        drop(card);
    }
}

impl CardSlot for PcscCard {
    fn atr(&self) -> Vec<u8> {
        self.atr.clone()
    }

    fn is_present(&self) -> bool {
        let lies = look(&self.context, &self.reader) == Ok((true, self.moves));
        self.gone.set(self.gone.get() || !lies);
        !self.gone.get()
    }

    fn has_power(&self) -> bool {
        self.card.is_some()
    }

    /// A card that has power is not let go meanwhile.
    fn power_on(&mut self) {
        if self.card.is_some() {
            return self.again(Disposition::UnpowerCard);
        }
        let Ok(card) = connect(&self.context, &self.reader) else { return };
        // Looked at after the card was taken hold of: now nobody changes it unseen.
        if self.is_present() {
            self.card = Some(card);
        } else {
            release(card);
        }
    }

    fn power_off(&mut self) {
        self.card.take().into_iter().for_each(release);
    }

    fn reset(&mut self) {
        if self.card.is_some() { self.again(Disposition::ResetCard) } else { self.power_on() }
    }

    fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, Silence> {
        let Some(card) = &self.card else {
            return Err(if self.is_present() { Silence::NoPower } else { Silence::Removed });
        };
        let mut buffer = vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED];
        let answered = card.transmit(command, &mut buffer).map(<[u8]>::to_vec);
        answered.map_err(|error| self.silence(error))
    }
}

impl PcscCard {
    /// Resets the card in hand. PC/SC does so to whichever card lies there now, so it is looked at afterwards.
    fn again(&mut self, how: Disposition) {
        let Some(card) = self.card.as_mut() else { return };
        let done = card.reconnect(ShareMode::Exclusive, Protocols::ANY, how);
        if done.is_err() || !self.is_present() {
            self.power_off();
        }
    }

    /// What it means that no answer came; PC/SC has many words for a card that is gone.
    fn silence(&mut self, error: Error) -> Silence {
        let gone = [
            Error::RemovedCard,
            Error::NoSmartcard,
            Error::ReaderUnavailable,
            Error::UnknownReader,
        ];
        if gone.contains(&error) || !self.is_present() {
            self.power_off();
            Silence::Removed
        } else {
            Silence::Mute
        }
    }
}
