//! Generates the constants of a service: its properties, regions, error codes and waiters.

use super::files::File;
use super::texts;
use crate::codegen::api::{Api, Constant};
use crate::codegen::docs;
use crate::codegen::source::Source;

/// Returns the file with the properties of the service.
pub(super) fn service(api: &Api) -> File {
    let service = &api.service;
    let mut source = Source::default();
    source.import("bce_http::rt", "Envelope");
    source.import("bce_http::rt", "ServiceInfo");
    let envelope = &service.envelope;
    let throttles = envelope.throttle_codes.as_ref();
    let throttles = throttles.map_or_else(
        || "Envelope::DEFAULT.throttle_codes".to_owned(),
        |codes| texts(codes),
    );
    let pairs = |pairs: &[(String, String)]| {
        let pairs = pairs.iter();
        let pairs = pairs.map(|(name, value)| format!("({name:?}, {value:?})"));
        pairs.collect::<Vec<_>>().join(", ")
    };
    source.line(format!(
        "/// The properties of the service that apply to all operations, such as its endpoints.
pub static SERVICE: ServiceInfo = ServiceInfo {{
    code: {:?},
    title: {:?},
    endpoint_template: {:?},
    hosts: &[{}],
    default_region: {:?},
    endpoint_env: {:?},
    requires_https: {:?},
    headers: &[{}],
    content_type: {:?},
    envelope: Envelope {{
        errors_in_success: {:?},
        success_codes: {},
        error_codes: {},
        throttle_codes: {throttles},
        refusal_codes: {},
        sends_request_id: {:?},
    }},
    crate_name: env!(\"CARGO_PKG_NAME\"),
    crate_version: env!(\"CARGO_PKG_VERSION\"),
}};",
        service.code,
        service.title,
        service.endpoint_template,
        pairs(&service.hosts),
        service.default_region,
        service.endpoint_env,
        service.requires_https,
        pairs(&service.headers),
        service.content_type,
        envelope.errors_in_success,
        texts(&envelope.success_codes),
        texts(&envelope.error_codes),
        texts(&envelope.refusal_codes),
        envelope.sends_request_id,
    ));
    File::rust(api, "service.rs", source)
}

/// Returns the file with the regions.
pub(super) fn regions(api: &Api) -> File {
    let mut source = Source::default();
    source.import("std", "fmt");
    source.import("std::borrow", "Cow");
    source.import("std::convert", "Infallible");
    source.import("std::str", "FromStr");
    source.line(
        "/// A region of the service. For a region that has no constant, convert its code with `From`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(Cow<'static, str>);

impl Region {",
    );
    for region in &api.service.regions {
        source.raw(&docs::comment("    ", &region.docs));
        source.line(format!(
            "pub const {}: Self = Self(Cow::Borrowed({:?}));",
            region.name, region.value
        ));
    }
    source.line(
        "
    /// Returns the code of the region.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&'static str> for Region {
    fn from(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }
}

impl From<String> for Region {
    fn from(code: String) -> Self {
        Self(Cow::Owned(code))
    }
}

/// Never fails, since any string may be the code of a region.
impl FromStr for Region {
    type Err = Infallible;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(code.to_owned()))
    }
}

impl AsRef<str> for Region {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}",
    );
    File::rust(api, "region.rs", source)
}

/// Returns the file with the error codes.
pub(super) fn error_codes(api: &Api) -> File {
    let mut source = Source::default();
    source.module_docs(&[
        "Documented error codes. Compare them with `Error::code()`: a code is more specific than \
         the HTTP status. The service also sends undocumented codes.",
    ]);
    for code in &api.error_codes {
        constant(&mut source, code);
    }
    File::rust(api, "error_code.rs", source)
}

fn constant(source: &mut Source, constant: &Constant) {
    source.raw(&docs::comment("", &constant.docs));
    source.line(format!(
        "pub const {}: &str = {:?};",
        constant.name, constant.value
    ));
}

/// Returns the file with the tables of the waiters.
pub(super) fn waiters(api: &Api) -> File {
    let mut source = Source::default();
    source.module_docs(&["For each wait, a table of the states that end it."]);
    source.import("bce_http::rt::wait", "WaiterTable");
    for waiter in &api.waiters {
        source.raw(&docs::comment("", &waiter.docs));
        source.line(format!(
            "pub static {}: WaiterTable{} = WaiterTable {{
    name: {:?},
    operation: {:?},
    field: {:?},
    success: &[{}],
    failure: &[{}],
    pending: &[{}],
    success_errors: &{:?},
}};
",
            waiter.constant,
            if waiter.is_text { "<&str>" } else { "" },
            waiter.name,
            waiter.operation,
            waiter.field,
            waiter.success.join(", "),
            waiter.failure.join(", "),
            waiter.pending.join(", "),
            waiter.success_errors,
        ));
    }
    File::rust(api, "waiter.rs", source)
}
