//! An address that does not respond.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// The maximum number of connections that are made to fill the queue of a listener. With the
/// smallest backlog, no system queues so many.
const MOST_QUEUED: usize = 16;

/// A local port on which connecting neither succeeds nor fails, as behind a firewall that drops
/// packets: its queue of connections is full, and nobody accepts them.
#[derive(Debug)]
pub struct DeafPort {
    address: SocketAddr,
    _listener: TcpListener,
    _queued: Vec<TcpStream>,
}

impl DeafPort {
    /// Reserves a port and fills its queue.
    ///
    /// # Errors
    ///
    /// If no loopback port is available, or if its queue does not fill.
    pub async fn take() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(1)?;
        let address = listener.local_addr()?;
        let mut queued = Vec::new();
        while queued.len() < MOST_QUEUED {
            let connecting = TcpStream::connect(address);
            match tokio::time::timeout(Duration::from_millis(100), connecting).await {
                Ok(stream) => queued.push(stream?),
                Err(_) => {
                    return Ok(Self {
                        address,
                        _listener: listener,
                        _queued: queued,
                    });
                }
            }
        }
        Err(io::Error::other("the queue of a listener does not fill"))
    }

    /// Returns the address, `127.0.0.1:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
