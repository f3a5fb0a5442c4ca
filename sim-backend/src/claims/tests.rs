//! Tables of the claim rows, transcribed from the rows.

use super::{
    ClaimOutcome, ReturnReason, Ticket, TicketDetail,
    answer::answer,
    check::{Known, judge},
    file::read,
    verdict::Judgement,
};
use crate::{
    messages::{
        BranchNumber, Digits, Encoding, InstitutionCode, YearMonth,
        claim::ConfirmationKind,
        codes::{MedicalTreatmentType, ReasonOfLoss},
    },
    service::{
        records::{Coverage, PersonCode, PersonState},
        samples::{coverage, day, insurer, person, text},
    },
    store::Confirmation,
};

const A: &str = "99990013";
const B: &str = "99990021";
const C: &str = "99990039";
const STATED: &str = "HO,99990013,記号1,0001234,1,100";
const CHECKED: &str = "SN,1,01,,,,00,,\r\n";

/// A file with one claim of April 2026 for these days.
fn file_of(payers: &str, checked: &str, visits: &[usize]) -> Vec<u8> {
    let mut cells = vec![""; 43];
    visits.iter().for_each(|day| cells[11 + day] = "1");
    let treatment =
        if visits.is_empty() { String::new() } else { format!("SI,{}\r\n", cells.join(",")) };
    let head =
        "IR,1,13,1,9999999,,架空診療所,202605,00,\r\nRE,1,1112,202604,架空　花子,2,19850505\r\n";
    Encoding::ShiftJis.encode(&format!("{head}{payers}\r\n{checked}{treatment}")).unwrap()
}

fn judged(payers: &str, checked: &str, visits: &[usize], known: &Known) -> Judgement {
    judge(&read(&file_of(payers, checked, visits)).unwrap().claims[0], known)
}

fn known(coverages: Vec<Coverage>, confirmed: &[&str]) -> Known {
    let confirmation = |on: &&str| Confirmation {
        institution: InstitutionCode::new("1319999999").unwrap(),
        day: day(on),
        person: PersonCode::new("P-1").unwrap(),
        insurer_number: insurer(A),
        symbol: Some(text("記号1")),
        number: text("0001234"),
        branch: BranchNumber::new("00").ok(),
    };
    Known {
        insurer: true,
        holders: vec![person("P-1", "1985-05-05", coverages)],
        confirmations: confirmed.iter().map(confirmation).collect(),
        tickets: Vec::new(),
    }
}

fn a(lost: Option<&str>) -> Coverage {
    coverage(A, "2024-04-01", lost)
}

/// Outcome, check class and reason in a word.
fn words(judgement: &Judgement) -> String {
    let outcome = match judgement.outcome {
        ClaimOutcome::Accepted => "accepted",
        ClaimOutcome::Transferred => "transferred",
        ClaimOutcome::Split => "split",
        ClaimOutcome::Returned => "returned",
    };
    let class = judgement.confirmation.map_or("--", ConfirmationKind::code);
    let reason = judgement.reason.map(|reason| format!(" {reason:?}")).unwrap_or_default();
    let paying: Vec<_> = judgement
        .parts
        .iter()
        .map(|part| format!(" {}{:?}", part.insurer_number, part.days.iter().collect::<Vec<_>>()))
        .collect();
    format!("{outcome} {class}{reason}{}", paying.concat())
}

