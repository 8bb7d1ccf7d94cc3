//! The outputs of a logger.

mod file;
mod plan;
#[cfg_attr(not(unix), path = "private_elsewhere.rs")]
mod private;
mod rotation;
mod settings;
mod stream;

use crate::clock::Moment;

pub(crate) use self::file::FileWriter;
pub use self::rotation::Rotation;
pub use self::settings::FileOutput;
pub(crate) use self::stream::{Stream, StreamWriter};

/// The outputs of a logger. If one of them fails, the others still receive the record.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    pub(crate) streams: Vec<StreamWriter>,
    pub(crate) file: Option<FileWriter>,
}

impl Outputs {
    pub(crate) fn write(&self, line: &str, moment: &Moment) {
        for stream in &self.streams {
            stream.write(line.as_bytes());
        }
        if let Some(file) = &self.file {
            file.write(line.as_bytes(), moment);
        }
    }

    /// Returns the number of records that did not reach an output. A record that did not reach two
    /// outputs is counted twice.
    pub(crate) fn lost(&self) -> u64 {
        let streams = self.streams.iter().map(StreamWriter::lost);
        streams.chain(self.file.iter().map(FileWriter::lost)).sum()
    }
}
