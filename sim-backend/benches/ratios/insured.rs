//! Insured people, as many as one likes, each told by two records: who it is, and the qualification.

use std::fmt::Write as _;

/// The first day covered, for all of them.
pub const GAINED: &str = "2024-04-01";
pub const BIRTHDATE: &str = "1985-05-05";

/// Their numbers with the insurer.
pub fn number(n: usize) -> String {
    format!("{n:08}")
}

/// An opaque code that tells nothing of the order: neighbours lie far apart in every index.
fn code(n: usize) -> String {
    let mut mixed =
        (n as u64).wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    format!("{:016x}", mixed ^ (mixed >> 31))
}

/// Both records of the insured person `n`, a line each.
pub fn write(text: &mut String, n: usize) {
    let (person, number) = (code(n), number(n));
    writeln!(
        text,
        r#"{{"record_id":"W-{n:08}","insurer_number":"99990013","person":"{person}","revision":0,"kind":"person","data":{{"name":"架空　花子","name_kana":"ｶｸｳ ﾊﾅｺ","sex1":"2","birthdate":"{BIRTHDATE}","address":"東京都架空区模擬１－２－３","post_number":"100-0000"}}}}"#
    )
    .unwrap();
    writeln!(
        text,
        r#"{{"record_id":"G-{n:08}","insurer_number":"99990013","person":"{person}","revision":0,"kind":"gain","data":{{"insurer_name":"架空健康保険組合","symbol":"記号1","number":"{number}","branch":"00","own_or_family":"1","insured_name":"架空　花子","gained":"{GAINED}"}}}}"#
    )
    .unwrap();
}