#[test] // row OQS-CLM-07: check class 02–09 after the claim, transferred or split
fn what_the_register_holds_decides() {
    let died = |mut coverage: Coverage| {
        coverage.lost.as_mut().unwrap().reason = Some(ReasonOfLoss::Death);
        coverage
    };
    let taken_back = |mut coverage: Coverage, on| {
        coverage.lost.as_mut().unwrap().certificate_returned = Some(day(on));
        coverage
    };
    let b = |from| coverage(B, from, None);
    for (row, held, visits, expected) in [
        ("02 insured there", vec![a(None)], vec![9], "accepted 02"),
        ("02 lost after the visit", vec![a(Some("2026-04-10"))], vec![9], "accepted 02"),
        (
            "02 no days told, lost within the month",
            vec![a(Some("2026-04-10"))],
            vec![],
            "accepted 02",
        ),
        (
            "03 before the gain",
            vec![coverage(A, "2026-04-10", None)],
            vec![9],
            "returned 03 NotYetQualified",
        ),
        ("on the day of the gain", vec![coverage(A, "2026-04-10", None)], vec![10], "accepted 02"),
        (
            "04 changed before the visit",
            vec![a(Some("2026-04-01")), b("2026-04-01")],
            vec![9, 20],
            "transferred 04 99990021[9, 20]",
        ),
        (
            "04 no days told",
            vec![a(Some("2026-04-01")), b("2026-04-01")],
            vec![],
            "transferred 04 99990021[]",
        ),
        (
            "04 no days told, gained within the month",
            vec![a(Some("2026-04-01")), b("2026-04-12")],
            vec![],
            "transferred 04 99990021[]",
        ),
        (
            "05 changed on day 15",
            vec![a(Some("2026-04-15")), b("2026-04-15")],
            vec![14, 15, 20],
            "split 05 99990013[14] 99990021[15, 20]",
        ),
        (
            "05 changed twice, none of it stated",
            vec![
                a(Some("2026-04-01")),
                coverage(B, "2026-04-01", Some("2026-04-15")),
                coverage(C, "2026-04-15", None),
            ],
            vec![14, 15],
            "split 05 99990021[14] 99990039[15]",
        ),
        (
            "06 lost on the day of the visit",
            vec![a(Some("2026-04-10"))],
            vec![10],
            "returned 06 QualificationLost",
        ),
        ("06 no days told", vec![a(Some("2026-04-01"))], vec![], "returned 06 QualificationLost"),
        (
            "06 a gap on one of the days",
            vec![a(Some("2026-04-10")), b("2026-04-20")],
            vec![9, 15, 20],
            "returned 06 QualificationLost",
        ),
        (
            "07 the certificate had gone back",
            vec![taken_back(a(Some("2026-04-01")), "2026-04-05")],
            vec![5],
            "returned 07 LostAfterReturn",
        ),
        (
            "06 the certificate went back later",
            vec![taken_back(a(Some("2026-04-01")), "2026-04-05")],
            vec![4],
            "returned 06 QualificationLost",
        ),
        ("08 died", vec![died(a(Some("2026-04-01")))], vec![9], "returned 08 LostByDeath"),
        ("02 died later", vec![died(a(Some("2026-04-10")))], vec![9], "accepted 02"),
    ] {
        assert_eq!(words(&judged(STATED, CHECKED, &visits, &known(held, &[]))), expected, "{row}");
    }
}

#[test] // rows OQS-CLM-02, OQS-CLM-03
fn what_was_confirmed_is_neither_returned_nor_transferred() {
    let lost = || vec![a(Some("2026-03-01"))];
    let changed = || vec![a(Some("2026-03-01")), coverage(B, "2026-03-01", None)];
    for (row, held, confirmed, checked, visits, expected) in [
        ("backdated loss", lost(), vec!["2026-04-15"], CHECKED, vec![15], "accepted 02"),
        ("backdated change", changed(), vec!["2026-04-15"], CHECKED, vec![15], "accepted 02"),
        ("without days", changed(), vec!["2026-04-15"], CHECKED, vec![], "accepted 02"),
        (
            "nobody has the number any more",
            vec![],
            vec!["2026-04-15"],
            CHECKED,
            vec![15],
            "accepted 02",
        ),
        (
            "another day was not confirmed",
            lost(),
            vec!["2026-04-15"],
            CHECKED,
            vec![15, 20],
            "returned 06 QualificationLost",
        ),
        (
            "another day was not confirmed, and is another's to pay",
            changed(),
            vec!["2026-04-15"],
            CHECKED,
            vec![15, 20],
            "split 05 99990013[15] 99990021[20]",
        ),
        (
            "confirmed, but not stated",
            lost(),
            vec!["2026-04-15"],
            "",
            vec![15],
            "returned 06 QualificationLost",
        ),
        (
            "of another branch",
            lost(),
            vec!["2026-04-15"],
            "SN,1,01,,,,02,,\r\n",
            vec![15],
            "returned 06 QualificationLost",
        ),
    ] {
        let known = known(held, &confirmed);
        assert_eq!(words(&judged(STATED, checked, &visits, &known)), expected, "{row}");
    }
}

