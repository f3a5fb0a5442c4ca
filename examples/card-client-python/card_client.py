"""A small card client (card middleware), as a vendor would connect it to the bench. Standard library only.

On stdin the bench says what the reader wants of the card, one JSON object a line, {"id": n, "op": ...}; each gets a line on stdout,
{"id": n, "status": ...}: ok, rejected (the card said no: sw), error (nobody said no: error_code removed, mute, unreadable), or
unsupported. Bytes are base64. The card comes over a socket: this program listens as vpcd does, and the bench connects for each card
that is placed; a message is a 16-bit length and that many bytes. docs/card-middleware-protocol.md lists the operations.

FAULT=number-file looks into the file with the 12-digit number, FAULT=signature-certificate into the certificate for signing documents, and
FAULT=pin-in-face-mode presents a PIN where a face was enough: what nobody may do, and what this bench is there to find.
"""
import json, os, select, socket, struct, sys
from base64 import b64decode, b64encode

JPKI, CARD_FACE, TEXT = map(bytes.fromhex, ("D392F000260100000001", "D3921000310001010402", "D3921000310001010408"))
TOKEN_INFORMATION, PRESENCE, USER_CERTIFICATE, USER_KEY, USER_PIN = 0x0006, 0x0008, 0x000A, 0x0017, 0x0018
FACE_RECORD, ISSUER_CERTIFICATE, REFERENCE_NUMBER_B = 0x0002, 0x0004, 0x0012
NUMBER = SIGNATURE_CERTIFICATE = 0x0001  # in TEXT, and in JPKI: an honest client opens neither
TOKENS = {b"JPKIAPICCTOKEN2": "card", b"JPKIAPGPSETOKEN": "android", b"JPKIAPIOSTOKEN": "iphone"}
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # a DigestInfo up to the hash, RFC 8017
DONE, BLOCKED, NOT_FOUND, NO_REFERENCE, PAST_END = 0x9000, 0x6984, 0x6A82, 0x6A88, 0x6B00
PATIENCE = 5  # seconds for one answer of the card
FAULT = os.environ.get("FAULT")

class No(Exception): """A reply other than ok."""

def refused(sw, step): return No({"status": "rejected", "sw": f"{sw:04X}", "reason": f"the card refuses {step}"})
def failed(code, reason): return No({"status": "error", "error_code": code, "reason": reason})

class Reader:
    """A virtual reader as vpcd is one: the card connects, gets power, and answers commands."""
    def __init__(self):
        self.door, self.card, self.fresh = socket.create_server(("127.0.0.1", 0)), None, False

    def seat(self):
        """Takes in the card that was placed last, if there is a new one, and gives it power."""
        while select.select([self.door], [], [], 0)[0]:
            if self.card:
                self.card.close()
            (self.card, _), self.fresh = self.door.accept(), True
            self.card.settimeout(PATIENCE)
            self.send(b"\x01")

    def send(self, message): self.card.sendall(struct.pack(">H", len(message)) + message)

    def receive(self, length):
        got = b""
        while len(got) < length:
            if not (part := self.card.recv(length - len(got))):
                raise failed("removed", "the card was taken away")
            got += part
        return got

    def exchange(self, apdu):
        if self.card is None:
            raise failed("removed", "no card lies on the reader")
        try:
            self.send(apdu)
            answer = self.receive(*struct.unpack(">H", self.receive(2)))
        except OSError as error:
            mute = isinstance(error, TimeoutError)
            raise (failed("mute", "the card does not answer") if mute else failed("removed", "the card was taken away")) from None
        if len(answer) < 2:
            raise failed("unreadable", "an answer without a status word")
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def command(self, header, data=b"", expected=b""):
        """CLA INS P1 P2 in hexadecimal, data, Le. Some cards fail at the first command after power-up: it is sent once more."""
        length = bytes([len(data)]) if len(data) < 256 else struct.pack(">BH", 0, len(data))
        apdu = bytes.fromhex(header) + (length + data if data else b"") + expected
        answer, fresh, self.fresh = self.exchange(apdu), self.fresh, False
        return self.exchange(apdu) if fresh and answer[1] == 0x6F00 else answer

