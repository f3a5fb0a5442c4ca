#!/usr/bin/env bash
# The one entry for whoever wants to know whether everything holds: format, lints, documentation, all tests, card clients that are
# not ours, the suite and the example products by the command itself, the fuzz targets. Debian 12, as root or with sudo.
set -euo pipefail
cd "$(dirname "$0")"

section() { printf '\n== %s  (%d:%02d)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }
die() { printf 'test.sh: %s\n' "$1" >&2; exit 1; }

# Debian packages that are missing, by a program or a file (as a pattern) of theirs. Nothing is ever skipped for want of one.
missing_packages() {
    local PATH="$PATH:/usr/sbin:/sbin" program package
    while read -r program package; do
        compgen -G "$program" > /dev/null || command -v "$program" > /dev/null || echo "$package"
    done <<- 'LIST'
		cc gcc
		c++ g++
		ld binutils
		openssl openssl
		/usr/lib/*/engines-3/pkcs11.so libengine-pkcs11-openssl
		xmllint libxml2-utils
		curl curl
		jq jq
		pdftotext poppler-utils
		pdftoppm poppler-utils
		/usr/share/poppler/cMap/Adobe-Japan1/UniJIS-UTF16-H poppler-data
		/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc fonts-noto-cjk
		opj_decompress libopenjp2-tools
		opensc-tool opensc
		pcscd pcscd
		/etc/reader.conf.d/vpcd vsmartcard-vpcd
		chromium chromium
		ip iproute2
		unshare util-linux
		setpriv util-linux
		setsid util-linux
		mount mount
		python3 python3
		node nodejs
		pkg-config pkg-config
		/usr/include/PCSC/winscard.h libpcsclite-dev
		/usr/lib/postgresql/*/bin/initdb postgresql
	LIST
}

install_packages() {
    local packages as_root=()
    mapfile -t packages < <(missing_packages | sort -u)
    [[ ${#packages[@]} -gt 0 ]] || return 0
    local wanted="install these Debian packages first: ${packages[*]}"
    command -v apt-get > /dev/null || die "$wanted"
    if [[ $EUID -ne 0 ]]; then
        command -v sudo > /dev/null || die "$wanted"
        as_root=(sudo DEBIAN_FRONTEND=noninteractive)
    fi
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get -q update || die "$wanted"
    "${as_root[@]}" apt-get -qy install --no-install-recommends "${packages[@]}" || die "$wanted"
}

# Ends with another exit code than wanted: says so and shows what was printed.
exits_with() {
    local wanted=$1 log=$2 code=0
    shift 2
    "$@" > "$log" 2>&1 < /dev/null || code=$?
    [[ $code -eq $wanted ]] && return 0
    cat "$log"
    die "exit code $code instead of $wanted: $*"
}

# The fuzz targets of the simulators for some seconds each on the stable compiler; the card's for a minute. It ends by itself when
# too few of its commands reach an EF or a verified PIN, and it must have come far enough to know. The harness's one, for
# madoguchi.yaml, is left to `.ci/fuzz harness madoguchi_yaml`: it has the whole bench to build, and property tests draw the same.
fuzz() {
    local folder source target seconds options
    for folder in sim-card sim-reader sim-backend; do
        for source in "$folder"/fuzz/fuzz_targets/*.rs; do
            target=$(basename "$source" .rs) seconds=5 options=()
            [[ $folder/$target == sim-card/card ]] && seconds=60 options=(-len_control=0 -max_len=1024)
            exits_with 0 "$scratch/$target.log" \
                .ci/fuzz "$folder" "$target" -max_total_time="$seconds" -seed=1 "${options[@]}"
            printf '%s: %s\n' "$target" "$(grep '^Done' "$scratch/$target.log")"
        done
    done
    grep '^census:' "$scratch/card.log" | tail -n 1 | grep . || die "the target card ran too few commands: $scratch/card.log"
}

# What the command does with the example products: each conformant as it is, found out with its planted fault.
example_products() {
    local example fault requirement run
    while read -r example fault requirement; do
        run=("$madoguchi" run --sut "examples/$example/madoguchi.yaml")
        exits_with 0 "$scratch/$example.log" "${run[@]}" --out "$scratch/$example"
        exits_with 1 "$scratch/$example-fault.log" env FAULT="$fault" "${run[@]}" --out "$scratch/$example-fault"
        grep -q "$requirement" "$scratch/$example-fault.log" ||
            die "the planted fault is not named by $requirement: $scratch/$example-fault.log"
        echo "$example: conformant; with FAULT=$fault it fails and $requirement is named"
    done <<- 'LIST'
		authority-client-python remembered OQS-CERT-22
		backend-python revoked-accepted OQS-CERT-07
		card-client-python number-file OQS-PRIV-02
		card-python pin-forgiving OQS-PIN-02
		face-matcher-python second-try OQS-FACE-04
		reader-python pin-handed-on OQS-PIN-08
		receipt-computer-folder newest-file OQS-MSG-19
		receipt-computer-python newest-file OQS-MSG-19
		terminal-node twice OQS-MSG-02
	LIST
}

# Adds up the closing lines of cargo test; without one, or with a failure among them, nothing has passed.
closing_lines() {
    grep '^test result:' "$1" || die "cargo test ran no test"
    awk '/^test result:/ { passed += $4; failed += $6; skipped += $8 }
         END { printf "\n%d passed, %d failed", passed, failed
               if (skipped) printf ", %d skipped", skipped
               print ""
               exit !(passed && !failed) }' "$1"
}

section 'Debian packages'
install_packages
command -v cargo > /dev/null || die 'install Rust with rustup first (https://rustup.rs): stable, with rustfmt and clippy'
cargo fmt --version && cargo clippy --version && rustc --version
scratch=${CARGO_TARGET_DIR:-target}/test
mkdir -p "$scratch"
# The default build of the command, as the tests leave it behind.
madoguchi=${CARGO_TARGET_DIR:-target}/debug/madoguchi
# A workspace of its own, with libraries the bench must not meet.
clients=(--manifest-path sim-card/tests/clients/Cargo.toml)
# What the default build leaves out; and they take its place where both do the same.
features=harness/fast-crypto,harness/pcsc,harness/postgres

section 'Format'
cargo fmt --all --check
for folder in {sim-card,sim-reader,sim-backend,harness}/fuzz sim-card/tests/clients; do
    cargo fmt --manifest-path "$folder/Cargo.toml" --check
done

section 'Lints'
cargo clippy --workspace --all-targets --features "$features" --quiet -- -D warnings
cargo clippy --workspace --quiet -- -D warnings
cargo clippy "${clients[@]}" --all-targets --quiet -- -D warnings

section 'Documentation'
RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --quiet

# One build with all features carries nearly everything: the default build would be tested by a second one of the same size.
section 'Tests, with what the features add'
cargo test --workspace --no-fail-fast --features "$features" 2>&1 < /dev/null | tee "$scratch/tests.log"

section 'The backend once more, with its stores on PostgreSQL'
TEST_STORE=postgres cargo test --workspace --features "$features" --test 'backend_*' 2>&1 < /dev/null |
    tee -a "$scratch/tests.log"

section 'What the default build does otherwise: signing, and what it says of features it lacks'
cargo test --workspace --test jpki --test backend_store --test backend_serve 2>&1 < /dev/null | tee -a "$scratch/tests.log"

section 'Card clients that are not ours'
cargo test "${clients[@]}" 2>&1 < /dev/null | tee -a "$scratch/tests.log"

section 'The suite against the reference stack'
"$madoguchi" run --out "$scratch/report" < /dev/null

# Ends otherwise than by 0 if a mutant survives, a variant does not pass, or the unmutated stack is flagged.
section 'The hunt: every mutant dies, every lawful variant passes'
"$madoguchi" mutants < /dev/null > "$scratch/mutants.log" 2>&1 || { cat "$scratch/mutants.log"; die 'the hunt did not go well'; }
tail -n 12 "$scratch/mutants.log"

section 'The example products'
example_products

section 'Fuzz targets of the simulators, a minute for the card, a few seconds for each other'
fuzz

section 'Result'
closing_lines "$scratch/tests.log"
