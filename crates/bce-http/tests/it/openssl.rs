//! Handshakes with OpenSSL's server, where it is installed: certificates and settings that no Rust
//! crate can create.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bce_http::connect::{Proxy, TlsRoots};
use bce_http::layer::{Transport, TransportConfig};
use bce_http::{Body, Endpoint};
use bce_testing::TestAuthority;
use http::Request;
use tower::ServiceExt;

/// A directory with keys and certificates, which is removed when this value is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("bce-http-openssl-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Runs `openssl` in the directory.
    fn openssl(&self, arguments: &str) {
        let output = openssl(&self.0, arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "openssl {arguments}: {text}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn openssl(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(arguments.split(' '));
    command.stdin(Stdio::null());
    command
}

/// A process of `openssl s_server`, which is ended when this value is dropped.
struct Server(Child, String);

impl Server {
    fn start(folder: &Folder, arguments: &str) -> Self {
        let all = format!("s_server -accept 127.0.0.1:0 -www {arguments}");
        let mut command = openssl(&folder.0, &all);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let accepts = lines.map_while(Result::ok);
        let address = accepts.filter_map(|line| Some(line.strip_prefix("ACCEPT ")?.to_owned()));
        let url = format!("https://{}", address.take(1).next().unwrap());
        Self(child, url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn told(url: &str, roots: &TlsRoots) -> String {
    let endpoint: Endpoint = url.parse().unwrap();
    let mut config = TransportConfig::default();
    config.proxy = Proxy::none();
    config.tls_roots = roots.clone();
    let transport = Transport::new(&endpoint, config).unwrap();
    let request = Request::get(url).body(Body::empty()).unwrap();
    match transport.oneshot(request).await {
        Ok(response) => response.status().to_string(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn what_openssl_serves_is_told_in_words() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: openssl is not installed");
        return;
    }
    let folder = Folder::new();
    let request = "req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -addext \
                   subjectAltName=IP:127.0.0.1";
    folder.openssl(&format!("{request} -keyout key.pem -out request.pem"));
    // A certificate as created by the first instructions that a web search finds.
    folder.openssl(&format!(
        "{request} -x509 -days 2 -keyout own.key -out authority.pem"
    ));
    let sign = "x509 -req -in request.pem -signkey key.pem -days 2";
    folder.openssl(&format!("{sign} -out version1.pem"));
    folder.openssl(&format!("{sign} -copy_extensions copy -out self.pem"));
    folder.openssl(&format!("{sign} -sha1 -copy_extensions copy -out sha1.pem"));
    let read = |name: &str| std::fs::read(folder.0.join(name)).unwrap();
    let strange = TlsRoots::none().extra_root_pem(TestAuthority::new().unwrap().pem());
    let itself = |name| TlsRoots::none().extra_root_pem(read(name));
    let own = "-cert self.pem -key key.pem";
    for (arguments, roots, expected) in [
        (own.to_owned(), itself("self.pem"), "200 OK"),
        (
            own.to_owned(),
            strange.clone(),
            "not trusted: unknown issuer; trust its authority: ",
        ),
        (
            "-cert authority.pem -key own.key".to_owned(),
            itself("authority.pem"),
            "the server presents the certificate of an authority (CA:TRUE) as its own; ",
        ),
        (
            "-cert version1.pem -key key.pem".to_owned(),
            itself("version1.pem"),
            "is X.509 version 1 or 2, but only version 3 names the hosts that it is for; ",
        ),
        (
            "-cert sha1.pem -key key.pem -cipher DEFAULT:@SECLEVEL=0".to_owned(),
            itself("sha1.pem"),
            "has a signature of an unsupported type: ",
        ),
        (
            format!("{own} -tls1_1 -cipher DEFAULT:@SECLEVEL=0"),
            itself("self.pem"),
            "the server speaks neither TLS 1.2 nor TLS 1.3; ",
        ),
        (
            format!("{own} -tls1_2 -cipher AES128-SHA"),
            itself("self.pem"),
            "the server refuses the TLS handshake: usually the server and this client have no ",
        ),
        (
            format!("{own} -Verify 1 -tls1_2"),
            itself("self.pem"),
            "or it asks for a client certificate, and this client has none; ",
        ),
        (
            format!("{own} -Verify 1 -tls1_3"),
            itself("self.pem"),
            "the server asks for a client certificate, and this client has none; ",
        ),
    ] {
        let server = Server::start(&folder, &arguments);
        let text = told(&server.1, &roots).await;
        assert!(text.contains(expected), "{arguments}: {text}");
        for part in ["Other", "(_", "docs.rs", "InvalidC", "Alert"] {
            assert!(!text.contains(part), "{text}");
        }
    }
    // Plain HTTP to a port that accepts only TLS.
    let server = Server::start(&folder, own);
    let plain = server.1.replace("https", "http");
    let text = told(&plain, &strange).await;
    assert!(
        text.contains("TLS; use an https://") || text.contains("closed the"),
        "{text}"
    );
}
