//! Generates arguments and responses in which as many members as possible are set.

use serde_json::{Map, Value, json};

use super::description::{Description, Member, Type, element, inner};

/// The depth of nesting at which generated objects and lists become empty.
const DEPTH: usize = 8;

/// The settings with which arguments and responses are generated.
#[derive(Clone, Copy)]
struct Filling<'a> {
    secret: &'a str,
    /// Whether members that only responses contain are set as well.
    is_answer: bool,
}

impl Description {
    /// Returns arguments for an operation: a value for each parameter, except for parameters whose
    /// value must be equal to that of another parameter. The value of every secret is `secret`.
    pub fn sample(&self, operation: &str, secret: &str) -> Map<String, Value> {
        let members = self.parameters(operation).unwrap_or_default();
        let set = members.iter().filter(|member| member.same_as.is_none());
        let filling = Filling {
            secret,
            is_answer: false,
        };
        self.members(set, filling, DEPTH)
    }

    /// Returns a response of an operation in which as many members as possible are set. The value
    /// of every secret is `secret`.
    pub fn answer(&self, operation: &str, secret: &str) -> Value {
        let filling = Filling {
            secret,
            is_answer: true,
        };
        let response = self.response(operation).and_then(|it| self.types.get(it));
        response.map_or(Value::Null, |ty| self.object(ty, filling, DEPTH))
    }

    fn members<'a>(
        &self,
        members: impl Iterator<Item = &'a Member>,
        filling: Filling<'_>,
        depth: usize,
    ) -> Map<String, Value> {
        let filled = members.filter(|member| filling.is_answer || member.position != "RESPONSE");
        filled
            .map(|member| {
                (
                    member.name.clone(),
                    self.member_value(member, filling, depth),
                )
            })
            .collect()
    }

    fn member_value(&self, member: &Member, filling: Filling<'_>, depth: usize) -> Value {
        let known = (member.known.as_ref()).and_then(|name| self.enums.get(name));
        let known = known.and_then(|known| known.values.last());
        let leaf = match (known, member.text_of.as_deref()) {
            (Some(known), _) => known.value.clone(),
            (None, Some("Json")) => json!("{}"),
            (None, Some(_)) => json!("60"),
            _ if member.sensitive => json!(filling.secret),
            _ => match element(&member.wire_type) {
                "String" => json!("text"),
                "Int32" | "Int64" => json!(1),
                "Double" => json!(0.5),
                "Bool" => json!(true),
                "Json" => json!({}),
                _ => Value::Null,
            },
        };
        self.value(&member.wire_type, &leaf, filling, depth)
    }

    fn value(&self, ty: &str, leaf: &Value, filling: Filling<'_>, depth: usize) -> Value {
        if let Some(of) = inner(ty, "List<") {
            return match depth {
                0 => json!([]),
                _ => json!([self.value(of, leaf, filling, depth - 1)]),
            };
        }
        if let Some(of) = inner(ty, "Map<String,") {
            return json!({"KEY": self.value(of, leaf, filling, depth)});
        }
        match self.types.get(ty.trim()) {
            None => leaf.clone(),
            Some(found) => self.object(found, filling, depth),
        }
    }

    fn object(&self, ty: &Type, filling: Filling<'_>, depth: usize) -> Value {
        if let Some(form) = ty.one_of.first() {
            return self.value(&form.wire_type, &Value::Null, filling, depth);
        }
        if depth == 0 {
            return json!({});
        }
        let mut members = self.members(ty.fields.iter(), filling, depth - 1);
        // If only one of several members may be set, the first one is kept.
        for name in ty
            .rules
            .iter()
            .flat_map(|rule| rule.exactly_one.iter().skip(1))
        {
            members.remove(name);
        }
        members.into()
    }
}
