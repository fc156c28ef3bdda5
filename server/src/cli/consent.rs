//! `consent lint`: what of a consent configuration may not be published.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use homebody_protocol::consent::{Finding, Severity, lint as judge};
use serde_json::{Value, json};

use super::output::{Failure, print_result};
use crate::consent::MAX_BYTES;

/// Why a file cannot be judged.
#[derive(Debug, thiserror::Error)]
enum ConsentFileError {
    #[error("cannot read `{0}`: {1}")]
    Read(String, io::Error),
    #[error("`{0}` is larger than {MAX_BYTES} bytes")]
    TooLarge(String),
}

impl From<ConsentFileError> for Failure {
    fn from(error: ConsentFileError) -> Self {
        let code = match error {
            ConsentFileError::Read(..) => "consent_unreadable",
            ConsentFileError::TooLarge(_) => "consent_too_large",
        };
        Self::of(code, &error)
    }
}

/// Judges a file and prints what is found: errors, then warnings. Fails when there is an error.
pub(super) fn lint(as_json: bool, file: &Path) -> Result<ExitCode, Failure> {
    let bytes = read(file)?;
    let garbled = |error| {
        let source = io::Error::new(io::ErrorKind::InvalidData, error);
        ConsentFileError::Read(file.display().to_string(), source)
    };
    let text = String::from_utf8(bytes).map_err(garbled)?;
    // Editors on Windows like to put a mark in front; JSON has none.
    let findings = judge(text.strip_prefix('\u{feff}').unwrap_or(&text));
    Ok(show(as_json, file, &findings))
}

/// Prints what was found in a file; a failure when there is an error.
pub(super) fn show(as_json: bool, file: &Path, findings: &[Finding]) -> ExitCode {
    let name = file.display().to_string();
    print_result(as_json, &words(&name, findings), &value(&name, findings));
    match findings.iter().any(is_error) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

/// The bytes of a configuration or receipt.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    Ok(read_bounded(file)?)
}

fn read_bounded(file: &Path) -> Result<Vec<u8>, ConsentFileError> {
    let name = &file.display().to_string();
    let unreadable = |source| ConsentFileError::Read(name.to_owned(), source);
    let source: Box<dyn Read> = match name.as_str() {
        "-" => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(file).map_err(unreadable)?),
    };
    let mut bytes = Vec::new();
    source.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    match bytes.len() > MAX_BYTES {
        true => Err(ConsentFileError::TooLarge(name.to_owned())),
        false => Ok(bytes),
    }
}

/// One line a finding, and one that counts them.
fn words(name: &str, findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| is_error(finding)).count();
    let warnings = findings.len() - errors;
    let lines: String = findings.iter().map(|finding| format!("{name}:{finding}\n")).collect();
    let count = match (errors, warnings) {
        (0, 0) => "may be published".to_owned(),
        (0, _) => format!("may be published; {}", counted(warnings, "warning")),
        _ => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    format!("{lines}{name}: {count}")
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn value(name: &str, findings: &[Finding]) -> Value {
    let of = |is_wanted: bool| -> Vec<Value> {
        findings.iter().filter(|finding| is_error(finding) == is_wanted).map(one).collect()
    };
    json!({ "file": name, "errors": of(true), "warnings": of(false) })
}

/// A finding for programs.
pub(super) fn one(finding: &Finding) -> Value {
    let Finding { code, path, line, column, message, fix, .. } = finding;
    json!({ "code": code, "path": path, "line": line, "column": column, "message": message, "fix": fix })
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}
