//! A card may answer anything: the client reads it or refuses it, and always comes to an end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_reader::card_client::{
    CardClient, CardFront, CardMiddleware as _, FaceFiles, Pin, authentic_photo,
};
use sim_reader::{CardChannel, ChannelError};

/// Gives one prepared answer after the other, then is gone.
struct Scripted(std::vec::IntoIter<Vec<u8>>);

impl CardChannel for Scripted {
    fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.0.next().ok_or(ChannelError::Removed)
    }
}

fuzz_target!(|input: (Vec<Vec<u8>>, Vec<u8>, Vec<u8>)| {
    let (answers, record, issuer_certificate) = input;
    let mut channel = Scripted(answers.into_iter());
    let mut card = CardClient::new(&mut channel);
    let _ = card.recognise();
    let _ = card.has_user_certificate();
    let _ = card.certificate();
    let _ = card.pin_counter();
    if let Some(pin) = Pin::new("0000") {
        let _ = card.verify_pin(&pin);
    }
    let birthdate = jiff::civil::date(1980, 2, 17);
    let front = CardFront { birthdate, expiry_year: 2035, security_code: "0000".into() };
    if let Ok(files) = card.face_files(&front) {
        let _ = authentic_photo(&files);
    }
    let _ = authentic_photo(&FaceFiles { record, issuer_certificate });
    let _ = card.sign(&[0; 32]);
});
