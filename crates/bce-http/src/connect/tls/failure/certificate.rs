//! Explanations of problems with a server's certificate.

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, ExtendedKeyPurpose, OtherError};
use time::OffsetDateTime;

use super::INTERFERENCE;

/// At most this many names of a certificate are shown.
const NAMES_SHOWN: usize = 5;

const TRUST: &str = "trust its authority: its root certificate goes into tls_roots, or to \
                     --ca-file of the tool, or into the file that SSL_CERT_FILE names";
const REISSUE: &str = "have another certificate issued for the server";
pub(super) fn words(problem: &CertificateError) -> String {
    match problem {
        CertificateError::UnknownIssuer => {
            format!("the certificate is not trusted: unknown issuer; {TRUST}")
        }
        CertificateError::Expired => out_of_date("has expired", None),
        CertificateError::ExpiredContext { time, not_after } => {
            out_of_date("has expired", Some(("ended on", *not_after, *time)))
        }
        CertificateError::NotValidYet => out_of_date("is not valid yet", None),
        CertificateError::NotValidYetContext { time, not_before } => {
            out_of_date("is not valid yet", Some(("begins on", *not_before, *time)))
        }
        CertificateError::NotValidForName => "the certificate is for another name; check the \
                                              endpoint, and which server answers for it"
            .to_owned(),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => of_names(&expected.to_str(), presented),
        CertificateError::Revoked => {
            format!("the certificate was revoked by its authority; {REISSUE}")
        }
        CertificateError::UnknownRevocationStatus
        | CertificateError::InvalidOcspResponse
        | CertificateError::ExpiredRevocationList
        | CertificateError::ExpiredRevocationListContext { .. } => {
            "nobody says whether the certificate was revoked: the answer of its authority is \
             missing, invalid or out of date; try again later"
                .to_owned()
        }
        CertificateError::BadSignature => {
            format!("the certificate is not signed by the authority that it names; {INTERFERENCE}")
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            unsupported_signature()
        }
        CertificateError::BadEncoding => {
            format!("the certificate cannot be read; {REISSUE}")
        }
        CertificateError::UnhandledCriticalExtension => {
            format!("the certificate has a critical extension that is not supported; {REISSUE}")
        }
        CertificateError::InvalidPurpose => of_purpose(&[]),
        CertificateError::InvalidPurposeContext { presented, .. } => of_purpose(presented),
        CertificateError::ApplicationVerificationFailure => {
            format!("the certificate is not accepted on this machine; {TRUST}")
        }
        CertificateError::Other(OtherError(cause)) => match cause.downcast_ref() {
            Some(problem) => of_chain(problem),
            None => not_accepted(),
        },
        // The deprecated variant of the previous error, which is still in use.
        other if *other == unsupported_without_context() => unsupported_signature(),
        _ => not_accepted(),
    }
}

#[expect(deprecated, reason = "verifiers of platforms still return it")]
const fn unsupported_without_context() -> CertificateError {
    CertificateError::UnsupportedSignatureAlgorithm
}

fn unsupported_signature() -> String {
    format!(
        "the certificate, or one that issued it, has a signature of an unsupported type: supported \
         are RSA of 2048 to 8192 bits and ECDSA on P-256 or P-384, with SHA-256 or longer, and \
         Ed25519; \
         {REISSUE}"
    )
}

fn not_accepted() -> String {
    format!("the certificate is not accepted; {REISSUE}, or {TRUST}")
}

