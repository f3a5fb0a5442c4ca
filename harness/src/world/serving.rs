//! Servers on loopback ports of their own, ended with the world. Ports stand in no evidence.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::error::BenchError;

/// A running server; it ends when dropped.
#[derive(Debug)]
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Served {
    /// `http://…` of the server.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn listener() -> Result<(TcpListener, SocketAddr), BenchError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(BenchError::Listen)?;
    let address = listener.local_addr().map_err(BenchError::Listen)?;
    Ok((listener, address))
}

/// Serves a router in the clear.
///
/// # Errors
/// [`BenchError::Listen`].
pub async fn plain(router: Router) -> Result<Served, BenchError> {
    let (listener, address) = listener().await?;
    let task =
        tokio::spawn(sim_backend::http::serve_plain(listener, router, std::future::pending()));
    Ok(Served { address, task })
}

/// Serves a router over mutual TLS.
///
/// # Errors
/// [`BenchError::Listen`].
pub async fn mutual_tls(router: Router, tls: Arc<ServerConfig>) -> Result<Served, BenchError> {
    let (listener, address) = listener().await?;
    let task =
        tokio::spawn(sim_backend::http::serve_mtls(listener, tls, router, std::future::pending()));
    Ok(Served { address, task })
}
