//! `madoguchi population`: citizens computed from a seed, one by number or a handful with something odd about them.

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::{Value, json};
use sim_card::pki::CaKind;
use sim_card::population::{
    CheckDigit, Citizen, Oddity, Population, REFERENCE_DAY, SIZE, Sex, has_valid_check_digit,
};

use super::{Failure, Format, say};

const SHOW_EXAMPLES: &str = "\
Examples:
  madoguchi population show 0
  madoguchi population show 124999999 --seed 7 --format json
  madoguchi population show 42 --today 2027-04-01       everybody's age stays, so the birth dates move
  madoguchi population show 42 --show-secrets           number, PIN and password too; all synthetic";

const SAMPLE_EXAMPLES: &str = "\
Examples:
  madoguchi population sample --count 10                      spread over the whole population
  madoguchi population sample --count 5 --oddity leap-day
  madoguchi population sample --count 3 --oddity outside-jis --format json";

/// What can be asked of the population.
#[derive(Debug, Subcommand)]
pub enum PopulationCommand {
    /// Show one citizen
    #[command(after_help = SHOW_EXAMPLES)]
    Show {
        /// Place in the population, 0 to 124999999
        #[arg(value_name = "N")]
        index: u64,
        /// Show 個人番号, PIN, password and security code as well; all synthetic
        #[arg(long)]
        show_secrets: bool,
        #[command(flatten)]
        view: View,
    },
    /// List some citizens, all kinds or those with an oddity
    #[command(after_help = SAMPLE_EXAMPLES)]
    Sample {
        /// How many, 1 to 100000
        #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=100_000))]
        count: u32,
        /// Only citizens with this oddity by design, e.g. leap-day, foreign-name, outside-jis
        #[arg(long, value_name = "NAME")]
        oddity: Option<Oddity>,
        #[command(flatten)]
        view: View,
    },
}

