# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that judge a mutant, and what is wrong with what they say together."""
import collections
import os
import re
import shutil
import subprocess
import tempfile

from mutate import good_cases, make_mutant
from sample import HERE, KEY_FILES, Sample, digest, read
from unpack import detach

TIMEOUT = 120
# skopeo's answer, when it refuses with gpg's own reading of the key file.
BY_BLOCKS = "accepts, when gpg reads the key file block by block"
OURS = {0: "accepts", 1: "refuses", 2: "has no verdict"}
GPG_CONF = "no-autostart\ntrust-model always\nno-auto-check-trustdb\npinentry-mode cancel\nbatch\n"

Settings = collections.namedtuple("Settings", "relsig skopeo sqv seed root allowed keep")
# theirs, ours: "accepts" or what else; sqv: the same, "" when it was not asked; rows: those of the
# lists by which relsig or sqv was stricter; problem: None when all is well.
Result = collections.namedtuple("Result", "number how theirs ours sqv rows problem")
Row = collections.namedtuple("Row", "reason message item kinds")
worker = {}


def read_list(name):
    """The rows of stricter.txt, lenient.txt or sqv.txt, in order."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        lines = [line for line in file if line.count(" | ") == 3 and line[0] != "#"]
    rows = [[field.strip() for field in line.split(" | ")] for line in lines]
    return [Row(reason, message, item, kinds.split()) for reason, message, item, kinds in rows]


def fits(row, how, reason, message):
    return (how.split(":")[0].split()[0] in row.kinds and row.reason == reason
            and any(part in message for part in row.message.split(", ")))


def make_home(home, *key_files):
    """A keyring of these files' keys as gpg takes them, and no agent; home.gpg is its export."""
    os.mkdir(home, 0o700)
    with open(os.path.join(home, "gpg.conf"), "w", encoding="ascii") as file:
        file.write(GPG_CONF)
    gpg = ["gpg", "--homedir", home, "--quiet"]
    # gpg refuses some mutants, of course.
    for key_file in key_files:
        subprocess.run(gpg + ["--import", key_file], check=False, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(home + ".gpg", "wb") as file:
        subprocess.run(gpg + ["--export"], check=True, stdin=subprocess.DEVNULL, stdout=file,
                       stderr=subprocess.DEVNULL)


def make_keys(root):
    """The sample's keys: root/keys.asc, root/gnupg and root/gnupg.gpg."""
    path = os.path.join(root, "keys.asc")
    with open(path, "wb") as file:
        file.write(b"".join(read("keys", name) for name in KEY_FILES))
    make_home(os.path.join(root, "gnupg"), path)


def start_worker(settings):
    worker["settings"], worker["sample"] = settings, Sample()
    worker["folder"] = tempfile.mkdtemp(prefix="worker-", dir=settings.root)


def run(arguments, home):
    """(exit status or what went wrong, standard output, standard error)."""
    try:
        done = subprocess.run(arguments, env=dict(os.environ, GNUPGHOME=home, LC_ALL="C"),
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return "timeout", "", ""
    except ValueError:
        return "no argument", "", ""
    return (done.returncode, done.stdout.decode(errors="replace"),
            done.stderr.decode(errors="replace"))


def ask_sqv(m, folder, key_ring):
    """What sqv says of the bare signature: "accepts", its message, or "" when there is none."""
    detached = detach(m.blob)
    if detached is None:
        return ""
    names = [os.path.join(folder, name) for name in ("detached", "body")]
    for name, content in zip(names, detached):
        with open(name, "wb") as file:
            file.write(content)
    status, out, err = run([worker["settings"].sqv, "--keyring", key_ring] + names, folder)
    if status == 0 and out.strip() != m.fingerprint:
        return "for another key: " + out.strip()
    return "accepts" if status == 0 else "refuses: " + " ".join(err.split())


def make_home_of_blocks(m, folder):
    """The keyring, when gpg takes each primary key of the file by itself: what it cannot read does not matter then."""
    home, files = os.path.join(folder, "blocks"), []
    for number, block in enumerate(m.key_blocks):
        files.append(os.path.join(folder, "block-%d" % number))
        with open(files[-1], "wb") as file:
            file.write(block)
    make_home(home, *files)
    return home


def ask_all(m, folder, number):
    """(skopeo's status, relsig's run, sqv's word)."""
    settings, home = worker["settings"], os.path.join(worker["settings"].root, "gnupg")
    paths = {name: os.path.join(folder, name) for name in ("manifest", "signature", "key")}
    for name, content in m.inputs().items():
        with open(paths[name], "wb") as file:
            file.write(content)
    key_file = os.path.join(settings.root, "keys.asc")
    if m.key_file is not None:
        key_file, home = paths["key"], os.path.join(folder, "gnupg")
        make_home(home, key_file)
    arguments = ["standalone-verify", paths["manifest"], m.reference, m.fingerprint,
                 paths["signature"]]
    theirs = run([settings.skopeo] + arguments, home)[0]
    skopeos = list(arguments)
    # Now and then without --public-key-file: then the named key comes from the user's keyring.
    if number % 8 or m.key_file is not None:
        arguments[1:1] = ["--public-key-file", key_file]
    ours = run([settings.relsig] + arguments, home)
    if ours[0] == 0 and theirs == 1 and m.key_blocks:
        home = make_home_of_blocks(m, folder)
        if run([settings.skopeo] + skopeos, home)[0] == 0:
            theirs = BY_BLOCKS
    return theirs, ours, ask_sqv(m, folder, home + ".gpg") if settings.sqv else ""


def contradiction(m, good, theirs, ours, sqv):
    """What must not be, or None."""
    status, out, err = ours
    if status not in (0, 1, 2):
        return "relsig ended with %s: %s" % (status, err)
    if theirs == "timeout" or sqv == "timeout":
        return "skopeo or sqv did not end"
    if status == 0 and theirs not in (0, BY_BLOCKS):
        return "relsig accepts what skopeo refuses"
    if good and (status, theirs) != (0, 0):
        return "not accepted by all: " + err
    line = "Signature verified using fingerprint %s, digest %s\n"
    if status == 0 and out != line % (m.fingerprint, digest(m.manifest)):
        return "standard output is %r" % out
    if status != 0 and out:
        return "a refusal with standard output %r" % out
    return None


def stricter(m, theirs, ours, sqv):
    """(rows of the lists that explain, what none of them explains or None)."""
    status, _, err = ours
    allowed, rows = worker["settings"].allowed, []
    if theirs == BY_BLOCKS:
        rows = [("lenient.txt", i) for i, row in enumerate(allowed["lenient.txt"])
                if fits(row, m.how, "accepts", BY_BLOCKS)][:1]
        if not rows:
            return rows, "relsig accepts what skopeo refuses"
    if status != 0 and theirs == 0:
        rows = [("stricter.txt", i) for i, row in enumerate(allowed["stricter.txt"])
                if fits(row, m.how, reason_of(err), err)][:1]
        if not rows:
            return rows, "stricter for no listed reason: " + err
    if status == 0 and sqv and sqv != "accepts":
        rows += [("sqv.txt", i) for i, row in enumerate(allowed["sqv.txt"])
                 if fits(row, m.how, "refuses", sqv)][:1]
        if not any(name == "sqv.txt" for name, _ in rows):
            return rows, "relsig accepts what sqv does not: " + sqv
    return rows, None


def reason_of(err):
    """The reason word in relsig's message; "usage" for what is said before anything is judged."""
    found = re.search(r"(?:refused|no verdict): ([a-z-]+): ", err)
    return found.group(1) if found else "usage"


def judge(number):
    """One mutant; below zero, one of the good cases."""
    settings, sample = worker["settings"], worker["sample"]
    good = number < 0
    m = list(good_cases(sample))[-1 - number] if good else make_mutant(sample, settings.seed, number)
    folder = os.path.join(worker["folder"], "mutant")
    os.mkdir(folder)
    try:
        theirs, ours, sqv = ask_all(m, folder, number)
        problem = contradiction(m, good, theirs, ours, sqv)
        rows = []
        if problem is None:
            rows, problem = stricter(m, theirs, ours, sqv)
        if problem and settings.keep:
            with open(os.path.join(folder, "arguments"), "w", encoding="utf-8") as file:
                file.write("%s\n%r %r\n%s\n" % (m.how, m.reference, m.fingerprint, problem))
            shutil.copytree(folder, os.path.join(settings.keep, str(number)), dirs_exist_ok=True)
    finally:
        shutil.rmtree(folder)
    return Result(number, m.how, "accepts" if theirs == 0 else "refuses",
                  OURS.get(ours[0], "died"), sqv.split(":")[0], rows, problem)
