"""A receipt computer as careless as they come: it writes straight into `req`, in pieces, twice under one name, and rubbish.

It judges nothing. Standard input tells where and whom to ask about (one JSON object), standard output tells what came back.
Python's standard library only.
"""
import json
import re
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

GIVE_UP = 60  # seconds without an answer
CODECS = {"UTF-8": "utf-8", "Shift_JIS": "cp932"}
FIELDS = ["ArbitraryFileIdentifier", "MedicalInstitutionCode", "SegmentOfResult", "ErrorCode", "ErrorMessage",
          "CharacterCodeIdentifier", "QualificationValidity", "Name", "InsuredIdentificationNumber"]

BOMB = ('<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE XmlMsg [<!ENTITY a "ha">'
        + "".join(f'<!ENTITY {to} "{f"&{of};" * 10}">' for of, to in zip("abcdefgh", "bcdefghi"))
        + "]><XmlMsg>&i;</XmlMsg>")
OUTSIDE = ('<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE XmlMsg [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
           "<XmlMsg>&x;</XmlMsg>")
DEEP = '<?xml version="1.0" encoding="UTF-8"?>' + "<XmlMsg>" * 200 + "</XmlMsg>" * 200


class Careless:
    def __init__(self, order):
        self.req, self.res, self.face = (Path(order["folders"][name]) for name in ("req", "res", "face"))
        self.code, self.people = order["institution"], order["people"]
        self.told = []

    def query(self, identifier, person, label, code=None):
        """A query by numbers, encoded."""
        asked = {"InsurerNumber": person["insurer_number"].rjust(8), "InsuredCardSymbol": person["symbol"],
                 "InsuredIdentificationNumber": person["number"], "InsuredBranchNumber": person["branch"],
                 "Birthdate": person["birthdate"].replace("-", ""), "ArbitraryIdentifier": "架空の依頼"}
        numbers = "".join(f"<{name}>{value}</{name}>" for name, value in asked.items() if value)
        return (f'<?xml version="1.0" encoding="{label}" standalone="no"?>\r\n<XmlMsg><MessageHeader>'
                f"<QualificationConfirmationDate>20260401</QualificationConfirmationDate>"
                f"<MedicalInstitutionCode>{code or self.code}</MedicalInstitutionCode>"
                f"<ArbitraryFileIdentifier>{identifier}</ArbitraryFileIdentifier></MessageHeader><MessageBody>"
                f"<QualificationConfirmSearchInfo>{numbers}</QualificationConfirmSearchInfo></MessageBody></XmlMsg>"
                ).encode(CODECS[label])

    def drop(self, suffix, content, family="OQSsiquc01"):
        """Writes a request under its final name; returns the path of the answer."""
        (self.req / f"{family}req{suffix}.xml").write_bytes(content)
        return self.res / f"{family}res{suffix}.xml"

    def await_answer(self, path, until=lambda fields: True):
        """The answer, once there is one that will do."""
        end = time.monotonic() + GIVE_UP
        while time.monotonic() < end:
            if path.exists() and until(answer := read(path)):
                return answer
            time.sleep(0.005)
        return None

    def await_removal(self, suffix):
        """The terminal takes a request away after it has answered it."""
        end = time.monotonic() + GIVE_UP
        while (self.req / f"OQSsiquc01req{suffix}.xml").exists() and time.monotonic() < end:
            time.sleep(0.005)

    def tell(self, kind, path, answer, **more):
        self.told.append({"kind": kind, "file": path.name, "answer": answer, **more})

    # ---- what it does ------------------------------------------------------------------------------------------

    def all_at_once(self):
        """Everybody in both encodings, without waiting for anything. Names with spaces and Japanese letters."""
        asked = []
        for label in CODECS:
            for number, person in enumerate(self.people):
                identifier = f"{label[:2]}{number:03}"
                suffix = f"_受付 {number:02}_{label[:2]}_req"
                asked.append((self.drop(suffix, self.query(identifier, person, label)), identifier, person, label))
        for path, identifier, person, label in asked:
            answer = self.await_answer(path)
            self.tell("whole", path, answer, identifier=identifier, person=person["name"], encoding=label)

    def in_pieces(self):
        """Half a file first, then the rest; one cut goes through the middle of a character."""
        for label, codec in CODECS.items():
            whole = self.query("piecewise", self.people[0], label)
            character = whole.index("架".encode(codec)) + 1
            for number, cut in enumerate((0, 20, len(whole) // 2, character, len(whole) - 1)):
                suffix = f"_p{number}_{label[:2]}"
                longest, answer = self.write_in_two(suffix, whole, cut)
                path = self.res / f"OQSsiquc01res{suffix}.xml"
                self.tell("whole", path, answer, identifier="piecewise", person=self.people[0]["name"],
                          encoding=label, pause=longest)

    def write_in_two(self, suffix, whole, cut):
        with open(self.req / f"OQSsiquc01req{suffix}.xml", "wb", buffering=0) as file:
            begin = time.monotonic()
            file.write(whole[:cut])
            time.sleep(0.02)
            file.write(whole[cut:])
            pause = time.monotonic() - begin
        return pause, self.await_answer(self.res / f"OQSsiquc01res{suffix}.xml")

    def one_name(self):
        """The same name again after it was served, then again and again without waiting."""
        for identifier in ("first", "second"):
            path = self.drop("_again", self.query(identifier, self.people[0], "UTF-8"))
            answer = self.await_answer(path, lambda fields: fields["ArbitraryFileIdentifier"] == identifier)
            self.await_removal("_again")
            self.tell("whole", path, answer, identifier=identifier, person=self.people[0]["name"], encoding="UTF-8")
        for number in range(5):
            path = self.drop("_hasty", self.query(f"hasty{number}", self.people[0], "Shift_JIS"))
        answer = self.await_answer(path, lambda fields: fields["ArbitraryFileIdentifier"] == "hasty4")
        self.tell("hasty", path, answer, identifier="hasty4", person=self.people[0]["name"], encoding="Shift_JIS")

    def rubbish(self):
        """What no terminal can make sense of, and what no backend grants."""
        asked = self.query("rubbish", self.people[0], "UTF-8")
        foreign = asked.replace(b'encoding="UTF-8"', b'encoding="EUC-JP"')
        lying = self.query("rubbish", self.people[0], "Shift_JIS").replace(b"Shift_JIS", b"UTF-8")
        bodiless = re.sub(rb"<MessageBody>.*</MessageBody>", b"", asked)
        thirteenth = asked.replace(b"<Birthdate>", b"<Birthdate>2026-13-01 ")
        cases = {"empty": b"", "cut": asked[:200], "bomb": BOMB.encode(), "outside": OUTSIDE.encode(),
                 "deep": DEEP.encode(), "noise": bytes(i * 167 % 256 for i in range(5000)), "foreign": foreign,
                 "lying": lying, "page": b"<html><body>hello</body></html>", "bodiless": bodiless,
                 "thirteenth": thirteenth, "other": self.query("rubbish", self.people[0], "UTF-8", "1310000000")}
        paths = {name: self.drop(f"_bad_{name}", content) for name, content in cases.items()}
        paths["family"] = self.drop("_bad_family", asked, "OQSsiurl01")
        for name, path in paths.items():
            self.tell("rubbish", path, self.await_answer(path), case=name)

    def wrong_names(self):
        """Files that are no requests by their names."""
        asked = self.query("nobody", self.people[0], "UTF-8")
        for name in ("メモ.txt", "OQSsiquc01res_x.xml", "request.xml", "OQSsiquc01req_x.xml.tmp", ".OQSsiquc01req_x.xml"):
            (self.req / name).write_bytes(asked)
        (self.req / "OQSsiquc01req_folder.xml").mkdir()

    def at_last(self):
        path = self.drop("_last", self.query("last", self.people[0], "UTF-8"))
        answer = self.await_answer(path)
        self.await_removal("_last")
        self.tell("whole", path, answer, identifier="last", person=self.people[0]["name"], encoding="UTF-8")


def read(path):
    """An answer or result as this client understands it: its encoding by its first line, and some of its fields."""
    data = path.read_bytes()
    label = re.match(rb'<\?xml[^>]*encoding="([A-Za-z0-9_-]+)"', data)[1].decode()
    text = data.decode(CODECS[label])
    root = ET.fromstring(re.sub(r"^<\?xml.*?\?>", "", text))
    found = {name: next((leaf.text for leaf in root.iter(name)), None) for name in FIELDS}
    return {"encoding": label, **found}


def names(folder):
    """What is there, but the terminal's own hidden folders, which may be there for a moment."""
    return sorted(path.name for path in folder.iterdir() if path.name not in (".taken", ".ready"))


def main():
    client = Careless(json.load(sys.stdin))
    client.wrong_names()
    client.all_at_once()
    client.in_pieces()
    client.one_name()
    client.rubbish()
    client.at_last()
    results = [{"file": name, **read(client.face / name)} for name in names(client.face)]
    json.dump({"told": client.told, "req": names(client.req), "res": names(client.res), "face": results}, sys.stdout)


main()
