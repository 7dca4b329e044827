//! Rows as lines of text: a table's name, then each cell as `name=` and its kind and value.
//!
//! A cell is `n` (NULL), `i` and a number, `r` and a double's bits, or `t` and a text's bytes, both
//! in hexadecimal; a tab parts cells.

#![allow(dead_code)]

use rusqlite::types::Value;

pub fn parse(line: &str) -> (String, Vec<(String, Value)>) {
    let mut parts = line.split('\t');
    let table = parts.next().unwrap().to_owned();
    let cells = parts.map(|part| {
        let (name, value) = part.split_once('=').unwrap();
        (name.to_owned(), value_of(value))
    });
    (table, cells.collect())
}

pub fn write(values: &[Value]) -> String {
    let texts = values.iter().map(|value| match value {
        Value::Null => "n".to_owned(),
        Value::Integer(number) => format!("i{number}"),
        Value::Real(number) => format!("r{:016x}", number.to_bits()),
        Value::Text(text) => text.bytes().fold("t".to_owned(), |made, byte| made + &format!("{byte:02x}")),
        Value::Blob(_) => "b".to_owned(),
    });
    texts.collect::<Vec<_>>().join("\t")
}

fn value_of(text: &str) -> Value {
    let (kind, rest) = text.split_at(1);
    match kind {
        "n" => Value::Null,
        "i" => Value::Integer(rest.parse().unwrap()),
        "r" => Value::Real(f64::from_bits(u64::from_str_radix(rest, 16).unwrap())),
        _ => {
            let bytes = (0..rest.len()).step_by(2);
            let bytes = bytes.map(|at| u8::from_str_radix(&rest[at..at + 2], 16).unwrap());
            Value::Text(String::from_utf8(bytes.collect()).unwrap())
        }
    }
}