#[test] // rows OQS-CLM-02, OQS-CLM-03: what was confirmed of one member of a family confirms no other's claim
fn a_claim_without_branch_is_not_covered_by_a_siblings_confirmation() {
    let sibling = |birthdate: &str, lost: Option<&str>| {
        let mut of = coverage(A, "2024-04-01", lost);
        of.details.branch = BranchNumber::new("01").ok();
        person("P-2", birthdate, vec![of])
    };
    let confirmed = |on: &str, of: &str, branch: &str| {
        let mut given = known(vec![], &[on]).confirmations.remove(0);
        given.person = PersonCode::new(of).unwrap();
        given.branch = BranchNumber::new(branch).ok();
        given
    };
    const NO_BRANCH: &str = "SN,1,01,,,,,,\r\n";
    for (row, own_lost, of, branch, checked, expected) in [
        ("own", Some("2026-03-01"), "P-1", "00", NO_BRANCH, "accepted 02"),
        (
            "the sibling's",
            Some("2026-03-01"),
            "P-2",
            "01",
            NO_BRANCH,
            "returned 06 QualificationLost",
        ),
        (
            "the sibling's, with branch",
            Some("2026-03-01"),
            "P-2",
            "01",
            CHECKED,
            "returned 06 QualificationLost",
        ),
        (
            "of somebody whom the number left",
            Some("2026-03-01"),
            "P-3",
            "00",
            NO_BRANCH,
            "accepted 02",
        ),
    ] {
        let mut known = known(vec![a(own_lost)], &[]);
        known.holders.push(sibling("2010-01-01", None));
        known.confirmations.push(confirmed("2026-04-09", of, branch));
        assert_eq!(words(&judged(STATED, checked, &[9], &known)), expected, "{row}");
    }
}

#[test] // rows OQS-CLM-04, OQS-CLM-06, OQS-CLM-08
fn what_is_claimed_is_what_is_known_and_in_form() {
    for (row, payers, checked, expected) in [
        ("right", STATED, CHECKED, "accepted 02"),
        ("without SN", STATED, "", "accepted 02"),
        ("typed number", "HO,99990013,記号1,0001243,1,100", CHECKED, "returned 03 NumberUnknown"),
        ("typed symbol", "HO,99990013,記号2,0001234,1,100", CHECKED, "returned 03 SymbolDiffers"),
        (
            "no insurer number",
            "HO,,記号1,0001234,1,100",
            CHECKED,
            "returned -- InsurerNumberMalformed",
        ),
        (
            "letters in it",
            "HO,9999001X,記号1,0001234,1,1",
            CHECKED,
            "returned -- InsurerNumberMalformed",
        ),
        ("other bad field", "HO,99990013,記号1,0001234,x,100", CHECKED, "returned -- Unreadable"),
        ("nobody pays", "CO,01,1,820000001,", CHECKED, "returned -- PayerMissing"),
        (
            "OQS-CLM-08 not padded",
            "HO,990013,記号1,0001234,1,100",
            CHECKED,
            "returned -- NumberNotPadded",
        ),
        (
            "OQS-CLM-08 padded with zeros",
            "HO,00990013,記号1,0001234,1,100",
            CHECKED,
            "returned 03 NumberUnknown",
        ),
        (
            "OQS-CLM-06 numbers in SN",
            STATED,
            "SN,1,01,99990013,,,00,,\r\n",
            "returned -- CheckRecordFilled",
        ),
        (
            "OQS-CLM-06 agency's class",
            STATED,
            "SN,1,02,,,,00,,\r\n",
            "returned -- CheckRecordFilled",
        ),
        (
            "OQS-CLM-06 insurer's class",
            STATED,
            "SN,1,11,,,,00,,\r\n",
            "returned -- CheckRecordFilled",
        ),
    ] {
        assert_eq!(
            words(&judged(payers, checked, &[9], &known(vec![a(None)], &[]))),
            expected,
            "{row}"
        );
    }
    let nobody = Known { insurer: false, ..known(vec![], &[]) };
    assert_eq!(words(&judged(STATED, CHECKED, &[9], &nobody)), "returned 03 InsurerUnknown");
}

