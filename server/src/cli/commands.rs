//! One function a command.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use super::output::{Failure, ImportProgress, print_result};
use super::report::{self, Report};
use super::{
    CatalogArgs, CatalogFormat, Cli, Command, ConsentCommand, ExportCommand, ExportSiteArgs, HistoryArgs,
    HistoryFormatArg, ImportCommand, ModelArgs, ModelRole, publish_options,
};
use super::{audience, collect, consent, dap, notices, sums, train};
use homebody_protocol::models::TreeRole;

use crate::catalog::{self, CatalogImport, Format, Mode};
use crate::config::{Config, ConfigError};
use crate::export::ExportError;
use crate::history::{self, HistoryFormat, HistoryImport};
use crate::intake::Source;
use crate::serve::{self, Addresses, ServeError};
use crate::signing::{KEY_VARIABLE, Signer};
use crate::store::Store;
use crate::{Error, doctor, ensemble, export, publish, telemetry};

/// Does what the arguments say and shows what came of it.
pub(super) fn run(cli: &Cli) -> ExitCode {
    match dispatch(cli) {
        Ok(code) => code,
        Err(failure) => {
            failure.print(cli.json);
            ExitCode::from(if failure.is_usage { 2 } else { 1 })
        }
    }
}

fn dispatch(cli: &Cli) -> Result<ExitCode, Failure> {
    // A file on its own: it is judged the same on a machine that has no configuration.
    if let Command::Consent(ConsentCommand::Lint(args)) = &cli.command {
        return consent::lint(cli.json, &args.file);
    }
    let config = cli.layers().load()?;
    telemetry::start(&config.log);
    match &cli.command {
        Command::Serve(_) => serve(cli.json, config)?,
        Command::Import(ImportCommand::Catalog(args)) => print(cli.json, &import_catalog(args, &config)?),
        Command::Import(ImportCommand::Model(args)) => print(cli.json, &import_model(args, &config)?),
        Command::Import(ImportCommand::History(args)) => print(cli.json, &import_history(args, &config)?),
        Command::Publish(_) => print(cli.json, &publish_now(&config)?),
        Command::Rollback(args) => print(cli.json, &rollback(args.to, &config)?),
        Command::Export(ExportCommand::Site(args)) => print(cli.json, &export_site(args, &config)?),
        Command::Export(ExportCommand::Sums(args)) => print(cli.json, &sums::write(args, &config)?),
        Command::Doctor => return Ok(diagnose(cli.json, &config)),
        Command::Consent(command) => return notices::run(cli.json, command, &config),
        Command::Tasks(command) => return collect::tasks(cli.json, command, &config),
        Command::Dap(command) => return dap::run(cli.json, command, &config),
        Command::Train => train::step(cli.json, &config)?,
        Command::Models => train::list(cli.json, &config)?,
        Command::Audience => audience::show(cli.json, &config)?,
        Command::Batches(command) => return collect::batches(cli.json, command, &config),
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn print(as_json: bool, report: &Report) {
    print_result(as_json, &report.text, &report.value);
}

fn serve(as_json: bool, config: Config) -> Result<(), Failure> {
    let listening = |addresses: Addresses| {
        let (data, admin) = (format!("http://{}", addresses.data), format!("http://{}", addresses.admin));
        let value = serde_json::json!({ "listening": { "data": data, "admin": admin } });
        print_result(as_json, &format!("serving {data}\nprivate {admin}"), &value);
    };
    Ok(serve::run(config, signing_key().as_deref(), listening)?)
}

fn import_catalog(args: &CatalogArgs, config: &Config) -> Result<Report, Error> {
    let store = Store::open(&config.data_dir)?;
    let source = Source::open(&args.file)?;
    let options = CatalogImport {
        format: args.format.map(catalog_format),
        mode: if args.upsert { Mode::Upsert } else { Mode::Replace },
        feed: args.feed.clone(),
        skip_bad_lines: args.skip_bad_lines,
        now: unix_now(),
    };
    let progress = ImportProgress::start("importing items");
    let imported = catalog::import(&store, source, &options, &mut |now| progress.show(now))?;
    Ok(report::catalog(&imported))
}

fn import_history(args: &HistoryArgs, config: &Config) -> Result<Report, Error> {
    let store = Store::open(&config.data_dir)?;
    let source = Source::open(&args.file)?;
    let options = HistoryImport {
        format: args.format.map(history_format),
        skip_bad_lines: args.skip_bad_lines,
        sensitive_tags: config.catalog.sensitive_tags.clone(),
        now: unix_now(),
        ..HistoryImport::default()
    };
    let progress = ImportProgress::start("importing history");
    let imported = history::import(&store, source, &options, &mut |now| progress.show_history(now))?;
    Ok(report::history(&imported))
}

fn import_model(args: &ModelArgs, config: &Config) -> Result<Report, Error> {
    let store = Store::open(&config.data_dir)?;
    let role = match args.role {
        ModelRole::Intent => TreeRole::Intent,
        ModelRole::Rerank => TreeRole::Rerank,
    };
    Ok(report::ensemble(&ensemble::import(&store, &args.file, role, args.weight, unix_now())?))
}

fn publish_now(config: &Config) -> Result<Report, Error> {
    let store = Store::open(&config.data_dir)?;
    let signer = Signer::load_or_create(&config.data_dir, signing_key().as_deref())?;
    let published = publish::publish(&store, &signer, &publish_options(config, unix_now()))?;
    Ok(report::publication(&published, &signer.public_key_base64()))
}

fn rollback(to: Option<u64>, config: &Config) -> Result<Report, Error> {
    let store = Store::open(&config.data_dir)?;
    let signer = Signer::load_or_create(&config.data_dir, signing_key().as_deref())?;
    let published = publish::rollback(&store, &signer, to, unix_now())?;
    Ok(report::publication(&published, &signer.public_key_base64()))
}

fn export_site(args: &ExportSiteArgs, config: &Config) -> Result<Report, Failure> {
    let store = Store::open(&config.data_dir).map_err(Error::from)?;
    let signer = Signer::load_or_create(&config.data_dir, signing_key().as_deref()).map_err(Error::from)?;
    let key = signer.public_key_base64();
    let written = export::site(&store, &key, &args.folder)?;
    export::account(&store, config, &key, &args.folder)?;
    Ok(report::site(&written, &args.folder, &key))
}

fn diagnose(as_json: bool, config: &Config) -> ExitCode {
    let checks = doctor::examine(config, signing_key().as_deref());
    print_result(as_json, &doctor::text(&checks), &doctor::json(&checks));
    match doctor::is_healthy(&checks) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn catalog_format(format: CatalogFormat) -> Format {
    match format {
        CatalogFormat::Jsonl => Format::Jsonl,
        CatalogFormat::Csv => Format::Csv,
        CatalogFormat::GoogleXml => Format::GoogleXml,
        CatalogFormat::GoogleTsv => Format::GoogleTsv,
    }
}

fn history_format(format: HistoryFormatArg) -> HistoryFormat {
    match format {
        HistoryFormatArg::Jsonl => HistoryFormat::Jsonl,
        HistoryFormatArg::Csv => HistoryFormat::Csv,
    }
}

pub(super) fn signing_key() -> Option<String> {
    std::env::var(KEY_VARIABLE).ok().filter(|key| !key.is_empty())
}

pub(super) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self { code: error.code(), message: error.to_string(), fix: Some(error.fix()), is_usage: true }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of(error.code(), &error)
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        Self::of(error.code(), &error)
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        Self::of(error.code(), &error)
    }
}
