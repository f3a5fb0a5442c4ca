"""The shared folders of the terminal: requests into req, answers out of res, results of card uses out of face."""
import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from xml.sax.saxutils import escape

FACE_NAME = re.compile(r"OQSsiquc01res_face_.*?(\d{14})\.xml")
POLL_SECONDS = 0.02


class Refused(Exception):
    """A reply other than ok: status, error code, words."""


def read_xml(path):
    """The message in a file, or None while it is not complete."""
    data = path.read_bytes()
    declared = re.match(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9_-]+)", data)
    codec = "utf-8-sig" if not declared or declared[1].lower() == b"utf-8" else "cp932"
    try:
        content = data.decode(codec)
        return None if "<!DOCTYPE" in content else ET.fromstring(re.sub(r"^<\?xml.*?\?>", "", content))
    except (UnicodeDecodeError, ET.ParseError):
        return None


def text(element, path):
    """The text without pads; None when the element is missing or empty."""
    return (element.findtext(path) or "").strip() or None


def tags(values):
    """Elements in order; what has no value is left out."""
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items() if value)


class SharedFolders:
    def __init__(self, institution, folders):
        self.institution, self.count, self.seen, self.known = institution, 0, set(), set()
        self.req, self.res, self.face = (Path(folders[name]) for name in ("req", "res", "face"))

    def new_results(self):
        """Complete face files not taken in before, oldest first, as (name, message); None for a known message."""
        names = [path.name for path in self.face.iterdir() if FACE_NAME.fullmatch(path.name)]
        for name in sorted(set(names) - self.seen, key=lambda name: (FACE_NAME.fullmatch(name)[1], name)):
            root = read_xml(self.face / name)
            if root is None:
                continue  # still being written
            self.seen.add(name)
            leaves = [(leaf.tag, leaf.text) for leaf in root.iter() if len(leaf) == 0]
            content = str(sorted(leaf for leaf in leaves if leaf[0] != "CharacterCodeIdentifier"))
            yield name, None if content in self.known else root
            self.known.add(content)

    def exchange(self, family, header, body, encoding, timeout_ms):
        """Drops a request under a free name and waits for the answer of the same suffix."""
        request, answer = self.free_names(family)
        label, codec = ("Shift_JIS", "cp932") if encoding == "shift_jis" else ("UTF-8", "utf-8")
        content = (f'<?xml version="1.0" encoding="{label}" standalone="no"?>\n<XmlMsg><MessageHeader>{tags(header)}'
                   f"</MessageHeader><MessageBody>{body}</MessageBody></XmlMsg>")
        aside = request.with_name(f".{request.name}.part")
        aside.write_bytes(content.encode(codec))
        aside.rename(request)
        end = time.monotonic() + timeout_ms / 1000
        while (root := read_xml(answer) if answer.exists() else None) is None:
            if time.monotonic() > end:
                raise Refused("error", "no-answer", "no answer file came in time")
            time.sleep(POLL_SECONDS)
        answer.unlink()
        if text(root, "MessageHeader/ArbitraryFileIdentifier") not in (None, header["ArbitraryFileIdentifier"]):
            raise Refused("error", "wrong-answer", "the answer belongs to another request")
        return accepted(root)

    def free_names(self, family):
        """A request name under which nothing lies, not even a stale answer."""
        while True:
            self.count += 1
            suffix = f"_{self.institution}_{self.count:04}.xml"
            request, answer = self.req / f"{family}req{suffix}", self.res / f"{family}res{suffix}"
            if not request.exists() and not answer.exists():
                return request, answer


def accepted(root):
    """The answer, unless it is an error: for the whole file, for this person, or of the drug history."""
    code = text(root, "MessageHeader/ErrorCode") or text(root, ".//ResultCode") or "1"
    if text(root, "MessageBody/ProcessingResultStatus") == "2":
        code = text(root, "MessageBody/ProcessingResultCode")
    if code != "1":
        words = text(root, "MessageHeader/ErrorMessage") or text(root, ".//MessageContents") or "refused"
        raise Refused("rejected", code, words)
    return root
