"""A small receipt computer (レセコン), as a vendor would connect it to the bench. Standard library only.

On stdin the bench says WHEN to do something, one JSON object a line, {"id": n, "op": ...}; each gets a line on stdout,
{"id": n, "status": ...}: ok, rejected or error (both with error_code), or unsupported. The data go through the folders
req, res and face, as at a clinic. Days are YYYY-MM-DD, months YYYY-MM. More in docs/receipt-computer-protocol.md.

  hello                                            -> product, version, positions
  reset       institution, name?, folders{req,res,face}, charts[...]: forget everything and begin with these
  arrive      chart: its patient stands at the counter
  collect     wait_files, timeout_ms               -> results[{file, decision, chart, validity}], duplicates
  ask         search{insurer_number, symbol, number, branch?, birthdate, limit_consent}, date, file_identifier,
              encoding, timeout_ms                 -> validity, name, insurer_number, symbol, number, branch, limit
  information kind "drugs", insurer_number, symbol, number, branch, from, to,
              medical_treatment_flag?, timeout_ms  -> result_code, medicines
  claim       chart, month, day, also?[days], typed? or unclear?{current, old, declared{address, employer, contact}}
                                                   -> claim_base64: Shift_JIS lines IR, RE, HO, SI and, if confirmed, SN; differences

FAULT=newest-file gives each new face file to whoever is waiting: the mistake that this bench is there to find.
"""
import base64, json, os, re, sys, time
import xml.etree.ElementTree as ET
from pathlib import Path
from unicodedata import normalize
from xml.sax.saxutils import escape

FACE_NAME = re.compile(r"OQSsiquc01res_face_.*?(\d{14})\.xml")
NUMBERS = {"insurer_number": "InsurerNumber", "symbol": "InsuredCardSymbol",
           "number": "InsuredIdentificationNumber", "branch": "InsuredBranchNumber"}
DAYS = {"birthdate", "date", "day", "month", "from", "to"}

class Refused(Exception):
    """A reply other than ok: status, error code, words."""

def read_xml(path):
    """The message in a file, UTF-8 or Shift_JIS, or None while it is not complete."""
    data = path.read_bytes() if path.exists() else b""
    try:
        content = data.decode("cp932" if b"shift_jis" in data[:100].lower() else "utf-8-sig")
        return None if "<!DOCTYPE" in content else ET.fromstring(re.sub(r"^<\?xml.*?\?>", "", content))
    except (UnicodeDecodeError, ET.ParseError):
        return None

def text(element, path):
    """The first text without pads; None when each such element is missing or empty, which is the same."""
    return next((text for found in element.iterfind(path) if (text := (found.text or "").strip())), None)

def numbers_of(record):
    return {key: text(record, f".//{name}") for key, name in NUMBERS.items()}

def tags(values):
    """Elements in order; what has no value is left out."""
    inside = {name: tags(value) if isinstance(value, dict) else escape(value or "") for name, value in values.items()}
    return "".join(f"<{name}>{content}</{name}>" for name, content in inside.items() if content)

def plain(name):
    """A name to compare by: no spaces and one width; everything else counts."""
    return re.sub("[！-～ｦ-ﾟァ-ヺ]+", lambda run: normalize("NFKC", run[0]), re.sub(r"\s", "", name or ""))

def differing(ours, theirs):
    """The numbers in which two insurances differ: pads do not matter, a branch only where both have one."""
    pairs = {key: [(held.get(key) or "").strip(" ") for held in (ours, theirs)] for key in NUMBERS}
    return [key for key, (one, other) in pairs.items() if one != other and (key != "branch" or one and other)]