#[test]
fn the_repeat_of_a_returned_claim_keeps_what_the_agency_wrote() {
    let of = |search: &str| {
        let head = "IR,1,13,1,9999999,,架空診療所,202606,00,\r\n";
        let re = format!("RE,1,1112,202604,架空　花子,2,19850505,,,,,,,,,,,,{search}");
        let text = format!("{head}{re}\r\n{STATED}\r\nSN,1,03,,,,00,,\r\n");
        read(&Encoding::ShiftJis.encode(&text).unwrap()).unwrap().claims.remove(0)
    };
    let known = known(vec![a(None)], &[]);
    assert_eq!(words(&judge(&of("000000000000000000000000000001"), &known)), "accepted 02");
    assert_eq!(words(&judge(&of(""), &known)), "returned -- CheckRecordFilled");
}

#[test] // row OQS-CLM-07, class 09
fn a_branch_is_put_right_where_the_birth_date_tells_it() {
    let sibling = |code: &str, birthdate: &str, branch: &str| -> PersonState {
        let mut one = a(None);
        one.details.branch = BranchNumber::new(branch).ok();
        person(code, birthdate, vec![one])
    };
    let family = |twin: &str| Known {
        holders: vec![sibling("P-1", "1985-05-05", "01"), sibling("P-2", twin, "02")],
        ..known(vec![], &[])
    };
    for (row, twin, sn, expected) in [
        ("right", "2015-01-01", "SN,1,01,,,,01,,\r\n", "accepted 02"),
        ("another", "2015-01-01", "SN,1,01,,,,02,,\r\n", "accepted 09 99990013[9]"),
        ("missing", "2015-01-01", "SN,1,01,,,,,,\r\n", "accepted 09 99990013[9]"),
        ("none stated at all", "2015-01-01", "", "accepted 02"),
        ("of twins, right", "1985-05-05", "SN,1,01,,,,02,,\r\n", "accepted 02"),
        ("of twins, nobody's", "1985-05-05", "SN,1,01,,,,03,,\r\n", "returned 03 HolderDiffers"),
        ("of twins, missing", "1985-05-05", "SN,1,01,,,,,,\r\n", "accepted 02"),
    ] {
        let judgement = judged(STATED, sn, &[9], &family(twin));
        assert_eq!(words(&judgement), expected, "{row}");
        let fixed = judgement.parts.first().and_then(|part| part.branch.clone());
        assert!(fixed.is_none_or(|branch| branch.as_str() == "01"), "{row}");
    }
    let another = Known { holders: vec![sibling("P-1", "1985-05-06", "00")], ..known(vec![], &[]) };
    assert_eq!(words(&judged(STATED, CHECKED, &[9], &another)), "returned 03 HolderDiffers");
}

#[test] // rows OQS-CLM-11, OQS-DIS-05
fn an_unknown_insurance_is_filled_and_remarked() {
    let told =
        "CO,01,1,810000001,不詳　住所：架空県見本市１　勤務先：架空商事　連絡先：000-0000-0000";
    for (row, ho, remark, expected) in [
        ("77777777", "HO,77777777,7777777,7777777,1,100", told, "accepted 03"),
        ("77777779, full width", "HO,77777779,７７７,７７７７,1,100", told, "accepted 03"),
        ("without symbol", "HO,77777777,,7777777,1,100", told, "returned -- FillValueWrong"),
        ("without number", "HO,77777777,7777777,,1,100", told, "returned -- FillValueWrong"),
        ("a real number", "HO,77777777,7777777,0001234,1,100", told, "returned -- FillValueWrong"),
        ("no remark", "HO,77777777,7777777,7777777,1,100", "", "returned -- RemarkMissing"),
        (
            "another remark",
            "HO,77777777,7777777,7777777,1,100",
            "CO,01,1,810000001,住所：架空県　勤務先：架空商事　連絡先：000",
            "returned -- RemarkMissing",
        ),
        (
            "no employer",
            "HO,77777777,7777777,7777777,1,100",
            "CO,01,1,810000001,不詳　住所：架空県　連絡先：000",
            "returned -- RemarkMissing",
        ),
        (
            "an empty contact",
            "HO,77777777,7777777,7777777,1,100",
            "CO,01,1,810000001,不詳　住所：架空県　事業所：架空商事　連絡先：",
            "returned -- RemarkMissing",
        ),
        (
            "an empty address",
            "HO,77777777,7777777,7777777,1,100",
            "CO,01,1,810000001,不詳　住所：　事業所：架空商事　連絡先：000",
            "returned -- RemarkMissing",
        ),
        (
            "over two records",
            "HO,77777777,7777777,7777777,1,100",
            "CO,01,1,810000001,不詳　住所：架空県\r\nCO,01,1,810000001,事業所：架空商事　連絡先：000",
            "accepted 03",
        ),
        ("99999999", "HO,99999999,,,1,100", "CO,01,1,810000001,不詳", "accepted 03"),
        ("99999999 without remark", "HO,99999999,,,1,100", "", "returned -- RemarkMissing"),
        (
            "88888888 is an insurer like others",
            "HO,88888888,,8,1,100",
            told,
            "returned 03 NumberUnknown",
        ),
    ] {
        let payers = if remark.is_empty() { ho.to_owned() } else { format!("{ho}\r\n{remark}") };
        assert_eq!(
            words(&judged(&payers, "", &[9], &known(vec![a(None)], &[]))),
            expected,
            "{row}"
        );
    }
}