/// Explains those violations of the standard rules for certificate chains for which rustls has no
/// error variants of its own.
fn of_chain(problem: &webpki::Error) -> String {
    use webpki::Error;
    match problem {
        Error::CaUsedAsEndEntity => format!(
            "the server presents the certificate of an authority (CA:TRUE) as its own; {REISSUE} \
             without that (CA:FALSE)"
        ),
        Error::EndEntityUsedAsCa => format!(
            "the certificate was issued with one that does not belong to an authority (CA:FALSE); \
             {REISSUE} by an authority"
        ),
        Error::UnsupportedCertVersion => format!(
            "the certificate, or one that issued it, is X.509 version 1 or 2, but only version 3 \
             names the hosts that it is for; {REISSUE}, with a subjectAltName"
        ),
        Error::NameConstraintViolation => format!(
            "the authority of the certificate is not allowed to issue one for this name; {REISSUE} \
             by another authority"
        ),
        Error::PathLenConstraintViolated | Error::MaximumPathDepthExceeded => {
            format!(
                "the certificate chain between server and root is longer than allowed; {REISSUE}"
            )
        }
        Error::CertDistrusted => {
            format!("the key of the certificate is known to be compromised; {REISSUE}")
        }
        Error::EmptyEkuExtension => of_purpose(&[]),
        Error::ExtensionValueInvalid
        | Error::InvalidSerialNumber
        | Error::MalformedDnsIdentifier
        | Error::MalformedExtensions
        | Error::MalformedNameConstraint
        | Error::InvalidNetworkMaskConstraint
        | Error::SignatureAlgorithmMismatch => {
            format!("the certificate has fields that violate the standard; {REISSUE}")
        }
        _ => not_accepted(),
    }
}

/// Explains a certificate that is not valid at present. `limit` has the verb of the message, the
/// time at which the validity begins or ends, and the current time; `None` if these times are
/// unknown.
fn out_of_date(what: &str, limit: Option<(&str, UnixTime, UnixTime)>) -> String {
    let date = |time: UnixTime| {
        let seconds = i64::try_from(time.as_secs()).ok()?;
        let time = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        Some(time.date().to_string())
    };
    let dates = limit.and_then(|(verb, limit, now)| {
        let (limit, now) = (date(limit)?, date(now)?);
        Some(format!(": it {verb} {limit}, and here it is {now}"))
    });
    format!(
        "the certificate {what}{}; check the clock of this machine, or {REISSUE}",
        dates.unwrap_or_default()
    )
}

fn of_names(expected: &str, presented: &[String]) -> String {
    let names: Vec<_> = presented
        .iter()
        .filter_map(|name| plain_name(name))
        .collect();
    let shown = names.get(..NAMES_SHOWN).unwrap_or(&names).join(", ");
    let has = match names.len() {
        0 => "no name".to_owned(),
        all if all > NAMES_SHOWN => format!("{shown} and {} more", all - NAMES_SHOWN),
        _ => shown,
    };
    format!(
        "the certificate is for another name: it has {has}, and not {expected}; check the \
         endpoint, and which server answers for it"
    )
}

/// Returns the name in `DnsName("a.example")` or `IpAddress(192.0.2.1)`, or `None` if the string
/// has another form.
fn plain_name(shown: &str) -> Option<&str> {
    let (kind, name) = shown.strip_suffix(')')?.split_once('(')?;
    matches!(kind, "DnsName" | "IpAddress").then(|| name.trim_matches('"'))
}

