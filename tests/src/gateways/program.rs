//! The programs that serve as gateways, and the settings that all tests with the same program
//! share.

/// A program between the client and the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Nginx,
    Haproxy,
    Squid,
    Tinyproxy,
    Microsocks,
}

impl Program {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
            Self::Squid => "squid",
            Self::Tinyproxy => "tinyproxy",
            Self::Microsocks => "microsocks",
        }
    }

    /// Returns the path of the program in Debian. Not every user has the `sbin` folders in PATH.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Nginx => "/usr/sbin/nginx",
            Self::Haproxy => "/usr/sbin/haproxy",
            Self::Squid => "/usr/sbin/squid",
            Self::Tinyproxy => "/usr/bin/tinyproxy",
            Self::Microsocks => "/usr/bin/microsocks",
        }
    }

    /// Returns whether clients use the program as a proxy. Other programs take the place of the
    /// service.
    pub(super) fn is_proxy(self) -> bool {
        matches!(self, Self::Squid | Self::Tinyproxy | Self::Microsocks)
    }

    /// Returns the arguments with which the program runs in the foreground as a single process, so
    /// that killing this process ends the program. `service` distinguishes it from other processes
    /// of the same program, for what they would share.
    pub(super) fn arguments(self, file: &str, settings: &str, service: &str) -> Vec<String> {
        let arguments = match self {
            Self::Nginx => vec!["-c", file],
            Self::Haproxy => vec!["-db", "-f", file],
            Self::Squid => vec!["-N", "-d", "1", "-n", service, "-f", file],
            Self::Tinyproxy => vec!["-d", "-c", file],
            // microsocks has no settings file, only arguments.
            Self::Microsocks => settings.split_whitespace().collect(),
        };
        arguments.into_iter().map(str::to_owned).collect()
    }

    /// Returns the contents of the program's settings file. `settings` are those of a single test.
    pub(super) fn file(self, settings: &str) -> String {
        let (before, after) = match self {
            Self::Nginx => (NGINX, "}\n"),
            Self::Haproxy => (HAPROXY, ""),
            // squid uses the first rule that matches.
            Self::Squid => (SQUID, "\nhttp_access allow all\n"),
            Self::Tinyproxy => (TINYPROXY, ""),
            Self::Microsocks => ("", ""),
        };
        format!("{before}{settings}{after}\n")
    }
}

const NGINX: &str = "\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr notice;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path {folder}/client-body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
";

const HAPROXY: &str = "\
global
  maxconn 200
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
";

const SQUID: &str = "\
http_port 127.0.0.1:{port}
visible_hostname gateway.test
pid_filename none
cache deny all
access_log none
cache_log /dev/null
cache_store_log none
coredump_dir none
pinger_enable off
shutdown_lifetime 0 seconds
";

const TINYPROXY: &str = "\
Port {port}
Listen 127.0.0.1
Timeout 10
MaxClients 50
LogLevel Info
";
