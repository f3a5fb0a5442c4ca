//! Fields of a line, taken one after the other.

use super::ClaimErrorKind;
use crate::messages::element::Scalar;
use crate::messages::xml::is_space;

/// The fields of a line that are not read yet.
pub(super) struct Fields<'a> {
    rest: Option<&'a str>,
    column: usize,
}

impl<'a> Fields<'a> {
    /// The fields after the identifier and its comma.
    pub fn new(rest: &'a str) -> Self {
        Self { rest: Some(rest), column: 4 }
    }

    /// The next field and its column; an empty one when the line is over.
    fn next(&mut self) -> (&'a str, usize) {
        let column = self.column;
        let Some(rest) = self.rest else { return ("", column) };
        let (field, rest) = match rest.split_once(',') {
            Some((field, rest)) => (field, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        self.column += field.chars().count() + 1;
        (field, column)
    }

    /// All fields as they came.
    pub fn all(self) -> Vec<String> {
        self.rest.map_or(Vec::new(), |rest| rest.split(',').map(str::to_owned).collect())
    }

    /// Refuses fields beyond the layout.
    pub fn finish(
        &self,
        record: &'static str,
        count: usize,
    ) -> Result<(), (usize, ClaimErrorKind)> {
        match self.rest {
            None => Ok(()),
            Some(_) => Err((self.column, ClaimErrorKind::TooManyFields { record, count })),
        }
    }
}

/// A field, required or optional by its Rust type.
pub(super) trait Cell: Sized {
    fn pick(
        fields: &mut Fields<'_>,
        record: &'static str,
        field: &'static str,
    ) -> Result<Self, (usize, ClaimErrorKind)>;
    fn cell(&self) -> String;
}

impl<T: Scalar> Cell for Option<T> {
    fn pick(
        fields: &mut Fields<'_>,
        record: &'static str,
        field: &'static str,
    ) -> Result<Self, (usize, ClaimErrorKind)> {
        let (text, column) = fields.next();
        if is_space(text) {
            return Ok(None);
        }
        let wrong = || ClaimErrorKind::Value { record, field, expected: T::shape() };
        T::parse(text).map(Some).ok_or_else(|| (column, wrong()))
    }

    fn cell(&self) -> String {
        self.as_ref().map(Scalar::text).unwrap_or_default()
    }
}

impl<T: Scalar> Cell for T {
    fn pick(
        fields: &mut Fields<'_>,
        record: &'static str,
        field: &'static str,
    ) -> Result<Self, (usize, ClaimErrorKind)> {
        let column = fields.column;
        let value = Option::<T>::pick(fields, record, field)?;
        value.ok_or((column, ClaimErrorKind::Missing { record, field }))
    }

    fn cell(&self) -> String {
        self.text()
    }
}

/// Declares a record: identifier, then its fields in layout order.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident = $identifier:literal { $($field:ident: $type:ty, $doc:literal;)+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $(#[doc = concat!($doc, ".")] pub $field: $type,)+ }

        impl $name {
            pub(super) fn read(
                fields: &mut $crate::messages::claim::field::Fields<'_>,
            ) -> Result<Self, (usize, $crate::messages::claim::ClaimErrorKind)> {
                use $crate::messages::claim::field::Cell;
                let record = Self { $($field: <$type>::pick(fields, $identifier, $doc)?,)+ };
                fields.finish($identifier, [$($doc),+].len())?;
                Ok(record)
            }

            pub(super) fn cells(&self) -> Vec<String> {
                use $crate::messages::claim::field::Cell;
                vec![$(self.$field.cell(),)+]
            }
        }
    };
}
pub(super) use record;
