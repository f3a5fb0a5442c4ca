//! What a reader asks of a card and how the card answers: PINs and their counters, the number, certificates, signatures.

use std::collections::BTreeMap;

use reports::evidence::Seam;
use sim_card::apps::jpki::{SIGNATURE_CERTIFICATE, USER_CERTIFICATE, USER_PIN};
use sim_card::face_info::{FACE, NUMBER_IMAGE, REFERENCE_NUMBER_A, REFERENCE_NUMBER_B};

use super::{Found, Material, Rule, at, each};
use crate::reverse::card_log::{Application, CommandNote};

/// EF 0001 of 券面入力補助AP: the 12-digit number.
const NUMBER: u16 = 0x0001;
const EXTERNAL_AUTHENTICATE: u8 = 0x82;
const SELECT: u8 = 0xA4;
const NO_COMMAND: &str = "no command passed between card and reader";
const NO_PIN: &str = "no PIN was presented";

/// The rules of this file.
pub const RULES: &[Rule] = &[
    at(
        Seam::Card,
        "card/four-digits",
        &["OQS-PIN-01"],
        ("四桁の数字だけをカードに渡す", "only four digits are passed to the card as its PIN"),
        four_digits,
    ),
    at(
        Seam::Card,
        "card/one-try-each",
        &["OQS-PIN-02"],
        ("誤りごとに残りが一つ減る", "each wrong entry takes one try away"),
        one_try_each,
    ),
    at(
        Seam::Card,
        "card/locked-stays-locked",
        &["OQS-PIN-03"],
        ("ロック後はどの入力も通らない", "after the last try no entry is right any more"),
        locked_stays_locked,
    ),
    at(
        Seam::Card,
        "card/locked-left-alone",
        &["OQS-PIN-06"],
        (
            "ロックされた暗証番号を重ねて渡さない",
            "no entry is passed to a card that told its PIN is locked",
        ),
        locked_left_alone,
    ),
    at(
        Seam::Card,
        "card/asking-is-free",
        &["OQS-PIN-09"],
        ("残り回数を尋ねても減らない", "to be asked for the tries left costs none"),
        asking_is_free,
    ),
    at(
        Seam::Card,
        "card/number-untouched",
        &["OQS-PRIV-02"],
        (
            "番号のファイルを開かず番号を鍵にしない",
            "no file with the number is opened, and the number opens nothing",
        ),
        number_untouched,
    ),
    at(
        Seam::Card,
        "card/own-certificate",
        &["OQS-CERT-01"],
        (
            "利用者証明用の証明書だけを読む",
            "the certificate read is that for user authentication, never that for signatures",
        ),
        own_certificate,
    ),
    at(
        Seam::Card,
        "card/face-by-b",
        &["OQS-CARD-06"],
        ("券面情報を照合番号Bで開く", "the card-face record is opened by 照合番号B"),
        face_by_b,
    ),
    at(
        Seam::Card,
        "card/signs-after-proof",
        &["OQS-CARD-08"],
        (
            "暗証番号か認証の後にだけ署名する",
            "the card signs only after its PIN or an authentication",
        ),
        signs_after_proof,
    ),
];

/// Commands of an application about one EF.
fn about(note: &CommandNote, application: Application, file: u16) -> bool {
    note.application == application && note.file == Some(file)
}

fn presented(material: &Material) -> impl Iterator<Item = &CommandNote> {
    let pin = |note: &&CommandNote| about(note, Application::Jpki, USER_PIN) && note.presents();
    material.notes.commands.iter().filter(pin)
}

fn four_digits(material: &Material) -> Found {
    let look = |note: &CommandNote| {
        if note.nc == 4 && note.digits {
            return Ok(());
        }
        Err(format!("entry {}: {} bytes that are not four digits", note.seq, note.nc))
    };
    each(presented(material).map(look), NO_PIN)
}

/// One reference of one card, as long as it has power: elsewhere its counter may move unseen.
type Reference = ((u32, u32), Application, Option<u16>);

/// Goes through VERIFY in order, with what each reference answered last.
fn after_last<'a>(
    material: &'a Material,
    look: impl Fn(&CommandNote, &CommandNote) -> Option<Result<(), String>> + 'a,
) -> impl Iterator<Item = Result<(), String>> + 'a {
    let mut last: BTreeMap<Reference, &CommandNote> = BTreeMap::new();
    let verify = material.notes.commands.iter().filter(|it| it.presents() || it.asks_tries());
    verify.filter_map(move |note| {
        let before = last.insert((note.session, note.application, note.file), note);
        before.and_then(|before| look(before, note))
    })
}

