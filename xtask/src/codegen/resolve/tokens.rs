//! Resolves idempotency tokens: parameters that make it harmless to repeat a call.

use super::Problems;
use crate::codegen::api::{IdempotencyClass, Member, Operation, Place, Token, Type};
use crate::codegen::docs;
use crate::codegen::spec::{self, Spec};

/// Records for each operation which parameter is its idempotency token, as stated by `idempotency`
/// in the API description.
pub(super) fn settle(spec: &Spec, operations: &mut [Operation], problems: &mut Problems) {
    for (operation, resolved) in spec.operations.iter().zip(operations) {
        let Some(idempotency) = &operation.idempotency else {
            continue;
        };
        match token(idempotency, resolved) {
            Ok(token) => resolved.token = token,
            Err(problem) => problems.add(&operation.name, problem),
        }
    }
}

fn token(idempotency: &spec::Idempotency, operation: &Operation) -> Result<Option<Token>, String> {
    let Some(name) = &idempotency.token else {
        let needless = idempotency.token_made || idempotency.class_with_token.is_some();
        return match needless {
            true => Err("the `idempotency` does not name the parameter that is the \
                `token`"
                .to_owned()),
            false => Ok(None),
        };
    };
    let mut members = operation.members.iter();
    let member = members.find(|member| member.wire == *name && is_token(member));
    let member = member.ok_or_else(|| {
        format!(
            "the token `{name}` must be a String parameter without a default in the QUERY, \
            the BODY or a HEADER"
        )
    })?;
    Ok(Some(Token {
        member: member.clone(),
        class: (idempotency.class_with_token).unwrap_or(IdempotencyClass::Repeatable),
        is_made: idempotency.token_made,
    }))
}

/// Returns whether a member can be an idempotency token, which must differ from call to call. A
/// member with a default value cannot, since all calls would have the same token.
fn is_token(member: &Member) -> bool {
    member.ty == Type::Text && member.place != Place::Url && member.default_sent.is_none()
}

/// Makes the idempotency token of an operation optional if the client generates it.
pub(super) fn release(idempotency: Option<&spec::Idempotency>, members: &mut [Member]) {
    let made = idempotency.filter(|it| it.token_made);
    let Some(name) = made.and_then(|it| it.token.as_deref()) else {
        return;
    };
    for member in members.iter_mut().filter(|member| member.wire == name) {
        (member.required, member.demanded, member.argument) = (false, false, false);
        (member.optional, member.may_be_empty) = (true, true);
        member.checks.clear();
    }
}

/// Returns a paragraph about the effect of the idempotency token; `None` if the operation has none.
pub(super) fn docs(idempotency: Option<&spec::Idempotency>) -> Option<String> {
    let token = idempotency.and_then(|it| it.token.as_deref())?;
    let token = docs::code(token);
    Some(match idempotency.is_some_and(|it| it.token_made) {
        true => format!("Each call has its own `{token}`, so the client may repeat it."),
        false => format!("The client may repeat a call that has a `{token}`."),
    })
}
