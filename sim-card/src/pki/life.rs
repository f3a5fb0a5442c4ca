//! What a person's life does to the certificates: renewal, removal, change of name, loss of the card, death.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    authority::{
        Authority, AuthorityError, IssueRequest, Issued, RenewRequest, SignatureIssueRequest,
        content, unknown,
    },
    crl::RevocationReason,
    ledger::{Change, Standing, StandingError},
    names::CaKind,
};

/// An event that the municipality tells the authority about.
///
/// Reason codes are a bench profile: which ones the real lists carry is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LifeEvent {
    /// 転居・転入: the address changed. Ends signature certificates, which carry it, and no other.
    Moved,
    /// 氏名の変更: ends signature certificates, and no other.
    Renamed,
    /// Report of loss: everything good is suspended.
    CardLost,
    /// The lost card is back: everything suspended is good again.
    CardFound,
    /// Card given back (返納): everything ends.
    CardReturned,
    /// Death: everything ends.
    Died,
}

impl LifeEvent {
    /// What becomes of a certificate of this CA in this standing.
    fn change(self, ca: CaKind, standing: Standing) -> Option<Change> {
        let end = Change::Revoke;
        match (self, standing) {
            (_, Standing::Revoked { .. }) => None,
            (Self::Moved | Self::Renamed, Standing::Good | Standing::Held { .. }) => {
                ca.tells_name_and_address().then_some(end(RevocationReason::AffiliationChanged))
            }
            (Self::CardLost, Standing::Good) => Some(Change::Hold),
            (Self::CardFound, Standing::Held { .. }) => Some(Change::Release),
            (Self::CardLost, Standing::Held { .. }) | (Self::CardFound, Standing::Good) => None,
            (Self::CardReturned | Self::Died, Standing::Good | Standing::Held { .. }) => {
                Some(end(RevocationReason::CessationOfOperation))
            }
        }
    }
}

impl Authority {
    /// Carries out an event in a person's life and tells the serial numbers of the certificates it changed. What has run out is left as it is.
    ///
    /// A person nobody knows, or whose certificates the event does not touch, changes nothing.
    ///
    /// # Errors
    /// [`AuthorityError::Standing`] when `at` lies before the latest change of one of the certificates; then none is changed.
    pub fn life_event(
        &mut self,
        holder: &str,
        event: LifeEvent,
        at: Timestamp,
    ) -> Result<Vec<Vec<u8>>, AuthorityError> {
        let due = self.ledger.held_by(holder).into_iter().map(content).filter_map(|serial| {
            let record = self.ledger.find(&serial)?;
            let standing = record.standing(at).filter(|_| !record.is_over(at))?;
            event.change(record.ca, standing).map(|change| (serial, change))
        });
        let changed = due.map(|(serial, change)| self.changed(&serial, change, at));
        let changed = changed.collect::<Result<Vec<_>, _>>()?;
        let touched = changed.iter().map(|(serial, _)| content(*serial)).collect();
        for (serial, record) in changed {
            self.ledger.enter(serial, record);
        }
        Ok(touched)
    }

    /// Issues the same person a new user-authentication certificate and revokes the old one as superseded unless it is revoked already.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownSerial`], [`AuthorityError::NotForUserAuthentication`], and those of issuing.
    pub fn renew(
        &mut self,
        serial: &[u8],
        request: RenewRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let old = self.ledger.find(serial).ok_or_else(|| unknown(serial))?;
        if old.ca.tells_name_and_address() {
            let serial = hex::encode(serial);
            return Err(AuthorityError::NotForUserAuthentication { serial });
        }
        let RenewRequest { at, card_expiry, key, not_after } = request;
        let (ca, municipality) = (old.ca, old.municipality.clone());
        let (holder, birthdate) = (old.holder.clone(), old.birthdate);
        let request = IssueRequest { holder, birthdate, at, card_expiry, key, not_after };
        self.replace(serial, at, |authority| {
            authority.issue_at((ca, &municipality), None, &request)
        })
    }

    /// Issues a new signature certificate at the counter that issued the old one, for card or smartphone as that, and revokes the old one as
    /// superseded unless it is revoked already. Name and address are told anew.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownSerial`], [`AuthorityError::NotForDigitalSignature`], and those of issuing.
    pub fn renew_digital_signature(
        &mut self,
        serial: &[u8],
        request: SignatureIssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let at = request.issue.at;
        let old = self.ledger.find(serial).ok_or_else(|| unknown(serial))?;
        let (ca, municipality) = (old.ca, old.municipality.clone());
        if !ca.tells_name_and_address() {
            let serial = hex::encode(serial);
            return Err(AuthorityError::NotForDigitalSignature { serial });
        }
        self.replace(serial, at, |authority| {
            authority.office(municipality).issue_named(ca, request)
        })
    }

    /// Issues a certificate and revokes the old one as superseded unless it is revoked already: both or neither.
    ///
    /// # Errors
    /// Those of issuing, and why the old one cannot be revoked.
    pub(crate) fn replace<E: From<AuthorityError>>(
        &mut self,
        old: &[u8],
        at: Timestamp,
        issue: impl FnOnce(&mut Self) -> Result<Issued, E>,
    ) -> Result<Issued, E> {
        let superseded = Change::Revoke(RevocationReason::Superseded);
        let ended = match self.changed(old, superseded, at) {
            Ok(ended) => Some(ended),
            Err(AuthorityError::Standing(StandingError::AlreadyRevoked)) => None,
            Err(other) => return Err(other.into()),
        };
        let issued = issue(self)?;
        if let Some((serial, record)) = ended {
            self.ledger.enter(serial, record);
        }
        Ok(issued)
    }
}