fn one_try_each(material: &Material) -> Found {
    let look = |before: &CommandNote, note: &CommandNote| {
        let (left, now) = (before.tries().filter(|left| *left > 0)?, note.tries()?);
        let told = || format!("entry {}: {left} tries were left and then {now}", note.seq);
        note.presents().then(|| if now + 1 == left { Ok(()) } else { Err(told()) })
    };
    each(after_last(material, look), "no wrong entry came after the tries left were known")
}

fn locked_stays_locked(material: &Material) -> Found {
    let look = |before: &CommandNote, note: &CommandNote| {
        let told = || format!("entry {}: an entry was right after the lock", note.seq);
        let tried = before.tells_block() && note.presents();
        tried.then(|| if note.is_success() { Err(told()) } else { Ok(()) })
    };
    each(after_last(material, look), "nothing was tried after a lock")
}

fn locked_left_alone(material: &Material) -> Found {
    let locks = material.notes.commands.iter().filter(|note| note.tells_block()).count();
    let look = |before: &CommandNote, note: &CommandNote| {
        let again = before.tells_block() && note.presents();
        again.then(|| Err(format!("entry {}: an entry was passed on after the lock", note.seq)))
    };
    let found = each(after_last(material, look), "");
    match (found, locks) {
        (broken @ Found::Broken { .. }, _) => broken,
        (_, 0) => Found::NotSeen("no card told that its PIN is locked"),
        (_, locks) => Found::Holds(locks),
    }
}

fn asking_is_free(material: &Material) -> Found {
    let look = |before: &CommandNote, note: &CommandNote| {
        let (left, now) = (before.tries()?, note.tries()?);
        let told = || format!("entry {}: {left} tries were left, and {now} upon asking", note.seq);
        note.asks_tries().then(|| if now == left { Ok(()) } else { Err(told()) })
    };
    each(after_last(material, look), "nobody asked for tries after they were known")
}

fn number_untouched(material: &Material) -> Found {
    let look = |note: &CommandNote| {
        let opens = (note.header[1] == SELECT && note.is_success()) || note.reads();
        let number = about(note, Application::TextInput, NUMBER)
            || about(note, Application::CardFace, NUMBER_IMAGE);
        let key = about(note, Application::CardFace, REFERENCE_NUMBER_A) && note.presents();
        match (opens && number, key) {
            (true, _) => Err(format!("entry {}: a file with the number is opened", note.seq)),
            (false, true) => Err(format!("entry {}: the number is used as a key", note.seq)),
            (false, false) => Ok(()),
        }
    };
    each(material.notes.commands.iter().map(look), NO_COMMAND)
}

fn own_certificate(material: &Material) -> Found {
    let look = |note: &CommandNote| {
        let touches = (note.header[1] == SELECT || note.reads()) && note.is_success();
        if touches && about(note, Application::Jpki, SIGNATURE_CERTIFICATE) {
            return Some(Err(format!("entry {}: the certificate for signatures", note.seq)));
        }
        (note.reads() && about(note, Application::Jpki, USER_CERTIFICATE)).then_some(Ok(()))
    };
    each(material.notes.commands.iter().filter_map(look), "no certificate was read")
}

/// Whether a command like this was answered 9000 before, under the same power.
fn before(material: &Material, note: &CommandNote, like: impl Fn(&CommandNote) -> bool) -> bool {
    let earlier = material.notes.commands.iter().take_while(|it| it.seq < note.seq);
    let mut same = earlier.filter(|it| it.session == note.session && it.is_success());
    same.any(like)
}

fn face_by_b(material: &Material) -> Found {
    let read = |note: &&CommandNote| {
        note.reads() && note.is_success() && about(note, Application::CardFace, FACE)
    };
    let key =
        |file| move |it: &CommandNote| it.presents() && about(it, Application::CardFace, file);
    let look = |note: &CommandNote| {
        let by_b = before(material, note, key(REFERENCE_NUMBER_B));
        let by_a = before(material, note, key(REFERENCE_NUMBER_A));
        let told = || format!("entry {}: read without 照合番号B alone before it", note.seq);
        if by_b && !by_a { Ok(()) } else { Err(told()) }
    };
    let reads = material.notes.commands.iter().filter(read);
    each(reads.map(look), "no card-face record was read")
}

fn signs_after_proof(material: &Material) -> Found {
    let signed = material.notes.commands.iter().filter(|note| note.signature.is_some());
    let signed = signed.filter(|note| note.application == Application::Jpki);
    let proof = |it: &CommandNote| it.presents() || it.header[1] == EXTERNAL_AUTHENTICATE;
    let look = |note: &CommandNote| {
        let told = || format!("entry {}: signed without PIN or authentication", note.seq);
        if before(material, note, proof) { Ok(()) } else { Err(told()) }
    };
    each(signed.map(look), "no signature was made")
}
