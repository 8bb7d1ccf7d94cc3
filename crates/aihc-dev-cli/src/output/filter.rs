//! `--filter`: selects the results whose members fulfil conditions.

use std::cmp::Ordering;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::document::Member;
use super::sort::compare_numbers;
use crate::language::tr;
use crate::options::duration;

/// A condition that a member has to fulfil.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub(super) member: String,
    relation: Relation,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const RELATIONS: [(&str, Relation); 7] = [
            // Operators of two characters are tried first.
            ("!=", Relation::NotEqual),
            ("<=", Relation::LessOrEqual),
            (">=", Relation::GreaterOrEqual),
            ("==", Relation::Equal),
            ("=", Relation::Equal),
            ("<", Relation::Less),
            (">", Relation::Greater),
        ];
        let wrong = || tr!("write MEMBER=VALUE, such as status=running; also != < > <= >=");
        let at = text.find(['=', '!', '<', '>']).ok_or_else(wrong)?;
        let (member, rest) = text.split_at(at);
        let found = RELATIONS
            .iter()
            .find_map(|(sign, relation)| Some((*relation, rest.strip_prefix(sign)?)));
        let (relation, value) = found.ok_or_else(wrong)?;
        match member.trim() {
            "" => Err(wrong()),
            member => Ok(Self {
                member: member.to_owned(),
                relation,
                value: value.trim().to_owned(),
            }),
        }
    }

    /// Converts a condition on the time that has passed at `now`, such as `age>2h`, to one on the
    /// time in `member` since when it has passed. The error tells what is wrong with the condition.
    pub(super) fn since(&self, member: &str, now: OffsetDateTime) -> Result<Self, String> {
        let wrong = |problem: String| {
            tr!(
                "--filter {member}: {problem}",
                member = self.member,
                problem = problem
            )
        };
        let relation = match self.relation {
            Relation::Less => Relation::Greater,
            Relation::LessOrEqual => Relation::GreaterOrEqual,
            Relation::Greater => Relation::Less,
            Relation::GreaterOrEqual => Relation::LessOrEqual,
            Relation::Equal | Relation::NotEqual => {
                return Err(wrong(tr!("is how long ago; compare it with < or >")));
            }
        };
        let elapsed = duration(&self.value).map_err(wrong)?;
        let then = time::Duration::try_from(elapsed).ok();
        let then = then.and_then(|elapsed| now.checked_sub(elapsed));
        // Nothing in the service is older, and years before the year 0 cannot be written.
        let then = then.map_or(OffsetDateTime::UNIX_EPOCH, |then| {
            then.max(OffsetDateTime::UNIX_EPOCH)
        });
        Ok(Self {
            member: member.to_owned(),
            relation,
            value: then.format(&Rfc3339).unwrap_or_default(),
        })
    }

    /// Returns whether a member fulfils the condition. The error tells why that cannot be
    /// determined.
    pub(super) fn holds(&self, member: &Member) -> Result<bool, String> {
        let is = match member {
            Member::Compound(_) => {
                return Err(tr!(
                    "--filter {member}: is a list or an object; --query looks into it",
                    member = self.member
                ));
            }
            // A null or absent value can only be compared for equality.
            Member::Nothing if !self.is_of_equality() => return Ok(false),
            Member::Number(number) => match compare_numbers(number, &seconds(&self.value)) {
                Some(order) => Some(order),
                None if self.is_of_equality() => None,
                None => {
                    return Err(tr!(
                        "--filter {member}: is a number; compare it with a number or, if it is a time in \
                         seconds, with a time such as 2026-01-31T08:00:00Z",
                        member = self.member
                    ));
                }
            },
            other => Some(compare_texts(&other.text(), &self.value)),
        };
        Ok(match (self.relation, is) {
            (Relation::Equal, is) => is == Some(Ordering::Equal),
            (Relation::NotEqual, is) => is != Some(Ordering::Equal),
            (Relation::Less, is) => is == Some(Ordering::Less),
            (Relation::Greater, is) => is == Some(Ordering::Greater),
            (Relation::LessOrEqual, is) => is.is_some_and(Ordering::is_le),
            (Relation::GreaterOrEqual, is) => is.is_some_and(Ordering::is_ge),
        })
    }

    fn is_of_equality(&self) -> bool {
        matches!(self.relation, Relation::Equal | Relation::NotEqual)
    }
}

