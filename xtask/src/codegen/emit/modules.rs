//! Generates the `mod.rs` files.

use std::collections::BTreeMap;

use super::{enums, files::File};
use crate::codegen::api::{Api, Home};
use crate::codegen::source::Source;

/// Returns `generated/mod.rs`, and the `mod.rs` of each module of types and operations.
pub(super) fn emit(api: &Api) -> Vec<File> {
    let mut files = vec![root(api)];
    for module in &api.modules {
        let home = Home::Module(module.name.clone());
        files.push(items(api, &home, &module.docs));
    }
    if !names_in(api, &Home::Root).is_empty() {
        files.push(items(api, &Home::Root, &[]));
    }
    files
}

/// Returns `generated/mod.rs`, which re-exports the items for the root of the crate.
fn root(api: &Api) -> File {
    let mut source = Source::default();
    let mut modules = BTreeMap::from([("client", false), ("service", false)]);
    modules.extend(api.modules.iter().map(|it| (it.name.as_str(), true)));
    if !api.error_codes.is_empty() {
        modules.insert("error_code", true);
    }
    if !api.service.regions.is_empty() {
        modules.insert("region", false);
    }
    if !api.waiters.is_empty() {
        modules.insert("waiter", true);
    }
    let at_root = names_in(api, &Home::Root);
    if !at_root.is_empty() {
        modules.insert(Home::Root.folder(), false);
    }
    for (name, is_public) in modules {
        let public = if is_public { "pub " } else { "" };
        source.line(format!("{public}mod {name};"));
    }
    source.line("");
    source.line("pub use self::client::Client;");
    if !api.service.regions.is_empty() {
        source.line("pub use self::region::Region;");
    }
    source.line("pub use self::service::SERVICE;");
    if !at_root.is_empty() {
        let names = at_root.join(", ");
        source.line(format!(
            "pub use self::{}::{{{names}}};",
            Home::Root.folder()
        ));
    }
    File::rust(api, "mod.rs", source)
}

/// Returns the names that the root of a client crate re-exports from `generated`.
pub(super) fn exported(api: &Api) -> Vec<&str> {
    let mut names = vec!["Client", "SERVICE"];
    names.extend(api.modules.iter().map(|it| it.name.as_str()));
    names.extend(names_in(api, &Home::Root));
    names.extend((!api.service.regions.is_empty()).then_some("Region"));
    names.extend((!api.error_codes.is_empty()).then_some("error_code"));
    names.extend((!api.waiters.is_empty()).then_some("waiter"));
    names
}

/// Returns the `mod.rs` of the types and operations at a location.
fn items(api: &Api, home: &Home, docs: &[String]) -> File {
    let mut source = Source::default();
    let docs: Vec<&str> = docs.iter().map(String::as_str).collect();
    source.module_docs(&docs);
    let files = files_in(api, home);
    for module in files.keys() {
        source.line(format!("mod {module};"));
    }
    source.line("");
    for (module, names) in &files {
        match names[..] {
            [name] => source.line(format!("pub use self::{module}::{name};")),
            _ => source.line(format!("pub use self::{module}::{{{}}};", names.join(", "))),
        }
    }
    File::rust(api, &format!("{}/mod.rs", home.folder()), source)
}

/// Returns the names of the items at a location.
fn names_in<'a>(api: &'a Api, home: &Home) -> Vec<&'a str> {
    files_in(api, home).into_values().flatten().collect()
}

/// Returns the names of the items at a location, by file.
fn files_in<'a>(api: &'a Api, home: &Home) -> BTreeMap<&'a str, Vec<&'a str>> {
    let objects = api.objects.values();
    let values = api.enums.values();
    let operations = api.operations.iter();
    let items = (objects.map(|it| (&it.home, it.module.as_str(), it.name.as_str())))
        .chain(values.map(|it| (&it.home, it.module.as_str(), it.name.as_str())))
        .chain(operations.map(|it| (&it.home, it.module.as_str(), it.name.as_str())));
    let unknown = enums::unknown_names(api).into_iter();
    let unknown = unknown.map(|name| (&api.shared, enums::UNKNOWN_MODULE, name));
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (_, module, name) in items.chain(unknown).filter(|(at, ..)| *at == home) {
        files.entry(module).or_default().push(name);
    }
    files
}
