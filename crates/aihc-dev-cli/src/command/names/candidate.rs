//! Resolves names to instances, jobs or services in a list that has been read.

use std::collections::HashSet;

use super::Resolved;
use crate::exit::Failure;
use crate::language::tr;
use crate::terminal::one_line;

/// At most this many suggestions are made for a mistyped name.
const NEAR: usize = 5;
/// At most this many items are shown for an ambiguous name.
const SHARING: usize = 20;
/// An error shows at most this many of the names that cannot be resolved.
const SHOWN: usize = 10;
/// A name is suggested if its similarity to the mistyped one, from 0 to 1, is at least this number.
const ALIKE: f64 = 0.8;

/// The kind of the items that names refer to: instances, jobs or services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Instance,
    Job,
    Service,
}

/// An item that a name may refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: String,
}

/// The items that were listed in order to resolve some names.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) candidates: Vec<Candidate>,
    /// `false` if items are known to be missing in `candidates`.
    pub(crate) whole: bool,
}

/// The result of resolving a name.
#[derive(Debug)]
enum Match {
    One(Resolved),
    /// Several items have the name; or one has it, but the list is incomplete.
    Several(Vec<Candidate>),
    None,
}

/// The reason why a name cannot be resolved.
#[derive(Debug)]
enum Problem {
    /// No item has the name; these have a similar one.
    Unknown(Vec<Candidate>),
    Ambiguous(Vec<Candidate>),
    /// One item in the list has the name, but the list is incomplete.
    Unlisted(Vec<Candidate>),
}

impl Kind {
    /// Returns whether the word has the documented form of an id.
    pub(crate) fn is_id(self, word: &str) -> bool {
        let digits = |prefix, count, wanted: fn(&u8) -> bool| {
            let digits = word.strip_prefix(prefix).map(str::as_bytes);
            digits.is_some_and(|digits| {
                (count..=40).contains(&digits.len()) && digits.iter().all(wanted)
            })
        };
        match self {
            Self::Instance => digits("dv-", 8, |c| matches!(c, b'0'..=b'9' | b'a'..=b'f')),
            Self::Job => digits("job-", 8, u8::is_ascii_alphanumeric),
            Self::Service => digits("s-", 6, u8::is_ascii_alphanumeric),
        }
    }

    /// Returns whether the word begins like an id, and may therefore be an id of an undocumented
    /// form.
    pub(crate) fn may_be_id(self, word: &str) -> bool {
        word.starts_with(match self {
            Self::Instance => "dv-",
            Self::Job => "job-",
            Self::Service => "s-",
        })
    }

    fn nothing(self, name: &str) -> String {
        match self {
            Self::Instance => tr!("no instance is named {name}", name = name),
            Self::Job => tr!("no job is named {name}", name = name),
            Self::Service => tr!("no service is named {name}", name = name),
        }
    }

    fn several(self, name: &str, count: usize) -> String {
        match self {
            Self::Instance => tr!(
                "{count} instances are named {name}: give the id",
                count = count,
                name = name
            ),
            Self::Job => tr!(
                "{count} jobs are named {name}: give the id",
                count = count,
                name = name
            ),
            Self::Service => tr!(
                "{count} services are named {name}: give the id",
                count = count,
                name = name
            ),
        }
    }

    fn hint(self) -> String {
        match self {
            Self::Instance => tr!(
                "hint: `aihc-dev list --name TEXT` finds instances by a part of their name; each \
                 region has its own instances, see --region"
            ),
            Self::Job => tr!(
                "hint: `aihc-dev jobs list --name TEXT` finds jobs by a part of their name; each \
                 region has its own jobs, see --region"
            ),
            Self::Service => tr!(
                "hint: `aihc-dev services list` shows the names; each region has its own \
                 services, see --region"
            ),
        }
    }
}

impl Candidate {
    /// Returns the id, followed by the state if it is known.
    pub(crate) fn label(&self) -> String {
        let id = one_line(&self.id);
        match self.state.is_empty() {
            true => id.into_owned(),
            false => format!("{id} ({})", one_line(&self.state)),
        }
    }

    fn line(&self) -> String {
        let (id, name) = (one_line(&self.id), one_line(&self.name));
        format!("{id}  {name}  {}", one_line(&self.state))
    }
}

/// The arguments that were resolved, and the problems with the others.
#[derive(Debug)]
pub(crate) struct Settled {
    kind: Kind,
    resolved: Vec<Resolved>,
    problems: Vec<(String, Problem)>,
}

