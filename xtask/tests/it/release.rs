//! Tests of a whole release of a small workspace: two crates, one of which depends on the other, in
//! a separate repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Scratch {
    root: PathBuf,
}

impl Scratch {
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        let scratch = Self { root };
        scratch.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"crates/base\", \"crates/top\"]\n\
             exclude = [\"apart\"]\n\n\
             [workspace.package]\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [workspace.dependencies]\n\
             scratch-base = { path = \"crates/base\", version = \"0.1.0\" }\n",
        );
        let manifest = |name: &str| {
            format!(
                "[package]\nname = \"{name}\"\ndescription = \"a\"\nlicense = \"MIT\"\n\
                 version.workspace = true\nedition.workspace = true\n"
            )
        };
        scratch.write("crates/base/Cargo.toml", &manifest("scratch-base"));
        scratch.write("crates/base/src/lib.rs", "pub fn one() -> u8 {\n    1\n}\n");
        let top = manifest("scratch-top") + "\n[dependencies]\nscratch-base.workspace = true\n";
        scratch.write("crates/top/Cargo.toml", &top);
        scratch.write("crates/top/src/lib.rs", "pub use scratch_base::one;\n");
        let apart = "[package]\nname = \"apart\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
                     scratch-base = { path = \"../crates/base\" }\n";
        scratch.write("apart/Cargo.toml", apart);
        scratch.write("apart/src/lib.rs", "pub use scratch_base::one;\n");
        scratch.write("README.md", "```toml\nscratch-top = \"0.1\"\n```\n");
        scratch.write(
            "CHANGELOG.md",
            "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- All of it.\n",
        );
        scratch.write(".gitignore", "/target\n");
        scratch.git(&["init", "--quiet", "--initial-branch", "main"]);
        scratch.git(&["config", "user.name", "Somebody"]);
        scratch.git(&["config", "user.email", "somebody@example.com"]);
        scratch.cargo_lock(".");
        scratch.cargo_lock("apart");
        scratch.commit("Everything");
        scratch
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(&self.root)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn cargo_lock(&self, folder: &str) {
        let status = Command::new(env!("CARGO"))
            .args(["generate-lockfile", "--offline", "--quiet"])
            .current_dir(self.root.join(folder))
            .status();
        assert!(status.unwrap().success());
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// Runs `cargo xtask release …` for the test's workspace, as if `xtask` were a package of that
    /// workspace.
    fn release(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("release")
            .args(args)
            .env("CARGO_MANIFEST_DIR", self.root.join("xtask"))
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env("CARGO_NET_OFFLINE", "true")
            .output()
            .unwrap()
    }

    fn refused(&self, args: &[&str], because: &str) {
        let before = (self.git(&["rev-parse", "HEAD"]), self.git(&["tag"]));
        let output = self.release(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains(because),
            "{output:?}"
        );
        assert_eq!(
            before,
            (self.git(&["rev-parse", "HEAD"]), self.git(&["tag"]))
        );
    }
}

#[test]
fn a_release_writes_every_version_builds_the_packages_and_tags() {
    let scratch = Scratch::new("release-whole");
    let checked = scratch.release(&["--check", "0.2.0"]);
    assert!(checked.status.success(), "{checked:?}");
    assert_eq!(scratch.git(&["status", "--porcelain"]), "");

    let output = scratch.release(&["0.2.0"]);
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{output:?}");
    for command in [
        "git push origin HEAD v0.2.0",
        "cargo publish --workspace --locked",
    ] {
        assert!(said.contains(command), "{said}");
    }
    assert_eq!(scratch.git(&["tag"]), "v0.2.0\n");
    assert_eq!(
        scratch.git(&["log", "-1", "--format=%s"]),
        "Release 0.2.0\n"
    );
    assert_eq!(scratch.git(&["status", "--porcelain"]), "");
    let manifest = scratch.read("Cargo.toml");
    assert_eq!(
        manifest.matches("version = \"0.2.0\"").count(),
        2,
        "{manifest}"
    );
    for (lock, ours) in [("Cargo.lock", 2), ("apart/Cargo.lock", 1)] {
        let lock = scratch.read(lock);
        assert_eq!(lock.matches("version = \"0.2.0\"").count(), ours, "{lock}");
    }
    assert!(scratch.read("README.md").contains("scratch-top = \"0.2\""));
    let changelog = scratch.read("CHANGELOG.md");
    assert!(
        changelog.contains("## [Unreleased]\n\n## [0.2.0] - 20"),
        "{changelog}"
    );

    // The next version is compared with the released one.
    scratch.refused(&["0.2.0"], "0.2.0 is not later than 0.2.0");
    scratch.refused(&["0.1.9"], "0.1.9 is not later than 0.2.0");
    scratch.refused(&["--check", "0.2.1"], "has no unreleased entries");
    let changelog = changelog.replace("## [Unreleased]\n", "## [Unreleased]\n\n- A fix.\n");
    scratch.write("CHANGELOG.md", &changelog);
    scratch.commit("A fix");
    let output = scratch.release(&["0.2.1"]);
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{output:?}");
    let missing = Command::new(env!("CARGO"))
        .args(["semver-checks", "--version"])
        .output()
        .is_ok_and(|output| !output.status.success());
    assert_eq!(said.contains("no semver check"), missing, "{said}");
}

#[test]
fn a_release_that_cannot_be_built_leaves_everything_as_it_was() {
    let scratch = Scratch::new("release-undone");
    // It builds here, but not from its package, which lacks the file above it.
    scratch.write("crates/notice.txt", "a notice");
    let code = "pub use scratch_base::one;\npub const NOTICE: &str = include_str!(\"../../notice.txt\");\n";
    scratch.write("crates/top/src/lib.rs", code);
    scratch.commit("A notice");
    scratch.refused(&["0.2.0"], "the files are unchanged");
    assert_eq!(scratch.git(&["status", "--porcelain"]), "");
    scratch.refused(&["--check", "0.2.0"], "cargo check");

    // The unpacked files of the failed attempt under the same version are not built again.
    scratch.write("crates/base/src/lib.rs", "pub fn two() -> u8 {\n    2\n}\n");
    scratch.write("crates/top/src/lib.rs", "pub use scratch_base::two;\n");
    scratch.commit("No notice, and another function");
    let output = scratch.release(&["0.2.0"]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn what_is_not_ready_is_refused_with_its_reason() {
    let scratch = Scratch::new("release-refused");
    scratch.refused(&["0.2"], "`0.2` is not a version");
    scratch.refused(&["0.0.9"], "0.0.9 is older than scratch-base 0.1.0");
    scratch.write("README.md", "changed\n");
    scratch.refused(
        &["--check", "0.2.0"],
        "there are uncommitted changes: M README.md",
    );
}
