//! The conversation about one question in a terminal: what is shown, and what each typed line means.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reports::model::Text2;
use reports::words::Language;

use super::desk::Place;
use super::field::{Field, Kind};
use super::prompt::{Answer, Choice, Prompt, Table, words};

/// A question on its way to an answer.
pub struct Talk {
    prompt: Arc<Prompt>,
    language: Language,
    chosen: Option<Chosen>,
}

/// A choice whose fields are being told.
struct Chosen {
    choice: Choice,
    told: Vec<String>,
}

/// What a line leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something to show; the question stands.
    Say(String),
    /// The answer.
    Answer(Answer),
}

impl Talk {
    /// Begins with a question.
    pub fn new(prompt: Arc<Prompt>, language: Language) -> Self {
        Self { prompt, language, chosen: None }
    }

    fn say<'a>(&self, text: &'a Text2) -> &'a str {
        match self.language {
            Language::Japanese => &text.ja,
            Language::English => &text.en,
        }
    }

    fn of<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Japanese => ja,
            Language::English => en,
        }
    }

    /// The question as it is first shown.
    pub fn opening(&self, place: &Place) -> String {
        let mut text = format!("\n{}\n", self.heading(place));
        if !place.step.is_empty() {
            let _ = writeln!(text, "   {}", place.step);
        }
        let _ = writeln!(text, "\n{}\n", self.say(&self.prompt.task));
        for fact in &self.prompt.facts {
            let _ = writeln!(text, "   {}: {}", self.say(&fact.name), self.say(&fact.value));
        }
        if let Some(table) = &self.prompt.table {
            text += &self.table(table);
        }
        text.trim_end().to_owned() + "\n\n" + &self.choices()
    }

    fn heading(&self, place: &Place) -> String {
        if place.nth == 0 {
            return self.of("── 始める前の確認", "── before the first scenario").to_owned();
        }
        format!("── {}/{}  {}  ({})", place.nth, place.of, self.say(&place.title), place.id)
    }

    /// Each row of a table as a line of its own, so that no width of any terminal breaks it.
    fn table(&self, table: &Table) -> String {
        let mut text = String::new();
        for row in &table.rows {
            let cells = table.heads.iter().zip(row).filter(|(_, value)| !value.is_empty());
            let cells: Vec<_> =
                cells.map(|(head, value)| format!("{} {value}", self.say(head))).collect();
            let _ = writeln!(text, "   - {}", cells.join(self.of("、", ", ")));
        }
        text
    }

    fn choices(&self) -> String {
        let mut text = String::new();
        for (sign, choice) in self.signs() {
            let _ = writeln!(text, "   {sign}  {}", self.say(&choice.words));
        }
        text + self.of("番号か文字を入力してください", "Type the number or letter") + " > "
    }

    /// What is typed for each choice: numbers for those of this question, letters for those of every question.
    fn signs(&self) -> Vec<(String, &Choice)> {
        let letter = |choice: &Choice| match choice.key {
            "again" => "r".to_owned(),
            "stop" => "q".to_owned(),
            key => key.chars().take(1).collect(),
        };
        let sign = |(place, choice): (usize, _)| match Choice::is_common(choice) {
            true => (letter(choice), choice),
            false => ((place + 1).to_string(), choice),
        };
        self.prompt.choices.iter().enumerate().map(sign).collect()
    }

    /// What a typed line means here.
    pub fn hear(&mut self, line: &str) -> Heard {
        let line = line.trim();
        match self.chosen.take() {
            None => self.choose(line),
            Some(Chosen { choice, told }) if told.len() == choice.fields.len() => {
                self.confirm(choice, told, line)
            }
            Some(Chosen { choice, told }) => self.fill(choice, told, line),
        }
    }

    fn choose(&mut self, line: &str) -> Heard {
        let found = self.signs().into_iter().find(|(sign, _)| *sign == line.to_lowercase());
        let Some(choice) = found.map(|(_, choice)| choice.clone()) else {
            return Heard::Say(self.choices());
        };
        self.goes_on(choice, Vec::new())
    }

    fn fill(&mut self, choice: Choice, mut told: Vec<String>, line: &str) -> Heard {
        let Some(field) = choice.fields.get(told.len()) else { return self.goes_on(choice, told) };
        let (value, fault) = taken(field, line);
        if let Some(fault) = fault.or_else(|| field.fault(&value)) {
            let again = format!("   {}\n{}", self.say(&fault), self.field(field));
            self.chosen = Some(Chosen { choice, told });
            return Heard::Say(again);
        }
        told.push(value);
        self.goes_on(choice, told)
    }

    fn confirm(&mut self, choice: Choice, told: Vec<String>, line: &str) -> Heard {
        match line.to_lowercase().as_str() {
            "" | "y" => Heard::Answer(answer(&choice, told)),
            "r" => Heard::Say(self.choices()),
            _ => self.goes_on(choice, told),
        }
    }

    /// The next field, the last look at all of them, or the answer where there was nothing to type.
    fn goes_on(&mut self, choice: Choice, told: Vec<String>) -> Heard {
        if choice.fields.is_empty() {
            return Heard::Answer(answer(&choice, told));
        }
        let text = match choice.fields.get(told.len()) {
            Some(field) => self.field(field),
            None => self.summary(&choice, &told),
        };
        self.chosen = Some(Chosen { choice, told });
        Heard::Say(text)
    }

    fn field(&self, field: &Field) -> String {
        let hint = match (field.kind, field.needed) {
            (Kind::File, _) => self.of("（ファイルの場所）", " (path of the file)"),
            (_, false) => self.of("（なければ Enter）", " (Enter if there is none)"),
            (_, true) => "",
        };
        format!("   {}{hint}: ", self.say(&field.words))
    }

    fn summary(&self, choice: &Choice, told: &[String]) -> String {
        let mut text = format!("   → {}\n", self.say(&choice.words));
        for (field, value) in choice.fields.iter().zip(told).filter(|(_, told)| !told.is_empty()) {
            let bytes = value.len() / 4 * 3;
            let value = match field.kind {
                Kind::File => format!("~{bytes} bytes"),
                Kind::Text | Kind::Digit | Kind::Day | Kind::List | Kind::Numbers | Kind::YesNo => {
                    value.clone()
                }
            };
            let _ = writeln!(text, "     {}: {value}", self.say(&field.words));
        }
        text + self.of("Enter で送る、r で選び直す", "Enter sends it, r chooses again") + " > "
    }
}

