//! A relay as it is named on the command line.

use std::path::PathBuf;
use std::str::FromStr;

/// Where a relay listens, and where to look for what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// What it is called in the table.
    pub name: String,
    /// `ws://…`
    pub url: String,
    /// Its process.
    pub pid: Option<u32>,
    /// Its data folder.
    pub data: Option<PathBuf>,
}

impl FromStr for Peer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut fields = text.split(',');
        let first = fields.next().unwrap_or_default();
        // An address may have a `=` behind its `?`.
        let (name, url) = match first.split_once('=') {
            Some((name, url)) if !name.contains(':') => (name, url),
            _ => (first.trim_start_matches("ws://"), first),
        };
        let mut peer = Self {
            name: name.to_owned(),
            url: url.to_owned(),
            pid: None,
            data: None,
        };
        for field in fields {
            match field.split_once('=') {
                Some(("pid", pid)) => {
                    let number = pid.parse();
                    peer.pid = Some(number.map_err(|_| format!("`{pid}` is no process id"))?);
                }
                Some(("data", folder)) => peer.data = Some(folder.into()),
                _ => return Err(format!("`{field}` is neither pid=PID nor data=FOLDER")),
            }
        }
        Ok(peer)
    }
}