#[test] // row OQS-CLM-12: current number, old qualification, unknown
fn an_unclear_case_on_the_old_qualification_is_paid_by_whoever_must() {
    let remarked = format!("{STATED}\r\nCO,01,1,810000001,旧資格情報");
    let gone = || {
        let mut one = a(Some("2026-03-01"));
        one.lost.as_mut().unwrap().reason = Some(ReasonOfLoss::Death);
        one
    };
    for (row, held, expected) in [
        ("nothing newer: the stated insurer is asked", vec![a(Some("2026-03-01"))], "accepted 06"),
        (
            "something newer by now",
            vec![a(Some("2026-03-01")), coverage(B, "2026-03-01", None)],
            "transferred 04 99990021[9]",
        ),
        ("the dead are not treated", vec![gone()], "returned 08 LostByDeath"),
    ] {
        assert_eq!(words(&judged(&remarked, "", &[9], &known(held, &[]))), expected, "{row}");
    }
}

#[test] // row OQS-AID-05: institution, month, kind, self-pay
fn a_medical_ticket_is_laid_beside_its_claim() {
    let ticket = || Ticket {
        payer_number: insurer("12990012"),
        beneficiary_number: Digits::new("9999999").unwrap(),
        institution: InstitutionCode::new("1319999999").unwrap(),
        month: YearMonth::new(2026, 4).unwrap(),
        kind: MedicalTreatmentType::Outpatient,
        self_pay: 500,
    };
    let elsewhere = InstitutionCode::new("1319999998").unwrap();
    let alone = "KO,12990012,9999999,,1,100,500";
    for (row, tickets, payers, differs, class) in [
        ("as the ticket says", vec![ticket()], alone, vec![], "02"),
        ("no ticket: paper may do", vec![], alone, vec![], "03"),
        ("another beneficiary's", vec![ticket()], "KO,12990012,9999998,,1,100,500", vec![], "03"),
        (
            "institution",
            vec![Ticket { institution: elsewhere.clone(), ..ticket() }],
            alone,
            vec![TicketDetail::Institution],
            "03",
        ),
        (
            "month",
            vec![Ticket { month: YearMonth::new(2026, 5).unwrap(), ..ticket() }],
            alone,
            vec![TicketDetail::Month],
            "03",
        ),
        (
            "kind",
            vec![Ticket { kind: MedicalTreatmentType::Inpatient, ..ticket() }],
            alone,
            vec![TicketDetail::Kind],
            "03",
        ),
        (
            "self-pay",
            vec![ticket()],
            "KO,12990012,9999999,,1,100",
            vec![TicketDetail::SelfPay],
            "03",
        ),
        (
            "two of them",
            vec![Ticket { self_pay: 0, institution: elsewhere.clone(), ..ticket() }],
            alone,
            vec![TicketDetail::Institution, TicketDetail::SelfPay],
            "03",
        ),
        (
            "another of the person's fits",
            vec![Ticket { self_pay: 0, ..ticket() }, ticket()],
            alone,
            vec![],
            "02",
        ),
    ] {
        let known = Known { tickets, ..known(vec![a(None)], &[]) };
        let judgement = judged(payers, "", &[9], &known);
        assert_eq!(judgement.differs.iter().copied().collect::<Vec<_>>(), differs, "{row}");
        let expected =
            if differs.is_empty() { ClaimOutcome::Accepted } else { ClaimOutcome::Returned };
        assert_eq!(judgement.outcome, expected, "{row}");
        assert_eq!(judgement.public.values().next().unwrap().code(), class, "{row}");
    }
}

