//! Rules of the documentation that only the profile `Documented` enforces, because other pages of
//! the documentation or the console do not follow them.

use serde_json::{Map, Value};

use crate::error::ApiError;

/// A rule from a table of the documentation: the JSON pointer of a member, its allowed values as
/// text for the error message, and a function that returns whether a value is allowed.
struct Table {
    pointer: &'static str,
    allowed: &'static str,
    fits: fn(&Value) -> bool,
}

/// The rules for CreateDevInstance and ModifyDevInstance. Members that are missing, null or empty
/// are not checked.
const CREATE_AND_MODIFY: [Table; 3] = [
    Table {
        pointer: "/conf/image/imageType",
        allowed: "1 or 2",
        fits: |value| *value == 1 || *value == 2,
    },
    Table {
        pointer: "/conf/scheduleConf/priority",
        allowed: "high, normal or low",
        fits: |value| ["high", "normal", "low"].iter().any(|word| value == word),
    },
    Table {
        pointer: "/visibleScope/type",
        allowed: "0 or 1",
        fits: |value| *value == 0 || *value == 1,
    },
];

/// The rules for each volume in the configuration of a dev instance.
const VOLUMES: [Table; 2] = [
    Table {
        pointer: "/volumnType",
        allowed: "cds, pfs, dataset, bos or cfs",
        fits: |value| {
            let types = ["cds", "pfs", "dataset", "bos", "cfs"];
            types.iter().any(|word| value == word)
        },
    },
    Table {
        pointer: "/cds/capacity",
        allowed: "above 100",
        fits: |value| value.as_i64().is_some_and(|capacity| capacity > 100),
    },
];

/// Refuses values that the tables of the documentation do not allow, although other sources contain
/// them.
pub(super) fn check(operation: &str, values: &Map<String, Value>) -> Result<(), ApiError> {
    let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
    match operation {
        "CreateDevInstance" => {
            name(text("name"))?;
            instance(values)
        }
        "ModifyDevInstance" => instance(values),
        "DescribeDevInstances" => {
            ["orderBy", "order"]
                .iter()
                .try_for_each(|name| match text(name) {
                    "" => Ok(()),
                    _ => Err(refuse(name, "left out: no page documents it")),
                })
        }
        "DescribeDevInstanceEvents" => {
            ["startTime", "endTime"]
                .iter()
                .try_for_each(|name| match is_time(text(name)) {
                    true => Ok(()),
                    false => Err(refuse(name, "of the form 2025-06-04T05:30:23.337Z")),
                })
        }
        _ => Ok(()),
    }
}

fn instance(values: &Map<String, Value>) -> Result<(), ApiError> {
    let all = Value::from(values.clone());
    tables(&CREATE_AND_MODIFY, &all, "")?;
    let volumes = all.pointer("/conf/volumnConfs").and_then(Value::as_array);
    for (index, volume) in volumes.into_iter().flatten().enumerate() {
        tables(&VOLUMES, volume, &format!("conf.volumnConfs[{index}]."))?;
    }
    Ok(())
}

fn tables(tables: &[Table], value: &Value, prefix: &str) -> Result<(), ApiError> {
    let sent = |value: &&Value| !value.is_null() && **value != "";
    for table in tables {
        let member = value.pointer(table.pointer).filter(sent);
        if member.is_some_and(|member| !(table.fits)(member)) {
            let name = table.pointer.trim_start_matches('/').replace('/', ".");
            return Err(refuse(&format!("{prefix}{name}"), table.allowed));
        }
    }
    Ok(())
}

fn refuse(name: &str, allowed: &str) -> ApiError {
    ApiError::invalid_parameter(format!("{name} must be {allowed}"))
}

/// Returns whether a time has the format in the documentation's table, with milliseconds and `Z`.
fn is_time(text: &str) -> bool {
    let form = "0000-00-00T00:00:00.000Z";
    let same = |(text, form): (u8, u8)| match form {
        b'0' => text.is_ascii_digit(),
        other => text == other,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(same)
}

/// The maximum length of the name of a dev instance, in characters.
const LONGEST_NAME: usize = 256;

/// Checks the name of a dev instance by the rule in the documentation of CreateDevInstance.
fn name(name: &str) -> Result<(), ApiError> {
    let letter = |c: char| c.is_ascii_alphabetic() || is_chinese(c);
    let alphanumeric = |c: char| letter(c) || c.is_ascii_digit();
    let fits = name.chars().count() <= LONGEST_NAME
        && name.starts_with(letter)
        && name.ends_with(alphanumeric)
        && name.chars().all(|c| alphanumeric(c) || "-_ /.".contains(c));
    if fits {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "name must be letters, digits, Chinese and -_ /. with a letter first and a letter or digit \
         last, at most {LONGEST_NAME}"
    )))
}

/// Returns whether a character is a common Chinese character.
fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_page() {
        let longest = "a".repeat(LONGEST_NAME);
        for good in ["a", "Dev-1_x y/z.2", "开发机", "a机", longest.as_str()] {
            assert_eq!(name(good), Ok(()), "{good}");
        }
        let too_long = format!("{longest}a");
        for bad in ["", "1a", "-a", "a-", "a b ", "a+b", "é", too_long.as_str()] {
            assert_eq!(name(bad).unwrap_err().code, "InvalidParameter", "{bad}");
        }
    }
}
