"""Somebody who operates the example receipt computer and tells the bench what it did: on the page, or in a terminal.

  person.py page URL EXAMPLE            answers what the page asks until the bench is gone
  person.py terminal EXAMPLE COMMAND…   runs the command in a terminal of its own, and types

They read what is written there in English, and nothing else: what is not said to people, they do not know.
"""
import base64, json, os, pty, re, sys, tempfile, time, urllib.request
from pathlib import Path

class Person:
    def __init__(self, example):
        sys.path.insert(0, example)
        import receipt_computer
        self.refused = receipt_computer.Refused
        self.product, self.taken, self.scratch = receipt_computer.ReceiptComputer(), {}, Path(tempfile.mkdtemp())

    def answers(self, asked):
        """The choice, and what is typed into its fields, by the words that are shown."""
        task, facts = asked["task"], asked["facts"]
        for beginning, does in [
            ("Is the product before you", self.greets), ("Set the product up anew", self.sets_up),
            ("The patient of chart", self.opens), ("Let the product take in", self.takes_in),
            ("Nothing new lies in face", lambda *_: ("No", {})), ("This stands in the answer's file", self.compares), ("Ask for the qualification", self.asks),
            ("Ask for ", self.wants_information), ("Write the claim", self.claims),
        ]:
            if task.startswith(beginning):
                try:
                    return does(task, facts, asked["rows"])
                except self.refused as refused:
                    status, code, why = refused.args
                    if status == "unsupported": return "The product does not do this", {}
                    return {"no-answer": ("No answer came, the product says", {}),
                            "nothing-confirmed": ("The product says that nothing was confirmed", {}),
                            }.get(code) or ("It was refused with a code", {"The code on the screen": code, "The words on the screen": why})
        return "The product does not do this", {}

    def greets(self, *_):
        return "Yes", {}

    def sets_up(self, task, facts, rows):
        numbers = lambda row: {"insurer_number": row["Insurer"], "symbol": row.get("Symbol") or None,
                               "number": row["Number"], "branch": row.get("Branch") or None}
        charts = [{"id": row["Chart"], "name": row["Name"], "kana": row.get("Kana", ""), "birthdate": row["Born"].replace("-", ""),
                   "sex": int(row["Sex"][0]), "insurance": numbers(row) if row.get("Insurer") else None,
                   "reference_number": row.get("Reference") or None} for row in rows]
        folders = {name: facts[f"Folder {of} ({name})"] for name, of in
                   [("req", "for requests"), ("res", "of answers"), ("face", "of card results")]}
        self.taken = {}
        self.product.op_reset({"institution": facts["Institution code"], "name": facts["Institution name"],
                               "folders": folders, "charts": charts})
        return "It is set up", {}

    def opens(self, task, *_):
        try:
            self.product.op_arrive({"chart": re.search(r"chart (\S+) stands", task)[1]})
            return "It is open", {}
        except KeyError:
            return "The product says that there is no such chart", {}

    def takes_in(self, task, facts, _):
        nth, file = re.search(r"\((\d+) of ", task)[1], facts["File"]
        if nth == "1":
            self.taken = {told["file"]: told for told in self.product.op_collect({"wait_files": 0, "timeout_ms": 0})["results"]}
        told = self.taken.get(file)
        if not told:
            return ("It took it for one that it had already" if file in self.product.files else "Nothing happened"), {}
        validity = {"Code of validity": str(told["validity"] or "")}
        return {"opened": ("It opened a chart", {"Which chart": told["chart"], **validity}),
                "ask-staff": ("It asked staff", validity), "unknown": ("It found no chart", validity)}[told["decision"]]

    def numbers(self, facts):
        known = {"insurer_number": "Insurer number", "symbol": "Symbol", "number": "Number", "branch": "Branch"}
        return {key: facts[name] for key, name in known.items() if name in facts}

    def asks(self, task, facts, _):
        shown = self.product.op_ask({
            "search": {**self.numbers(facts), "birthdate": facts["Born"].replace("-", ""), "limit_consent": "yes" in facts["Consent to the limit"]},
            "date": facts["For the day"].replace("-", ""), "file_identifier": facts["File identifier, if it can be set"],
            "encoding": facts["Encoding of the request"].lower(), "timeout_ms": 20_000})
        fields = {"Validity": "validity", "Name": "name", "Insurer number": "insurer_number", "Symbol": "symbol",
                  "Number": "number", "Branch": "branch", "Code of the limit": "limit"}
        self.shown = {words: str(shown[key] or "") for words, key in fields.items()}
        return "An answer is shown", self.shown

    def compares(self, task, facts, _):
        stands = {"Code of the limit" if name == "Limit" else name: value for name, value in facts.items()}
        same = stands == {words: value for words, value in self.shown.items() if value}
        return ("All of it is the same", {}) if same else ("Something differs", self.shown)

    def wants_information(self, task, facts, _):
        kind = "drugs" if task.startswith("Ask for the drug information of") else "other"
        shown = self.product.op_information({
            "kind": kind, **self.numbers(facts), "from": facts.get("From", "").replace("-", ""), "to": facts.get("To", "").replace("-", ""),
            "medical_treatment_flag": facts["Where (1 here, 2 home visit, 3 online)"], "timeout_ms": 20_000})
        return "An answer is shown", {"Names of medicines": "、".join(shown["medicines"])}

    def claims(self, task, facts, _):
        numbers, basis = self.numbers(facts) or None, facts["Basis"]
        declared = {"address": facts.get("Declared address"), "employer": facts.get("Declared employer"), "contact": facts.get("Declared contact")}
        unclear = {"old" if "The numbers are an old insurance's" in facts else "current": numbers, "declared": declared if any(declared.values()) else None}
        days = [day.replace("-", "") for day in facts["Days"].split(", ")]
        written = self.product.op_claim({
            "chart": facts["Chart"], "month": facts["Month"].replace("-", ""), "day": days[0], "also": days[1:],
            "typed": numbers if "from a card" in basis else None, "unclear": unclear if "nothing was confirmed" in basis else None})
        file = self.scratch / "RECEIPTC.UKE"
        file.write_bytes(base64.b64decode(written["claim_base64"]))
        return "It is written", {"The claim": str(file), "Numbers that the product reported": ", ".join(written["differences"])}

