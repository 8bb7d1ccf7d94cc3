//! The emulator as a program; `--help` describes it.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use self::cli::{Command, Options, keys};
use aihc_emulator::{Builder, Emulator, Limits, Resources};

/// The exit code for an invalid command line.
const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let options = match cli::parse(std::env::args_os().skip(1)) {
        Ok(Command::Run(options)) => options,
        Ok(Command::Help) => return finish(print(cli::USAGE)),
        Err(message) => {
            eprintln!("aihc-emulator: {message}; see --help");
            return ExitCode::from(USAGE_ERROR);
        }
    };
    // Each connection needs a file descriptor, and the usual soft limit is 1024. If it cannot be
    // raised, connections wait for their turn.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    finish(runtime.and_then(|runtime| runtime.block_on(run(*options))))
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
    // Signals are handled from here on, because a program that reads the first line of output may
    // send one immediately.
    let signal = end_signal()?;
    if let Some(path) = &options.save {
        let tried = Emulator::try_save_path(path);
        tried.map_err(|error| io::Error::other(format!("{path}: {error}")))?;
    }
    let emulator = builder(&options)?.start().await.map_err(io::Error::other)?;
    let handle = emulator.handle();
    if let Some(path) = &options.restore {
        let restored = handle.load(path);
        restored.map_err(|error| io::Error::other(format!("{path}: {error}")))?;
    }
    let mut lines = format!("aihc-emulator listening on {}\n", emulator.endpoint());
    if let Some(endpoint) = emulator.control_endpoint() {
        lines += &format!("aihc-emulator control on {endpoint}\n");
    }
    print(&lines)?;
    signal.await;
    emulator.stop().await;
    if let Some(path) = &options.save {
        let saved = handle.save(path);
        saved.map_err(|error| io::Error::other(format!("{path}: {error}")))?;
    }
    Ok(())
}

fn builder(options: &Options) -> io::Result<Builder> {
    let mut builder = Emulator::builder()
        .listen(&options.listen)
        .time_scale(options.time_scale)
        .profile(options.profile)
        .scenario(options.scenario.clone())
        .delays(options.delays.clone());
    if let Some((id, secret)) = &options.access_key {
        builder = builder.access_key(id, secret);
    }
    if let Some(address) = &options.control {
        builder = builder.control(address);
    }
    if let Some(region) = &options.region {
        builder = builder.region(region);
    }
    for quirk in &options.quirks {
        builder = builder.quirk(*quirk);
    }
    if let Some(connections) = options.connections {
        let mut limits = Limits::default();
        limits.connections = connections;
        builder = builder.limits(limits);
    }
    if let Some(seed) = options.seed {
        builder = builder.seed(seed);
    }
    match options.resources.as_deref() {
        None => {}
        Some("none") => builder = builder.resources(Resources::none()),
        Some(path) => {
            let named = |problem: String| io::Error::other(format!("{path}: {problem}"));
            let text = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
            let resources = Resources::from_json(&text);
            builder = builder.resources(resources.map_err(|error| named(error.to_string()))?);
        }
    }
    if let Some(path) = &options.keys {
        let named = |problem: String| io::Error::other(format!("{path}: {problem}"));
        let text = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
        for key in keys::parse(&text).map_err(named)? {
            builder = builder.add_access_key(key);
        }
    }
    Ok(builder)
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Returns a future that completes with the first SIGINT or SIGTERM after this call.
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

/// Returns a future that completes with the first Ctrl-C after this call.
#[cfg(windows)]
fn end_signal() -> io::Result<impl Future<Output = ()>> {
    // `tokio::signal::ctrl_c` listens only from its first poll on.
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        let _ = interrupt.recv().await;
    })
}
