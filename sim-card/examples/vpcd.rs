//! Puts a fictitious card into the virtual reader of pcscd: `cargo run -p sim-card --example vpcd [ADDRESS]`.
//!
//! PIN 1234, password ABC123, 照合番号B 55021720350000. Each command and its status word go to standard error.

use std::error::Error;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use jiff::civil::date;
use rsa::RsaPrivateKey;
use sim_card::apdu::{ResponseApdu, describe};
use sim_card::face_info::{card_verifiable_certificate, key_id};
use sim_card::link::vpcd;
use sim_card::photo::encode_photo;
use sim_card::pki::{Authority, AuthorityConfig, IssueRequest, SignatureIssueRequest, pooled_key};
use sim_card::{Card, CardContents, FaceIssuer, FaceRecord, KeyAndCertificate, Token};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:35963".to_owned());
    let card = Arc::new(Mutex::new(Card::new(contents()?)));
    vpcd::serve(card, address, |command, answer| {
        let status = ResponseApdu::parse(answer).map(|response| response.sw.to_string());
        eprintln!("{} → {}", describe(command), status.unwrap_or_default());
    })
    .await?;
    Ok(())
}

fn contents() -> Result<CardContents, Box<dyn Error>> {
    let issuer = pooled_key(2)?;
    let certificate = card_verifiable_certificate(
        &key_id("9900023", "001"),
        &key_id("9999999", "001"),
        issuer.as_public_key(),
        &pooled_key(3)?,
    );
    let (user_authentication, digital_signature) = certificates(pooled_key(0)?, pooled_key(1)?)?;
    let grey: Vec<u8> = (0..240 * 320u32).map(|place| place.to_le_bytes()[0]).collect();
    Ok(CardContents {
        token: Token::Card,
        user_authentication: Some(user_authentication),
        digital_signature: Some(digital_signature),
        user_pin: Some("1234".to_owned()),
        signature_password: Some("ABC123".to_owned()),
        face: FaceRecord {
            birthdate: date(1980, 2, 17),
            sex: '2',
            expiry: date(2035, 2, 17),
            security_code: "0000".to_owned(),
            photo: Some(encode_photo(240, 320, &grey)?),
        },
        individual_number: "123456789019".to_owned(),
        issuer: FaceIssuer { key: issuer, certificate },
        terminal_authority: None,
        challenge_seed: [0; 32],
    })
}

/// Both pairs for 架空 花子.
fn certificates(
    user: RsaPrivateKey,
    signature: RsaPrivateKey,
) -> Result<(KeyAndCertificate, KeyAndCertificate), Box<dyn Error>> {
    let mut authority = Authority::new(AuthorityConfig::default())?;
    let at: Timestamp = "2026-04-01T00:00:00Z".parse()?;
    let request = |key| IssueRequest {
        holder: "P-0001".to_owned(),
        birthdate: date(1980, 2, 17),
        at,
        card_expiry: date(2035, 2, 17),
        key,
        not_after: None,
    };
    let for_user = authority.issue_user_authentication(request(user.as_public_key()))?;
    let for_signature = authority.issue_digital_signature(SignatureIssueRequest {
        issue: request(signature.as_public_key()),
        name: "架空　花子".to_owned(),
        address: "架空県架空市１－２－３".to_owned(),
        sex: '2',
    })?;
    Ok((
        KeyAndCertificate {
            key: user,
            certificate: for_user.certificate,
            ca_certificate: authority.ca_certificate().to_vec(),
        },
        KeyAndCertificate {
            key: signature,
            certificate: for_signature.certificate,
            ca_certificate: authority.signature_ca_certificate().to_vec(),
        },
    ))
}
