//! Responses that come from a gateway instead of the service.

use http::StatusCode;

use super::Fault;

/// The default value of the gateway's `Server` header.
const SERVER: &str = "nginx";

/// The kind of the body of a gateway's response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum GatewayBody {
    Html,
    Json,
    Empty,
}

/// A response of a gateway. It contains neither a request id nor an error document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GatewayResponse<'a> {
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) server: Option<&'a str>,
    pub(crate) body: String,
}

/// Returns the response of a gateway that the fault sends; `None` if the fault sends no such
/// response.
pub(crate) fn answer(fault: &Fault) -> Option<GatewayResponse<'_>> {
    let kind = fault.gateway?;
    let status = fault
        .status
        .and_then(|code| StatusCode::from_u16(code).ok());
    let status = status.unwrap_or(StatusCode::BAD_GATEWAY);
    let server = fault.server.as_deref().unwrap_or(SERVER);
    let has_body = kind != GatewayBody::Empty && !is_bodiless(status.as_u16());
    Some(GatewayResponse {
        status,
        content_type: match kind {
            GatewayBody::Html if has_body => Some("text/html"),
            GatewayBody::Json if has_body => Some("application/json"),
            _ => None,
        },
        server: Some(server).filter(|server| !server.is_empty()),
        body: match &fault.body {
            Some(text) => text.clone(),
            None if has_body => page(status, server),
            None => String::new(),
        },
    })
}

/// Returns why the settings of a gateway's response contradict each other; `None` if they do not.
pub(crate) fn contradiction(fault: &Fault) -> Option<&'static str> {
    let Some(kind) = fault.gateway else {
        return fault.server.as_ref().map(|_| "server requires a gateway");
    };
    let has_text = fault.body.is_some();
    if fault.code.is_some() || fault.message.is_some() {
        Some("the response of a gateway has neither code nor message")
    } else if fault.status.is_none() {
        Some("the response of a gateway needs a status")
    } else if kind == GatewayBody::Json && !has_text {
        Some("a gateway's JSON response needs a body")
    } else if kind == GatewayBody::Empty && has_text {
        Some("an empty response has no body")
    } else if has_text && fault.status.is_some_and(is_bodiless) {
        Some("a response with status 204 or 304 has no body")
    } else if (fault.server.as_deref()).is_some_and(|name| !name.bytes().all(is_printable)) {
        Some("server must be printable ASCII")
    } else {
        None
    }
}

fn is_bodiless(status: u16) -> bool {
    matches!(status, 204 | 304)
}

fn is_printable(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

/// Returns the page that nginx writes for a status, with `server` at its foot.
fn page(status: StatusCode, server: &str) -> String {
    let number = status.as_str();
    let words = match status.as_u16() {
        408 => "Request Time-out",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Large",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        _ => status.canonical_reason().unwrap_or_default(),
    };
    let title = format!("{number} {words}");
    let title = title.trim_end();
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n\
         <center><h1>{title}</h1></center>\r\n<hr><center>{server}</center>\r\n</body>\r\n</html>\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(fault: &Fault) -> String {
        answer(fault).unwrap().body
    }

    #[test]
    fn a_page_is_what_nginx_writes() {
        let page = body(&Fault::gateway(504));
        assert_eq!(
            page,
            "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n\
             <center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx</center>\r\n\
             </body>\r\n</html>\r\n"
        );
        assert!(body(&Fault::gateway(499)).contains("<title>499</title>"));
        assert!(body(&Fault::gateway(502).server("squid/5.7")).contains("<center>squid/5.7<"));
        assert_eq!(body(&Fault::gateway(502).body("<p>")), "<p>");
    }

    #[test]
    fn an_answer_says_what_it_is_and_who_answers() {
        for (fault, content_type, server) in [
            (Fault::gateway(502), Some("text/html"), Some("nginx")),
            (
                Fault::gateway(200).json("[]").server("squid/5.7"),
                Some("application/json"),
                Some("squid/5.7"),
            ),
            (Fault::gateway(504).empty().server(""), None, None),
            (Fault::gateway(204), None, Some("nginx")),
        ] {
            let answer = answer(&fault).unwrap();
            assert_eq!((answer.content_type, answer.server), (content_type, server));
            assert_eq!(answer.body.is_empty(), content_type.is_none());
        }
        assert_eq!(answer(&Fault::new().status(502)), None);
    }

    #[test]
    fn the_last_word_about_the_body_counts() {
        assert_eq!(body(&Fault::gateway(502).json("{}").empty()), "");
        assert_eq!(body(&Fault::gateway(502).empty().json("{}")), "{}");
    }

    #[test]
    fn members_that_do_not_go_together_are_refused() {
        for (fault, part) in [
            (Fault::gateway(502).code("NotFound"), "neither"),
            (Fault::gateway(502).message("no"), "neither"),
            (Fault::new().empty(), "needs a status"),
            (Fault::gateway(502).empty().body("x"), "empty"),
            (Fault::gateway(204).body("x"), "204"),
            (Fault::gateway(304).json("{}"), "304"),
            (Fault::gateway(502).server("a\r\nb: c"), "printable"),
            (
                Fault::new().status(502).server("nginx"),
                "requires a gateway",
            ),
        ] {
            let problem = fault.contradiction().unwrap_or_default();
            assert!(problem.contains(part), "{fault:?}: {problem}");
        }
    }
}
