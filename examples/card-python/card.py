"""A small virtual My Number Card, as a vendor would connect it to the bench. Standard library only.

The bench starts this program once for each card. MADOGUCHI_CARD_FOLDER holds what is on the card, MADOGUCHI_VPCD_HOST and
MADOGUCHI_VPCD_PORT are where the reader awaits it: the program connects, as a card does to vpcd, and answers until the reader hangs up.
A message is a 16-bit length and that many bytes: 00 power off, 01 power on, 02 reset, 04 for the answer to reset; more is a command.
docs/card-protocol.md lists the files and the commands.

FAULT=pin-forgiving keeps the count of wrong PINs where it ends with the power, and FAULT=costly-question takes a try from whoever asks
how many are left: what no card may do, and what this bench is there to find.
"""
import hashlib, json, os, pathlib, secrets, socket, struct
from base64 import b64decode

FOLDER = pathlib.Path(os.environ["MADOGUCHI_CARD_FOLDER"])
FAULT = os.environ.get("FAULT")
JPKI, FACE = "D392F000260100000001", "D3921000310001010402"
ATR = bytes.fromhex("3BE000FF8131FE4514")
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # a DigestInfo up to the hash, RFC 8017
DONE, WRONG, BLOCKED, LENGTH, DENIED, CONDITIONS = 0x9000, 0x63C0, 0x6984, 0x6700, 0x6982, 0x6985
KIND, NO_EF, NO_FILE, NO_REFERENCE, P1_P2, PAST_END, NO_INS = 0x6981, 0x6986, 0x6A82, 0x6A88, 0x6A86, 0x6B00, 0x6D00

class Refused(Exception): """A status word other than 9000."""

def refuse_unless(holds, sw):
    if not holds: raise Refused(sw)

def objects(data):
    """The tags and values of BER-TLV objects in a row; tags of one byte or two, which is enough here."""
    while data:
        at = 2 if data[0] & 0x1F == 0x1F else 1
        tag, size, at = int.from_bytes(data[:at], "big"), data[at], at + 1
        if size & 0x80: size, at = int.from_bytes(data[at:at + (size & 0x7F)], "big"), at + (size & 0x7F)
        yield tag, data[at:at + size]
        data = data[at + size:]

def der(path):
    """The inside of the SEQUENCE in a PEM file; None where there is no file."""
    if not path.exists(): return None
    lines = path.read_text().splitlines()
    return [value for _, value in objects(next(objects(b64decode("".join(lines[1:-1]))))[1])]

def numbers(sequence): return [int.from_bytes(value, "big") for _, value in objects(next(objects(sequence))[1])]

def private_key(name):
    """PKCS #8 around RSAPrivateKey: version, n, e, d, p, q and what makes the power quick."""
    parts = der(FOLDER / f"{name}.key.pem")
    return parts and numbers(parts[2])

def padded(info): return int.from_bytes(b"\0\1" + b"\xff" * (253 - len(info)) + b"\0" + info, "big")

def signed(info, key):
    """RSASSA-PKCS1-v1_5 around what is given, by the Chinese remainder theorem."""
    _, _, _, _, p, q, dp, dq, inverse = key
    a, b = pow(padded(info), dp, p), pow(padded(info), dq, q)
    return (b + q * ((a - b) * inverse % p)).to_bytes(256, "big")

def verifies(key, message, signature):
    return pow(int.from_bytes(signature, "big"), key[1], key[0]) == padded(SHA256 + hashlib.sha256(message).digest())

class Reference:
    """A PIN or 照合番号 with its counter. Without a value it was delivered blocked."""
    def __init__(self, value, limit):
        self.value, self.limit, self.left = value and value.encode(), limit, limit if value else 0

    def verify(self, data):
        if not data:
            self.left, left = self.left - (FAULT == "costly-question" and self.left > 0), self.left
            raise Refused(WRONG | left)
        refuse_unless(self.left, BLOCKED)
        self.left = self.limit if data == self.value else self.left - 1
        refuse_unless(data == self.value, WRONG | self.left)

