//! What an operator sets for the folders and the log-in. The default is how the bench's own worlds run: everything comes, nothing goes.

use jiff::SignedDuration;

use super::duty::PlannedStop;
use super::seal::Seal;

/// Settings of one terminal. The names of the real settings files are public, their whole content is not.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long an answer stays in `res` (`ResponseFileStayTime` of UserDefinition.property, in minutes there); without it for ever.
    pub stay: Option<SignedDuration>,
    /// How long a result stays in `face`; without it for ever. Bench profile.
    pub face_stay: Option<SignedDuration>,
    /// Whether a notice `DEL….txt` in `res` tells which answers were removed from it.
    pub notice: bool,
    /// Whether results of card uses are put into `face` (`OutputFlg` of UserDefinitionForFace.property).
    pub face_output: bool,
    /// Which answers and results are given as encrypted ZIP (encrypt.conf, encrypt_face.conf).
    pub seal: Option<Seal>,
    /// How long nothing may happen until the log-in ends, some 30 minutes in the field (OQS-OPS-05); without it never.
    pub idle: Option<SignedDuration>,
    /// When the service is planned to be closed (OQS-OPS-06).
    pub stops: Vec<PlannedStop>,
    /// Whether it can show medical aid (医療扶助); one that cannot says so with each card (OQS-AID-02). Bench profile.
    pub medical_aid: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stay: None,
            face_stay: None,
            notice: true,
            face_output: true,
            seal: None,
            idle: None,
            stops: Vec::new(),
            medical_aid: true,
        }
    }
}
