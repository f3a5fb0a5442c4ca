//! A fixed address for a backend that stands elsewhere in each scenario, for products that are told once where it is.
//!
//! Bytes are passed on as they are, so that TLS is between the product and the backend.

use std::net::{SocketAddr, TcpListener};

use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::error::BenchError;

/// The address. Clones are the same; it is served until the process ends.
#[derive(Debug, Clone)]
pub struct Relay {
    target: watch::Sender<Option<SocketAddr>>,
}

/// A backend behind the address; nothing is, once this is dropped, and whoever was connected is cut off.
#[derive(Debug)]
pub struct Behind(Relay);

impl Drop for Behind {
    fn drop(&mut self) {
        self.0.target.send_replace(None);
    }
}

impl Relay {
    /// Listens in a thread of its own, with nothing behind it yet.
    ///
    /// # Errors
    /// [`BenchError::Address`].
    pub fn listen(address: SocketAddr) -> Result<Self, BenchError> {
        let failed = |source| BenchError::Address { what: "the backend", address, source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let target = watch::Sender::new(None);
        let switched = target.clone();
        std::thread::spawn(move || runtime.block_on(serve(listener, switched)));
        Ok(Self { target })
    }

    /// Puts a backend behind the address.
    pub fn lead_to(&self, backend: SocketAddr) -> Behind {
        self.target.send_replace(Some(backend));
        Behind(self.clone())
    }
}

async fn serve(listener: TcpListener, target: watch::Sender<Option<SocketAddr>>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        // A connection that cannot be accepted is the caller's to try again.
        if let Ok((caller, _)) = listener.accept().await {
            tokio::spawn(pass_on(caller, target.subscribe()));
        }
    }
}

/// Passes bytes on until either side ends or another backend comes.
async fn pass_on(mut caller: TcpStream, mut target: watch::Receiver<Option<SocketAddr>>) {
    let Some(address) = *target.borrow_and_update() else { return };
    let Ok(mut backend) = TcpStream::connect(address).await else { return };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut caller, &mut backend) => {}
        _ = target.changed() => {}
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// A backend that says one letter to whoever comes.
    async fn backend(letter: u8) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut caller, _) = listener.accept().await.unwrap();
                caller.write_all(&[letter]).await.unwrap();
                // Kept open: the relay cuts it off.
                tokio::spawn(async move { caller.read_u8().await });
            }
        });
        address
    }

    fn free() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    #[tokio::test]
    async fn whoever_stands_behind_it_answers_and_is_cut_off_with_its_scenario() {
        let address = free();
        let relay = Relay::listen(address).unwrap();
        let first = relay.lead_to(backend(b'a').await);
        let mut kept = TcpStream::connect(address).await.unwrap();
        assert_eq!(kept.read_u8().await.unwrap(), b'a');
        drop(first);
        assert!(kept.read_u8().await.is_err(), "the first backend is gone");
        let _second = relay.lead_to(backend(b'b').await);
        let mut caller = TcpStream::connect(address).await.unwrap();
        assert_eq!(caller.read_u8().await.unwrap(), b'b');
    }

    #[test]
    fn a_port_that_is_taken_is_told_with_its_address() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let error = Relay::listen(address).unwrap_err().to_string();
        assert!(error.contains(&address.to_string()), "{error}");
    }
}