class ReceiptComputer:
    def op_hello(self, _):
        return {"product": "Example Receipt Computer", "version": "1.0.0", "positions": ["receipt-computer"]}

    def op_reset(self, ask):
        self.code, self.name = ask["institution"], ask.get("name", "架空医療機関")
        self.req, self.res, self.face = (Path(ask["folders"][name]) for name in ("req", "res", "face"))
        self.charts, self.waiting, self.files = {chart["id"]: chart for chart in ask["charts"]}, None, {}
        self.numbers, self.confirmed, self.untold, self.duplicates = iter(range(1, 10_000)), {}, [], 0

    def op_arrive(self, ask):
        self.waiting = self.charts[ask["chart"]]

    def op_collect(self, ask):
        end = time.monotonic() + ask["timeout_ms"] / 1000
        while self.take_in() < ask["wait_files"] and time.monotonic() < end:
            time.sleep(0.02)
        told, self.untold, self.duplicates = {"results": self.untold, "duplicates": self.duplicates}, [], 0
        return told

    def take_in(self):
        """Takes in face files that are new and complete, oldest first; how many there are since the last collect."""
        for _, name in sorted((m[1], p.name) for p in self.face.iterdir() if (m := FACE_NAME.fullmatch(p.name))):
            if name in self.files or (root := read_xml(self.face / name)) is None:
                continue  # known, or still being written
            content = [(leaf.tag, leaf.text) for leaf in root.iter() if leaf.tag != "CharacterCodeIdentifier"]
            if content in self.files.values():
                self.duplicates += 1  # a copy under another name changes nothing
            else:
                self.untold.append({"file": name, **self.decide(root)})
            self.files[name] = content
        return len(self.untold) + self.duplicates

    def decide(self, root):
        """One chart beyond doubt is opened, in doubt staff are asked; who is waiting or came last does not matter."""
        validity = int(text(root, ".//QualificationValidity") or 0) or None
        record = root.find(".//ResultOfQualificationConfirmation")
        mine = record is not None and text(root, ".//MedicalInstitutionCode") == self.code
        found, meant = self.candidates(record) if mine else ([], [])
        if os.environ.get("FAULT") == "newest-file" and self.waiting and mine:
            meant = [self.waiting]
        chart = meant[0]["id"] if len(meant) == 1 else None
        if chart and validity == 1:
            told = numbers_of(record) | {"relation": text(record, "PersonalFamilyClassification")}
            self.confirmed[chart, text(root, ".//QualificationConfirmationDate")] = told
        return {"chart": chart, "decision": "opened" if chart else "ask-staff" if found else "unknown", "validity": validity}

    def candidates(self, record):
        """The charts a record may mean, by numbers or else by reading, and those of them that the name allows to open."""
        charts, numbers, reference = self.charts.values(), numbers_of(record), text(record, "ReferenceNumber")
        born = [c for c in charts if c["birthdate"] == text(record, "Birthdate")]
        named = [c for c in born if plain(c["name"]) == plain(text(record, "Name"))]
        by_key = ([c for c in charts if reference and c.get("reference_number") == reference]
                  or [c for c in charts if c.get("insurance") and not differing(c["insurance"], numbers)])
        reading = plain(text(record, "NameKana")), text(record, "Sex1")
        found = by_key or [c for c in born if (plain(c["kana"]), str(c["sex"])) == reading]
        return found, [c for c in found if c in named and (by_key or len(found) == 1)]

    def op_ask(self, ask):
        search = ask["search"]
        header = {"QualificationConfirmationDate": ask["date"], "MedicalInstitutionCode": self.code,
                  "ArbitraryFileIdentifier": ask["file_identifier"]}
        info = {name: search.get(key) for key, name in NUMBERS.items()} | {
            "InsurerNumber": search["insurer_number"].strip().rjust(8), "Birthdate": search["birthdate"],
            "LimitApplicationCertificateRelatedConsFlg": "01"[bool(search.get("limit_consent"))]}
        root = self.exchange("OQSsiquc01", header, {"QualificationConfirmSearchInfo": info}, ask)
        return {**numbers_of(root), "name": text(root, ".//Name"), "validity": int(text(root, ".//QualificationValidity")),
                "limit": text(root, ".//LimitApplicationCertificateClassificationFlag")}

    def op_information(self, ask):
        if ask["kind"] != "drugs":
            raise Refused("unsupported", None, "only drug information is built in")
        header = {"MedicalInstitutionCode": self.code, "InsurerNumber": ask["insurer_number"].strip().rjust(8),
                  "InsuranceCardSymbol": ask.get("symbol"), "InsuredPersonIdentificationNumber": ask["number"],
                  "BranchNumber": ask.get("branch"), "ArbitraryFileIdentifier": f"PY{next(self.numbers):06}"}
        body = {"StartDate": ask["from"], "EndDate": ask["to"], "FileCategory": "2", "PrDiInfClassification": "1",
                "MedicalTreatmentFlag": ask.get("medical_treatment_flag", "1")}
        root = self.exchange("YZKsiquc01", header, body, ask)
        return {"result_code": "1", "medicines": [drug.findtext("DrugN") for drug in root.iter("DrugInf")]}

    def exchange(self, family, header, body, ask):
        """Drops a request under a name that nothing has, not even a stale answer, and waits for its answer."""
        names = (f"{family}{{}}_{self.code}_{number:04}.xml" for number in self.numbers)
        pairs = ((self.req / name.format("req"), self.res / name.format("res")) for name in names)
        request, answer = next(pair for pair in pairs if not any(path.exists() for path in pair))
        label, codec = ("Shift_JIS", "cp932") if ask.get("encoding") == "shift_jis" else ("UTF-8", "utf-8")
        message = tags({"XmlMsg": {"MessageHeader": header, "MessageBody": body}})
        aside = request.with_name(f".{request.name}.part")
        aside.write_bytes(f'<?xml version="1.0" encoding="{label}" standalone="no"?>\n{message}'.encode(codec))
        aside.rename(request)
        end = time.monotonic() + ask["timeout_ms"] / 1000
        while (root := read_xml(answer)) is None:
            if time.monotonic() > end:
                raise Refused("error", "no-answer", "no answer file came in time")
            time.sleep(0.02)
        answer.unlink()
        if text(root, ".//ArbitraryFileIdentifier") not in (None, header["ArbitraryFileIdentifier"]):
            raise Refused("error", "wrong-answer", "the answer belongs to another request")
        failed = text(root, ".//ProcessingResultStatus") == "2" and text(root, ".//ProcessingResultCode")
        code = failed or text(root, ".//ErrorCode") or text(root, ".//ResultCode") or "1"
        if code != "1":
            raise Refused("rejected", code, text(root, ".//ErrorMessage") or text(root, ".//MessageContents"))
        return root

    def op_claim(self, ask):
        self.take_in()
        chart, day, month = self.charts[ask["chart"]], ask["day"], ask["month"]
        typed, unclear = ask.get("typed"), ask.get("unclear")
        days = sorted({day, *(other.replace("-", "") for other in ask.get("also") or [])})
        known = self.confirmed.get((chart["id"], day), {})
        bases = [(typed, days, None)] if typed else []  # numbers, days, remark
        if not typed and unclear is not None:
            numbers, remark = self.best_of(unclear)
            bases = [(numbers, days, remark)]
        elif not typed:  # one claim for each qualification that was confirmed
            for visit in days:
                numbers = self.confirmed.get((chart["id"], visit))
                if not numbers:
                    raise Refused("rejected", "nothing-confirmed", "no insurance was confirmed for this visit")
                same = [told for held, told, _ in bases if all(held.get(key) == numbers.get(key) for key in NUMBERS)]
                same[0].append(visit) if same else bases.append((numbers, [visit], None))
        rows, agency = [], None
        for number, (numbers, visits, remark) in enumerate(bases, 1):
            insurer = numbers["insurer_number"].strip()
            elderly = len(insurer) == 8 and insurer.startswith("39")
            last, agency = agency, "2" if elderly or len(insurer) <= 6 or insurer.startswith("67") else "1"
            kind = self.code[2] + ("318" if elderly else "116" if known.get("relation") == "2" else "112")
            if agency != last:
                rows.append(["IR", agency, self.code[:2], self.code[2], self.code[3:], "", self.name, month, "00"])
            times = ["1" if f"{month}{today:02}" in visits else "" for today in range(1, 32)]
            rows += [["RE", str(number), kind, month, chart["name"], str(chart["sex"]), chart["birthdate"], *[""] * 6, chart["id"]],
                     ["HO", insurer.rjust(8), numbers.get("symbol") or "", numbers["number"], str(len(visits)), str(291 * len(visits))]]
            rows += [] if typed or unclear is not None else [["SN", "1", "01", "", "", "", numbers.get("branch") or "", "", ""]]
            rows += [["CO", "01", "1", "810000001", remark]] if remark else []
            rows += [["SI", "11", "1", "111000110", "", "291", str(len(visits)), *[""] * 6, *times]]
        lines = "".join(",".join(row) + "\r\n" for row in rows)
        return {"claim_base64": base64.b64encode(lines.encode("cp932")).decode(),
                "differences": differing(typed, known) if typed and known else []}

    @staticmethod
    def best_of(unclear):
        """The present number, else an old qualification, else unknown: numbers and remark."""
        if unclear.get("current"):
            return unclear["current"], None
        if unclear.get("old"):
            return unclear["old"], "旧資格情報"
        if unclear.get("declared"):
            told = "　".join(f"{label}：{unclear['declared'][key]}" for label, key in
                            (("住所", "address"), ("事業所", "employer"), ("連絡先", "contact")))
            return {"insurer_number": "77777777", "symbol": "7777777", "number": "7777777"}, f"不詳　{told}"
        return {"insurer_number": "99999999", "symbol": None, "number": ""}, "不詳"

if __name__ == "__main__":
    product = ReceiptComputer()
    for line in sys.stdin.buffer:
        asked = json.loads(line, object_hook=lambda o: o | {day: o[day].replace("-", "") for day in DAYS & o.keys()})
        work = getattr(product, f"op_{asked['op']}", None)
        try:
            if "chart" in asked and asked["chart"] not in product.charts:
                raise Refused("error", "no-chart", "there is no such chart")
            reply = {"status": "ok", **(work(asked) or {})} if work else {"status": "unsupported"}
        except Refused as refusal:
            reply = dict(zip(("status", "error_code", "reason"), refusal.args))
        except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
            reply = {"status": "error", "reason": repr(error)}
        print(json.dumps({"id": asked["id"], **reply}), flush=True)
