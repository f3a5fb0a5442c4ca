//! As much of JSON Schema (draft 2020-12) as the schemas in `docs/schemas` use.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// One file of `docs/schemas`.
pub struct Schema(Value);

impl Schema {
    pub fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    pub fn definition(&self, name: &str) -> &Value {
        let found = self.0.pointer(&format!("/$defs/{name}"));
        found.unwrap_or_else(|| panic!("no definition {name}"))
    }

    pub fn names(&self) -> BTreeSet<String> {
        self.0["$defs"].as_object().unwrap().keys().cloned().collect()
    }

    /// Whether a value fits a definition.
    pub fn fits(&self, name: &str, value: &Value) -> Result<(), String> {
        self.check(self.definition(name), value).map_err(|why| format!("{name}: {why}"))
    }

    fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        for (word, said) in schema.as_object().unwrap() {
            let fits = match word.as_str() {
                "type" => is_of_type(said, value),
                "enum" => said.as_array().unwrap().contains(value),
                "const" => said == value,
                "minimum" => value.as_f64().is_none_or(|it| it >= said.as_f64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|it| it <= said.as_f64().unwrap()),
                "pattern" => value.as_str().is_none_or(|it| matches(said.as_str().unwrap(), it)),
                "oneOf" => {
                    let fitting = |one: &&Value| self.check(one, value).is_ok();
                    said.as_array().unwrap().iter().filter(fitting).count() == 1
                }
                "contains" => {
                    let fitting = |one: &Value| self.check(said, one).is_ok();
                    value.as_array().is_none_or(|list| list.iter().any(fitting))
                }
                "$ref" => {
                    let name = said.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                    return self.check(self.definition(name), value);
                }
                "items" => match value.as_array() {
                    Some(list) => every(list.iter().map(|one| self.check(said, one)))?,
                    None => true,
                },
                "properties" | "required" | "additionalProperties" => true,
                "description" => true,
                other => panic!("{other} is not understood here"),
            };
            if !fits {
                return Err(format!("{word} {said} does not take {value}"));
            }
        }
        self.members(schema, value)
    }

    fn members(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let Some(object) = value.as_object() else { return Ok(()) };
        for name in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(name.as_str().unwrap()) {
                return Err(format!("{name} is missing"));
            }
        }
        for (name, member) in object {
            match schema["properties"].get(name) {
                Some(schema) => {
                    self.check(schema, member).map_err(|why| format!("{name}: {why}"))?
                }
                None if schema["additionalProperties"] == false => {
                    return Err(format!("{name} is not known"));
                }
                None => {}
            }
        }
        Ok(())
    }
}

fn every(all: impl Iterator<Item = Result<(), String>>) -> Result<bool, String> {
    all.collect::<Result<(), String>>().map(|()| true)
}

fn is_of_type(said: &Value, value: &Value) -> bool {
    let one = |name: &Value| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    };
    said.as_array().map_or_else(|| one(said), |names| names.iter().any(one))
}

/// The patterns of our schemas, each by its shape: `0` stands for a digit.
fn matches(pattern: &str, text: &str) -> bool {
    let is_shaped = |text: &str, shape: &str| {
        let fits = |(is, wanted): (char, char)| match wanted {
            '0' => is.is_ascii_digit(),
            wanted => is == wanted,
        };
        text.chars().count() == shape.chars().count() && text.chars().zip(shape.chars()).all(fits)
    };
    match pattern {
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => is_shaped(text, "0000-00-00"),
        "^[0-9]{4}-[0-9]{2}$" => is_shaped(text, "0000-00"),
        "^[0-9]{14}$" => is_shaped(text, "00000000000000"),
        "^[0-9]{10}$" => is_shaped(text, "0000000000"),
        "^[0-9]{4}$" => is_shaped(text, "0000"),
        "^[0-9A-F]{4}$" => {
            let digit = |it: char| it.is_ascii_digit() || ('A'..='F').contains(&it);
            text.len() == 4 && text.chars().all(digit)
        }
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}" => {
            text.get(..19).is_some_and(|text| is_shaped(text, "0000-00-00T00:00:00"))
        }
        "^http://" => text.starts_with("http://"),
        "^[A-Za-z0-9+/]*={0,2}$" => {
            let digits = text.trim_end_matches('=');
            let padding = text.len() - digits.len();
            padding <= 2 && digits.chars().all(|it| it.is_ascii_alphanumeric() || "+/".contains(it))
        }
        other => panic!("the pattern {other} is not understood here"),
    }
}
