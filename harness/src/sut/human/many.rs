//! The orders about many at once in plain words: one thing to do, and then a question for each entry. Bench profile.

use sim_reader::institution::protocol::{
    Bulk, BulkEntry, REFERENCE_NUMBER, Register, Registration,
};

use super::desk_orders::{encoding, named, no_answers, numbers, shown_numbers};
use super::field::{Field, Kind};
use super::prompt::{Choice, Fact, Prompt, Table, words};

fn table(heads: &[(&str, &str)], rows: Vec<Vec<String>>) -> Table {
    let columns =
        [("保険者番号", "Insurer"), ("記号", "Symbol"), ("番号", "Number"), ("枝番", "Branch")];
    let heads = heads.iter().chain(&columns).map(|(ja, en)| words(*ja, *en));
    Table { heads: heads.collect(), rows }
}

/// A question about many at once.
pub fn bulk(bulk: &Bulk) -> Prompt {
    let task = words(
        "製品から、次の人たちの資格をまとめて（一括で）照会し、結果がそろうのを待ってください。",
        "Ask about all of these in one bulk query, and wait for its result.",
    );
    let row = |entry: &BulkEntry| {
        let own = [entry.identifier.clone(), entry.birthdate.to_string()];
        own.into_iter().chain(numbers(Some(&entry.insurance))).collect()
    };
    let heads = [("任意の識別子", "Identifier"), ("生年月日", "Born")];
    let facts = [Fact::new("資格確認日", "For the day", Some(bulk.date)), encoding(bulk.encoding)];
    let done = vec![Choice::done("done", "結果が来た", "The result is there")];
    Prompt::new(task, facts.into_iter().flatten().collect(), [done, no_answers()].concat())
        .with_table(table(&heads, bulk.entries.iter().map(row).collect()))
}

/// What the product shows for one entry of a bulk query.
pub fn bulk_entry(entry: &BulkEntry, (nth, of): (usize, usize)) -> Prompt {
    let name = &entry.identifier;
    let task = words(
        format!("一括照会の結果（{nth}／{of}）: {name} について、製品は何を表示していますか。"),
        format!(
            "The result of the bulk query ({nth} of {of}): what does the product show for {name}?"
        ),
    );
    let mut facts = named(&entry.insurance);
    facts.extend(Fact::new(
        "登録してある照会番号",
        "Reference number on file",
        entry.reference_number.as_ref(),
    ));
    let mut shown = shown_numbers();
    let limit = Field::needed(
        "limit_changed",
        "限度額適用認定証が変わった、と知らせたか（はい・いいえ）",
        "Does it say that the limit changed (yes, no)",
        Kind::YesNo,
    );
    shown.extend(entry.known_limit.as_ref().map(|_| limit));
    shown.push(Field::free("reference_number", "照会番号", "Reference number", Kind::Text));
    let alarm = Choice::done(
        REFERENCE_NUMBER,
        "照会番号が違う、と警告した",
        "It warns that the reference number is another",
    );
    let refused = Choice::done("refused", "この人の照会は拒否された", "This entry was refused");
    let refused =
        refused.with(vec![Field::needed("error_code", "エラーコード", "Code", Kind::Text)]);
    Prompt::new(
        task,
        facts,
        vec![
            Choice::done("shown", "資格を表示している", "It shows a qualification").with(shown),
            refused,
            alarm,
        ],
    )
}

/// Reference numbers to be registered.
pub fn register(register: &Register) -> Prompt {
    let task = if register.bulk {
        words(
            "製品から、次の照会番号をまとめて（一括で）登録してください。",
            "Register these reference numbers in one bulk request.",
        )
    } else {
        words("製品から、次の照会番号を登録してください。", "Register this reference number.")
    };
    let row = |entry: &Registration| {
        let own = [entry.reference_number.clone()];
        own.into_iter().chain(numbers(Some(&entry.insurance))).collect()
    };
    let done = vec![Choice::done("done", "結果が来た", "The result is there")];
    Prompt::new(
        task,
        encoding(register.encoding).into_iter().collect(),
        [done, no_answers()].concat(),
    )
    .with_table(table(&[("照会番号", "Reference")], register.entries.iter().map(row).collect()))
}

/// What became of one registration.
pub fn register_entry(entry: &Registration, (nth, of): (usize, usize)) -> Prompt {
    let name = &entry.reference_number;
    let task = words(
        format!("登録の結果（{nth}／{of}）: 照会番号 {name} は登録されましたか。"),
        format!("The result ({nth} of {of}): was the reference number {name} registered?"),
    );
    let refused = Choice::done("refused", "拒否された", "It was refused");
    let refused =
        refused.with(vec![Field::needed("error_code", "エラーコード", "Code", Kind::Text)]);
    Prompt::new(
        task,
        named(&entry.insurance),
        vec![Choice::done("accepted", "登録された", "Yes"), refused],
    )
}