impl Settled {
    /// Resolves words: those that have the form of an id are ids. Any other word is a name if an
    /// item in `listed` has this name, or else an id if `is_id` returns `true`.
    pub(crate) fn new(
        kind: Kind,
        words: Vec<String>,
        listed: &Listed,
        is_id: impl Fn(&str) -> bool,
    ) -> Self {
        let (mut resolved, mut problems) = (Vec::new(), Vec::new());
        let mut wrong = HashSet::new();
        for word in words {
            if kind.is_id(&word) {
                resolved.push(Resolved::by_id(word));
                continue;
            }
            if wrong.contains(&word) {
                continue;
            }
            let problem = match listed.find(&word) {
                Match::One(one) => {
                    resolved.push(one);
                    continue;
                }
                Match::None if is_id(&word) => {
                    resolved.push(Resolved::by_id(word));
                    continue;
                }
                Match::Several(all) if all.len() > 1 => Problem::Ambiguous(all),
                Match::Several(one) => Problem::Unlisted(one),
                Match::None => Problem::Unknown(near(&word, &listed.candidates)),
            };
            wrong.insert(word.clone());
            problems.push((word, problem));
        }
        Self {
            kind,
            resolved,
            problems,
        }
    }

    /// Returns whether there is an unknown name without a suggestion.
    pub(crate) fn is_at_a_loss(&self) -> bool {
        let mut problems = self.problems.iter();
        problems.any(|(_, problem)| matches!(problem, Problem::Unknown(near) if near.is_empty()))
    }

    /// Suggests similar names among `candidates` for each unknown name that has no suggestions yet.
    pub(crate) fn suggest(&mut self, candidates: &[Candidate]) {
        for (name, problem) in &mut self.problems {
            if let Problem::Unknown(shown) = problem
                && shown.is_empty()
            {
                *shown = near(name, candidates);
            }
        }
    }

    /// Returns all resolved arguments, or an error that reports the problems.
    pub(crate) fn into_result(self) -> Result<Vec<Resolved>, Failure> {
        match self.problems.is_empty() {
            true => Ok(self.resolved),
            false => Err(unresolved(self.kind, &self.problems)),
        }
    }
}

impl Listed {
    /// Returns whether an item in the list has this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.candidates.iter().any(|one| one.name == name)
    }

    fn find(&self, name: &str) -> Match {
        matching(name, &self.candidates, self.whole)
    }
}

/// Returns whether none, one or several of the candidates have exactly this name. If the list of
/// candidates is incomplete (`whole` is `false`), another item may have the name, so even a single
/// candidate results in [`Match::Several`].
fn matching(name: &str, candidates: &[Candidate], whole: bool) -> Match {
    let mut seen = HashSet::new();
    // If items are created or deleted while the pages are read, an item may occur on two of them.
    let same = candidates.iter().filter(|one| one.name == name);
    let mut same: Vec<_> = same.filter(|one| seen.insert(&one.id)).cloned().collect();
    match (same.len(), whole) {
        (0, _) => Match::None,
        (1, true) => match same.pop() {
            Some(one) => Match::One(Resolved::by_name(name, one.id)),
            None => Match::None,
        },
        _ => Match::Several(same),
    }
}

/// Returns the candidates with similar names, the most similar first, and at most [`NEAR`] of them.
fn near(name: &str, candidates: &[Candidate]) -> Vec<Candidate> {
    let typed = name.to_lowercase();
    let likeness = |one: &Candidate| {
        let known = one.name.to_lowercase();
        let contains = known.contains(&typed) || (known.len() > 2 && typed.contains(&known));
        let alike = strsim::jaro_winkler(&typed, &known);
        match contains {
            true => alike.max(ALIKE),
            false => alike,
        }
    };
    let mut seen = HashSet::new();
    let mut near: Vec<_> = candidates
        .iter()
        .filter(|one| seen.insert(&one.id))
        .map(|one| (likeness(one), one))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    near.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.name.cmp(&other.name)));
    let near = near.into_iter().map(|(_, one)| one.clone());
    near.take(NEAR).collect()
}

