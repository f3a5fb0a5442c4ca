//! A request's body as a handler sees it: it tells how far it came, fails when its sender pauses for too long, and comes back when
//! it was not read to its end, so that the rest can be thrown away.
//!
//! A server that closes while a client still sends makes the client's system drop the answer with the connection (RFC 9112 §9.6).

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::{
    sync::oneshot,
    time::{Sleep, sleep},
};

/// The body as the handler sees it.
struct Lent {
    body: Option<Body>,
    read: Arc<AtomicU64>,
    patience: Duration,
    /// Runs while the sender pauses.
    waiting: Option<Pin<Box<Sleep>>>,
    back: Option<oneshot::Sender<Body>>,
}

/// What the lender keeps.
pub(super) struct Loan {
    read: Arc<AtomicU64>,
    back: Option<oneshot::Receiver<Body>>,
}

/// The sender of a body paused for too long.
#[derive(Debug, thiserror::Error)]
#[error("the sender paused for too long")]
struct Paused;

/// Lends a body out, whose sender may pause for so long.
pub(super) fn lend(body: Body, patience: Duration) -> (Body, Loan) {
    let read = Arc::<AtomicU64>::default();
    if body.is_end_stream() {
        return (body, Loan { read, back: None });
    }
    let (back, returned) = oneshot::channel();
    let lent = Lent {
        body: Some(body),
        read: Arc::clone(&read),
        patience,
        waiting: None,
        back: Some(back),
    };
    (Body::new(lent), Loan { read, back: Some(returned) })
}

impl Loan {
    /// Bytes that came so far.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Reads what the handler left, up to so many bytes, and keeps nothing of it. A body that is still being read is left alone.
    pub async fn discard(self, limit: u64) {
        let Some(mut body) = self.back.and_then(|mut back| back.try_recv().ok()) else { return };
        let mut taken = 0;
        while taken <= limit {
            let frame =
                std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            let Some(Ok(frame)) = frame else { return };
            let length = length(&frame);
            taken += length;
            self.read.fetch_add(length, Ordering::Relaxed);
        }
    }
}

fn length(frame: &Frame<Bytes>) -> u64 {
    frame.data_ref().map_or(0, |data| u64::try_from(data.len()).unwrap_or(u64::MAX))
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let came = Pin::new(body).poll_frame(context);
        if let Poll::Ready(frame) = &came {
            self.waiting = None;
            if let Some(Ok(frame)) = frame {
                self.read.fetch_add(length(frame), Ordering::Relaxed);
            }
            return came;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        waiting.as_mut().poll(context).map(|()| Some(Err(axum::Error::new(Paused))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let unread = self.body.take().filter(|body| !body.is_end_stream());
        if let (Some(body), Some(back)) = (unread, self.back.take()) {
            let _ = back.send(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn what_was_left_comes_back() {
        for (read, comes_back) in [(false, true), (true, false)] {
            let (body, loan) = lend(Body::from("abc"), LONG);
            if read {
                axum::body::to_bytes(body, 9).await.unwrap();
            } else {
                drop(body);
            }
            assert_eq!(loan.read(), if read { 3 } else { 0 });
            assert_eq!(loan.back.unwrap().try_recv().is_ok(), comes_back);
        }
    }

    #[tokio::test]
    async fn nobody_waits_for_no_body_or_one_in_use() {
        lend(Body::empty(), LONG).1.discard(0).await;
        let (_in_use, loan) = lend(Body::from("abc"), LONG);
        loan.discard(0).await;
    }
}