fn of_purpose(presented: &[ExtendedKeyPurpose]) -> String {
    let what = match presented {
        [ExtendedKeyPurpose::ClientAuth] => "is for clients only",
        _ => "is not for servers",
    };
    format!("the certificate {what} (its extended key usage); {REISSUE}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use rustls::pki_types::ServerName;

    use super::super::tests::check;
    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    fn chain(problem: webpki::Error) -> CertificateError {
        CertificateError::Other(OtherError(Arc::new(problem)))
    }

    fn certificate_errors() -> Vec<CertificateError> {
        use CertificateError::*;
        vec![
            BadEncoding,
            Expired,
            ExpiredContext {
                time: at(1),
                not_after: at(0),
            },
            ExpiredContext {
                time: at(u64::MAX),
                not_after: at(0),
            },
            NotValidYet,
            NotValidYetContext {
                time: at(0),
                not_before: at(1),
            },
            Revoked,
            UnhandledCriticalExtension,
            UnknownIssuer,
            UnknownRevocationStatus,
            ExpiredRevocationList,
            ExpiredRevocationListContext {
                time: at(1),
                next_update: at(0),
            },
            BadSignature,
            unsupported_without_context(),
            UnsupportedSignatureAlgorithmContext {
                signature_algorithm_id: vec![1, 2],
                supported_algorithms: Vec::new(),
            },
            UnsupportedSignatureAlgorithmForPublicKeyContext {
                signature_algorithm_id: vec![1, 2],
                public_key_algorithm_id: vec![1, 2],
            },
            NotValidForName,
            NotValidForNameContext {
                expected: ServerName::try_from("a.example").unwrap(),
                presented: vec!["DnsName(\"b.example\")".to_owned()],
            },
            InvalidPurpose,
            InvalidPurposeContext {
                required: ExtendedKeyPurpose::ServerAuth,
                presented: vec![ExtendedKeyPurpose::Other(vec![1, 3])],
            },
            InvalidOcspResponse,
            ApplicationVerificationFailure,
            Other(OtherError(Arc::new(std::io::Error::other(
                "SomeError(0x1)",
            )))),
        ]
    }

    fn chain_errors() -> Vec<webpki::Error> {
        use webpki::Error::*;
        vec![
            BadDer,
            BadDerTime,
            CaUsedAsEndEntity,
            CertDistrusted,
            EmptyEkuExtension,
            EndEntityUsedAsCa,
            ExtensionValueInvalid,
            InvalidCertValidity,
            InvalidNetworkMaskConstraint,
            InvalidSerialNumber,
            MalformedDnsIdentifier,
            MalformedExtensions,
            MalformedNameConstraint,
            MaximumNameConstraintComparisonsExceeded,
            MaximumPathBuildCallsExceeded,
            MaximumPathDepthExceeded,
            MaximumSignatureChecksExceeded,
            NameConstraintViolation,
            PathLenConstraintViolated,
            SignatureAlgorithmMismatch,
            UnsupportedCertVersion,
            UnsupportedCriticalExtension,
            UnsupportedNameType,
        ]
    }

    #[test]
    fn every_kind_is_told_in_words_and_says_what_to_do() {
        let chain = chain_errors().into_iter().map(chain);
        for problem in certificate_errors().into_iter().chain(chain) {
            let text = words(&problem);
            check(&text);
            assert!(text.contains("; "), "{text}");
        }
    }

    #[test]
    fn what_can_be_told_apart_is() {
        for (problem, expected) in [
            (
                chain(webpki::Error::CaUsedAsEndEntity),
                "of an authority (CA:TRUE) as its own",
            ),
            (
                chain(webpki::Error::UnsupportedCertVersion),
                "is X.509 version 1 or 2",
            ),
            (
                CertificateError::ExpiredContext {
                    time: at(1_700_000_000),
                    not_after: at(1_600_000_000),
                },
                "has expired: it ended on 2020-09-13, and here it is 2023-11-14; check the clock",
            ),
            (
                CertificateError::NotValidYetContext {
                    time: at(1_600_000_000),
                    not_before: at(1_700_000_000),
                },
                "is not valid yet: it begins on 2023-11-14, and here it is 2020-09-13",
            ),
            (
                CertificateError::InvalidPurposeContext {
                    required: ExtendedKeyPurpose::ServerAuth,
                    presented: vec![ExtendedKeyPurpose::ClientAuth],
                },
                "the certificate is for clients only",
            ),
        ] {
            let text = words(&problem);
            assert!(text.contains(expected), "{text}");
        }
    }

    #[test]
    fn the_names_of_a_certificate_are_plain_and_few() {
        let names = |presented: &[&str]| {
            let presented: Vec<_> = presented.iter().map(|&name| name.to_owned()).collect();
            of_names("zoo.test", &presented)
        };
        let two = [
            "DnsName(\"*.a.example\")",
            "IpAddress(192.0.2.1)",
            "DirectoryName",
        ];
        assert_eq!(
            names(&two),
            "the certificate is for another name: it has *.a.example, 192.0.2.1, and not zoo.test; \
             check the endpoint, and which server answers for it"
        );
        assert!(names(&[]).contains("it has no name, and not zoo.test"));
        let many: Vec<_> = (0..100)
            .map(|n| format!("DnsName(\"{n}.example\")"))
            .collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert!(names(&many).contains("4.example and 95 more, and not"));
    }
}
