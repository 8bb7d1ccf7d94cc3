//! The scenes: the code that tests run in child processes.

use std::time::{Duration, SystemTime};

use bce_log::tracing::{debug, error, info};
use bce_log::{FileOutput, Level, Logger, Part, Rotation, fatal};

pub(super) fn play(scene: &str, arguments: &[String]) {
    match (scene, arguments) {
        ("silent", []) => {
            error!("nobody listens");
            fatal!("nobody listens");
            assert!(bce_log::init_from_env().unwrap().is_none());
            error!("nobody listens");
        }
        ("env", []) => {
            let handle = bce_log::init_from_env().unwrap().unwrap();
            debug!("first");
            handle.set_level(Level::Info);
            debug!("hidden");
            std::thread::spawn(|| info!("second")).join().unwrap();
        }
        ("twice", []) => {
            Logger::builder().stderr().init().unwrap();
            let error = Logger::builder().stderr().init().unwrap_err();
            println!("{error}");
        }
        ("scoped", [dir]) => {
            let file = FileOutput::new().dir(dir).rotation(Rotation::None);
            let builder = Logger::builder().level(Level::Warn).format([Part::Message]);
            let logger = builder.file(file).build().unwrap();
            logger.in_scope(|| info!("hidden"));
            let say = || info!("shown");
            // On threads without a logger: a change, and a record at a new callsite.
            logger.handle().set_level(Level::Info);
            std::thread::spawn(say).join().unwrap();
            logger.in_scope(say);
        }
        ("panic", [dir]) => {
            std::panic::set_hook(Box::new(|_| println!("the earlier hook")));
            let file = FileOutput::new().dir(dir).rotation(Rotation::None);
            let builder = Logger::builder().level(Level::Fatal).file(file).panics();
            builder.init().unwrap();
            info!("hidden");
            std::thread::Builder::new()
                .name("worker".to_owned())
                .spawn(|| panic!("two\nlines {}", 1))
                .unwrap()
                .join()
                .unwrap_err();
            fatal!("goes on");
            panic!("the end");
        }
        ("panic on a route", [dir]) => {
            let file = FileOutput::new().dir(dir).rotation(Rotation::None);
            let crashes = Logger::builder().file(file).format([Part::Message]);
            let crashes = crashes.build().unwrap();
            let builder = Logger::builder().stdout().route("panic", crashes).panics();
            builder.init().unwrap();
            panic!("the end");
        }
        ("abort", [dir]) => {
            let file = FileOutput::new().dir(dir).rotation(Rotation::None);
            let builder = Logger::builder().file(file).format([Part::Message]);
            builder.init().unwrap();
            for number in 0..1000 {
                info!("{number}");
            }
            std::process::abort();
        }
        ("writer", [dir, name, rotation, keep]) => write(dir, name, rotation, keep),
        ("disk", [dir]) => {
            let file = FileOutput::new().dir(dir).rotation(Rotation::None);
            let builder = Logger::builder()
                .stdout()
                .file(file)
                .format([Part::Message]);
            let handle = builder.init().unwrap();
            info!("1");
            std::fs::remove_dir_all(dir).unwrap();
            std::fs::write(dir, "").unwrap();
            info!("2");
            info!("3");
            std::fs::remove_file(dir).unwrap();
            info!("4");
            println!("lost {}", handle.lost_records());
        }
        // The default settings.
        ("default", []) => match "info,file,none,format=message".parse::<bce_log::Builder>() {
            Err(error) => println!("{error}"),
            Ok(builder) => match builder.build() {
                Err(error) => println!("{error}"),
                Ok(logger) => logger.in_scope(|| info!("written")),
            },
        },
        _ => panic!("no scene {scene} {arguments:?}"),
    }
}

/// Writes records from eight threads at full speed, with a clock that advances by 0.2 seconds each
/// time it is read.
fn write(dir: &str, name: &str, rotation: &str, keep: &str) {
    let started = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_429_230);
    let ticks = std::sync::atomic::AtomicU64::new(0);
    let clock = move || {
        let ticks = ticks.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        started + Duration::from_millis(ticks * 200)
    };
    let rotation = match rotation {
        "minute" => Rotation::Minute,
        size => Rotation::Size(size.parse().unwrap()),
    };
    let file = FileOutput::new()
        .dir(dir)
        .rotation(rotation)
        .keep(keep.parse().unwrap());
    let builder = Logger::builder().utc().clock(clock).format([Part::Message]);
    let handle = builder.file(file).init().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for number in 0..2000 {
                    let filling = "x".repeat(number % 89);
                    info!("<{name} {thread} {number} {filling}>");
                }
            });
        }
    });
    assert_eq!(handle.lost_records(), 0);
}
