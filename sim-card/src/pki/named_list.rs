//! The lists by name: those of files and paths, and the directory names that stand in certificates and lists.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::Offset};
use x509_cert::name::Name;

use super::{
    authority::{Authority, AuthorityError},
    behaviour::ResponderBehaviour,
    crl::{self, ListKind, ListOrder, RevocationReason},
    crl_stream::{self, Entry},
    generation::Hierarchy,
    municipality::Municipality,
    names::{self, CaKind},
    validity::japanese_day,
};

/// A list is made anew each day.
const LIST_HOLDS: SignedDuration = SignedDuration::from_hours(24);

/// First serial number of made-up entries.
const FIRST_MADE_UP: u64 = 1_400_000_000;

/// A list that has a file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedList {
    /// `CA.crl`: all that the CA ended.
    Full,
    /// `CA-base.crl`: the same as of the last midnight in Japan; it says where the delta list is.
    Base,
    /// `CA-delta.crl`: what changed since that midnight.
    Delta,
    /// `CA-partition.crl`: the part of the default municipality.
    Partition,
    /// `CA-stale.crl`: all, of two days ago; its successor is overdue.
    Stale,
    /// `CA-wrong-issuer.crl`: all, signed by other keys under the CA's name.
    WrongIssuer,
}

impl NamedList {
    /// Every list.
    pub const ALL: [Self; 6] =
        [Self::Full, Self::Base, Self::Delta, Self::Partition, Self::Stale, Self::WrongIssuer];

    /// The name of this list of a CA, for files and paths.
    pub fn file_name(self, ca: CaKind) -> String {
        let what = match self {
            Self::Full => "",
            Self::Base => "-base",
            Self::Delta => "-delta",
            Self::Partition => "-partition",
            Self::Stale => "-stale",
            Self::WrongIssuer => "-wrong-issuer",
        };
        format!("{}{what}.crl", ca.slug())
    }

    /// The list that has this name, and whose.
    pub fn named(file_name: &str) -> Option<(CaKind, Self)> {
        let each = CaKind::ALL.into_iter().flat_map(|ca| Self::ALL.map(|list| (ca, list)));
        each.into_iter().find(|(ca, list)| list.file_name(*ca) == file_name)
    }

    /// What is listed, and how the service behaves while it tells it: stale and wrongly signed lists are full ones told wrongly.
    pub(crate) fn parts(self) -> (NamedPoint, ResponderBehaviour) {
        let right = ResponderBehaviour::Answering;
        match self {
            Self::Full => (NamedPoint::Full, right),
            Self::Base => (NamedPoint::Base, right),
            Self::Delta => (NamedPoint::Delta, right),
            Self::Partition => (NamedPoint::Partition(Municipality::default()), right),
            Self::Stale => (NamedPoint::Full, ResponderBehaviour::Stale),
            Self::WrongIssuer => (NamedPoint::Full, ResponderBehaviour::WrongSigner),
        }
    }
}

/// What a name stands for, before it is known for which time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamedPoint {
    Full,
    Base,
    Delta,
    Partition(Municipality),
}

impl NamedPoint {
    /// The order of this list at an instant. Base and delta lists fit together for a Japanese day.
    pub(crate) fn order(self, ca: CaKind, at: Timestamp) -> ListOrder {
        let (kind, this_update) = match self {
            Self::Full => (ListKind::Full, at),
            Self::Base => (ListKind::Base, midnight(at)),
            Self::Delta => (ListKind::Delta { since: midnight(at) }, at),
            Self::Partition(of) => (ListKind::Partition(of), at),
        };
        let next_update = this_update.checked_add(LIST_HOLDS).unwrap_or(Timestamp::MAX);
        ListOrder { ca, kind, this_update, next_update }
    }

    /// The list that a path of directory names stands for: that of the CA itself, of its changes, or of a municipality.
    ///
    /// The path is the distribution point's name, attribute by attribute from the country on, e.g.
    /// `C=JP/O=JPKI-TEST/OU=JPKI for user authentication/OU=CRL Distribution Points/OU=Mihon-to/CN=Mihon-shi CRLDP` (bench profile: the real
    /// directory is not public).
    pub(crate) fn at(path: &str) -> Option<(CaKind, Self)> {
        let is = |name: der::Result<Name>| name.is_ok_and(|name| directory_path(&name) == path);
        let place = municipality_in(path);
        CaKind::ALL.into_iter().find_map(|ca| {
            let point = if is(names::ca_name(ca)) {
                Self::Full
            } else if is(names::delta_point(ca)) {
                Self::Delta
            } else {
                let named = |of: &Municipality| is(names::distribution_point(ca, of));
                Self::Partition(place.clone().filter(named)?)
            };
            Some((ca, point))
        })
    }
}

/// The municipality that a path ends with. Its code is not in it.
fn municipality_in(path: &str) -> Option<Municipality> {
    let (rest, last) = path.rsplit_once('/')?;
    let (_, prefecture) = rest.rsplit_once("/OU=")?;
    let name = last.strip_prefix("CN=")?.strip_suffix(" CRLDP")?;
    let (prefecture, name) = (prefecture.to_owned().into(), name.to_owned().into());
    Some(Municipality { prefecture, name, code: "".into() })
}

/// A distinguished name as a path, the most general part first.
pub fn directory_path(name: &Name) -> String {
    name.iter_rdn().map(ToString::to_string).collect::<Vec<_>>().join("/")
}

fn midnight(at: Timestamp) -> Timestamp {
    let begun = japanese_day(at).at(0, 0, 0, 0);
    Offset::constant(9).to_timestamp(begun).unwrap_or(at)
}

