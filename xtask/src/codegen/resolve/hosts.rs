//! Determines the regions of a service and their hosts: one host for all regions, or one for each.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use super::constants::free_constant;
use crate::codegen::api::Constant;
use crate::codegen::spec::{self, Region};
use crate::codegen::{docs, names};

/// The key that stands for all regions in the map from regions to hosts.
const GLOBAL: &str = "global";

/// The default region in Baidu's official SDKs.
const USUAL: &str = "bj";

/// Reports hosts and regions that no client could use.
pub(super) fn check(key: &str, service: &spec::Service, problems: &mut Problems) {
    let hosts = &service.hosts;
    match &service.endpoint_template {
        Some(_) if !hosts.is_empty() => {
            problems.add(
                key,
                "a service has either an `endpoint_template` or `hosts`, not both",
            );
        }
        Some(template) if !is_host(&template.replace("{region}", USUAL)) => {
            let problem =
                format!("the endpoint `{template}` is not a host, with or without `{{region}}`");
            problems.add(key, problem);
        }
        None if hosts.is_empty() => {
            problems.add(key, "a service needs an `endpoint_template` or `hosts`");
        }
        _ => {}
    }
    for (region, host) in hosts.iter().filter(|(_, host)| !is_host(host)) {
        problems.add(
            &format!("{key}.hosts.{region}"),
            format!("`{host}` is not a host"),
        );
    }
    if hosts.contains_key(GLOBAL)
        && (hosts.len() > 1 || !service.regions.is_empty() || has_default(service))
    {
        problems.add(key, "a service with a global host cannot have regions");
        return;
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_free = matches!(&service.endpoint_template, Some(it) if !it.contains("{region}"));
    let named = service.regions.iter().map(|region| region.code.as_str());
    let named: Vec<&str> = named.chain(service.default_region.as_deref()).collect();
    let of_hosts = hosts.keys().map(String::as_str);
    for code in named.iter().copied().chain(of_hosts) {
        if !is_free && !code.chars().all(plain) || names::snake(code).is_empty() {
            let problem = format!(
                "a region consists of lower-case letters, digits and hyphens, unlike \
                    `{code}`"
            );
            problems.add(key, problem);
        }
    }
    for code in named {
        if !hosts.is_empty() && !hosts.contains_key(code) {
            problems.add(key, format!("`hosts` has no host for the region `{code}`"));
        }
    }
}

fn has_default(service: &spec::Service) -> bool {
    let region = service.default_region.as_deref();
    region.is_some_and(|region| !region.is_empty())
}

/// Returns whether the string may be a host, with or without a scheme and a port.
fn is_host(address: &str) -> bool {
    let host = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .unwrap_or(address);
    let host = host.strip_suffix('/').unwrap_or(host);
    let legal = |c: char| c.is_ascii_alphanumeric() || "-_.:[]".contains(c);
    !host.is_empty() && host.chars().all(legal)
}

/// Returns the template for the hosts, and an empty list. If no template fits, returns an empty
/// string, and all regions with their hosts.
pub(super) fn resolve(service: &spec::Service) -> (String, Vec<(String, String)>) {
    if let Some(template) = &service.endpoint_template {
        return (template.clone(), Vec::new());
    }
    if let Some(host) = service.hosts.get(GLOBAL) {
        return (host.clone(), Vec::new());
    }
    match template(&service.hosts) {
        Some(template) => (template, Vec::new()),
        None => {
            let hosts = service.hosts.iter();
            let hosts = hosts.map(|(region, host)| (region.clone(), host.clone()));
            (String::new(), hosts.collect())
        }
    }
}

/// Returns a template from which every host results if `{region}` is replaced with its region;
/// `None` if there is no such template.
fn template(hosts: &BTreeMap<String, String>) -> Option<String> {
    let templates: BTreeSet<String> = hosts
        .iter()
        .map(|(region, host)| {
            let labels = host.split('.').map(|label| match label == region {
                true => "{region}",
                false => label,
            });
            labels.collect::<Vec<_>>().join(".")
        })
        .collect();
    let mut templates = templates.into_iter();
    match (templates.next(), templates.next()) {
        (Some(template), None) if template.contains("{region}") => Some(template),
        _ => None,
    }
}

/// Returns the default region that the API description sets. If it sets none, and the host does not
/// depend on the region, returns an empty string.
///
/// Otherwise, returns the first region that the API description lists. If it lists none, returns
/// [`USUAL`], unless there are hosts, but only for other regions: then returns the first of these.
pub(super) fn default_region(service: &spec::Service, template: &str) -> String {
    let is_regional = template.is_empty() || template.contains("{region}");
    let first = service.regions.first().map(|region| region.code.as_str());
    let usual = service.hosts.contains_key(USUAL).then_some(USUAL);
    let of_hosts = usual.or(service.hosts.keys().next().map(String::as_str));
    match service.default_region.as_deref() {
        Some(region) if !region.is_empty() => region.to_owned(),
        _ if is_regional => first.or(of_hosts).unwrap_or(USUAL).to_owned(),
        _ => String::new(),
    }
}

/// Returns the regions of a service: those that its API description lists, and those that only have
/// a host.
pub(super) fn regions(service: &spec::Service) -> Vec<Constant> {
    let mut taken = BTreeSet::new();
    let mut constants = Vec::new();
    for region in &service.regions {
        let host = service.hosts.get(&region.code);
        constants.push(constant(&mut taken, region, host));
    }
    for (code, host) in &service.hosts {
        let is_new = !service.regions.iter().any(|region| region.code == *code);
        if is_new && code != GLOBAL {
            let region = Region {
                code: code.clone(),
                name: None,
                endpoint: None,
                documented_in: None,
            };
            constants.push(constant(&mut taken, &region, Some(host)));
        }
    }
    constants
}

fn constant(taken: &mut BTreeSet<String>, region: &Region, host: Option<&String>) -> Constant {
    let name = region.name.as_deref().unwrap_or(&region.code);
    let mut text = docs::escape(name);
    if let Some(endpoint) = region.endpoint.as_ref().or(host) {
        text.push_str(&format!(": `{}`", docs::code(endpoint)));
    }
    text.push('.');
    if let Some(sources) = &region.documented_in
        && !sources.is_empty()
        && !sources.iter().any(|source| source == "domain page")
    {
        text.push_str(&format!(
            " Unconfirmed: the official page of service domains does not list this region. Its only sources are: {}.",
            docs::escape(&sources.join(", "))
        ));
    }
    Constant {
        name: free_constant(taken, &region.code),
        value: region.code.clone(),
        docs: vec![text],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::codegen::api::Service;
    use crate::codegen::resolve::resolve;
    use crate::codegen::spec::Spec;

    fn service(service: Value) -> Result<Service, String> {
        let spec = json!({
            "services": {"shop": service},
            "operations": [{"name": "Buy", "method": "POST", "uri": "/"}],
        });
        let spec = Spec::from_value(&spec).map_err(|problems| problems.join("\n"))?;
        let api = resolve(&spec, "shop.json").map_err(|problems| problems.join("\n"))?;
        Ok(api.service)
    }

    fn codes(service: &Service) -> Vec<&str> {
        service.regions.iter().map(|it| it.value.as_str()).collect()
    }

    #[test]
    fn hosts_that_differ_by_their_region_are_one_template() {
        let hosts = json!({"gz": "a.gz.b.com", "bj": "a.bj.b.com"});
        let regular = service(json!({"hosts": hosts})).unwrap();
        assert_eq!(regular.endpoint_template, "a.{region}.b.com");
        assert_eq!(regular.default_region, "bj");
        assert_eq!(codes(&regular), ["bj", "gz"]);
        assert!(regular.hosts.is_empty());
    }

    #[test]
    fn other_hosts_are_a_table() {
        let hosts = json!({"su": "a.su.b.com", "gz": "south.b.com"});
        let table = service(json!({"hosts": hosts, "default_region": "su"})).unwrap();
        assert_eq!(table.endpoint_template, "");
        assert_eq!(table.default_region, "su");
        let pair = |region: &str, host: &str| (region.to_owned(), host.to_owned());
        assert_eq!(
            table.hosts,
            [pair("gz", "south.b.com"), pair("su", "a.su.b.com")]
        );
    }

    #[test]
    fn a_global_service_has_no_region_to_choose() {
        let global = service(json!({"hosts": {"global": "shop.b.com"}})).unwrap();
        assert_eq!(global.endpoint_template, "shop.b.com");
        assert_eq!(global.default_region, "");
        assert!(global.regions.is_empty() && global.hosts.is_empty());
    }

    #[test]
    fn hosts_that_say_two_things_are_refused() {
        for (given, expected) in [
            (
                json!({}),
                "shop: a service needs an `endpoint_template` or `hosts`",
            ),
            (
                json!({"endpoint_template": "a.com", "hosts": {"bj": "b.com"}}),
                "shop: a service has either an `endpoint_template` or `hosts`, not both",
            ),
            (
                json!({"hosts": {"global": "a.com", "bj": "b.com"}}),
                "shop: a service with a global host cannot have regions",
            ),
            (
                json!({"hosts": {"global": "a.com"}, "default_region": "bj"}),
                "shop: a service with a global host cannot have regions",
            ),
            (
                json!({"hosts": {"bj": "b.com"}, "default_region": "gz"}),
                "shop: `hosts` has no host for the region `gz`",
            ),
            (
                json!({"hosts": {"bj": "b.com/path"}}),
                "shop.hosts.bj: `b.com/path` is not a host",
            ),
            (
                json!({"hosts": {"B J": "b.com"}}),
                "shop: a region consists of lower-case letters, digits and hyphens, unlike `B J`",
            ),
        ] {
            assert_eq!(service(given).unwrap_err(), expected);
        }
    }
}
