//! What generated code names of the crate `rusqlite`, through which the SDK gives rows and takes
//! values. https://docs.rs/rusqlite/latest/rusqlite/struct.Row.html#method.get_ref

pub mod types {
    #[derive(Clone, Debug, PartialEq)]
    pub enum Value {
        Null,
        Integer(i64),
        Real(f64),
        Text(String),
        Blob(Vec<u8>),
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum ValueRef<'a> {
        Null,
        Integer(i64),
        Real(f64),
        Text(&'a [u8]),
        Blob(&'a [u8]),
    }

    #[derive(Clone, Copy, Debug)]
    pub enum Type {
        Null,
        Integer,
        Real,
        Text,
        Blob,
    }
}

#[derive(Debug)]
pub enum Error {
    FromSqlConversionFailure(usize, types::Type, Box<dyn std::error::Error + Send + Sync + 'static>),
    InvalidColumnName(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

pub struct Row<'stmt> {
    pub cells: &'stmt [(String, types::Value)],
}

impl<'stmt> Row<'stmt> {
    pub fn get_ref(&self, name: &str) -> Result<types::ValueRef<'_>> {
        let found = self.cells.iter().find(|(each, _)| each == name);
        let (_, value) = found.ok_or_else(|| Error::InvalidColumnName(name.to_owned()))?;
        Ok(match value {
            types::Value::Null => types::ValueRef::Null,
            types::Value::Integer(number) => types::ValueRef::Integer(*number),
            types::Value::Real(number) => types::ValueRef::Real(*number),
            types::Value::Text(text) => types::ValueRef::Text(text.as_bytes()),
            types::Value::Blob(bytes) => types::ValueRef::Blob(bytes),
        })
    }
}
