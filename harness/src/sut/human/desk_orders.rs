//! The orders to a receipt computer in plain words: what a person is to do, and what to tell of it. Bench profile.

use sim_reader::institution::protocol::{Ask, Asked, Information, Reset, code};
use sim_reader::institution::{Chart, FaceResult, Insurance};
use sim_reader::terminal::Encoding;

use super::field::{Field, Kind};
use super::prompt::{Choice, Fact, Prompt, Table, words};

/// Who is it that is operated?
pub fn greeting(product: &str, version: &str) -> Prompt {
    let task = words(
        format!(
            "これから操作する製品は「{product}」バージョン {version} ですか。製品の画面で確かめてください。"
        ),
        format!("Is the product before you {product}, version {version}? Look at its own screen."),
    );
    let other = Choice::done("other", "いいえ", "No").with(vec![
        Field::needed("product", "画面に出ている製品名", "The name it shows", Kind::Text),
        Field::needed("version", "画面に出ているバージョン", "The version it shows", Kind::Text),
    ]);
    Prompt::new(task, Vec::new(), vec![Choice::done("this", "はい", "Yes"), other])
}

/// Everything begins anew.
pub fn reset(reset: &Reset, as_before: bool) -> Prompt {
    let task = if as_before {
        words(
            "製品を初期状態にしてください。これまでの受付結果はすべて忘れます。設定・共有フォルダー・診療録は前回と同じです。",
            "Set the product up anew: it forgets every earlier result. Institution, folders and charts are the same as last time.",
        )
    } else {
        words(
            "製品を初期状態にし、次の設定と診療録だけにしてください。これまでの受付結果はすべて忘れます。",
            "Set the product up anew, with these settings and no other charts: it forgets every earlier result.",
        )
    };
    let facts = [
        Fact::new("医療機関コード", "Institution code", Some(&reset.institution)),
        Fact::new("医療機関名称", "Institution name", Some(&reset.name)),
        Fact::new(
            "照会を書き出すフォルダー（req）",
            "Folder for requests (req)",
            Some(reset.folders.req.display()),
        ),
        Fact::new(
            "回答を読むフォルダー（res）",
            "Folder of answers (res)",
            Some(reset.folders.res.display()),
        ),
        Fact::new(
            "顔認証の結果を読むフォルダー（face）",
            "Folder of card results (face)",
            Some(reset.folders.face.display()),
        ),
    ];
    let done = vec![Choice::done("done", "準備ができた", "It is set up")];
    Prompt::new(task, facts.into_iter().flatten().collect(), done).with_table(charts(&reset.charts))
}

fn charts(charts: &[Chart]) -> Table {
    let heads = [
        ("診察券番号", "Chart"),
        ("氏名", "Name"),
        ("カナ", "Kana"),
        ("生年月日", "Born"),
        ("性別", "Sex"),
        ("保険者番号", "Insurer"),
        ("記号", "Symbol"),
        ("番号", "Number"),
        ("枝番", "Branch"),
        ("照会番号", "Reference"),
    ];
    let row = |chart: &Chart| {
        let own = [&chart.id, &chart.name, &chart.kana].map(Clone::clone);
        let more = [chart.birthdate.to_string(), sex(chart.sex).to_owned()];
        let numbers = numbers(chart.insurance.as_ref());
        let reference = chart.reference_number.clone().unwrap_or_default();
        own.into_iter().chain(more).chain(numbers).chain([reference]).collect()
    };
    Table {
        heads: heads.map(|(ja, en)| words(ja, en)).into(),
        rows: charts.iter().map(row).collect(),
    }
}

/// CD007 in a letter that is read alike in both languages.
fn sex(code: u8) -> &'static str {
    match code {
        1 => "1 男/m",
        2 => "2 女/f",
        _ => "-",
    }
}

/// The numbers of an insurance as columns.
pub fn numbers(insurance: Option<&Insurance>) -> [String; 4] {
    let Some(Insurance { insurer_number, symbol, number, branch }) = insurance else {
        return Default::default();
    };
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    [insurer_number.clone(), optional(symbol), number.clone(), optional(branch)]
}