#[test] // row OQS-CLM-07: the SN records as the agency completes them
fn the_answer_file_is_the_claim_file_with_its_checks_completed() {
    let b = |from| coverage(B, from, None);
    for (row, payers, sn, held, expected) in [
        ("02 keeps the numbers out", STATED, CHECKED, vec![a(None)], "SN,1,02,,,,00,,\r\n"),
        ("02 without SN", STATED, "", vec![a(None)], "SN,1,02,,,,,,\r\n"),
        ("03", "HO,99990013,記号1,0001243,1,1", CHECKED, vec![a(None)], "SN,1,03,,,,00,,\r\n"),
        (
            "04",
            STATED,
            CHECKED,
            vec![a(Some("2026-04-01")), b("2026-04-01")],
            "SN,1,04,99990021,記号1,0001234,00,,\r\n",
        ),
        (
            "05",
            STATED,
            CHECKED,
            vec![a(Some("2026-04-15")), b("2026-04-15")],
            "SN,1,05,99990013,記号1,0001234,00,,\r\nSN,1,05,99990021,記号1,0001234,00,,\r\n",
        ),
        ("06", STATED, CHECKED, vec![a(Some("2026-04-01"))], "SN,1,06,,,,00,,\r\n"),
        (
            "09",
            STATED,
            "SN,1,01,,,,07,,\r\n",
            vec![a(None)],
            "SN,1,09,99990013,記号1,0001234,00,,\r\n",
        ),
        (
            "nobody was looked up",
            STATED,
            "SN,1,02,,,,00,,\r\n",
            vec![a(None)],
            "SN,1,02,,,,00,,\r\n",
        ),
        (
            "public expense beside it",
            "HO,99990013,記号1,0001234,1,100\r\nKO,21990012,9999999,,1,100",
            "SN,1,01,,,,00,,\r\nSN,2,01,,,,,,\r\n",
            vec![a(None)],
            "SN,1,02,,,,00,,\r\nSN,2,03,,,,,,\r\n",
        ),
        (
            "public expense alone, without SN",
            "KO,21990012,9999999,,1,100",
            "",
            vec![],
            "SN,2,03,,,,,,\r\n",
        ),
    ] {
        let bytes = file_of(payers, sn, &[9, 20]);
        let file = read(&bytes).unwrap();
        let judgements = [judge(&file.claims[0], &known(held, &[]))];
        let answered = answer(&bytes, &file, &judgements).unwrap();
        let answered = Encoding::ShiftJis.decode(&answered).unwrap();
        let expected_file =
            Encoding::ShiftJis.decode(&file_of(payers, expected, &[9, 20])).unwrap();
        assert_eq!(answered, expected_file, "{row}");
    }
}

#[test]
fn a_file_cut_short_is_answered_line_by_line() {
    let bytes = Encoding::ShiftJis
        .encode("IR,1,13,1,9999999,,架空診療所,202605,00,\nRE,1,1112,202604,架空　花子,2,19850505\nHO,99990013,記号1,0001234,1,100")
        .unwrap();
    let file = read(&bytes).unwrap();
    let judged = [judge(&file.claims[0], &known(vec![a(None)], &[]))];
    let answered = answer(&bytes, &file, &judged).unwrap();
    assert_eq!(answered, [&bytes[..], b"\r\nSN,1,02,,,,,,\r\n"].concat());
}

#[test]
fn every_reason_has_words_of_its_own() {
    let distinct = |words: fn(ReturnReason) -> &'static str| {
        ReturnReason::ALL
            .iter()
            .map(|reason| words(*reason))
            .collect::<std::collections::BTreeSet<_>>()
            .len()
    };
    assert_eq!(distinct(ReturnReason::japanese), ReturnReason::ALL.len());
    assert_eq!(distinct(ReturnReason::english), ReturnReason::ALL.len());
}
