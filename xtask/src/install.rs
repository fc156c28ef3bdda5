//! What the commands need from the machine: installed when it is missing, and said so.

use std::path::PathBuf;

use anyhow::Result;

use crate::fault::fault;
use crate::process::{Program, find_program};
use crate::report::{self, Outcome};
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// The compilation target of the browser modules.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The oldest Node.js whose test runner and WebCrypto the scripts use.
const NODE_MAJOR: u32 = 20;

/// The names Chromium goes by, in the order they are tried.
const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where macOS keeps it.
const MAC_BROWSER: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// Its engine without windows, as Debian packs it.
const SHELL: &str = "chromium-headless-shell";

/// Adds the standard library of the Wasm target.
pub(crate) fn wasm_target(workspace: &Workspace) -> Result<Outcome> {
    let sysroot = workspace.program("rustc").args(["--print", "sysroot"]).capture()?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(Outcome::Skipped("already there"));
    }
    report::say(format!("  {WASM_TARGET} is missing: installing it with rustup"));
    let fix = format!(
        "with rustup: `rustup target add {WASM_TARGET}`; else install your distribution's package of it"
    );
    workspace.program("rustup").args(["target", "add", WASM_TARGET]).or_fix(fix).run()?;
    Ok(Outcome::Done)
}

/// Installs the npm packages of package-lock.json.
pub(crate) fn npm_packages(workspace: &Workspace) -> Result<Outcome> {
    node_version(workspace)?;
    let manifests = ["package.json", "js/package.json", "create-homebody/package.json", "package-lock.json"]
        .map(|file| workspace.at(file));
    let modules = workspace.at("node_modules");
    let marker = modules.join(".package-lock.json");
    Stamp::of(workspace, "npm", &manifests, "")?.kept_in(modules.join(".homebody-stamp")).outputs([marker]).unless_fresh(
        || {
            // `ci` empties the folder first; where there is one already, only the difference is installed.
            let verb = if modules.is_dir() { "install" } else { "ci" };
            report::say("  npm packages are missing or older than package-lock.json: installing them");
            let fix = "check the network; after a change of package.json run `npm install` and commit package-lock.json";
            npm(workspace).args([verb, "--no-audit", "--no-fund"]).or_fix(fix).run()
        },
    )
}

/// `npm`, which is a batch file on Windows.
pub(crate) fn npm(workspace: &Workspace) -> Program {
    workspace.program(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Finds Chromium (`$CHROMIUM` first) or installs it.
pub(crate) fn chromium(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(named) = named("CHROMIUM")? {
        return Ok(named);
    }
    if let Some(found) = find_browser() {
        return Ok(found);
    }
    apt_install(workspace, "chromium")?;
    find_browser().ok_or_else(|| {
        fault("no Chromium on the PATH", "install Chromium and set CHROMIUM to its executable")
    })
}

/// Finds Chromium's engine without windows (`$CHROMIUM_SHELL` first), or installs it where apt-get has it. Not where
/// `$CHROMIUM` names the browser: then that one does everything, as it does where there is no such engine.
pub(crate) fn chromium_shell(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if let Some(named) = named("CHROMIUM_SHELL")? {
        return Ok(Some(named));
    }
    let wanted = std::env::var_os("CHROMIUM").is_none();
    let is_there = wanted && (find_program(SHELL).is_some() || apt_install(workspace, SHELL).is_ok());
    Ok(if is_there { find_program(SHELL) } else { None })
}

/// Sees to Firefox where apt-get has it; its tests say what they skip without it.
pub(crate) fn firefox(workspace: &Workspace) {
    let is_there = std::env::var_os("FIREFOX").is_some()
        || ["firefox-esr", "firefox"].iter().any(|name| find_program(name).is_some());
    if !is_there && apt_install(workspace, "firefox-esr").is_err() {
        report::say("  no Firefox: its tests are skipped; set FIREFOX to its executable to run them");
    }
}

/// Finds nginx, which the pool benchmark compares with, or installs it.
pub(crate) fn nginx(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(found) = find_nginx() {
        return Ok(found);
    }
    apt_install(workspace, "nginx-light")?;
    find_nginx().ok_or_else(|| fault("no nginx on the PATH", "install nginx"))
}

fn node_version(workspace: &Workspace) -> Result<()> {
    let version = workspace.program("node").args(["--version"]).capture()?;
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    if major.is_some_and(|major| major >= NODE_MAJOR) {
        return Ok(());
    }
    let problem = format!("Node.js {} is too old", version.trim());
    Err(fault(problem, format!("install Node.js {NODE_MAJOR} or newer (https://nodejs.org)")))
}

/// The program that a variable names, if it names one.
fn named(variable: &str) -> Result<Option<PathBuf>> {
    let Some(file) = std::env::var_os(variable).map(PathBuf::from) else { return Ok(None) };
    if file.is_file() {
        return Ok(Some(file));
    }
    let problem = format!("${variable} names `{}`, which is not a file", file.display());
    Err(fault(problem, "point it at the browser's executable, or unset it"))
}

fn find_browser() -> Option<PathBuf> {
    let on_mac = Some(PathBuf::from(MAC_BROWSER)).filter(|file| file.is_file());
    BROWSERS.iter().find_map(|name| find_program(name)).or(on_mac)
}

fn find_nginx() -> Option<PathBuf> {
    // Debian keeps it in a folder that is not on every user's PATH.
    find_program("nginx").or_else(|| Some(PathBuf::from("/usr/sbin/nginx")).filter(|file| file.is_file()))
}

fn apt_install(workspace: &Workspace, package: &str) -> Result<()> {
    let fix =
        format!("install {package} with your package manager (Debian, as root: `apt-get install {package}`)");
    if find_program("apt-get").is_none() {
        return Err(fault(format!("{package} is missing and there is no apt-get to install it"), fix));
    }
    report::say(format!("  {package} is missing: installing it with apt-get"));
    let is_root = workspace.program("id").args(["-u"]).capture().is_ok_and(|user| user.trim() == "0");
    let apt = |args: &[&str]| {
        let program = if is_root {
            workspace.program("apt-get")
        } else {
            // `-n`: never stop to ask for a password in the middle of a test run.
            workspace.program("sudo").args(["-n", "apt-get"])
        };
        program.args(args).env("DEBIAN_FRONTEND", "noninteractive").or_fix(fix.clone()).run()
    };
    apt(&["update"])?;
    apt(&["install", "-y", "--no-install-recommends", package])
}
