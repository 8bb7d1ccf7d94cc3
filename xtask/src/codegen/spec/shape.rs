//! The macros that declare the objects and the enums in the format of API descriptions.

/// Declares a JSON object in the format of API descriptions: a struct that implements `Read`, and
/// whose fields are the keys.
///
/// `"a service" = pub(crate) struct Service { pub(crate) code: Option<String>, }` has the title "a
/// service" in the README. A key that is not a Rust name is written as `field as "key": Type`. Keys
/// that only people read follow the struct: `for readers ["schemes"]`.
macro_rules! shape {
    (
        $(#[$meta:meta])*
        $title:literal = $vis:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident $(as $key:literal)?: $ty:ty,)*
        }
        $(for readers [$($ignored:literal),* $(,)?])?
    ) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $ty,)*
        }

        impl $name {
            const SHAPE: $crate::codegen::spec::read::Shape = $crate::codegen::spec::read::Shape {
                title: $title,
                keys: &[$(shape!(@key $field $($key)?)),*],
                ignored: &[$($($ignored),*)?],
            };
        }

        impl $crate::codegen::spec::read::Read for $name {
            fn read(
                value: &serde_json::Value,
                reader: &mut $crate::codegen::spec::read::Reader,
            ) -> Option<Self> {
                let members = reader.object(&Self::SHAPE, value)?;
                $(let $field = reader.key::<$ty>(members, shape!(@key $field $($key)?));)*
                Some(Self { $($field: $field?),* })
            }

            fn absent() -> Option<Self> {
                Some(Self { $($field: <$ty as $crate::codegen::spec::read::Read>::absent()?),* })
            }

            #[cfg(test)]
            fn shapes(found: &mut Vec<$crate::codegen::spec::read::Shape>) {
                if !found.iter().any(|shape| shape.title == $title) {
                    found.push(Self::SHAPE);
                    $(<$ty as $crate::codegen::spec::read::Read>::shapes(found);)*
                }
            }
        }
    };
    (@key $field:ident $key:literal) => { $key };
    (@key $field:ident) => { stringify!($field) };
}

/// Declares an enum whose variants are read from strings, as in `None = "none"`.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[$meta])*
        $vis enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $crate::codegen::spec::read::Read for $name {
            fn read(
                value: &serde_json::Value,
                reader: &mut $crate::codegen::spec::read::Reader,
            ) -> Option<Self> {
                reader.word(value, &[$(($word, Self::$variant)),*])
            }
        }
    };
}

pub(in crate::codegen) use {shape, words};
