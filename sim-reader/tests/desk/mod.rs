//! A receipt computer behind one door: the reference in process, or the Python example as a foreign process.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::type_complexity,
    clippy::expect_used,
    dead_code,
    reason = "test support: a broken set-up ends the test, and no test uses all of it"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use sim_reader::institution::Institution;
use sim_reader::institution::protocol::{Op, Request};

pub enum Desk {
    Reference(Option<Box<Institution>>),
    Example(Product),
}

pub struct Product {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

/// Both, so that a test states what holds for either.
pub fn both() -> [Desk; 2] {
    [Desk::reference(), Desk::example(&[])]
}

impl Desk {
    pub fn reference() -> Self {
        Self::Reference(None)
    }

    pub fn example(environment: &[(&str, &str)]) -> Self {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/receipt-computer-python");
        let mut command = Command::new("python3");
        command.arg("-B").arg("receipt_computer.py").current_dir(folder);
        command.envs(environment.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                panic!("python3 cannot be started ({error}); install it to run the example product")
            }
        };
        let (to, from) =
            (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self::Example(Product { child, to, from })
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Reference(_) => "reference",
            Self::Example(_) => "example",
        }
    }

    pub async fn call(&mut self, mut op: Value) -> Value {
        op["id"] = json!(1);
        match self {
            Self::Reference(desk) => {
                let request: Request = serde_json::from_value(op).unwrap();
                if let Op::Reset(start) = &request.op {
                    *desk = Some(Box::new(Institution::new(start.clone())));
                }
                serde_json::to_value(desk.as_mut().unwrap().perform(request).await).unwrap()
            }
            Self::Example(product) => tokio::task::block_in_place(|| product.call(&op)),
        }
    }
}

impl Product {
    fn call(&mut self, op: &Value) -> Value {
        writeln!(self.to, "{op}").unwrap();
        self.to.flush().unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("the example replied {line:?}: {error}"))
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // Ends it even where a test failed in between.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
