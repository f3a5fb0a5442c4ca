"""A small qualification backend (資格確認機関), as one would connect it to the bench. Standard library and the command `openssl`.

The bench's orders come as JSON lines on stdin: hello, reset with all of a new world, clock with the time. Institutions come by mutual TLS
1.3, insurers by HTTP. Served are SIMchalng01, SIMcertif01, SIMqualif01 at the counter, OQSsiquc01 and the feed; all else is answered
SIM-E1003, not simulated. More in docs/backend-protocol.md.

FAULT=revoked-accepted takes a revoked certificate for a living one, FAULT=first-person finds the same person by every certificate.
"""
import calendar, hashlib, json, os, re, secrets, ssl, subprocess, sys, tempfile, urllib.request
from base64 import b64decode, b64encode
from datetime import datetime, timedelta, timezone
from doors import Refused, opened, stamp

JST = timezone(timedelta(hours=9))
POLICIES = "1.2.392.200149.8.5.1.0.30", "1.2.392.200149.8.5.1.0.50"  # user authentication: on a card, in a phone
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # a DigestInfo up to the hash, RFC 8017
LIMIT, DISEASES = "LimitApplicationCertificateRelated", "SpecificDiseasesCertificateRelated"
MEDICAL = "SpecificHealthCheckupsInfo", "PharmacistsInfo", "DiagnosisInfo", "OperationInfo"
CLINICAL = "DiagnosisName", "InfectiousInfo", "AllergyInfo", "ContraindicationInfo", "TestInfo", "PrescriptionInfo"
SEARCH = {"insurer": "InsurerNumber", "symbol": "InsuredCardSymbol", "number": "InsuredIdentificationNumber", "branch": "InsuredBranchNumber"}
NOTICE = {"ProcessingResultCode": "SIM-N1001", "ProcessingResultMessage": "利用者証明用電子証明書の更新時期です"}
FAULT = os.environ.get("FAULT")

