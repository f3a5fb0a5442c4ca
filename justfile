# Shortcuts. `./test.sh` is the one entry that everything has to pass.

# What continuous integration runs
ci:
    bash .ci/run

# Everything, packages included
test:
    ./test.sh

# Format the workspace and the fuzz crates
fmt:
    cargo fmt --all
    for crate in sim-card sim-reader sim-backend harness; do cargo fmt --manifest-path "$crate/fuzz/Cargo.toml"; done
    cargo fmt --manifest-path sim-card/tests/clients/Cargo.toml

# Lints as errors
lint:
    cargo clippy --workspace --all-targets -- -D warnings
    cargo clippy --manifest-path sim-card/tests/clients/Cargo.toml --all-targets -- -D warnings

# The documentation of our crates, warnings as errors
doc:
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps

# Licences, bans, sources, advisories; wants cargo-deny and, for the advisories, a network
deny:
    cargo deny check

# One fuzz target for a while on the stable compiler, e.g. `just fuzz sim-card apdu 600`
fuzz crate target seconds="60":
    .ci/fuzz "{{crate}}" "{{target}}" -max_total_time="{{seconds}}"

# Ten million commands to the card, in sequences, on the stable compiler; recorded in sim-card/fuzz/README.md
fuzz-card commands="10000000":
    FUZZ_COMMANDS="{{commands}}" FUZZ_OPT_LEVEL=3 .ci/fuzz sim-card card -seed=1 -len_control=0 -max_len=1024

# Take new golden files and snapshots over; read the difference first
bless:
    INSTA_UPDATE=always cargo test --workspace
    git diff --stat

# Plant every defect and see which assertion finds it; `just mutants --full` for the whole kill matrix
mutants *args:
    cargo run --release -p harness --features fast-crypto -- mutants {{args}}

# Measure card, link, backend and whole visits
bench:
    cargo bench --workspace

# Ratios of card and authority to openssl, vicc and a dummy, e.g. `just ratios signatures responder`
ratios *parts:
    cargo bench -p sim-card --bench ratios --features fast-crypto -- {{parts}}

# What a million insured cost the backend, e.g. `just volume feed`; `just volume ten-million` needs some 15 GB and a quarter of an hour
volume *parts:
    cargo bench -p sim-backend --bench ratios -- {{parts}}

# How soon the terminal answers a file, and 20,000 files at once with the terminal killed in the middle; `just folders answer`
folders *parts:
    cargo bench -p sim-reader --bench folders -- {{parts}}
