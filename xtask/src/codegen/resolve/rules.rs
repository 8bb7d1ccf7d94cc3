//! Checks the rules about several members of an operation or a type, such as "exactly one of them
//! must be set".

use super::Problems;
use crate::codegen::api::{Member, Place, Rule, RuleKind, Type};
use crate::codegen::spec;

/// Converts the rules in an API description that name several members, to be checked before
/// anything is sent. `members` are all members of the operation or the type that has the rules.
pub(super) fn resolve(
    problems: &mut Problems,
    place: &str,
    rules: &[spec::Rule],
    members: &[Member],
) -> Vec<Rule> {
    let mut resolved = Vec::new();
    for rule in rules {
        for (kind, names) in [
            (RuleKind::Together, &rule.together),
            (RuleKind::ExactlyOne, &rule.exactly_one),
            (RuleKind::NotAllZero, &rule.not_all_zero),
        ] {
            if names.is_empty() {
                continue;
            }
            let mut named = Vec::new();
            for name in names {
                let is_sent = |it: &&Member| it.wire == *name && it.place != Place::Response;
                let member = members.iter().find(is_sent);
                let fits = |it: &&Member| {
                    let is_number = kind != RuleKind::NotAllZero || it.ty == Type::Int;
                    it.optional && !it.flag && is_number
                };
                match member.filter(fits) {
                    Some(member) => named.push(member.clone()),
                    None => {
                        let what = "there is no such member, or it may not be left out, or it is \
                            not a number";
                        problems.add(place, format!("a rule names `{name}`: {what}"));
                    }
                }
            }
            if names.len() < 2 {
                problems.add(place, "a rule needs at least two members");
            }
            resolved.push(Rule {
                kind,
                members: named,
            });
        }
    }
    resolved
}
