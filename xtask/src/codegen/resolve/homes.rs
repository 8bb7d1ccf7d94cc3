//! Determines the location of each type and operation in the generated crate: a module that the
//! service declares, or the root of the crate. If the service declares no modules, types are in the
//! module `model`, and operations in the module `operation`.

use std::collections::{BTreeMap, BTreeSet};

use super::Problems;
use crate::codegen::api::{Enum, Home, Module, Object, Operation};
use crate::codegen::{docs, names, spec};

const MODEL: &str = "model";
const OPERATION: &str = "operation";

/// Names of the modules that a generated crate has besides those of its types and operations.
const TAKEN: &[&str] = &[
    "client",
    "error_code",
    "generated",
    "region",
    "service",
    "shared",
    "waiter",
];

/// The modules that a service declares, by name, with their documentation.
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

    /// Returns the location of a type.
    pub(super) fn of_type(
        &self,
        problems: &mut Problems,
        place: &str,
        given: Option<&str>,
    ) -> Home {
        self.of(problems, place, given, MODEL)
    }

    /// Returns the location of an operation.
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

    /// Returns the location of the types that all enums share.
    pub(super) fn shared(&self) -> Home {
        match self.0.is_empty() {
            true => Home::Module(MODEL.to_owned()),
            false => Home::Root,
        }
    }

    /// Returns the modules with their documentation.
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
                        "The builders of the operations, which the methods of \
                         [`Client`](crate::Client) return.",
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

const READING: &str = "Responses are read tolerantly: unknown members are ignored, an enum keeps \
    values that it does not know, and any member may be absent or `null`, unless its documentation \
    says that it is always present. A member that is absent or `null` is `None`, or, \
    if its type is not an `Option`, the default value of that type, unless its documentation gives \
    another meaning.";

const BUILDERS: &str = "Booleans and optional members are set by name. Other required members are \
    arguments of the method of the client; if an operation has more than three of them, they are \
    set by name as well. A call that lacks a required member is refused before anything is sent, \
    with an error that names the member. Methods that start with `with_` configure the call itself, and `.await` or \
    `.send().await` sends it.";

const MIXED: &str = "The types with the names of operations are builders, which the methods of \
    [`Client`](crate::Client) return. All other types are parts of requests and responses.";

/// Reports if two types or operations would be in the same file.
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
            let problem = "another item has the same file name; give it a `rust.name`";
            problems.add(name, problem);
        }
    }
}
