"""Where institutions and insurers come in: HTTP, mutual TLS, and the XML of the messages."""
import json, re, xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from xml.sax.saxutils import escape

WORDS = {"SIM-E1002": "医療機関が違います", "SIM-E1003": "模擬していない電文です", "SIM-E2001": "証明書を利用できません",
         "SIM-E2002": "署名を確認できません", "SIM-E2003": "利用登録がありません", "SIM-E2004": "受付票が違います",
         "SIM-E3001": "失効状態を確認できません"}

class Refused(Exception): """An answer that gives nothing; its code."""

class Ask(dict):
    """The leaves of a request; what is absent is None."""
    def __missing__(self, _): return None

def stamp(time): return time.strftime("%Y%m%d%H%M%S")

def tags(values):
    """Elements in order; what has no value is left out."""
    inside = {name: tags(value) if isinstance(value, dict) else escape(value or "") for name, value in values.items()}
    return "".join(f"<{name}>{content}</{name}>" for name, content in inside.items() if content)

class Door(BaseHTTPRequestHandler):
    """Where institutions or insurers come in, one at a time."""
    protocol_version, lock = "HTTP/1.1", RLock()
    def log_message(self, *_): pass

    def do_POST(self):
        body, headers, backend = self.rfile.read(int(self.headers["content-length"])), {}, self.server.backend
        is_insurer = not hasattr(self.connection, "getpeercert")
        if self.path != ("/feed/records" if is_insurer else "/oqs"):
            return self.send_error(404)
        with self.lock:
            if is_insurer:
                kind, answer = "application/json", json.dumps(backend.feed(json.loads(body))).encode()
            else:
                kind, (headers["x-oqs-message"], answer) = "application/xml", self.message(backend, body)
        self.send_response(200)
        for header, value in {**headers, "content-type": kind, "content-length": str(len(answer))}.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(answer)

    def message(self, backend, body):
        codec = "cp932" if b"shift_jis" in body[:100].lower() else "utf-8"
        root = ET.fromstring(re.sub(r"^<\?xml.*?\?>", "", body.decode(codec)))
        ask, family = Ask((leaf.tag, leaf.text) for leaf in root.iter() if len(leaf) == 0 and leaf.text), self.headers["x-oqs-message"]
        peer = next(value for part in self.connection.getpeercert()["subject"] for key, value in part if key == "commonName")
        now, asked, serve, content = backend.now, ask["QualificationConfirmationDate"], getattr(backend, "on_" + family, None), {}
        ask["day"] = asked and f"{asked[:4]}-{asked[4:6]}-{asked[6:]}"
        try:
            if serve is None or ask["MedicalInstitutionCode"] != peer:
                raise Refused("SIM-E1002" if serve else "SIM-E1003")
            content, outcome = serve(ask, now), {"SegmentOfResult": "1"}
        except Refused as no:
            outcome = {"SegmentOfResult": "9", "ErrorCode": no.args[0], "ErrorMessage": WORDS[no.args[0]]}
        by = {"SIMqualif01req": "1", "OQSsiquc01req": "2"}.get(family)
        header = {"ProcessExecutionTime": stamp(now), "QualificationConfirmationDate": asked if by else None, "MedicalInstitutionCode": peer,
                  "ArbitraryFileIdentifier": ask["ArbitraryFileIdentifier"], "ReferenceClassification": by, **outcome,
                  "CharacterCodeIdentifier": "01"[codec == "cp932"]}
        label, message = ("Shift_JIS" if codec == "cp932" else "UTF-8"), tags({"XmlMsg": {"MessageHeader": header, "MessageBody": content}})
        name = "OQSsiquc01res" if by else family.replace("req", "res") if serve else "SIMerrorm01res"
        return name, f'<?xml version="1.0" encoding="{label}" standalone="no"?>\n{message}'.encode(codec)

def opened(backend, context=None):
    """Opens a door, over TLS where a context is given; tells where it is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.backend, server.daemon_threads = backend, True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    return "%s:%d" % server.server_address