class Card:
    def __init__(self):
        told = json.loads((FOLDER / "card.json").read_text())
        number_b = told["reference_number_b"]  # it begins with the birth date in era years
        self.files = {folder.name: {file.name: file.read_bytes() for file in folder.iterdir()} for folder in (FOLDER / "files").iterdir()}
        self.references = {
            (JPKI, "0018"): Reference(told["user_pin"], 3), (JPKI, "001B"): Reference(told["signature_password"], 5),
            (FACE, "0011"): Reference(number_b[:6], 10), (FACE, "0012"): Reference(number_b, 10)}
        self.keys = {(JPKI, "0017"): private_key("user-authentication"), (JPKI, "001A"): private_key("digital-signature")}
        # What opens a file or a key; an approved terminal does what the PIN does.
        self.locks = {(JPKI, "0001"): {"001B"}, (JPKI, "001A"): {"001B"}, (JPKI, "0017"): {"0018", "terminal"},
                      (FACE, "0001"): {"0011"}, (FACE, "0002"): {"0012"}}
        authority = der(FOLDER / "terminal-authority.pub.pem")
        self.terminal_authority = authority and numbers(authority[1][1:])  # the BIT STRING's first byte tells unused bits
        self.power(False)

    def power(self, on):
        self.powered, self.application, self.file, self.rights, self.terminal, self.challenge = on, None, None, set(), None, None
        if FAULT == "pin-forgiving":
            for reference in self.references.values(): reference.left = reference.limit if reference.value else 0

    def known(self, name):
        return name in self.files.get(self.application, {}) or (self.application, name) in {*self.references, *self.keys}

    def target(self, p2):
        """The file that P2 points at: the current one, or one by its short identifier."""
        if p2 != 0x80:
            refuse_unless(0x81 <= p2 <= 0x9E, P1_P2)
            name = f"{p2 & 0x1F:04X}"
            refuse_unless(self.known(name), NO_REFERENCE)
            self.file = name
        refuse_unless(self.file, NO_EF)
        return self.application, self.file

    def opened(self, place):
        refuse_unless(place not in self.locks or self.rights & self.locks[place], DENIED)

    def select(self, p1, p2, data, _):
        if p1 == 0x04:
            found = next((aid for aid in self.files if aid.startswith(data.hex().upper())), None)
            refuse_unless(found, NO_FILE)
            if found != self.application: self.rights, self.terminal, self.challenge = set(), None, None
            self.application, self.file = found, None
        else:
            refuse_unless(p1 == 0x02, P1_P2)
            refuse_unless(self.known(data.hex().upper()), NO_FILE)
            self.file = data.hex().upper()

    def read_binary(self, p1, p2, data, expected):
        place, offset = (self.target(p1), p2) if p1 & 0x80 else (self.target(0x80), p1 << 8 | p2)
        content = self.files[self.application].get(place[1])
        refuse_unless(content is not None, KIND)
        self.opened(place)
        refuse_unless(offset < len(content), PAST_END)
        return content[offset:offset + expected]

    def verify(self, p1, p2, data, expected):
        place = self.target(p2)
        refuse_unless(place in self.references, KIND)
        refuse_unless(len(data) <= 16 and not expected, LENGTH)
        if data: self.rights.discard(place[1])
        self.references[place].verify(data)
        self.rights.add(place[1])

    def sign(self, p1, p2, data, expected):
        """COMPUTE DIGITAL SIGNATURE: P1 00 pads what is given, 02 takes a SHA-256 value."""
        place = self.target(p2)
        refuse_unless(place in self.keys, KIND)
        self.opened(place)
        refuse_unless(self.keys[place], NO_REFERENCE)
        refuse_unless(p1 in (0x00, 0x02), P1_P2)
        refuse_unless(0 < len(data) <= 245 and (p1 == 0 or len(data) == 32), CONDITIONS)
        return signed(data if p1 == 0 else SHA256 + data, self.keys[place])

    def get_challenge(self, p1, p2, data, expected):
        self.challenge = secrets.token_bytes(expected)
        return self.challenge

    def show_terminal(self, p1, p2, data, _):
        """A certificate: 7F21 { 5F4E two ids, 90 exponent, 91 modulus; 5F37 signature }. Bench profile."""
        refuse_unless(self.application == JPKI and self.terminal_authority, CONDITIONS)
        parts = dict(objects(dict(objects(data))[0x7F21]))
        refuse_unless(verifies(self.terminal_authority, parts[0x5F4E], parts[0x5F37]), DENIED)
        key = dict(objects(parts[0x5F4E][32:]))
        self.terminal = int.from_bytes(key[0x91], "big"), int.from_bytes(key[0x90], "big")

    def prove_terminal(self, p1, p2, data, _):
        challenge, self.challenge = self.challenge, None
        self.rights.discard("terminal")
        refuse_unless(self.terminal and challenge and len(challenge) == 16, CONDITIONS)
        refuse_unless(verifies(self.terminal, challenge, data), 0x6300)
        self.rights.add("terminal")

    COMMANDS = {"00A4": select, "00B0": read_binary, "0020": verify, "802A": sign, "0084": get_challenge, "80A2": show_terminal, "0082": prove_terminal}

    def answer(self, apdu):
        """CLA INS P1 P2, then data behind Lc, then Le; a length of three bytes begins with 00."""
        body, data, expected = apdu[4:], b"", 0
        wide = len(body) > 2 and body[0] == 0
        size, start = (int.from_bytes(body[1:3], "big"), 3) if wide else (body[0] if len(body) > 1 else 0, 1)
        if len(body) > start: data, body = body[start:start + size], body[start + size:]
        if body: expected = int.from_bytes(body, "big") or (65536 if wide else 256)
        try:
            carry_out = self.COMMANDS.get(apdu[:2].hex().upper())
            refuse_unless(carry_out, NO_INS)
            return (carry_out(self, apdu[2], apdu[3], data, expected) or b"") + struct.pack(">H", DONE)
        except Refused as no:
            return struct.pack(">H", no.args[0])
        except (KeyError, IndexError, ValueError):
            return b"\x6a\x80"

def serve(card, reader):
    stream = reader.makefile("rb")
    while len(size := stream.read(2)) == 2:
        message = stream.read(*struct.unpack(">H", size))
        if message == b"\x04":
            answer = ATR
        elif len(message) > 1 and card.powered:
            answer = card.answer(message)
        else:
            if message in (b"\0", b"\1"): card.power(message == b"\1")
            continue
        reader.sendall(struct.pack(">H", len(answer)) + answer)

with socket.create_connection((os.environ["MADOGUCHI_VPCD_HOST"], int(os.environ["MADOGUCHI_VPCD_PORT"]))) as reader:
    reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    serve(Card(), reader)