/// Converts a time in RFC 3339 to Unix seconds, which the API uses. Returns any other string
/// unchanged.
fn seconds(text: &str) -> String {
    match OffsetDateTime::parse(text, &Rfc3339) {
        Ok(time) => time.unix_timestamp().to_string(),
        Err(_) => text.to_owned(),
    }
}

/// Compares two strings: as times if both are times, and character by character otherwise.
fn compare_texts(a: &str, b: &str) -> Ordering {
    let time = |text| OffsetDateTime::parse(text, &Rfc3339);
    match (time(a), time(b)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::document::Document;
    use super::*;

    fn holds(condition: &str) -> Result<bool, String> {
        let document = json!({
            "name": "a=b", "cpus": 8, "big": 9_007_199_254_740_993_u64, "text": "0123",
            "nothing": null, "open": true, "list": [1], "at": "2026-01-01T00:00:00Z",
            "in": {"side": 1.5},
        });
        let condition = Condition::parse(condition).unwrap();
        let member = Document::of(&document).unwrap().at(&condition.member);
        condition.holds(&member.unwrap_or(Member::Nothing))
    }

    #[test]
    fn members_are_compared_as_what_they_are() {
        for condition in [
            "name=a=b",
            "name!=a",
            "cpus=8",
            "cpus==8.0",
            "cpus>=8",
            "cpus>7",
            "cpus<10",
            "cpus!=eight",
            "big=9007199254740993",
            "big!=9007199254740992",
            "big>9007199254740992",
            "text=0123",
            "text!=123",
            "nothing=",
            "nothing!=x",
            "missing=",
            "open=true",
            "in.side<2",
            "at=2026-01-01T08:00:00+08:00",
            "at>2025-12-31T23:59:59Z",
            "cpus<1970-01-01T00:00:09Z",
            "name = a=b",
        ] {
            assert_eq!(holds(condition), Ok(true), "{condition}");
        }
        for condition in [
            "name=a",
            "cpus=eight",
            "cpus<8",
            "nothing>1",
            "text=123",
            "open=false",
        ] {
            assert_eq!(holds(condition), Ok(false), "{condition}");
        }
        assert!(holds("list=1").unwrap_err().contains("--query"));
        assert!(holds("cpus>many").unwrap_err().contains("is a number"));
    }

    #[test]
    fn how_long_ago_is_compared_with_a_duration() {
        let now = OffsetDateTime::from_unix_timestamp(10_000).unwrap();
        let since = |condition: &str| Condition::parse(condition).unwrap().since("at", now);
        let hours = |condition: &str, ago: i64| {
            let at = Member::Number((10_000 - ago).to_string());
            since(condition).unwrap().holds(&at)
        };
        for (condition, older) in [
            ("age>2h", true),
            ("AGE >= 2h", true),
            ("age<2h", false),
            ("age<=7200s", false),
        ] {
            assert_eq!(hours(condition, 7201), Ok(older), "{condition}");
            assert_eq!(hours(condition, 7199), Ok(!older), "{condition}");
        }
        assert_eq!(hours("age>=2h", 7200), Ok(true));
        assert_eq!(hours("age>2h", 7200), Ok(false));
        assert_eq!(hours("age>1000000y", 10_000), Ok(false));
        assert_eq!(hours("age>3000y", 9_999), Ok(false));
        assert_eq!(hours("age<3000y", 9_999), Ok(true));
        let at = Member::Text("1970-01-01T00:00:00Z".to_owned());
        assert_eq!(since("age>2h").unwrap().holds(&at), Ok(true));
        let unknown = since("age<2h").unwrap().holds(&Member::Nothing);
        assert_eq!(unknown, Ok(false));
        for wrong in [
            "age>7200",
            "age>",
            "age>2026-01-01T00:00:00Z",
            "age=2h",
            "age!=2h",
        ] {
            let refused = since(wrong).unwrap_err();
            assert!(refused.starts_with("--filter age: "), "{refused}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for wrong in ["", "name", "=x", "a!b", "!=x"] {
            assert!(Condition::parse(wrong).is_err(), "{wrong}");
        }
    }
}
