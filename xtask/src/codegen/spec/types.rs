//! The types and the enums that an API description defines.

use serde_json::Value;

use super::member::Member;
use super::operation::Rule;
use super::shape::shape;

shape! {
    #[derive(Debug)]
    "a type" = pub(crate) struct TypeDef {
        pub(crate) desc: Option<String>,
        pub(crate) note: Option<String>,
        pub(crate) doc_page: Option<String>,
        pub(crate) rules: Vec<Rule>,
        pub(crate) fields: Vec<Member>,
        /// The types that a value may have, in place of fields.
        pub(crate) one_of: Vec<FormDef>,
        pub(crate) rust: TypeRust,
    }
    for readers [
        "also_inside", "conflict", "envelope", "evidence", "go_type", "service", "used_in",
    ]
}

shape! {
    /// One of the types that a value may have.
    #[derive(Debug)]
    "a type of `one_of`" = pub(crate) struct FormDef {
        pub(crate) ty as "type": String,
        pub(crate) when: Option<String>,
        pub(crate) recognise: String,
        pub(crate) rust: FormRust,
    }
    for readers ["evidence"]
}

shape! {
    /// Settings for the Rust code that is generated for one of the types that a value may have.
    #[derive(Debug)]
    "`rust` of a type of `one_of`" = pub(crate) struct FormRust {
        pub(crate) name: Option<String>,
    }
}

shape! {
    /// Settings for the Rust code that is generated for a type.
    #[derive(Debug)]
    "`rust` of a type" = pub(crate) struct TypeRust {
        pub(crate) name: Option<String>,
        pub(crate) module: Option<String>,
        pub(crate) also_inside: Vec<String>,
        pub(crate) note: Option<String>,
    }
}

shape! {
    #[derive(Debug)]
    "an enum" = pub(crate) struct EnumDef {
        pub(crate) repr: Option<String>,
        pub(crate) desc: Option<String>,
        pub(crate) note: Option<String>,
        pub(crate) doc_page: Option<String>,
        pub(crate) values: Vec<EnumValue>,
        /// Whether responses may contain the values of the enum in any mixture of upper and lower
        /// case.
        pub(crate) any_case: bool,
        pub(crate) rust: EnumRust,
    }
    for readers ["conflict", "open", "unassigned_console_states"]
}

shape! {
    /// Settings for the Rust code that is generated for an enum.
    #[derive(Debug)]
    "`rust` of an enum" = pub(crate) struct EnumRust {
        pub(crate) name: Option<String>,
        pub(crate) module: Option<String>,
        pub(crate) note: Option<String>,
    }
}

shape! {
    #[derive(Debug)]
    "a value of an enum" = pub(crate) struct EnumValue {
        pub(crate) value: Value,
        pub(crate) name: Option<String>,
        pub(crate) desc: Option<String>,
        pub(crate) phase: Option<String>,
        pub(crate) rust: EnumValueRust,
    }
    for readers ["evidence"]
}

shape! {
    /// Settings for the Rust code that is generated for a value of an enum.
    #[derive(Debug)]
    "`rust` of a value of an enum" = pub(crate) struct EnumValueRust {
        pub(crate) name: Option<String>,
        pub(crate) desc: Option<String>,
    }
}
