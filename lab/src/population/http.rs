//! HTTP/1.1 over one connection that stays open: what a browser's requests are to a server, less the browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

const PATIENCE: Duration = Duration::from_secs(60);
/// Times that a server which is busy is asked again, and how long after.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// A connection.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// Connects with the first request.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    /// The body of a resource.
    ///
    /// # Errors
    /// When there is no answer, or another than 200.
    pub fn get(&mut self, path: &str) -> Result<Vec<u8>> {
        let answer = self.ask(&format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n"), &[])?;
        match answer.status {
            200 => Ok(answer.body),
            status => bail!("GET {path}: {status} {}", String::from_utf8_lossy(&answer.body)),
        }
    }

    /// Posts a body, again and again while the server is busy.
    ///
    /// # Errors
    /// When there is no answer, or one of an error.
    pub fn post(&mut self, path: &str, kind: &str, body: &[u8]) -> Result<Answer> {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        for _ in 0..TRIES {
            let answer = self.ask(&head, body)?;
            match answer.status {
                200..300 => return Ok(answer),
                503 => std::thread::sleep(PAUSE),
                status => bail!("POST {path}: {status} {}", String::from_utf8_lossy(&answer.body)),
            }
        }
        bail!("POST {path}: the server stays busy")
    }

    /// One request; on a new connection when the server has closed the one before.
    fn ask(&mut self, head: &str, body: &[u8]) -> Result<Answer> {
        if let Some(mut connection) = self.connection.take()
            && let Ok(answer) = exchange(&mut connection, head, body)
        {
            self.connection = Some(connection);
            return Ok(answer);
        }
        let stream =
            TcpStream::connect(self.address).with_context(|| format!("no server at {}", self.address))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut connection = BufReader::new(stream);
        let answer = exchange(&mut connection, head, body)
            .with_context(|| format!("no answer of {}", self.address))?;
        self.connection = Some(connection);
        Ok(answer)
    }
}

fn exchange(connection: &mut BufReader<TcpStream>, head: &str, body: &[u8]) -> Result<Answer> {
    connection.get_mut().write_all(&[head.as_bytes(), body].concat())?;
    let mut line = String::new();
    connection.read_line(&mut line)?;
    let status = line.split(' ').nth(1).context("not an answer")?.parse()?;
    let mut length = 0;
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        match line.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse()?;
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    Ok(Answer { status, body })
}
