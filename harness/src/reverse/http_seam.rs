//! A tap in a connection that speaks HTTP: it listens where the answering side listened before, and connects on for each
//! connection that comes.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::carry::{Ended, carry};
use super::conversation::Conversation;
use super::heard::{Heard, Trouble};
use super::tls::{Files, common_name};
use crate::error::BenchError;
use crate::sut::reverse::{End, HttpTap};
use crate::taps::http::Place;

/// Pause after a failed accept, so that a lack of file handles does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A peer, in TLS or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {
    /// The connection below.
    fn tcp(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Stream for tokio_rustls::server::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

impl Stream for tokio_rustls::client::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// Where a tap stands, ready to listen.
#[derive(Clone)]
pub struct HttpSeam {
    place: Place,
    to: End,
    files: Option<Files>,
    acceptor: Option<TlsAcceptor>,
    heard: Heard,
}

impl HttpSeam {
    /// Reads the files of a tap and opens its door.
    ///
    /// # Errors
    /// [`BenchError::TapFile`], [`BenchError::TapListen`].
    pub async fn open(
        place: Place,
        (tap, folder): (&HttpTap, &std::path::Path),
        heard: Heard,
    ) -> Result<(Self, TcpListener), BenchError> {
        let (Some(listen), Some(to)) = (End::parse(&tap.listen), End::parse(&tap.to)) else {
            return Err(BenchError::setup("tap", "an address that was read before cannot be read"));
        };
        let files = tap.tls.as_ref().map(|tls| Files::open(tls, folder)).transpose()?;
        let server = files.as_ref().filter(|_| listen.tls).map(Files::server).transpose()?;
        let acceptor = server.map(|config| TlsAcceptor::from(Arc::new(config)));
        let seam = super::heard::name(place.parties().0);
        let listener = TcpListener::bind(&listen.address).await.map_err(|source| {
            BenchError::TapListen { seam, address: listen.address.clone(), source }
        })?;
        Ok((Self { place, to, files, acceptor, heard }, listener))
    }

    /// Serves until `stop` is told; what is under way then is told as cut short.
    pub async fn serve(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        let mut stopped = stop.clone();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                stream = accepted(&listener) => {
                    connections.spawn(self.clone().connection(stream, stop.clone()));
                }
                Some(_) = connections.join_next() => {}
                _ = stopped.wait_for(|stopped| *stopped) => break,
            }
        }
        while connections.join_next().await.is_some() {}
    }

    async fn connection(self, asking: TcpStream, mut stop: watch::Receiver<bool>) {
        let meeting = self.meet(asking);
        let met = tokio::select! {
            met = meeting => met,
            _ = stop.wait_for(|stopped| *stopped) => return,
        };
        let Some(Met { mut asking, mut answering, peer }) = met else { return };
        let conversation = Conversation::new(self.place, peer, self.heard.clone());
        let ended = tokio::select! {
            ended = carry(&mut asking, &mut answering, &conversation) => Some(ended),
            _ = stop.wait_for(|stopped| *stopped) => None,
        };
        match ended {
            None => conversation.cut_short(),
            Some(ended) => conversation.over(ended),
        }
        // A connection that broke on one side must not look like one that was ended on the other.
        if let Some(Ended::Broken(_)) = ended {
            let _ = (asking.tcp().set_zero_linger(), answering.tcp().set_zero_linger());
        }
    }

    /// Both peers with their handshakes done; `None`, and both let go, where one of them is not to be had.
    async fn meet(&self, asking: TcpStream) -> Option<Met> {
        let answering = match TcpStream::connect(&self.to.address).await {
            Ok(answering) => answering,
            Err(error) => return self.let_go(&asking, &format!("cannot be reached: {error}")),
        };
        let _ = (asking.set_nodelay(true), answering.set_nodelay(true));
        let (asking, peer) = self.accept(asking).await?;
        let answering = self.connect(answering, peer.as_deref()).await?;
        Some(Met { asking, answering, peer })
    }

    /// A peer that cannot be served meets a reset, as if it had met the other side's.
    fn let_go(&self, asking: &TcpStream, what: &str) -> Option<Met> {
        let _ = asking.set_zero_linger();
        let (_, _, answering) = self.place.parties();
        self.heard.trouble(Trouble::at(self.place, format!("the {answering} {what}")));
        None
    }

    async fn accept(&self, asking: TcpStream) -> Option<(Box<dyn Stream>, Option<String>)> {
        let Some(acceptor) = &self.acceptor else { return Some((Box::new(asking), None)) };
        match acceptor.accept(asking).await {
            Ok(stream) => {
                let shown = stream.get_ref().1.peer_certificates();
                let peer = shown.and_then(|chain| common_name(chain.first()?));
                Some((Box::new(stream), peer))
            }
            Err(error) => self.no_handshake(self.place.parties().1, &error),
        }
    }

    async fn connect(&self, answering: TcpStream, peer: Option<&str>) -> Option<Box<dyn Stream>> {
        let (true, Some(files)) = (self.to.tls, &self.files) else {
            return Some(Box::new(answering));
        };
        let who = self.place.parties().2;
        let config = match files.client(peer) {
            Ok(config) => config,
            Err(error) => return self.no_handshake(who, &error),
        };
        let Ok(name) = ServerName::try_from(self.to.host.clone()) else {
            return self.no_handshake(who, &"its name is none");
        };
        match TlsConnector::from(Arc::new(config)).connect(name, answering).await {
            Ok(stream) => Some(Box::new(stream)),
            Err(error) => self.no_handshake(who, &error),
        }
    }

    fn no_handshake<T>(&self, who: &str, error: &dyn std::fmt::Display) -> Option<T> {
        let what = format!("no TLS with the {who}: {error}");
        self.heard.trouble(Trouble::at(self.place, what));
        None
    }
}

/// The next connection.
pub async fn accepted(listener: &TcpListener) -> TcpStream {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            return stream;
        }
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}

/// Two peers.
struct Met {
    asking: Box<dyn Stream>,
    answering: Box<dyn Stream>,
    peer: Option<String>,
}
