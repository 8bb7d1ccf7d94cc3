//! Recognises secrets by the names of members.

use crate::codegen::names;

/// Words with which the names of secrets end.
const SECRETS: &[&str] = &[
    "accesstoken",
    "apikey",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "psk",
    "pwd",
    "refreshtoken",
    "secret",
    "secretkey",
    "sessiontoken",
    "sk",
    "token",
];

/// Words after which `key` means a secret.
const SECRET_KEYS: &[&str] = &["api", "bgp", "private", "secret", "shared", "sk"];

/// Words that only describe the form of a secret, as in `privateKeyPem` and `passwordBase64`.
const FORMS: &[&str] = &[
    "base64",
    "content",
    "data",
    "pem",
    "plain",
    "plaintext",
    "string",
    "text",
    "value",
];

/// Words before `token` in the names of values that are no secrets: positions in a list, and
/// strings that identify a call.
const OPEN_TOKENS: &[&str] = &[
    "clien",
    "client",
    "continuation",
    "idempotency",
    "idempotent",
    "next",
    "page",
    "page_no",
];

/// Returns whether a string with this name is a secret. The last word of a name tells what the
/// value is: `adminPass` is a password, `passType` a type, `secretName` a name, and `accessKeyId`
/// an id.
pub(super) fn is_secret(name: &str) -> bool {
    let words: Vec<String> = names::words(name)
        .iter()
        .map(|word| word.to_ascii_lowercase())
        .collect();
    is_secret_of(&words)
}

fn is_secret_of(words: &[String]) -> bool {
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let previous = before.last().map_or("", String::as_str);
    if FORMS.contains(&last.as_str()) {
        return previous == "private" || is_secret_of(before);
    }
    // `password2` is the repetition of a password.
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let last = match last.strip_suffix('s') {
        Some(single) if SECRETS.contains(&single) => single,
        _ => last,
    };
    match last {
        "token" => !OPEN_TOKENS.contains(&previous),
        "pass" => !before.is_empty(),
        "key" => before
            .iter()
            .any(|word| SECRET_KEYS.contains(&word.as_str())),
        "word" => previous == "pass",
        "authorization" => before.is_empty(),
        last => SECRETS.contains(&last),
    }
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_of_passwords_keys_and_tokens_are_secret() {
        for name in [
            "adminPass",
            "password",
            "newPassword",
            "sshPassword",
            "grafanaAdminPassword",
            "PASSWORD",
            "passwords",
            "secret",
            "client_secret",
            "clientSecret",
            "secretKey",
            "secretAccessKey",
            "SecretAccessKey",
            "accessKeySecret",
            "privateKey",
            "bgpKey",
            "apiKey",
            "apikey",
            "token",
            "accessToken",
            "access_token",
            "sessionToken",
            "refresh_token",
            "bucketStsToken",
            "k8sControllerToken",
            "workloadAccessToken",
            "x-bce-workload-access-token",
            "credential",
            "sharedKey",
            "tokenValue",
            "password2",
            "pass_word",
            "privateKeyPem",
            "certPrivateData",
            "passwordBase64",
            "clientSecretText",
            "credentialString",
            "preSharedKey",
            "psk",
            "sk",
            "Authorization",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn names_of_what_only_speaks_of_secrets_are_not() {
        for name in [
            "secretName",
            "secretId",
            "passwordType",
            "adminPassType",
            "accessKeyId",
            "accessKey",
            "iamApiKeyId",
            "apiKeyId",
            "iamTokenIdMasked",
            "tokenId",
            "tokenEndpoint",
            "accessTokenTtl",
            "token_amount",
            "tokenRefreshIntervalMinutes",
            "pre_reserve_initial_tokens_limit",
            "clientToken",
            "clienToken",
            "nextToken",
            "pageToken",
            "publicKey",
            "key",
            "tagKey",
            "hashKey",
            "sortKey",
            "encryptKey",
            "maxKeys",
            "value",
            "text",
            "keyword",
            "nextTokenValue",
            "certServerData",
            "userData",
            "tagValue",
            "keypairId",
            "authType",
            "authorizedUsers",
            "credentialType",
            "bypass",
            "pass",
            "privateIpAddress",
            "",
            "x",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
