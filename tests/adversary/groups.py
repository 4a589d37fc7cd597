# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases whose commands differ in the image alone, as images of one run: some programs take long to start."""
import os
import shutil

import corpus
import judging

MOST = 40  # cases in one run, so that all processors have something to do until the end


def shared_options(case):
    """The options that are left when the image is taken away; None when the case stands alone."""
    words = case.words
    if words[0] != "verify" or "./keyfile" in words or "--manifest" in words:
        return None
    if words[-1] == "dir:.":
        return tuple(words[:-1])
    if words[-3:-1] == ["--signature", "blob"] and "--digest-only" in words:
        return tuple(word for word in words[:-3] if word != "--digest-only")
    return None


def of(folder, names, jobs):
    """Lists of names, the longest first."""
    groups, alone = {}, []
    for name in names:
        try:
            options = shared_options(corpus.Read(name, folder))
        except (OSError, ValueError):
            options = None  # running it says what is wrong
        if options is None:
            alone.append([name])
        else:
            groups.setdefault(options, []).append(name)
    out = []
    for group in groups.values():
        size = min(MOST, -(-len(group) // jobs))
        out += [group[i:i + size] for i in range(0, len(group), size)]
    return sorted(out, key=len, reverse=True) + alone


def image_of(place, case):
    """The case as an image: a signature beside the sample release's manifest."""
    folder = os.path.join(place.root, "adversary", case.name)
    if "blob" in case.files:
        shutil.copyfile(os.path.join(place.root, "release", "manifest.json"), os.path.join(folder, "manifest.json"))
        os.rename(os.path.join(folder, "blob"), os.path.join(folder, "signature-1"))
    return "dir:../" + case.name


def run(place, cases):
    """name -> what is wrong."""
    options = shared_options(cases[0])
    if options is None:
        return {cases[0].name: judging.plain(place, cases[0], cases[0].command)}
    images = [image_of(place, case) for case in cases]
    statuses = {case.status for case in cases}
    status = 1 if 1 in statuses else max(statuses)
    report, problems = place.report(list(options) + ["--jobs", "1", "--json"] + images, status)
    found = {case.name: list(problems) for case in cases}
    if report is None:
        return found
    got = {image["image"]: image["reason"] for image in report["images"]}
    for case, image in zip(cases, images):
        found[case.name] += judging.same("reason", got.get(image), case.expect)
    return found
