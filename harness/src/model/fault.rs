//! What a faulty card does in a visit: one kind of misbehaviour a story can tell of.

use serde::{Deserialize, Serialize};

/// How the card that lies on the reader misbehaves. Each is there for one visit; what it did to counters stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardFault {
    /// It stops answering while it is being recognised.
    Mute,
    /// Its answers to READ BINARY are cut.
    CutAnswers,
    /// It answers READ BINARY with a status word that means nothing.
    WrongStatus,
    /// The first command after power-up fails, as on some real cards.
    FirstCommandFails,
    /// Once recognised it is off the reader for a moment and then there again.
    PutBack,
    /// Once recognised it is swapped for this person's card, so fast that no command meets an empty reader.
    SwappedFor(String),
    /// It loses power inside the first VERIFY, for the PIN or for the face record, after the try was taken.
    TornInVerify,
    /// A wrong PIN is answered with the tries that were left before it.
    StaleCounter,
    /// A byte within its certificate is another: no DER any more.
    CertificateGarbled,
    /// The last byte of its certificate is another: nobody's signature.
    CertificateForged,
    /// It signs with a key that is not the certificate's.
    WrongKey,
    /// Its key signs without any VERIFY.
    OpenKey,
    /// It takes two seconds to sign.
    Slow,
    /// It takes a minute to sign, more than a reader waits.
    Stalled,
}
