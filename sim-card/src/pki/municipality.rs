//! The municipality at whose counter a certificate is applied for; it names the revocation list that will tell about it.

use std::borrow::Cow;

/// A municipality (市区町村) in the romanised form that certificates carry.
///
/// The default is a fictitious place whose code no prefecture has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Municipality {
    /// Prefecture, e.g. `Mihon-to`.
    pub prefecture: Cow<'static, str>,
    /// Municipality, e.g. `Mihon-shi`.
    pub name: Cow<'static, str>,
    /// Five digits, without the check digit.
    pub code: Cow<'static, str>,
}

impl Municipality {
    /// A municipality by its three names.
    pub const fn new(prefecture: &'static str, name: &'static str, code: &'static str) -> Self {
        Self {
            prefecture: Cow::Borrowed(prefecture),
            name: Cow::Borrowed(name),
            code: Cow::Borrowed(code),
        }
    }

    /// Whether both have one list: a distribution point names prefecture and municipality, not the code.
    pub(crate) fn shares_point(&self, other: &Self) -> bool {
        (&self.prefecture, &self.name) == (&other.prefecture, &other.name)
    }
}

impl Default for Municipality {
    fn default() -> Self {
        Self::new("Mihon-to", "Mihon-shi", "99999")
    }
}
