//! The catalogue is embedded: a scenario that is added or taken away must build the command anew.

fn main() {
    println!("cargo::rerun-if-changed=../scenarios");
}
