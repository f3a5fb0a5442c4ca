//! What a person told of one order, and the reply that a program would have sent for it.

use serde_json::{Map, Value, json};
use sim_reader::institution::protocol::{REFERENCE_NUMBER, Reply, Status};

/// What the person told of one order: the status it means, its code, its choice, and the values told with it.
#[derive(Debug)]
pub struct Told {
    /// The status.
    pub status: Status,
    /// The contract's code, where the choice stands for one.
    pub code: Option<&'static str>,
    /// The choice.
    pub key: &'static str,
    /// What was told with it.
    pub values: Map<String, Value>,
}

impl Told {
    /// What a program would have replied.
    pub fn reply(mut self) -> Reply {
        let mut text = |name: &str| self.values.remove(name)?.as_str().map(str::to_owned);
        let (code, reason) = match self.status {
            Status::Ok => (None, None),
            Status::Rejected | Status::Unsupported | Status::Error => {
                (self.code.map(str::to_owned).or_else(|| text("error_code")), text("reason"))
            }
        };
        Reply { error_code: code, reason, body: self.values, ..bare(self.status) }
    }

    /// What was made of a file of `face`.
    pub fn decision(mut self, file: &str) -> Value {
        self.values.insert("file".to_owned(), file.into());
        self.values.insert("decision".to_owned(), self.key.into());
        self.values.into()
    }

    /// A chart that was opened although no file came.
    pub fn opened_unseen(mut self) -> Value {
        self.values.insert("file".to_owned(), "".into());
        self.values.insert("decision".to_owned(), "opened".into());
        self.values.into()
    }

    /// What came of one entry of many.
    pub fn entry(mut self, own: Value) -> Value {
        match self.key {
            "accepted" | "refused" if own.get("reference_number").is_some() => {
                self.values.insert("accepted".to_owned(), (self.key == "accepted").into());
            }
            REFERENCE_NUMBER => {
                self.values.insert("alarm".to_owned(), self.key.into());
            }
            _ => {}
        }
        self.values.extend(own.as_object().cloned().unwrap_or_default());
        self.values.into()
    }
}

/// The body of a reply to `information`: a result code, and the items of a health check under its day.
pub fn informed(mut reply: Reply) -> Reply {
    if reply.status != Status::Ok {
        return reply;
    }
    reply.body.insert("result_code".to_owned(), "1".into());
    let (made, items) = (reply.body.remove("made"), reply.body.remove("items"));
    if let (Some(made), Some(Value::Array(items))) = (made, items) {
        let items: Vec<_> =
            items.into_iter().map(|name| json!({ "name": name, "value": "" })).collect();
        reply.body.insert("checks".to_owned(), json!([{ "made": made, "items": items }]));
    }
    reply
}

/// A reply of status ok.
pub fn ok(body: Value) -> Reply {
    Reply { body: body.as_object().cloned().unwrap_or_default(), ..bare(Status::Ok) }
}

/// A reply of a status and nothing else; its number is set when it is sent.
pub fn bare(status: Status) -> Reply {
    Reply { id: 0, status, error_code: None, reason: None, body: Map::new() }
}
