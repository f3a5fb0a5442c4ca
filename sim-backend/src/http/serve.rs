//! Our own accept loop: it knows the client's certificate and hands the institution to the router.

use std::{future::Future, io, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

use super::{Problem, peer::PeerInstitution};

/// How long a client may take for the TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take for one request head; also ends idle connections.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long one request may take, its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// How long open requests may run on after the shutdown.
const GRACE: Duration = Duration::from_secs(5);
/// Connections served at once; more wait in the listener's queue.
const CONNECTION_LIMIT: usize = 1_024;
/// Pause after a failed accept, so that a lack of file handles does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves the router over TLS until `shutdown`. A client certificate whose common name is an institution code becomes
/// the extension [`PeerInstitution`]. The handshake runs in the connection's own task, so no client holds up another.
pub async fn serve_mtls(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) {
    let acceptor = TlsAcceptor::from(tls);
    let serve = move |stream: TcpStream, router: Router, stop| {
        let acceptor = acceptor.clone();
        async move {
            let shaken = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await;
            match shaken {
                Ok(Ok(tls)) => {
                    let router = match PeerInstitution::of(tls.get_ref().1) {
                        Some(peer) => router.layer(Extension(peer)),
                        None => router,
                    };
                    connection(tls, router, stop).await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                Err(_) => tracing::debug!("TLS handshake took too long"),
            }
        }
    };
    accept(listener, router, serve, shutdown).await;
}

/// Serves the router without TLS until `shutdown`: for the interfaces of the bench, and behind a proxy.
pub async fn serve_plain(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) {
    accept(listener, router, connection, shutdown).await;
}

async fn accept<S, F>(
    listener: TcpListener,
    router: Router,
    serve: S,
    shutdown: impl Future<Output = ()> + Send,
) where
    S: Fn(TcpStream, Router, watch::Receiver<()>) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let router = router.layer(from_fn(in_time));
    let room = Arc::new(Semaphore::new(CONNECTION_LIMIT));
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
        let Some(stream) = opened(accepted).await else { continue };
        let served = serve(stream, router.clone(), stopped.clone());
        connections.spawn(async move {
            let _place = place;
            served.await;
        });
    }
    drop((listener, stop));
    let _ = tokio::time::timeout(GRACE, async { while connections.join_next().await.is_some() {} })
        .await;
}

/// Ends a request whose body drips in or whose answer never comes.
async fn in_time(request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await;
    answered.unwrap_or_else(|_| Problem::too_slow().into_response())
}

async fn opened(accepted: io::Result<(TcpStream, std::net::SocketAddr)>) -> Option<TcpStream> {
    match accepted {
        Ok((stream, _)) => {
            let _ = stream.set_nodelay(true);
            Some(stream)
        }
        Err(error) => {
            tracing::warn!(%error, "cannot accept");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    mut stop: watch::Receiver<()>,
) {
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    let serving = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
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
