//! The folder loop against careless clients and a backend that may be silent.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests end the test"
)]

mod counter;

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use counter::{Counter, Script, counter, friendly, query, refusing, result};
use sim_reader::terminal::xml::{self, Element};
use sim_reader::terminal::{Action, Encoding, Folder};

async fn at_a_counter() -> Counter {
    counter(Encoding::Utf8, friendly()).await
}

fn code(answer: &Element) -> Option<&str> {
    answer.anywhere("ErrorCode").or(answer.anywhere("ResultCode"))
}

#[tokio::test]
async fn a_request_is_answered_under_its_suffix_and_removed() {
    let counter = at_a_counter().await;
    counter.drop_request("OQSsiquc01req_患者 12_req.xml", &query("Q1", Encoding::Utf8));
    let sweep = counter.service(3).sweep().await.unwrap();
    assert_eq!(sweep.answered, ["OQSsiquc01req_患者 12_req.xml"]);
    let (answer, encoding) = counter.answer("OQSsiquc01res_患者 12_req.xml").unwrap();
    assert_eq!(answer.anywhere("ArbitraryFileIdentifier"), Some("Q1"));
    assert_eq!((encoding, counter.requests_left()), (Encoding::Utf8, 0));
    let events = counter.events.lock().unwrap();
    let acts: Vec<_> = events.iter().map(|event| (event.folder, event.action)).collect();
    let expected = [
        (Folder::Req, Action::Read),
        (Folder::Req, Action::Removed),
        (Folder::Res, Action::Written),
    ];
    assert_eq!(acts, expected);
}

#[tokio::test]
async fn the_answer_comes_in_the_encoding_of_the_request() {
    let counter = at_a_counter().await;
    counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::ShiftJis));
    counter.service(3).sweep().await.unwrap();
    let (answer, encoding) = counter.answer("OQSsiquc01res1.xml").unwrap();
    assert_eq!(encoding, Encoding::ShiftJis);
    assert_eq!(answer.anywhere("CharacterCodeIdentifier"), Some("1"));
    assert_eq!(answer.anywhere("Name"), Some("架空　花子"));
}

#[tokio::test]
async fn a_name_shift_jis_cannot_carry_comes_in_utf_8_and_unharmed() {
    let counter = at_a_counter().await;
    counter.script(Script::Answers(Arc::new(|_, request, _| {
        xml::write(&result(request, &[("Name", "\u{20BB7}野　花子")]), Encoding::Utf8).unwrap()
    })));
    counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::ShiftJis));
    counter.service(3).sweep().await.unwrap();
    let (answer, encoding) = counter.answer("OQSsiquc01res1.xml").unwrap();
    assert_eq!(encoding, Encoding::Utf8);
    assert_eq!(answer.anywhere("CharacterCodeIdentifier"), Some("0"));
    assert_eq!(answer.anywhere("Name"), Some("\u{20BB7}野　花子"));
}

#[tokio::test] // OQS-INFO-07
async fn a_document_is_handed_through_under_the_same_base_name() {
    let document = b"%PDF-1.5\n\xFF\x00 not text\n%%EOF".to_vec();
    let counter = at_a_counter().await;
    let given = document.clone();
    counter.script(Script::Answers(Arc::new(move |_, _, _| given.clone())));
    for (request, answer) in [
        ("YZKsiquc01req_req 1.xml", "YZKsiquc01res_req 1.pdf"),
        ("TKKsiquc01req患者.XML", "TKKsiquc01res患者.pdf"),
    ] {
        counter.drop_request(request, &query("Q1", Encoding::ShiftJis));
        assert_eq!(counter.service(3).sweep().await.unwrap().answered, [request]);
        assert_eq!(fs::read(counter.folders.res.join(answer)).unwrap(), document);
    }
    assert_eq!(fs::read_dir(&counter.folders.res).unwrap().count(), 2, "and nothing beside them");
}

#[tokio::test]
async fn half_a_file_is_waited_for_and_then_answered_once() {
    let counter = at_a_counter().await;
    let whole = query("Q1", Encoding::Utf8);
    let mut service = counter.service(2);
    for length in [0, 10, whole.len() / 2, whole.len() - 3] {
        counter.drop_request("OQSsiquc01req1.xml", &whole[..length]);
        assert_eq!(service.sweep().await.unwrap().waiting.len(), 1, "{length} bytes");
    }
    counter.drop_request("OQSsiquc01req1.xml", &whole);
    assert_eq!(service.sweep().await.unwrap().answered.len(), 1);
    assert_eq!(code(&counter.answer("OQSsiquc01res1.xml").unwrap().0), None);
    assert_eq!(counter.times_asked(), 1);
}

