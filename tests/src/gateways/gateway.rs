//! The gateway of a test: its settings, and how it is started.

use std::net::SocketAddr;

use bce_http::connect::Proxy;
use bce_testing::TestAuthority;

use super::daemon::{Daemon, free_port};
use super::folder::Folder;
use super::program::Program;
use super::shared_memory::SharedMemory;

/// The user and the password, as in the URL of a proxy.
pub(super) const LOGIN: &str = "gateway-user:gateway-password-4f8a";
pub(super) const WRONG_LOGIN: &str = "gateway-user:wrong-password-71cc";
/// Passwords that must not occur in the message of an error.
pub(super) const PASSWORDS: [&str; 2] = ["gateway-password-4f8a", "wrong-password-71cc"];

/// A gateway and its settings.
#[derive(Clone, Debug)]
pub(super) struct Gateway {
    pub(super) program: Program,
    /// What is special about the gateway. This is a part of the test's name.
    pub(super) name: &'static str,
    settings: String,
    pub(super) target: Target,
    login: Option<&'static str>,
}

/// The endpoint that the client is configured to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Plain,
    Tls,
    /// A TLS endpoint, whose certificate comes from an authority that the client does not know.
    Untrusted,
    /// An address at which no program listens, called through a proxy.
    Nobody,
    NobodyTls,
}

impl Target {
    pub(super) fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::Untrusted | Self::NobodyTls)
    }
}

/// A gateway process that is running, and its address.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) daemon: Daemon,
    pub(super) address: SocketAddr,
    /// Dropped after the process has ended.
    _memory: SharedMemory,
}

/// The values for the placeholders in the settings of a gateway.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'a> {
    pub(super) folder: &'a Folder,
    /// The address of the emulator.
    pub(super) upstream: SocketAddr,
    /// An address at which no program listens.
    pub(super) nobody: SocketAddr,
}

impl Gateway {
    /// Creates a gateway. In its settings, `{port}` is its own port, `{upstream}` the address of
    /// the emulator, `{nobody}` an address that refuses connections, and `{folder}` the folder of
    /// the test, which contains the certificate `front.pem`.
    pub(super) fn new(program: Program, name: &'static str, settings: impl Into<String>) -> Self {
        Self {
            program,
            name,
            settings: settings.into(),
            target: Target::Plain,
            login: None,
        }
    }

    pub(super) fn target(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    pub(super) fn login(mut self, login: &'static str) -> Self {
        self.login = Some(login);
        self
    }

    /// Starts the program with its settings, and waits until it listens.
    pub(super) async fn start(
        &self,
        places: Places<'_>,
        authority: &TestAuthority,
    ) -> Result<Running, String> {
        let port = free_port()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let identity = authority
            .issue("127.0.0.1")
            .map_err(|error| format!("certificate: {error}"))?;
        places.folder.write("front.pem", identity.pem())?;
        places.folder.write("passwords", PASSWORD_FILE)?;
        places.folder.write("allowed", "")?;
        let fill = |text: &str| {
            text.replace("{port}", &port.to_string())
                .replace("{upstream}", &places.upstream.to_string())
                .replace("{nobody}", &places.nobody.to_string())
                .replace("{folder}", &places.folder.path().to_string_lossy())
        };
        let settings = fill(&self.settings);
        let file = fill(&self.program.file(&self.settings));
        let file = places.folder.write("settings.conf", &file)?;
        // The port is not used by another gateway, so neither is this name.
        let service = format!("gateway{port}");
        let arguments = self
            .program
            .arguments(&file.to_string_lossy(), &settings, &service);
        let memory = SharedMemory::of(service);
        let daemon = Daemon::start(self.program.path(), &arguments, places.folder, port).await?;
        Ok(Running {
            daemon,
            address,
            _memory: memory,
        })
    }

    /// Returns the proxy setting for the client: the gateway at this address, or no proxy if the
    /// gateway takes the place of the service.
    pub(super) fn proxy(&self, address: SocketAddr) -> Result<Proxy, bce_http::Error> {
        if !self.program.is_proxy() {
            return Ok(Proxy::none());
        }
        let scheme = match self.program {
            Program::Microsocks => "socks5",
            _ => "http",
        };
        let login = self.login.map(|login| format!("{login}@"));
        let login = login.unwrap_or_default();
        Proxy::url(format!("{scheme}://{login}{address}"))
    }
}

/// The contents of squid's password file. The password is hashed as by `openssl passwd -apr1`.
const PASSWORD_FILE: &str = "gateway-user:$apr1$gateways$ukTqh5f2BM4gviJVT1Q0C0\n";
