//! `demo`: the shop on a local address, from nothing.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use crate::build;
use crate::fault::fault;
use crate::process::{Program, find_program};
use crate::report::{self, Outcome, Steps};
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// How long the server may take to open its port.
const START_LIMIT: Duration = Duration::from_secs(30);

/// How long it may take to stop once asked.
const STOP_LIMIT: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_millis(50);

/// Seed of the simulated visitors, so that every demo shows the same shop.
const VISITOR_SEED: &str = "7";

/// Flags of `demo`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Port of the shop; the server's private side takes the next one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Do not open a browser window.
    #[arg(long)]
    no_open: bool,
}

/// Builds, prepares .homebody/demo, serves until Ctrl-C.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let demo = Demo::new(workspace, options)?;
    demo.refuse_taken_ports()?;
    let mut steps = Steps::new("demo", 6);
    steps.run("browser side", || build::run(workspace).map(|()| Outcome::Done))?;
    steps.run("server", || build::binaries(workspace).map(|()| Outcome::Done))?;
    steps.run("catalogue: the films of vega-datasets", || demo.catalogue())?;
    steps.run("simulated visitors", || demo.visitors())?;
    steps.run("import, train, publish", || demo.publish())?;
    steps.run("serve", || demo.serve(!options.no_open).map(|()| Outcome::Done))?;
    Ok(())
}

struct Demo<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    shop: SocketAddr,
    admin: SocketAddr,
}

impl<'a> Demo<'a> {
    fn new(workspace: &'a Workspace, options: &Options) -> Result<Self> {
        let next = options.port.checked_add(1).filter(|_| options.port != 0).ok_or_else(|| {
            fault(format!("port {} cannot be used", options.port), "give --port a number from 1 to 65534")
        })?;
        let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Demo {
            workspace,
            folder: workspace.at(".homebody/demo"),
            shop: local(options.port),
            admin: local(next),
        })
    }

    fn refuse_taken_ports(&self) -> Result<()> {
        for address in [self.shop, self.admin] {
            TcpListener::bind(address).map(drop).map_err(|error| {
                let fix = "stop what listens there, or choose another: `cargo xtask demo --port 9000`";
                fault(format!("{address} is taken ({error})"), fix)
            })?;
        }
        Ok(())
    }

    fn catalogue(&self) -> Result<Outcome> {
        let inputs =
            ["www/demo", "node_modules/vega-datasets/package.json"].map(|path| self.workspace.at(path));
        let (catalogue, config) = (self.file("catalog.jsonl"), self.file("homebody.toml"));
        self.stamp("catalogue", &inputs)?.outputs([catalogue.clone(), config.clone()]).unless_fresh(|| {
            let prepare =
                self.workspace.program("node").args(["www/demo/prepare.mjs", "--out"]).args([&catalogue]);
            prepare.args(["--config"]).args([&config]).run()
        })
    }

    fn visitors(&self) -> Result<Outcome> {
        let (catalogue, history) = (self.file("catalog.jsonl"), self.file("history.csv"));
        let lab = self.workspace.binary("homebody-lab");
        self.stamp("visitors", &[catalogue.clone(), lab.clone()])?.outputs([history.clone()]).unless_fresh(
            || {
                let simulate =
                    self.workspace.program(&lab).args(["simulate", "--catalog"]).args([&catalogue]);
                simulate.args(["--out"]).args([&history]).args(["--seed", VISITOR_SEED]).run()
            },
        )
    }

    fn publish(&self) -> Result<Outcome> {
        let (catalogue, history) = (self.file("catalog.jsonl"), self.file("history.csv"));
        let inputs = [
            catalogue.clone(),
            history.clone(),
            self.file("homebody.toml"),
            self.workspace.binary("homebody"),
        ];
        self.stamp("published", &inputs)?.outputs([self.file("data/homebody.db")]).unless_fresh(|| {
            self.homebody().args(["import", "catalog"]).args([&catalogue]).run()?;
            self.homebody().args(["import", "history"]).args([&history]).run()?;
            self.homebody().args(["publish"]).run()
        })
    }

    fn serve(&self, open: bool) -> Result<()> {
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        ctrlc::set_handler(move || asked.store(true, Ordering::SeqCst)).context("listening for Ctrl-C")?;
        let mut server =
            self.homebody().args(["serve"]).into_command().spawn().context("starting the server")?;
        let ended = self.attend(&mut server, &stop, open);
        let stopped = end(self.workspace, &mut server);
        match ended? {
            Some(status) => Err(anyhow!("the server ended by itself ({status}); its last lines say why")),
            None => stopped,
        }
    }

    /// Waits until the server ends by itself (its status) or Ctrl-C asks for the end (`None`).
    fn attend(&self, server: &mut Child, stop: &AtomicBool, open: bool) -> Result<Option<ExitStatus>> {
        let since = Instant::now();
        let mut announced = false;
        while !stop.load(Ordering::SeqCst) {
            if let Some(status) = server.try_wait()? {
                return Ok(Some(status));
            }
            if !announced && TcpStream::connect_timeout(&self.shop, POLL).is_ok() {
                announced = true;
                self.announce(open);
            }
            if !announced && since.elapsed() > START_LIMIT {
                return Err(anyhow!(
                    "the server did not open {} within {} s",
                    self.shop,
                    START_LIMIT.as_secs()
                ));
            }
            std::thread::sleep(POLL);
        }
        Ok(None)
    }

    fn announce(&self, open: bool) {
        let address = format!("http://{}/", self.shop);
        report::boxed(&[
            format!("Homebody demo: {address}"),
            format!("For the operator: http://{}/", self.admin),
            String::from("Films from vega-datasets; the visitors that trained the model are simulated."),
            String::from("Ctrl-C stops it. Run it again any time: what is built stays built."),
        ]);
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        if open && find_program(opener).is_some() {
            // A desktop without a browser is no reason to stop serving.
            if self.workspace.program(opener).args([&address]).into_command().spawn().is_err() {
                report::say("  no browser could be opened; use the address above");
            }
        }
    }

    /// The server's binary with the demo's settings; variables, because they are the same for every command.
    fn homebody(&self) -> Program {
        self.workspace
            .program(self.workspace.binary("homebody"))
            .env("HOMEBODY_DATA_DIR", self.file("data"))
            .env("HOMEBODY_LISTEN", self.shop.to_string())
            .env("HOMEBODY_ADMIN_LISTEN", self.admin.to_string())
            .env("HOMEBODY_WWW", self.workspace.at("www/dist"))
            .args(["--config"])
            .args([self.file("homebody.toml")])
    }

    fn stamp(&self, name: &str, inputs: &[PathBuf]) -> Result<Stamp> {
        let stamp = Stamp::of(self.workspace, name, inputs, VISITOR_SEED)?;
        Ok(stamp.kept_in(self.file(&format!("{name}.stamp"))))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Asks the server to stop and insists when it does not.
fn end(workspace: &Workspace, server: &mut Child) -> Result<()> {
    if server.try_wait()?.is_none() && cfg!(unix) {
        workspace.program("kill").args(["-TERM", &server.id().to_string()]).capture()?;
    }
    let since = Instant::now();
    while server.try_wait()?.is_none() {
        if since.elapsed() > STOP_LIMIT || !cfg!(unix) {
            server.kill()?;
        }
        std::thread::sleep(POLL);
    }
    report::say("demo: stopped");
    Ok(())
}
