//! A script: which card, and what is done with it, drawn from the fuzzer's bytes with `arbitrary`.

use arbitrary::{Arbitrary, Result, Unstructured};
use sim_card::{Fault, PinName};

/// More steps than this only cost time.
const MOST_STEPS: usize = 64;

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// The card it is played on.
    pub card: Kind,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// A card; only the plain one is held against the model.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The card of the tests.
    Plain,
    /// The same in a secure session: opening one costs as much as a signature.
    InSession,
    /// The same with faults switched on.
    Faulty(Vec<Fault>),
    /// The same, delivered without the user's PIN.
    WithoutPin,
    /// A phone.
    Phone,
    /// The next card.
    NextGeneration,
}

/// What VERIFY carries.
#[derive(Debug, Clone, PartialEq, Arbitrary)]
pub enum Value {
    /// The value of the reference meant.
    Right,
    /// Nothing: a question for the counter.
    Nothing,
    /// The right value of another reference.
    Of(PinName),
    /// Any bytes.
    Bytes(Vec<u8>),
}

/// A command of class 08, in the session that is open, or in none.
#[derive(Debug, Clone, PartialEq, Arbitrary)]
pub enum Secured {
    /// SELECT of an EF.
    File(u8),
    /// SELECT of an application, whose FCI would be encrypted.
    Application { place: u8, fci: bool, ne: Option<u8> },
    /// READ BINARY of the current EF.
    Read { offset: u8, length: u16, ne: Option<u16> },
    /// VERIFY of the current EF or one named by its short identifier.
    Verify { sfi: Option<u8>, value: Value },
    /// Another instruction, its data encrypted.
    Other { ins: u8, p1: u8, p2: u8, data: Vec<u8> },
    /// The object of READ BINARY where another belongs, or the other way round.
    WrongObject { read: bool },
    /// The number of the command before.
    OldNumber,
    /// Class 0C or 08 with data as they come.
    Raw { checksum: bool, ins: u8, data: Vec<u8> },
}

/// One step; some are several commands.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// SELECT of the reference's application and EF, VERIFY with its right value.
    Enter { reference: u8, short: bool },
    /// SELECT of an application by the first bytes of its AID, with or without FCI.
    Application { place: u8, cut: u8, fci: bool, ne: Option<u8> },
    /// SELECT of an EF.
    File { id: u8, high: u8 },
    /// READ BINARY of the current EF or one named by its short identifier.
    Read { sfi: Option<u8>, offset: u16, ne: u32 },
    /// READ RECORD.
    Record { number: u8, p2: u8, ne: u8 },
    /// VERIFY of the current EF or one named by its short identifier.
    Verify { sfi: Option<u8>, value: Value },
    /// CHANGE REFERENCE DATA or CHANGE KEY.
    Change { key: bool, sfi: Option<u8>, value: Value },
    /// GET CHALLENGE.
    Challenge { ne: u32 },
    /// GET DATA.
    Data { tag: u16, ne: u32 },
    /// COMPUTE DIGITAL SIGNATURE over one of the DigestInfos clients send.
    Sign { p1: u8, p2: u8, info: u8 },
    /// INTERNAL AUTHENTICATE.
    Internal { p2: u8, data: Vec<u8> },
    /// Terminal authentication from certificate to proof; the proof may be spoilt.
    Terminal { spoilt: bool },
    /// SET SESSION KEY after the PIN that it wants, with the right message or another.
    Session { right: bool },
    /// A secured command.
    Secured(Secured),
    /// A piece of a recording, with one byte of one of its commands changed.
    Recorded { which: u8, from: u8, count: u8, at: u8, turn: u8 },
    /// A command of a class and an instruction that mean something, the rest at random.
    Command { cla: u8, ins: u8, p1: u8, p2: u8, data: Vec<u8>, ne: Option<u32>, extended: bool },
    /// Bytes as they come.
    Raw(Vec<u8>),
    /// Power is taken and given.
    PowerCycle,
    /// Power is taken.
    PowerOff,
    /// Warm reset.
    Reset,
    /// The issuer's office unblocks a reference.
    Unblock(PinName),
}

