#!/usr/bin/env python3
"""A small receipt computer (レセコン), as a vendor would connect it to the bench. Standard library only.

The bench says on stdin WHEN to do something, one JSON object a line; the data go through the shared folders req, res
and face as at any clinic. Each {"id": n, "op": ...} gets one {"id": n, "status": ...} on stdout: ok, rejected (with
error_code), unsupported, or error (with error_code, e.g. no-answer). Dates are YYYY-MM-DD, months YYYY-MM.

  hello                                            -> product, version, positions
  reset       institution, name?, folders{req,res,face}, charts[...]: forget everything and begin with these
  arrive      chart: its patient stands at the counter
  collect     wait_files, timeout_ms               -> results[{file, decision, chart, validity}], duplicates
  ask         search{insurer_number, symbol, number, branch?, birthdate, limit_consent}, date, file_identifier,
              encoding, timeout_ms                 -> validity, name?, insurer_number?, symbol?, number?, branch? ...
  information kind "drugs", insurer_number, symbol, number, branch, from, to, timeout_ms -> result_code, medicines
  claim       chart, month, day, typed?            -> claim_base64: Shift_JIS lines IR, RE, HO, SI and, if confirmed, SN

FAULT=newest-file gives each new face file to whoever is waiting: the mistake this bench is there to find.
"""
import base64
import json
import os
import re
import sys
import time
import unicodedata

from shared_folders import POLL_SECONDS, Refused, SharedFolders, tags, text

NUMBERS = {"insurer_number": "InsurerNumber", "symbol": "InsuredCardSymbol",
           "number": "InsuredIdentificationNumber", "branch": "InsuredBranchNumber"}


def numbers_of(record):
    return {key: text(record, name) for key, name in NUMBERS.items()}


