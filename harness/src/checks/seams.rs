//! Assertions on what crossed the seams, made on sightings: the meaning of a message, noted by the tap as it passed.

use std::collections::BTreeSet;

/// Something that a tap recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sighting {
    /// SELECT of the JPKI AP answered 9000.
    CardSelected,
    /// A picture was taken of whoever stands there.
    FaceCaptured,
    /// The face record (券面事項確認AP, EF 0002) was read.
    FaceRecordRead,
    /// VERIFY with data on the user PIN (EF 0018).
    UserPinVerified,
    /// The user-authentication certificate (EF 000A) was read.
    UserCertificateRead,
    /// The signature certificate (EF 0001 of the JPKI AP) was selected.
    SignatureCertificateSelected,
    /// A file that holds the 12-digit number was selected, or 照合番号A was presented.
    NumberFileSelected,
    /// COMPUTE DIGITAL SIGNATURE answered 9000.
    SignatureMade,
    /// A certificate and a signature went to the backend.
    CertificateSent,
    /// The backend asked for the status of a certificate.
    StatusAsked,
}

/// What the taps of one story noted, beside the evidence.
#[derive(Debug, Default)]
pub struct Seen {
    /// In the order in which they crossed.
    pub sightings: Vec<Sighting>,
    /// Institutions whose `face` folder took a result, in order.
    pub results_at: Vec<String>,
    /// Secrets that crossed a seam where they must not, and where. Never the secret itself.
    pub canaries: BTreeSet<String>,
}

/// Why an assertion on the seams does not hold, in words.
pub type Unseen = String;

/// All of these were seen, in this order.
///
/// # Errors
/// Names the first that is missing.
pub fn happened(seen: &Seen, wanted: &[Sighting]) -> Result<(), Unseen> {
    let mut rest = seen.sightings.iter();
    for sighting in wanted {
        if !rest.any(|found| found == sighting) {
            return Err(format!("{sighting:?} was not seen"));
        }
    }
    Ok(())
}

/// This was never seen.
///
/// # Errors
/// Says that it was.
pub fn never(seen: &Seen, unwanted: Sighting) -> Result<(), Unseen> {
    if seen.sightings.contains(&unwanted) { Err(format!("{unwanted:?} was seen")) } else { Ok(()) }
}

/// Results reached this institution and no other.
///
/// # Errors
/// Names where they went.
pub fn results_only_at(seen: &Seen, institution: &str) -> Result<(), Unseen> {
    let places: BTreeSet<&str> = seen.results_at.iter().map(String::as_str).collect();
    if places == BTreeSet::from([institution]) {
        Ok(())
    } else {
        Err(format!("results at {places:?}"))
    }
}

/// No secret crossed a seam.
///
/// # Errors
/// Names the kinds and the seams.
pub fn no_canary(seen: &Seen) -> Result<(), Unseen> {
    if seen.canaries.is_empty() { Ok(()) } else { Err(format!("{:?}", seen.canaries)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_matters_and_gaps_do_not() {
        let seen = Seen {
            sightings: vec![
                Sighting::CardSelected,
                Sighting::FaceRecordRead,
                Sighting::FaceCaptured,
            ],
            ..Seen::default()
        };
        assert!(happened(&seen, &[Sighting::CardSelected, Sighting::FaceCaptured]).is_ok());
        assert!(happened(&seen, &[Sighting::FaceCaptured, Sighting::CardSelected]).is_err());
    }

    #[test]
    fn a_result_elsewhere_is_named() {
        let seen = Seen { results_at: vec!["1".into(), "2".into()], ..Seen::default() };
        assert!(results_only_at(&seen, "1").unwrap_err().contains('2'));
        assert!(results_only_at(&Seen::default(), "1").is_err());
    }
}
