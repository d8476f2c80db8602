"""Where Farol's replica answers otherwise than azureml-inference-server-http, and why.

    differences.py --check PAGE     is the table of the page this one?
    differences.py --write PAGE
"""

import sys

# Name: (what the other server does, what Farol does, why, [(scenario, request)])
REASONS = {
    "a form as a body": (
        "an undecorated `run()` gets an empty text: Flask has read the form",
        "`run()` gets the body as it came",
        "`curl -d @request.json` sends JSON and calls it a form; an empty text is of no use to any script.",
        [
            ("bodies", "a form"),
            ("bodies", "a form with charset"),
            ("bodies", "a form that is not UTF-8"),
            ("bodies", "a form too long"),
            ("bodies", "multipart"),
            ("bodies", "multipart, malformed"),
        ],
    ),
    "generators": (
        "500: a generator is no JSON",
        "streams it, part by part",
        "No script relies on an error; streaming is what a script that returns a generator means.",
        [("streams", "POST /score generator"), ("streams", "POST /score asyncgenerator")],
    ),
    "asynchronous run()": (
        "500: a coroutine is no JSON",
        "awaits it; requests of an `async def run` share their worker",
        "No script relies on an error.",
        [("streams", "POST /score coroutine"), ("async", "POST /score 1")],
    ),
    "a body that is none": (
        "500 with a page of gunicorn's in HTML, without ids",
        "500 as JSON, with ids, as for every other fault of this kind",
        "`AMLResponse(5, 200)` is a mistake of the script; one form of errors is easier to handle.",
        [("aml-response", "POST /score number")],
    ),
    "sys.exit() in run()": (
        "500 with a page of gunicorn's in HTML, and the worker goes on",
        "502 `WorkerLost` as JSON, and a new worker starts",
        "The script asked its process to end; the state that made it do so is not used again.",
        [("returns", "POST /score exit")],
    ),
}
BEGIN, END = "<!-- differences: begin -->", "<!-- differences: end -->"


def reason(scenario, label):
    for name, (_, _, _, where) in REASONS.items():
        if (scenario, label) in where:
            return name
    return None


def table():
    lines = ["| case | azureml-inference-server-http 1.5.1 | Farol | why |", "| --- | --- | --- | --- |"]
    for name, (theirs, ours, why, _) in REASONS.items():
        lines.append("| %s | %s | %s | %s |" % (name, theirs, ours, why))
    return "\n".join(lines)


def main():
    mode, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        page = file.read()
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    fresh = "%s%s\n%s\n%s%s" % (head, BEGIN, table(), END, tail)
    if mode == "--write":
        with open(path, "w", encoding="utf-8") as file:
            file.write(fresh)
    elif fresh != page:
        print("%s: the table of differences is not that of differences.py; --write renews it" % path)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
