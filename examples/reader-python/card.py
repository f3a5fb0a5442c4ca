"""The card on the reader, over vpcd's socket: the few commands a reader needs. Nothing here opens the files of the 12-digit number, or
the certificate for signing documents."""
import select, struct
from hashlib import sha256

JPKI = bytes.fromhex("D392F000260100000001")
TOKEN_INFORMATION, PRESENCE, USER_CERTIFICATE, USER_KEY, USER_PIN = 0x0006, 0x0008, 0x000A, 0x0017, 0x0018
TOKENS = {b"JPKIAPICCTOKEN2": "card", b"JPKIAPGPSETOKEN": "android", b"JPKIAPIOSTOKEN": "iphone"}
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # a DigestInfo up to the hash, RFC 8017
DONE, CLOSED, BLOCKED, NOT_FOUND, NO_REFERENCE, PAST_END = 0x9000, 0x6982, 0x6984, 0x6A82, 0x6A88, 0x6B00
PATIENCE = 5  # seconds for one answer

class End(Exception): """How a visit ended before its qualification was told."""
class Refused(Exception): """A status word that is no success."""

class Card:
    """What lies on the reader, over vpcd's socket: a message is a 16-bit length and that many bytes."""
    def __init__(self, door):
        while select.select([door], [], [], 0)[0]:  # the card that was placed last
            self.socket, self.fresh = door.accept()[0], True
        self.socket.settimeout(PATIENCE)
        self.send(b"\x01")  # power on

    def send(self, message): self.socket.sendall(struct.pack(">H", len(message)) + message)

    def receive(self, length):
        got = b""
        while len(got) < length:
            if not (part := self.socket.recv(length - len(got))): raise End("card-removed")
            got += part
        return got

    def exchange(self, apdu):
        try:
            self.send(apdu)
            answer = self.receive(*struct.unpack(">H", self.receive(2)))
        except TimeoutError:  # an object that never said a word may be anything
            raise End("not-my-number-card" if self.fresh else "system-error") from None
        except OSError:
            raise End("card-removed") from None
        if len(answer) < 2: raise End("system-error")
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def command(self, header, data=b"", expected=b""):
        """CLA INS P1 P2 in hexadecimal, data, Le. Some cards fail at the first command after power-up: it is sent once more."""
        length = bytes([len(data)]) if len(data) < 256 else struct.pack(">BH", 0, len(data))
        apdu = bytes.fromhex(header) + (length + data if data else b"") + expected
        answer, fresh, self.fresh = self.exchange(apdu), self.fresh, False
        return self.exchange(apdu) if fresh and answer[1] == 0x6F00 else answer

    def done(self, header, data=b"", expected=b""):
        answer, sw = self.command(header, data, expected)
        if sw != DONE: raise Refused(sw)
        return answer

    def file(self, name): self.done("00A4020C", struct.pack(">H", name))

    def head(self, name, length):
        self.file(name)
        answer, sw = self.command("00B00000", expected=bytes([length]))
        if sw not in (DONE, PAST_END): raise Refused(sw)
        return answer

    def token(self):
        """What kind it is, and which."""
        if self.command("00A4040C", JPKI)[1] != DONE: return "other", None
        information = self.head(TOKEN_INFORMATION, 160)
        if len(information) < 160: raise End("system-error")
        return TOKENS.get(information[:32].rstrip(), "other"), information

    def has_certificate(self):
        sw = self.command("00A4020C", struct.pack(">H", PRESENCE))[1]
        return sw == NOT_FOUND or self.head(PRESENCE, 3)[1:2] == b"\x8f"

    def certificate(self):
        head, got = self.head(USER_CERTIFICATE, 4), b""
        if head[:2] != b"\x30\x82": raise End("no-certificate")
        total = 4 + int.from_bytes(head[2:], "big")
        while len(got) < total:  # blocks of 256 bytes, the last with an exact Le
            part = self.done(f"00B0{len(got):04X}", expected=bytes([min(total - len(got), 256) % 256]))
            if not part: raise End("system-error")
            got += part
        return got[:total]

    def tries(self, pin=b""):
        """True for the right PIN, else the tries left: 0 when blocked, None when there is no PIN. Without one it costs no try."""
        sw = self.command("00A4020C", struct.pack(">H", USER_PIN))[1]
        if sw == NOT_FOUND: return None
        sw = self.command("00200080", pin)[1] if sw == DONE else sw
        if sw >> 4 == 0x63C: return sw & 0xF
        if sw == DONE and pin: return True
        if sw in (BLOCKED, NO_REFERENCE): return 0 if sw == BLOCKED else None
        raise Refused(sw)

    def approve(self, certificate, prove):
        """Proves that an approved reader asks, so that the key signs without PIN; `prove` signs the card's challenge."""
        self.done("00A4040C", JPKI)
        if certificate:
            self.done("80A20080", certificate)
            self.done("00820080", prove(self.done("00840000", expected=b"\x10")))

    def sign(self, challenge):
        self.file(USER_KEY)
        signature = self.done("802A0080", SHA256 + sha256(challenge).digest(), b"\0")
        if len(signature) != 256: raise End("system-error")
        return signature
