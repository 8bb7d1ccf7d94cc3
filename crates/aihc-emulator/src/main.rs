//! The emulator as a program: see `--help`.

mod args;

use std::io::{self, Write};
use std::process::ExitCode;

use aihc_emulator::Emulator;
use args::{Command, Options};

/// Exit code for a command line that cannot be understood.
const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let options = match args::parse(std::env::args_os().skip(1)) {
        Ok(Command::Run(options)) => options,
        Ok(Command::Help) => return finish(print(args::USAGE)),
        Err(message) => {
            eprintln!("aihc-emulator: {message}; see --help");
            return ExitCode::from(USAGE_ERROR);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    finish(runtime.and_then(|runtime| runtime.block_on(run(options))))
}

fn finish(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aihc-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> io::Result<()> {
    // Signals count from here on: whoever reads the first line may send one at once.
    let signal = end_signal()?;
    let emulator = Emulator::builder()
        .listen(options.listen)
        .access_key(options.access_key, options.secret_key)
        .time_scale(options.time_scale)
        .start()
        .await
        .map_err(io::Error::other)?;
    print(&format!(
        "aihc-emulator listening on {}\n",
        emulator.endpoint()
    ))?;
    signal.await;
    emulator.stop().await;
    Ok(())
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Ends with the first SIGINT or SIGTERM after this call.
#[cfg(unix)]
fn end_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends with the first Ctrl-C after this call.
#[cfg(not(unix))]
fn end_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
