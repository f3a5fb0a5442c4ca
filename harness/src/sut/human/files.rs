//! The files of `face` that a person is asked about: which of them are new since the product last took results in.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use sim_reader::institution::FaceResult;
use sim_reader::institution::protocol::Status;

use super::field::{Field, Kind};
use super::prompt::{Choice, Fact, Means, Prompt, words};

/// How often the folder is looked at while files are awaited.
const LOOK: Duration = Duration::from_millis(20);

/// Waits until so many files lie there that nobody was asked about, and gives their names, oldest first: they begin alike and
/// end with the time.
pub async fn awaited(
    face: &Path,
    known: &BTreeSet<String>,
    wanted: usize,
    limit: Duration,
) -> Vec<String> {
    let enough = async {
        while unknown(face, known).len() < wanted {
            tokio::time::sleep(LOOK).await;
        }
    };
    // Fewer than awaited is a finding too: the person tells what the product made of those that came.
    let _ = tokio::time::timeout(limit, enough).await;
    unknown(face, known)
}

fn unknown(face: &Path, known: &BTreeSet<String>) -> Vec<String> {
    let entries = std::fs::read_dir(face).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<_> =
        names.filter(|name| !name.starts_with('.') && !known.contains(name)).collect();
    let time = |name: &String| name.rsplit('_').next().unwrap_or_default().to_owned();
    names.sort_by_key(|name| (time(name), name.clone()));
    names
}

/// What did the product make of this file? Whose it is helps to find it on a screen that names no files.
pub fn taken_in(path: &Path, file: &str, (nth, of): (usize, usize)) -> Prompt {
    let task = words(
        format!(
            "製品に、face フォルダーに届いた結果を取り込ませてください（{nth}／{of}）。製品は次のファイルをどう扱いましたか。"
        ),
        format!(
            "Let the product take in what lies in face ({nth} of {of}). What did it do with this file?"
        ),
    );
    let read = std::fs::read(path.join(file)).ok().and_then(|bytes| FaceResult::parse(&bytes).ok());
    let whose = read.as_ref().and_then(FaceResult::person);
    let facts = [
        Fact::new("ファイル", "File", Some(file)),
        Fact::new("ファイルにある氏名", "Name in it", whose.map(|person| &person.name)),
        Fact::new(
            "ファイルにある生年月日",
            "Birth date in it",
            whose.map(|person| person.birthdate),
        ),
    ];
    let validity = || {
        Field::free(
            "validity",
            "資格の状態のコード（1 有効…）、表示されていれば",
            "Code of validity (1 valid, …), if it is shown",
            Kind::Digit,
        )
    };
    let chart =
        Field::needed("chart", "開いた診療録の診察券番号", "Which chart it opened", Kind::Text);
    let choices = vec![
        Choice::done("opened", "診療録を開いた（結果を結び付けた）", "It opened a chart")
            .with(vec![chart, validity()]),
        Choice::done(
            "ask-staff",
            "どの診療録か職員に尋ねた",
            "It asked staff which chart is meant",
        )
        .with(vec![validity()]),
        Choice::done("unknown", "該当する診療録がない、とした", "It found no chart for it")
            .with(vec![validity()]),
        Choice::done(
            DUPLICATE,
            "取り込み済みの結果だとした",
            "It took it for one that it had already",
        ),
        Choice::done(NOTHING, "何も起きなかった", "Nothing happened"),
    ];
    Prompt::new(task, facts.into_iter().flatten().collect(), choices)
}

/// The key of a result that was known already.
pub const DUPLICATE: &str = "duplicate";
/// The key of a file of which nothing came; it is asked about again.
pub const NOTHING: &str = "nothing";

/// Where no file is new, a product should have nothing to tell.
pub fn none_came() -> Prompt {
    let task = words(
        "face フォルダーに新しい結果はありません。製品に取り込みをさせてください。製品は何か結果を知らせましたか。",
        "Nothing new lies in face. Let the product look there. Does it tell of a result?",
    );
    let told = Choice::new(
        "told",
        "結果を知らせた",
        "It tells of a result",
        Means::Reply(Status::Ok, None),
    );
    let told =
        told.with(vec![Field::needed("chart", "どの診療録か", "For which chart", Kind::Text)]);
    Prompt::new(task, Vec::new(), vec![Choice::done("none", "何も知らせない", "No"), told])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn new_files_come_oldest_first_and_none_is_waited_for_in_vain() {
        let face = tempfile::tempdir().unwrap();
        for name in ["a_20260401093002.xml", "b_20260401093001.xml", ".part", "known.xml"] {
            std::fs::write(face.path().join(name), "").unwrap();
        }
        let known = BTreeSet::from(["known.xml".to_owned()]);
        let limit = Duration::from_millis(30);
        let found = awaited(face.path(), &known, 3, limit).await;
        assert_eq!(found, ["b_20260401093001.xml", "a_20260401093002.xml"]);
    }
}
