//! The counter: the face reader, the terminal behind it and the institution's receipt computer.
//!
//! Imitated: what a face-recognition card reader (顔認証付きカードリーダー) does between "card placed" and
//! "take your card back", the terminal that asks the backend for it, and the receipt computer that
//! imports the result. Refused: the 12-digit number (its files are never opened), the signature
//! certificate, unlocking of PINs, and any memory of one visit in the next.
//!
//! The reader knows the card only through [`CardChannel`] or whatever stands before it through
//! [`card_client::CardMiddleware`], the camera through [`Camera`] and the terminal through
//! [`reader_link::TerminalLink`], so each of them can be a product.

pub mod card_client;
pub mod clock;
pub mod consent;
pub mod face;
pub mod institution;
pub mod reader_link;
pub mod session;
pub mod terminal;

pub use face::GreyImage;

/// The card seam: command APDU in, response APDU out.
///
/// The call blocks until the card answers; over a slow link the caller runs the visit on a thread
/// that may block.
pub trait CardChannel: Send {
    /// Sends one command APDU and returns the response with its status word.
    ///
    /// # Errors
    /// [`ChannelError`] when no response came back at all. A refusal by the card is a response.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError>;

    /// Gives the card power anew: what was selected and granted before is gone. A card lies on the reader under power already, so
    /// whoever speaks to it at once need not; nothing happens to what has no power to lose.
    fn power_up(&mut self) {}
}

/// Why no response came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// The card was taken away.
    #[error("the card was removed")]
    Removed,
    /// The card is there but says nothing that could be a response: dirty contacts, broken chip.
    #[error("the card does not answer")]
    Mute,
}

/// The camera seam: one picture of whoever stands at the counter.
pub trait Camera: Send {
    /// Takes one picture.
    ///
    /// # Errors
    /// [`CameraFault`] when no usable picture could be taken.
    fn capture(&mut self) -> Result<GreyImage, CameraFault>;
}

/// The camera gave no usable picture; this is "no decision", not a face that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the camera gave no usable picture")]
pub struct CameraFault;
