//! Where a product is served.

use serde_json::{Map, Value, json};

use super::schema::Product;

/// The service of a description. Hosts that differ only in the region become a template, so that new regions
/// need no new client.
pub(super) fn service(product: &Product) -> Map<String, Value> {
    let mut service = Map::new();
    let title = product.code.to_uppercase();
    service.insert("title".to_owned(), title.into());
    let crate_name = format!("bce-{}", product.code);
    service.insert("rust".to_owned(), json!({ "crate_name": crate_name }));
    let hosts = &product.endpoint;
    if let Some(template) = template(product) {
        let regions: Vec<Value> = hosts
            .iter()
            .map(|(region, host)| json!({ "code": region, "endpoint": host }))
            .collect();
        service.insert("endpoint_template".to_owned(), template.into());
        if hosts.contains_key("bj") {
            service.insert("default_region".to_owned(), "bj".into());
        }
        service.insert("regions".to_owned(), regions.into());
    } else {
        super::today::hosts(&mut service, hosts);
    }
    service
}

/// The host with `{region}` in the place of the region, if that gives all of them.
fn template(product: &Product) -> Option<String> {
    let mut hosts = product.endpoint.iter();
    let (region, host) = hosts.next()?;
    let part = format!(".{region}.");
    let template = host.replacen(&part, ".{region}.", 1);
    let fits = |(region, host): (&String, &String)| template.replace("{region}", region) == *host;
    (template != *host && product.endpoint.iter().all(fits)).then_some(template)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(text: &str) -> Product {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn hosts_that_differ_in_the_region_are_a_template() {
        let hosts =
            product(r#"{"code": "x", "endpoint": {"bj": "a.bj.e.com", "gz": "a.gz.e.com"}}"#);
        assert_eq!(template(&hosts).as_deref(), Some("a.{region}.e.com"));
        for hosts in [
            r#"{"code": "x", "endpoint": {"bj": "a.bj.e.com", "gz": "b.gz.e.com"}}"#,
            r#"{"code": "x", "endpoint": {"global": "a.bj.e.com"}}"#,
            r#"{"code": "x", "endpoint": {}}"#,
        ] {
            assert_eq!(template(&product(hosts)), None);
        }
    }
}
