//! Any bytes are a photo or are refused, and what is decoded can be compared.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_reader::face::matcher::Template;
use sim_reader::face::photo;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(image) = photo::decode(bytes) {
        assert_eq!(image.pixels.len() as u64, u64::from(image.width) * u64::from(image.height));
        if let Some(template) = Template::of(&image) {
            assert!((0.0..=1.0).contains(&template.similarity(&template)));
        }
    }
});
