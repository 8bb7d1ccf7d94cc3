//! The `mod.rs` files.

use std::collections::BTreeMap;

use super::{enums, files::File};
use crate::codegen::api::Api;
use crate::codegen::source::Source;

/// `generated/mod.rs`: what the crate root re-exports.
pub(super) fn root(api: &Api) -> File {
    let mut source = Source::default();
    source.line("mod client;");
    if !api.error_codes.is_empty() {
        source.line("pub mod error_code;");
    }
    source.line("pub mod model;");
    source.line("pub mod operation;");
    if !api.service.regions.is_empty() {
        source.line("mod region;");
    }
    source.line("mod service;");
    if !api.waiters.is_empty() {
        source.line("pub mod waiter;");
    }
    source.line("");
    source.line("pub use self::client::Client;");
    if !api.service.regions.is_empty() {
        source.line("pub use self::region::Region;");
    }
    source.line("pub use self::service::SERVICE;");
    File::rust(api, "mod.rs", source)
}

/// What the root of a client crate re-exports from `generated`.
pub(super) fn exported(api: &Api) -> Vec<&'static str> {
    let mut names = vec!["Client", "SERVICE", "model", "operation"];
    names.extend((!api.service.regions.is_empty()).then_some("Region"));
    names.extend((!api.error_codes.is_empty()).then_some("error_code"));
    names.extend((!api.waiters.is_empty()).then_some("waiter"));
    names
}

/// `generated/model/mod.rs`.
pub(super) fn model(api: &Api) -> File {
    let mut source = Source::default();
    source.module_docs(&[
        "The types of requests and responses.",
        "Reading is tolerant: a member may be absent, `null` or unknown, and an enum keeps values \
         that it does not know. A member that is no `Option` is then empty, unless its \
         description says that it must be there.",
    ]);
    let objects = api
        .objects
        .values()
        .map(|object| (&object.module, &object.name));
    let enums = api
        .enums
        .values()
        .map(|values| (&values.module, &values.name));
    let module = enums::UNKNOWN_MODULE.to_owned();
    let names = enums::unknown_names(api);
    let unknown = names.iter().map(|name| (&module, name));
    exports(&mut source, objects.chain(enums).chain(unknown));
    File::rust(api, "model/mod.rs", source)
}

/// `generated/operation/mod.rs`.
pub(super) fn operation(api: &Api) -> File {
    let mut source = Source::default();
    source.module_docs(&[
        "The operations as builders. The methods of [`Client`](crate::Client) make them.",
        "Up to three required members are arguments; where there are more, all of them are set by \
         name, as truth values and optional members are. A required member that was not set is \
         refused by its name before anything is sent. What starts with `with_` is about the call \
         itself. `.send().await` or `.await` sends.",
    ]);
    let operations = api.operations.iter();
    exports(
        &mut source,
        operations.map(|operation| (&operation.module, &operation.name)),
    );
    File::rust(api, "operation/mod.rs", source)
}

fn exports<'a>(source: &mut Source, items: impl Iterator<Item = (&'a String, &'a String)>) {
    let mut items: Vec<_> = items.collect();
    items.sort();
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (module, name) in &items {
        names.entry(module).or_default().push(name);
    }
    for module in names.keys() {
        source.line(format!("mod {module};"));
    }
    source.line("");
    for (module, names) in &names {
        match names[..] {
            [name] => source.line(format!("pub use self::{module}::{name};")),
            _ => source.line(format!("pub use self::{module}::{{{}}};", names.join(", "))),
        }
    }
}
