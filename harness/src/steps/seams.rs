//! Then: assertions on what crossed the seams. They read the evidence, not the outcome.

use cucumber::gherkin::Step;
use cucumber::then;

use super::params::{Name, Requirements};
use crate::bench::{Bench, StepError};
use crate::checks::seams::{self, Sighting};

#[then(expr = "置かれたカードの前で顔が撮影された {requirements}")]
#[then(expr = "a face was photographed with the card on the reader {requirements}")]
fn photographed(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_seen(step, &bears, |seen| {
        seams::happened(seen, &[Sighting::CardSelected, Sighting::FaceCaptured])
    })
}

#[then(expr = "チップの顔写真が読まれ、暗証番号は照合されなかった {requirements}")]
#[then(expr = "the photo in the chip was read and no PIN was verified {requirements}")]
fn photo_read(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_seen(step, &bears, |seen| {
        seams::happened(seen, &[Sighting::FaceRecordRead])?;
        seams::never(seen, Sighting::UserPinVerified)
    })
}

#[then(expr = "利用者証明用電子証明書が読まれ、署名用電子証明書は読まれなかった {requirements}")]
#[then(
    expr = "the user-authentication certificate was read and the signature certificate was not {requirements}"
)]
fn certificate_read(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_seen(step, &bears, |seen| {
        seams::happened(seen, &[Sighting::UserCertificateRead])?;
        seams::never(seen, Sighting::SignatureCertificateSelected)
    })
}

#[then(expr = "証明書と署名を添えた照会が医療機関から送られた {requirements}")]
#[then(expr = "the institution sent the certificate with a signature {requirements}")]
fn request_sent(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_seen(step, &bears, |seen| {
        seams::happened(seen, &[Sighting::SignatureMade, Sighting::CertificateSent])
    })
}

#[then(expr = "資格確認機関が証明書の有効性を認証局に確かめた {requirements}")]
#[then(expr = "the backend asked the authority about the certificate {requirements}")]
fn status_asked(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_seen(step, &bears, |seen| {
        seams::happened(seen, &[Sighting::CertificateSent, Sighting::StatusAsked])
    })
}

#[then(expr = "結果は{name}のフォルダーだけに届いた {requirements}")]
#[then(expr = "the result reached the folder of {name} alone {requirements}")]
fn only_here(
    bench: &mut Bench,
    at: Name,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    let institution = bench.institution(&at)?;
    bench.expect_seen(step, &bears, |seen| seams::results_only_at(seen, &institution))
}

#[then(expr = "個人番号のファイルは開かれなかった {requirements}")]
#[then(expr = "the files that hold the number were not opened {requirements}")]
fn number_files_closed(
    bench: &mut Bench,
    bears: Requirements,
    step: &Step,
) -> Result<(), StepError> {
    bench.expect_seen(step, &bears, |seen| seams::never(seen, Sighting::NumberFileSelected))
}

#[then(expr = "個人番号・暗証番号・顔写真はどの境界にも現れなかった {requirements}")]
#[then(expr = "neither number nor PIN nor photo crossed a seam {requirements}")]
fn no_canary(bench: &mut Bench, bears: Requirements, step: &Step) -> Result<(), StepError> {
    bench.expect_seen(step, &bears, seams::no_canary)
}
