//! What needs a process of its own: the global logger, standard streams, panics, two writers.
//!
//! The program runs itself again with the name of a scene. A test per scene, all in one `main`,
//! because a harness would write to the streams that are looked at.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod checks;
#[cfg(unix)]
mod default_dir;
mod scenes;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [word, scene, rest @ ..] if word == scenes::WORD => scenes::play(scene, rest),
        _ => checks::run(),
    }
}