/// A list that waits for its signature. It no longer needs the [`Authority`].
pub(crate) struct ListDraft {
    hierarchy: Arc<Hierarchy>,
    order: ListOrder,
    entries: Vec<Entry>,
}

impl ListDraft {
    /// Signs and encodes the list, with so many made-up entries behind its own.
    pub(crate) fn sign(self, made_up_entries: u64) -> Result<Vec<u8>, AuthorityError> {
        let ca = self.hierarchy.ca(self.order.ca);
        let made_up = made_up(made_up_entries, self.order.this_update);
        let mut list = Vec::new();
        let entries = self.entries.into_iter().chain(made_up);
        crl_stream::write(ca, &crl::frame(ca, &self.order)?, entries, &mut list)?;
        Ok(list)
    }
}

/// Entries for long lists: certificates that nobody ever issued, superseded at `since`. Their serial numbers are above those of any population.
pub fn made_up(count: u64, since: Timestamp) -> impl Iterator<Item = Entry> + Clone {
    let reason = RevocationReason::Superseded.code();
    let serial = |n| FIRST_MADE_UP.saturating_add(n);
    (0..count).map(move |n| Entry { serial: serial(n), since, reason })
}

impl Authority {
    /// A list by its name as it is at `now`.
    ///
    /// # Errors
    /// As [`Self::crl`].
    pub fn named_list(
        &self,
        (ca, list): (CaKind, NamedList),
        now: Timestamp,
    ) -> Result<Vec<u8>, AuthorityError> {
        let (point, behaviour) = list.parts();
        self.list_as((ca, point), behaviour, now)
    }

    /// A list as a service of this behaviour tells it.
    pub(crate) fn list_as(
        &self,
        list: (CaKind, NamedPoint),
        behaviour: ResponderBehaviour,
        now: Timestamp,
    ) -> Result<Vec<u8>, AuthorityError> {
        self.list_draft(list, behaviour, now)?.sign(0)
    }

    /// As [`Self::list_as`], but leaves the signature to the caller, who may release the authority before.
    pub(crate) fn list_draft(
        &self,
        (ca, point): (CaKind, NamedPoint),
        behaviour: ResponderBehaviour,
        now: Timestamp,
    ) -> Result<ListDraft, AuthorityError> {
        let order = point.order(ca, behaviour.tells_of(now));
        let entries = self.entries(&order);
        let hierarchy = if behaviour == ResponderBehaviour::WrongSigner {
            self.stranger()?
        } else {
            self.hierarchy()
        };
        Ok(ListDraft { hierarchy, order, entries })
    }

    /// Whether any certificate of a CA names the distribution point of this prefecture and municipality.
    pub(crate) fn has_point(&self, ca: CaKind, of: &Municipality) -> bool {
        self.ledger.has_point(ca, of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_lead_back_to_their_lists() {
        for (ca, list) in CaKind::ALL.into_iter().flat_map(|ca| NamedList::ALL.map(|l| (ca, l))) {
            assert_eq!(NamedList::named(&list.file_name(ca)), Some((ca, list)));
        }
        assert_eq!(NamedList::named("user-authentication"), None);
    }

    #[test]
    fn directory_names_lead_back_to_their_lists() {
        let place = Municipality::new("Kaku-ken", "Kaku-cho", "");
        for ca in CaKind::ALL {
            for (name, point) in [
                (names::ca_name(ca), NamedPoint::Full),
                (names::delta_point(ca), NamedPoint::Delta),
                (names::distribution_point(ca, &place), NamedPoint::Partition(place.clone())),
            ] {
                assert_eq!(NamedPoint::at(&directory_path(&name.unwrap())), Some((ca, point)));
            }
        }
        let user = names::distribution_point(CaKind::UserAuthentication, &place).unwrap();
        assert_eq!(
            directory_path(&user),
            "C=JP/O=JPKI-TEST/OU=JPKI for user authentication/OU=CRL Distribution Points/\
             OU=Kaku-ken/CN=Kaku-cho CRLDP"
        );
    }

    #[test]
    fn base_and_delta_fit_together_for_a_japanese_day() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (now, since) in [
            ("2026-03-01T15:00:00Z", "2026-03-01T15:00:00Z"),
            ("2026-03-02T14:59:59Z", "2026-03-01T15:00:00Z"),
        ] {
            let base = NamedPoint::Base.order(CaKind::UserAuthentication, at(now));
            let delta = NamedPoint::Delta.order(CaKind::UserAuthentication, at(now));
            assert_eq!(base.this_update, at(since));
            assert_eq!(delta.kind, ListKind::Delta { since: at(since) });
        }
    }

    proptest! {
        #[test]
        fn any_path_is_read(path in "(C=JP/|O=JPKI-TEST/|OU=|CN=| CRLDP|/|\\PC){0,12}") {
            let _ = (NamedPoint::at(&path), NamedList::named(&path));
        }

        #[test]
        fn any_municipality_has_its_own_path(prefecture in "[A-Za-z -]{1,12}", name in "[A-Za-z -]{1,12}") {
            let place = Municipality {
                prefecture: prefecture.into(), name: name.into(), code: "".into(),
            };
            let ca = CaKind::DigitalSignature;
            let point = names::distribution_point(ca, &place);
            // RFC 4514 escapes a space at either end; no municipality has one there.
            let path = directory_path(&point.unwrap());
            if !path.contains('\\') {
                prop_assert_eq!(NamedPoint::at(&path), Some((ca, NamedPoint::Partition(place))));
            }
        }
    }
}