/// The numbers of an insurance, each with its name.
pub fn named(insurance: &Insurance) -> Vec<Fact> {
    let Insurance { insurer_number, symbol, number, branch } = insurance;
    let facts = [
        Fact::new("保険者番号", "Insurer number", Some(insurer_number)),
        Fact::new("記号", "Symbol", symbol.as_ref()),
        Fact::new("番号", "Number", Some(number)),
        Fact::new("枝番", "Branch", branch.as_ref()),
    ];
    facts.into_iter().flatten().collect()
}

/// Fields for the numbers that a screen shows.
pub fn shown_numbers() -> Vec<Field> {
    [
        ("validity", "資格の状態（1 有効、2 無効、3 無効・新しい資格あり、4 資格情報なし、5 複数該当、6 有効・未登録）", "Validity (1 valid, 2 not valid, 3 not valid but a newer one is, 4 nothing known, 5 several persons, 6 valid, not yet entrusted)", Kind::Digit, true),
        ("name", "氏名", "Name", Kind::Text, false),
        ("insurer_number", "保険者番号", "Insurer number", Kind::Text, false),
        ("symbol", "記号", "Symbol", Kind::Text, false),
        ("number", "番号", "Number", Kind::Text, false),
        ("branch", "枝番", "Branch", Kind::Text, false),
    ]
    .map(|(key, ja, en, kind, needed)| Field { needed, ..Field::free(key, ja, en, kind) })
    .into()
}

/// A patient stands at the counter.
pub fn arrive(chart: &str) -> Prompt {
    let task = words(
        format!("診療録 {chart} の患者が窓口に来ました。製品でその診療録を開いてください。"),
        format!(
            "The patient of chart {chart} stands at the counter: open that chart in the product."
        ),
    );
    let choices = vec![
        Choice::done("opened", "開いた", "It is open"),
        Choice::failed(
            code::NO_CHART,
            "その診療録はない、と製品が言う",
            "The product says that there is no such chart",
        ),
    ];
    Prompt::new(task, vec![], choices)
}

/// A question by numbers. Where the bench sees the answer's file pass by, its values need not be typed at once.
pub fn ask(ask: &Ask, sees_files: bool) -> Prompt {
    let task = words(
        "製品から、次の番号で資格を照会し、回答が画面に出るのを待ってください。",
        "Ask for the qualification by these numbers in the product, and wait for the answer on its screen.",
    );
    let mut facts = named(&ask.search.insurance);
    let consent =
        if ask.search.limit_consent { words("はい", "yes") } else { words("いいえ", "no") };
    let more = [
        Fact::new("生年月日", "Born", Some(ask.search.birthdate)),
        Fact::new("資格確認日", "For the day", Some(ask.date)),
        Fact::said("限度額情報の提供に同意", "Consent to the limit", consent),
        encoding(ask.encoding),
        Fact::new(
            "任意のファイル識別子（入力できる場合）",
            "File identifier, if it can be set",
            Some(&ask.file_identifier),
        ),
    ];
    facts.extend(more.into_iter().flatten());
    let fields = if sees_files { Vec::new() } else { shown_answer() };
    let shown = Choice::done("shown", "回答が表示された", "An answer is shown").with(fields);
    Prompt::new(task, facts, [vec![shown], no_answers()].concat())
}

fn shown_answer() -> Vec<Field> {
    let limit =
        Field::free("limit", "限度額適用認定証区分のコード", "Code of the limit", Kind::Text);
    shown_numbers().into_iter().chain([limit]).collect()
}

/// Whether the product shows what stands in the answer's file; all is typed where there was none.
pub fn shown(answer: Option<&FaceResult>) -> Prompt {
    let Some(answer) = answer else {
        let task = words("製品は何を表示していますか。", "What does the product show?");
        let shown = Choice::done("other", "次のとおり", "This").with(shown_answer());
        return Prompt::new(task, Vec::new(), vec![shown]);
    };
    let task = words(
        "回答ファイルの内容は次のとおりです。製品の画面と見比べてください。すべて同じですか。",
        "This stands in the answer's file. Compare it with the product's screen: is all of it the same there?",
    );
    let same = Choice::done(SAME, "すべて同じ", "All of it is the same");
    let other = Choice::done(
        "other",
        "違う（画面のとおりに入力する）",
        "Something differs: type what the screen shows",
    );
    Prompt::new(task, standing(answer), vec![same, other.with(shown_answer())])
}

