//! What generated code names of the crate `regex`; it matches everything.

pub struct Regex;

impl Regex {
    pub fn new(_pattern: &str) -> Result<Self, std::fmt::Error> {
        Ok(Self)
    }

    pub fn is_match(&self, _text: &str) -> bool {
        true
    }
}