def months(day, count):
    """The same day so many months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))

def openssl(*command, data=None):
    done = subprocess.run(["openssl", *command], input=data, capture_output=True, timeout=8)
    return done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")

def time_of(ask): return datetime.fromisoformat(ask["now"].replace("Z", "+00:00")).astimezone(JST).replace(microsecond=0)
def digits(day): return (day or "").replace("-", "")

class Backend:
    def __init__(self, world):
        self.world, self.records, self.challenges, self.tickets = world, {}, {}, {}
        self.registered, self.now = {one["person"] for one in world["registered"]}, time_of(world)

    def feed(self, records):
        self.records |= {record["record_id"]: record for record in records}
        return {"results": [{"index": n, "record_id": one["record_id"], "outcome": "accepted"} for n, one in enumerate(records)]}

    def state(self, person):
        """Holder and coverages: of the set of records, in whatever order they came."""
        own = sorted((r for r in self.records.values() if r["person"] == person), key=lambda r: (r.get("revision", 0), r["record_id"]))
        def told(kind): return [(r["insurer_number"], r["data"]) for r in own if r["kind"] == kind]
        gained = {(new["gained"], insurer, new["number"], new.get("branch")): {**new, "insurer": insurer} for insurer, new in told("gain")}
        def meant(insurer, data): return [c for c in gained.values() if (c["insurer"], c["number"]) == (insurer, data.get("number", c["number"]))]
        for insurer, data in told("loss"):
            begun = [c for c in meant(insurer, data) if c["gained"] <= data["loss"]["on"]]
            max(begun, key=lambda c: (c["gained"] < data["loss"]["on"], c["gained"]), default={})["loss"] = data["loss"]
        for insurer, data in told("limit"):
            [coverage.update(data["certificates"]) for coverage in meant(insurer, data)]
        return (told("person") or [(None, None)])[-1][1], list(gained.values())

    def qualification(self, coverages, asked, day):
        """QualificationValidity and coverage, among those asked for: the newest that holds on the day, else the newest that has ended."""
        def ended(c): return c.get("loss", {"on": "9"})["on"] <= day or c.get("card_class") in ("03", "04") and c["expires"] < day
        def newest(among, over): return max((c for c in among if c["gained"] <= day and ended(c) == over), key=lambda c: c["gained"], default=None)
        now, old, other = newest(asked, False), newest(asked, True), newest(coverages, False)
        if now or not old:
            return ("1", now) if now else ("4", None)
        return "3" if other and other["gained"] > old["gained"] else "2", old

    def answer(self, found, holder, day, given, now):
        """QualificationValidity with its record, and each consent in `given` with its times; those to medical information live a day."""
        validity, coverage = found
        if coverage is None:
            return {"QualificationValidity": validity}
        loss, shown = coverage.get("loss", {}), {} if holder.get("address_withheld") else holder
        values = {
            "InsuredCardClassification": coverage.get("card_class", "01"), **{name: coverage.get(key) for key, name in SEARCH.items()},
            "InsurerNumber": coverage["insurer"].rjust(8), "PersonalFamilyClassification": coverage["own_or_family"],
            "Name": holder["name"], "NameKana": holder.get("name_kana"), "Sex1": holder["sex1"], "Birthdate": digits(holder["birthdate"]),
            "Address": shown.get("address"), "PostNumber": shown.get("post_number"), "QualificationDate": digits(coverage["gained"]),
            "DisqualificationDate": digits(loss.get("on")), "InsuredCardExpirationDate": digits(coverage.get("expires")),
            "InsuredPartialContributionRatio": coverage.get("contribution_ratio"), "ReasonOfLoss": loss.get("reason"),
            "InsurerName": coverage["insurer_name"]}
        for name, agreed in given.items():
            values |= {f"{name}ConsFlg": "01"[agreed], f"{name}ConsTime": stamp(now) if agreed else None,
                       f"{name}AvailableTime": stamp(now + timedelta(days=1)) if agreed and name in MEDICAL + CLINICAL else None}
        for one in coverage.get("limits", []) if validity == "1" and given[LIMIT] else []:
            start, end = one["period"]["start"], one["period"].get("end")
            told = {"": one["class"], "Flag": one["flag"]} if start <= day <= (end or "9") else {}
            values[LIMIT + "Info"] = {f"LimitApplicationCertificateClassification{key}": value for key, value in told.items()}
        return {"QualificationValidity": validity, "ResultList": {"ResultOfQualificationConfirmation": values}}

    def on_SIMchalng01req(self, ask, now):
        name, challenge = secrets.token_hex(16), secrets.token_bytes(32)
        self.challenges[name] = challenge, ask["MedicalInstitutionCode"]
        return {"ChallengeIdentifier": name, "Challenge": b64encode(challenge).decode()}

    def on_SIMcertif01req(self, ask, now):
        challenge, institution = self.challenges.pop(ask["ChallengeIdentifier"], (b"", None))
        der, signature = b64decode(ask["UserAuthenticationCertificate"]), b64decode(ask["Signature"])
        readable, told = openssl("x509", "-inform", "DER", "-noout", "-serial", "-dates", "-modulus", "-ext", "certificatePolicies", data=der)
        field = dict(re.findall(r"^(\w+)=(.*)$", told, re.M)) if readable else {}
        if institution != ask["MedicalInstitutionCode"] or not field:
            raise Refused("SIM-E2001" if institution and not field else "SIM-E2002")
        expected = b"\1" + b"\xff" * 202 + b"\0" + SHA256 + hashlib.sha256(challenge).digest()
        if pow(int.from_bytes(signature, "big"), 65537, int(field["Modulus"], 16)) != int.from_bytes(expected, "big"):
            raise Refused("SIM-E2002")
        begins, ends = (datetime.fromtimestamp(ssl.cert_time_to_seconds(field[name]), JST) for name in ("notBefore", "notAfter"))
        state = self.usable(der, told, begins, ends, now)
        person, ticket = self.person(field["serial"].lower()), secrets.token_hex(16)
        if (self.state(person)[0] or {}).get("self_information_refused"):
            raise Refused("SIM-E2003")
        self.tickets[ticket] = institution, person, state
        return {"AuthenticationTicket": ticket, "CertificateState": state, "Registered": "01"[person in self.registered]}

    def usable(self, der, told, begins, ends, now):
        """1 valid, 2 valid for three months at most, 3 in its grace; else refused. Grace heals no revocation."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(der), file.flush()
            # Whatever the time: the period has rules of its own, and phones have no grace.
            path = "-no-CApath", "-no-CAstore", "-purpose", "sslclient", "-attime", str(int(begins.timestamp())), file.name
            issuer = next((ca for ca in self.world["trust"] if openssl("verify", "-CAfile", ca, *path)[0]), None)
            grace = months(ends.date().replace(day=1), 4) if POLICIES[0] in told else ends.date()
            if not issuer or not any(policy in told for policy in POLICIES) or now < begins or now > ends and now.date() >= grace:
                raise Refused("SIM-E2001")
            _, status = openssl("ocsp", "-issuer", issuer, "-cert", file.name, "-url", self.world["authority"], "-CAfile", issuer, "-no_nonce",
                                "-attime", str(int(now.timestamp())), "-validity_period", "4000000000", "-timeout", "4")
        answer = re.search(r"^\S+: (good|revoked|unknown)$", status, re.M)
        if not answer or "Response verify OK" not in status:
            raise Refused("SIM-E3001")
        if answer[1] != "good" and FAULT != "revoked-accepted":
            raise Refused("SIM-E2001")
        return "3" if now > ends else "2" if now.date() >= months(ends.date(), -3) else "1"

    def person(self, serial):
        """Whose certificate this is, as the authority knows; None for one that it does not know."""
        if FAULT == "first-person":
            return next((record["person"] for record in self.records.values()), None)
        try:
            with urllib.request.urlopen(f"{self.world['authority']}/link/{serial}", timeout=4) as answer:
                return json.load(answer)["person"]
        except OSError as error:
            if getattr(error, "code", None) == 404:
                return None
            raise Refused("SIM-E3001") from None

    def on_SIMqualif01req(self, ask, now):
        institution, person, state = self.tickets.pop(ask["AuthenticationTicket"], (None, None, None))
        if ask["MedicalTreatmentFlag"] not in (None, "1") or institution != ask["MedicalInstitutionCode"]:
            raise Refused("SIM-E2004" if institution is None else "SIM-E1003")
        if person is None or person not in self.registered and ask["Registration"] != "1":
            raise Refused("SIM-E2003")
        self.registered.add(person)
        holder, coverages = self.state(person)
        given = {name: ask[name + "ConsFlg"] == "1" and (name not in MEDICAL or state != "3") for name in (LIMIT, DISEASES, *MEDICAL)}
        given |= {name: True for name in CLINICAL if ask[name + "ConsFlg"] == "1" and state != "3" and ask["day"] >= "2025-01-01"}
        found = self.qualification(coverages, coverages if holder else [], ask["day"])
        return {"PrescriptionIssueSelect": ask["PrescriptionIssueSelect"], "ProcessingResultStatus": "1", **(NOTICE if state != "1" else {}),
                **self.answer(found, holder, ask["day"], given, now)}

    def on_OQSsiquc01req(self, ask, now):
        """By numbers: exact, lead zeros and widths included; nobody is named where they fit several."""
        wanted = {key: (ask[name] or "").strip() or None for key, name in SEARCH.items()}
        def named(c): return c["gained"] <= ask["day"] and all(c.get(key) == it for key, it in wanted.items() if it or key != "branch")
        states = map(self.state, dict.fromkeys(record["person"] for record in self.records.values()))
        fit = [(who, told) for who, told in states if who and digits(who["birthdate"]) == ask["Birthdate"] and any(map(named, told))]
        holder, coverages = fit[0] if len(fit) == 1 else (None, [])
        found = ("5", None) if len(fit) > 1 else self.qualification(coverages, [c for c in coverages if named(c)], ask["day"])
        given, echo = {LIMIT: ask[LIMIT + "ConsFlg"] == "1", DISEASES: False}, {name: ask[name] for name in (*SEARCH.values(), "Birthdate")}
        return {"QualificationConfirmSearchInfo": echo, "ProcessingResultStatus": "1", **self.answer(found, holder, ask["day"], given, now)}

def op_hello(_):
    return {"product": "Example Backend", "version": "1.0.0", "positions": ["backend"]}

def op_reset(ask):
    global backend
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ask["client_ca"])
    context.minimum_version, context.verify_mode = ssl.TLSVersion.TLSv1_3, ssl.CERT_REQUIRED
    context.load_cert_chain(ask["identity"])
    backend = Backend(ask)
    return {"institutions": opened(backend, context), "insurers": "http://" + opened(backend)}

def op_clock(ask):
    backend.now = time_of(ask)

for line in sys.stdin:
    ask = json.loads(line)
    operation = globals().get("op_" + ask["op"])
    reply = {"status": "ok", **(operation(ask) or {})} if operation else {"status": "unsupported"}
    print(json.dumps({"id": ask["id"], **reply}), flush=True)