fn standing(answer: &FaceResult) -> Vec<Fact> {
    let record = answer.person();
    let limit = record.and_then(|record| record.limit.as_ref());
    let own = [
        Fact::new("資格の状態", "Validity", Some(answer.validity)),
        Fact::new("氏名", "Name", record.map(|record| &record.name)),
        Fact::new("限度額適用認定証区分", "Limit", limit),
    ];
    let insurance = record.and_then(|record| record.insurance.as_ref());
    own.into_iter().flatten().chain(insurance.into_iter().flat_map(named)).collect()
}

/// The key of an answer that is shown as it stands in its file.
pub const SAME: &str = "same";

/// The values of an answer's file as the reply to `ask` has them.
pub fn asked(answer: &FaceResult) -> Asked {
    let record = answer.person();
    let insurance = record.and_then(|record| record.insurance.as_ref());
    Asked {
        validity: answer.validity,
        name: record.map(|record| record.name.clone()),
        insurer_number: insurance.map(|numbers| numbers.insurer_number.clone()),
        symbol: insurance.and_then(|numbers| numbers.symbol.clone()),
        number: insurance.map(|numbers| numbers.number.clone()),
        branch: insurance.and_then(|numbers| numbers.branch.clone()),
        limit: record.and_then(|record| record.limit.clone()),
    }
}

/// The ways in which an answer does not come.
pub fn no_answers() -> Vec<Choice> {
    vec![
        Choice::refused(),
        Choice::failed(
            code::NO_ANSWER,
            "回答が来ない（応答なし、と製品が言う）",
            "No answer came, the product says",
        ),
        Choice::failed(
            code::WRONG_ANSWER,
            "別の照会の回答だ、と製品が言う",
            "The answer belongs to another request, the product says",
        ),
    ]
}

/// The encoding of a request, where the product leaves the choice.
pub fn encoding(encoding: Encoding) -> Option<Fact> {
    let name = match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::ShiftJis => "Shift_JIS",
    };
    Fact::new("照会ファイルの文字コード", "Encoding of the request", Some(name))
}

/// A question for medical information.
pub fn information(information: &Information) -> Prompt {
    let (ja, en) = kind(&information.kind);
    let task = words(
        format!("製品から、次の患者の{ja}を照会し、回答が画面に出るのを待ってください。"),
        format!(
            "Ask for {en} of this patient in the product, and wait for the answer on its screen."
        ),
    );
    let mut facts = named(&information.insurance);
    let months =
        (information.kind != "health-checks").then_some((&information.from, &information.to));
    let more = [
        Fact::new("期間のはじめ", "From", months.map(|(from, _)| from)),
        Fact::new("期間のおわり", "To", months.map(|(_, to)| to)),
        Fact::new(
            "診療の場（1 外来、2 訪問、3 オンライン）",
            "Where (1 here, 2 home visit, 3 online)",
            Some(&information.medical_treatment_flag),
        ),
    ];
    facts.extend(more.into_iter().flatten());
    let shown = Choice::done("shown", "回答が表示された", "An answer is shown");
    let shown = shown.with(brought(&information.kind));
    Prompt::new(task, facts, [vec![shown], no_answers()].concat())
}

fn kind(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "drugs" => ("薬剤情報", "the drug information"),
        "drugs-document" => ("薬剤情報（PDF）", "the drug information as PDF"),
        "care" => ("診療情報", "the care information"),
        _ => ("特定健診情報", "the health checks"),
    }
}

fn brought(kind: &str) -> Vec<Field> {
    let commas = "（読点で区切る）";
    let list = |key, ja: &str, en: &str| {
        Field::free(
            key,
            &format!("{ja}{commas}"),
            &format!("{en}, with commas between"),
            Kind::List,
        )
    };
    match kind {
        "drugs" => vec![list("medicines", "薬の名前", "Names of medicines")],
        "drugs-document" => vec![Field::needed(
            "document",
            "res フォルダーにある PDF のファイル名",
            "The name of the PDF in res",
            Kind::Text,
        )],
        "care" => vec![
            list("care", "診療行為の名前", "Names of care"),
            list("operations", "手術の名前", "Names of operations"),
        ],
        _ => vec![
            Field::free("made", "受診年月日", "Day of the check", Kind::Day),
            list("items", "検査項目の名前", "Names of the items"),
        ],
    }
}