def plain(value):
    """A name or number to compare by: one width, no spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", value or "")).upper()


def same_numbers(left, right):
    """Same insurance; a missing branch agrees with any."""
    branches = {plain(one["branch"]).zfill(2) for one in (left, right) if one and one.get("branch")}
    keys = ("insurer_number", "symbol", "number")
    return bool(left) and len(branches) < 2 and all(plain(left.get(k)) == plain(right.get(k)) for k in keys)


class ReceiptComputer:
    def op_hello(self, _):
        return {"product": "Example Receipt Computer", "version": "1.0.0", "positions": ["receipt-computer"]}

    def op_reset(self, ask):
        self.code, self.name = ask["institution"], ask.get("name", "架空医療機関")
        self.folders = SharedFolders(self.code, ask["folders"])
        self.charts = {chart["id"]: chart for chart in ask["charts"]}
        self.waiting, self.confirmed, self.untold, self.duplicates = None, [], [], 0
        return {}

    def op_arrive(self, ask):
        self.waiting = self.chart(ask["chart"])
        return {}

    def op_collect(self, ask):
        end = time.monotonic() + ask["timeout_ms"] / 1000
        self.take_in()
        while len(self.untold) + self.duplicates < ask["wait_files"] and time.monotonic() < end:
            time.sleep(POLL_SECONDS)
            self.take_in()
        told = {"results": self.untold, "duplicates": self.duplicates}
        self.untold, self.duplicates = [], 0
        return told

    def take_in(self):
        for name, root in self.folders.new_results():
            if root is None:
                self.duplicates += 1
                continue
            decision, chart = self.decide(root)
            self.untold.append({"file": name, "decision": decision, "chart": chart,
                                "validity": int(text(root, "MessageBody/QualificationValidity") or 0) or None})

    def op_ask(self, ask):
        search = ask["search"]
        header = {"QualificationConfirmationDate": ask["date"].replace("-", ""), "MedicalInstitutionCode": self.code,
                  "ArbitraryFileIdentifier": ask["file_identifier"]}
        info = {name: search.get(key) for key, name in NUMBERS.items()}
        info |= {"InsurerNumber": search["insurer_number"].strip().rjust(8),
                 "Birthdate": search["birthdate"].replace("-", ""),
                 "LimitApplicationCertificateRelatedConsFlg": "01"[bool(search.get("limit_consent"))]}
        body = f"<QualificationConfirmSearchInfo>{tags(info)}</QualificationConfirmSearchInfo>"
        root = self.folders.exchange("OQSsiquc01", header, body, ask.get("encoding"), ask["timeout_ms"])
        record = root.find(".//ResultOfQualificationConfirmation")
        said = {} if record is None else {
            "name": text(record, "Name"), **numbers_of(record),
            "limit": text(record, ".//LimitApplicationCertificateClassificationFlag")}
        validity = int(text(root, "MessageBody/QualificationValidity"))
        return {"validity": validity} | {key: value for key, value in said.items() if value}

    def op_information(self, ask):
        if ask["kind"] != "drugs":
            raise Refused("unsupported", None, "only drug information is built in")
        header = {"MedicalInstitutionCode": self.code, "InsurerNumber": ask["insurer_number"].strip().rjust(8),
                  "InsuranceCardSymbol": ask.get("symbol"), "InsuredPersonIdentificationNumber": ask["number"],
                  "BranchNumber": ask.get("branch"), "ArbitraryFileIdentifier": f"PY{self.folders.count:06}"}
        body = tags({"StartDate": ask["from"].replace("-", ""), "EndDate": ask["to"].replace("-", ""),
                     "FileCategory": "2", "PrDiInfClassification": "1", "MedicalTreatmentFlag": "1"})
        root = self.folders.exchange("YZKsiquc01", header, body, "utf-8", ask["timeout_ms"])
        return {"result_code": "1", "medicines": [drug.findtext("DrugN") for drug in root.iter("DrugInf")]}

    def op_claim(self, ask):
        self.take_in()
        chart, day, month = self.chart(ask["chart"]), ask["day"].replace("-", ""), ask["month"].replace("-", "")
        known = [c for c in self.confirmed if (c["chart"], c["day"]) == (chart["id"], day)]
        if not known and not ask.get("typed"):
            raise Refused("rejected", "nothing-confirmed", "no insurance was confirmed for this visit")
        latest = max(known, key=lambda c: c["time"] or "", default={})
        numbers = ask.get("typed") or latest["numbers"]
        insurer = numbers["insurer_number"].strip()
        elderly = len(insurer) == 8 and insurer.startswith("39")
        agency = "2" if elderly or len(insurer) <= 6 or insurer.startswith("67") else "1"
        kind = self.code[2] + ("318" if elderly else "116" if latest.get("relation") == "2" else "112")
        rows = [["IR", agency, self.code[:2], self.code[2], self.code[3:], "", self.name, month, "00"],
                ["RE", "1", kind, month, chart["name"], str(chart["sex"]), chart["birthdate"].replace("-", ""),
                 *[""] * 6, chart["id"]],
                ["HO", insurer.rjust(8), numbers.get("symbol") or "", numbers["number"], "1", "291"]]
        if not ask.get("typed"):
            rows.append(["SN", "1", "01", "", "", "", numbers.get("branch") or "", "", ""])
        days = ["1" if int(day[6:]) == number else "" for number in range(1, 32)]
        rows.append(["SI", "11", "1", "111000110", "", "291", "1", *[""] * 6, *days])  # one first consultation
        lines = "".join(",".join(row) + "\r\n" for row in rows)
        return {"claim_base64": base64.b64encode(lines.encode("cp932")).decode()}

    def decide(self, root):
        """One chart that agrees in everything opens; every doubt goes to staff."""
        record = root.find(".//ResultOfQualificationConfirmation")
        if record is None or text(root, "MessageHeader/MedicalInstitutionCode") != self.code:
            return "unknown", None
        found, clean = self.candidates(record)
        if os.environ.get("FAULT") == "newest-file" and self.waiting:
            clean = [self.waiting]
        if len(clean) != 1:
            return ("ask-staff" if found else "unknown"), None
        if text(root, "MessageBody/QualificationValidity") == "1":
            self.confirmed.append({"chart": clean[0]["id"], "numbers": numbers_of(record),
                                   "day": text(root, "MessageHeader/QualificationConfirmationDate"),
                                   "time": text(root, "MessageHeader/ProcessExecutionTime"),
                                   "relation": text(record, "PersonalFamilyClassification")})
        return "opened", clean[0]["id"]

    def candidates(self, record):
        """Charts that may be meant, and those of them that do not differ in anything."""
        numbers, reference, charts = numbers_of(record), text(record, "ReferenceNumber"), list(self.charts.values())
        name, kana = plain(text(record, "Name")), plain(text(record, "NameKana"))

        def born(chart):
            return chart["birthdate"].replace("-", "") == text(record, "Birthdate")

        def named(chart):
            return plain(chart["name"]) == name

        def read(chart):
            return plain(chart["kana"]) == kana

        def agrees(chart):
            return born(chart) and named(chart) and (read(chart) or not kana or not chart["kana"])

        def alike(chart):
            return born(chart) and {str(chart["sex"]), text(record, "Sex1")} != {"1", "2"} and (
                named(chart) or bool(kana) and read(chart))

        found = ([c for c in charts if reference and c.get("reference_number") == reference]
                 or [c for c in charts if same_numbers(c.get("insurance"), numbers)]
                 or [c for c in charts if alike(c)])
        return found, [c for c in found if agrees(c)]

    def chart(self, name):
        if name not in self.charts:
            raise Refused("error", "no-chart", f"there is no chart {name}")
        return self.charts[name]


def main():
    product = ReceiptComputer()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        work = getattr(product, f"op_{request['op']}", None)
        try:
            reply = {"status": "ok", **work(request)} if work else {"status": "unsupported"}
        except Refused as refusal:
            reply = dict(zip(("status", "error_code", "reason"), refusal.args))
        except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
            reply = {"status": "error", "reason": repr(error)}
        sys.stdout.buffer.write(json.dumps({"id": request["id"], **reply}).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
