//! The path and the query of a call.

use bce_auth::encode::{uri_encode, uri_encode_path};

use super::Call;

/// A number of bytes that is sufficient for most paths with their queries.
const USUAL_TARGET: usize = 96;

impl Call {
    fn set_path(&mut self, path: &str) {
        self.target.replace_range(..self.path, path);
        self.path = path.len();
    }

    /// Sets the path, which is given without percent-encoding.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.path("/v2/instances");
    /// # call
    /// # }
    /// ```
    pub fn path(mut self, path: &str) -> Self {
        self.set_path(&uri_encode_path(path));
        self
    }

    /// Sets the path from a template such as `/v1/instances/{instanceId}` and the values for the
    /// names in braces. If a value would change the structure of the path, `send` refuses the call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.path_template("/v2/instances/{id}", &[("id", "i-1")]);
    /// # call
    /// # }
    /// ```
    pub fn path_template(mut self, template: &str, values: &[(&str, &str)]) -> Self {
        let mut path = String::new();
        let mut rest = template;
        while let Some((literal, place)) = rest.split_once('{') {
            let (name, after) = place.split_once('}').unwrap_or((place, ""));
            let value = values
                .iter()
                .find(|(known, _)| *known == name)
                .map_or("", |(_, v)| v);
            self.refuse_if(
                matches!(value, "" | "." | ".."),
                name,
                "must not be empty, \".\" or \"..\"",
            );
            path += &uri_encode_path(literal);
            path += &uri_encode(value);
            rest = after;
        }
        path += &uri_encode_path(rest);
        self.set_path(&path);
        self
    }

    /// Adds a query parameter.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.query("action", "Describe");
    /// # call
    /// # }
    /// ```
    pub fn query(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.next_parameter(name);
        self.target.push('=');
        push_encoded(&mut self.target, value.as_ref());
        self
    }

    /// Adds a query parameter with a number.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.query_number("pageSize", 100);
    /// # call
    /// # }
    /// ```
    pub fn query_number(mut self, name: &str, value: i64) -> Self {
        self.next_parameter(name);
        self.target.push('=');
        self.target.push_str(itoa::Buffer::new().format(value));
        self
    }

    /// Adds a query parameter with a [secret](Self::secret) value.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.query_secret("token", "a secret");
    /// # call
    /// # }
    /// ```
    pub fn query_secret(self, name: &str, value: impl AsRef<str>) -> Self {
        self.secret(&value).query(name, value)
    }

    /// Adds a query parameter without `=`, as in `?assumeRole`.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.query_key("start");
    /// # call
    /// # }
    /// ```
    pub fn query_key(mut self, name: &str) -> Self {
        self.next_parameter(name);
        self
    }

    /// Adds several query parameters with these names, all with the same value.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.query_names(&["marker", "pageMarker"], "m-1");
    /// # call
    /// # }
    /// ```
    pub fn query_names(mut self, names: &[&str], value: impl AsRef<str>) -> Self {
        for name in names {
            self = self.query(name, &value);
        }
        self
    }

    /// Adds a query parameter that is a list, with commas between its elements. An empty list adds
    /// nothing. If an element contains a comma, which would be read as a separator, `send` refuses
    /// the call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(call: bce_http::rt::Call) -> bce_http::rt::Call {
    /// let call = call.query_list("ids", ["i-1", "i-2"]);
    /// # call
    /// # }
    /// ```
    pub fn query_list<T: AsRef<str>>(
        mut self,
        name: &str,
        elements: impl IntoIterator<Item = T>,
    ) -> Self {
        match self.joined(name, elements) {
            Some(list) => self.query(name, list),
            None => self,
        }
    }

    /// Joins the elements with commas between them; returns `None` if there are none. If an element
    /// contains a comma, `send` refuses the call.
    pub(super) fn joined<T: AsRef<str>>(
        &mut self,
        name: &str,
        elements: impl IntoIterator<Item = T>,
    ) -> Option<String> {
        let mut list: Option<String> = None;
        for element in elements {
            let element = element.as_ref();
            self.refuse_if(
                element.contains(','),
                name,
                "must not have a comma in an element, since commas separate the elements",
            );
            match &mut list {
                Some(list) => {
                    list.push(',');
                    list.push_str(element);
                }
                None => list = Some(element.to_owned()),
            }
        }
        list
    }

    fn next_parameter(&mut self, name: &str) {
        if self.target.is_empty() {
            self.target.reserve(USUAL_TARGET);
            self.target.push('/');
            self.path = 1;
        }
        let is_first = self.target.len() == self.path;
        self.target.push(if is_first { '?' } else { '&' });
        push_encoded(&mut self.target, name);
    }
}

/// Appends a string in the encoding for queries, which leaves most strings unchanged.
fn push_encoded(query: &mut String, text: &str) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    match text.bytes().all(plain) {
        true => query.push_str(text),
        false => query.push_str(&uri_encode(text)),
    }
}
