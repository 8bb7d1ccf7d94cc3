//! All gateway tests. The expected results follow from the effect of repeating the operation, and
//! from what is known about the request: see the table in `bce_http::retry`.

mod foreign;
mod haproxy;
mod nginx;
mod pages;
mod refused;
mod small;
mod squid;

use super::gateway::Gateway;
use super::player::ATTEMPTS;
use super::program::Program;
use super::row::{Row, Rows};

/// Returns all gateway tests, grouped by gateway.
pub(super) fn all() -> Vec<Row> {
    let mut rows = Rows::default();
    nginx::add(&mut rows);
    pages::add(&mut rows);
    refused::add(&mut rows);
    foreign::add(&mut rows);
    haproxy::add(&mut rows);
    squid::add(&mut rows);
    small::add(&mut rows);
    rows.into_vec()
}

/// Settings that forward every request with the `Host` that was signed.
const FORWARD: &str = "proxy_pass http://{upstream}; proxy_set_header Host $http_host;";

/// Returns an nginx with a single server, which has a single location. `server` and `location` are
/// their settings.
fn nginx(name: &'static str, server: &str, location: &str) -> Gateway {
    let settings =
        format!("server {{ listen 127.0.0.1:{{port}}; {server} location / {{ {location} }} }}\n");
    Gateway::new(Program::Nginx, name, settings)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rows_are_many_and_told_apart() {
        let rows = all();
        let names: BTreeSet<String> = rows.iter().map(Row::name).collect();
        assert!(names.len() >= 60);
        assert_eq!(names.len(), rows.len());
    }
}
