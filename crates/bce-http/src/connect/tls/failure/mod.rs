//! Explanations of failed TLS handshakes, and what to do about them.

mod certificate;

use std::fmt;

use rustls::{
    AlertDescription, CertRevocationListError, Error as TlsError, InvalidMessage, PeerIncompatible,
};

const SETTINGS: &str = "check the TLS settings of the server, or of the proxy that terminates TLS \
                        in front of it";
const INTERFERENCE: &str = "something on the network path may be modifying the traffic: check the \
                            endpoint and the proxy";
const TOO_OLD: &str = "the server speaks neither TLS 1.2 nor TLS 1.3; update it, or the proxy that \
                       terminates TLS in front of it";
const NOTHING_IN_COMMON: &str = "the server and this client have no TLS cipher, key exchange or \
                                 signature in common";
const CLIENT_CERTIFICATE: &str = "the server asks for a client certificate, and this client has \
                                  none; use an endpoint that does not require one";
const NOT_TLS: &str = "the server does not speak TLS; check the port, or use an http:// endpoint \
                       if it is meant to be reached without TLS";

/// The cause of a failed TLS handshake, and what to do about it. `Display` writes both.
#[derive(Debug)]
pub(crate) struct TlsFailure(String);

impl TlsFailure {
    pub(crate) fn new(error: &TlsError) -> Self {
        Self(words(error))
    }

    /// Creates the failure for a connection that ended during the handshake. `closed` is `true` if
    /// the connection was closed, and `false` if it broke.
    pub(crate) fn broken(closed: bool) -> Self {
        let what = if closed { "was closed" } else { "broke" };
        Self(format!(
            "the connection {what} during the TLS handshake; check whether the port speaks TLS, \
             and whether a firewall or a proxy interferes"
        ))
    }
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsFailure {}

// The messages of rustls are not used: most of them are names of Rust variants, and some refer to
// its documentation.
fn words(error: &TlsError) -> String {
    match error {
        TlsError::InvalidCertificate(problem) => certificate::words(problem),
        TlsError::InvalidCertRevocationList(problem) => of_revocation_list(problem),
        TlsError::AlertReceived(alert) => of_alert(*alert),
        TlsError::PeerIncompatible(problem) => of_peer(problem),
        TlsError::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::InvalidEmptyPayload,
        )
        | TlsError::PeerSentOversizedRecord => NOT_TLS.to_owned(),
        TlsError::NoCertificatesPresented => {
            format!("the server showed no certificate; {SETTINGS}")
        }
        TlsError::UnsupportedNameType => {
            "certificates cannot be checked for a host of this kind; use a name or an address as \
             the endpoint"
                .to_owned()
        }
        TlsError::NoApplicationProtocol => {
            format!("the server does not offer HTTP/1.1; {SETTINGS}")
        }
        TlsError::DecryptError => {
            format!("the data received cannot be decrypted; {INTERFERENCE}")
        }
        TlsError::InvalidMessage(_)
        | TlsError::PeerMisbehaved(_)
        | TlsError::InappropriateMessage { .. }
        | TlsError::InappropriateHandshakeMessage { .. } => {
            format!("the server violates the protocol in the TLS handshake; {INTERFERENCE}")
        }
        TlsError::FailedToGetCurrentTime => {
            "the clock of this machine cannot be read, so no certificate can be checked".to_owned()
        }
        TlsError::FailedToGetRandomBytes => {
            "this machine provides no random numbers, which TLS requires".to_owned()
        }
        _ => format!("the TLS handshake failed; {SETTINGS}"),
    }
}

fn of_revocation_list(problem: &CertRevocationListError) -> String {
    let what = match problem {
        CertRevocationListError::BadSignature => "is not signed by the authority",
        _ => "cannot be used",
    };
    format!("the list of revoked certificates {what}, so the certificate cannot be checked")
}

/// Explains the alert with which the server aborted the handshake.
fn of_alert(alert: AlertDescription) -> String {
    let reason = match alert {
        AlertDescription::ProtocolVersion => return TOO_OLD.to_owned(),
        // With TLS 1.2, OpenSSL also sends this alert to a client without a certificate.
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            return format!(
                "the server refuses the TLS handshake: usually {NOTHING_IN_COMMON}, or it asks \
                 for a client certificate, and this client has none; {SETTINGS}"
            );
        }
        AlertDescription::CertificateRequired
        | AlertDescription::NoCertificate
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => return CLIENT_CERTIFICATE.to_owned(),
        AlertDescription::UnrecognisedName => {
            return "the server there does not know a host of this name; check the endpoint, and \
                    to which address its name leads"
                .to_owned();
        }
        AlertDescription::NoApplicationProtocol => {
            return format!("the server does not offer HTTP/1.1; {SETTINGS}");
        }
        AlertDescription::InternalError => {
            return format!(
                "the server failed during the TLS handshake; try again later, or \
                            {SETTINGS}"
            );
        }
        AlertDescription::CloseNotify | AlertDescription::UserCanceled => {
            return format!("the server ended the TLS handshake; {SETTINGS}");
        }
        AlertDescription::BadRecordMac
        | AlertDescription::DecryptionFailed
        | AlertDescription::DecryptError
        | AlertDescription::DecompressionFailure => "it could not decrypt the data it received",
        AlertDescription::UnexpectedMessage
        | AlertDescription::RecordOverflow
        | AlertDescription::IllegalParameter
        | AlertDescription::DecodeError
        | AlertDescription::MissingExtension
        | AlertDescription::UnsupportedExtension
        | AlertDescription::InappropriateFallback => "it did not understand the data it received",
        _ => {
            return format!(
                "the server refuses the TLS handshake (alert {}); {SETTINGS}",
                u8::from(alert)
            );
        }
    };
    format!("the server refuses the TLS handshake: {reason}; {INTERFERENCE}")
}

