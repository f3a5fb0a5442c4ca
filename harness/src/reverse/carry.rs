//! Carries the bytes of one connection unchanged in both directions, and shows a copy to whoever listens.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split};

/// Bytes carried at once at most.
const PIECE: usize = 16 * 1_024;

/// Which peer the bytes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The one that connected to the tap.
    Asking,
    /// The one that the tap connected to.
    Answering,
}

/// Hears what passes. It cannot hold anything back or change it.
pub trait Ear: Send + Sync {
    /// These bytes are about to be passed on.
    fn hear(&self, from: From, bytes: &[u8]);

    /// This peer said that it sends no more, and the other one is told so.
    fn ended(&self, from: From);
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Both peers had said all.
    Well,
    /// The connection to this peer broke.
    Broken(From),
}

/// Carries until both peers have ended or one connection breaks. A peer that ends its sending side still gets the rest of
/// what the other sends.
pub async fn carry<A, B>(asking: &mut A, answering: &mut B, ear: &dyn Ear) -> Ended
where
    A: AsyncRead + AsyncWrite + Unpin + Send,
    B: AsyncRead + AsyncWrite + Unpin + Send,
{
    let ((from_asking, to_asking), (from_answering, to_answering)) =
        (split(asking), split(answering));
    let there = one_way(from_asking, to_answering, From::Asking, ear);
    let back = one_way(from_answering, to_asking, From::Answering, ear);
    match tokio::try_join!(there, back) {
        Ok(((), ())) => Ended::Well,
        Err(from) => Ended::Broken(from),
    }
}

/// One direction; the error is the peer whose connection broke.
async fn one_way<R: AsyncRead, W: AsyncWrite>(
    mut source: ReadHalf<R>,
    mut target: WriteHalf<W>,
    from: From,
    ear: &dyn Ear,
) -> Result<(), From> {
    let mut buffer = vec![0; PIECE];
    loop {
        let read = source.read(&mut buffer).await.map_err(|_| from)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        // First heard, then passed on: an answer is never heard before its request.
        ear.hear(from, bytes);
        pass_on(&mut target, bytes).await.map_err(|_| from.other())?;
    }
    ear.ended(from);
    // A peer that is gone already cannot be told that the other has ended.
    let _ = target.shutdown().await;
    Ok(())
}

async fn pass_on(target: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    target.write_all(bytes).await?;
    target.flush().await
}

impl From {
    /// The other peer.
    pub fn other(self) -> Self {
        match self {
            Self::Asking => Self::Answering,
            Self::Answering => Self::Asking,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::*;
    use tokio::io::duplex;

    use super::*;

    #[derive(Default)]
    struct Copy(Mutex<[Vec<u8>; 2]>);

    impl Ear for Copy {
        fn hear(&self, from: From, bytes: &[u8]) {
            let mut heard = self.0.lock().unwrap();
            heard[usize::from(from == From::Answering)].extend_from_slice(bytes);
        }

        fn ended(&self, _: From) {}
    }

    /// What arrives on either side when both send these bytes and end, over pipes that hold `room` bytes.
    fn carried(there: &[u8], back: &[u8], room: usize) -> ([Vec<u8>; 2], [Vec<u8>; 2]) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, mut asking) = duplex(room);
            let (mut answering, server) = duplex(room);
            let ear = Copy::default();
            let exchange = |mut peer: tokio::io::DuplexStream, bytes: Vec<u8>| async move {
                let (mut read, mut write) = split(&mut peer);
                let mut got = Vec::new();
                let sending = async {
                    write.write_all(&bytes).await.unwrap();
                    write.shutdown().await.unwrap();
                };
                tokio::join!(sending, async { read.read_to_end(&mut got).await.unwrap() });
                got
            };
            let (ended, at_client, at_server) = tokio::join!(
                carry(&mut asking, &mut answering, &ear),
                exchange(client, there.to_vec()),
                exchange(server, back.to_vec())
            );
            assert_eq!(ended, Ended::Well);
            ([at_server, at_client], ear.0.into_inner().unwrap())
        })
    }

    proptest! {
        // A byte at a time is slow; few cases of few rooms say it already.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_byte_arrives_and_is_heard_unchanged(
            there in prop::collection::vec(any::<u8>(), 0..40_000),
            back in prop::collection::vec(any::<u8>(), 0..40_000),
            room in 8_usize..40_000,
        ) {
            let (arrived, heard) = carried(&there, &back, room);
            prop_assert_eq!(&arrived, &[there, back]);
            prop_assert_eq!(heard, arrived);
        }
    }
}
