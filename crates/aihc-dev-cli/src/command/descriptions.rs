//! Descriptions of instances in files. A description is for the instance whose name it contains,
//! unless the user names an instance on the command line.

use std::collections::HashMap;
use std::path::PathBuf;

use aihc_dev::model::{DevInstanceBrief, DevInstanceQueryKey};
use aihc_dev::{Client, DevInstanceSettings};
use serde_json::{Value, json};

use super::names::{Resolved, is_there};
use super::{create, fallback};
use crate::client::Context;
use crate::exit::Failure;
use crate::language::{text, tr};
use crate::request::{InstanceFile, Old, Schema, read_all};
use crate::terminal::one_line;

/// A description of an instance, read from a file and validated as far as possible without
/// contacting the service.
pub(super) struct Description {
    pub(super) name: String,
    /// The id in the description: that of the instance from which it was exported.
    id: Option<String>,
    file: InstanceFile,
}

/// Reads all descriptions in these files. If any is wrong, reports all problems and returns an
/// error.
pub(super) async fn read(paths: &[PathBuf]) -> Result<Vec<Description>, Failure> {
    let mut found: Vec<Description> = Vec::new();
    let mut wrong = Vec::new();
    let mut names = HashMap::new();
    for path in paths {
        let files = match read_all(path).await {
            Ok(files) => files,
            Err(failure) => {
                wrong.push(failure);
                continue;
            }
        };
        for file in files {
            let description = match Description::of(file) {
                Ok(description) => description,
                Err(failure) => {
                    wrong.push(failure);
                    continue;
                }
            };
            let place = description.place();
            if let Some(first) = names.insert(description.name.clone(), place.clone()) {
                wrong.push(Failure::usage(text!(
                    "{place}: {name} is described twice, first in {first}",
                    place = place,
                    name = one_line(&description.name),
                    first = first
                )));
            }
            found.push(description);
        }
    }
    all_told(wrong)?;
    Ok(found)
}

/// Reports all failures, and fails with the worst exit code. Succeeds if there are no failures.
pub(super) fn all_told(failures: Vec<Failure>) -> Result<(), Failure> {
    let worst = failures.iter().map(Failure::report).max();
    worst.map_or(Ok(()), |exit| Err(Failure::Told(exit)))
}

impl Description {
    fn of(file: InstanceFile) -> Result<Self, Failure> {
        let mut body = Value::Null;
        let schema = Schema::of_update();
        schema
            .fill(&mut body, file.members.clone(), Old::NotRead)
            .map_err(|wrong| wrong.in_file(&file.name))?;
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        let found = Self {
            name: text("name").unwrap_or_default(),
            id: text("id"),
            file,
        };
        match found.name.is_empty() {
            false => Ok(found),
            true => Err(found.wrong(&tr!("the name is missing"))),
        }
    }

    /// Reads the only description in a file. The name in the description may be missing, and may
    /// differ from the name of the instance to which the description is applied.
    pub(super) async fn of_any(path: &std::path::Path) -> Result<Self, Failure> {
        let file = crate::request::read(path).await?;
        let mut body = Value::Null;
        Schema::of_update()
            .fill(&mut body, file.members.clone(), Old::NotRead)
            .map_err(|wrong| wrong.in_file(&file.name))?;
        Ok(Self {
            name: body["name"].as_str().unwrap_or_default().to_owned(),
            id: None,
            file,
        })
    }

    /// Returns the name of the file, and the position of the description in it.
    pub(super) fn place(&self) -> String {
        tr!(
            "{file}, line {line}",
            file = self.file.name,
            line = self.file.members.line
        )
    }

    fn wrong(&self, what: &str) -> Failure {
        Failure::usage(format!("{}: {what}", self.place()))
    }

    /// Returns the settings for creating an instance according to the description.
    pub(super) fn creation(&self, context: &Context) -> Result<DevInstanceSettings, Failure> {
        let mut body = json!({});
        create::fill_from(&mut body, self.file.clone(), Old::None)?;
        fallback::fill(context, Schema::of_create(), &mut body)?;
        create::complete(body).map_err(|failure| match failure {
            Failure::Usage(what) => self.wrong(&what.to_string()),
            other => other,
        })
    }

    /// Returns the members of the description, for display.
    pub(super) fn body(&self) -> Result<Value, Failure> {
        let mut body = json!({});
        create::fill_from(&mut body, self.file.clone(), Old::NotRead)?;
        Ok(body)
    }

    /// Merges the members of the description into the settings of an instance.
    pub(super) fn on_top_of(&self, old: &Value) -> Result<Value, Failure> {
        let mut new = old.clone();
        let filled = Schema::of_update().keeping_items().fill(
            &mut new,
            self.file.members.clone(),
            Old::Known(old),
        );
        filled.map_err(|wrong| wrong.in_file(&self.file.name))?;
        if let Some(members) = new.as_object_mut() {
            // The id only tells from which instance the description was exported.
            members.remove("id");
        }
        Ok(new)
    }

    /// Returns the caller's own instance with the name in the description; `None` if there is none.
    /// Instances that are being deleted do not count. If several instances have the name, returns
    /// the one whose id is in the description, and fails if there is no such instance. Also fails
    /// if the service does not list all instances.
    pub(super) async fn find(&self, client: &Client) -> Result<Option<Resolved>, Failure> {
        let list = client.list_dev_instances().only_my_devs(true);
        let list = list.query_key(DevInstanceQueryKey::Name);
        let list = list.query_val(&self.name).page_size(100);
        let (mut items, mut found) = (list.items(), Vec::new());
        items.collect_into(&mut found).await?;
        if items.missing().is_some() {
            return Err(Failure::unfit(text!(
                "{place}: the service does not list all instances, so there may be one named \
                 {name}",
                place = self.place(),
                name = one_line(&self.name)
            )));
        }
        found.retain(|instance| instance.name == self.name && is_there(instance));
        match &found[..] {
            [] => Ok(None),
            [only] => Ok(Some(self.resolved(only))),
            several => {
                let meant = several
                    .iter()
                    .find(|it| self.id.as_ref().is_some_and(|id| *id == it.id));
                match meant {
                    Some(instance) => Ok(Some(self.resolved(instance))),
                    None => Err(self.ambiguous(several)),
                }
            }
        }
    }

    fn resolved(&self, instance: &DevInstanceBrief) -> Resolved {
        Resolved::by_name(&self.name, &instance.id)
    }

    fn ambiguous(&self, candidates: &[DevInstanceBrief]) -> Failure {
        let candidates = candidates.iter().map(|instance| {
            let status = instance.status.map(|status| status.to_string());
            let status = status.unwrap_or_default();
            format!("{} ({status})", one_line(&instance.id))
        });
        Failure::unfit(text!(
            "{place}: several instances are named {name}: {candidates}; put the id into the \
             description",
            place = self.place(),
            name = one_line(&self.name),
            candidates = candidates.collect::<Vec<_>>().join(", ")
        ))
    }
}
