//! Gateway tests with 2xx responses that do not come from the service: JSON in another format, or
//! no body at all.

use bce_http::ErrorKind;

use super::{ATTEMPTS, FORWARD};
use crate::gateways::expected::Expected;
use crate::gateways::gateway::Gateway;
use crate::gateways::program::Program;
use crate::gateways::row::Rows;
use crate::gateways::subject::Subject;

/// Returns an nginx that responds to every operation with this status and text, except to reads of
/// an instance's state.
fn answering(name: &'static str, status: &str, text: &str) -> Gateway {
    let settings = format!(
        "map $arg_action $passes {{ default ''; DescribeDevInstance 1; }}\n\
         server {{ listen 127.0.0.1:{{port}}; default_type application/json;\n\
         location / {{ if ($passes = '') {{ return {status} {text}; }} {FORWARD} }} }}\n"
    );
    Gateway::new(Program::Nginx, name, settings)
}

pub(super) fn add(rows: &mut Rows) {
    let kind = ErrorKind::Decode;
    for gateway in [
        answering("200 {\"success\":false}", "200", "'{\"success\":false}'"),
        answering(
            "200 {\"error\":\"blocked\"}",
            "200",
            "'{\"error\":\"blocked\"}'",
        ),
        answering("200 {}", "200", "'{}'"),
        answering("200 []", "200", "'[]'"),
        answering("204", "204", ""),
    ] {
        rows.add(&gateway, Subject::Create, Expected::unknown(kind, 1, 0));
        // Each read of the state shows that nothing was changed.
        let stop = Expected::unknown(kind, ATTEMPTS, 0).looks();
        rows.add(&gateway, Subject::Stop, stop);
        let timed = Expected::unknown(kind, ATTEMPTS, 0);
        rows.add(&gateway, Subject::TimedStop, timed);
        let read = Expected::not_done(kind, ATTEMPTS, 0);
        rows.add(&gateway, Subject::List, read);
    }
}
