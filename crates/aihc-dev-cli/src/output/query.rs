//! `--query`: a JMESPath expression applied to the results.

use jmespath::ast::Ast;
use jmespath::{DEFAULT_RUNTIME, ErrorReason, Expression, Variable};
use serde::Serialize;
use serde_json::Value;

use crate::language::tr;

/// A JMESPath expression.
#[derive(Clone, Debug)]
pub(crate) struct Query(Expression<'static>);

/// An expression may have at most this many bytes. A longer one might be nested so deeply that the
/// stack is exhausted.
const LONGEST: usize = 4000;

const MOST_SIGNS: usize = 150;

impl Query {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(tr!("is longer than {count} bytes", count = LONGEST));
        }
        // Each of these characters may nest one expression in another.
        if signs_in(text) > MOST_SIGNS {
            return Err(tr!(
                "has more than {count} brackets, dots and pipes",
                count = MOST_SIGNS
            ));
        }
        let expression = jmespath::compile(text).map_err(|error| match error.reason {
            // Backquotes enclose a JSON value.
            ErrorReason::Parse(_) if text.contains('`') => format!(
                "{}\n{}",
                wrong(&error),
                tr!("write literal text in single quotes, as 'running'; `...` is for JSON")
            ),
            _ => wrong(&error),
        })?;
        match unknown_function(expression.as_ast()) {
            Some(name) => Err(tr!("there is no function {name}", name = name)),
            None => Ok(Self(expression)),
        }
    }

    /// Returns the result of applying the expression to a value.
    pub(super) fn search<T: Serialize + ?Sized>(&self, value: &T) -> Result<Value, String> {
        let json = serde_json::to_string(value).map_err(|error| error.to_string())?;
        let document = Variable::from_json(&json)?;
        let found = self.0.search(document).map_err(|error| wrong(&error))?;
        let found = serde_json::to_value(&*found).map_err(|error| error.to_string())?;
        Ok(found)
    }
}

/// Returns the name of a function that the expression calls and that does not exist; `None` if there
/// is none. The library notices it only when results are available, and a change may have been made
/// by then.
fn unknown_function(ast: &Ast) -> Option<&str> {
    let mut left = vec![ast];
    while let Some(ast) = left.pop() {
        match ast {
            Ast::Function { name, args, .. } => {
                if DEFAULT_RUNTIME.get_function(name).is_none() {
                    return Some(name);
                }
                left.extend(args);
            }
            Ast::Comparison { lhs, rhs, .. }
            | Ast::Projection { lhs, rhs, .. }
            | Ast::And { lhs, rhs, .. }
            | Ast::Or { lhs, rhs, .. }
            | Ast::Subexpr { lhs, rhs, .. } => left.extend([&**lhs, &**rhs]),
            Ast::Condition {
                predicate, then, ..
            } => left.extend([&**predicate, &**then]),
            Ast::Expref { ast: node, .. }
            | Ast::Flatten { node, .. }
            | Ast::Not { node, .. }
            | Ast::ObjectValues { node, .. } => left.push(node),
            Ast::MultiList { elements, .. } => left.extend(elements),
            Ast::MultiHash { elements, .. } => {
                left.extend(elements.iter().map(|element| &element.value));
            }
            Ast::Identity { .. }
            | Ast::Field { .. }
            | Ast::Index { .. }
            | Ast::Literal { .. }
            | Ast::Slice { .. } => {}
        }
    }
    None
}

fn signs_in(text: &str) -> usize {
    text.matches(['(', '[', '{', '!', '&', '|', '.']).count()
}

/// Returns the message of an error, with its position in the expression.
fn wrong(error: &jmespath::JmespathError) -> String {
    error.to_string().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn search(expression: &str) -> Result<Value, String> {
        let document = json!([
            {"id": "0123", "n": 9_007_199_254_740_993_u64, "low": i64::MIN, "x": 1.5},
            {"id": "b", "n": u64::MAX, "low": 0, "x": 2},
        ]);
        Query::parse(expression)?.search(&document)
    }

    #[test]
    fn texts_and_numbers_stay_as_they_are() {
        assert_eq!(search("[].id"), Ok(json!(["0123", "b"])));
        assert_eq!(
            search("[].n"),
            Ok(json!([9_007_199_254_740_993_u64, u64::MAX]))
        );
        assert_eq!(search("[0].low"), Ok(json!(i64::MIN)));
        assert_eq!(search("[0].x"), Ok(json!(1.5)));
        assert_eq!(
            search("[?id=='b'] | [0].{name: id}"),
            Ok(json!({"name": "b"}))
        );
        assert_eq!(search("length(@)").unwrap().to_string(), "2");
        assert_eq!(search("sum([].x)").unwrap().to_string(), "3.5");
    }

    #[test]
    fn an_error_shows_the_place() {
        for wrong in ["[].", "sum([].id)"] {
            let error = search(wrong).unwrap_err();
            assert!(error.contains(wrong) && error.contains('^'), "{error}");
        }
        assert!(Query::parse(&"a".repeat(4001)).is_err());
    }

    #[test]
    fn a_function_that_does_not_exist_is_refused_before_there_are_results() {
        for call in [
            "nope(@)",
            "[].nope(id)",
            "[?nope(id) == 'b']",
            "[nope(@)]",
            "{a: nope(@)}",
            "length(nope(@))",
            "!nope(@) || `1`",
            "sort_by([], &nope(id))",
        ] {
            let error = Query::parse(call).unwrap_err();
            assert_eq!(error, "there is no function nope", "{call}");
        }
    }

    #[test]
    fn a_text_between_backquotes_is_led_to_single_quotes() {
        let error = search("[?id==`b`].id").unwrap_err();
        assert!(error.contains("as 'running'"), "{error}");
        assert_eq!(search("[?id=='b'].id"), Ok(json!(["b"])));
        assert_eq!(search("[?x==`2`].id"), Ok(json!(["b"])));
    }

    #[test]
    fn what_lies_deep_inside_itself_exhausts_no_stack() {
        for (part, end) in [
            ("(", ""),
            ("!", "a"),
            ("[", ""),
            ("a.", "a"),
            ("a|", "a"),
            ("a||", "a"),
            ("[", "]"),
            ("a[].", "a"),
        ] {
            let signs = signs_in(part);
            let most = part.repeat(MOST_SIGNS / signs) + end;
            let more = part.repeat(MOST_SIGNS / signs + 1) + end;
            let _ = search(&most);
            assert!(search(&more).unwrap_err().contains("more than"), "{part}");
        }
    }
}