#[tokio::test]
async fn what_never_becomes_a_message_is_answered_as_malformed_in_the_end() {
    let mut lying = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><XmlMsg>".to_vec();
    lying.extend(Encoding::ShiftJis.encode("架空</XmlMsg>").unwrap());
    let entity = b"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><XmlMsg>&x;</XmlMsg>";
    for (case, bytes) in [
        ("zero bytes", Vec::new()),
        ("a place reserved and never filled", vec![0; 600]),
        ("UTF-16", "<XmlMsg/>".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("half", query("Q1", Encoding::ShiftJis)[..120].to_vec()),
        ("wrong encoding", lying),
        ("entity", entity.to_vec()),
        ("no XML", b"hello".to_vec()),
    ] {
        let counter = at_a_counter().await;
        counter.drop_request("OQSsiquc01req1.xml", &bytes);
        let mut service = counter.service(2);
        for _ in 0..2 {
            assert_eq!(service.sweep().await.unwrap().waiting.len(), 1, "{case}");
        }
        assert_eq!(service.sweep().await.unwrap().answered.len(), 1, "{case}");
        let (answer, encoding) = counter.answer("OQSsiquc01res1.xml").unwrap();
        assert_eq!(code(&answer), Some("SIM-E1001"), "{case}");
        assert_eq!(encoding == Encoding::ShiftJis, case == "half", "{case}");
        assert_eq!((counter.requests_left(), counter.times_asked()), (0, 0), "{case}");
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_at_once() {
    let counter = at_a_counter().await;
    counter.drop_request("YZKsiquc01req1.xml", &vec![b' '; xml::MAX_BYTES + 1]);
    assert_eq!(counter.service(100).sweep().await.unwrap().answered.len(), 1);
    let (answer, _) = counter.answer("YZKsiquc01res1.xml").unwrap();
    assert_eq!(answer.anywhere("ResultCode"), Some("SIM-E1001"));
    assert_eq!(answer.anywhere("MedicalInstitutionCode"), Some(counter::CODE));
}

#[tokio::test]
async fn families_known_by_name_only_are_answered_so() {
    let counter = at_a_counter().await;
    let families = [
        "OQSsihvq01",
        "OQSsionq01",
        "OQSsihvd01",
        "OQSsiurl01",
        "OQSsiinq01",
        "OQSsiupd01",
        "CIPsiquc01",
        "PMHsimsm01",
        "SRJ",
        "SHJ",
        "EPS",
    ];
    for family in families {
        let name = format!("{family}req_患者 9.xml");
        counter.drop_request(&name, &query("Q9", Encoding::ShiftJis));
        let sweep = counter.service(3).sweep().await.unwrap();
        assert_eq!(sweep.answered, [name]);
        let (answer, encoding) = counter.answer(&format!("{family}res_患者 9.xml")).unwrap();
        let said = (answer.anywhere("SegmentOfResult"), code(&answer));
        assert_eq!(said, (Some("9"), Some("SIM-E1003")), "{family}");
        let words = answer.anywhere("ErrorMessage").unwrap();
        assert!(words.contains(family) && words.contains("not simulated"), "{words}");
        assert_eq!(answer.anywhere("ArbitraryFileIdentifier"), Some("Q9"), "{family}");
        assert_eq!(encoding, Encoding::ShiftJis, "{family}");
    }
    assert_eq!((counter.times_asked(), counter.requests_left()), (0, 0));
}

#[tokio::test]
async fn the_bulk_families_are_forwarded() {
    let counter = at_a_counter().await;
    let families =
        ["OQSmutic01", "OQSmutic02", "OQSmuhvq01", "OQSmuhvq02", "OQSmuonq01", "OQSmuonq02"];
    for family in families {
        counter.drop_request(&format!("{family}req1.xml"), &query("Q9", Encoding::Utf8));
        counter.service(3).sweep().await.unwrap();
        let (asked, _) = counter.backend.asked.lock().unwrap().last().cloned().unwrap();
        assert_eq!(asked, format!("{family}req"));
    }
    assert_eq!(counter.times_asked(), families.len());
}

#[tokio::test]
async fn other_names_are_left_alone() {
    let counter = at_a_counter().await;
    for name in
        ["notes.txt", ".OQSsiquc01req1.xml.part", "OQSsiquc01res1.xml", "~OQSsiquc01req2.xml"]
    {
        counter.drop_request(name, &query("Q1", Encoding::Utf8));
    }
    fs::create_dir(counter.folders.req.join("OQSsiquc01req3.xml")).unwrap();
    let sweep = counter.service(0).sweep().await.unwrap();
    assert_eq!(sweep.left_alone, ["OQSsiquc01res1.xml", "notes.txt"]);
    assert_eq!((sweep.answered.len(), counter.requests_left()), (0, 5));
}

#[tokio::test]
async fn the_same_name_again_is_a_new_request() {
    let counter = at_a_counter().await;
    let mut service = counter.service(3);
    for identifier in ["first", "second"] {
        counter.drop_request("OQSsiquc01req1.xml", &query(identifier, Encoding::Utf8));
        service.sweep().await.unwrap();
        let (answer, _) = counter.answer("OQSsiquc01res1.xml").unwrap();
        assert_eq!(answer.anywhere("ArbitraryFileIdentifier"), Some(identifier));
    }
    assert_eq!(fs::read_dir(&counter.folders.res).unwrap().count(), 1);
}

#[tokio::test]
async fn an_outage_leaves_the_request_until_it_can_be_answered() {
    for script in [Script::Silent, Script::Status(503), Script::Status(500)] {
        let counter = at_a_counter().await;
        let mut service = counter.service(1);
        counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::Utf8));
        counter.script(script);
        for _ in 0..3 {
            let sweep = service.sweep().await.unwrap();
            assert_eq!((sweep.waiting.len(), sweep.answered.len()), (1, 0));
        }
        assert!(counter.answer("OQSsiquc01res1.xml").is_none());
        counter.script(friendly());
        assert_eq!(service.sweep().await.unwrap().answered.len(), 1);
        assert!(counter.answer("OQSsiquc01res1.xml").is_some());
    }
}

#[tokio::test]
async fn one_request_the_backend_hangs_on_does_not_hold_up_the_others() {
    let counter = at_a_counter().await;
    counter.script(Script::Silent);
    let mut service = counter.service(1);
    counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::Utf8));
    counter.drop_request("OQSsiquc01req2.xml", &query("Q2", Encoding::Utf8));
    assert!(service.sweep().await.unwrap().outage);
    service.sweep().await.unwrap();
    let asked = counter.backend.asked.lock().unwrap().clone();
    let names: Vec<_> = asked.iter().map(|(_, bytes)| xml::parse(bytes).unwrap().0).collect();
    let identifiers: Vec<_> =
        names.iter().map(|root| root.anywhere("ArbitraryFileIdentifier").unwrap()).collect();
    assert_eq!(identifiers, ["Q1", "Q2"]);
}