/// Which population, and how it is written.
#[derive(Debug, Args)]
pub struct View {
    /// Seed of the population
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Day from which ages are seen
    #[arg(long, value_name = "DATE", default_value_t = REFERENCE_DAY)]
    today: Date,
    /// With 個人番号 whose check digits are right. Such a number may be somebody's: for products that verify it, and nothing else
    #[arg(long)]
    valid_check_digits: bool,
    /// How
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl View {
    fn population(&self) -> Result<Population, Failure> {
        let check = if self.valid_check_digits { CheckDigit::Valid } else { CheckDigit::Wrong };
        Population::new(self.seed).with_check_digits(check).seen_on(self.today).map_err(usage)
    }
}

fn usage(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(error.to_string())
}

/// Does what is asked.
pub fn run(command: &PopulationCommand) -> Result<u8, Failure> {
    match command {
        PopulationCommand::Show { index, show_secrets, view } => {
            let citizen = view.population()?.citizen(*index).map_err(usage)?;
            show(&citizen, *show_secrets, view);
        }
        PopulationCommand::Sample { count, oddity, view } => {
            sample(view.population()?, u64::from(*count), *oddity, view.format)?;
        }
    }
    Ok(0)
}

fn show(citizen: &Citizen, secrets: bool, view: &View) {
    let mut facts = facts(citizen, view.today);
    if secrets {
        facts.extend(secret_facts(citizen));
    }
    match view.format {
        Format::Json => say(format_args!("{:#}", object(facts))),
        Format::Text => {
            for (key, value) in facts.iter().filter(|(_, value)| !value.is_null()) {
                say(format_args!("{key:<27} {}", text(value)));
            }
        }
    }
}

fn sample(
    population: Population,
    count: u64,
    oddity: Option<Oddity>,
    format: Format,
) -> Result<(), Failure> {
    let spread = (0..count).map(|at| at * (SIZE / count));
    let indices: Vec<u64> = match oddity {
        Some(oddity) => population.with(oddity).zip(0..count).map(|(index, _)| index).collect(),
        None => spread.collect(),
    };
    let citizens = indices.into_iter().map(|index| population.citizen(index));
    let citizens = citizens.collect::<Result<Vec<_>, _>>().map_err(usage)?;
    match format {
        Format::Json => {
            let rows = citizens.iter().map(|one| object(facts(one, population.today())));
            say(format_args!("{:#}", Value::Array(rows.collect())));
        }
        Format::Text => citizens.iter().for_each(|citizen| say(line(citizen))),
    }
    let found = u64::try_from(citizens.len()).unwrap_or(count);
    match oddity.filter(|_| found < count) {
        Some(oddity) => Err(usage(format!("only {found} citizens are {oddity} by design"))),
        None => Ok(()),
    }
}

type Facts = Vec<(&'static str, Value)>;

fn facts(citizen: &Citizen, today: Date) -> Facts {
    let Citizen { name, address, .. } = citizen;
    vec![
        ("citizen", json!(citizen.index)),
        ("oddity", json!(citizen.oddity.map(Oddity::name))),
        ("name", json!(name.name.written)),
        ("kana", json!(name.kana)),
        ("kana_half_width", json!(name.half_width_kana())),
        ("kana_elsewhere", json!(name.kana_elsewhere)),
        ("romaji", json!(name.romaji)),
        ("common_name", json!(name.common_name)),
        ("former_surname", json!(name.former_surname)),
        ("printed_name", json!(name.printed())),
        ("certificate_name", json!(name.name.certificate)),
        ("name_substitutes", json!(name.name.substitutes)),
        ("birthdate", json!(citizen.birthdate)),
        ("age", json!(citizen.age(today))),
        ("sex", json!(if citizen.sex == Sex::Male { "male" } else { "female" })),
        ("address", json!(address.address.written)),
        ("certificate_address", json!(address.address.certificate)),
        ("address_substitutes", json!(address.address.substitutes)),
        ("municipality_code", json!(address.municipality_code)),
        ("card_issued", json!(citizen.card_issued)),
        ("card_expiry", json!(citizen.card_expiry)),
        ("photo", json!(citizen.photo)),
        ("face", json!(citizen.face.to_string())),
        ("person_code", json!(citizen.holder)),
        ("user_authentication_serial", serial(citizen, CaKind::UserAuthentication, today)),
        ("digital_signature_serial", serial(citizen, CaKind::DigitalSignature, today)),
    ]
}

/// The serial number of the certificate on the card, as `madoguchi authority serve` takes it.
fn serial(citizen: &Citizen, ca: CaKind, today: Date) -> Value {
    let on_card = citizen.certificate_on(ca, today);
    json!(on_card.map(|certificate| format!("{:08x}", certificate.serial)))
}

/// What only `--show-secrets` shows, after a word on what it is worth.
fn secret_facts(citizen: &Citizen) -> Facts {
    let number = citizen.individual_number.digits();
    let worth = if has_valid_check_digit(number) {
        "synthetic; the number may be somebody's, since its last digit is right"
    } else {
        "synthetic; the last digit of the number is wrong on purpose"
    };
    vec![
        ("secrets", json!(worth)),
        ("individual_number", json!(number)),
        ("user_pin", json!(citizen.user_pin)),
        ("signature_password", json!(citizen.signature_password)),
        ("security_code", json!(citizen.security_code)),
    ]
}

fn object(facts: Facts) -> Value {
    facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn line(citizen: &Citizen) -> String {
    let Citizen { index, oddity, name, address, birthdate, .. } = citizen;
    let oddity = oddity.map_or("-", Oddity::name);
    let name = name.printed();
    format!("{index:>9}  {oddity:<20} {birthdate}  {}  {name}", address.municipality_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn citizen() -> Citizen {
        Population::new(1).citizen(7).unwrap()
    }

    #[test]
    fn secrets_are_shown_only_when_asked_for() {
        let plain = object(facts(&citizen(), REFERENCE_DAY)).to_string();
        let secrets = object(secret_facts(&citizen())).to_string();
        for secret in [citizen().individual_number.digits(), &citizen().signature_password] {
            assert!(!plain.contains(secret) && secrets.contains(secret));
        }
        assert!(["user_pin", "security_code"].iter().all(|key| !plain.contains(key)));
        assert!(secrets.contains("synthetic"));
    }

    fn view(valid_check_digits: bool) -> View {
        View { seed: 1, today: REFERENCE_DAY, valid_check_digits, format: Format::Text }
    }

    #[test]
    fn check_digits_are_right_only_when_asked_for() {
        for asked in [false, true] {
            let citizen = view(asked).population().unwrap().citizen(7).unwrap();
            assert_eq!(has_valid_check_digit(citizen.individual_number.digits()), asked);
        }
    }

    #[test]
    fn who_is_not_there_is_told_clearly() {
        let view = view(false);
        let show = PopulationCommand::Show { index: SIZE, show_secrets: false, view };
        let told = run(&show).unwrap_err().to_string();
        assert_eq!(told, "there is no citizen 125000000; they are numbered 0 to 124999999");
    }
}