impl<'a> Arbitrary<'a> for Script {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let first: u8 = u.arbitrary()?;
        let card = match first {
            0..=191 | 200..=223 => Kind::Plain,
            192..=199 => Kind::InSession,
            224..=239 => Kind::Faulty(few(u)?),
            240..=244 => Kind::WithoutPin,
            245..=249 => Kind::Phone,
            250..=255 => Kind::NextGeneration,
        };
        // Most scripts begin behind a PIN, or the short ones would get nowhere.
        let opening = Step::Enter { reference: first, short: first & 1 == 1 };
        let mut steps: Vec<Step> = (first < 192).then_some(opening).into_iter().collect();
        while !u.is_empty() && steps.len() < MOST_STEPS {
            steps.push(u.arbitrary()?);
        }
        Ok(Self { card, steps })
    }
}

/// Up to three faults.
fn few(u: &mut Unstructured<'_>) -> Result<Vec<Fault>> {
    (0..u.int_in_range(1..=3u8)?).map(|_| u.arbitrary()).collect()
}

/// Bytes whose number, up to 255, stands before them; so a command stays in one piece when its neighbours change.
fn counted(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let wanted = usize::from(u.arbitrary::<u8>()?);
    Ok(u.bytes(wanted.min(u.len()))?.to_vec())
}

/// A short EF identifier in three of four cases the current EF.
fn place(u: &mut Unstructured<'_>) -> Result<Option<u8>> {
    let byte: u8 = u.arbitrary()?;
    Ok((byte >= 0xC0).then_some(byte & 0x1F))
}

/// Ne: mostly short, at times extended.
fn ne(u: &mut Unstructured<'_>) -> Result<u32> {
    Ok(match u.arbitrary::<u8>()? {
        0 => 256,
        1..=223 => u32::from(u.arbitrary::<u8>()?) + 1,
        224..=255 => u32::from(u.arbitrary::<u16>()?) + 1,
    })
}

/// EFs are numbered up to 1E.
const FILES: u8 = 0x1F;

impl<'a> Arbitrary<'a> for Step {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.arbitrary::<u8>()? {
            0..=47 => Self::Enter { reference: u.arbitrary()?, short: u.arbitrary()? },
            48..=67 => Self::Application {
                place: u.arbitrary()?,
                cut: u.arbitrary()?,
                fci: u.arbitrary()?,
                ne: u.arbitrary()?,
            },
            68..=99 => Self::File { id: u.arbitrary::<u8>()? & FILES, high: 0 },
            100..=101 => Self::File { id: u.arbitrary()?, high: u.arbitrary()? },
            102..=143 => {
                let sfi = place(u)?;
                let offset = u.arbitrary::<u16>()? & if u.arbitrary()? { 0x07FF } else { 0x7FFF };
                Self::Read { sfi, offset, ne: ne(u)? }
            }
            144..=163 => Self::Verify { sfi: place(u)?, value: u.arbitrary()? },
            164..=169 => {
                Self::Record { number: u.arbitrary()?, p2: u.arbitrary()?, ne: u.arbitrary()? }
            }
            170..=177 => {
                Self::Change { key: u.arbitrary()?, sfi: place(u)?, value: u.arbitrary()? }
            }
            178..=181 => Self::Challenge { ne: ne(u)? },
            182..=187 => Self::Data { tag: u.arbitrary()?, ne: ne(u)? },
            188..=190 => Self::Sign {
                p1: u.arbitrary::<u8>()? % 8,
                p2: u.arbitrary()?,
                info: u.arbitrary()?,
            },
            191 => Self::Internal { p2: u.arbitrary()?, data: counted(u)? },
            192..=193 => Self::Terminal { spoilt: u.arbitrary()? },
            194 => Self::Session { right: u.arbitrary()? },
            195 => Self::Secured(Secured::OldNumber),
            196..=201 => Self::Secured(u.arbitrary()?),
            202..=207 => Self::Recorded {
                which: u.arbitrary()?,
                from: u.arbitrary()?,
                count: u.arbitrary::<u8>()? % 32,
                at: u.arbitrary()?,
                turn: u.arbitrary()?,
            },
            208..=229 => Self::Command {
                cla: u.arbitrary()?,
                ins: u.arbitrary()?,
                p1: u.arbitrary()?,
                p2: u.arbitrary()?,
                data: counted(u)?,
                ne: u.arbitrary::<bool>()?.then(|| ne(u)).transpose()?,
                extended: u.arbitrary()?,
            },
            230..=243 => Self::Raw(counted(u)?),
            244..=246 => Self::PowerCycle,
            247 => Self::PowerOff,
            248..=251 => Self::Reset,
            252..=255 => Self::Unblock(u.arbitrary()?),
        })
    }
}