fn of_peer(problem: &PeerIncompatible) -> String {
    match problem {
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::SupportedVersionsExtensionRequired
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled => TOO_OLD.to_owned(),
        PeerIncompatible::ExtendedMasterSecretExtensionRequired => format!(
            "the server's TLS 1.2 lacks the extended master secret, which is required; {SETTINGS}"
        ),
        _ => format!("{NOTHING_IN_COMMON}; {SETTINGS}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::{
        ContentType, EncryptedClientHelloError, HandshakeType, InconsistentKeys, OtherError,
        PeerMisbehaved,
    };

    use super::*;

    fn other_errors() -> Vec<TlsError> {
        let mut errors = vec![
            TlsError::InappropriateMessage {
                expect_types: vec![ContentType::Handshake],
                got_type: ContentType::Alert,
            },
            TlsError::InappropriateHandshakeMessage {
                expect_types: vec![HandshakeType::ServerHello],
                got_type: HandshakeType::Finished,
            },
            TlsError::InvalidEncryptedClientHello(EncryptedClientHelloError::NoCompatibleConfig),
            TlsError::NoCertificatesPresented,
            TlsError::UnsupportedNameType,
            TlsError::DecryptError,
            TlsError::EncryptError,
            TlsError::PeerMisbehaved(PeerMisbehaved::MissingKeyShare),
            TlsError::PeerMisbehaved(PeerMisbehaved::TooManyWarningAlertsReceived),
            TlsError::General("SomeWords".to_owned()),
            TlsError::FailedToGetCurrentTime,
            TlsError::FailedToGetRandomBytes,
            TlsError::HandshakeNotComplete,
            TlsError::PeerSentOversizedRecord,
            TlsError::NoApplicationProtocol,
            TlsError::BadMaxFragmentSize,
            TlsError::InconsistentKeys(InconsistentKeys::Unknown),
            TlsError::Other(OtherError(Arc::new(std::io::Error::other("SomeError")))),
        ];
        errors.extend((0..=u8::MAX).map(|alert| TlsError::AlertReceived(alert.into())));
        errors.extend(
            [
                InvalidMessage::InvalidContentType,
                InvalidMessage::UnknownProtocolVersion,
                InvalidMessage::MessageTooShort,
                InvalidMessage::MissingData("ServerHello"),
                InvalidMessage::UnexpectedMessage("ServerHello"),
            ]
            .map(TlsError::InvalidMessage),
        );
        errors.extend(
            [
                PeerIncompatible::ServerDoesNotSupportTls12Or13,
                PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
                PeerIncompatible::ExtendedMasterSecretExtensionRequired,
                PeerIncompatible::NoCipherSuitesInCommon,
                PeerIncompatible::NoKxGroupsInCommon,
                PeerIncompatible::KeyShareExtensionRequired,
            ]
            .map(TlsError::PeerIncompatible),
        );
        errors.extend(
            [
                CertRevocationListError::BadSignature,
                CertRevocationListError::IssuerInvalidForCrl,
            ]
            .map(TlsError::InvalidCertRevocationList),
        );
        errors
    }

    /// Returns whether a word looks like the name of a Rust type or variant, such as
    /// `UnknownIssuer`.
    fn is_name_of_rust(word: &str) -> bool {
        let mut chars = word.chars();
        let begins = chars.next().is_some_and(char::is_uppercase);
        let rest: Vec<char> = chars.collect();
        begins
            && rest
                .windows(2)
                .any(|two| two[0].is_lowercase() && two[1].is_uppercase())
    }

    /// Checks that a message is readable prose.
    #[track_caller]
    pub(super) fn check(text: &str) {
        for part in ["{", "}", "\"", "::", "docs.rs", "http://doc", "Error", "0x"] {
            assert!(!text.contains(part), "{part} in {text}");
        }
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        assert!(!words.any(is_name_of_rust), "{text}");
        assert!(
            !text.ends_with(['.', ' ']) && !text.contains("  "),
            "{text}"
        );
    }

    #[test]
    fn every_failure_of_tls_is_told_in_words() {
        for error in other_errors() {
            check(&words(&error));
        }
        check(&TlsFailure::broken(true).to_string());
        assert!(is_name_of_rust("UnknownIssuer") && is_name_of_rust("InvalidContentType"));
        assert!(!is_name_of_rust("SHA") && !is_name_of_rust("Trust"));
    }

    #[test]
    fn alerts_that_can_be_told_apart_are() {
        for (alert, expected) in [
            (
                AlertDescription::ProtocolVersion,
                "neither TLS 1.2 nor TLS 1.3",
            ),
            (AlertDescription::HandshakeFailure, "in common"),
            (
                AlertDescription::CertificateRequired,
                "asks for a client certificate",
            ),
            (
                AlertDescription::UnrecognisedName,
                "does not know a host of this name",
            ),
            (AlertDescription::Unknown(200), "(alert 200)"),
        ] {
            let text = of_alert(alert);
            assert!(text.contains(expected), "{text}");
        }
    }
}
