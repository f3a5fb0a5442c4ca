//! The counter of a municipality, where certificates for cards and smartphones are applied for.

use super::{
    authority::{Authority, AuthorityError, IssueRequest, Issued, SignatureIssueRequest},
    municipality::Municipality,
    names::{CaKind, HolderFacts, Substitutes},
};

/// Issues under the name of one municipality.
pub struct Office<'a> {
    authority: &'a mut Authority,
    municipality: Municipality,
    substitutes: Substitutes,
    serial: Option<u64>,
}

impl<'a> Office<'a> {
    pub(crate) fn new(authority: &'a mut Authority, municipality: Municipality) -> Self {
        Self { authority, municipality, substitutes: Substitutes::default(), serial: None }
    }

    /// Marks substitute characters in the name and address of the certificates issued next.
    #[must_use]
    pub fn with_substitutes(mut self, substitutes: Substitutes) -> Self {
        self.substitutes = substitutes;
        self
    }

    /// The certificate issued next is one of the population: it has this serial number, and the ledger knows it without a record.
    pub(crate) fn under(mut self, serial: u64) -> Self {
        self.serial = Some(serial);
        self
    }

    /// Issues a 利用者証明用電子証明書.
    ///
    /// # Errors
    /// [`AuthorityError::ReversedPeriod`] for an expired card; dates out of range; a key that does not encode.
    pub fn issue_user_authentication(
        &mut self,
        request: IssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        self.issue(CaKind::UserAuthentication, &request)
    }

    /// Issues a 署名用電子証明書.
    ///
    /// # Errors
    /// As [`Self::issue_user_authentication`].
    pub fn issue_digital_signature(
        &mut self,
        request: SignatureIssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        self.issue_named(CaKind::DigitalSignature, request)
    }

    /// Issues a user-authentication certificate for a smartphone (bench profile). `request.card_expiry` is the card's.
    ///
    /// # Errors
    /// As [`Self::issue_user_authentication`].
    pub fn issue_mobile_user_authentication(
        &mut self,
        request: IssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        self.issue(CaKind::MobileUserAuthentication, &request)
    }

    /// Issues a digital-signature certificate for a smartphone (bench profile).
    ///
    /// # Errors
    /// As [`Self::issue_user_authentication`].
    pub fn issue_mobile_digital_signature(
        &mut self,
        request: SignatureIssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        self.issue_named(CaKind::MobileDigitalSignature, request)
    }

    pub(crate) fn issue(
        &mut self,
        ca: CaKind,
        request: &IssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let serial = self.serial.take();
        self.authority.issue_at((ca, &self.municipality), serial, request)
    }

    pub(crate) fn issue_named(
        &mut self,
        ca: CaKind,
        request: SignatureIssueRequest<'_>,
    ) -> Result<Issued, AuthorityError> {
        let SignatureIssueRequest { issue, name, address, sex } = request;
        let substitutes = self.substitutes.clone();
        let facts = HolderFacts { name, birthdate: issue.birthdate, sex, address, substitutes };
        let serial = self.serial.take();
        self.authority.issue_named_at((ca, &self.municipality), serial, &facts, &issue)
    }
}