fn answer(choice: &Choice, told: Vec<String>) -> Answer {
    let keys = choice.fields.iter().map(|field| field.key.to_owned());
    let fields: BTreeMap<_, _> = keys.zip(told).filter(|(_, told)| !told.is_empty()).collect();
    Answer { choice: choice.key.to_owned(), fields }
}

/// What a typed line stands for: of a file its content, else itself.
fn taken(field: &Field, line: &str) -> (String, Option<Text2>) {
    if field.kind != Kind::File || line.is_empty() {
        return (line.to_owned(), None);
    }
    match std::fs::read(line.trim_matches(['\'', '"'])) {
        Ok(bytes) => (STANDARD.encode(bytes), None),
        Err(error) => {
            let fault = words(
                format!("ファイルを読めません（{error}）"),
                format!("the file cannot be read: {error}"),
            );
            (String::new(), Some(fault))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk() -> Talk {
        let fields = vec![
            Field::needed("validity", "状態", "Validity", Kind::Digit),
            Field::free("name", "氏名", "Name", Kind::Text),
        ];
        let shown = Choice::done("shown", "表示された", "It is shown").with(fields);
        let choices = vec![Choice::done("nothing", "何も", "Nothing"), shown];
        Talk::new(Arc::new(Prompt::new(words("何が", "What?"), vec![], choices)), Language::English)
    }

    fn said(heard: Heard) -> String {
        let Heard::Say(text) = heard else { panic!("{heard:?}") };
        text
    }

    #[test]
    fn a_question_shows_where_it_stands_and_what_can_be_told() {
        let place = Place {
            nth: 3,
            of: 41,
            id: "inbox/twins".into(),
            title: words("双子", "Twins"),
            step: "もし".into(),
        };
        let text = talk().opening(&place);
        for part in [
            "3/41  Twins  (inbox/twins)",
            "What?",
            "1  Nothing",
            "2  It is shown",
            "r  I made a mistake",
            "q  End",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(talk().opening(&Place::default()).contains("before the first"));
    }

    #[test]
    fn what_is_typed_wrongly_is_asked_again() {
        let mut talk = talk();
        assert!(said(talk.hear("7")).contains("1  Nothing"));
        assert!(said(talk.hear("2")).contains("Validity"));
        assert!(said(talk.hear("x")).contains("one digit"));
        assert!(said(talk.hear("1")).contains("Name"));
        assert!(said(talk.hear("")).contains("Enter sends"));
        assert!(said(talk.hear("r")).contains("1  Nothing"), "all of it may be told anew");
        for line in ["2", "1", "架空"] {
            talk.hear(line);
        }
        let Heard::Answer(answer) = talk.hear("") else { panic!() };
        assert_eq!(answer.choice, "shown");
        assert_eq!(answer.fields["name"], "架空");
    }

    #[test]
    fn what_needs_no_words_is_an_answer_at_once() {
        let Heard::Answer(answer) = talk().hear(" Q ") else { panic!() };
        assert_eq!(answer.choice, "stop");
        let Heard::Answer(answer) = talk().hear("1") else { panic!() };
        assert_eq!((answer.choice.as_str(), answer.fields.len()), ("nothing", 0));
    }
}
