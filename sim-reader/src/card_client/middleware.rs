//! What a reader asks of whatever lies on it, whoever carries it out: its own client, or card middleware in its place.

use super::{
    CardError, CardFront, FaceFiles, Pin, PinAnswer, PinCounter, Recognised, TerminalCredential,
};

/// The way from a reader to what lies on it, from power-up to removal.
///
/// What is absent: anything about the 12-digit number, 照合番号A, the signature certificate, and any change of a PIN.
pub trait CardMiddleware: Send {
    /// Tells what kind of token this is, and which.
    ///
    /// # Errors
    /// [`CardError`] when nothing answers, or the token cannot be read.
    fn recognise(&mut self) -> Result<Recognised, CardError>;

    /// Whether the card says that it carries a user-authentication certificate.
    ///
    /// # Errors
    /// [`CardError`]; a card that does not say is taken to carry one.
    fn has_user_certificate(&mut self) -> Result<bool, CardError>;

    /// The user-authentication certificate (利用者証明用電子証明書), DER; `None` when the file is empty.
    ///
    /// # Errors
    /// [`CardError`] when the file is closed or cut short.
    fn certificate(&mut self) -> Result<Option<Vec<u8>>, CardError>;

    /// Asks for the tries left of the PIN; costs none.
    ///
    /// # Errors
    /// [`CardError`] when the answer is none of the known ones.
    fn pin_counter(&mut self) -> Result<PinCounter, CardError>;

    /// Presents the PIN.
    ///
    /// # Errors
    /// [`CardError`] when the answer is neither right nor wrong nor blocked.
    fn verify_pin(&mut self, pin: &Pin) -> Result<PinAnswer, CardError>;

    /// Opens the face record with 照合番号B and reads it with its issuer's certificate.
    ///
    /// # Errors
    /// [`CardError::Refused`] when 照合番号B is wrong or blocked.
    fn face_files(&mut self, front: &CardFront) -> Result<FaceFiles, CardError>;

    /// Proves to the card that an approved terminal asks, so that the user key signs without PIN. Bench profile.
    ///
    /// # Errors
    /// [`CardError::Refused`] when the card does not accept certificate or signature.
    fn authenticate_terminal(&mut self, own: &TerminalCredential) -> Result<(), CardError>;

    /// Signs with the user-authentication key: RSASSA-PKCS1-v1_5 with SHA-256 over `challenge`.
    ///
    /// # Errors
    /// [`CardError::Refused`] with 6982 when neither PIN nor terminal has opened the key.
    fn sign(&mut self, challenge: &[u8]) -> Result<Vec<u8>, CardError>;

    /// Makes the JPKI application the current one again.
    ///
    /// # Errors
    /// [`CardError`] when the card is gone or no longer the card it was.
    fn select_jpki(&mut self) -> Result<(), CardError>;

    /// Tells an iPhone that nothing more is asked of it.
    ///
    /// # Errors
    /// [`CardError::Refused`] by anything but an iPhone.
    fn end_session(&mut self) -> Result<(), CardError>;
}
