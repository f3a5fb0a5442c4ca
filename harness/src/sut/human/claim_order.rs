//! The order to write a claim in plain words: what it is based on, and what to tell of it. Bench profile.

use sim_reader::institution::protocol::{Claim, code};

use super::desk_orders::named;
use super::field::{Field, Kind};
use super::prompt::{Choice, Fact, Prompt, words};

/// A claim for a month.
pub fn claim(claim: &Claim) -> Prompt {
    let task = words(
        "製品で、次の診療のレセプトを作成し、そのファイル（Shift_JIS のレコード）を示してください。",
        "Write the claim for this care in the product, and give its file (records in Shift_JIS).",
    );
    let days = [claim.day].into_iter().chain(claim.also.iter().copied());
    let days = days.map(|day| day.to_string()).collect::<Vec<_>>().join(", ");
    let unclear = claim.unclear.as_ref();
    let basis = match (&claim.typed, unclear) {
        (Some(_), _) => words(
            "提示された証の番号（下記）を手入力",
            "the numbers below, typed from a card that was shown",
        ),
        (None, Some(_)) => words(
            "資格不詳（確認も証の提示もない）",
            "unclear: nothing was confirmed and no card was shown",
        ),
        (None, None) => words("オンラインで確認した資格", "what was confirmed online"),
    };
    let mut facts = vec![
        Fact::new("診察券番号", "Chart", Some(&claim.chart)),
        Fact::new("診療年月", "Month", Some(&claim.month)),
        Fact::new("診療日", "Days", Some(days)),
        Fact::said("もとになる資格", "Basis", basis),
    ];
    let declared = unclear.and_then(|unclear| unclear.declared.as_ref());
    facts.extend([
        Fact::new("申立書の住所", "Declared address", declared.map(|it| &it.address)),
        Fact::new("申立書の事業所", "Declared employer", declared.map(|it| &it.employer)),
        Fact::new("申立書の連絡先", "Declared contact", declared.map(|it| &it.contact)),
    ]);
    let old = unclear.and_then(|unclear| unclear.old.as_ref());
    facts.push(Fact::new(
        "下記の番号は過去の資格",
        "The numbers are an old insurance's",
        old.map(|_| "○"),
    ));
    let current = unclear.and_then(|unclear| unclear.current.as_ref());
    let numbers = claim.typed.as_ref().or(current).or(old);
    let facts = facts.into_iter().flatten().chain(numbers.into_iter().flat_map(named));
    Prompt::new(task, facts.collect(), claimed())
}

fn claimed() -> Vec<Choice> {
    let written = Choice::done("written", "作成できた", "It is written").with(vec![
        Field::needed("claim_base64", "レセプトのファイル", "The claim's file", Kind::File),
        Field::free(
            "differences",
            "確認済みの資格と違う、と製品が知らせた番号（insurer_number, symbol, number, branch）",
            "Numbers that the product reported as differing (insurer_number, symbol, number, branch)",
            Kind::Numbers,
        ),
    ]);
    let nothing = Choice::failed(
        code::NOTHING_CONFIRMED,
        "確認済みの資格がない、と製品が言う",
        "The product says that nothing was confirmed",
    );
    vec![written, nothing]
}