/// Returns a failure that reports the first [`SHOWN`] problems, and the number of the others.
fn unresolved(kind: Kind, problems: &[(String, Problem)]) -> Failure {
    let mut lines = Vec::new();
    for (name, problem) in problems.iter().take(SHOWN) {
        let quoted = format!("{:?}", one_line(name)).replace("\\\\u{", "\\u{");
        let (what, candidates, indent) = match problem {
            Problem::Unknown(near) if near.is_empty() => (kind.nothing(&quoted), near, ""),
            Problem::Unknown(near) => {
                let text = tr!("{what}; similar names:", what = kind.nothing(&quoted));
                (text, near, "  ")
            }
            Problem::Ambiguous(all) => (kind.several(&quoted, all.len()), all, "  "),
            Problem::Unlisted(one) => {
                let text = tr!(
                    "the service did not list everything, so {name} may be the name of several: \
                     give the id",
                    name = quoted
                );
                (text, one, "  ")
            }
        };
        lines.push(what);
        let shown = candidates.iter().take(SHARING);
        lines.extend(shown.map(|one| format!("{indent}{}", one.line())));
        if candidates.len() > SHARING {
            let more = tr!("and {count} more", count = candidates.len() - SHARING);
            lines.push(format!("{indent}{more}"));
        }
    }
    if problems.len() > SHOWN {
        let more = problems.len() - SHOWN;
        lines.push(tr!(
            "and {count} more names that cannot be resolved",
            count = more
        ));
    }
    lines.push(tr!("nothing was done"));
    if (problems.iter()).any(|(_, problem)| matches!(problem, Problem::Unknown(_))) {
        lines.push(kind.hint());
    }
    Failure::Unresolved(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(names: &[&str]) -> Vec<Candidate> {
        let named = names.iter().enumerate().map(|(n, name)| Candidate {
            id: format!("dv-{n:08x}"),
            name: (*name).to_owned(),
            state: "running".to_owned(),
        });
        named.collect()
    }

    fn near_names(name: &str, known: &[&str]) -> Vec<String> {
        let near = near(name, &candidates(known)).into_iter();
        near.map(|one| one.name).collect()
    }

    #[test]
    fn ids_are_recognised_by_their_shape() {
        for id in ["dv-f458ede5", "dv-00000001", "dv-f458ede5f458"] {
            assert!(Kind::Instance.is_id(id), "{id}");
        }
        for name in [
            "dv-1",
            "dv-train",
            "dv-F458EDE5",
            "f458ede5",
            "dv-f458ede5-b",
            "",
            "dv-",
        ] {
            assert!(!Kind::Instance.is_id(name), "{name}");
        }
        assert!(Kind::Job.is_id("job-oeqpsJhwqq3k") && !Kind::Job.is_id("job-run-12345678"));
        assert!(Kind::Service.is_id("s-1QcyCb") && !Kind::Service.is_id("s-1"));
    }

    #[test]
    fn names_are_compared_letter_by_letter() {
        let known = candidates(&["train", "train-1", "Train", "训练"]);
        let id = |name: &str| match matching(name, &known, true) {
            Match::One(one) => Some(one.id),
            _ => None,
        };
        assert_eq!(id("train").as_deref(), Some("dv-00000000"));
        assert_eq!(id("Train").as_deref(), Some("dv-00000002"));
        assert_eq!(id("训练").as_deref(), Some("dv-00000003"));
        assert_eq!(id("rain"), None);
    }

    #[test]
    fn the_same_one_listed_twice_is_one_and_two_of_a_name_are_not() {
        let mut known = candidates(&["train", "train"]);
        assert!(matches!(matching("train", &known, true), Match::Several(all) if all.len() == 2));
        known[1].id = known[0].id.clone();
        assert!(matches!(matching("train", &known, true), Match::One(_)));
        // An instance that was not listed may have the same name.
        assert!(matches!(
            matching("train", &known, false),
            Match::Several(_)
        ));
    }

    #[test]
    fn slips_lead_to_what_was_meant() {
        let known = ["train", "train-b", "eval", "notebook", "训练-一"];
        assert_eq!(near_names("trian", &known), ["train", "train-b"]);
        assert_eq!(near_names("TRAIN", &known), ["train", "train-b"]);
        assert_eq!(near_names("note", &known), ["notebook"]);
        assert_eq!(near_names("训练", &known), ["训练-一"]);
        assert!(near_names("zebra", &known).is_empty());
        let many: Vec<_> = (0..99).map(|n| format!("train-{n}")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(near_names("train", &many).len(), NEAR);
    }

    #[test]
    fn what_is_told_is_bounded() {
        let many = candidates(&["train"; 1000]);
        let problems: Vec<_> = (0..1000)
            .map(|n| (format!("n-{n}"), Problem::Ambiguous(many.clone())))
            .collect();
        let Failure::Unresolved(lines) = unresolved(Kind::Instance, &problems) else {
            panic!("unresolved");
        };
        assert!(lines.len() < SHOWN * (SHARING + 2) + 5, "{}", lines.len());
        assert!(lines.contains(&"  and 980 more".to_owned()), "{lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some("nothing was done"));
    }
}
