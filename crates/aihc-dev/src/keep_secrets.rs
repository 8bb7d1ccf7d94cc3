//! Restores the secrets of a configuration that was serialized and then read back: `Serialize`
//! replaces each secret with `***`.

use crate::Secret;
use crate::model::DevInstanceConf;

impl DevInstanceConf {
    /// Replaces secrets that are `***` with their values in `old`: the registry password, and
    /// environment variables by name. Use it for a configuration that was written with `Serialize`,
    /// which masks secrets, then edited and read again. A secret that `old` does not have stays
    /// `***`, and is refused before anything is sent.
    ///
    /// [`change_dev_instance`](crate::Client::change_dev_instance) does this automatically.
    ///
    /// ```
    /// use aihc_dev::Secret;
    /// use aihc_dev::model::DevInstanceConf;
    ///
    /// let mut old = DevInstanceConf::default();
    /// old.envs = Some([("TOKEN".to_owned(), Secret::new("s3cret"))].into());
    /// let text = serde_json::to_string(&old)?;
    /// assert!(text.contains(r#""TOKEN":"***""#));
    ///
    /// let mut edited: DevInstanceConf = serde_json::from_str(&text)?;
    /// edited.start_cmd = Some("run".to_owned());
    /// edited.keep_secrets(&old);
    /// assert_eq!(edited.envs, old.envs);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn keep_secrets(&mut self, old: &Self) {
        keep(self.image.password.as_mut(), old.image.password.as_ref());
        for (name, value) in self.envs.iter_mut().flatten() {
            keep(
                Some(value),
                old.envs.as_ref().and_then(|envs| envs.get(name)),
            );
        }
    }
}

fn keep(secret: Option<&mut Secret>, old: Option<&Secret>) {
    if let (Some(secret), Some(old)) = (secret, old)
        && is_masked(secret)
    {
        *secret = old.clone();
    }
}

/// Returns whether a secret is `***`, which replaces secrets in serialized values.
pub(crate) fn is_masked(secret: &Secret) -> bool {
    secret.expose() == Secret::MASK
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn conf(password: Option<&str>, envs: &[(&str, &str)]) -> DevInstanceConf {
        let mut conf = DevInstanceConf::default();
        conf.image.password = password.map(Secret::new);
        let envs = envs.iter();
        let envs: BTreeMap<String, Secret> = envs
            .map(|(name, value)| ((*name).to_owned(), Secret::new(*value)))
            .collect();
        conf.envs = (!envs.is_empty()).then_some(envs);
        conf
    }

    #[test]
    fn a_mask_keeps_the_old_value_and_everything_else_is_as_it_was_given() {
        let old = conf(
            Some("registry"),
            &[("A", "one"), ("B", "two"), ("C", "three")],
        );
        let mut new = conf(Some("***"), &[("A", "***"), ("B", "other"), ("D", "***")]);
        new.keep_secrets(&old);
        let expected = conf(
            Some("registry"),
            &[("A", "one"), ("B", "other"), ("D", "***")],
        );
        assert_eq!(new, expected);
        let mut removed = conf(None, &[]);
        removed.keep_secrets(&old);
        assert_eq!(removed, conf(None, &[]));
    }

    #[test]
    fn without_an_old_value_a_mask_stays() {
        let mut new = conf(Some("***"), &[("A", "***")]);
        new.keep_secrets(&conf(None, &[]));
        assert_eq!(new, conf(Some("***"), &[("A", "***")]));
    }
}
