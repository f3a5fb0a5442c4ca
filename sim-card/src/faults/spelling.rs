//! A fault as one word of text with its numbers behind colons: `mute-after:5`, `wrong-status:B0:6F00`.

use std::fmt;
use std::str::FromStr;

use super::{CertificateName, Damage, Fault};
use crate::apdu::StatusWord;

/// Every spelling with an example of its numbers, in the order of [`Fault`]. Instructions and status words are hexadecimal, all
/// else is decimal.
pub const SPELLINGS: [&str; 14] = [
    "wrong-status:B0:6F00",
    "truncated:B0:4",
    "delayed:2A:1500",
    "mute-after:5",
    "pulled-after:5",
    "put-back-after:5:2",
    "swapped-after:5",
    "torn-inside:20:before",
    "first-command-fails",
    "stale-counter",
    "flipped-photo-byte:1000",
    "corrupt-certificate:user-authentication:signature",
    "wrong-key",
    "open-key",
];

/// A text that is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no fault; known are {}", SPELLINGS.join(", "))]
pub struct UnknownFault {
    /// What was read.
    pub found: String,
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<_> = text.split(':').collect();
        read(&parts).ok_or_else(|| UnknownFault { found: text.to_owned() })
    }
}

fn read(parts: &[&str]) -> Option<Fault> {
    Some(match *parts {
        ["wrong-status", ins, status] => {
            Fault::WrongStatus { ins: byte(ins)?, status: StatusWord(hex(status, 4)?) }
        }
        ["truncated", ins, keep] => Fault::Truncated { ins: byte(ins)?, keep: keep.parse().ok()? },
        ["delayed", ins, time] => {
            Fault::Delayed { ins: byte(ins)?, milliseconds: time.parse().ok()? }
        }
        ["mute-after", commands] => Fault::MuteAfter { commands: commands.parse().ok()? },
        ["pulled-after", commands] => Fault::PulledAfter { commands: commands.parse().ok()? },
        ["put-back-after", commands, missed] => {
            Fault::PutBackAfter { commands: commands.parse().ok()?, missed: missed.parse().ok()? }
        }
        ["swapped-after", commands] => Fault::SwappedAfter { commands: commands.parse().ok()? },
        ["torn-inside", ins, "before"] => Fault::TornInside { ins: byte(ins)?, written: false },
        ["torn-inside", ins, "written"] => Fault::TornInside { ins: byte(ins)?, written: true },
        ["first-command-fails"] => Fault::FirstCommandFails,
        ["stale-counter"] => Fault::StaleCounter,
        ["flipped-photo-byte", index] => Fault::FlippedPhotoByte { index: index.parse().ok()? },
        ["corrupt-certificate", certificate, damage] => Fault::CorruptCertificate {
            certificate: match certificate {
                "user-authentication" => CertificateName::UserAuthentication,
                "digital-signature" => CertificateName::DigitalSignature,
                _ => return None,
            },
            damage: match damage {
                "der" => Damage::Der,
                "signature" => Damage::Signature,
                _ => return None,
            },
        },
        ["wrong-key"] => Fault::WrongKey,
        ["open-key"] => Fault::OpenKey,
        _ => return None,
    })
}

fn byte(text: &str) -> Option<u8> {
    hex(text, 2).and_then(|value| u8::try_from(value).ok())
}

fn hex(text: &str, digits: usize) -> Option<u16> {
    let all = text.len() == digits && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    u16::from_str_radix(text, 16).ok().filter(|_| all)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::WrongStatus { ins, status } => write!(f, "wrong-status:{ins:02X}:{status}"),
            Self::Truncated { ins, keep } => write!(f, "truncated:{ins:02X}:{keep}"),
            Self::Delayed { ins, milliseconds } => write!(f, "delayed:{ins:02X}:{milliseconds}"),
            Self::MuteAfter { commands } => write!(f, "mute-after:{commands}"),
            Self::PulledAfter { commands } => write!(f, "pulled-after:{commands}"),
            Self::PutBackAfter { commands, missed } => {
                write!(f, "put-back-after:{commands}:{missed}")
            }
            Self::SwappedAfter { commands } => write!(f, "swapped-after:{commands}"),
            Self::TornInside { ins, written } => {
                write!(f, "torn-inside:{ins:02X}:{}", if written { "written" } else { "before" })
            }
            Self::FirstCommandFails => f.write_str("first-command-fails"),
            Self::StaleCounter => f.write_str("stale-counter"),
            Self::FlippedPhotoByte { index } => write!(f, "flipped-photo-byte:{index}"),
            Self::CorruptCertificate { certificate, damage } => {
                let certificate = match certificate {
                    CertificateName::UserAuthentication => "user-authentication",
                    CertificateName::DigitalSignature => "digital-signature",
                };
                let damage = match damage {
                    Damage::Der => "der",
                    Damage::Signature => "signature",
                };
                write!(f, "corrupt-certificate:{certificate}:{damage}")
            }
            Self::WrongKey => f.write_str("wrong-key"),
            Self::OpenKey => f.write_str("open-key"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_is_read_and_written_again() {
        for text in SPELLINGS {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        for text in ["torn-inside:24:written", "corrupt-certificate:digital-signature:der"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_fault_is_told_with_what_is_known() {
        for text in
            ["", "mute-after", "mute-after:-1", "wrong-status:B0:+6F0", "open-key:1", "Open-Key"]
        {
            let told = text.parse::<Fault>().unwrap_err().to_string();
            assert!(told.contains("torn-inside:20:before"), "{told}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z:0-9A-F-]{0,40}|\\PC*") {
            if let Ok(fault) = text.parse::<Fault>() {
                prop_assert_eq!(fault.to_string().parse(), Ok(fault));
            }
        }
    }
}
