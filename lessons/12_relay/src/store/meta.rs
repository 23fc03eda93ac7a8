//! What the database says about itself.

use std::path::Path;

use redb::{Database, ReadableDatabase, ReadableTable, TableError, WriteTransaction};

use super::dictionary::Dictionaries;
use super::tables::{META, Tables};
use super::{StoreError, StoreOptions};

/// The version of the tables, and that of the names and words that records refer to by number.
const FORMAT: u64 = 1 << 32 | super::record::STATIC_VERSION as u64;

const FORMAT_NAME: &str = "format";
const PARTS_NAME: &str = "parts";
const SECRET_NAME: &str = "secret";
/// How often the database was written.
pub(crate) const COMMITS: &str = "commits";
/// How many events there were when the newest dictionary was trained; 0 if there is none.
pub(crate) const TRAINED_AT: &str = "trained at";

pub(crate) struct Meta {
    /// What the short hashes are keyed with.
    pub(crate) secret: [u8; 16],
    pub(crate) dictionaries: Dictionaries,
}

impl Meta {
    /// What the file says, if it was made by a relay like this one. A file without any tables gets them now, and this
    /// secret.
    pub(crate) fn read_or_create(
        database: &Database,
        file: &Path,
        options: &StoreOptions,
        secret: [u8; 16],
    ) -> Result<Self, StoreError> {
        match database.begin_read()?.open_table(META) {
            Ok(_) => {}
            Err(TableError::TableDoesNotExist(_)) => {
                let transaction = database.begin_write()?;
                if transaction.list_tables()?.next().is_some() {
                    return Err(foreign(file, "it holds other tables".to_owned()));
                }
                create(&transaction, &secret, &options.parts)?;
                transaction.commit()?;
            }
            Err(error) => return Err(foreign(file, error.to_string())),
        }
        let foreign = |what| foreign(file, what);
        let tables = Tables::open(&database.begin_read()?);
        let tables = tables.map_err(|error| foreign(error.to_string()))?;
        let format = number(&tables, FORMAT_NAME)?;
        if format != FORMAT {
            return Err(foreign(format!("its format is {format}, ours {FORMAT}")));
        }
        let parts = tables.meta.get(PARTS_NAME)?;
        let parts = parts.map(|parts| String::from_utf8_lossy(parts.value()).into_owned());
        if parts.as_ref() != Some(&options.parts) {
            let (its, ours) = (parts.unwrap_or_default(), &options.parts);
            return Err(foreign(format!("its parts are {its:?}, ours {ours:?}")));
        }
        let secret =
            self::secret(&tables)?.ok_or_else(|| foreign("it has no secret".to_owned()))?;
        let dictionaries = Dictionaries::new();
        for entry in tables.dictionaries.iter()? {
            let (number, bytes) = entry?;
            dictionaries.add(number.value(), bytes.value())?;
        }
        Ok(Self {
            secret,
            dictionaries,
        })
    }
}

fn foreign(file: &Path, what: String) -> StoreError {
    StoreError::Foreign {
        file: file.to_path_buf(),
        what,
    }
}

/// Makes all tables, and says what they are.
pub(crate) fn create(
    transaction: &WriteTransaction,
    secret: &[u8; 16],
    parts: &str,
) -> Result<(), StoreError> {
    Tables::create(transaction)?;
    let mut meta = transaction.open_table(META)?;
    meta.insert(FORMAT_NAME, &FORMAT.to_be_bytes()[..])?;
    meta.insert(PARTS_NAME, parts.as_bytes())?;
    meta.insert(SECRET_NAME, &secret[..])?;
    Ok(())
}

/// Notes a number.
pub(crate) fn set(transaction: &WriteTransaction, name: &str, to: u64) -> Result<(), StoreError> {
    let mut meta = transaction.open_table(META)?;
    meta.insert(name, &to.to_be_bytes()[..])?;
    Ok(())
}

/// What the short hashes are keyed with.
pub(crate) fn secret(tables: &Tables) -> Result<Option<[u8; 16]>, StoreError> {
    let secret = tables.meta.get(SECRET_NAME)?;
    Ok(secret.and_then(|secret| secret.value().try_into().ok()))
}

/// What was noted; 0 if nothing was.
pub(crate) fn number(tables: &Tables, name: &str) -> Result<u64, StoreError> {
    let number = tables.meta.get(name)?;
    let number = number.and_then(|number| <[u8; 8]>::try_from(number.value()).ok());
    Ok(number.map_or(0, u64::from_be_bytes))
}
