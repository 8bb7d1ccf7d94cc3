//! Where types and operations stand: in the modules of the service, or in `model` and `operation`.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use crate::codegen::api::{Enum, Home, Module, Object, Operation};
use crate::codegen::{docs, names, spec};

const MODEL: &str = "model";
const OPERATION: &str = "operation";

/// Names of other modules that a generated crate has.
const TAKEN: &[&str] = &[
    "client",
    "error_code",
    "generated",
    "region",
    "service",
    "shared",
    "waiter",
];

/// The modules of a service.
pub(super) struct Homes<'a>(&'a BTreeMap<String, String>);

impl<'a> Homes<'a> {
    pub(super) fn new(service: &'a spec::Service, problems: &mut Problems) -> Self {
        for name in service.rust.modules.keys() {
            if names::module(name) != *name || TAKEN.contains(&name.as_str()) {
                let problem = format!("`{name}` cannot be the name of a module");
                problems.add("services", problem);
            }
        }
        Self(&service.rust.modules)
    }

    /// Where a type stands.
    pub(super) fn of_type(
        &self,
        problems: &mut Problems,
        place: &str,
        given: Option<&str>,
    ) -> Home {
        self.of(problems, place, given, MODEL)
    }

    /// Where an operation stands.
    pub(super) fn of_operation(
        &self,
        problems: &mut Problems,
        place: &str,
        given: Option<&str>,
    ) -> Home {
        self.of(problems, place, given, OPERATION)
    }

    fn of(
        &self,
        problems: &mut Problems,
        place: &str,
        given: Option<&str>,
        otherwise: &str,
    ) -> Home {
        if let Some(module) = given
            && !self.0.contains_key(module)
        {
            let problem = format!("the service has no module `{module}`");
            problems.add(place, problem);
        }
        match given {
            Some(module) => Home::Module(module.to_owned()),
            None if self.0.is_empty() => Home::Module(otherwise.to_owned()),
            None => Home::Root,
        }
    }

    /// Where stands what all types share.
    pub(super) fn shared(&self) -> Home {
        match self.0.is_empty() {
            true => Home::Module(MODEL.to_owned()),
            false => Home::Root,
        }
    }

    /// The modules, with their documentation.
    pub(super) fn modules(&self) -> Vec<Module> {
        let module = |name: &str, docs: &[&str]| Module {
            name: name.to_owned(),
            docs: docs.iter().map(|text| (*text).to_owned()).collect(),
        };
        if self.0.is_empty() {
            return vec![
                module(MODEL, &["The types of requests and responses.", READING]),
                module(
                    OPERATION,
                    &[
                        "The operations as builders. The methods of [`Client`](crate::Client) make them.",
                        BUILDERS,
                    ],
                ),
            ];
        }
        let described = self.0.iter().map(|(name, text)| {
            let what = docs::sentence(text);
            module(name, &[&what, MIXED])
        });
        described.collect()
    }
}

const READING: &str = "Reading is tolerant: a member may be absent, `null` or unknown, and an enum keeps \
     values that it does not know. A member that is no `Option` is then empty, unless its description \
     says that it must be there.";

const BUILDERS: &str = "Up to three required members are arguments; where there are more, all of them are \
     set by name, as truth values and optional members are. A required member that was not set is \
     refused by its name before anything is sent. What starts with `with_` is about the call \
     itself. `.send().await` or `.await` sends.";

const MIXED: &str = "The builders of operations are made by the methods of [`Client`](crate::Client); all \
     other types are those of requests and responses.";

/// Reports files that two types or operations would have.
pub(super) fn check_files(
    problems: &mut Problems,
    operations: &[Operation],
    objects: &BTreeMap<String, Object>,
    enums: &BTreeMap<String, Enum>,
) {
    let objects = objects.values();
    let enums = enums.values();
    let files = (objects.map(|it| (&it.home, &it.module, &it.name)))
        .chain(enums.map(|it| (&it.home, &it.module, &it.name)))
        .chain(operations.iter().map(|it| (&it.home, &it.module, &it.name)));
    let mut seen = BTreeSet::new();
    for (home, module, name) in files {
        if !seen.insert((home, module)) {
            let problem = "its file is that of another one; give it a `rust.name`";
            problems.add(name, problem);
        }
    }
}
