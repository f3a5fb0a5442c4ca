//! The file table as data: applications are rows of EF id, content and access rule.

use std::sync::LazyLock;

use rsa::RsaPublicKey;

use crate::contents::CardKey;
use crate::pin::PinName;

/// Something the holder or the terminal has proved since the application was selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// This reference was verified.
    Verified(PinName),
    /// A terminal proved an approved key (bench profile).
    ApprovedTerminal,
}

impl Right {
    fn bit(self) -> u16 {
        match self {
            Self::Verified(name) => 1 << name as u16,
            Self::ApprovedTerminal => 1 << 15,
        }
    }
}

/// The set of rights granted at this moment: the security status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights(u16);

impl Rights {
    /// Whether this right is granted.
    pub fn holds(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// Grants a right.
    pub fn grant(&mut self, right: Right) {
        self.0 |= right.bit();
    }

    /// Takes a right away.
    pub fn revoke(&mut self, right: Right) {
        self.0 &= !right.bit();
    }
}

/// When a file may be read or a key used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Always.
    Free,
    /// When one of these rights is granted.
    AnyOf(&'static [Right]),
    /// Whatever is presented.
    Never,
}

impl Access {
    /// Whether the granted rights suffice.
    pub fn allows(self, rights: Rights) -> bool {
        match self {
            Self::Free => true,
            Self::AnyOf(wanted) => wanted.iter().any(|right| rights.holds(*right)),
            Self::Never => false,
        }
    }
}

/// Bytes made when they are first read: an RSA signature costs more than a thousand reads.
pub type Late = LazyLock<Vec<u8>, Box<dyn FnOnce() -> Vec<u8> + Send>>;

/// What an EF holds.
pub enum Content {
    /// Bytes for READ BINARY.
    Transparent(Vec<u8>),
    /// Bytes for READ BINARY that carry a signature of the issuer.
    Signed(Late),
    /// Records for READ RECORD, the first has number 1.
    Records(Vec<Vec<u8>>),
    /// A PIN, password or 照合番号.
    Reference(PinName),
    /// A key the card signs with; `None` on a card issued without this certificate.
    SigningKey(Option<CardKey>),
    /// The card's own key, for INTERNAL AUTHENTICATE.
    OwnKey,
    /// The key a terminal's certificate is checked with (bench profile).
    TerminalAuthority(Option<RsaPublicKey>),
    /// Present, selectable, and of no use to any command here.
    Administrative,
}

impl Content {
    /// A file that is made when it is first read.
    pub fn signed(make: impl FnOnce() -> Vec<u8> + Send + 'static) -> Self {
        Self::Signed(LazyLock::new(Box::new(make)))
    }

    /// Whether READ BINARY fits this EF.
    pub fn is_transparent(&self) -> bool {
        match self {
            Self::Transparent(_) | Self::Signed(_) => true,
            Self::Records(_)
            | Self::Reference(_)
            | Self::SigningKey(_)
            | Self::OwnKey
            | Self::TerminalAuthority(_)
            | Self::Administrative => false,
        }
    }

    /// The bytes of a transparent EF; makes them when they are of the late kind.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Transparent(bytes) => Some(bytes),
            Self::Signed(late) => Some(late),
            Self::Records(_)
            | Self::Reference(_)
            | Self::SigningKey(_)
            | Self::OwnKey
            | Self::TerminalAuthority(_)
            | Self::Administrative => None,
        }
    }
}

/// One row of the table.
pub struct File {
    /// EF identifier, 0001..=001E: its last five bits are the short EF identifier.
    pub id: u16,
    /// What it holds.
    pub content: Content,
    /// When it may be read or used.
    pub access: Access,
}

impl File {
    /// A row.
    pub fn new(id: u16, content: Content, access: Access) -> Self {
        Self { id, content, access }
    }

    /// A row of plain bytes that anyone may read.
    pub fn free(id: u16, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(id, Content::Transparent(bytes.into()), Access::Free)
    }

    /// A row for reference data.
    pub fn reference(id: u16, name: PinName) -> Self {
        Self::new(id, Content::Reference(name), Access::Never)
    }
}

/// Which application a table belongs to; what differs between them beyond the rows is asked by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApplicationName {
    /// GlobalPlatform Issuer Security Domain, current after power-up.
    IssuerSecurityDomain,
    /// 公的個人認証AP.
    Jpki,
    /// 共通カードAP.
    Common,
    /// 住基AP.
    Resident,
    /// 券面事項確認AP.
    CardFace,
    /// 券面入力補助AP.
    TextInput,
}

/// One application: its AID and its rows.
pub struct Application {
    /// Which one it is.
    pub name: ApplicationName,
    /// Application identifier.
    pub aid: &'static [u8],
    /// The rows, in the order of their ids.
    pub files: Vec<File>,
    /// Whether COMPUTE DIGITAL SIGNATURE with P2 = 00 finds the card's own key here.
    pub own_key: bool,
}

impl Application {
    /// The place of an EF in the table.
    pub fn position(&self, id: u16) -> Option<usize> {
        self.files.iter().position(|file| file.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_independent() {
        let mut rights = Rights::default();
        rights.grant(Right::Verified(PinName::UserAuthentication));
        rights.grant(Right::ApprovedTerminal);
        rights.revoke(Right::Verified(PinName::UserAuthentication));
        assert!(rights.holds(Right::ApprovedTerminal));
        for name in PinName::ALL {
            assert!(!rights.holds(Right::Verified(name)), "{name:?}");
        }
    }

    #[test]
    fn access_rules() {
        const RULE: Access = Access::AnyOf(&[Right::ApprovedTerminal]);
        let mut rights = Rights::default();
        assert!(Access::Free.allows(rights) && !RULE.allows(rights));
        rights.grant(Right::ApprovedTerminal);
        assert!(RULE.allows(rights) && !Access::Never.allows(rights));
    }
}
