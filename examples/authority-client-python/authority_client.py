"""A small authority client, as one would connect it to the bench: it validates certificates for a backend. Standard library and `openssl`.

The bench's orders come as JSON lines on stdin: hello, reset with whom to trust and where to ask, validate with a certificate and the time.
A certificate is looked at in three ways: does its path lead to a trusted authority, does the day lie in its period, what does the authority
say of it by OCSP (RFC 6960). More in docs/authority-client-protocol.md.

FAULT=held-is-good overlooks a hold, FAULT=remembered asks about each certificate once and never again.
OWN_CLOCK=1 goes by the machine's clock, whatever time the bench tells: such a product says `clock: own` in its madoguchi.yaml.
"""
import json, os, re, ssl, subprocess, sys, tempfile
from base64 import b64decode
from datetime import datetime, timedelta, timezone

POLICIES = "1.2.392.200149.8.5.1.0.30", "1.2.392.200149.8.5.1.0.50"  # user authentication: on a card, in a phone
FAULT, OWN_CLOCK = os.environ.get("FAULT"), os.environ.get("OWN_CLOCK")
SKEW = timedelta(minutes=5)  # how far two clocks may be apart


class No(Exception):
    """A reply that is not ok."""


def openssl(*command):
    """Whether it went well, and what was said."""
    done = subprocess.run(["openssl", *command], capture_output=True, timeout=8)
    return done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")


def instant(text):
    """A time as openssl prints it: Apr  1 00:30:00 2026 GMT."""
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text.strip()), timezone.utc)


class Client:
    def __init__(self):
        self.folder, self.responder, self.known = None, None, {}

    def op_hello(self, ask):
        return {"product": "Example Authority Client", "version": "1.0.0", "positions": ["authority-client"]}

    def op_reset(self, ask):
        """A new world: nothing of the one before remains."""
        self.folder, self.responder, self.known = tempfile.TemporaryDirectory(), ask["responder"], {}
        self.anchors = [self.pem(f"anchor{n}", one["certificate"]) for n, one in enumerate(ask["authorities"])]
        return {}

    def op_validate(self, ask):
        told = datetime.fromisoformat(ask["now"].replace("Z", "+00:00"))
        now = (datetime.now(timezone.utc) if OWN_CLOCK else told).replace(microsecond=0)
        if FAULT == "remembered" and ask["certificate"] in self.known:
            return self.known[ask["certificate"]]
        self.known[ask["certificate"]] = found = self.validate(self.pem("certificate", ask["certificate"]), now)
        return found

    def validate(self, file, now):
        _, text = openssl("x509", "-in", file, "-noout", "-dates", "-ext", "certificatePolicies")
        begins, ends = (instant(re.search(f"^{name}=(.*)$", text, re.M)[1]) for name in ("notBefore", "notAfter"))
        issuer = self.issuer(file, begins)
        if not issuer or not any(policy in text for policy in POLICIES):
            return {"path": "untrusted"}
        period = "not-yet" if now < begins else "ended" if now > ends else "current"
        return {"path": "trusted", "period": period, **self.status(file, issuer, now)}

    def issuer(self, file, begins):
        """The trusted authority that signed it. The period is looked at apart: after it there may be grace, which is the backend's affair."""
        path = "-no-CApath", "-no-CAstore", "-purpose", "sslclient", "-attime", str(int(begins.timestamp())), file
        return next((anchor for anchor in self.anchors if openssl("verify", "-CAfile", anchor, *path)[0]), None)

    def status(self, file, issuer, now):
        """What the responder says now, if it can be believed: signed by one of the authority's, for this certificate, and not out of date."""
        signer = "-CAfile", issuer, "-attime", str(int(now.timestamp()))
        # openssl compares the answer's period with the machine's clock; so it is told to let everything pass, and we look ourselves.
        _, said = openssl("ocsp", "-issuer", issuer, "-cert", file, "-url", self.responder, *signer, "-validity_period", "4000000000", "-timeout", "4")
        status, times = re.search(r"^\S+: (good|revoked|unknown)$", said, re.M), dict(re.findall(r"^\s+(\w+ \w+): (.*)$", said, re.M))
        if not status or "Response verify OK" not in said or "no nonce" in said:
            raise No({"status": "error", "error_code": "no-status", "reason": (said.strip() or "nothing was said").splitlines()[-1]})
        if instant(times["This Update"]) > now + SKEW or "Next Update" in times and instant(times["Next Update"]) < now - SKEW:
            raise No({"status": "error", "error_code": "no-status", "reason": "the answer is not current"})
        if status[1] != "revoked":
            return {"revocation": status[1]}
        reason = re.search(r"^\s+Reason: (\w+)$", said, re.M)
        if FAULT == "held-is-good" and reason and reason[1] == "certificateHold":
            return {"revocation": "good"}
        since = instant(times["Revocation Time"]).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"revocation": "revoked", "revoked_at": since, **({"revocation_reason": reason[1]} if reason else {})}

    def pem(self, name, base64):
        path = os.path.join(self.folder.name, f"{name}.pem")
        with open(path, "w") as file:
            file.write(ssl.DER_cert_to_PEM_cert(b64decode(base64)))
        return path


def reply(client, ask):
    operation = getattr(client, "op_" + ask["op"].replace("-", "_"), None)
    try:
        if operation is None:
            raise No({"status": "unsupported", "reason": "no such operation"})
        return {"status": "ok", **operation(ask)}
    except No as no:
        return no.args[0]
    except Exception as error:  # whatever else: it is told, and the next order is taken
        return {"status": "error", "reason": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    client = Client()
    for line in sys.stdin:
        ask = json.loads(line)
        print(json.dumps({"id": ask["id"], **reply(client, ask)}), flush=True)
