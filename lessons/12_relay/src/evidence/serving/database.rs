//! What the database engine keeps of its file in memory, as its own setting says.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use redb::{Builder, Error, ReadableDatabase, ReadableTable, TableDefinition};

use super::live;
use crate::cases::Folder;
use crate::config;
use crate::store::FILE_NAME;

/// Of a thousand bytes each.
const VALUES: u32 = 8_000;

const TABLE: TableDefinition<u32, &[u8]> = TableDefinition::new("values");

/// Writes a file that is several times as large as most caches, and closes it.
fn fill(file: &Path) -> Result<(), Error> {
    let database = Builder::new().create(file)?;
    let write = database.begin_write()?;
    {
        let mut table = write.open_table(TABLE)?;
        for key in 0..VALUES {
            table.insert(key, &[key as u8; 1_000][..])?;
        }
    }
    write.commit()?;
    Ok(())
}

/// Opens it and reads every value, and says what the heap holds then.
fn read_all(file: &Path, cache_bytes: usize) -> Result<usize, Error> {
    let (database, bytes) = live(|| {
        let database = Builder::new().set_cache_size(cache_bytes).open(file)?;
        let table = database.begin_read()?.open_table(TABLE)?;
        let mut read = 0;
        for entry in table.iter()? {
            read += entry?.1.value().len();
        }
        assert_eq!(read, 1_000 * VALUES as usize);
        Ok::<_, Error>(database)
    });
    database.map(|_| bytes)
}

/// The file, and what the heap holds when all of it was read through caches of several sizes.
struct Measured {
    file: usize,
    medium: usize,
    large: usize,
    default: usize,
}

fn measured() -> &'static Measured {
    static MEASURED: OnceLock<Measured> = OnceLock::new();
    MEASURED.get_or_init(|| {
        let measure = || {
            let folder = Folder::new();
            fs::create_dir_all(folder.path())?;
            let file = folder.path().join(FILE_NAME);
            fill(&file)?;
            Ok::<_, Error>(Measured {
                file: fs::metadata(&file)?.len() as usize,
                medium: read_all(&file, 1 << 20)?,
                large: read_all(&file, 64 << 20)?,
                default: read_all(&file, budget())?,
            })
        };
        measure().expect("the temporary files take a small database")
    })
}

pub(super) fn budget() -> usize {
    config::Settings::default().storage.database_cache
}

pub(super) fn file_bytes() -> String {
    whole(measured().file)
}

pub(super) fn medium() -> String {
    whole(measured().medium)
}

pub(super) fn large() -> String {
    whole(measured().large)
}

pub(super) fn cache() -> String {
    whole(measured().default)
}

/// Whole mebibytes: a debug build of the engine takes some kilobytes more.
fn whole(bytes: usize) -> String {
    format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20))
}
