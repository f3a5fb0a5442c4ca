"""A small card reader, as a vendor would connect it to the bench. Standard library only.

On stdin the bench says what happens at the counter, one JSON object a line, {"id": n, "op": ...}; each gets a line on stdout,
{"id": n, "status": ...}. The card comes over a socket: this program listens as vpcd does, and the bench connects for each card that is
placed. The terminal is asked over HTTP, and so is the key of an approved reader. docs/reader-protocol.md says it all. This reader has
no eyes: it leads visits by PIN and by visual check, takes phones, and says `unsupported` where the face is chosen.

FAULT=pin-handed-on tells the terminal what was typed: what no reader may do, and what this bench is there to find.
"""
import json, os, re, socket, sys, urllib.request
from base64 import b64decode, b64encode

from card import CLOSED, Card, End, Refused

MEDICAL_IN_GRACE = ("limit", "specific_diseases")  # all that an expired certificate in its grace period opens
ALLOWED = {None: ("face", "pin", "visual"), "home_visit": ("pin", "visual"), "online": ("pin",)}
FAULT = os.environ.get("FAULT")

class Unsupported(Exception): """What this reader does not do."""

def text(octets): return b64encode(octets).decode()

def four_digits(entry): return re.fullmatch("[0-9]{4}", entry)

def post(url, body):
    try:
        request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
        return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=15))
    except (OSError, ValueError):  # no answer says nothing about the patient
        raise End("system-error") from None

class Visit:
    """One visit, from an empty reader on. What it knows ends with it."""
    def __init__(self, counter, order):
        self.counter, self.order, self.asked, self.notices, self.typed = counter, order, [], [], ""

    def lead(self):
        order, phone = self.order, self.order["placed"] in ("android", "iphone")
        if order["placed"] == "nothing": raise End("no-card")
        if phone and not self.counter["phones"]: raise End("phone-not-taken")
        if phone: self.answered()
        pins = order["ways"][0].get("entries", []) if order["placed"] == "android" else None  # typed before the phone is held over
        if pins is not None and not any(map(four_digits, pins)): raise End("mode-not-offered")
        self.card = Card(door)
        kind, self.serial = self.card.token()
        if not phone and kind in ("android", "iphone"): raise End("phone-not-taken")
        if kind != order["placed"]: raise End("not-my-number-card")
        if not self.card.has_certificate(): raise End("no-certificate")
        if pins and (failed := self.enter(pins)): raise End(failed)
        mode = "pin" if phone else self.prove()
        certificate, given = self.card.certificate(), self.call("challenge", {}, {})
        signature = self.sign(b64decode(given["challenge"]), mode)
        if kind == "iphone": self.card.command("80FC0000")  # it may go back into the pocket
        bytes_of = {"certificate": text(certificate), "signature": text(signature)}
        if FAULT == "pin-handed-on": bytes_of["note"] = self.typed
        self.still_there(phone)
        certified = self.call("certificate", {"challenge_id": given["challenge_id"], "mode": mode, **bytes_of})
        state, registers = certified["certificate_state"], not certified["registered"]
        self.notices += {"valid": [], "expires_soon": ["renew_certificate"], "grace": ["renew_certificate", "grace"]}[state]
        if registers and not order["register"]: raise End("not-registered")
        told = {"ticket": certified["ticket"], "register": registers}
        self.asked = [kind for kind in self.counter["offers"] if state != "grace" or kind in MEDICAL_IN_GRACE]
        yes = [kind for kind in self.asked if kind in order["consents"]]
        flags = ("limit", "specific_diseases", "health_check", "drugs", "care", "operations", *yes)
        told["consents"] = {kind: kind in yes for kind in flags}
        if self.counter["electronic_prescriptions"] and "prescription" in order: told["prescription"] = order["prescription"]
        if "occasion" in order: told["occasion"] = order["occasion"]
        self.still_there(phone)
        qualified = self.call("qualification", told)
        self.notices += [notice for notice in qualified.get("notices", []) if notice not in self.notices]
        return "completed" if 1 <= qualified["validity"] <= 6 else "system-error"

    def answered(self):
        if self.order["silent"]: raise End("timed-out")

    def prove(self):
        """The ways one after the other, until one succeeds; the last that failed is why the visit ends."""
        self.answered()
        failed, place = "mode-not-offered", self.order.get("occasion")
        for way in self.order["ways"]:
            if way["way"] not in ALLOWED[place]:
                failed = "mode-not-offered"
            elif way["way"] == "face":
                raise Unsupported("this reader compares no faces")
            elif way["way"] == "visual":
                if not way["confirmed"]: raise End("staff-refused")
                self.approve(self.counter.get("approval"))
                return "visual"
            elif not self.card.tries():
                failed = "mode-not-offered"
                self.still_there(False)
            elif (failed := self.enter(way["entries"])) is None:
                return "pin"
        raise End(failed)

    def enter(self, entries):
        """Only four digits reach the card. None when one was right."""
        for self.typed in filter(four_digits, entries):
            left = self.card.tries(self.typed.encode())
            if left is True: return None
            if not left: return "pin-locked"
        return "wrong-pin"

    def approve(self, approval):
        """The key of an approved reader stays with the bench, which signs what the card gives."""
        def prove(challenge): return b64decode(post(approval["key_url"], {"challenge": text(challenge)})["signature"])
        try: self.card.approve(approval and b64decode(approval["certificate"]), prove)
        except Refused: self.turned_down("reader-not-approved")

    def sign(self, challenge, mode):
        try: return self.card.sign(challenge)
        except Refused as no: self.turned_down("reader-not-approved" if no.args[0] == CLOSED and mode != "pin" else "system-error")

    def turned_down(self, end):
        """A refusal is the card's only while it is still the same card."""
        self.still_there(self.order["placed"] != "card")
        raise End(end)

    def still_there(self, phone):
        """The card that was recognised, and no other; a phone need not stay."""
        if not phone and self.card.token()[1] != self.serial: raise End("card-removed")

    def call(self, path, body, ends=("certificate_refused", "signature_refused", "not_registered")):
        answer = post(f"{self.counter['terminal_url']}/reader/{path}", {"account": self.counter["account"], **body})
        if kind := answer.get("refused", {}).get("kind"): raise End(kind.replace("_", "-") if kind in ends else "system-error")
        return answer

def carried_out(op, ask):
    if op == "hello": return {"product": "Example Reader", "version": "1.0.0", "positions": ["reader"]}
    if op == "reset":
        counter.update(ask)
        return {"card": "%s:%d" % door.getsockname()}
    if op == "clock": return {}  # this reader shows no time
    if op != "visit": raise Unsupported("no such operation")
    visit = Visit(counter, ask)
    try: end = visit.lead()
    except End as early: end = early.args[0]
    except Refused: end = "system-error"  # no word of anybody's about the patient
    return {"end": end, "asked": visit.asked, "notices": visit.notices}

door, counter = socket.create_server(("127.0.0.1", 0)), {}
for line in sys.stdin:
    ask = json.loads(line)
    try: reply = {"status": "ok", **carried_out(ask["op"], ask)}
    except Unsupported as why: reply = {"status": "unsupported", "reason": str(why)}
    except (KeyError, ValueError) as error: reply = {"status": "error", "error_code": "internal", "reason": type(error).__name__}
    print(json.dumps({"id": ask["id"], **reply}), flush=True)
