//! `madoguchi card relay`: a card in a PC/SC reader, served like a virtual one, if it is one of the test authority's.

use clap::Args;

use super::Failure;
use super::card_door::Door;

/// What the help shows.
pub const EXAMPLES: &str = "\
Only cards whose certificates lead to the test authority are served: real cards do not belong into a test bench. The card
that lies in the reader at first is served until it is taken out. PINs and data are told by their length only.

Examples:
  madoguchi card relay --from-reader \"ACS ACR39U\" --http
  madoguchi card relay --from-reader \"ACS ACR39U\" --vpcd 192.0.2.7:35963";

/// Which card, and where to.
#[derive(Debug, Args)]
pub struct Relay {
    /// The reader's name, or the beginning of it
    #[arg(long, value_name = "NAME")]
    from_reader: String,
    #[command(flatten)]
    door: Door,
    /// Serve a card of anybody, without a look at its certificates. Whoever reaches the address can use that card
    #[arg(long)]
    i_know_this_is_a_real_card: bool,
}

impl Relay {
    /// Serves the card until Ctrl-C.
    #[cfg(feature = "pcsc")]
    pub fn run(&self) -> Result<u8, Failure> {
        use sim_card::link::guard::Guarded;
        use sim_card::link::pcsc::PcscCard;

        let card = PcscCard::open(&self.from_reader).map_err(|error| unusable(&error))?;
        let guarded = if self.i_know_this_is_a_real_card {
            super::say(
                "the guard is off: whoever reaches this card can use it, with its holder's rights",
            );
            Guarded::any_card(card)
        } else {
            Guarded::test_card(card)
        };
        let card = guarded.map_err(|error| {
            let message = format!("this card is not relayed: {error}");
            let next =
                "put in a card of the test authority; real cards do not belong into a test bench";
            Failure::told(super::CONFIGURATION, message, next)
        })?;
        self.door.open(card, &format!("card in {}", self.from_reader))
    }

    /// Tells that the relay is not there.
    #[cfg(not(feature = "pcsc"))]
    pub fn run(&self) -> Result<u8, Failure> {
        let Self { from_reader, door: _, i_know_this_is_a_real_card: _ } = self;
        Err(Failure::Usage(format!(
            "the reader {from_reader:?} cannot be reached: this madoguchi was built without PC/SC; build it with `--features pcsc` (needs libpcsclite-dev)"
        )))
    }
}

#[cfg(feature = "pcsc")]
fn unusable(error: &sim_card::link::pcsc::PcscError) -> Failure {
    use sim_card::link::pcsc::PcscError;

    use super::{INCOMPLETE, USAGE};

    let (code, next) = match error {
        PcscError::Service(_) => {
            (INCOMPLETE, "start pcscd, and run where its socket can be reached")
        }
        PcscError::NoSuchReader { .. } => {
            (USAGE, "name one of these readers so that only one fits")
        }
        PcscError::NoCard { .. } => {
            (INCOMPLETE, "put the card in, and end other programs that hold it")
        }
    };
    Failure::told(code, error.to_string(), next)
}
