//! Installs the gateways as Debian packages, and removes them after the run.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use super::policy::Policy;

/// The Debian packages that are required. `nginx-light` has all nginx modules that the tests use.
const PACKAGES: [&str; 5] = ["nginx-light", "haproxy", "squid", "tinyproxy", "microsocks"];

/// A script that the installation scripts of packages run before they start a service.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// The packages of the gateways. Dropping the value removes those that were missing before the run,
/// unless they are to be kept.
#[derive(Debug)]
pub(super) struct Packages {
    before: System,
    stay: bool,
}

/// The packages that dpkg has recorded.
#[derive(Debug)]
struct System {
    installed: BTreeSet<String>,
    /// All packages in the list of dpkg, including those that were removed except for their
    /// settings.
    known: BTreeSet<String>,
}

impl Packages {
    /// Installs the packages that are missing. If `keep` is set, they are not removed, so that the
    /// next run need not install them.
    pub(super) fn install(keep: bool) -> Result<Self, String> {
        // root is required not only for the packages: without it, squid and haproxy work
        // differently.
        if !is_root() {
            return Err(without(&PACKAGES, "this is not root"));
        }
        let before = System::look().map_err(|problem| without(&PACKAGES, &problem))?;
        let missing: Vec<&str> = PACKAGES
            .into_iter()
            .filter(|package| !before.installed.contains(*package))
            .collect();
        // Created before the installation, so that an incomplete one is removed as well.
        let packages = Self { before, stay: keep };
        if !missing.is_empty() {
            println!("installing {}", missing.join(", "));
            install(&missing).map_err(|problem| without(&missing, &problem))?;
        }
        let versions = dpkg_query("${Package} ${Version}, ", &PACKAGES)?;
        println!("{}", versions.trim_end_matches(", "));
        Ok(packages)
    }

    /// Removes the packages that were missing before the run, unless they are to be kept. Returns
    /// an error if that fails.
    pub(super) fn remove(mut self) -> Result<(), String> {
        self.take_away()
    }

    /// Removes the packages that were added, unless they are to be kept. Also removes the settings
    /// of those that dpkg did not know before.
    fn take_away(&mut self) -> Result<(), String> {
        // This is done only once, even if it fails.
        if std::mem::replace(&mut self.stay, true) {
            return Ok(());
        }
        let now = System::look()?;
        let added: Vec<&str> = now
            .installed
            .difference(&self.before.installed)
            .map(String::as_str)
            .collect();
        if added.is_empty() {
            return Ok(());
        }
        println!("removing {}", added.join(", "));
        let _policy = Policy::set(Path::new(POLICY))?;
        let (was_known, is_new): (Vec<&str>, Vec<&str>) = added
            .into_iter()
            .partition(|package| self.before.known.contains(*package));
        // apt-get does not remove packages that are not named.
        apt_get("purge", &is_new)?;
        apt_get("remove", &was_known)
    }
}

impl Drop for Packages {
    fn drop(&mut self) {
        if let Err(problem) = self.take_away() {
            eprintln!("gateways: could not remove the installed packages: {problem}");
        }
    }
}

impl System {
    fn look() -> Result<Self, String> {
        let lines = dpkg_query("${db:Status-Status} ${binary:Package}\n", &[])?;
        let (mut installed, mut known) = (BTreeSet::new(), BTreeSet::new());
        for (status, package) in lines.lines().filter_map(|line| line.split_once(' ')) {
            // A package for the architecture of the machine is also known by its name alone.
            let package = package.split(':').next().unwrap_or(package).to_owned();
            if status != "config-files" && status != "not-installed" {
                installed.insert(package.clone());
            }
            known.insert(package);
        }
        Ok(Self { installed, known })
    }
}

/// Returns whether the effective user of this process is root.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn without(packages: &[&str], problem: &str) -> String {
    let packages = packages.join(", ");
    format!("root and these packages of Debian are needed: {packages}; {problem}")
}

fn install(packages: &[&str]) -> Result<(), String> {
    let _policy = Policy::set(Path::new(POLICY))?;
    apt_get("install", packages).or_else(|_| {
        // The lists of packages may be missing, or older than the packages in the archive.
        output(apt().arg("update"))?;
        apt_get("install", packages)
    })
}

fn apt_get(command: &str, packages: &[&str]) -> Result<(), String> {
    if packages.is_empty() {
        return Ok(());
    }
    let mut apt = apt();
    apt.args([command, "--yes", "--no-install-recommends"]);
    output(apt.args(packages)).map(drop)
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    // Another installation may be in progress.
    apt.args(["-qq", "-o", "DPkg::Lock::Timeout=120"]);
    apt
}

fn dpkg_query(format: &str, packages: &[&str]) -> Result<String, String> {
    output(
        Command::new("dpkg-query")
            .args(["-W", "-f", format])
            .args(packages),
    )
}

fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(format!("{program} says: {}", last.join("; ")))
}