class CardClient:
    def __init__(self):
        self.reader, self.application = Reader(), None

    def done(self, step, header, data=b"", expected=b""):
        answer, sw = self.reader.command(header, data, expected)
        if sw != DONE:
            raise refused(sw, step)
        return answer

    def open(self, aid, step="the application"):
        self.application = None
        self.done(step, "00A4040C", aid)
        self.application = aid

    def file(self, name, step): self.done(step, "00A4020C", struct.pack(">H", name))

    def head(self, name, length, step):
        """The first bytes of a file; none when it is empty."""
        self.file(name, step)
        answer, sw = self.reader.command("00B00000", expected=bytes([length]))
        if sw not in (DONE, PAST_END):
            raise refused(sw, step)
        return answer

    def object(self, name, tag, step):
        """A whole file that is one TLV object with a tag of so many bytes, in blocks of 256 bytes, the last with an exact Le."""
        head = self.head(name, 7, step)
        if not head[tag:]:
            return None
        size = max(head[tag] - 0x80, 0)
        total, got = tag + 1 + size + (int.from_bytes(head[tag + 1:tag + 1 + size], "big") if size else head[tag]), b""
        while len(got) < total < 0x8000:
            part = self.done(step, f"00B0{len(got):04X}", expected=bytes([min(total - len(got), 256) % 256]))
            if not part:
                raise failed("unreadable", f"{step} ends early")
            got += part
        return got[:total]

    def counted(self, step, data=b""):
        """What VERIFY on the PIN tells: right, the tries left, none left, or that there is no PIN."""
        _, sw = self.reader.command("00200080", data)
        told = {DONE: {"right": True}, BLOCKED: {"tries_left": 0}, NO_REFERENCE: None if data else {}}.get(sw)
        told = {"tries_left": sw & 0xF} if sw >> 4 == 0x63C else told
        if told is None or (sw == DONE and not data):
            raise refused(sw, step)
        return told

    def op_hello(self, _):
        return {"product": "Example Card Client", "version": "1.0.0", "positions": ["card-middleware"]}

    def op_reset(self, _):
        return {"card": "%s:%d" % self.reader.door.getsockname()}

    def op_recognise(self, _):
        _, sw = self.reader.command("00A4040C", JPKI)
        if sw != DONE: return {"token": "other"}
        self.application = JPKI
        information = self.head(TOKEN_INFORMATION, 160, "the token information")
        if len(information) < 160:
            raise failed("unreadable", "the token information is cut short")
        return {"token": TOKENS.get(information[:32].rstrip(), "other"), "serial": information[80:96].hex()}

    def op_has_certificate(self, _):
        _, sw = self.reader.command("00A4020C", struct.pack(">H", PRESENCE))
        return {"present": sw == NOT_FOUND or self.head(PRESENCE, 3, "the certificate's presence")[1:2] == b"\x8f"}

    def op_certificate(self, _):
        if FAULT == "signature-certificate": self.file(SIGNATURE_CERTIFICATE, "the signature certificate")
        return {"certificate": self.object(USER_CERTIFICATE, 1, "the user-authentication certificate")}

    def op_tries_left(self, _):
        if self.application != JPKI:
            self.open(JPKI)
        _, sw = self.reader.command("00A4020C", struct.pack(">H", USER_PIN))
        if sw not in (DONE, NOT_FOUND):
            raise refused(sw, "the PIN counter")
        return self.counted("the PIN counter") if sw == DONE else {}

    def op_verify_pin(self, ask):
        self.file(USER_PIN, "the PIN")
        return {"right": False, **self.counted("the PIN", ask["pin"].encode())}

    def op_face_record(self, ask):
        if FAULT == "number-file": self.open(TEXT), self.file(NUMBER, "the number")
        step = "the face record"
        self.open(CARD_FACE, step)
        self.file(REFERENCE_NUMBER_B, step)
        self.done(step, "00200080", ask["reference_number"].encode())
        return {"record": self.object(FACE_RECORD, 2, step), "issuer_certificate": self.object(ISSUER_CERTIFICATE, 2, step)}

    def op_show_terminal(self, ask):
        self.open(JPKI)
        if FAULT == "pin-in-face-mode": self.op_verify_pin({"pin": "0000"})
        self.done("the terminal's certificate", "80A20080", b64decode(ask["certificate"]))
        return {"challenge": self.done("a challenge", "00840000", expected=b"\x10")}

    def op_prove_terminal(self, ask):
        self.done("the terminal's proof", "00820080", b64decode(ask["signature"]))

    def op_sign(self, ask):
        self.file(USER_KEY, "the signature")
        signature = self.done("the signature", "802A0080", SHA256 + b64decode(ask["digest"]), b"\0")
        if len(signature) != 256:
            raise failed("unreadable", "the signature is cut short")
        return {"signature": signature}

    def op_select(self, _): self.open(JPKI)
    def op_end_session(self, _): self.done("the end of the session", "80FC0000")

client = CardClient()
for line in sys.stdin:
    ask = json.loads(line)
    operation = getattr(client, "op_" + ask["op"].replace("-", "_"), None)
    try:
        client.reader.seat()
        if operation is None:
            raise No({"status": "unsupported", "reason": "no such operation"})
        told = {name: b64encode(it).decode() if isinstance(it, bytes) else it for name, it in (operation(ask) or {}).items()}
        reply = {"status": "ok", **told}
    except No as no:
        reply = no.args[0]
    except (KeyError, ValueError, OSError) as error:
        reply = {"status": "error", "error_code": "internal", "reason": repr(error)}
    print(json.dumps({"id": ask["id"], **reply}), flush=True)
