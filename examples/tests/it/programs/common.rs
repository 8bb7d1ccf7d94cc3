//! Runs the small programs as processes, with an emulator.

use std::path::Path;
use std::process::{Command, Output};

use aihc_emulator::{Builder, Emulator};

pub(crate) const KEY: &str = "my-access-key-id";
pub(crate) const SECRET: &str = "my-secret-access-key";

/// Runs a program with only these environment variables.
pub(crate) fn run(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let binaries = Path::new(env!("CARGO_BIN_EXE_quickstart"))
        .parent()
        .unwrap();
    let program = binaries.join("examples").join(name);
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    assert!(program.exists(), "`cargo test -p examples` builds {name}");
    Command::new(program)
        .args(arguments)
        .env_clear()
        // Without this variable, sockets do not work on Windows.
        .envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)))
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

/// Returns the lines that a program has written to standard output, after checking that it has
/// succeeded.
pub(crate) fn lines(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(str::to_owned).collect()
}

/// Returns the error message of a program, after checking that it has failed.
pub(crate) fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.contains(SECRET), "{text}");
    text
}

/// Returns an emulator that knows [`KEY`].
pub(crate) fn emulator() -> Builder {
    Emulator::builder().access_key(KEY, SECRET)
}

/// Returns the environment variables with which a program uses the emulator.
pub(crate) fn environment(emulator: &Emulator) -> [(&'static str, &str); 4] {
    [
        ("BCE_ACCESS_KEY_ID", KEY),
        ("BCE_SECRET_ACCESS_KEY", SECRET),
        ("BCE_STS_ENDPOINT", emulator.endpoint()),
        ("AIHC_ENDPOINT", emulator.endpoint()),
    ]
}