#[tokio::test]
async fn a_refusal_is_an_answer() {
    let counter = counter(Encoding::Utf8, refusing("SIM-E1002")).await;
    counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::Utf8));
    assert_eq!(counter.service(1).sweep().await.unwrap().answered.len(), 1);
    assert_eq!(code(&counter.answer("OQSsiquc01res1.xml").unwrap().0), Some("SIM-E1002"));
}

#[tokio::test]
async fn an_answer_that_is_no_message_is_not_passed_on() {
    let counter = at_a_counter().await;
    counter.script(Script::Answers(Arc::new(|_, _, _| b"<html>".to_vec())));
    counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::Utf8));
    assert_eq!(counter.service(1).sweep().await.unwrap().waiting.len(), 1);
    assert!(counter.answer("OQSsiquc01res1.xml").is_none());
}

#[tokio::test]
async fn the_loop_polls_until_it_is_stopped() {
    let counter = at_a_counter().await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let run =
        counter.service(3).run(Duration::from_millis(5), async { stopped.await.unwrap_or(()) });
    let running = tokio::spawn(run);
    counter.drop_request("OQSsiquc01req1.xml", &query("Q1", Encoding::Utf8));
    while counter.requests_left() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.send(()).unwrap();
    running.await.unwrap();
    assert!(counter.answer("OQSsiquc01res1.xml").is_some());
}