def on_page(url, person):
    seen = None
    while True:
        try:
            view = json.load(urllib.request.urlopen(url + "api/desk"))
        except OSError:
            return
        prompt = view["prompt"]
        if view["ended"] or not prompt or view["number"] == seen:
            if view["ended"]: return
            time.sleep(0.004)
            continue
        print(prompt["task"]["en"], flush=True)
        rows = [dict(zip((head["en"] for head in prompt["table"]["heads"]), row)) for row in prompt["table"]["rows"]] if prompt["table"] else []
        words, typed = person.answers({"task": prompt["task"]["en"], "facts": {fact["name"]["en"]: fact["value"]["en"] for fact in prompt["facts"]}, "rows": rows})
        choice = next(choice for choice in prompt["choices"] if choice["words"]["en"].startswith(words))
        fields = {}
        for field in choice["fields"]:
            value = next((value for name, value in typed.items() if field["words"]["en"].startswith(name)), "")
            if value and field["kind"] == "file": value = base64.b64encode(Path(value).read_bytes()).decode()
            if value: fields[field["key"]] = value
        body = json.dumps({"number": view["number"], "answer": {"choice": choice["key"], "fields": fields}}).encode()
        urllib.request.urlopen(urllib.request.Request(url + "api/answers", body, {"content-type": "application/json"}))
        seen = view["number"]

def in_terminal(person, command):
    """Types at what stands on the screen; what was on it goes to standard output."""
    child, screen = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    shown, typed = "", {}
    while True:
        try:
            some = os.read(screen, 65536).decode()
        except OSError:
            break
        sys.stdout.write(some); sys.stdout.flush()
        shown += some.replace("\r", "")
        if shown.endswith("Type the number or letter > "):
            words, typed = person.answers(read(shown))
            say = re.search(rf"^   (\w)  {re.escape(words)}", shown, re.M)[1]
        elif shown.endswith("r chooses again > "):
            say = ""
        elif re.search(r"\n? {3}[^\n]*: $", shown):
            field = shown.rsplit("\n", 1)[-1].strip()
            say = next((value for name, value in typed.items() if field.startswith(name)), "")
        else:
            continue
        os.write(screen, (say + "\n").encode())
        shown = ""
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

def read(shown):
    shown = shown[shown.rindex("\n── "):]
    facts = dict(re.findall(r"^   ([A-Z][^:\n]*): (.*)$", shown, re.M))
    heads = "Chart|Name|Kana|Born|Sex|Insurer|Symbol|Number|Branch|Reference"
    rows = [dict(re.findall(rf"(?:^|, )({heads}) (.*?)(?=, (?:{heads}) |$)", line)) for line in re.findall(r"^   - (.*)$", shown, re.M)]
    return {"task": re.findall(r"^\S.*$", shown, re.M)[1], "facts": facts, "rows": rows}

if __name__ == "__main__":
    how, *rest = sys.argv[1:]
    if how == "page":
        on_page(rest[0], Person(rest[1]))
    else:
        in_terminal(Person(rest[0]), rest[1:])
