//! JSON carries the texts of the interface: `"01"`, not a word of our own. Reading is checking: what a record holds can
//! always be written into an answer.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

use crate::messages::{Digits, InsurerNumber, Percent, Text, YearMonth, codes};

/// A value that a message holds as text.
pub(crate) trait Coded: Sized {
    /// Its text.
    fn put(&self) -> String;
    /// The value of a text, or what is wrong with it.
    fn take(text: &str) -> Result<Self, String>;
}

macro_rules! tables {
    ($($name:ident),+ $(,)?) => {$(
        impl Coded for codes::$name {
            fn put(&self) -> String {
                self.code().to_owned()
            }
            fn take(text: &str) -> Result<Self, String> {
                Self::from_code(text).ok_or_else(|| concat!("not a code of ", stringify!($name)).to_owned())
            }
        }
    )+};
}

tables!(
    CertificateStateCode,
    IdentificationMode,
    InsuredCardClassification,
    LimitCertificateClassification,
    LimitCertificateFlag,
    MedicalTreatmentType,
    PersonalFamilyClassification,
    ReasonOfLoss,
    SchemeStatus,
    Sex,
    SingleOrCombinedUse,
    SpecificDiseaseCategory,
    TicketType,
);

impl<const MAX: usize> Coded for Text<MAX> {
    fn put(&self) -> String {
        self.as_str().to_owned()
    }

    fn take(text: &str) -> Result<Self, String> {
        Self::new(text).map_err(|error| error.to_string())
    }
}

impl<const COUNT: usize> Coded for Digits<COUNT> {
    fn put(&self) -> String {
        self.as_str().to_owned()
    }

    fn take(text: &str) -> Result<Self, String> {
        Self::new(text).map_err(|error| error.to_string())
    }
}

impl Coded for InsurerNumber {
    fn put(&self) -> String {
        self.as_str().to_owned()
    }

    fn take(text: &str) -> Result<Self, String> {
        Self::new(text).map_err(|error| error.to_string())
    }
}

/// A month in six digits, as the interface writes it.
impl Coded for YearMonth {
    fn put(&self) -> String {
        format!("{:04}{:02}", self.first_day().year(), self.first_day().month())
    }

    fn take(text: &str) -> Result<Self, String> {
        let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        let parts = digits.then(|| text.split_at_checked(4)).flatten();
        let month =
            parts.and_then(|(year, month)| Self::new(year.parse().ok()?, month.parse().ok()?));
        month.ok_or_else(|| "not a real month in six digits".to_owned())
    }
}

/// Percent in three digits, as the interface writes it.
impl Coded for Percent {
    fn put(&self) -> String {
        format!("{:03}", self.value())
    }

    fn take(text: &str) -> Result<Self, String> {
        let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = text.parse().ok().filter(|_| digits).and_then(Self::new);
        value.ok_or_else(|| "not a percentage in three digits".to_owned())
    }
}

/// Writes the text.
pub(crate) fn serialize<T: Coded, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&value.put())
}

/// Reads a text.
pub(crate) fn deserialize<'de, T: Coded, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    read(&String::deserialize(from)?)
}

/// How an error about a text begins. What follows says what the text should be, and repeats nothing of it.
pub(crate) const UNFIT: &str = "the text does not fit: ";

fn read<T: Coded, E: Error>(text: &str) -> Result<T, E> {
    T::take(text).map_err(|why| E::custom(format_args!("{UNFIT}{why}")))
}

/// The same for a value that may be absent.
pub(crate) mod optional {
    use super::{Coded, Deserialize, Deserializer, Serializer, read};

    /// Writes the text or null.
    pub(crate) fn serialize<T: Coded, S: Serializer>(
        value: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => to.serialize_str(&value.put()),
            None => to.serialize_none(),
        }
    }

    /// Reads a text or null.
    pub(crate) fn deserialize<'de, T: Coded, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        Option::<String>::deserialize(from)?.map(|text| read(&text)).transpose()
    }
}

/// The same for several values.
pub(crate) mod list {
    use super::{Coded, Deserialize, Deserializer, Serializer, read};

    /// Writes the texts.
    pub(crate) fn serialize<T: Coded, S: Serializer>(
        values: &[T],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(Coded::put))
    }

    /// Reads texts.
    pub(crate) fn deserialize<'de, T: Coded, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<T>, D::Error> {
        Vec::<String>::deserialize(from)?.iter().map(|text| read(text)).collect()
    }
}
