//! Our own accept loop: it knows the client's certificate and hands the institution to the router, and no client takes more than
//! its share.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::Request, response::Response};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::Instant,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig, server::TlsStream};

use super::{
    HttpLimits, Watch,
    crowd::{Crowd, Holder},
    guard,
    metrics::Connected,
    peer::PeerInstitution,
    taking::Taking,
};

/// Pause after a failed accept, so that a lack of file handles does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Bytes read ahead of a connection at most.
const READ_BUFFER: usize = 64 * 1_024;

/// Serves the router over TLS until `shutdown`, within the default limits: [`Server::mtls`].
pub async fn serve_mtls(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) {
    Server::new(router).mtls(listener, tls, shutdown).await;
}

/// Serves the router without TLS until `shutdown`, within the default limits: [`Server::plain`].
pub async fn serve_plain(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) {
    Server::new(router).plain(listener, shutdown).await;
}

/// A router with its limits, ready to be served.
#[derive(Debug, Clone)]
pub struct Server {
    router: Router,
    limits: HttpLimits,
    watch: Option<Watch>,
}

impl Server {
    /// A server within the default limits that nobody watches.
    #[must_use]
    pub fn new(router: Router) -> Self {
        Self { router, limits: HttpLimits::default(), watch: None }
    }

    /// The same within other limits.
    #[must_use]
    pub fn within(self, limits: HttpLimits) -> Self {
        Self { limits, ..self }
    }

    /// The same, with a line of log and a count for each request.
    #[must_use]
    pub fn watched(self, watch: Watch) -> Self {
        Self { watch: Some(watch), ..self }
    }

    /// Serves over TLS until `shutdown`. A client certificate whose common name is an institution code becomes the extension
    /// [`PeerInstitution`]. The handshake runs in the connection's own task, so no client holds up another.
    pub async fn mtls(
        self,
        listener: TcpListener,
        tls: Arc<ServerConfig>,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        let acceptor = TlsAcceptor::from(tls);
        let crowd = Crowd::default();
        let serve = move |server: Arc<Self>, stream, stop| {
            let (acceptor, crowd) = (acceptor.clone(), crowd.clone());
            async move {
                let Some(tls) = server.shaken(&acceptor, stream, &stop).await else { return };
                let peer = PeerInstitution::of(tls.get_ref().1);
                let Some(_place) = server.place(&crowd, peer.as_ref()) else { return };
                server.connection(tls, peer, stop).await;
            }
        };
        self.accept(listener, serve, shutdown).await;
    }

    /// Serves without TLS until `shutdown`: for the interfaces of the bench, and behind a proxy.
    pub async fn plain(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
        let serve = |server: Arc<Self>, stream, stop| async move {
            server.connection(stream, None, stop).await;
        };
        self.accept(listener, serve, shutdown).await;
    }

    async fn accept<S, F>(
        self,
        listener: TcpListener,
        serve: S,
        shutdown: impl Future<Output = ()> + Send,
    ) where
        S: Fn(Arc<Self>, TcpStream, watch::Receiver<()>) -> F,
        F: Future<Output = ()> + Send + 'static,
    {
        let limits = self.limits;
        let server = Arc::new(self);
        let room = Arc::new(Semaphore::new(limits.connections));
        let crowd = Crowd::default();
        let (stop, stopped) = watch::channel(());
        let mut connections = JoinSet::new();
        tokio::pin!(shutdown);
        loop {
            let next = async { (Arc::clone(&room).acquire_owned().await, listener.accept().await) };
            let (place, accepted) = tokio::select! {
                next = next => next,
                Some(_) = connections.join_next() => continue,
                () = &mut shutdown => break,
            };
            let Some((stream, address)) = opened(accepted).await else { continue };
            let holder = Holder::Address(address.ip().to_canonical());
            let Some(share) = crowd.enter(holder, limits.connections_of_address) else {
                server.count(Connected::Crowded);
                continue;
            };
            let served = serve(Arc::clone(&server), stream, stopped.clone());
            connections.spawn(async move {
                let _places = (place, share);
                served.await;
            });
        }
        drop((listener, stop));
        let ended = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(limits.grace, ended).await;
    }

    /// The connection after its handshake; `None` when there is none, in time and before the shutdown.
    async fn shaken(
        &self,
        acceptor: &TlsAcceptor,
        stream: TcpStream,
        stop: &watch::Receiver<()>,
    ) -> Option<TlsStream<TcpStream>> {
        let mut stop = stop.clone();
        let shaken = tokio::select! {
            shaken = tokio::time::timeout(self.limits.handshake, acceptor.accept(stream)) => shaken,
            _ = stop.changed() => return None,
        };
        match shaken {
            Ok(Ok(tls)) => return Some(tls),
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        }
        self.count(Connected::Handshake);
        None
    }

    /// A place for the institution. Who has no certificate of an institution is held by its address alone.
    fn place(&self, crowd: &Crowd, peer: Option<&PeerInstitution>) -> Option<impl Send + 'static> {
        let Some(PeerInstitution(code)) = peer else { return Some(None) };
        let holder = Holder::Institution(code.clone());
        let place = crowd.enter(holder, self.limits.connections_of_institution);
        if place.is_none() {
            tracing::warn!(institution = code.as_str(), "too many connections");
            self.count(Connected::Crowded);
        }
        place.map(Some)
    }

    async fn connection(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: Option<PeerInstitution>,
        mut stop: watch::Receiver<()>,
    ) {
        self.count(Connected::Served);
        let _open = self.watch.as_ref().map(Open::count);
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .max_buf_size(self.limits.head_bytes.max(READ_BUFFER))
            .half_close(true);
        let stream = TokioIo::new(Taking::new(stream, self.limits.taking));
        let peer = &peer;
        let service = service_fn(move |request: hyper::Request<Incoming>| async move {
            Ok::<_, Infallible>(self.answer(peer.as_ref(), request.map(Body::new)).await)
        });
        let serving = http.serve_connection(stream, service);
        tokio::pin!(serving);
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            _ = stop.changed() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "connection ended early");
        }
    }

    async fn answer(&self, peer: Option<&PeerInstitution>, mut request: Request) -> Response {
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer.clone());
        }
        if let Some(watch) = &self.watch {
            request.extensions_mut().insert(watch.feed_counter());
        }
        let begun = Instant::now();
        let mut response = guard::answer(self.router.clone(), &self.limits, request).await;
        if let Some(watch) = &self.watch {
            watch.tell(peer, &mut response, begun.elapsed());
        }
        response
    }

    fn count(&self, became: Connected) {
        if let Some(watch) = &self.watch {
            watch.metrics.connection(watch.listener, became);
        }
    }
}

/// Counts an open connection as long as it lives.
struct Open(super::metrics::OpenConnections);

impl Open {
    fn count(watch: &Watch) -> Self {
        let open = watch.metrics.open(watch.listener);
        open.inc();
        Self(open)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

async fn opened(accepted: io::Result<(TcpStream, SocketAddr)>) -> Option<(TcpStream, SocketAddr)> {
    match accepted {
        Ok((stream, address)) => {
            let _ = stream.set_nodelay(true);
            Some((stream, address))
        }
        Err(error) => {
            tracing::warn!(%error, "cannot accept");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}
